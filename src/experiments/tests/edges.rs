//! Empty, full, constant and broken inputs.

use super::*;
use crate::error::Kind;

#[test]
fn no_successes_anywhere_is_no_evidence_but_an_interval() {
    let effect = compare_rates(&counts(0, 50), &counts(0, 50), Level::DEFAULT).expect("two arms");
    assert_eq!((effect.p, effect.statistic.value), (1.0, 0.0));
    assert_eq!(effect.relative_lift.expect("a lift").kind, SetKind::Undefined);
    assert_eq!(pearson(&[counts(0, 50), counts(0, 9), counts(0, 1)]).expect("three arms").p, 1.0);
    assert_eq!(pearson(&[counts(5, 5), counts(9, 9)]).expect("two arms").p, 1.0);
}

#[test]
fn a_huge_z_is_still_ordered() {
    let control = counts(0, 10_000_000);
    let p = |x| compare_rates(&control, &counts(x, 10_000_000), Level::DEFAULT).expect("two arms");
    let (large, larger) = (p(5_000_000), p(6_000_000));
    assert_eq!((large.p, larger.p), (0.0, 0.0));
    assert!(larger.ln_p < large.ln_p && large.ln_p.is_finite());
}

#[test]
fn arms_without_rows_have_no_estimate() {
    let none = compare_rates(&counts(0, 0), &counts(1, 2), Level::DEFAULT);
    assert_eq!(none, Err(NoEstimate::NoRows { arm: Side::Control }));
    let one = compare_means(&sample(9, 1.0, 1.0), &sample(1, 2.0, 0.0), Level::DEFAULT);
    assert_eq!(one, Err(NoEstimate::OneRow { arm: Side::Treatment }));
}

#[test]
fn means_without_spread_are_marked() {
    let compare = |t| compare_means(&sample(5, 2.0, 0.0), &sample(6, t, 0.0), Level::DEFAULT);
    let (same, other) = (compare(2.0).expect("two arms"), compare(3.0).expect("two arms"));
    assert_eq!((same.p, same.degenerate), (1.0, true));
    assert_eq!((other.p, other.degenerate), (0.0, true));
    assert_eq!(other.relative_lift.expect("a lift").estimate.point, 0.5);
}

#[test]
fn two_arms_of_welchs_anova_are_welchs_t() {
    let (a, b) = (sample(10, 12.5, 4.2), sample(14, 14.1, 3.9));
    let t = compare_means(&a, &b, Level::DEFAULT).expect("two arms");
    let f = welch_anova(&[a, b]).expect("two arms");
    close(f.statistic, t.statistic.value.powi(2), 1e-13);
    close(f.df_within.expect("an F"), t.df.expect("a t"), 1e-13);
    close(f.p, t.p, 1e-13);
}

#[test]
fn rows_in_an_arm_without_a_share_are_an_error() {
    let arm = |name, rows, weight| PlannedArm { name, rows, weight };
    let arms = [arm("a", 50, 1.0), arm("b", 50, 1.0), arm("old", 3, 0.0)];
    let error = ratio_check(&arms, SRM_ALPHA).expect_err("three rows too many");
    assert!(error.to_string().contains("`old` has 3 rows"), "{error}");
    let unused = [arm("a", 50, 1.0), arm("b", 50, 1.0), arm("old", 0, 0.0)];
    assert_eq!(ratio_check(&unused, SRM_ALPHA).expect("two arms").df, 1);
    assert!(ratio_check(&unused[1..], SRM_ALPHA).is_err());
}

fn spec() -> TallySpec {
    let segments = vec![SegmentColumn {
        name: "tier".to_owned(),
        levels: vec!["gold".to_owned(), "new".to_owned()],
    }];
    let metrics = vec![MetricSpec::proportion("click"), MetricSpec::mean("spend")];
    TallySpec::new(vec!["control".to_owned(), "offer".to_owned()], metrics, segments)
        .expect("a valid spec")
}

#[test]
fn a_refused_row_leaves_the_tally_as_it_was() {
    let mut tally = Tally::new(spec());
    let error = tally.add(0, &[0], &[0.5, 1.0]).expect_err("half a click");
    assert!(error.to_string().contains("`click`") && error.to_string().contains("0.5"), "{error}");
    assert_eq!(error.kind(), Kind::Data);
    for row in [[1.0, f64::INFINITY], [1.0, 1e200]] {
        assert!(tally.add(0, &[0], &row).is_err());
    }
    assert_eq!(tally.add(2, &[0], &[1.0, 1.0]).expect_err("no such arm").kind(), Kind::Internal);
    assert!(tally.add(0, &[2], &[1.0, 1.0]).is_err());
    assert_eq!(tally, Tally::new(spec()));
}

#[test]
fn an_empty_arm_is_an_error_overall_and_a_statement_in_a_segment() {
    let mut tally = Tally::new(spec());
    let plan = ReadoutParams::new("test", "control").check(&spec()).expect("valid settings");
    (0..40).for_each(|i| tally.add(0, &[0], &[f64::from(i % 2), 1.0]).expect("a row"));
    assert!(plan.read(&tally).is_err());
    (0..40).for_each(|i| tally.add(1, &[1], &[f64::from(i % 2), f64::NAN]).expect("a row"));
    let readout = plan.read(&tally).expect("two arms");
    let gold = &readout.segments[0].levels[0].metrics[0].comparisons[0];
    let no_estimate = "no estimate: arm `offer` has no rows".to_owned();
    assert_eq!(gold.outcome, Outcome::NoEstimate { no_estimate });
    // Who is gold decides who is in which arm: the column cannot be read, everybody together can.
    assert_eq!((gold.verdict, gold.p_holm), (Verdict::NotTrustworthy, None));
    assert_eq!(readout.segments[0].levels[0].decisions[0].label, Label::NotTrustworthy);
    assert!(readout.segment_answers[0].starts_with("Nothing can be read by tier: in gold"));
    assert!(readout.is_trustworthy());
    let tested = |family: &Family| (family.tested, family.left_out);
    assert_eq!((tested(&readout.decision_family), tested(&readout.family)), ((1, 2), (0, 1)));
    assert_eq!(readout.metrics[1].arms[1].missing, 40);
}

#[test]
fn a_broken_split_takes_the_trust_from_every_verdict() {
    let mut tally = Tally::new(spec());
    (0..2000).for_each(|i| tally.add(0, &[0], &[f64::from(i % 2), 1.0]).expect("a row"));
    (0..1000).for_each(|i| tally.add(1, &[1], &[f64::from(i % 3 / 2), 1.0]).expect("a row"));
    let plan = ReadoutParams::new("test", "control").check(&spec()).expect("valid settings");
    let readout = plan.read(&tally).expect("two arms");
    let segments = readout.segments.iter().flat_map(|s| &s.levels).flat_map(|l| &l.metrics);
    for metric in readout.metrics.iter().chain(segments) {
        assert!(metric.comparisons.iter().all(|c| c.verdict == Verdict::NotTrustworthy));
    }
    assert!(readout.answer.starts_with("These results cannot be trusted"), "{}", readout.answer);
}

#[test]
fn settings_are_checked_by_name() {
    let params = ReadoutParams::new("test", "contrl");
    let error = params.check(&spec()).expect_err("a slip");
    assert_eq!(error.hint_text(), Some("did you mean `control`?"));
    let params = ReadoutParams::new("test", "control");
    let shares = [("control".to_owned(), 0.5)];
    assert!(params.clone().planned_shares(shares).check(&spec()).is_err());
    assert!(params.clone().decision_metric("spnd").check(&spec()).is_err());
    let error = params.level(95.0).check(&spec()).expect_err("a percentage");
    assert_eq!(error.hint_text(), Some("write 0.95 for 95 %"));
}

#[test]
fn a_stored_tally_must_fit_its_spec() {
    let stored = serde_json::to_value(Tally::new(spec())).expect("plain data");
    let back: Tally = serde_json::from_value(stored.clone()).expect("what was just written");
    assert_eq!(back, Tally::new(spec()));
    let mut broken = stored;
    broken["overall"] = serde_json::json!([]);
    assert!(serde_json::from_value::<Tally>(broken).is_err());
}
