//! Ratios and covariates against tea-tasting, gbstats and statsmodels.

use super::super::adjusted_arms::AdjustedArms;
use super::super::covariate::{of_ratios, with_covariate};
use super::cases::{Arm, Difference, Experiment, FORTY, TINY};
use super::*;

fn agrees(effect: &Effect, want: &Difference) {
    near(effect.difference.point, want.point, 1e-9);
    near(effect.statistic.value, want.t, 1e-9);
    near(effect.p, want.p, 1e-9);
    near(effect.difference.low, want.low, 1e-9);
    near(effect.difference.high, want.high, 1e-9);
}

fn with_arms(comparison: &CovariateComparison, want: &Difference) {
    agrees(&comparison.effect, want);
    near(comparison.control.point, want.control, 1e-9);
    near(comparison.treatment.point, want.treatment, 1e-9);
    // Over the adjusted control mean.
    let lift = comparison.effect.relative_lift.as_ref().expect("a base").estimate.point;
    near(lift, want.treatment / want.control - 1.0, 1e-9);
}

#[test]
fn ratios_agree_with_tea_tasting_and_gbstats() {
    let tried = |case: &Experiment, columns: fn(&Arm) -> PairMoments, want: &Difference| {
        let (control, treatment) = (columns(&case.control), columns(&case.treatment));
        let effect = compare_ratios(&control, &treatment, Level::DEFAULT).expect("two arms");
        agrees(&effect, want);
        let arm = |sums| ratio_estimate(sums, Level::DEFAULT).expect("a ratio").point;
        near(arm(&control), want.control, 1e-12);
        near(arm(&treatment), want.treatment, 1e-12);
        let lift = effect.relative_lift.expect("a base");
        assert_eq!(lift.excludes_zero(), effect.p < 0.05);
    };
    for case in [TINY, FORTY] {
        tried(&case, |a| pair(a.emails, a.opens), &case.opens_per_email);
        tried(&case, |a| pair(a.opens, a.clicks), &case.clicks_per_open);
        tried(&case, |a| pair(a.emails, a.y), &case.revenue_per_email);
    }
}

#[test]
fn cuped_agrees_with_tea_tasting_gbstats_and_statsmodels() {
    for case in [TINY, FORTY] {
        let arms = |columns: fn(&Arm) -> PairMoments| {
            let (control, treatment) = (columns(&case.control), columns(&case.treatment));
            let choice = SlopeChoice::Common;
            compare_with_covariate(&control, &treatment, choice, Level::DEFAULT).expect("two arms")
        };
        let spend = arms(|a| pair(a.x, a.y));
        with_arms(&spend, &case.revenue_cuped);
        agrees(&spend.unadjusted, &case.revenue);
        near(spend.theta.expect("a slope"), case.theta.0, 1e-9);
        near(spend.correlation.expect("a correlation"), case.theta.1, 1e-9);
        with_arms(&arms(|a| pair(a.pre_opens, a.opens)), &case.opens_cuped);
    }
}

#[test]
fn lins_effect_agrees_with_statsmodels() {
    for case in [TINY, FORTY] {
        for (columns, want) in [
            ((|a: &Arm| pair(a.x, a.y)) as fn(&Arm) -> PairMoments, case.lin[0]),
            (|a| pair(a.pre_opens, a.opens), case.lin[1]),
        ] {
            let (control, treatment) = (columns(&case.control), columns(&case.treatment));
            let choice = SlopeChoice::EachArm;
            let got =
                compare_with_covariate(&control, &treatment, choice, Level::DEFAULT).expect("arms");
            near(got.effect.difference.point, want.0, 1e-9);
            assert_eq!(got.adjusting, Adjusting::SlopeOfEachArm);
            // HC2 is no function of second sums: alike, not equal, at 11 and 40 rows.
            near(got.effect.difference.std_error.expect("one"), want.1, 0.4);
        }
    }
}

#[test]
fn ratio_cuped_agrees_with_tea_tasting() {
    for case in [TINY, FORTY] {
        let (control, treatment) = (opens(&case.control), opens(&case.treatment));
        let choice = SlopeChoice::Common;
        let got = compare_ratios_with_covariate(&control, &treatment, choice, Level::DEFAULT);
        with_arms(&got.expect("two arms"), &case.opens_per_email_cuped);
    }
}

/// gbstats takes the sum of both arms' covariances over the sum of their variances, where the slope of both
/// arms together also has what lies between them.
#[test]
fn ratio_cuped_with_the_other_theta_agrees_with_gbstats() {
    for case in [TINY, FORTY] {
        let (control, treatment) = (opens(&case.control), opens(&case.treatment));
        let both = control.merged(&treatment);
        let line =
            |sums| with_covariate(of_ratios(sums, Side::Control).expect("a ratio"), sums, &both);
        let (control, treatment) = (line(&control), line(&treatment));
        let theta = (control.xy + treatment.xy) / (control.xx + treatment.xx);
        let means = AdjustedArms { control, treatment, covariate_mean: line(&both).x }
            .with_common_slope(theta);
        let effect = means.effect(Level::DEFAULT, Adjusting::CommonSlope.names());
        let [want_theta, want, std_error, df, p] = case.other_ratio_cuped;
        near(theta, want_theta, 1e-9);
        near(effect.difference.point, want, 1e-9);
        near(effect.difference.std_error.expect("one"), std_error, 1e-9);
        near(effect.df.expect("a t"), df, 1e-9);
        near(effect.p, p, 1e-9);
    }
}

/// Three recipients: 1, 0 and 2 clicks of 2, 1 and 3 opens. R = 1/2, x̄ = 2; y − Rx is 0, −½, ½, so the
/// variance of (y − Rx)/x̄ is (¼ + ¼)/2/4.
#[test]
fn a_ratio_by_hand() {
    let sample = ratio_sample(&pair(&[2.0, 1.0, 3.0], &[1.0, 0.0, 2.0]), Side::Control);
    let sample = sample.expect("a ratio");
    assert_eq!((sample.n(), sample.mean(), sample.variance()), (3, 0.5, 0.0625));
}

/// x is 0, 2 and 1, 3, y is 1, 3 and 5, 7: a slope of 1 in each arm, and X̄ = 1.5. Adjusted, the means are 2.5
/// and 5.5 without any spread; over both arms cov = 2 + 2/3, var = 5/3, theta = 1.6.
#[test]
fn adjusted_means_by_hand() {
    let (control, treatment) = (pair(&[0.0, 2.0], &[1.0, 3.0]), pair(&[1.0, 3.0], &[5.0, 7.0]));
    let compare = |choice| {
        compare_with_covariate(&control, &treatment, choice, Level::DEFAULT).expect("two arms")
    };
    let common = compare(SlopeChoice::Common);
    near(common.theta.expect("a slope"), 1.6, 1e-14);
    near(common.effect.difference.point, 4.0 - 1.6, 1e-14);
    // y − 1.6x has the variance 2 (1 − 1.6)² in each arm of two.
    near(common.effect.difference.std_error.expect("one").powi(2), 2.0 * 0.36, 1e-13);
    // Two rows leave no residual variance of a slope of their own.
    assert_eq!(compare(SlopeChoice::EachArm).adjusting, Adjusting::CommonSlopeInstead);
}

/// The adjusted control mean is ȳc − θ(1 − w) x̄c + θ(1 − w) x̄t, w the control's share of the rows: of three means,
/// the first two of the same rows.
#[test]
fn the_error_of_an_adjusted_mean_has_the_treatments_covariate_in_it() {
    let (control, treatment) = (pair(FORTY.control.x, FORTY.control.y), {
        let (x, y) = (FORTY.treatment.x, FORTY.treatment.y);
        pair(&x[..13], &y[..13])
    });
    let choice = SlopeChoice::Common;
    let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT).expect("arms");
    let part = got.theta.expect("a slope") * 13.0 / 33.0;
    let known = "more than one row";
    let own = control.variance_y().expect(known) - 2.0 * part * control.covariance().expect(known)
        + part * part * control.variance_x().expect(known);
    let other = part * part * treatment.variance_x().expect(known);
    near(got.control.std_error.expect("one").powi(2), own / 20.0 + other / 13.0, 1e-12);
}
