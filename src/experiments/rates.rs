//! Two rates compared.

use super::counts::Counts;
use super::effect::{Effect, NoEstimate, Side, Statistic};
use super::level::Level;
use super::lift::{RelativeLift, SetKind};
use super::score::{self, difference_interval, lift_interval};
use crate::estimate::Estimate;

/// The pooled z of two proportions: (pt - pc) / √(p̄ q̄ (1/nt + 1/nc)).
///
/// Zero where both arms have no successes or only successes (the ratio is 0/0 there and says
/// nothing). Equal to the score test at a difference of 0 times √(N/(N-1)).
pub fn pooled_z(control: &Counts, treatment: &Counts) -> f64 {
    let n = (control.n() + treatment.n()) as f64;
    score::difference_test(control, treatment, 0.0).z * (n / (n - 1.0)).sqrt()
}

/// Compares two rates: the difference and the relative lift with Miettinen and Nurminen's score
/// intervals, and the score test's p-value, which agrees with both.
///
/// Holds at zero and at full cells, at one trial an arm, and at 10⁹ trials. The statistic shown is
/// the familiar pooled z; the p-value's own z is smaller by √((N-1)/N). A few hundred evaluations
/// of a likelihood, whatever the counts.
///
/// # Errors
///
/// [`NoEstimate::NoRows`] if an arm has no trials.
pub fn compare_rates(
    control: &Counts,
    treatment: &Counts,
    level: Level,
) -> Result<Effect, NoEstimate> {
    for (arm, counts) in [(Side::Control, control), (Side::Treatment, treatment)] {
        if counts.n() == 0 {
            return Err(NoEstimate::NoRows { arm });
        }
    }
    let point = score::difference(control, treatment);
    let z = level.normal_critical();
    let (low, high) = difference_interval(control, treatment, z);
    let test = score::difference_test(control, treatment, 0.0);
    let method = "miettinen-nurminen";
    Ok(Effect {
        difference: Estimate { point, std_error: None, low, high, level: level.get(), method },
        relative_lift: Some(relative_lift(control, treatment, level)),
        statistic: Statistic { name: "pooled_z", value: pooled_z(control, treatment) },
        df: None,
        p: test.p,
        ln_p: test.ln_p,
        p_method: "miettinen-nurminen score test",
        degenerate: false,
    })
}

fn relative_lift(control: &Counts, treatment: &Counts, level: Level) -> RelativeLift {
    let (low, high) = lift_interval(control, treatment, level.normal_critical());
    let rate = control.successes() as f64 / control.n() as f64;
    let kind = match (control.successes(), treatment.successes()) {
        (0, 0) => SetKind::Undefined,
        (0, _) => SetKind::UnboundedAbove,
        _ => SetKind::Bounded,
    };
    let estimate = Estimate {
        point: score::difference(control, treatment) / rate,
        std_error: None,
        low,
        high,
        level: level.get(),
        method: "miettinen-nurminen ratio",
    };
    RelativeLift { kind, estimate }
}
