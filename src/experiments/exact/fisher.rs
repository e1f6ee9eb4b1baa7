//! Fisher's exact test.

use serde::Serialize;

use super::hypergeometric::Hypergeometric;
use crate::error::{Error, Result};
use crate::estimate::Estimate;
use crate::experiments::counts::Counts;
use crate::experiments::level::Level;
use crate::experiments::root::root;

/// Fisher's test of a 2×2 table, with the odds ratio that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FisherTest {
    /// Two-sided: the chance of all tables no likelier than this one.
    pub p: f64,
    /// One-sided: a treatment as high as this, or higher.
    pub p_greater: f64,
    /// One-sided: a treatment as low as this, or lower.
    pub p_less: f64,
    /// Twice the smaller one-sided mid-P, at most 1: half of this table's chance is left out (Lancaster
    /// 1961), which makes up for most of the test's caution.
    pub mid_p: f64,
    /// The conditional maximum-likelihood odds ratio with its exact interval (Cornfield 1956). `None`
    /// where only one table has these margins.
    pub odds_ratio: Option<Estimate>,
}

/// Fisher's exact test (Fisher 1935, *JRSS* 98, 39-82). Linear in the smallest margin.
///
/// # Errors
///
/// A data error if an arm has no trials, or there are more than a million in all.
pub fn fisher(control: &Counts, treatment: &Counts, level: Level) -> Result<FisherTest> {
    const MOST: u64 = 1_000_000;
    if control.n() == 0 || treatment.n() == 0 {
        return Err(Error::data("an exact test needs trials in both arms"));
    }
    if control.n().saturating_add(treatment.n()) > MOST {
        return Err(Error::data("an exact test of more than a million trials")
            .hint("the score test has no error left to speak of at this size"));
    }
    let margins = Hypergeometric::new(control, treatment);
    let x = treatment.successes();
    let own = margins.shares[(x - margins.least) as usize];
    // Tables that are equally likely but for rounding belong to the tail.
    let limit = own * (1.0 + 1e-7);
    let (p_less, p_greater) = margins.tails(x);
    let p: f64 = margins.shares.iter().filter(|share| **share <= limit).sum();
    Ok(FisherTest {
        p: p.min(1.0),
        p_greater,
        p_less,
        mid_p: (2.0 * (p_less.min(p_greater) - own / 2.0)).clamp(0.0, 1.0),
        odds_ratio: odds_ratio(&margins, x, level),
    })
}

fn odds_ratio(margins: &Hypergeometric, x: u64, level: Level) -> Option<Estimate> {
    if margins.most() == margins.least {
        return None;
    }
    let (is_least, is_most) = (x == margins.least, x == margins.most());
    let place = (x - margins.least) as f64;
    let tail = (1.0 - level.get()) / 2.0;
    let point = match (is_least, is_most) {
        (true, _) => 0.0,
        (_, true) => f64::INFINITY,
        _ => solved(|ln| margins.mean_at(ln) - place),
    };
    let low = match is_least {
        true => 0.0,
        false => solved(|ln| margins.tails_at(x, ln).1 - tail),
    };
    let high = match is_most {
        true => f64::INFINITY,
        false => solved(|ln| tail - margins.tails_at(x, ln).0),
    };
    let level = level.get();
    let method = "conditional likelihood, exact interval";
    Some(Estimate { point, std_error: None, low, high, level, method })
}

/// e^ln where the growing `f` is zero.
fn solved(f: impl Fn(f64) -> f64) -> f64 {
    const WIDEST: f64 = 700.0;
    let mut reach = 1.0;
    while reach < WIDEST && !(f(-reach) < 0.0 && f(reach) > 0.0) {
        reach *= 2.0;
    }
    root(f, -reach, reach).exp()
}
