//! How often the intervals hold the truth.

use super::*;
use crate::numeric::tail::ln_gamma_step;

/// The true chance that the order statistics enclose the quantile, summed over the binomial number of
/// rows below it.
#[test]
fn order_statistics_enclose_their_quantile() {
    for (n, share, low, high) in [
        (20, 0.5, 0.93, 0.97),
        (100, 0.5, 0.94, 0.97),
        (100, 0.9, 0.94, 0.98),
        (500, 0.99, 0.94, 0.985),
        (2000, 0.99, 0.94, 0.97),
    ] {
        let rows: Vec<f64> = (1..=n).map(f64::from).collect();
        let quantile = Quantile::new(share).expect("a share");
        let got = quantile_estimate(&sorted(&rows), quantile, Level::DEFAULT).expect("rows");
        let n = f64::from(n);
        // Ranks are the values here: as many rows below as the lower one, and fewer than the upper one.
        let chance = |k: f64| {
            let ways = ln_gamma_step(n - k + 1.0, k) - ln_gamma_step(1.0, k);
            (ways + k * share.ln() + (n - k) * (1.0 - share).ln()).exp()
        };
        let inside = (got.low as u32..got.high as u32).map(|k| chance(f64::from(k))).sum::<f64>();
        assert!((low..high).contains(&inside), "{n} rows, {share}: {inside}");
    }
}

/// Eight in ten get the control, and the slopes differ: one slope takes away far less noise than two, and
/// both intervals hold the truth as often as they say. Without the part of the covariate's own mean, Lin's
/// would hold it in less than nine of ten.
#[test]
fn a_slope_for_each_arm_is_better_where_arms_differ_in_size() {
    const ROUNDS: usize = 1000;
    let mut stream = Stream(99);
    let mut arm = |n: usize, slope: f64, level: f64| {
        let mut sums = PairMoments::default();
        for _ in 0..n {
            let x = stream.normal();
            sums.add(x, level + slope * x + 0.5 * stream.normal()).expect("finite numbers");
        }
        sums
    };
    let mut held = [0; 2];
    let mut widths = [0.0; 2];
    for _ in 0..ROUNDS {
        let (control, treatment) = (arm(200, 0.5, 10.0), arm(50, 1.5, 11.0));
        for (i, choice) in [SlopeChoice::Automatic, SlopeChoice::Common].into_iter().enumerate() {
            let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
            let effect = got.expect("two arms").effect;
            let lift = effect.relative_lift.expect("a base").estimate;
            held[i] += usize::from(!effect.difference.excludes(1.0) && !lift.excludes(0.1));
            widths[i] += effect.difference.high - effect.difference.low;
        }
    }
    assert!(held.iter().all(|held| (920..=970).contains(held)), "{held:?}");
    assert!(widths[0] < 0.8 * widths[1], "{widths:?}");
}

/// Skewed spend and arms of unlike size: Welch's interval leaves out the truth too often, the symmetric
/// bootstrap-t less so.
#[test]
fn resamples_help_where_means_are_skewed() {
    const ROUNDS: usize = 400;
    let mut stream = Stream(31);
    let (mut welch, mut resampled) = (0, 0);
    for seed in 0..ROUNDS {
        let mut arm = |n: usize| sorted(&stream.column(n, |s| s.spend(0.3)));
        let (control, treatment) = (arm(200), arm(40));
        let sample = |values: &SortedValues| Sample::from(&values.moments());
        let plain = compare_means(&sample(&control), &sample(&treatment), Level::DEFAULT);
        let params = BootstrapParams::new(999, seed as u64).expect("valid settings");
        let drawn = bootstrap_means(&control, &treatment, params, Level::DEFAULT);
        welch += usize::from(!plain.expect("two arms").difference.excludes(0.0));
        resampled += usize::from(!drawn.expect("two arms").difference.excludes(0.0));
    }
    assert!(welch < resampled && (364..=396).contains(&resampled), "{welch} {resampled}");
}
