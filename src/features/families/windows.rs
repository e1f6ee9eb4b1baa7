//! Sums over windows before the as-of, and trends between two windows.

use super::super::{Family, FeatureSpec, Missing, Moments, Unit};
use super::InOrder;

/// Days of the windows that features look back. A day is 24 hours, counted from the as-of.
pub const WINDOWS: [u32; 4] = [7, 30, 90, 365];

/// Windows that are compared with the one of the same length before them.
pub const TRENDS: [u32; 2] = [30, 90];

/// Days at which ages are told apart: the windows, and twice the trends.
const EDGES: [u32; 6] = [7, 30, 60, 90, 180, 365];

/// Tells how old a moment is.
pub struct Ages([i64; 6]);

impl Ages {
    pub fn new(moments: &Moments<'_>) -> Self {
        Ages(EDGES.map(|days| moments.from(days)))
    }

    fn place(&self, us: i64) -> usize {
        self.0.iter().position(|from| us >= *from).unwrap_or(EDGES.len())
    }
}

/// A sum, by age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByAge([i64; EDGES.len() + 1]);

impl ByAge {
    pub fn add(&mut self, ages: &Ages, us: i64, amount: i64) {
        self.0[ages.place(us)] += amount;
    }

    /// The sum over the last `days`, which are of [`EDGES`].
    pub fn within(&self, days: u32) -> i64 {
        EDGES.iter().zip(self.0).filter(|(edge, _)| **edge <= days).map(|(_, sum)| sum).sum()
    }

    pub fn all(&self) -> i64 {
        self.0.iter().sum()
    }

    /// (recent - before) / (recent + before), for sums that are never below zero.
    pub fn trend(&self, days: u32) -> Option<f64> {
        let recent = self.within(days);
        let both = self.within(2 * days);
        (both > 0).then(|| (2 * recent - both) as f64 / both as f64)
    }

    /// Sets the places of [`windowed`], in multiples of `unit`.
    pub fn put(&self, unit: f64, out: &mut InOrder<'_, '_>) {
        for days in WINDOWS {
            out.number(self.within(days) as f64 / unit);
        }
    }

    /// Sets the places of [`windowed_and_all`]; `closed` is what was summed before.
    pub fn put_all(&self, closed: u64, unit: f64, out: &mut InOrder<'_, '_>) {
        self.put(unit, out);
        out.number((self.all() + closed as i64) as f64 / unit);
    }

    /// Sets the places of [`trends`].
    pub fn put_trends(&self, out: &mut InOrder<'_, '_>) {
        for days in TRENDS {
            out.some(self.trend(days));
        }
    }
}

/// What is counted or summed: name, meaning and formula without the window.
pub struct Sum {
    pub name: &'static str,
    pub unit: Unit,
    pub meaning: &'static str,
    pub formula: &'static str,
}

impl Sum {
    /// `page_views` and 90 days: `page_views_90d`; `monetary_minor`: `monetary_90d_minor`.
    fn windowed_name(&self, days: u32) -> String {
        match self.name.strip_suffix("_minor") {
            Some(stem) => format!("{stem}_{days}d_minor"),
            None => format!("{}_{days}d", self.name),
        }
    }
}

/// One feature a window.
pub fn windowed(family: Family, sum: &Sum) -> Vec<FeatureSpec> {
    let one = |days: u32| {
        FeatureSpec::new(family, sum.windowed_name(days), sum.unit)
            .window(days)
            .means(format!("{} in the last {days} days", sum.meaning))
            .formula(Missing::Zero, format!("{} over {}", sum.formula, span(days)))
    };
    WINDOWS.map(one).into()
}

/// One feature a window, and one for all of history.
pub fn windowed_and_all(family: Family, sum: &Sum) -> Vec<FeatureSpec> {
    let all = FeatureSpec::new(family, sum.name, sum.unit)
        .means(sum.meaning)
        .formula(Missing::Zero, format!("{} over all of history", sum.formula));
    windowed(family, sum).into_iter().chain([all]).collect()
}

/// How the last window differs from the one before.
pub fn trends(
    family: Family,
    name: &str,
    of: &str,
    high: &'static str,
    low: &'static str,
) -> Vec<FeatureSpec> {
    let one = |days: u32| {
        FeatureSpec::new(family, format!("{name}_trend_{days}d"), Unit::Trend)
            .window(2 * days)
            .means(format!(
                "{of} of the last {days} days against the {days} days before: \
                 1 only lately, 0 unchanged, -1 only before"
            ))
            .formula(
                Missing::TooLittle,
                format!(
                    "(r - b) / (r + b), r = {of} over {}, b = {of} over as-of - {} days <= time < \
                     as-of - {days} days; missing where r + b = 0",
                    span(days),
                    2 * days
                ),
            )
            .words(high, low)
    };
    TRENDS.map(one).into()
}

/// A window in formulas.
pub fn span(days: u32) -> String {
    format!("as-of - {days} days <= time < as-of")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{DAY, Shop};
    use super::*;

    #[test]
    fn windows_begin_with_their_first_moment_and_trends_compare_neighbours() {
        let shop = Shop::new();
        let moments = shop.moments();
        let ages = Ages::new(&moments);
        let mut sum = ByAge::default();
        for (days_ago, amount) in [(7, 1), (30, 2), (31, 4), (60, 8), (61, 16), (366, 32)] {
            sum.add(&ages, moments.now_us - days_ago * DAY, amount);
        }
        assert_eq!(WINDOWS.map(|days| sum.within(days)), [1, 3, 31, 31]);
        assert_eq!(sum.all(), 63);
        // 3 in the last thirty days against 12 in the thirty before.
        assert_eq!(sum.trend(30), Some(-9.0 / 15.0));
        assert_eq!(sum.trend(90), Some(1.0));
        assert_eq!(ByAge::default().trend(30), None);
    }
}
