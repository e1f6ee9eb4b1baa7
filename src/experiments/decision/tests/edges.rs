//! Data that cannot carry a decision end in a sentence.

use super::*;

#[test]
fn no_events_in_an_arm_still_have_an_interval() {
    let readout = read(&params(), &[(1000, 0, 0), (1000, 12, 0)]);
    assert_eq!(readout.decisions[0].label, Label::Winner);
    let effect = readout.metrics[0].comparisons[0].effect().expect("a difference");
    assert!(effect.difference.low > 0.0 && effect.difference.high < 0.03);
    let readout = read(&params(), &[(1000, 0, 0), (1000, 0, 0)]);
    assert_eq!(readout.decisions[0].label, Label::Inconclusive);
    assert!(readout.recommendation.starts_with("Not decided: b"), "{}", readout.recommendation);
}

#[test]
fn all_events_are_as_good_as_none() {
    let readout = read(&params(), &[(1000, 1000, 0), (1000, 1000, 0)]);
    assert_eq!(readout.decisions[0].label, Label::Inconclusive);
    let effect = readout.metrics[0].comparisons[0].effect().expect("a difference");
    assert_eq!((effect.difference.point, effect.p), (0.0, 1.0));
    assert!(effect.difference.low < 0.0 && effect.difference.high > 0.0);
}

#[test]
fn one_recipient_is_too_little() {
    let readout = read(&params(), &[(1, 1, 0), (1, 0, 0)]);
    let decision = &readout.decisions[0];
    assert_eq!(decision.label, Label::TooLittleData);
    assert_eq!(decision.reasons, [Reason::TooFewRows { n: 1, minimum: 30 }]);
    assert_eq!(readout.recommendation, "Too little data: b.");
}

#[test]
fn identical_arms_are_not_called() {
    for arms in [2, 3, 4] {
        let readout = read(&params(), &vec![(500, 20, 2); arms]);
        assert!(readout.decisions.iter().all(|d| d.label == Label::Inconclusive));
    }
}

#[test]
fn a_mean_without_spread_is_too_little_or_open() {
    let metrics = vec![MetricSpec::mean("revenue")];
    let arms = vec!["control".to_owned(), "b".to_owned()];
    let spec = TallySpec::new(arms, metrics, Vec::new()).expect("a valid spec");
    let plan = ReadoutParams::new("test", "control").check(&spec).expect("valid settings");
    let mut tally = Tally::new(spec);
    for row in 0..80 {
        tally.add(row % 2, &[], &[-3.5]).expect("a refund is a number");
    }
    let readout = plan.read(&tally).expect("two arms");
    assert_eq!(readout.decisions[0].label, Label::Inconclusive);
    assert_eq!(readout.bayes, None);
    assert!(readout.recommendation.starts_with("Not decided: b"));
}

#[test]
fn a_segment_of_three_is_too_little_and_the_rest_is_read() {
    let segments = vec![SegmentColumn {
        name: "tier".to_owned(),
        levels: ["gold".to_owned(), "rest".to_owned()].to_vec(),
    }];
    let arms = vec!["control".to_owned(), "b".to_owned()];
    let spec = TallySpec::new(arms, vec![MetricSpec::proportion("click")], segments);
    let spec = spec.expect("a valid spec");
    let mut tally = Tally::new(spec.clone());
    for row in 0..4003_usize {
        let level = usize::from(row >= 3);
        let click = f64::from(u8::from(row % 20 < 1 + row % 2));
        tally.add(row % 2, &[level], &[click]).expect("a valid row");
    }
    let plan = ReadoutParams::new("test", "control").check(&spec).expect("valid settings");
    let readout = plan.read(&tally).expect("two arms");
    let label = |level: usize| readout.segments[0].levels[level].decisions[0].label;
    assert_eq!((label(0), label(1)), (Label::TooLittleData, readout.decisions[0].label));
    assert!(readout.segment_answers[0].contains("too little data in gold"));
}

#[test]
fn what_is_not_told_says_why() {
    let arms = ["h08", "h18"].map(str::to_owned).to_vec();
    let metrics = vec![MetricSpec::proportion("click"), MetricSpec::mean("revenue")];
    let segments = vec![SegmentColumn {
        name: "tier".to_owned(),
        levels: ["gold".to_owned(), "rest".to_owned()].to_vec(),
    }];
    let spec = TallySpec::new(arms, metrics, segments).expect("a valid spec");
    let mut tally = Tally::new(spec.clone());
    for row in 0..400_usize {
        let click = f64::from(u8::from(row % 10 == 0));
        tally.add(row % 2, &[row / 2 % 2], &[click, click * 20.0]).expect("a valid row");
    }
    let warned = |params: ReadoutParams| {
        let readout = params.check(&spec).expect("valid settings").read(&tally).expect("two arms");
        readout.warnings.iter().map(ToString::to_string).collect::<Vec<String>>().join(" ")
    };
    let params = ReadoutParams::new("test", "h08");
    assert_eq!(warned(params.clone()), "");
    let two_hours = warned(params.clone().send_hours(true));
    assert!(two_hours.starts_with("the best hour: not told, "), "{two_hours}");
    let money = warned(params.decision_metric("revenue"));
    assert!(money.starts_with("what an arm for each segment would bring: not told"), "{money}");
}
