//! What is registered.

use std::collections::BTreeMap;

use super::super::{Answers, Baseline, Draw, Made, PlannedArms, Registration, StoppingRule};
use super::two;
use crate::error::Result;
use crate::workspace::ExperimentKind;

/// Lifts of rates by a few lines of Python that halve the interval: Fleiss, Levin & Paik 2003, equation 4.14, at alpha
/// 0.05 and at a quarter of it.
#[test]
fn planned_reach_is_that_of_the_design() -> Result<()> {
    let arms = PlannedArms::new(&two([1.0, 1.0]).check()?, "plain", 0.05, 0.8)?;
    let reach = arms.reach(None, 10_000, &Baseline::Rate(0.2), 1)?;
    assert_eq!(reach.contacts["plain"], 5_000);
    let lift = reach.smallest_relative_lift.unwrap_or(f64::NAN);
    assert!((lift - 0.114_383_220_843_092).abs() < 1e-10, "{lift}");
    assert_eq!(reach.smallest_relative_lift_together, None);
    let stratum = arms.reach(Some("new"), 10_000, &Baseline::Rate(0.2), 4)?;
    assert_eq!(stratum.smallest_relative_lift, reach.smallest_relative_lift);
    let together = stratum.smallest_relative_lift_together.unwrap_or(f64::NAN);
    assert!((together - 0.136_862_381_846_327).abs() < 1e-10, "{together}");
    // Welch with 5000 and 5000 is next to normal: 2.8016 * sqrt(2 / 5000) * 30 / 10.
    let mean = Baseline::Mean { mean: 10.0, deviation: 30.0 };
    let lift = arms.reach(None, 10_000, &mean, 1)?.smallest_relative_lift.unwrap_or(f64::NAN);
    assert!((lift - 0.168_096).abs() < 1e-4, "{lift}");
    for nothing in [
        Baseline::Rate(0.0),
        Baseline::Rate(1.0),
        Baseline::Unknown("no mails".to_owned()),
        Baseline::Mean { mean: 0.0, deviation: 1.0 },
        Baseline::Mean { mean: 1.0, deviation: 0.0 },
    ] {
        let reach = arms.reach(None, 100, &nothing, 1)?;
        assert!(reach.why_not.is_some() && reach.smallest_relative_lift.is_none());
    }
    assert!(arms.reach(None, 0, &Baseline::Rate(0.2), 1)?.why_not.is_some());
    assert!(PlannedArms::new(&two([1.0, 1.0]).check()?, "plane", 0.05, 0.8).is_err());
    Ok(())
}

fn answers() -> Answers {
    Answers {
        id: "subject-line".to_owned(),
        hypothesis: Some("Urgent words are opened more.".to_owned()),
        kind: ExperimentKind::Message,
        audience: "everybody".to_owned(),
        control: "plain".to_owned(),
        decision_metric: "human_open".to_owned(),
        secondary_metrics: vec!["click".to_owned()],
        margin: Some(0.01),
        segment_columns: vec!["segment".to_owned()],
        window_hours: 72,
        stopping_rule: StoppingRule::Fixed,
        looks: Vec::new(),
        alpha: 0.05,
        power: 0.8,
        draw: Draw::Hash,
        salt: "subject-line".to_owned(),
        holdout: 0.1,
        shares: BTreeMap::from([("plain".to_owned(), 0.5), ("urgent".to_owned(), 0.5)]),
        guardrails: BTreeMap::from([("unsubscribe".to_owned(), 0.001)]),
    }
}

#[test]
fn a_registration_reads_back_as_it_was_written() -> Result<()> {
    let arms = PlannedArms::new(&two([1.0, 1.0]).check()?, "plain", 0.05, 0.8)?;
    let planned = vec![
        arms.reach(None, 1_234, &Baseline::Rate(0.2), 2)?,
        arms.reach(Some("a \"name\""), 12, &Baseline::Unknown("why".to_owned()), 2)?,
    ];
    let made = Made { program_version: "0.1.0".to_owned(), as_of: "2026-04-01".to_owned() };
    let registration = Registration { made, answers: answers(), planned };
    let text = registration.toml()?;
    assert_eq!(Registration::parse(&text)?, registration);
    assert!(text.starts_with("# Written by"), "{text}");
    assert!(Registration::parse("nonsense = 1").is_err());
    Ok(())
}

#[test]
fn another_answer_is_named() -> Result<()> {
    let registered = answers();
    assert_eq!(registered.difference(&answers())?, None);
    let changed = |change: fn(&mut Answers)| -> Result<String> {
        let mut now = answers();
        change(&mut now);
        let one = registered.difference(&now)?.unwrap();
        Ok(format!("{}: {} {}", one.field, one.registered, one.now))
    };
    assert_eq!(changed(|a| a.window_hours = 48)?, "window_hours: 72 48");
    assert_eq!(
        changed(|a| a.hypothesis = None)?,
        "hypothesis: \"Urgent words are opened more.\" nothing"
    );
    assert_eq!(changed(|a| a.looks = vec![6, 24])?, "looks: [] [6, 24]");
    let guardrail = |a: &mut Answers| {
        a.guardrails.insert("complaint".to_owned(), 0.1);
    };
    assert_eq!(changed(guardrail)?, "guardrails.complaint: nothing 0.1");
    let shares = |a: &mut Answers| {
        a.shares.insert("urgent".to_owned(), 0.6);
    };
    assert_eq!(changed(shares)?, "shares.urgent: 0.5 0.6");
    Ok(())
}
