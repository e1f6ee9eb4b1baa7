//! Newton's method with damping (Levenberg 1944), for a log-likelihood in the logarithms of its
//! parameters.

use super::curve::{Curve, Objective};

/// Logarithms stay within ± this: beyond it a parameter is as good as 0 or infinite.
pub const FARTHEST: f64 = 9.0;
/// The longest step in any logarithm: likelihoods are far from quadratic at a distance.
const LONGEST_STEP: f64 = 2.0;
const MOST_STEPS: usize = 100;

/// Where it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended<const N: usize> {
    pub logs: [f64; N],
    pub curve: Curve<N>,
    pub steps: usize,
    /// Whether the gradient, or what a further step would gain, has become negligible.
    pub converged: bool,
}

/// Climbs from `start` to a local maximum.
///
/// Ends where the predicted gain is below `precision` times the log-likelihood, or no damping gains
/// anything any more.
pub fn maximise<const N: usize>(
    objective: &impl Objective<N>,
    start: [f64; N],
    precision: f64,
) -> Ended<N> {
    let mut logs = start;
    let mut curve = objective.curve(&logs);
    let mut damping = 1e-3;
    for steps in 0..MOST_STEPS {
        let negligible = precision * (curve.value.abs() + 1.0);
        if newton_gain(&curve, &logs).is_some_and(|gain| gain < negligible) {
            return polished(objective, Ended { logs, curve, steps, converged: true });
        }
        match climb(objective, &logs, &curve, &mut damping) {
            Some((at, found)) => {
                let gain = found.value - curve.value;
                (logs, curve) = (at, found);
                // On a ridge every step gains a little, and none ever arrives.
                if gain < negligible {
                    return Ended { logs, curve, steps, converged: is_flat(&curve, objective) };
                }
            }
            None => return Ended { logs, curve, steps, converged: is_flat(&curve, objective) },
        }
    }
    Ended { logs, curve, steps: MOST_STEPS, converged: false }
}

fn is_flat<const N: usize>(curve: &Curve<N>, objective: &impl Objective<N>) -> bool {
    curve.gradient.iter().all(|slope| slope.abs() < 1e-6 * objective.weight())
}

/// One undamped step more: near the maximum every step doubles the number of right digits.
fn polished<const N: usize>(objective: &impl Objective<N>, ended: Ended<N>) -> Ended<N> {
    let Some(step) = solve(&ended.curve, 0.0, &ended.logs) else { return ended };
    let logs: [f64; N] =
        std::array::from_fn(|i| (ended.logs[i] + step[i]).clamp(-FARTHEST, FARTHEST));
    let curve = objective.curve(&logs);
    match curve.is_finite() && curve.value >= ended.curve.value - 1e-12 * ended.curve.value.abs() {
        true => Ended { logs, curve, ..ended },
        false => ended,
    }
}

/// What an undamped step would gain; `None` away from a maximum. Parameters at the edge that want to
/// leave do not count.
fn newton_gain<const N: usize>(curve: &Curve<N>, logs: &[f64; N]) -> Option<f64> {
    let step = solve(curve, 0.0, logs)?;
    let gain: f64 = step.iter().zip(&curve.gradient).map(|(s, g)| s * g).sum();
    Some(gain / 2.0)
}

/// The first step, by growing damping, that gains.
fn climb<const N: usize>(
    objective: &impl Objective<N>,
    logs: &[f64; N],
    curve: &Curve<N>,
    damping: &mut f64,
) -> Option<([f64; N], Curve<N>)> {
    for _ in 0..40 {
        if let Some(step) = solve(curve, *damping, logs) {
            let longest = step.iter().fold(0.0f64, |most, s| most.max(s.abs()));
            let scale = (LONGEST_STEP / longest).min(1.0);
            let at: [f64; N] =
                std::array::from_fn(|i| (logs[i] + scale * step[i]).clamp(-FARTHEST, FARTHEST));
            let found = objective.curve(&at);
            if found.is_finite() && found.value > curve.value {
                *damping = (*damping / 8.0).max(1e-12);
                return Some((at, found));
            }
        }
        *damping = (*damping * 6.0).max(1e-9);
    }
    None
}

/// (−H + damping · scale)⁻¹ · gradient; `None` where that matrix is not positive definite. A parameter
/// at the edge that would leave stays where it is.
fn solve<const N: usize>(curve: &Curve<N>, damping: f64, logs: &[f64; N]) -> Option<[f64; N]> {
    let mut matrix = curve.hessian.map(|row| row.map(|curve| -curve));
    let mut right = curve.gradient;
    let scale = (0..N).map(|i| curve.hessian[i][i].abs()).fold(0.0, f64::max).max(1e-12);
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] += damping * (row[i].abs() + 1e-3 * scale);
    }
    for i in 0..N {
        if logs[i].abs() >= FARTHEST && logs[i] * right[i] > 0.0 {
            (0..N).for_each(|j| (matrix[i][j], matrix[j][i]) = (0.0, 0.0));
            (matrix[i][i], right[i]) = (1.0, 0.0);
        }
    }
    let factor = cholesky(&matrix)?;
    Some(substitute(&factor, &right))
}

/// Lower triangular L with L·Lᵀ = `matrix`; `None` if it is not positive definite.
pub(super) fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - dot;
            if i == j {
                // Relative to its entry: below it, rounding decides the sign.
                if rest.is_nan() || rest <= 1e-14 * matrix[i][i].abs() || rest <= 0.0 {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

/// x with L·Lᵀ·x = `right`.
pub(super) fn substitute<const N: usize>(lower: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for i in 0..N {
        let dot: f64 = (0..i).map(|k| lower[i][k] * x[k]).sum();
        x[i] = (x[i] - dot) / lower[i][i];
    }
    for i in (0..N).rev() {
        let dot: f64 = (i + 1..N).map(|k| lower[k][i] * x[k]).sum();
        x[i] = (x[i] - dot) / lower[i][i];
    }
    x
}
