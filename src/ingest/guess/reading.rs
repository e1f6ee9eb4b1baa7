//! What a shape is taken for: its sample, its table and its columns.

use crate::error::Result;
use crate::lake::Table;

use super::candidate::{Candidate, candidates};
use super::column::Column;
use super::matching::Matching;
use super::sample::Sample;
use super::shape::Shape;

const NO_TIMES: &str = "; none of its columns holds times. A flat file of an experiment goes to \
                        `microseg readout` as it is";

/// A shape with the table that fits best.
pub struct Reading {
    pub shape: Shape,
    pub sample: Sample,
    pub columns: Vec<Column>,
    pub matching: Matching,
    /// False if no table fits.
    pub is_recognised: bool,
    /// What is to be checked by hand.
    pub checks: Vec<String>,
    /// What was decided here and needs no more than a comment.
    pub comments: Vec<String>,
}

impl Reading {
    pub fn of(shape: Shape) -> Result<Self> {
        let files: Vec<_> = shape.files.iter().map(|f| f.as_path()).collect();
        let sample = Sample::of(&files)?;
        let columns: Vec<Column> =
            sample.names.iter().zip(&sample.columns).map(|(n, c)| Column::new(n, c)).collect();
        let mut all = candidates(&columns, &shape).into_iter();
        let (Some(best), Some(next)) = (all.next(), all.next()) else {
            return Err(crate::error::Error::internal("there are no tables"));
        };
        let is_recognised = best.is_recognised(shape.is_explicit);
        let mut checks = Vec::new();
        if is_recognised && best.is_close_to(&next) {
            checks.push(close(&shape, &best, &next));
        }
        let (matching, comments) = (best.matching, Vec::new());
        Ok(Reading { shape, sample, columns, matching, is_recognised, checks, comments })
    }

    pub fn table(&self) -> Table {
        self.matching.table
    }

    /// The column of a field.
    pub fn column(&self, field: &str) -> Option<&Column> {
        self.matching.column(field, &self.columns)
    }

    /// Why no table fits, in plain words.
    pub fn why_not(&self) -> String {
        let name = self.shape.name();
        if let [only] = self.sample.names.as_slice()
            && only.split_whitespace().count() > 1
        {
            return format!(
                "{name}: no table fits, because all is one column: its values seem to be separated \
                 by spaces; write it with commas, tabs, semicolons or bars"
            );
        }
        let has_time = self.columns.iter().any(|c| c.time.is_some());
        let times = if has_time { "" } else { NO_TIMES };
        format!("{name}: no table fits; {}{times}", self.what_is_missing())
    }

    fn what_is_missing(&self) -> String {
        let missing = self.matching.missing();
        if missing.is_empty() {
            return "nothing speaks for any table".to_owned();
        }
        let missing: Vec<String> =
            missing.iter().map(|f| format!("`{}` ({})", f.name, f.meaning)).collect();
        format!("the nearest, {}, needs {}", self.table().name(), missing.join(" and "))
    }

    /// An order file of lines beside an order file of totals holds the lines of those orders.
    pub fn turn_into_items(&mut self) {
        let items = Matching::of(Table::OrderItems, &self.columns, None);
        if items.missing().is_empty() {
            self.matching = items;
            let comment =
                "taken for the lines of the orders in another file, which has their amounts";
            self.comments.push(comment.to_owned());
        }
    }

    /// Uses another column for the contact.
    pub fn name_contacts_by(&mut self, column: usize) {
        let contact = self.matching.matches.iter_mut().find(|m| m.field.name == "contact");
        if let Some(contact) = contact {
            let before = std::mem::replace(&mut contact.column, column);
            contact.others.retain(|&other| other != column);
            contact.others.push(before);
        }
    }
}

fn close(shape: &Shape, best: &Candidate, next: &Candidate) -> String {
    format!(
        "{}: taken for {} ({}), but {} ({}) fits nearly as well",
        shape.name(),
        best.matching.table.name(),
        best.matching.table.row(),
        next.matching.table.name(),
        next.matching.table.row(),
    )
}
