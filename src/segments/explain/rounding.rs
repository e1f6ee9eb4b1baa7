//! Thresholds with the fewest digits.

/// The exponents that are tried: everything that a feature may hold.
const EXPONENTS: std::ops::RangeInclusive<i32> = -18..=18;

/// The roundest number t with `low < t <= high`: a multiple of the largest power of ten that has one
/// there, the nearest to the middle; `high` itself if nothing is rounder.
pub(super) fn roundest(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    for exponent in EXPONENTS.rev() {
        let near = (middle / 10f64.powi(exponent)).round();
        let tried = [near, near - 1.0, near + 1.0].map(|times| multiple(times, exponent));
        if let Some(found) = tried.into_iter().flatten().find(|t| low < *t && *t <= high) {
            return found;
        }
    }
    high
}

/// Numbers near `threshold` with fewer digits, the fewest first; of those with as many, the nearer first.
pub(super) fn rounder(threshold: f64) -> Vec<f64> {
    let mut found = Vec::new();
    for exponent in EXPONENTS.rev() {
        let times = threshold / 10f64.powi(exponent);
        if times.abs() < 1.0 {
            continue;
        }
        let near = times.round();
        let other = if near > times { near - 1.0 } else { near + 1.0 };
        let pair: Vec<f64> =
            [near, other].into_iter().filter_map(|times| multiple(times, exponent)).collect();
        if pair.contains(&threshold) {
            break;
        }
        found.extend(pair.into_iter().filter(|t| *t != 0.0));
    }
    found
}

/// `times` × 10^`exponent` as the float nearest to the decimal; multiplying would miss it by a bit.
/// `None` where `times` is too large for a whole float.
fn multiple(times: f64, exponent: i32) -> Option<f64> {
    const EXACT: f64 = (1u64 << 53) as f64;
    if times == 0.0 {
        return Some(0.0);
    }
    (times.abs() < EXACT).then(|| format!("{times}e{exponent}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roundest_number_of_a_gap_is_found_by_hand() {
        assert_eq!(roundest(29.97, 30.02), 30.0);
        assert_eq!(roundest(48.0, 53.0), 50.0);
        assert_eq!(roundest(2.0, 3.0), 3.0);
        assert_eq!(roundest(7.0, 12.0), 10.0);
        assert_eq!(roundest(5.0, 200.0), 100.0);
        assert_eq!(roundest(0.291, 0.312), 0.3);
        assert_eq!(roundest(-1.0, 0.5), 0.0);
        assert_eq!(roundest(-0.5, -0.2), -0.3);
        assert_eq!(roundest(4_980.0, 5_055.0), 5_000.0);
        assert_eq!(roundest(0.0, f64::MIN_POSITIVE), f64::MIN_POSITIVE);
    }

    #[test]
    fn a_threshold_lies_in_its_gap_whatever_the_gap() {
        let mut low = -1e6;
        while low < 1e6 {
            for width in [1e-9, 1e-3, 0.7, 13.0, 1e5] {
                let found = roundest(low, low + width);
                assert!(low < found && found <= low + width, "{low} {width} {found}");
            }
            low += 9_173.117;
        }
    }

    #[test]
    fn rounder_numbers_come_with_the_fewest_digits_first() {
        assert_eq!(rounder(31.4), [30.0, 40.0, 31.0, 32.0]);
        assert_eq!(rounder(0.287), [0.3, 0.2, 0.29, 0.28]);
        assert_eq!(rounder(-7.3), [-7.0, -8.0]);
        assert!(rounder(30.0).is_empty() && rounder(0.0).is_empty());
    }
}
