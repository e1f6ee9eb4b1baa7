//! One odds ratio, risk ratio and risk difference for all segments, also from sparse ones.

use serde::Serialize;

use super::super::level::Level;
use super::super::tail;
use super::effects::wald;
use super::segments::{Segment, Segments};
use crate::estimate::Estimate;

/// The Mantel-Haenszel estimates over segments, and the Cochran-Mantel-Haenszel test.
///
/// They need no variance within a segment, so that empty cells do no harm and nothing is added to
/// them. A ratio is `None` where all successes lie in one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MantelHaenszel {
    /// Standard error by Sato (Greenland & Robins 1985; Sato, Greenland & Robins 1989).
    pub difference: Estimate,
    /// On the ratio's own scale; the interval is symmetric in its logarithm (Greenland & Robins
    /// 1985), whose standard error it carries.
    pub risk_ratio: Option<Estimate>,
    /// As the risk ratio (Robins, Breslow & Greenland 1986).
    pub odds_ratio: Option<Estimate>,
    pub test: CmhTest,
}

/// Whether the arms differ at all, segment by segment (Cochran 1954; Mantel & Haenszel 1959),
/// without continuity correction, on one degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CmhTest {
    pub chi_squared: f64,
    pub p: f64,
    pub ln_p: f64,
    /// The same with a correction of one half (no more than the deviation itself).
    pub corrected_chi_squared: f64,
    pub corrected_p: f64,
}

/// `None` without a segment that has trials in both arms.
pub fn mantel_haenszel(segments: &Segments, level: Level) -> Option<MantelHaenszel> {
    let tables: Vec<Table> = segments.used().iter().map(Table::of).collect();
    if tables.is_empty() {
        return None;
    }
    Some(MantelHaenszel {
        difference: difference(&tables, level),
        risk_ratio: risk_ratio(&tables, level),
        odds_ratio: odds_ratio(&tables, level),
        test: cmh(&tables),
    })
}

/// ln of the Mantel-Haenszel odds ratio, if it is neither zero nor infinite.
pub(super) fn ln_odds_ratio(segments: &Segments) -> Option<f64> {
    let sum = |term: fn(&Table) -> f64| -> f64 {
        segments.used().iter().map(|segment| term(&Table::of(segment))).sum()
    };
    let (r, s) = (sum(Table::agree), sum(Table::cross));
    (r > 0.0 && s > 0.0).then(|| (r / s).ln())
}

/// Successes and failures of the treatment (a, b) and the control (c, d).
struct Table {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Table {
    fn of(segment: &Segment) -> Self {
        Table {
            a: segment.treatment.successes() as f64,
            b: segment.treatment.failures() as f64,
            c: segment.control.successes() as f64,
            d: segment.control.failures() as f64,
        }
    }

    fn treatment(&self) -> f64 {
        self.a + self.b
    }

    fn control(&self) -> f64 {
        self.c + self.d
    }

    fn n(&self) -> f64 {
        self.treatment() + self.control()
    }

    fn agree(&self) -> f64 {
        self.a * self.d / self.n()
    }

    fn cross(&self) -> f64 {
        self.b * self.c / self.n()
    }
}

fn sum(tables: &[Table], term: impl Fn(&Table) -> f64) -> f64 {
    tables.iter().map(term).sum()
}

fn difference(tables: &[Table], level: Level) -> Estimate {
    let weight = sum(tables, |t| t.treatment() / t.n() * t.control());
    // a n_c - c n_t = a d - b c
    let point = sum(tables, |t| (t.a * t.d - t.b * t.c) / t.n()) / weight;
    let tilt = sum(tables, |t| {
        let (wt, wc) = (t.treatment() / t.n(), t.control() / t.n());
        t.c * wt * wt - t.a * wc * wc + wt * wc * (t.control() - t.treatment()) / 2.0
    });
    let level_part = sum(tables, |t| (t.a * t.d + t.c * t.b) / t.n()) / 2.0;
    let std_error = (point * tilt + level_part).max(0.0).sqrt() / weight;
    wald(point, std_error, level, "mantel-haenszel difference")
}

fn risk_ratio(tables: &[Table], level: Level) -> Option<Estimate> {
    let r = sum(tables, |t| t.a * t.control() / t.n());
    let s = sum(tables, |t| t.c * t.treatment() / t.n());
    let spread = sum(tables, |t| {
        let weight = t.treatment() / t.n() * (t.control() / t.n());
        weight * (t.a + t.c) - t.a * t.c / t.n()
    });
    log_scale(r, s, spread / (r * s), level, "mantel-haenszel risk ratio")
}

fn odds_ratio(tables: &[Table], level: Level) -> Option<Estimate> {
    let (r, s) = (sum(tables, Table::agree), sum(tables, Table::cross));
    let p = |t: &Table| (t.a + t.d) / t.n();
    let q = |t: &Table| (t.b + t.c) / t.n();
    let variance = sum(tables, |t| p(t) * t.agree()) / (2.0 * r * r)
        + sum(tables, |t| p(t) * t.cross() + q(t) * t.agree()) / (2.0 * r * s)
        + sum(tables, |t| q(t) * t.cross()) / (2.0 * s * s);
    log_scale(r, s, variance, level, "mantel-haenszel odds ratio")
}

fn log_scale(
    above: f64,
    below: f64,
    variance: f64,
    level: Level,
    method: &'static str,
) -> Option<Estimate> {
    if above <= 0.0 || below <= 0.0 {
        return None;
    }
    let (point, std_error) = (above / below, variance.max(0.0).sqrt());
    let factor = (level.normal_critical() * std_error).exp();
    let (low, high) = (point / factor, point * factor);
    Some(Estimate { point, std_error: Some(std_error), low, high, level: level.get(), method })
}

fn cmh(tables: &[Table]) -> CmhTest {
    let excess = sum(tables, |t| (t.a * t.d - t.b * t.c) / t.n()).abs();
    let variance = sum(tables, |t| {
        let (n, successes) = (t.n(), t.a + t.c);
        let margins = t.treatment() / n * (t.control() / n) * successes * ((n - successes) / n);
        margins * n / (n - 1.0)
    });
    let statistic = |excess: f64| if variance > 0.0 { excess * excess / variance } else { 0.0 };
    let (plain, corrected) = (statistic(excess), statistic(excess - excess.min(0.5)));
    let tail = tail::chi_squared(plain, 1.0);
    CmhTest {
        chi_squared: plain,
        p: tail.p,
        ln_p: tail.ln_p,
        corrected_chi_squared: corrected,
        corrected_p: tail::chi_squared(corrected, 1.0).p,
    }
}
