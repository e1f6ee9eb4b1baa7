//! What was known on one day, and who was lost after it.

use super::column::RawColumn;

/// Contacts as known at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Cutoff {
    /// Days since 1970: the last that is known.
    pub until: i32,
    /// The same columns at every cutoff, one value a contact.
    pub columns: Vec<RawColumn>,
    /// P(no order within the horizon) by the purchase model of that day; `None` where there is none.
    pub model_risk: Option<Vec<f64>>,
    /// The same by a plain Poisson rate of each contact, orders a day since the first.
    pub rate_risk: Option<Vec<f64>>,
    /// Who did nothing within the horizon after it; empty for the day that is scored.
    pub lost: Vec<bool>,
}

impl Cutoff {
    pub fn contacts(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The values of the column called `name`.
    pub fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// True if there are contacts of both kinds to learn from.
    pub fn has_both(&self) -> bool {
        self.lost.iter().any(|lost| *lost) && self.lost.iter().any(|lost| !*lost)
    }
}

/// The columns called `names`, the contacts of all cutoffs one after the other.
pub(super) fn stacked(cutoffs: &[&Cutoff], names: &[String]) -> Vec<RawColumn> {
    let column = |name: &String| {
        let mut parts = cutoffs.iter().filter_map(|cutoff| cutoff.column(name));
        let mut first = parts.next()?.clone();
        parts.for_each(|part| first.values.extend_from_slice(&part.values));
        Some(first)
    };
    names.iter().filter_map(column).collect()
}

/// Labels of all cutoffs, one after the other.
pub(super) fn labels(cutoffs: &[&Cutoff]) -> Vec<bool> {
    cutoffs.iter().flat_map(|cutoff| cutoff.lost.iter().copied()).collect()
}
