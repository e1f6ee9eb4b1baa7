//! Segments as audiences: whom an experiment is sent to, and by what it is read.

use crate::error::{Error, Result};
use crate::workspace::registry::State;

use super::book::Segments;

impl Segments<'_> {
    /// Ids of all contacts, ascending.
    pub fn contact_ids(&self) -> &[String] {
        self.ground.ids()
    }

    /// The members of a segment, as places in [`Segments::contact_ids`]. Of an accepted segment it is the accepted
    /// version that is evaluated, as for an export.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment; the error of a segment that cannot be evaluated.
    pub fn audience(&mut self, name: &str) -> Result<(String, Vec<usize>)> {
        let id = self.id_of(name)?;
        let entry = self.entries.get(&id);
        let source = match entry.is_some_and(|entry| entry.state == State::Accepted) {
            true => self.accepted(&id)?,
            false => self.source(&id)?,
        };
        let members = self.evaluate(&source, &mut vec![id.clone()])?.members;
        Ok((id, members.places().collect()))
    }

    /// The name of every contact's discovered segment, by place; `None` for contacts without one.
    ///
    /// # Errors
    ///
    /// A data error if there is no proposal, or it is out of date.
    pub fn discovered_names(&self) -> Result<Vec<Option<&str>>> {
        if let Some(why) = &self.no_proposal {
            return Err(Error::data("there are no discovered segments to divide the audience by")
                .hint(format!("{why}; or leave `segment` out of the experiment's `by`")));
        }
        let mut names = vec![None; self.ground.ids().len()];
        for segment in &self.discovered[..self.of_proposal] {
            segment.members.places().for_each(|place| names[place] = Some(segment.name.as_str()));
        }
        Ok(names)
    }
}
