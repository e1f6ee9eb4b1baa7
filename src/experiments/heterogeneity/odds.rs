//! The two-by-two table of a segment under a given odds ratio.

use super::segments::Segment;

/// The margins of a segment's table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margins {
    treatment: f64,
    control: f64,
    successes: f64,
    /// Successes of the treatment.
    observed: f64,
}

/// What the four cells would hold, given the margins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    /// Treatment successes and failures, control successes and failures.
    cells: [f64; 4],
    /// Observed less expected successes of the treatment.
    pub excess: f64,
}

impl Margins {
    pub(super) fn of(segment: &Segment) -> Self {
        let successes = segment.control.successes() + segment.treatment.successes();
        Margins {
            treatment: segment.treatment.n() as f64,
            control: segment.control.n() as f64,
            successes: successes as f64,
            observed: segment.treatment.successes() as f64,
        }
    }

    /// The table with these margins whose odds ratio is exp(`ln_odds_ratio`): the root of
    /// A (n_c - m + A) = ψ (m - A)(n_t - A). It is the most likely table both for a fixed and for
    /// a fitted ratio, since the margins are kept either way.
    pub(super) fn at(&self, ln_odds_ratio: f64) -> Expected {
        let odds = ln_odds_ratio.exp();
        let (n1, n2, m) = (self.treatment, self.control, self.successes);
        let a = odds_root(odds, m + n1, n2 - m, m * n1).clamp((m - n2).max(0.0), m.min(n1));
        // The other cells by their own equations: differences of large numbers would cancel.
        let b = odds_root(1.0 / odds, n1 + n2 - m + n1, m - n1, (n1 + n2 - m) * n1);
        let c = odds_root(1.0 / odds, m + n2, n1 - m, m * n2);
        let d = odds_root(odds, n1 + n2 - m + n2, m - n2, (n1 + n2 - m) * n2);
        Expected { cells: [a, b, c, d].map(|cell| cell.max(0.0)), excess: self.observed - a }
    }

    /// The most and the fewest successes that the treatment could have.
    pub(super) fn is_highest(&self) -> bool {
        self.observed == self.successes.min(self.treatment)
    }

    pub(super) fn is_lowest(&self) -> bool {
        self.observed == (self.successes - self.control).max(0.0)
    }
}

/// The root of (ψ - 1) x² - (ψ `sum` + `rest`) x + ψ `product` = 0 that is a cell's count.
fn odds_root(odds: f64, sum: f64, rest: f64, product: f64) -> f64 {
    let b = odds * sum + rest;
    let root = (b * b - 4.0 * (odds - 1.0) * odds * product).max(0.0).sqrt();
    if b >= 0.0 { 2.0 * odds * product / (b + root) } else { (b - root) / (2.0 * (odds - 1.0)) }
}

impl Expected {
    /// The variance of the treatment's successes: 1/Σ(1/cell).
    pub(super) fn variance(&self) -> f64 {
        1.0 / self.cells.iter().map(|cell| 1.0 / cell).sum::<f64>()
    }

    /// Twice the log-likelihood that the observed table has more than this one: 2 Σ O ln(O/E),
    /// where an empty cell adds nothing.
    pub(super) fn deviance(&self) -> f64 {
        let signs = [1.0, -1.0, -1.0, 1.0];
        let part = |(cell, sign): (&f64, f64)| cell_deviance(*cell, sign * self.excess);
        2.0 * self.cells.iter().zip(signs).map(part).sum::<f64>()
    }
}

/// O ln(O/E) - (O - E) with O = E + `excess`; the second terms add up to zero over a table, and
/// make each part non-negative, so that nothing cancels.
fn cell_deviance(expected: f64, excess: f64) -> f64 {
    const SMALL: f64 = 1e-3;
    if expected == 0.0 {
        return 0.0;
    }
    let u = (excess / expected).max(-1.0);
    if u.abs() < SMALL {
        let series = 1.0 / 2.0 - u * (1.0 / 6.0 - u * (1.0 / 12.0 - u * (1.0 / 20.0 - u / 30.0)));
        return expected * u * u * series;
    }
    let entropy = if u == -1.0 { 0.0 } else { (1.0 + u) * u.ln_1p() };
    expected * (entropy - u)
}
