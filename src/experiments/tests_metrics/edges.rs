//! Empty, constant, tied and broken inputs end in sentences.

use super::*;
use crate::error::Kind;

const ROWS: [f64; 4] = [1.0, 2.0, 3.0, 5.0];

#[test]
fn missing_values_are_refused_and_leave_the_sums_as_they_were() {
    let mut sums = pair(&ROWS, &ROWS);
    for (x, y) in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (1e70, 1.0)] {
        let error = sums.add(x, y).expect_err("no number");
        assert_eq!((error.kind(), error.hint_text().is_some()), (Kind::Data, true));
    }
    assert_eq!(sums, pair(&ROWS, &ROWS));
    assert!(PairMoments::of(&ROWS, &ROWS[1..]).is_err());
    assert!(SortedValues::new(vec![1.0, f64::NAN]).is_err());
}

#[test]
fn arms_with_too_few_rows_have_no_estimate() {
    let (none, one, four) = (PairMoments::default(), pair(&[1.0], &[1.0]), pair(&ROWS, &ROWS));
    let (no_rows, one_row) =
        (NoEstimate::NoRows { arm: Side::Control }, NoEstimate::OneRow { arm: Side::Control });
    for (arm, want) in [(none, no_rows), (one, one_row)] {
        let choice = SlopeChoice::Automatic;
        let adjusted = compare_with_covariate(&arm, &four, choice, Level::DEFAULT);
        assert_eq!(adjusted.expect_err("too few rows"), want);
        assert_eq!(compare_ratios(&arm, &four, Level::DEFAULT), Err(want));
    }
    let ranks = compare_ranks(&sorted(&ROWS), &sorted(&[]), Level::DEFAULT);
    assert_eq!(ranks, Err(NoEstimate::NoRows { arm: Side::Treatment }));
    let draws = BootstrapParams::default();
    assert!(bootstrap_means(&sorted(&[1.0]), &sorted(&ROWS), draws, Level::DEFAULT).is_err());
    let sums = JointMoments::<4>::default();
    let ratio = compare_ratios_with_covariate(&sums, &sums, SlopeChoice::Common, Level::DEFAULT);
    assert_eq!(ratio.expect_err("no rows"), no_rows);
    assert_eq!(post_stratified_means(&[], Level::DEFAULT), Err(no_rows));
}

#[test]
fn a_ratio_over_nothing_is_a_sentence() {
    let (nothing, some) = (pair(&[0.0; 4], &[0.0; 4]), pair(&ROWS, &ROWS));
    let reason = compare_ratios(&some, &nothing, Level::DEFAULT).expect_err("no denominator");
    assert_eq!(
        reason.to_string(),
        "no estimate: the denominators of the treatment arm add up to nothing"
    );
    assert_eq!(
        reason.with_names("plain", "offer"),
        "no estimate: the denominators of arm `offer` add up to nothing"
    );
    let stored = serde_json::to_string(&reason).expect("plain data");
    assert_eq!(stored, r#"{"reason":"no-denominator","arm":"treatment"}"#);
}

/// A third is no binary number, and yet each row has the ratio of all.
#[test]
fn one_ratio_in_all_rows_has_no_spread() {
    let x = [1.0, 2.0, 10.0, 7.0];
    let arm = |of: f64| pair(&x, &x.map(|x| x / 3.0 * of));
    let effect = compare_ratios(&arm(1.0), &arm(2.0), Level::DEFAULT).expect("two arms");
    assert_eq!((effect.degenerate, effect.p), (true, 0.0));
    // In other rows, so that the ratios may differ in their last digit.
    for n in 2..60 {
        let rows: Vec<f64> = (1..=n).map(|i| f64::from(i) * 0.7).collect();
        let thirds: Vec<f64> = rows.iter().map(|x| x / 3.0).collect();
        let effect = compare_ratios(&arm(1.0), &pair(&rows, &thirds), Level::DEFAULT);
        let effect = effect.expect("two arms");
        assert_eq!((effect.degenerate, effect.p), (true, 1.0), "{n} rows");
    }
}

#[test]
fn a_covariate_without_spread_changes_nothing_and_says_so() {
    let y = [1.0, 2.0, 3.0, 5.0, 8.0, 2.0, 2.0];
    let (control, treatment) = (pair(&[0.1; 7], &y), pair(&[0.1; 7], &y.map(|y| y + 0.3)));
    for choice in [SlopeChoice::Automatic, SlopeChoice::EachArm] {
        let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
        let got = got.expect("two arms");
        assert_eq!(got.adjusting, Adjusting::Nothing);
        assert!(got.adjusting.sentence().starts_with("Not adjusted"));
        assert_eq!(got.effect, got.unadjusted);
        assert_eq!((got.theta, got.correlation), (None, None));
        assert_eq!(got.variance_reduction, Some(0.0));
    }
    // In one arm only: no slope of its own.
    let control = pair(&ROWS, &ROWS);
    let choice = SlopeChoice::EachArm;
    let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT).expect("arms");
    assert_eq!(got.adjusting, Adjusting::CommonSlopeInstead);
}

#[test]
fn a_ratio_without_a_ratio_before_is_compared_as_it_is() {
    let arm = |before: f64, clicks: [f64; 4]| {
        let mut sums = JointMoments::default();
        for (x, y) in ROWS.iter().zip(clicks) {
            sums.add([y, *x, before, before * x]).expect("finite numbers");
        }
        sums
    };
    let (control, treatment) = (arm(0.0, [0.0, 1.0, 1.0, 2.0]), arm(1.0, [1.0, 1.0, 3.0, 2.0]));
    let got =
        compare_ratios_with_covariate(&control, &treatment, SlopeChoice::Automatic, Level::DEFAULT);
    let got = got.expect("two arms");
    assert_eq!((got.adjusting, got.slopes), (Adjusting::Nothing, (0.0, 0.0)));
    assert_eq!(got.effect, got.unadjusted);
    let empty = arm(0.0, [0.0; 4]);
    assert_eq!(got.control.point, 4.0 / 11.0);
    assert!(
        compare_ratios_with_covariate(&empty, &empty, SlopeChoice::Common, Level::DEFAULT).is_ok()
    );
}

#[test]
fn equal_values_have_no_spread_whatever_the_sums_say() {
    for n in 2..60 {
        for value in [0.1, 1.0 / 3.0, 1e7 + 0.1] {
            let y: Vec<f64> = (0..n).map(|i| f64::from(i % 7) / 9.0).collect();
            let sums = pair(&vec![value; y.len()], &y);
            assert_eq!((sums.variance_x(), sums.covariance()), (Some(0.0), Some(0.0)), "{n}");
        }
    }
}

/// The metric is its own covariate: all of it is explained, and nothing is left.
#[test]
fn a_perfect_covariate_leaves_no_spread() {
    let (control, treatment) = (pair(&ROWS, &ROWS), pair(&[0.7, 2.9, 4.1], &[0.7, 2.9, 4.1]));
    for choice in [SlopeChoice::Common, SlopeChoice::EachArm] {
        let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
        let got = got.expect("two arms");
        assert!(got.effect.difference.point.abs() < 1e-15, "{:?}", got.effect);
        assert!(got.variance_reduction.expect("a spread before") > 1.0 - 1e-15);
        near(got.control.point, got.treatment.point, 1e-15);
    }
    // Not itself but a straight line of it, with a slope that is no binary number.
    let line = |x: &[f64]| pair(x, &x.iter().map(|x| 0.1 + x / 3.0).collect::<Vec<f64>>());
    for n in 3..40 {
        let rows: Vec<f64> = (0..n).map(|i| f64::from(i * i % 11) * 0.7).collect();
        let (control, treatment) = (line(&ROWS), line(&rows));
        for choice in [SlopeChoice::Common, SlopeChoice::EachArm] {
            let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
            let effect = got.expect("two arms").effect;
            assert_eq!((effect.degenerate, effect.p), (true, 1.0), "{choice:?}, {n} rows");
        }
    }
}

#[test]
fn a_quantile_needs_rows_and_spread() {
    let rows: Vec<f64> = (0..400).map(f64::from).collect();
    let quantile = |share| Quantile::new(share).expect("a share");
    let compare =
        |a: &[f64], b: &[f64], q| compare_quantiles(&sorted(a), &sorted(b), q, Level::DEFAULT);
    let reason = compare(&rows, &rows[..300], quantile(0.99)).expect_err("300 rows");
    assert_eq!(reason, NoEstimate::FewRows { arm: Side::Treatment, needed: 381 });
    assert!(reason.to_string().contains("fewer than the 381 rows"), "{reason}");
    assert!(compare(&rows, &rows, quantile(0.99)).is_ok());
    let reason = compare(&rows, &[0.0; 50], Quantile::MEDIAN).expect_err("all equal");
    assert_eq!(reason, NoEstimate::TiedQuantile { arm: Side::Treatment });
    assert!(reason.to_string().contains("among equal values"), "{reason}");
    // A control of zero has a difference all the same.
    let around: Vec<f64> = rows.iter().map(|v| v - 199.5).collect();
    let effect = compare(&around, &rows, Quantile::MEDIAN).expect("two arms");
    assert_eq!(effect.difference.point, 199.5);
    assert!(effect.relative_lift.is_some_and(|lift| lift.kind != SetKind::Bounded));
    for share in [0.0, 1.0, f64::NAN] {
        assert_eq!(Quantile::new(share).expect_err("no share").kind(), Kind::Settings);
    }
}

#[test]
fn ranks_of_equal_and_of_separate_arms() {
    let got = compare_ranks(&sorted(&[2.0; 5]), &sorted(&[2.0; 7]), Level::DEFAULT);
    let got = got.expect("two arms");
    assert_eq!((got.superiority.point, got.z, got.p), (0.5, 0.0, 1.0));
    assert_eq!((got.superiority.low, got.superiority.high), (0.0, 1.0));
    assert_eq!(got.brunner_munzel, None);
    let got = compare_ranks(&sorted(&[1.0, 1.0]), &sorted(&[2.0, 3.0]), Level::DEFAULT);
    assert_eq!(got.expect("two arms").superiority.point, 1.0);
}

#[test]
fn caps_without_values_and_resamples_without_spread() {
    let zeros = sorted(&[0.0; 6]);
    let params = WinsorParams::default();
    let got = compare_winsorised(&zeros, &zeros, params, Level::DEFAULT).expect("two arms");
    assert_eq!((got.cap, got.capped_rows, got.effect.p), (None, (0, 0), 1.0));
    // Refunds alone do not make zero a large value.
    let refunds = sorted(&[0.0, 0.0, 0.0, -5.0, -7.0, 0.0]);
    let got = compare_winsorised(&refunds, &zeros, params, Level::DEFAULT).expect("two arms");
    assert_eq!((got.cap, got.capped_rows), (Some(0.0), (0, 0)));
    assert_eq!(got.effect.difference.point, got.uncapped.difference.point);
    assert!(WinsorParams::new(0.2).is_err() && BootstrapParams::new(10, 1).is_err());
    let draws = BootstrapParams::default();
    let got = bootstrap_means(&zeros, &zeros, draws, Level::DEFAULT).expect("two arms");
    assert_eq!((got.degenerate, got.p), (true, 1.0));
    // One buyer: in a third of the resamples nobody buys, which says nothing about the spread.
    let buyer = sorted(&[0.0, 0.0, 0.0, 9.0]);
    let got = bootstrap_means(&zeros, &buyer, draws, Level::DEFAULT).expect("two arms");
    assert_eq!(got.difference.high, f64::INFINITY);
    assert_eq!(got.relative_lift.expect("a set").kind, SetKind::WholeLine);
    assert!(got.p > 0.3);
    assert!(wants_bootstrap(&buyer.moments(), &zeros.moments()));
}
