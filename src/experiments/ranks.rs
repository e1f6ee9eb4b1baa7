//! Rank tests, beside a comparison of means and never in its place.

use serde::Serialize;

use super::correlated_means::satterthwaite;
use super::effect::{NoEstimate, Side};
use super::level::Level;
use super::sorted_values::SortedValues;
use super::tail;
use crate::estimate::Estimate;

/// How often a recipient of the treatment has the larger value. That is another question than which mean
/// is larger: a few large orders move the mean and hardly the ranks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankComparison {
    /// P(treatment > control) + ½ P(equal), the area under the ROC curve, with Brunner and Munzel's interval,
    /// cut off at 0 and 1. Without any overlap the interval is not known: 0 to 1.
    pub superiority: Estimate,
    /// Mann and Whitney's U of the treatment: pairs in which it is larger, ties as halves.
    pub u: f64,
    /// (U − its mean)/its standard deviation given the ties, without a correction for continuity; zero if all
    /// values are equal.
    pub z: f64,
    /// Of Mann and Whitney's test, two-sided: that both arms have one and the same distribution.
    pub p: f64,
    pub p_method: &'static str,
    /// The test of a superiority of ½ where the arms may spread differently; `None` without any overlap or
    /// spread.
    pub brunner_munzel: Option<BrunnerMunzel>,
}

/// Brunner & Munzel 2000, *Biometrical Journal* 42, 17-25, with t degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BrunnerMunzel {
    pub statistic: f64,
    pub df: f64,
    pub p: f64,
}

/// Compares two arms by ranks. Mann and Whitney's p is exact up to 30 rows in each arm without ties, else
/// normal with the correction for ties and for continuity. One pass over the sorted values, of which it needs
/// all: sums are not enough.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one.
pub fn compare_ranks(
    control: &SortedValues,
    treatment: &SortedValues,
    level: Level,
) -> Result<RankComparison, NoEstimate> {
    for (arm, values) in [(Side::Control, control), (Side::Treatment, treatment)] {
        match values.len() {
            0 => return Err(NoEstimate::NoRows { arm }),
            1 => return Err(NoEstimate::OneRow { arm }),
            _ => {}
        }
    }
    let walk = Walk::through(control, treatment);
    let (z, corrected) = walk.z();
    let exact = walk.exact_p();
    let superiority = walk.wins() / (walk.control.n() * walk.treatment.n());
    let test = walk.brunner_munzel(superiority);
    Ok(RankComparison {
        superiority: interval(superiority, test, level),
        u: walk.wins(),
        z,
        p: exact.unwrap_or_else(|| tail::normal(corrected).p),
        p_method: match exact {
            Some(_) => "mann-whitney, exact",
            None => "mann-whitney, ties and continuity corrected",
        },
        brunner_munzel: test.map(|(_, test)| test),
    })
}

/// One walk through the distinct values of both arms.
#[derive(Default)]
struct Walk {
    control: Placements,
    treatment: Placements,
    /// Σ(k³ − k) over the groups of equal values.
    ties: f64,
}

/// Of each row of an arm, how many of the other arm lie below, ties as halves; doubled, and so whole.
#[derive(Default)]
struct Placements {
    rows: u64,
    sum: u128,
    /// How many rows have which placement.
    groups: Vec<(u64, u64)>,
}

impl Placements {
    fn add(&mut self, rows: u64, doubled: u64) {
        if rows > 0 {
            self.rows += rows;
            self.sum += u128::from(rows) * u128::from(doubled);
            self.groups.push((rows, doubled));
        }
    }

    fn n(&self) -> f64 {
        self.rows as f64
    }

    /// The sample variance of the placements.
    fn variance(&self) -> f64 {
        if self.groups.iter().all(|group| group.1 == self.groups[0].1) {
            return 0.0;
        }
        let mean = self.sum as f64 / self.n();
        let squares: f64 =
            self.groups.iter().map(|g| g.0 as f64 * (g.1 as f64 - mean).powi(2)).sum();
        squares / 4.0 / (self.n() - 1.0)
    }
}

impl Walk {
    fn through(control: &SortedValues, treatment: &SortedValues) -> Self {
        let mut walk = Walk::default();
        let (mut controls, mut treatments) =
            (control.runs().peekable(), treatment.runs().peekable());
        loop {
            let value = match (controls.peek(), treatments.peek()) {
                (None, None) => break walk,
                (Some(run), None) | (None, Some(run)) => run.0,
                (Some(a), Some(b)) => a.0.min(b.0),
            };
            let c = controls.next_if(|run| run.0 == value).map_or(0, |run| run.1);
            let t = treatments.next_if(|run| run.0 == value).map_or(0, |run| run.1);
            let (below_c, below_t) = (walk.control.rows, walk.treatment.rows);
            walk.control.add(c, 2 * below_t + t);
            walk.treatment.add(t, 2 * below_c + c);
            let k = (c + t) as f64;
            walk.ties += (k - 1.0) * k * (k + 1.0);
        }
    }

    /// U of the treatment.
    fn wins(&self) -> f64 {
        self.treatment.sum as f64 / 2.0
    }

    /// Without and with the correction for continuity.
    fn z(&self) -> (f64, f64) {
        let (c, t) = (self.control.n(), self.treatment.n());
        let n = c + t;
        let variance = c * t / 12.0 * (n + 1.0 - self.ties / (n * (n - 1.0)));
        let off = self.wins() - c * t / 2.0;
        if variance <= 0.0 {
            return (0.0, 0.0);
        }
        let corrected = (off.abs() - 0.5).max(0.0).copysign(off);
        (off / variance.sqrt(), corrected / variance.sqrt())
    }

    /// The statistic, with the standard error of the superiority before it.
    fn brunner_munzel(&self, superiority: f64) -> Option<(f64, BrunnerMunzel)> {
        let (c, t) = (self.control.n(), self.treatment.n());
        let own = self.treatment.variance() / t / (c * c);
        let other = self.control.variance() / c / (t * t);
        let std_error = (own + other).sqrt();
        if std_error == 0.0 {
            return None;
        }
        let df = satterthwaite(&[(own, t - 1.0), (other, c - 1.0)]);
        let statistic = (superiority - 0.5) / std_error;
        let p = tail::student(statistic, df).p;
        Some((std_error, BrunnerMunzel { statistic, df, p }))
    }

    /// The chance of a U at least this far from the middle among all orders, without ties.
    fn exact_p(&self) -> Option<f64> {
        const MOST: u64 = 30;
        if self.ties > 0.0 || self.control.rows > MOST || self.treatment.rows > MOST {
            return None;
        }
        let orders = orders_by_u(self.control.rows as usize, self.treatment.rows as usize);
        let u = self.wins() as usize;
        let far = u.min(orders.len() - 1 - u);
        let tail: f64 = orders.iter().take(far + 1).sum();
        Some((2.0 * tail / orders.iter().sum::<f64>()).min(1.0))
    }
}

/// In how many orders of m and n rows each U comes about: the largest row is of one arm, and beats all of
/// the other, or of the other (Mann & Whitney 1947).
fn orders_by_u(m: usize, n: usize) -> Vec<f64> {
    let mut fewer: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        let mut row = vec![vec![1.0]];
        for j in 1..=n {
            let mut counts = vec![0.0; i * j + 1];
            // The largest is one of the i, and beats all j.
            counts[j..].iter_mut().zip(&fewer[j]).for_each(|(count, more)| *count += more);
            counts.iter_mut().zip(&row[j - 1]).for_each(|(count, more)| *count += more);
            row.push(counts);
        }
        fewer = row;
    }
    fewer.pop().unwrap_or_default()
}

fn interval(point: f64, test: Option<(f64, BrunnerMunzel)>, level: Level) -> Estimate {
    let half = test.map(|(std_error, test)| level.student_critical(test.df) * std_error);
    let (low, high) = half.map_or((0.0, 1.0), |half| (point - half, point + half));
    Estimate {
        point,
        std_error: test.map(|(std_error, _)| std_error),
        low: low.max(0.0),
        high: high.min(1.0),
        level: level.get(),
        method: "brunner-munzel, t",
    }
}
