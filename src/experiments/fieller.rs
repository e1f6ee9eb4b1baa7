//! Fieller's confidence set for the ratio of two means.

use super::level::Level;
use super::lift::{RelativeLift, SetKind};
use super::means::Sample;
use crate::estimate::Estimate;

/// The relative lift mt/mc - 1 with Fieller's set (Fieller 1954, *JRSS B* 16, 175-185): all θ with
/// (mt - θ mc)² ≤ q² (Vt + θ² Vc), where q is the `critical` value and V = s²/n.
///
/// Bounded while g = q² Vc/mc² is below 1; beyond that the set is the complement of an interval,
/// or the whole line. The lift has the sign of mt/mc - 1, which for a negative control mean is
/// opposite to that of the difference. Both samples need a variance. Constant cost.
pub fn fieller(control: &Sample, treatment: &Sample, critical: f64, level: Level) -> RelativeLift {
    let (mc, mt) = (control.mean(), treatment.mean());
    let (kind, low, high) = lift_set(
        (mc, control.mean_variance()),
        (mt, treatment.mean_variance()),
        critical * critical,
    );
    let estimate = Estimate {
        point: (mt - mc) / mc,
        std_error: None,
        low,
        high,
        level: level.get(),
        method: "fieller",
    };
    RelativeLift { kind, estimate }
}

/// The set in λ = θ - 1: a λ² - 2 b λ + c ≤ 0. Shifted by one, so that a small lift keeps its
/// digits.
fn lift_set((mc, vc): (f64, f64), (mt, vt): (f64, f64), q2: f64) -> (SetKind, f64, f64) {
    let a = mc * mc - q2 * vc;
    let b = mc * (mt - mc) + q2 * vc;
    let c = (mt - mc) * (mt - mc) - q2 * (vt + vc);
    let discriminant = q2 * (vt * a + vc * mt * mt);
    if a == 0.0 || discriminant < 0.0 || (a < 0.0 && discriminant == 0.0) {
        return (SetKind::WholeLine, f64::NEG_INFINITY, f64::INFINITY);
    }
    // The larger root first, the other from the product of the roots: no cancellation.
    let sum = b + discriminant.sqrt().copysign(b);
    let (first, second) = if sum == 0.0 { (0.0, 0.0) } else { (sum / a, c / sum) };
    let kind = if a > 0.0 { SetKind::Bounded } else { SetKind::Complement };
    (kind, first.min(second), first.max(second))
}
