//! The regression with an interaction row by row, as a second implementation.

use super::cases::{FORTY, TINY};
use super::*;

/// Ordinary least squares by Gauss-Jordan; the second coefficient and its HC2 standard error.
fn least_squares(rows: &[[f64; 4]], y: &[f64]) -> (f64, f64) {
    const K: usize = 4;
    let mut a = [[0.0; 2 * K]; K];
    for (i, row) in a.iter_mut().enumerate() {
        (0..K).for_each(|j| row[j] = rows.iter().map(|r| r[i] * r[j]).sum());
        row[K + i] = 1.0;
    }
    for i in 0..K {
        let pivot = a[i].map(|v| v / a[i][i]);
        a[i] = pivot;
        for (_, row) in a.iter_mut().enumerate().filter(|(j, _)| *j != i) {
            let factor = row[i];
            row.iter_mut().zip(pivot).for_each(|(v, p)| *v -= factor * p);
        }
    }
    let inverse = |i: usize, j: usize| a[i][K + j];
    let dot = |i: usize, row: &[f64; K]| (0..K).map(|j| inverse(i, j) * row[j]).sum::<f64>();
    let beta: [f64; K] =
        std::array::from_fn(|i| rows.iter().zip(y).map(|(r, y)| dot(i, r) * y).sum());
    let meat = rows.iter().zip(y).map(|(r, y)| {
        let residual = y - r.iter().zip(&beta).map(|(v, b)| v * b).sum::<f64>();
        let leverage = (0..K).map(|i| r[i] * dot(i, r)).sum::<f64>();
        dot(1, r).powi(2) * residual * residual / (1.0 - leverage)
    });
    (beta[1], meat.sum::<f64>().sqrt())
}

/// Lin's regression: y on treatment, the centred covariate, and their product.
fn lin(control: (&[f64], &[f64]), treatment: (&[f64], &[f64])) -> (f64, f64) {
    let n = (control.0.len() + treatment.0.len()) as f64;
    let middle = control.0.iter().chain(treatment.0).sum::<f64>() / n;
    let row = |t: f64, x: &f64| [1.0, t, x - middle, t * (x - middle)];
    let rows: Vec<[f64; 4]> = control.0.iter().map(|x| row(0.0, x)).collect();
    let rows = [rows, treatment.0.iter().map(|x| row(1.0, x)).collect()].concat();
    least_squares(&rows, &[control.1, treatment.1].concat())
}

#[test]
fn the_plain_regression_agrees_with_statsmodels() {
    for case in [TINY, FORTY] {
        let (c, t) = (&case.control, &case.treatment);
        for (got, want) in [
            (lin((c.x, c.y), (t.x, t.y)), case.lin[0]),
            (lin((c.pre_opens, c.opens), (t.pre_opens, t.opens)), case.lin[1]),
        ] {
            near(got.0, want.0, 1e-9);
            near(got.1, want.1, 1e-9);
        }
    }
}

/// The residuals spread with x, and the slopes differ: beyond what the covariate's mean adds, the standard
/// error from sums is HC2's.
#[test]
fn sums_give_lins_effect_and_nearly_its_hc2_error() {
    let mut stream = Stream(77);
    let mut arm = |n: usize, slope: f64| {
        let x = stream.column(n, Stream::normal);
        let y: Vec<f64> = x.iter().map(|x| slope * x + (0.5 + x.abs()) * stream.normal()).collect();
        (x, y)
    };
    let ((xc, yc), (xt, yt)) = (arm(6000, 0.5), arm(1500, 1.5));
    let want = lin((&xc, &yc), (&xt, &yt));
    let (control, treatment) = (pair(&xc, &yc), pair(&xt, &yt));
    let got = compare_with_covariate(&control, &treatment, SlopeChoice::Automatic, Level::DEFAULT)
        .expect("two arms");
    assert_eq!(got.adjusting, Adjusting::SlopeOfEachArm);
    near(got.effect.difference.point, want.0, 1e-10);
    let variance = got.effect.difference.std_error.expect("one").powi(2);
    let part = |sums: &PairMoments| sums.n() as f64 * sums.variance_x().expect("many rows");
    let middle = (part(&control) + part(&treatment)) / 7500_f64.powi(2);
    let apart = (got.slopes.1 - got.slopes.0).powi(2);
    near((variance - apart * middle).sqrt(), want.1, 0.02);
}

/// Each arm's straight line by itself: what is read off at the overall covariate mean, and its variance.
#[test]
fn lins_error_is_that_of_two_straight_lines() {
    for case in [TINY, FORTY] {
        let arms = [(case.control.x, case.control.y), (case.treatment.x, case.treatment.y)];
        let all = (arms[0].0.len() + arms[1].0.len()) as f64;
        let middle = arms.iter().flat_map(|arm| arm.0).sum::<f64>() / all;
        let lines = arms.map(|(x, y)| {
            let n = x.len() as f64;
            let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
            let across = x.iter().map(|x| (x - mx).powi(2)).sum::<f64>();
            let slope = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / across;
            let off = |(x, y): (&f64, &f64)| (y - my - slope * (x - mx)).powi(2);
            let residual = x.iter().zip(y).map(off).sum::<f64>() / (n - 2.0);
            let own = residual * (1.0 / n + (middle - mx).powi(2) / across);
            (slope, own, across / (n - 1.0) * n / all.powi(2))
        });
        let apart = (lines[1].0 - lines[0].0).powi(2) * (lines[0].2 + lines[1].2);
        let (control, treatment) = (pair(arms[0].0, arms[0].1), pair(arms[1].0, arms[1].1));
        let choice = SlopeChoice::EachArm;
        let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
        let std_error = got.expect("two arms").effect.difference.std_error.expect("one");
        near(std_error.powi(2), lines[0].1 + lines[1].1 + apart, 1e-11);
    }
}
