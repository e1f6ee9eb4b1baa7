//! What a purchase model knows of a contact, and histories that are alike counted once.

use rayon::slice::ParallelSliceMut;

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
/// The gaps enter the likelihood as a plain sum, so those of contacts who are alike otherwise are
/// averaged. The order of `histories` changes no bit.
pub fn compress(histories: &[History]) -> Vec<Weighted> {
    let mut sorted = histories.to_vec();
    sorted.par_sort_unstable_by(|a, b| {
        let ages = a.age_at_last.total_cmp(&b.age_at_last).then(a.age.total_cmp(&b.age));
        a.repeats.cmp(&b.repeats).then(ages).then(a.log_gaps.total_cmp(&b.log_gaps))
    });
    let is_alike = |a: &History, b: &History| {
        (a.repeats, a.age_at_last, a.age) == (b.repeats, b.age_at_last, b.age)
    };
    let joined = |alike: &[History]| {
        let contacts = alike.len() as f64;
        let log_gaps = alike.iter().map(|h| h.log_gaps).sum::<f64>() / contacts;
        Weighted { history: History { log_gaps, ..alike[0] }, contacts }
    };
    sorted.chunk_by(is_alike).map(joined).collect()
}
