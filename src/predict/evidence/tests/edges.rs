//! Small cases worked by hand, and cases in which there is nothing to measure.

use super::*;

const ONE_CLASS: [bool; 3] = [true, true, true];
const P: [f64; 3] = [0.2, 0.4, 0.9];

#[test]
fn a_case_by_hand() {
    // Positives 0.8 and 0.4, negatives 0.4 and 0.1: of four pairs three are won, one is tied.
    let (labels, scores) = ([true, false, true, false], [0.8, 0.4, 0.4, 0.1]);
    assert_eq!(some(auc(&labels, &scores, None)), 3.5 / 4.0);
    assert_eq!(some(gini(&labels, &scores, None)), 0.75);
    // Placements 1 and ¾ on both sides: S = 1/32, the variance 1/64 + 1/64.
    let estimate = some(auc_estimate(&labels, &scores, 0.95));
    close(estimate.std_error.expect("an error"), 32.0_f64.sqrt().recip(), 1e-15);
    // Recall ½ at precision 1, then recall 1 at precision 2/3.
    close(some(average_precision(&labels, &scores, None)), 0.5 + 1.0 / 3.0, 1e-15);
    close(some(precision_recall_area(&labels, &scores, None)), 0.5 + 5.0 / 12.0, 1e-15);
    assert_eq!(some(kolmogorov_smirnov(&labels, &scores, None)), 0.5);
    close(some(brier(&labels, &scores, None)), (0.04 + 0.16 + 0.36 + 0.01) / 4.0, 1e-15);
    let loss = -(0.8_f64.ln() + 0.6_f64.ln() + 0.4_f64.ln() + 0.9_f64.ln()) / 4.0;
    close(some(log_loss(&labels, &scores, None)), loss, 1e-15);
}

#[test]
fn bins_hold_their_edges_on_the_side_that_is_asked_for() {
    let (labels, p) = ([false, true, true, false, true], [0.0, 0.5, 0.5, 0.6, 1.0]);
    let right = some(calibration_curve(&labels, &p, Binning::width(2), 0.95));
    assert_eq!(right.bins.iter().map(|bin| bin.rows).collect::<Vec<_>>(), [3, 2]);
    let left = Binning::width(2).closed(Closed::Left);
    let left = some(calibration_curve(&labels, &p, left, 0.95));
    assert_eq!(left.bins.iter().map(|bin| bin.rows).collect::<Vec<_>>(), [1, 4]);
    // |2/3 - 1/3| × 3/5 + |1/2 - 0.8| × 2/5.
    close(right.expected_error, 0.2 + 0.12, 1e-15);
    close(right.maximum_error, 1.0 / 3.0, 1e-15);
    let quantiles = some(calibration_curve(&labels, &[0.3; 5], Binning::quantiles(4), 0.95));
    assert_eq!(quantiles.bins.len(), 1);
    assert!(quantiles.slope.is_none() && quantiles.no_slope.expect("a reason").contains("same"));
    let distinct = some(calibration_curve(&labels, &p, Binning::distinct(), 0.95));
    assert_eq!((distinct.bins.len(), distinct.bins[1].events), (4, 2));
}

#[test]
fn separated_classes_have_a_wide_interval() {
    let (labels, scores) = ([true, true, false, false, false], [5.0, 4.0, 3.0, 2.0, 1.0]);
    let estimate = some(auc_estimate(&labels, &scores, 0.95));
    assert_eq!((estimate.point, estimate.high, estimate.std_error), (1.0, 1.0, Some(0.0)));
    close(estimate.low, 0.025_f64.sqrt(), 1e-15);
    let turned = scores.map(|score| -score);
    let estimate = some(auc_estimate(&labels, &turned, 0.95));
    assert_eq!((estimate.point, estimate.low), (0.0, 0.0));
    close(estimate.high, 1.0 - 0.025_f64.sqrt(), 1e-15);
    // Against a coin, or against itself, there is a difference or none, and no variance.
    let pair = some(compare_auc(&labels, &scores, &[1.0; 5], 0.95));
    assert_eq!((pair.difference.point, pair.z, pair.p), (0.5, None, None));
    assert_eq!((pair.difference.low, pair.difference.high), (-1.0, 1.0));
    let pair = some(compare_auc(&labels, &scores, &scores, 0.95));
    assert_eq!((pair.difference.point, pair.z, pair.p), (0.0, Some(0.0), Some(1.0)));
}

#[test]
fn a_class_of_one_row_has_no_variance() {
    let (labels, scores) = ([true, false, false, false], [2.0, 3.0, 1.0, 0.0]);
    let estimate = some(auc_estimate(&labels, &scores, 0.95));
    close(estimate.point, 2.0 / 3.0, 1e-15);
    assert_eq!((estimate.std_error, estimate.low, estimate.high), (None, 0.0, 1.0));
    let pair = some(compare_auc(&labels, &scores, &[0.0, 1.0, 2.0, 3.0], 0.95));
    assert_eq!((pair.z, pair.p, pair.difference.low), (None, None, -1.0));
    let level = some(auc_estimate(&labels, &[1.0; 4], 0.95));
    assert_eq!(level.point, 0.5);
}

#[test]
fn one_class_or_no_row_leaves_most_undefined() {
    for (labels, p) in [(&ONE_CLASS[..], &P[..]), (&[], &[])] {
        assert_eq!(auc(labels, p, None).expect("valid"), None);
        assert_eq!(gini(labels, p, None).expect("valid"), None);
        assert_eq!(auc_estimate(labels, p, 0.95).expect("valid"), None);
        assert_eq!(compare_auc(labels, p, p, 0.95).expect("valid"), None);
        assert_eq!(roc_curve(labels, p, None).expect("valid"), None);
        assert_eq!(kolmogorov_smirnov(labels, p, None).expect("valid"), None);
        assert_eq!(average_precision(labels, p, None).expect("valid"), None);
        assert_eq!(brier_skill(labels, p, None).expect("valid"), None);
        assert!(calibration_slope(labels, p, 0.95).is_err());
    }
    let weights = Some(&[1.0, 0.0][..]);
    assert_eq!(auc(&[true, false], &[0.1, 0.2], weights).expect("valid"), None);
    assert_eq!(log_loss(&[true], &[0.5], Some(&[0.0])).expect("valid"), None);
    assert_eq!(log_loss(&[], &[], None).expect("valid"), None);
    assert_eq!(spiegelhalter(&[], &[]).expect("valid"), None);
    assert_eq!(brier_parts(&[], &[], Binning::width(3)).expect("valid"), None);
    assert_eq!(calibration_curve(&[], &[], Binning::quantiles(3), 0.9).expect("valid"), None);
    assert_eq!(expected_calibration_error(&[], &[], Binning::width(3)).expect("valid"), None);
    assert_eq!(spiegelhalter(&[true, false], &[1.0, 0.5]).expect("valid"), None);
    let one = some(calibration_curve(&ONE_CLASS, &P, Binning::width(2), 0.95));
    assert_eq!((one.observed, one.slope.is_none()), (1.0, true));
    assert!(some(log_loss(&ONE_CLASS, &P, None)) > 0.0);
}

#[test]
fn outcomes_without_any_value_leave_shares_undefined() {
    let (none, scores) = ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]);
    for values in [&none[..], &[]] {
        let scores = &scores[..values.len()];
        assert_eq!(lift_deciles(values, scores, Ties::Shared).expect("valid"), None);
        assert_eq!(captured_share(values, scores, 0.2).expect("valid"), None);
        assert_eq!(normalised_gini(values, scores).expect("valid"), None);
        assert_eq!(ndcg(values, scores, None).expect("valid"), None);
        assert_eq!(total_ratio(scores, values).expect("valid"), None);
        assert_eq!(spearman(scores, values).expect("valid"), None);
        assert_eq!(kendall_tau_b(scores, values).expect("valid"), None);
    }
    assert_eq!(mean_absolute_error(&[], &[]).expect("valid"), None);
    assert_eq!(root_mean_squared_error(&[], &[]).expect("valid"), None);
    assert!(decile_means(&[], &[]).expect("valid").is_empty());
    assert_eq!(normalised_gini(&[2.0; 3], &scores).expect("valid"), None);
    assert_eq!(ndcg(&[1.0, 2.0, 3.0], &scores, Some(0)).expect("valid"), None);
    assert_eq!(kendall_tau_b(&[1.0], &[1.0]).expect("valid"), None);
}

#[test]
fn fewer_than_ten_contacts_are_a_group_each_and_the_first_groups_are_larger() {
    let table = some(lift_deciles(&[1.0, 0.0, 1.0], &[3.0, 2.0, 1.0], Ties::Shared));
    let events: Vec<f64> = table.iter().map(|row| row.events).collect();
    assert_eq!((events, table[0].lift), (vec![1.0, 0.0, 1.0], 1.5));
    let scores: Vec<f64> = (0..23).map(f64::from).collect();
    let table = some(lift_deciles(&scores, &scores, Ties::Shared));
    let sizes: Vec<u64> = table.iter().map(|row| row.contacts).collect();
    assert_eq!(sizes, [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!((table[0].decile, table[0].events, table[9].cumulative_share), (1, 63.0, 1.0));
}

#[test]
fn certain_and_wrong_is_expensive_and_finite() {
    let loss = some(log_loss(&[true, false], &[0.0, 1.0], None));
    close(loss, -(1e-15_f64.ln()), 1e-2);
    assert!(some(log_loss(&[true, false], &[1.0, 0.0], None)) < 2e-15);
    assert_eq!(some(brier(&[true, false], &[0.0, 1.0], None)), 1.0);
}

#[test]
fn calls_that_are_all_alike_have_no_correlation() {
    let calls = Confusion::at(&[true, false], &[0.1, 0.2], 0.5).expect("valid");
    assert_eq!((calls.mcc(), calls.precision(), calls.recall()), (None, None, Some(0.0)));
    assert_eq!(calls.f1(), Some(0.0));
    let none = Confusion::at(&[false], &[0.1], 0.5).expect("valid");
    assert_eq!((none.f1(), none.mcc(), none.recall()), (None, None, None));
}

#[test]
fn nobody_is_contacted_where_it_does_not_pay() {
    let dear = RetentionOffer { clv: 20.0, incentive_cost: 10.0, contact_cost: 100.0 };
    let none = Profit { profit: 0.0, rate: 0.0, threshold: None };
    let labels = [true, false, true];
    assert_eq!(some(maximum_profit(&labels, &P, &dear, 0.3)), none);
    let acceptance = Acceptance::default();
    assert_eq!(some(expected_maximum_profit(&labels, &P, &dear, &acceptance)), none);
    let stay = [false; 3];
    let offer = RetentionOffer { clv: 200.0, incentive_cost: 10.0, contact_cost: 1.0 };
    assert_eq!(some(expected_maximum_profit(&stay, &P, &offer, &acceptance)), none);
    let all = some(maximum_profit(&ONE_CLASS, &P, &offer, 0.3));
    assert_eq!((all.profit, all.rate, all.threshold), (56.0, 1.0, Some(0.2)));
    assert_eq!(maximum_profit(&[], &[], &offer, 0.3).expect("valid"), None);
    assert_eq!(expected_maximum_profit(&[], &[], &offer, &acceptance).expect("valid"), None);
    let cheap = RetentionOffer { clv: 10.0, ..offer };
    assert!(maximum_profit(&labels, &P, &cheap, 0.3).is_err());
    assert!(maximum_profit(&labels, &P, &offer, 1.3).is_err());
    let shape = Acceptance { alpha: 0.0, beta: 1.0 };
    assert!(expected_maximum_profit(&labels, &P, &offer, &shape).is_err());
    let share = ValueOffer { incentive_share: 1.0, contact_cost: 1.0 };
    assert!(maximum_profit_by_value(&labels, &P, &[1.0; 3], &share, 0.3).is_err());
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let labels = [true, false];
    for scores in [&[0.1, f64::NAN][..], &[f64::INFINITY, 0.2], &[0.1]] {
        assert!(auc(&labels, scores, None).is_err());
        assert!(auc_estimate(&labels, scores, 0.95).is_err());
        assert!(compare_auc(&labels, &[0.1, 0.2], scores, 0.95).is_err());
        assert!(log_loss(&labels, scores, None).is_err());
        assert!(brier_parts(&labels, scores, Binning::width(5)).is_err());
        assert!(calibration_curve(&labels, scores, Binning::width(5), 0.95).is_err());
        assert!(lift_deciles(&events(&labels), scores, Ties::Shared).is_err());
        assert!(spearman(scores, &[1.0, 2.0]).is_err());
        assert!(kendall_tau_b(&[1.0, 2.0], scores).is_err());
        assert!(mean_absolute_error(&[1.0, 2.0], scores).is_err());
        assert!(Confusion::at(&labels, scores, 0.5).is_err());
    }
    let error = brier(&labels, &[0.1, 1.5], None).expect_err("not a probability");
    assert_eq!(error.to_string(), "the predicted probability of row 1 is 1.5");
    assert!(auc(&labels, &[0.1, 0.2], Some(&[1.0, -1.0])).is_err());
    assert!(auc_estimate(&labels, &[0.1, 0.2], 95.0).is_err());
    assert!(calibration_curve(&labels, &[0.1, 0.2], Binning::width(0), 0.95).is_err());
    assert!(captured_share(&[1.0], &[1.0], 20.0).is_err());
    assert!(ndcg(&[-1.0, 2.0], &[1.0, 2.0], None).is_err());
}
