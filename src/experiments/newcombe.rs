//! Newcombe's hybrid interval for a difference of rates.

use super::counts::Counts;
use super::level::Level;
use super::score;
use crate::estimate::Estimate;

/// Newcombe's interval (1998, *Statistics in Medicine* 17, 873-890, method 10): with Wilson's limits l and
/// u of each rate, d − √((pt − lt)² + (uc − pc)²) to d + √((ut − pt)² + (pc − lc)²). In closed form, so
/// that a spreadsheet can follow it. `None` if an arm has no trials.
pub fn newcombe(control: &Counts, treatment: &Counts, level: Level) -> Option<Estimate> {
    let (c, t) = (control.wilson(level)?, treatment.wilson(level)?);
    let point = score::difference(control, treatment);
    let low = point - (t.point - t.low).hypot(c.high - c.point);
    let high = point + (t.high - t.point).hypot(c.point - c.low);
    let (level, method) = (level.get(), "newcombe hybrid");
    Some(Estimate { point, std_error: None, low, high, level, method })
}
