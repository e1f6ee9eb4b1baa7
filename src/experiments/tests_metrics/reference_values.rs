//! Quantiles, ranks, caps and strata against gbstats and scipy.

use super::super::post_stratified_means::{Stratum, weighted};
use super::super::quantile::{Bounds, compare_bounds, quantile_sample};
use super::cases::{FORTY, TINY};
use super::*;
use crate::estimate::Estimate;

/// n, rows of the bounds, quantile, low, high.
type Known = (u64, u64, f64, f64, f64);

fn known((rows, rows_of_bounds, point, low, high): Known, arm: Side) -> Result<Sample, NoEstimate> {
    let estimate = Estimate { point, std_error: None, low, high, level: 0.95, method: "known" };
    quantile_sample(&Bounds { rows, rows_of_bounds, estimate }, arm)
}

#[test]
fn a_difference_of_quantiles_agrees_with_gbstats() {
    let control = known((2000, 1600, 10.0, 9.6, 10.4), Side::Control).expect("a spread");
    let treatment = known((2100, 1600, 10.5, 10.1, 10.9), Side::Treatment).expect("a spread");
    near(control.variance(), 66.60802886174532, 1e-9);
    near(treatment.variance(), 66.60961556054382, 1e-9);
    let effect = compare_bounds(&control, &treatment, Level::DEFAULT).expect("two arms");
    near(effect.difference.std_error.expect("one"), 0.2549958411102279, 1e-9);
    near(effect.df.expect("a t"), 4088.2660276134966, 1e-9);
    near(effect.p, 0.04996825310136055, 1e-9);
    near(effect.difference.low, 6.932738642617675e-05, 1e-9);
    near(effect.difference.high, 0.9999306726135738, 1e-9);
    assert!(effect.relative_lift.expect("a base").excludes_zero());
    let collapsed = known((1000, 800, 0.0, 0.0, 0.0), Side::Control);
    assert_eq!(collapsed, Err(NoEstimate::TiedQuantile { arm: Side::Control }));
}

#[test]
fn rank_tests_agree_with_scipy_and_statsmodels() {
    for case in [TINY, FORTY] {
        let (control, treatment) = (sorted(case.control.y), sorted(case.treatment.y));
        let got = compare_ranks(&control, &treatment, Level::DEFAULT).expect("two arms");
        let [u, with_ties, with_continuity] = case.mann_whitney;
        assert_eq!(got.u, u);
        near(got.superiority.point, u / (control.len() * treatment.len()) as f64, 1e-15);
        near(tail::normal(got.z).p, with_ties, 1e-9);
        near(got.p, with_continuity, 1e-9);
        let test = got.brunner_munzel.expect("an overlap");
        let [statistic, df, p] = case.brunner_munzel;
        near(test.statistic, statistic, 1e-9);
        near(test.df, df, 1e-9);
        near(test.p, p, 1e-9);
    }
}

#[test]
fn exact_rank_tests_agree_with_scipy() {
    let p = |control: &[f64], treatment: &[f64]| {
        let got = compare_ranks(&sorted(control), &sorted(treatment), Level::DEFAULT);
        let got = got.expect("two arms");
        assert_eq!(got.p_method, "mann-whitney, exact");
        (got.p, got.brunner_munzel)
    };
    let (apart, none) = p(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0, 9.0]);
    near(apart, 0.015873015873015872, 1e-14);
    assert_eq!(none, None);
    let (mixed, test) = p(&[1.5, 2.5, 9.1, 4.4, 7.7], &[3.3, 8.8, 2.2, 6.6, 11.1, 12.0]);
    near(mixed, 0.42857142857142855, 1e-14);
    near(test.expect("an overlap").p, 0.373424670025163, 1e-9);
}

#[test]
fn capped_means_agree_with_scipy() {
    for case in [TINY, FORTY] {
        let (control, treatment) = (sorted(case.control.y), sorted(case.treatment.y));
        let params = WinsorParams::new(0.99).expect("a share").of_all_values();
        let got = compare_winsorised(&control, &treatment, params, Level::DEFAULT);
        let got = got.expect("two arms");
        let [cap, t, p] = case.winsor;
        near(got.cap.expect("values"), cap, 1e-12);
        near(got.effect.statistic.value, t, 1e-9);
        near(got.effect.p, p, 1e-9);
        near(got.uncapped.p, case.revenue.p, 1e-9);
        assert_eq!(got.capped_rows.0 + got.capped_rows.1, 1);
    }
}

/// xc, nc, xt, nt.
type Table = (u64, u64, u64, u64);

/// Rates as means, with the variance p q that gbstats has for them.
fn stratum((xc, nc, xt, nt): Table) -> Stratum {
    let arm = |x: u64, n: u64| {
        let p = x as f64 / n as f64;
        Sample::new(n, p, p * (1.0 - p)).expect("a rate")
    };
    Stratum { control: arm(xc, nc), treatment: arm(xt, nt) }
}

fn ones(x: u64, n: u64) -> Moments {
    let values: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i < x))).collect();
    moments(&values)
}

fn segments(tables: &[Table]) -> Vec<MeanStratum> {
    let segment = |(i, (xc, nc, xt, nt)): (usize, &Table)| MeanStratum {
        name: format!("s{i}"),
        control: ones(*xc, *nc),
        treatment: ones(*xt, *nt),
    };
    tables.iter().enumerate().map(segment).collect()
}

/// Tables, then effect, standard error, p, low, high, and the standard error of the lift by the delta method.
const STRATA: [(&[Table], [f64; 6]); 2] = [
    (
        &[(80, 100, 850, 1000), (100, 1000, 15, 100), (30, 100, 310, 1000)],
        [
            0.03666666666666664, 0.024511606540960452, 0.1347864348354011, -0.011394390919464335,
            0.08472772425279762, 0.06527383027232517,
        ],
    ),
    (
        &[
            (30, 300, 45, 310),
            (12, 150, 15, 148),
            (80, 900, 101, 880),
            (5, 60, 3, 55),
            (44, 400, 70, 420),
            (9, 90, 14, 95),
            (150, 2000, 171, 2010),
            (22, 250, 20, 240),
        ],
        [
            0.020464146327417346, 0.006416761435314855, 0.0014321640415067005, 0.00788567525364173,
            0.033042617401192964, 0.0843537304028329,
        ],
    ),
];

#[test]
fn post_stratified_means_agree_with_gbstats() {
    for (tables, [point, std_error, p, low, high, lift_error]) in STRATA {
        let mut total = (Moments::default(), Moments::default());
        for segment in segments(tables) {
            total.0.merge(&segment.control);
            total.1.merge(&segment.treatment);
        }
        let total = Stratum { control: (&total.0).into(), treatment: (&total.1).into() };
        let strata: Vec<Stratum> = tables.iter().map(|table| stratum(*table)).collect();
        let means = weighted(&strata, total.welch_df());
        let effect = means.effect(Level::DEFAULT, Adjusting::CommonSlope.names());
        near(effect.difference.point, point, 1e-9);
        near(effect.difference.std_error.expect("one"), std_error, 1e-9);
        near(effect.p, p, 1e-9);
        near(effect.difference.low, low, 1e-9);
        near(effect.difference.high, high, 1e-9);
        let ratio = means.treatment / means.control;
        let variance = means.treatment_variance - 2.0 * ratio * means.covariance
            + ratio * ratio * means.control_variance;
        near(variance.sqrt() / means.control, lift_error, 1e-9);
        // From the sums themselves, with n − 1.
        let got = post_stratified_means(&segments(tables), Level::DEFAULT).expect("two arms");
        near(got.effect.difference.point, point, 1e-12);
        near(got.effect.difference.std_error.expect("one"), std_error, 1e-2);
        assert_eq!((got.strata, got.merged.len()), (tables.len(), 0));
    }
}

#[test]
fn strata_without_spread_are_put_together_and_named() {
    let tables = [(0, 20, 3, 22), (2, 25, 0, 20), (1, 18, 4, 19), (3, 30, 5, 28)];
    let got = post_stratified_means(&segments(&tables), Level::DEFAULT).expect("two arms");
    near(got.effect.difference.point, 0.06944329688690591, 1e-9);
    assert_eq!((got.strata, got.merged), (2, ["s3", "s1", "s0"].map(str::to_owned).to_vec()));
}
