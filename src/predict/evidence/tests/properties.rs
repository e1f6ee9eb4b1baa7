//! What holds whatever the numbers are.

use super::*;

#[test]
fn the_order_of_rows_changes_no_bit_of_a_rank_measure() {
    let (labels, scores, _) = sample(5_000, 300, 11);
    let (_, other, _) = sample(5_000, 40, 12);
    let (l, s, o) = (shuffled(&labels, 1), shuffled(&scores, 1), shuffled(&other, 1));
    assert_eq!(auc_estimate(&l, &s, 0.95).ok(), auc_estimate(&labels, &scores, 0.95).ok());
    let compared = |l: &[bool], s: &[f64], o: &[f64]| some(compare_auc(l, s, o, 0.95));
    assert_eq!(compared(&l, &s, &o), compared(&labels, &scores, &other));
    assert_eq!(some(roc_curve(&l, &s, None)), some(roc_curve(&labels, &scores, None)));
    assert_eq!(some(spearman(&s, &o)), some(spearman(&scores, &other)));
    assert_eq!(some(kendall_tau_b(&s, &o)), some(kendall_tau_b(&scores, &other)));
    let lift = |l: &[bool], s: &[f64]| some(lift_deciles(&events(l), s, Ties::Shared));
    assert_eq!(lift(&l, &s), lift(&labels, &scores));
    let curve = |l: &[bool], s: &[f64]| some(calibration_curve(l, s, Binning::quantiles(7), 0.9));
    assert_eq!(curve(&l, &s).bins, curve(&labels, &scores).bins);
}

#[test]
fn the_order_of_rows_changes_a_sum_by_rounding_alone() {
    let (labels, scores, weights) = sample(9_000, 100_000, 13);
    let (l, s, w) = (shuffled(&labels, 2), shuffled(&scores, 2), shuffled(&weights, 2));
    for (one, two) in [
        (log_loss(&l, &s, Some(&w)), log_loss(&labels, &scores, Some(&weights))),
        (brier(&l, &s, None), brier(&labels, &scores, None)),
        (auc(&l, &s, Some(&w)), auc(&labels, &scores, Some(&weights))),
    ] {
        close(some(one), some(two), 1e-13);
    }
}

#[test]
fn only_the_order_of_scores_counts_for_ranks() {
    let (labels, scores, _) = sample(400, 60, 14);
    let bent: Vec<f64> = scores.iter().map(|s| (3.0 * s).exp() - 7.0).collect();
    let turned: Vec<f64> = scores.iter().map(|s| -s).collect();
    let area = some(auc(&labels, &scores, None));
    assert_eq!(some(auc(&labels, &bent, None)), area);
    close(some(auc(&labels, &turned, None)), 1.0 - area, 1e-15);
    let (up, down) =
        (some(auc_estimate(&labels, &scores, 0.95)), some(auc_estimate(&labels, &turned, 0.95)));
    close(down.low, 1.0 - up.high, 1e-14);
    close(some(kendall_tau_b(&scores, &turned)), -1.0, 1e-15);
    close(some(spearman(&scores, &bent)), 1.0, 1e-15);
    let negated: Vec<bool> = labels.iter().map(|label| !label).collect();
    close(some(auc(&negated, &turned, None)), area, 1e-15);
}

#[test]
fn the_area_under_the_curve_is_the_area_under_its_points() {
    let (labels, scores, weights) = sample(500, 30, 15);
    let points = some(roc_curve(&labels, &scores, Some(&weights)));
    let slice = |pair: &[RocPoint]| {
        (pair[1].false_positive_rate - pair[0].false_positive_rate)
            * (pair[1].true_positive_rate + pair[0].true_positive_rate)
            / 2.0
    };
    let area: f64 = points.windows(2).map(slice).sum();
    close(some(auc(&labels, &scores, Some(&weights))), area, 1e-13);
    let last = points.last().expect("points");
    close(last.false_positive_rate + last.true_positive_rate, 2.0, 1e-15);
}

#[test]
fn the_parts_of_brier_add_up() {
    let (labels, scores, _) = sample(2_000, 100, 16);
    let binnings = [Binning::width(10), Binning::quantiles(13), Binning::distinct()];
    for binning in binnings.into_iter().flat_map(|b| [b, b.closed(Closed::Left)]) {
        let parts = some(brier_parts(&labels, &scores, binning));
        let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins;
        close(sum, parts.brier, 1e-14);
        if binning.cut == Cut::Distinct {
            close(parts.within_bins, 0.0, 1e-16);
        }
    }
}

#[test]
fn whole_weights_are_repeated_rows() {
    let (labels, scores, _) = sample(120, 50, 17);
    let weights: Vec<f64> = (0..120).map(|row| f64::from(row % 4)).collect();
    let repeat = |row: usize| std::iter::repeat_n(row, row % 4);
    let rows: Vec<usize> = (0..120).flat_map(repeat).collect();
    let l: Vec<bool> = rows.iter().map(|row| labels[*row]).collect();
    let s: Vec<f64> = rows.iter().map(|row| scores[*row]).collect();
    let w = Some(&weights[..]);
    close(some(auc(&labels, &scores, w)), some(auc(&l, &s, None)), 1e-14);
    close(some(log_loss(&labels, &scores, w)), some(log_loss(&l, &s, None)), 1e-13);
    close(some(brier_skill(&labels, &scores, w)), some(brier_skill(&l, &s, None)), 1e-13);
    let (weighted, plain) =
        (some(average_precision(&labels, &scores, w)), some(average_precision(&l, &s, None)));
    close(weighted, plain, 1e-14);
    assert_eq!(some(roc_curve(&labels, &scores, w)).len(), some(roc_curve(&l, &s, None)).len());
}

#[test]
fn probabilities_that_come_true_look_calibrated() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(18);
    let p: Vec<f64> = (0..60_000).map(|_| rng.gen_range(0.02..0.9)).collect();
    let labels: Vec<bool> = p.iter().map(|p| rng.r#gen::<f64>() < *p).collect();
    let curve = some(calibration_curve(&labels, &p, Binning::width(10), 0.999));
    assert!(curve.expected_error < 0.01, "{}", curve.expected_error);
    let line = curve.slope.expect("a line");
    assert!(!line.slope.excludes(1.0) && !line.intercept.excludes(0.0), "{line:?}");
    assert!(curve.bins.iter().all(|bin| !bin.observed.excludes(bin.mean_predicted)));
    assert!(some(spiegelhalter(&labels, &p)).p > 1e-3);
    let extreme: Vec<f64> = p.iter().map(|p| p * p / (p * p + (1.0 - p) * (1.0 - p))).collect();
    let line = calibration_slope(&labels, &extreme, 0.95).expect("a line");
    close(line.slope.point, 0.5, 0.02);
    assert!(some(spiegelhalter(&labels, &extreme)).p < 1e-9);
}

#[test]
fn the_interval_of_the_auc_covers_the_truth_as_often_as_it_says() {
    // Two exponentials with rates 1 and 1/3: the AUC is 3/4.
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(19);
    let labels: Vec<bool> = (0..80).map(|row| row % 2 == 0).collect();
    let (mut covered, mut false_alarms) = (0, 0);
    for _ in 0..2_000 {
        let mut draw = |label: bool| {
            let exponential = -(1.0 - rng.r#gen::<f64>()).ln();
            if label { 3.0 * exponential } else { exponential }
        };
        let scores: Vec<f64> = labels.iter().map(|label| draw(*label)).collect();
        let other: Vec<f64> = labels.iter().map(|label| draw(*label)).collect();
        covered += u32::from(!some(auc_estimate(&labels, &scores, 0.9)).excludes(0.75));
        let pair = some(compare_auc(&labels, &scores, &other, 0.9));
        false_alarms += u32::from(pair.p.expect("a p") < 0.1);
    }
    assert!((1_760..=1_840).contains(&covered), "{covered}");
    assert!((150..=260).contains(&false_alarms), "{false_alarms}");
}

#[test]
fn a_million_rows_have_the_area_of_their_law() {
    let rows = 1_000_000_u64;
    let scores: Vec<f64> = (0..rows).map(|row| (row * 7_919 % rows) as f64).collect();
    let labels: Vec<bool> = scores.iter().map(|score| *score >= 500_000.0).collect();
    let estimate = some(auc_estimate(&labels, &scores, 0.95));
    assert_eq!((estimate.point, estimate.high), (1.0, 1.0));
    assert!(estimate.low > 0.999_99);
    // Both classes even over (0, 1): ½, with the error √((1/P + 1/N) / 12).
    let labels: Vec<bool> = scores.iter().map(|score| *score % 2.0 == 0.0).collect();
    let estimate = some(auc_estimate(&labels, &scores, 0.95));
    close(estimate.point, 0.5, 2e-6);
    close(estimate.std_error.expect("an error"), (4e-6_f64 / 12.0).sqrt(), 1e-9);
    close(some(kendall_tau_b(&scores, &scores)), 1.0, 0.0);
}
