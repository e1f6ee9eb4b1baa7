//! Empty, full, separated, tied and single segments.

use super::super::super::{MetricSpec, ReadoutParams, SegmentColumn, Tally, TallySpec};
use super::super::{rising, truncated};
use super::*;

fn read(rows: &[[u64; 4]]) -> Heterogeneity {
    heterogeneity(&segments_of(rows), Level::DEFAULT)
}

#[test]
fn a_segment_with_an_empty_arm_is_left_out_and_counted() {
    let found = read(&[[1, 20, 3, 22], [0, 0, 4, 30], [2, 25, 1, 20]]);
    assert_eq!(found.segments.len(), 2);
    assert_eq!(found.left_out.len(), 1);
    assert_eq!(found.left_out[0].segment, "s1");
    assert!(found.notes.iter().any(|note| note.contains("s1")), "{:?}", found.notes);
}

#[test]
fn nothing_comes_of_nothing() {
    let found = read(&[]);
    assert!(found.pooled.is_none() && found.segments.is_empty() && found.notes.is_empty());
    let found = read(&[[0, 100, 0, 90], [0, 10, 0, 12], [0, 5, 0, 5]]);
    assert!(found.pooled.is_none() && found.best.is_none());
    assert!(found.tests.logistic.is_none() && found.tests.cochran_q.is_none());
    assert_eq!(found.segments.len(), 3);
    let alone = &found.segments[1].alone;
    assert!(alone.low < 0.0 && alone.high > 0.0);
    let mantel = found.mantel_haenszel.expect("segments");
    assert_eq!((mantel.difference.point, mantel.test.p), (0.0, 1.0));
    assert!(mantel.odds_ratio.is_none() && mantel.risk_ratio.is_none());
}

#[test]
fn one_segment_is_not_pooled() {
    let found = read(&[[10, 100, 20, 110]]);
    assert!(found.pooled.is_none() && found.best.is_none() && found.control_rates.is_none());
    assert!(found.segments[0].shrunken.is_none());
    assert_eq!(found.notes.len(), 1);
}

#[test]
fn two_segments_are_fully_pooled() {
    let found = read(&[[10, 100, 20, 110], [30, 90, 60, 95]]);
    let pooled = found.pooled.expect("two segments");
    assert!(pooled.prediction.is_none());
    let points: Vec<f64> = found
        .segments
        .iter()
        .map(|s| s.shrunken.as_ref().expect("two segments").shrunken.point)
        .collect();
    near(points[0], points[1], 1e-14);
    near(points[0], pooled.fixed.point, 1e-12);
    assert!(found.notes.iter().any(|note| note.contains("fully pooled")));
}

#[test]
fn separated_segments_are_fitted_exactly() {
    // All successes are the treatment's: an infinite common ratio fits perfectly.
    let (test, common) = logistic_interaction(&segments_of(&[[0, 20, 3, 22], [0, 30, 9, 25]]))
        .expect("two informative segments");
    assert_eq!((test.statistic, test.p, common), (0.0, 1.0, None));
    // Opposite separation: the common fit lies between, the saturated one is exact. By hand with
    // equal margins: the common ratio is 1, and 2 × 2 Σ O ln(O/E) = 8 × 10 ln 2.
    let opposite = segments_of(&[[0, 10, 10, 10], [10, 10, 0, 10]]);
    let (test, common) = logistic_interaction(&opposite).expect("two informative segments");
    close(common.expect("finite").ln_odds_ratio, 0.0, 1e-12);
    near(test.statistic, 80.0 * std::f64::consts::LN_2, 1e-12);
    // Around a ratio of 1 each cell is expected to hold 5: 2 × 5² × 4/5.
    let (plain, tarone) = breslow_day(&opposite).expect("a finite ratio");
    near(plain.statistic, 40.0, 1e-12);
    near(tarone.statistic, 40.0, 1e-12);
    // A segment without successes costs no degree of freedom.
    let silent = segments_of(&[[0, 20, 3, 22], [5, 30, 9, 25], [0, 50, 0, 50]]);
    let (test, _) = logistic_interaction(&silent).expect("two informative segments");
    assert_eq!(test.df, 1.0);
}

#[test]
fn large_counts_keep_their_digits() {
    let n = 1_000_000_000;
    let found =
        read(&[[123_456_789, n, 123_500_000, n], [50_000, n, 50_500, n], [999_990_000, n, n, n]]);
    let logistic = found.tests.logistic.expect("segments");
    assert!(logistic.statistic.is_finite() && logistic.ln_p.is_finite());
    assert!(found.control_rates.expect("trials").strength.is_some());
    let best = found.best.expect("segments");
    assert!(best.hybrid.low.is_finite() && best.conditional.expect("no tie").low.is_finite());
}

#[test]
fn a_close_second_reaches_far_but_not_for_ever() {
    for gap in [1e-6, 1e-3, 0.1, 1.0, 10.0, 60.0] {
        let effects = effects_of(&[50.0, 50.0 - gap, 0.0], &[1.0, 1.0, 1.0]);
        let winner = winner(&effects, Level::DEFAULT).expect("segments");
        let conditional = winner.conditional.expect("no tie");
        assert!(conditional.low < conditional.point && conditional.point < conditional.high);
        assert!(conditional.point <= 50.0 + 1e-9 && conditional.low.is_finite());
        assert!(winner.hybrid.low >= 50.0 - 3.5 && winner.hybrid.high <= 50.0 + 3.5);
        assert!(winner.p_conditional.expect("no tie") >= 0.0);
    }
    // Far ahead of all, the correction is none.
    let effects = effects_of(&[50.0, 0.0], &[1.0, 1.0]);
    let winner = winner(&effects, Level::DEFAULT).expect("segments");
    let conditional = winner.conditional.expect("no tie");
    close(conditional.low, winner.naive.low, 1e-9);
    close(conditional.point, 50.0, 1e-9);
}

#[test]
fn critical_values_at_their_limits() {
    let z = Level::DEFAULT.normal_critical();
    assert_eq!(robust_critical_value(0.0, 3.0, Level::DEFAULT), z);
    // A bias of known size (kurtosis 1) is the folded normal: P(|Z + 1| > χ) = 0.05.
    near(robust_critical_value(1.0, 1.0, Level::DEFAULT), 2.646_145_548_215_310_7, 1e-10);
    // Large biases come to Chebyshev's bound.
    near(robust_critical_value(1e8, f64::INFINITY, Level::DEFAULT), (1e8_f64 / 0.05).sqrt(), 2e-3);
    let mut before = z;
    for m2 in [1e-6, 1e-3, 0.1, 0.5, 1.0, 4.0, 50.0, 1e4] {
        let (known, normal, unknown) = (
            robust_critical_value(m2, 1.0, Level::DEFAULT),
            robust_critical_value(m2, 3.0, Level::DEFAULT),
            robust_critical_value(m2, f64::INFINITY, Level::DEFAULT),
        );
        assert!(known <= normal + 1e-9 && normal <= unknown + 1e-9 && unknown > before);
        before = unknown;
    }
}

#[test]
fn unusable_effects_are_refused_by_name() {
    let effect = |effect, std_error| SegmentEffect { name: "gold".to_owned(), effect, std_error };
    for bad in [effect(f64::NAN, 1.0), effect(0.0, 0.0), effect(0.0, f64::INFINITY)] {
        let error = SegmentEffects::new(vec![bad]).expect_err("no effect");
        assert!(error.to_string().contains("`gold`"), "{error}");
    }
}

#[test]
fn the_finding_is_json_without_gaps() {
    let found = read(&[[10, 100, 20, 110], [30, 90, 60, 95], [0, 0, 1, 3], [5, 40, 9, 44]]);
    let json = serde_json::to_value(&found).expect("plain");
    assert!(json["pooled"]["effect"]["point"].is_number());
    assert_eq!(json["tests"]["cochran_q"]["df"], 2.0);
    assert_eq!(json["segments"][0]["shrunken"]["shrunken"]["level"], 0.95);
    assert_eq!(json["left_out"][0]["segment"], "s2");
    assert!(json["best"]["hybrid"]["low"].is_number());
}

#[test]
fn sums_of_rising_factors_keep_their_digits() {
    for (p, s, n) in [(0.3, 1e-3, 5000), (0.02, 0.7, 400), (1e-4, 2.0, 30), (0.5, 1e-14, 100_000)] {
        let (mut ln, mut inverse, mut weighted) = (0.0, 0.0, 0.0);
        for k in 0..n {
            let value: f64 = p + f64::from(k) * s;
            ln += value.ln();
            inverse += 1.0 / value;
            weighted += f64::from(k) / value;
        }
        let got = rising::Rising::of(p, s, n.try_into().expect("a count"));
        near(got.ln, ln, 1e-11);
        near(got.inverse, inverse, 1e-11);
        near(got.weighted, weighted, 1e-11);
    }
}

#[test]
fn tails_beyond_underflow_keep_their_digits() {
    // scipy's log_ndtr(-40).
    near(truncated::ln_above(40.0), -804.608_442_013_753_8, 1e-12);
    let direct = truncated::ln_above(22.5) - truncated::ln_above(21.0);
    near(truncated::ln_beyond(21.0, 1.5), direct, 1e-12);
    // The hazard is about z: exactly, z + 1/z - 2/z³ far out.
    near(truncated::ln_beyond(1e6, 1e-7), -0.1, 1e-6);
    assert_eq!(truncated::ln_beyond(-50.0, 0.0), 0.0);
}

#[test]
fn a_readout_carries_it_for_each_rate() {
    let levels = ["gold", "new", "old"].map(str::to_owned).to_vec();
    let column = SegmentColumn { name: "tier".to_owned(), levels };
    let metrics = vec![MetricSpec::mean("spend"), MetricSpec::proportion("click")];
    let arms = ["control", "a", "b"].map(str::to_owned).to_vec();
    let mut tally = Tally::new(TallySpec::new(arms, metrics, vec![column]).expect("a spec"));
    for row in 0..900_usize {
        let click = if row % 7 < 2 + row % 3 { 1.0 } else { 0.0 };
        tally.add(row % 3, &[row / 3 % 3], &[1.0, click]).expect("a row");
    }
    let plan = ReadoutParams::new("test", "control").check(tally.spec()).expect("settings");
    let readout = plan.read(&tally).expect("full arms");
    let found = &readout.segments[0].heterogeneity;
    let names: Vec<_> = found.iter().map(|f| (f.metric.as_str(), f.arm.as_str())).collect();
    assert_eq!(names, [("click", "a"), ("click", "b")]);
    assert_eq!(found[1].heterogeneity.segments[2].segment, "old");
    let json = serde_json::to_value(&readout).expect("plain");
    assert!(json["segments"][0]["heterogeneity"][0]["pooled"]["effect"]["point"].is_number());
}
