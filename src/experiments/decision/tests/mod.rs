//! Tests of decisions: every label by a table worked by hand, edges, and the procedure by simulation.

mod calibration;
mod edges;
mod labels;

use super::super::*;

/// Successes of n in two or more arms, of a decision metric and of unsubscribes.
fn tally(arms: &[(u64, u64, u64)]) -> Tally {
    let names = ["control", "b", "c", "d"][..arms.len()].iter().map(|name| (*name).to_owned());
    let metrics = vec![MetricSpec::proportion("click"), MetricSpec::proportion("unsubscribe")];
    let spec = TallySpec::new(names.collect(), metrics, Vec::new()).expect("a valid spec");
    let mut tally = Tally::new(spec);
    for (arm, (n, clicks, unsubscribes)) in arms.iter().enumerate() {
        for row in 0..*n {
            let click = f64::from(u8::from(row < *clicks));
            // From the other end, so that the two are not the same recipients.
            let unsubscribe = f64::from(u8::from(n - row <= *unsubscribes));
            tally.add(arm, &[], &[click, unsubscribe]).expect("a valid row");
        }
    }
    tally
}

fn params() -> ReadoutParams {
    ReadoutParams::new("test", "control").lower_is_better(["unsubscribe".to_owned()])
}

fn read(params: &ReadoutParams, arms: &[(u64, u64, u64)]) -> Readout {
    let tally = tally(arms);
    params.check(tally.spec()).expect("valid settings").read(&tally).expect("full arms")
}
