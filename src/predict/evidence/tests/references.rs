//! 200 fixed rows, with numbers of scikit-learn 1.5, empulse 0.13, EMP-PY 2.0 and mpmath (40 digits).

use serde_json::Value;

use super::*;

struct Fixture {
    labels: Vec<bool>,
    p: Vec<f64>,
    weights: Vec<f64>,
    clv: Vec<f64>,
    want: Value,
}

impl Fixture {
    fn load() -> Self {
        let text = include_str!("../../../../tests/data/probability_measures.json");
        let want: Value = serde_json::from_str(text).expect("the file is JSON");
        Fixture {
            labels: numbers(&want["y"]).iter().map(|y| *y == 1.0).collect(),
            p: numbers(&want["p"]),
            weights: numbers(&want["w"]),
            clv: numbers(&want["clv"]),
            want,
        }
    }

    fn number(&self, name: &str) -> f64 {
        number(&self.want[name])
    }
}

#[test]
fn ranks_agree() {
    let f = Fixture::load();
    let weights = Some(&f.weights[..]);
    close(some(auc(&f.labels, &f.p, None)), f.number("auc"), 1e-14);
    close(some(auc(&f.labels, &f.p, weights)), f.number("auc_weighted"), 1e-14);
    close(some(gini(&f.labels, &f.p, None)), f.number("gini"), 1e-14);
    close(some(kolmogorov_smirnov(&f.labels, &f.p, None)), f.number("ks"), 1e-14);
    close(some(average_precision(&f.labels, &f.p, None)), f.number("average_precision"), 1e-14);
    close(some(precision_recall_area(&f.labels, &f.p, None)), f.number("pr_auc_trapezoid"), 1e-14);
}

#[test]
fn the_roc_curve_agrees_point_by_point() {
    let f = Fixture::load();
    let points = some(roc_curve(&f.labels, &f.p, None));
    let (fpr, tpr) = (numbers(&f.want["roc"]["fpr"]), numbers(&f.want["roc"]["tpr"]));
    assert_eq!((points.len(), points.len()), (fpr.len(), tpr.len()));
    for (point, (fpr, tpr)) in points.iter().zip(fpr.iter().zip(&tpr)) {
        close(point.false_positive_rate, *fpr, 1e-15);
        close(point.true_positive_rate, *tpr, 1e-15);
    }
    assert_eq!((points[0].threshold, points[1].threshold), (None, Some(0.948)));
}

#[test]
fn delong_agrees_with_sums_over_all_pairs() {
    let f = Fixture::load();
    let want = &f.want["high_precision"];
    let estimate = some(auc_estimate(&f.labels, &f.p, 0.95));
    close(estimate.std_error.expect("an error"), number(&want["delong_se"]), 1e-14);
    close(estimate.low, number(&want["low"]), 1e-14);
    close(estimate.high, number(&want["high"]), 1e-14);
    let pair = some(compare_auc(&f.labels, &f.p, &f.clv, 0.95));
    close(pair.first, f.number("auc"), 1e-15);
    close(pair.second, number(&want["auc_clv"]), 1e-15);
    let want = &want["paired"];
    close(pair.difference.point, number(&want["difference"]), 1e-15);
    close(pair.difference.std_error.expect("an error"), number(&want["se"]), 1e-14);
    close(pair.z.expect("a z"), number(&want["z"]), 1e-13);
    close(pair.p.expect("a p") / number(&want["p"]), 1.0, 1e-12);
}

#[test]
fn losses_agree() {
    let f = Fixture::load();
    let weights = Some(&f.weights[..]);
    close(some(log_loss(&f.labels, &f.p, None)), f.number("log_loss"), 1e-14);
    close(some(log_loss(&f.labels, &f.p, weights)), f.number("log_loss_weighted"), 1e-14);
    close(some(brier(&f.labels, &f.p, None)), f.number("brier"), 1e-14);
    close(some(brier(&f.labels, &f.p, weights)), f.number("brier_weighted"), 1e-14);
    close(some(brier_skill(&f.labels, &f.p, None)), f.number("brier_skill"), 1e-14);
    let test = some(spiegelhalter(&f.labels, &f.p));
    close(test.z, f.number("spiegelhalter_z"), 1e-13);
    // 2 (1 - Φ(2.2861430216899326)), by mpmath.
    close(test.p, 0.02224589283025836, 1e-13);
}

#[test]
fn calibration_agrees() {
    let f = Fixture::load();
    for (name, binning) in [("uniform", Binning::width(10)), ("quantile", Binning::quantiles(10))] {
        let want = &f.want[format!("calibration_curve_{name}_10")];
        let curve = some(calibration_curve(&f.labels, &f.p, binning, 0.95));
        let (shares, means) = (numbers(&want["true"]), numbers(&want["pred"]));
        assert_eq!((curve.bins.len(), curve.bins.len()), (shares.len(), means.len()));
        for (bin, (share, mean)) in curve.bins.iter().zip(shares.iter().zip(&means)) {
            close(bin.observed.point, *share, 1e-15);
            close(bin.mean_predicted, *mean, 1e-15);
        }
        assert_eq!(curve.bins.iter().map(|bin| bin.rows).sum::<u64>(), 200);
    }
    for bins in [10, 15] {
        let binning = Binning::width(bins).closed(Closed::Left);
        let curve = some(calibration_curve(&f.labels, &f.p, binning, 0.95));
        close(curve.expected_error, f.number(&format!("ece_width_{bins}")), 1e-14);
        let alone = some(expected_calibration_error(&f.labels, &f.p, binning));
        assert_eq!(alone, curve.expected_error);
        if bins == 10 {
            close(curve.maximum_error, f.number("mce_width_10"), 1e-14);
        }
    }
}

#[test]
fn the_calibration_line_agrees() {
    let f = Fixture::load();
    let line = calibration_slope(&f.labels, &f.p, 0.95).expect("a line");
    let want = &f.want["high_precision"]["cox"];
    close(line.slope.point, number(&want["slope"]), 1e-12);
    close(line.intercept.point, number(&want["intercept"]), 1e-12);
    close(line.slope.std_error.expect("an error"), number(&want["slope_se"]), 1e-12);
    close(line.intercept.std_error.expect("an error"), number(&want["intercept_se"]), 1e-12);
    // scikit-learn stops a little before the optimum.
    let want = &f.want["logistic_recalibration_on_logit"];
    close(line.slope.point, number(&want["slope"]), 1e-8);
    close(line.intercept.point, number(&want["intercept"]), 1e-8);
    let z = number(&f.want["high_precision"]["z95"]);
    let reach = (line.slope.high - line.slope.low) / 2.0;
    close(reach / line.slope.std_error.expect("an error"), z, 1e-14);
}

#[test]
fn wilson_agrees() {
    let f = Fixture::load();
    let labels: Vec<bool> = (0..20).map(|row| row < 7).collect();
    let curve = some(calibration_curve(&labels, &[0.5; 20], Binning::distinct(), 0.95));
    let want = numbers(&f.want["high_precision"]["wilson_7_20"]);
    close(curve.bins[0].observed.low, want[0], 1e-14);
    close(curve.bins[0].observed.high, want[1], 1e-14);
}

#[test]
fn gains_agree() {
    let f = Fixture::load();
    let table = some(lift_deciles(&events(&f.labels), &f.p, Ties::RowOrder));
    let gains = numbers(&f.want["cumulative_gains_deciles"]);
    let lifts = numbers(&f.want["lift_deciles"]);
    assert_eq!((table.len(), gains.len(), lifts.len()), (10, 10, 10));
    for (row, (gain, lift)) in table.iter().zip(gains.iter().zip(&lifts)) {
        close(row.cumulative_share, *gain, 1e-15);
        close(row.cumulative_lift, *lift, 1e-15);
        assert_eq!(row.contacts, 20);
    }
    // A churner and a stayer with one score stand on either side of the cut after 160.
    let shared = some(lift_deciles(&events(&f.labels), &f.p, Ties::Shared));
    close(shared[7].cumulative_share, 71.5 / 75.0, 1e-15);
}

#[test]
fn calls_at_a_threshold_agree() {
    let f = Fixture::load();
    let calls = Confusion::at(&f.labels, &f.p, 0.5).expect("valid rows");
    let [no, yes] = [0, 1].map(|row| numbers(&f.want["confusion_at_0.5"][row]));
    let got = [calls.true_negatives, calls.false_positives];
    assert_eq!(got.map(|n| n as f64)[..], no);
    assert_eq!([calls.false_negatives, calls.true_positives].map(|n| n as f64)[..], yes);
    close(calls.mcc().expect("both classes"), f.number("mcc_0.5"), 1e-14);
    close(calls.f1().expect("calls"), f.number("f1_0.5"), 1e-14);
}

#[test]
fn profits_agree() {
    let f = Fixture::load();
    let want = &f.want["empulse"];
    let offer = RetentionOffer { clv: 200.0, incentive_cost: 10.0, contact_cost: 1.0 };
    let acceptance = Acceptance::default();
    let best = some(maximum_profit(&f.labels, &f.p, &offer, 0.3));
    close(best.profit, number(&want["mpc_score_default"]), 1e-14);
    close(best.rate, number(&want["mpc_optimal_rate"]), 1e-15);
    assert_eq!(best.threshold, want["mpc_optimal_threshold"].as_f64());
    let expected = some(expected_maximum_profit(&f.labels, &f.p, &offer, &acceptance));
    close(expected.profit, number(&want["empc_score_default"]), 1e-13);
    close(expected.rate, number(&want["empc_optimal_rate"]), 1e-13);
    assert_eq!(expected.threshold, want["empc_optimal_threshold"].as_f64());
    close(best.profit, number(&f.want["emp_py_empChurn_default"]["EMP"]), 1e-14);

    let offer = RetentionOffer { clv: 100.0, incentive_cost: 5.0, contact_cost: 0.5 };
    let expected = some(expected_maximum_profit(&f.labels, &f.p, &offer, &acceptance));
    close(expected.profit, number(&want["empc_clv100_d5_f0.5"]), 1e-13);
    let best = some(maximum_profit(&f.labels, &f.p, &offer, 0.2));
    close(best.profit, number(&want["mpc_clv100_d5_f0.5_g0.2"]), 1e-14);

    let offer = ValueOffer { incentive_share: 0.05, contact_cost: 15.0 };
    let best = some(maximum_profit_by_value(&f.labels, &f.p, &f.clv, &offer, 0.3));
    close(best.profit, number(&want["empb_score_percustomer_clv"]), 1e-14);
}
