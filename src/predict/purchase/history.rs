//! What a purchase model knows of a contact, and histories that are alike counted once.

use rustc_hash::FxHashMap;

/// A contact's purchases in the models' terms. Times are in the model's unit (days or weeks).
///
/// These are not recency and frequency of RFM scores: repeats leave out the first purchase, and the age
/// at the last one counts from the first (Fader, Hardie & Lee 2005).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    /// x: days with a purchase, less the first.
    pub repeats: u32,
    /// t_x: from the first purchase to the last; 0 without repeats.
    pub age_at_last: f64,
    /// T: from the first purchase to the end of what was seen.
    pub age: f64,
    /// Sum of the logarithms of the gaps between purchases. Only models of regular buyers read it.
    pub log_gaps: f64,
}

/// A history and the number of contacts who have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    pub history: History,
    pub contacts: f64,
}

/// Joins contacts whose histories a likelihood cannot tell apart, in the order of their values.
///
/// Without repeats only the age counts; with them the gaps enter the likelihood as a plain sum, and so
/// are added up.
pub fn compress(histories: &[History]) -> Vec<Weighted> {
    let mut found: FxHashMap<(u32, u64, u64), (f64, f64)> = FxHashMap::default();
    for history in histories {
        let key = (history.repeats, history.age_at_last.to_bits(), history.age.to_bits());
        let (contacts, log_gaps) = found.entry(key).or_default();
        *contacts += 1.0;
        *log_gaps += history.log_gaps;
    }
    let mut rows: Vec<Weighted> = found
        .into_iter()
        .map(|((repeats, last, age), (contacts, log_gaps))| {
            let (age_at_last, age) = (f64::from_bits(last), f64::from_bits(age));
            let log_gaps = log_gaps / contacts;
            Weighted { history: History { repeats, age_at_last, age, log_gaps }, contacts }
        })
        .collect();
    rows.sort_by(|a, b| {
        let (a, b) = (&a.history, &b.history);
        let ages = a.age_at_last.total_cmp(&b.age_at_last).then(a.age.total_cmp(&b.age));
        a.repeats.cmp(&b.repeats).then(ages)
    });
    rows
}
