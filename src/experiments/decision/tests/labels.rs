//! Each label, on a table whose answer is plain.

use super::*;

fn only(readout: &Readout) -> &Decision {
    assert_eq!(readout.decisions.len(), 1);
    &readout.decisions[0]
}

#[test]
fn a_better_arm_wins() {
    let readout = read(&params(), &[(10_000, 300, 20), (10_000, 420, 21)]);
    let decision = only(&readout);
    assert_eq!(decision.label, Label::Winner);
    assert!(matches!(&decision.reasons[0], Reason::Better { metric, .. } if metric == "click"));
    assert_eq!(decision.needed, None);
    assert_eq!(readout.recommendation, "Winner: b, better than control in click.");
}

#[test]
fn a_worse_arm_loses() {
    let readout = read(&params(), &[(10_000, 420, 20), (10_000, 300, 20)]);
    assert_eq!(only(&readout).label, Label::Loser);
    assert_eq!(readout.recommendation, "Do not send b, worse than control in click.");
}

#[test]
fn less_is_better_where_it_is() {
    let params = params().decision_metric("unsubscribe");
    let readout = read(&params, &[(10_000, 300, 300), (10_000, 300, 200)]);
    assert_eq!(only(&readout).label, Label::Winner);
    // By Bayes too: the arm with fewer is the likely best.
    let bayes = readout.bayes.as_ref().expect("rates");
    assert!(bayes.arms[1].p_best > 0.999);
    let readout = read(&params, &[(10_000, 300, 200), (10_000, 300, 300)]);
    assert_eq!(only(&readout).label, Label::Loser);
}

#[test]
fn a_guardrail_holds_is_open_or_breaks() {
    let params = params().guardrail("unsubscribe", 0.002);
    let label = |unsubscribes| {
        let readout = read(&params, &[(10_000, 300, 20), (10_000, 450, unsubscribes)]);
        (only(&readout).label, only(&readout).reasons[1].clone(), readout)
    };
    // 0.20 % in both: harm of 0.2 points is ruled out.
    let (winner, reason, _) = label(20);
    assert_eq!(winner, Label::Winner);
    assert!(matches!(reason, Reason::GuardrailHolds { .. }), "{reason:?}");
    // 0.35 % against 0.20 %: it may be 0.2 points or more.
    let (open, reason, readout) = label(35);
    assert_eq!(open, Label::Inconclusive);
    assert!(matches!(reason, Reason::GuardrailOpen { .. }), "{reason:?}");
    let needed = only(&readout).needed.as_ref().expect("an open guardrail needs more");
    assert_eq!((needed.metric.as_str(), needed.difference), ("unsubscribe", 0.002));
    assert!(
        readout.recommendation.contains("that unsubscribe stays within its margin is not shown")
    );
    // 0.90 % against 0.20 %.
    let (broken, reason, readout) = label(90);
    assert_eq!(broken, Label::Loser);
    assert!(matches!(reason, Reason::GuardrailBroken { .. }), "{reason:?}");
    assert_eq!(readout.recommendation, "Do not send b. b breaks the guardrail unsubscribe.");
}

#[test]
fn arms_within_the_margin_are_practically_equal() {
    let params = params().margin(0.01);
    let readout = read(&params, &[(20_000, 1000, 20), (20_000, 1010, 20)]);
    assert_eq!(only(&readout).label, Label::PracticallyEqual);
    assert!(readout.recommendation.starts_with("Practically equal: b and control differ in click"));
    // As alike, but with too few to tell.
    let readout = read(&params, &[(500, 25, 1), (500, 25, 1)]);
    assert_eq!(only(&readout).label, Label::Inconclusive);
}

#[test]
fn an_open_question_says_how_many_it_still_needs() {
    let readout = read(&params().wanted_lift(0.2, 0.8), &[(2000, 100, 4), (2000, 106, 4)]);
    let needed = only(&readout).needed.as_ref().expect("nothing is shown yet");
    // A difference of 0.01 at 5 %: se² = 2 × 0.05 × 0.95 / 2000 about, (1.96 + 0.84)² se² / 0.01² - 1.
    assert!((needed.difference - 0.01).abs() < 1e-12);
    let share = |rate: f64| rate * (1.0 - rate) / 2001.0;
    let variance = share(100.5 / 2001.0) + share(106.5 / 2001.0);
    let times = (1.959_963_985 + 0.841_621_234_f64).powi(2) * variance / 1e-4 - 1.0;
    let wanted = (times * 4000.0).ceil() as i64;
    let got = needed.recipients.expect("it can be counted") as i64;
    assert!((got - wanted).abs() <= 1, "{got} against {wanted}");
}

#[test]
fn a_failed_check_comes_before_every_label() {
    let readout = read(&params(), &[(10_000, 300, 20), (8000, 420, 21)]);
    assert_eq!(only(&readout).label, Label::NotTrustworthy);
    assert_eq!(
        readout.recommendation,
        "Do not act on this experiment: a check of the data failed."
    );
    assert!(!readout.is_trustworthy());
}

#[test]
fn the_leader_of_several_winners_is_named_with_its_probability() {
    let readout = read(&params(), &[(10_000, 300, 9), (10_000, 420, 9), (10_000, 400, 9)]);
    let labels: Vec<Label> = readout.decisions.iter().map(|d| d.label).collect();
    assert_eq!(labels, [Label::Winner, Label::Winner]);
    assert!(readout.recommendation.contains("b leads, and is the best of all arms"));
}

#[test]
fn a_side_effect_is_said_and_does_not_decide() {
    let readout = read(&params(), &[(10_000, 300, 20), (10_000, 420, 60)]);
    let decision = only(&readout);
    assert_eq!(decision.label, Label::Winner);
    let is_side =
        |r: &Reason| matches!(r, Reason::SideEffect { metric, .. } if metric == "unsubscribe");
    assert!(decision.reasons.iter().any(is_side));
    assert!(readout.recommendation.contains("b is worse in unsubscribe."));
}
