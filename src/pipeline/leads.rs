//! Lead scores of a workspace.

use crate::error::{Error, Result};
use crate::predict::leads::{Ground, LeadInput, LeadModel, Leads, score};
use crate::workspace::AsOf;

use super::Pipeline;

/// What is asked of the scores.
#[derive(Debug, Clone, Default)]
pub struct LeadQuestion {
    /// Score by the starter rules, whatever the settings declare.
    pub starter: bool,
    /// Earlier weeks that are shown; as many as the settings say if absent.
    pub weeks: Option<usize>,
    /// Day or moment since which moves are counted; a week before the as-of if absent.
    pub since: Option<String>,
    /// Ids of the contacts that are wanted; all if empty.
    pub only: Vec<String>,
}

impl Pipeline<'_> {
    /// Scores the contacts of the lake. Nothing is written.
    ///
    /// # Errors
    ///
    /// A settings error where no score is declared and the starter rules are not asked for; the errors of
    /// [`score`].
    pub fn lead_scores(&self, question: &LeadQuestion) -> Result<Leads> {
        let settings = self.workspace.settings();
        let model = match (&settings.leads, question.starter) {
            (None, false) => return Err(none_declared()),
            (leads, true) => LeadModel::starter(&leads.clone().unwrap_or_default()),
            (Some(leads), false) => LeadModel::new(leads),
        };
        let mut model = model.map_err(|e| self.in_settings(e))?;
        model.weeks = question.weeks.unwrap_or(model.weeks);
        (self.options.progress)("scoring leads", 0);
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let since = question.since.as_deref();
        let since = since.map(|day| AsOf::parse(day, self.workspace.zone())).transpose()?;
        let ground =
            Ground { lake: &lake, threads: self.options.threads, features: &settings.features };
        let input = LeadInput { ground, model, as_of: &as_of, since, only: &question.only };
        score(input).map_err(|e| self.in_settings(e))
    }
}

fn none_declared() -> Error {
    Error::settings("no lead score is declared").hint(
        "add a [leads] section to microseg.toml, empty for the starter rules; `microseg leads \
         --print-starter` prints them, and --starter scores by them once",
    )
}
