//! Where an increasing function crosses zero.

/// The crossing between two points at which the function is known (at most 0, at least 0): false position,
/// the end that stays being halved (Dowell & Jarratt 1971), until the bracket is narrower than `precision`
/// or the value is below `negligible`.
pub fn crossing(
    f: impl Fn(f64) -> f64,
    mut low: (f64, f64),
    mut high: (f64, f64),
    precision: f64,
    negligible: f64,
) -> f64 {
    const MOST: usize = 200;
    for _ in 0..MOST {
        if high.0 - low.0 <= precision || high.1 == 0.0 {
            break;
        }
        let at = high.0 - high.1 * (high.0 - low.0) / (high.1 - low.1);
        let found = f(at);
        if found.abs() <= negligible || at <= low.0 || at >= high.0 {
            return at;
        }
        if found < 0.0 {
            (low, high.1) = ((at, found), high.1 / 2.0);
        } else {
            (high, low.1) = ((at, found), low.1 / 2.0);
        }
    }
    high.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_crossings_of_bent_functions() {
        let cube = |x: f64| x * x * x - 2.0;
        let root = crossing(cube, (0.0, -2.0), (10.0, 998.0), 1e-13, 0.0);
        assert!((root - 2f64.cbrt()).abs() < 1e-12, "{root}");
        let flat = |x: f64| 1.0 - (-x).exp() - 0.999;
        let root = crossing(flat, (0.0, -0.999), (1000.0, 0.001), 1e-10, 1e-15);
        assert!((root - 1000f64.ln()).abs() < 1e-9, "{root}");
    }
}
