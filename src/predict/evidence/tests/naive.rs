//! The same numbers by their definitions: sums over all pairs, in n² steps.

use super::*;

/// 1 if `a` is larger, ½ if equal.
fn wins(a: f64, b: f64) -> f64 {
    if a > b {
        1.0
    } else if a == b {
        0.5
    } else {
        0.0
    }
}

fn class(labels: &[bool], wanted: bool) -> Vec<usize> {
    (0..labels.len()).filter(|row| labels[*row] == wanted).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Shares of the other class that each row beats.
fn placements(labels: &[bool], scores: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (positives, negatives) = (class(labels, true), class(labels, false));
    let beaten = |p: &usize| {
        negatives.iter().map(|n| wins(scores[*p], scores[*n])).sum::<f64>() / negatives.len() as f64
    };
    let beating = |n: &usize| {
        positives.iter().map(|p| wins(scores[*p], scores[*n])).sum::<f64>() / positives.len() as f64
    };
    (positives.iter().map(beaten).collect(), negatives.iter().map(beating).collect())
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    let products = a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb));
    products.sum::<f64>() / (a.len() as f64 - 1.0)
}

#[test]
fn auc_and_delong_are_those_of_all_pairs() {
    for (seed, levels) in [(1, 2), (2, 7), (3, 50), (4, 100_000)] {
        let (labels, first, weights) = sample(300, levels, seed);
        let second = shuffled(&first, seed);
        let (one, two) = (placements(&labels, &first), placements(&labels, &second));
        close(some(auc(&labels, &first, None)), mean(&one.0), 1e-13);
        let (p, n) = (one.0.len() as f64, one.1.len() as f64);
        let variance = covariance(&one.0, &one.0) / p + covariance(&one.1, &one.1) / n;
        let estimate = some(auc_estimate(&labels, &first, 0.9));
        close(estimate.std_error.expect("an error"), variance.sqrt(), 1e-13);
        // DeLong's form: the variances less twice the covariance.
        let of = |a: &(Vec<f64>, Vec<f64>), b: &(Vec<f64>, Vec<f64>)| {
            covariance(&a.0, &b.0) / p + covariance(&a.1, &b.1) / n
        };
        let gap = of(&one, &one) + of(&two, &two) - 2.0 * of(&one, &two);
        let pair = some(compare_auc(&labels, &first, &second, 0.95));
        close(pair.difference.std_error.expect("an error"), gap.sqrt(), 1e-12);
        close(pair.z.expect("a z"), (mean(&one.0) - mean(&two.0)) / gap.sqrt(), 1e-11);

        let (mut won, mut all) = (0.0, 0.0);
        for p in class(&labels, true) {
            for n in class(&labels, false) {
                won += weights[p] * weights[n] * wins(first[p], first[n]);
                all += weights[p] * weights[n];
            }
        }
        close(some(auc(&labels, &first, Some(&weights))), won / all, 1e-13);
    }
}

#[test]
fn tau_and_spearman_are_those_of_all_pairs() {
    for (seed, levels) in [(5, 2), (6, 9), (7, 100_000)] {
        let (_, x, _) = sample(257, levels, seed);
        let (_, y, _) = sample(257, 2 * levels, seed);
        let (mut surplus, mut free_x, mut free_y) = (0.0, 0.0, 0.0);
        for a in 0..x.len() {
            for b in 0..a {
                let sign = |v: &[f64]| 2.0 * wins(v[a], v[b]) - 1.0;
                surplus += sign(&x) * sign(&y);
                free_x += sign(&x).abs();
                free_y += sign(&y).abs();
            }
        }
        let want = surplus / f64::sqrt(free_x * free_y);
        close(some(kendall_tau_b(&x, &y)), want, 1e-13);
        let ranks = |v: &[f64]| -> Vec<f64> {
            v.iter().map(|a| v.iter().map(|b| wins(*a, *b)).sum::<f64>()).collect()
        };
        let (rx, ry) = (ranks(&x), ranks(&y));
        let want = covariance(&rx, &ry) / (covariance(&rx, &rx) * covariance(&ry, &ry)).sqrt();
        close(some(spearman(&x, &y)), want, 1e-12);
    }
}

#[test]
fn precision_curves_and_the_distance_are_those_of_every_threshold() {
    let (labels, scores, _) = sample(200, 23, 8);
    let mut thresholds = scores.clone();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let (mut area, mut trapezoids, mut distance) = (0.0, 0.0, 0.0_f64);
    let (mut recall, mut precision) = (0.0, 1.0);
    for threshold in thresholds {
        let calls = Confusion::at(&labels, &scores, threshold).expect("valid rows");
        let now = (calls.recall().expect("positives"), calls.precision().expect("calls"));
        area += (now.0 - recall) * now.1;
        trapezoids += (now.0 - recall) * (now.1 + precision) / 2.0;
        let negatives = calls.false_positives + calls.true_negatives;
        distance = distance.max((now.0 - calls.false_positives as f64 / negatives as f64).abs());
        (recall, precision) = now;
    }
    close(some(average_precision(&labels, &scores, None)), area, 1e-13);
    close(some(precision_recall_area(&labels, &scores, None)), trapezoids, 1e-13);
    close(some(kolmogorov_smirnov(&labels, &scores, None)), distance, 1e-13);
}

#[test]
fn the_expected_profit_is_the_mean_over_acceptance_rates() {
    let (labels, scores, _) = sample(150, 40, 9);
    let offer = RetentionOffer { clv: 120.0, incentive_cost: 12.0, contact_cost: 2.0 };
    let acceptance = Acceptance { alpha: 3.0, beta: 2.0 };
    // Beta(3, 2) has the density 12 x² (1 - x); midpoints of 20 000 slices.
    let slices = 20_000;
    let (mut profit, mut rate) = (0.0, 0.0);
    for slice in 0..slices {
        let x = (f64::from(slice) + 0.5) / f64::from(slices);
        let density = 12.0 * x * x * (1.0 - x) / f64::from(slices);
        let best = some(maximum_profit(&labels, &scores, &offer, x));
        profit += density * best.profit;
        rate += density * best.rate;
    }
    let expected = some(expected_maximum_profit(&labels, &scores, &offer, &acceptance));
    close(expected.profit, profit, 1e-7);
    close(expected.rate, rate, 1e-4);
}

#[test]
fn shared_ties_are_the_mean_over_orders() {
    // The best two, then three equal ones of which a cut after four takes two.
    let (values, scores) = ([5.0, 1.0, 9.0, 0.0, 3.0], [4.0, 3.0, 2.0, 2.0, 2.0]);
    let share = some(captured_share(&values, &scores, 0.8));
    close(share, (6.0 + 2.0 / 3.0 * 12.0) / 18.0, 1e-15);
    let orders = [[0, 1, 2, 3, 4], [0, 1, 2, 4, 3], [0, 1, 3, 2, 4]].into_iter().chain([
        [0, 1, 3, 4, 2],
        [0, 1, 4, 2, 3],
        [0, 1, 4, 3, 2],
    ]);
    let (mut gini, mut gain) = (0.0, 0.0);
    let strict = [5.0, 4.0, 3.0, 2.0, 1.0];
    for order in orders {
        let values = order.map(|row| values[row]);
        gini += some(normalised_gini(&values, &strict)) / 6.0;
        gain += some(ndcg(&values, &strict, Some(4))) / 6.0;
    }
    close(some(normalised_gini(&values, &scores)), gini, 1e-14);
    close(some(ndcg(&values, &scores, Some(4))), gain, 1e-14);
}
