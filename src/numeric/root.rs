//! A root of a continuous function inside a bracket.

/// The root to the last digit; see [`root_within`].
pub fn root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    root_within(f, low, high, 0.0)
}

/// Chandrupatla's method (1997): inverse quadratic interpolation where it is safe, bisection where
/// it is not. `f` must be negative at `low` and positive at `high`. Ends when the bracket is no wider
/// than `precision`, or holds no other number. About ten evaluations on a smooth function; never more
/// than bisection's few hundred.
pub fn root_within(f: impl Fn(f64) -> f64, low: f64, high: f64, precision: f64) -> f64 {
    const MOST: usize = 400;
    let mut newest = (high, f(high));
    let mut other = (low, f(low));
    let mut part = 0.5;
    for _ in 0..MOST {
        let x = newest.0 + part * (other.0 - newest.0);
        let value = f(x);
        let dropped = if (value < 0.0) == (newest.1 < 0.0) {
            newest
        } else {
            std::mem::replace(&mut other, newest)
        };
        newest = (x, value);
        let best = if newest.1.abs() < other.1.abs() { newest } else { other };
        let smallest = (2.0 * f64::EPSILON * best.0.abs() + precision) / (other.0 - newest.0).abs();
        if best.1 == 0.0 || smallest.is_nan() || smallest > 0.5 {
            return best.0;
        }
        part = next_part(newest, other, dropped).clamp(smallest, 1.0 - smallest);
    }
    newest.0
}

/// The share of the bracket at which to look next.
fn next_part(newest: (f64, f64), other: (f64, f64), dropped: (f64, f64)) -> f64 {
    let (f1, f2, f3) = (newest.1, other.1, dropped.1);
    let xi = (newest.0 - other.0) / (dropped.0 - other.0);
    let phi = (f1 - f2) / (f3 - f2);
    if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
        let spread = (dropped.0 - newest.0) / (other.0 - newest.0);
        f1 / (f2 - f1) * f3 / (f2 - f3) + spread * f1 / (f3 - f1) * f2 / (f3 - f2)
    } else {
        0.5
    }
}
