//! How the arms were filled and treated, from the rows of the recipients.

use std::collections::BTreeMap;

use super::super::counts::Counts;
use super::super::trust::{ArmLog, Before, DayRows};
use super::columns::Columns;
use super::metric::Covariate;

pub(super) struct ArmLogRows<'a> {
    pub columns: &'a Columns,
    /// In the order of the tally.
    pub arms: &'a [String],
    /// Rows whose window is over.
    pub mature: &'a [usize],
}

impl ArmLogRows<'_> {
    pub(super) fn arm_log(&self, assigned: u64, crossed: u64) -> ArmLog {
        let before = Covariate::ALL.into_iter().filter_map(|covariate| self.before(covariate));
        ArmLog {
            days: self.days(),
            crossed: Counts::new(assigned + crossed, crossed).ok(),
            bounced: self.counts("was_sent", "log_bounced"),
            machine_opened: self.counts("was_sent", "log_machine_opened"),
            before: before.collect(),
        }
    }

    fn arm(&self, row: usize) -> Option<usize> {
        let name = self.columns.text("variant").get(row)?.as_deref()?;
        self.arms.iter().position(|arm| arm == name)
    }

    /// Rows by day of assignment, whether or not their window is over; none if the log has no times of
    /// assignment, or has those of the sends for them: days of sends may depend on the arm.
    fn days(&self) -> Vec<DayRows> {
        const DAY_US: i64 = 86_400_000_000;
        if self.columns.number("assigned_us") == self.columns.number("start_us") {
            return Vec::new();
        }
        let mut days: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for (row, assigned_us) in self.columns.number("assigned_us").iter().enumerate() {
            if assigned_us.is_nan() {
                return Vec::new();
            }
            let Some(arm) = self.arm(row) else { continue };
            let day = (*assigned_us as i64).div_euclid(DAY_US);
            days.entry(day).or_insert_with(|| vec![0; self.arms.len()])[arm] += 1;
        }
        let named = days.into_iter().map(|(day, rows)| {
            let moment = jiff::Timestamp::from_microsecond(day * DAY_US);
            let name = moment.map_or(String::new(), |m| m.strftime("%Y-%m-%d").to_string());
            DayRows { day: name, rows }
        });
        named.collect()
    }

    /// By arm: rows with `numerator` of those with `denominator`. Empty if nobody has the latter.
    fn counts(&self, denominator: &str, numerator: &str) -> Vec<Counts> {
        let (of, with) = (self.columns.number(denominator), self.columns.number(numerator));
        let mut counts = vec![Counts::default(); self.arms.len()];
        for &row in self.mature {
            if let Some(arm) = self.arm(row)
                && of[row] > 0.0
            {
                counts[arm].add(with[row] > 0.0);
            }
        }
        let anybody = counts.iter().any(|counts| counts.n() > 0);
        if anybody { counts } else { Vec::new() }
    }

    /// `None` if nobody did it.
    fn before(&self, covariate: Covariate) -> Option<Before> {
        let values = self.columns.number(covariate.column());
        let mut arms = vec![Counts::default(); self.arms.len()];
        for &row in self.mature {
            if let Some(arm) = self.arm(row) {
                arms[arm].add(values[row] > 0.0);
            }
        }
        let anybody = arms.iter().any(|counts| counts.successes() > 0);
        anybody.then(|| Before { measure: covariate.words(), arms })
    }
}
