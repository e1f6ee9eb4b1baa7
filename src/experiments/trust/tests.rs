//! Each check on a log that it must pass, and on one that it must not.

use super::super::*;
use super::*;

fn tally(rows: [u64; 2]) -> Tally {
    let arms = vec!["control".to_owned(), "b".to_owned()];
    let spec = TallySpec::new(arms, vec![MetricSpec::proportion("click")], Vec::new());
    let mut tally = Tally::new(spec.expect("a valid spec"));
    for (arm, rows) in rows.into_iter().enumerate() {
        (0..rows).for_each(|row| {
            tally.add(arm, &[], &[f64::from(u8::from(row % 20 == 0))]).expect("a valid row");
        });
    }
    tally
}

fn read(log: &ArmLog) -> Readout {
    let tally = tally([5000, 5000]);
    let plan = ReadoutParams::new("test", "control").check(tally.spec()).expect("valid settings");
    plan.read_with(&tally, log).expect("full arms")
}

fn check(readout: &Readout, kind: TrustKind) -> &TrustCheck {
    readout.trust.iter().find(|check| check.check == kind).expect("every check is listed")
}

fn counts(successes: u64, n: u64) -> Counts {
    Counts::new(n, successes).expect("a valid table")
}

fn days(rows: &[[u64; 2]]) -> Vec<DayRows> {
    let day = |(place, rows): (usize, &[u64; 2])| DayRows {
        day: format!("2026-05-{:02}", place + 1),
        rows: rows.to_vec(),
    };
    rows.iter().enumerate().map(day).collect()
}

fn before(shift: u64) -> Before {
    let arms = vec![counts(400, 5000), counts(400 + shift, 5000)];
    Before { measure: "clicks in the 28 days before".to_owned(), arms }
}

#[test]
fn what_is_not_known_is_said_and_stops_nothing() {
    let readout = read(&ArmLog::default());
    assert!(readout.is_trustworthy());
    for kind in [TrustKind::DailyRatio, TrustKind::CrossedAssignments, TrustKind::Delivery] {
        let found = check(&readout, kind);
        assert_eq!(found.outcome, CheckOutcome::NotRun);
        assert!(!found.detail.is_empty());
    }
}

#[test]
fn a_sound_log_passes_every_check() {
    let readout = read(&ArmLog {
        days: days(&[[2500, 2480], [2500, 2520]]),
        crossed: Some(counts(3, 10_003)),
        bounced: vec![counts(50, 5000), counts(58, 5000)],
        machine_opened: vec![counts(400, 4900), counts(410, 4900)],
        before: vec![before(20)],
    });
    let passed = readout.trust.iter().all(|check| check.outcome == CheckOutcome::Passed);
    assert!(passed, "{:?}", readout.trust);
}

#[test]
fn each_fault_is_found_and_stops_the_verdict() {
    let days_apart = ArmLog { days: days(&[[3000, 2000], [2000, 3000]]), ..ArmLog::default() };
    let crossed = ArmLog { crossed: Some(counts(500, 10_500)), ..ArmLog::default() };
    let bounced =
        ArmLog { bounced: vec![counts(50, 5000), counts(150, 5000)], ..ArmLog::default() };
    let unlike = ArmLog { before: vec![before(0), before(160)], ..ArmLog::default() };
    for (kind, log) in [
        (TrustKind::DailyRatio, days_apart),
        (TrustKind::CrossedAssignments, crossed),
        (TrustKind::Delivery, bounced),
        (TrustKind::BeforeTheStart, unlike),
    ] {
        let readout = read(&log);
        assert!(check(&readout, kind).stops_everything(), "{kind:?}: {:?}", readout.trust);
        assert_eq!(readout.decisions[0].label, Label::NotTrustworthy);
        let failed = |r: &Reason| matches!(r, Reason::FailedCheck { check, .. } if *check == kind);
        assert!(readout.decisions[0].reasons.iter().any(failed));
        assert!(readout.answer.contains("cannot be trusted"), "{}", readout.answer);
        assert!(readout.segment_answers.is_empty());
    }
}

#[test]
fn what_hardly_ever_happens_is_no_evidence() {
    let log = ArmLog { bounced: vec![counts(0, 5000), counts(0, 5000)], ..ArmLog::default() };
    assert_eq!(check(&read(&log), TrustKind::Delivery).outcome, CheckOutcome::NotRun);
    let log = ArmLog { bounced: vec![counts(0, 5000), counts(6, 5000)], ..ArmLog::default() };
    assert_eq!(check(&read(&log), TrustKind::Delivery).outcome, CheckOutcome::NotRun);
}

#[test]
fn a_drift_over_days_is_found_before_the_days_even_out() {
    // Each day by itself is within chance; together the first ten are not.
    let early = [[540, 460]; 10];
    let late = [[460, 540]; 10];
    let rows: Vec<[u64; 2]> = early.into_iter().chain(late).collect();
    let readout = read(&ArmLog { days: days(&rows), ..ArmLog::default() });
    let found = check(&readout, TrustKind::DailyRatio);
    assert!(found.stops_everything(), "{found:?}");
    assert!(found.detail.starts_with("up to 2026-05-"), "{}", found.detail);
}

#[test]
fn machines_stop_a_decision_on_opens_and_warn_otherwise() {
    let log =
        ArmLog { machine_opened: vec![counts(400, 4900), counts(700, 4900)], ..ArmLog::default() };
    let readout = read(&log);
    assert_eq!(check(&readout, TrustKind::MachineOpens).outcome, CheckOutcome::Warned);
    assert!(readout.is_trustworthy());
    let arms = vec!["control".to_owned(), "b".to_owned()];
    let spec = TallySpec::new(arms, vec![MetricSpec::proportion("human_open")], Vec::new());
    let mut tally = Tally::new(spec.expect("a valid spec"));
    (0..4000).for_each(|row| tally.add(row % 2, &[], &[1.0]).expect("a valid row"));
    let plan = ReadoutParams::new("test", "control").check(tally.spec()).expect("valid settings");
    assert!(!plan.read_with(&tally, &log).expect("full arms").is_trustworthy());
}
