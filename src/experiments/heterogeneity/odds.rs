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
        let a = cell(odds, n1, n2, m).clamp((m - n2).max(0.0), m.min(n1));
        // The other cells by their own equations: differences of large numbers would cancel.
        let failures = n1 + n2 - m;
        let b = cell(1.0 / odds, n1, n2, failures);
        let c = cell(1.0 / odds, n2, n1, m);
        let d = cell(odds, n2, n1, failures);
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

/// How many of the `marked` fall into a group of `size` beside one of `other`, at the odds ratio ψ:
/// the root of (ψ - 1) x² - (ψ (m + n) + n' - m) x + ψ m n = 0 that is a count. Its discriminant is
/// written as a sum of squares and products, none of them negative.
fn cell(odds: f64, size: f64, other: f64, marked: f64) -> f64 {
    let unmarked = size + other - marked;
    let b = odds * (marked + size) + other - marked;
    let square = (odds * (marked - size)).powi(2)
        + 2.0 * odds * (marked * unmarked + size * other)
        + (other - marked).powi(2);
    let root = square.sqrt();
    if b >= 0.0 {
        2.0 * odds * marked * size / (b + root)
    } else {
        (b - root) / (2.0 * (odds - 1.0))
    }
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
