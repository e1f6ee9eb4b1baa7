//! The whole decision procedure on experiments without any effect, and with some.
#![allow(clippy::print_stdout)]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// A binomial draw as the sum of its trials' gaps: exact, and quick for rare events.
fn binomial(random: &mut Xoshiro256PlusPlus, n: u64, rate: f64) -> u64 {
    let (mut place, mut successes) = (0.0, 0);
    loop {
        let gap = (random.r#gen::<f64>().ln() / (-rate).ln_1p()).floor() + 1.0;
        place += gap;
        if place > n as f64 {
            return successes;
        }
        successes += 1;
    }
}

/// One experiment of segments with these rates of the control, and the same or `lift` times them in the
/// treatment.
fn experiment(
    random: &mut Xoshiro256PlusPlus,
    segments: usize,
    n: u64,
    lift: impl Fn(usize) -> f64,
) -> Tally {
    let levels = (0..segments).map(|s| format!("s{s:02}")).collect();
    let columns = match segments {
        0 => Vec::new(),
        _ => vec![SegmentColumn { name: "segment".to_owned(), levels }],
    };
    let arms = vec!["control".to_owned(), "b".to_owned()];
    let spec = TallySpec::new(arms, vec![MetricSpec::proportion("click")], columns);
    let mut tally = Tally::new(spec.expect("a valid spec"));
    for segment in 0..segments.max(1) {
        let base = 0.01 + 0.04 * (segment % 5) as f64 / 4.0;
        for arm in 0..2 {
            let rate = if arm == 0 { base } else { base * lift(segment) };
            let successes = binomial(random, n, rate);
            let level = if segments == 0 { vec![] } else { vec![segment] };
            for row in 0..n {
                let value = f64::from(u8::from(row < successes));
                tally.add(arm, &level, &[value]).expect("a valid row");
            }
        }
    }
    tally
}

fn is_called(decision: &Decision) -> bool {
    matches!(decision.label, Label::Winner | Label::Loser)
}

/// True if any arm is called a winner or a loser, overall or in a segment.
fn any_call(readout: &Readout) -> bool {
    let segments = readout.segments.iter().flat_map(|s| &s.levels).flat_map(|l| &l.decisions);
    readout.decisions.iter().chain(segments).any(is_called)
}

fn error(share: f64, runs: usize) -> f64 {
    (share * (1.0 - share) / runs as f64).sqrt()
}

#[test]
fn identical_arms_are_called_in_no_more_than_one_of_twenty() {
    const RUNS: usize = 1000;
    for (segments, n) in [(0, 4000), (40, 300)] {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(segments as u64 + 1);
        let calls = (0..RUNS).filter(|_| {
            let tally = experiment(&mut random, segments, n, |_| 1.0);
            let plan = ReadoutParams::new("a/a", "control").check(tally.spec()).expect("valid");
            any_call(&plan.read(&tally).expect("full arms"))
        });
        let share = calls.count() as f64 / RUNS as f64;
        let error = error(share, RUNS);
        println!("{segments} segments of {n} an arm: called {share:.4} ± {error:.4} of A/A tests");
        assert!(share <= 0.05 + 3.0 * error, "{share} ± {error}");
    }
}

#[test]
fn ten_planned_looks_call_no_more_than_one_would() {
    const RUNS: usize = 3000;
    const LOOKS: usize = 10;
    let shares: Vec<f64> = (1..=LOOKS).map(|look| look as f64 / LOOKS as f64).collect();
    let readings: Vec<Reading> = (0..LOOKS)
        .map(|look| Reading::planned_look(look, &shares, 0.05).expect("a planned look"))
        .collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(10);
    let (mut planned, mut naive) = (0, 0);
    for _ in 0..RUNS {
        let (mut arms, mut found, mut found_naively) = ([(0, 0); 2], false, false);
        for reading in &readings {
            for arm in &mut arms {
                *arm = (arm.0 + 400, arm.1 + binomial(&mut random, 400, 0.03));
            }
            let counts = |arm: (u64, u64)| Counts::new(arm.0, arm.1).expect("a valid table");
            let effect = compare_rates(&counts(arms[0]), &counts(arms[1]), Level::DEFAULT);
            let p = effect.expect("full arms").p;
            found |= p <= reading.alpha(0.05);
            found_naively |= p <= 0.05;
        }
        planned += usize::from(found);
        naive += usize::from(found_naively);
    }
    let share = |count: usize| count as f64 / RUNS as f64;
    let error = error(share(planned), RUNS);
    println!(
        "10 looks: {:.4} ± {error:.4} of A/A tests called by the planned bounds, {:.4} at 0.05 each",
        share(planned),
        share(naive)
    );
    assert!(share(planned) <= 0.05 + 3.0 * error);
    assert!(share(naive) > 0.12, "looking without bounds must be seen to be wrong");
}

#[test]
fn looking_at_any_time_calls_no_more_than_one_of_twenty() {
    const RUNS: usize = 1000;
    let reading = Reading::AnyTime { tuning_n: 5000.0 };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let called = (0..RUNS).filter(|_| {
        let mut arms = [(0, 0); 2];
        (0..60).any(|_| {
            for arm in &mut arms {
                *arm = (arm.0 + 100, arm.1 + binomial(&mut random, 100, 0.05));
            }
            let counts = |arm: (u64, u64)| Counts::new(arm.0, arm.1).expect("a valid table");
            let effect = compare_rates(&counts(arms[0]), &counts(arms[1]), Level::DEFAULT);
            let n = arms[0].0 + arms[1].0;
            let any_time = reading.any_time(&effect.expect("full arms"), n, Level::DEFAULT);
            any_time.is_some_and(|any_time| any_time.p <= 0.05)
        })
    });
    let share = called.count() as f64 / RUNS as f64;
    let error = error(share, RUNS);
    println!("60 looks at any time: {share:.4} ± {error:.4} of A/A tests called");
    assert!(share <= 0.05 + 3.0 * error);
}

#[test]
fn effects_are_called_where_they_are() {
    const RUNS: usize = 100;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(12);
    let (mut hits, mut misses) = (0, 0);
    for _ in 0..RUNS {
        let tally = experiment(&mut random, 10, 4000, |s| if s < 5 { 2.0 } else { 1.0 });
        let plan = ReadoutParams::new("test", "control").check(tally.spec()).expect("valid");
        let readout = plan.read(&tally).expect("full arms");
        assert!(is_called(&readout.decisions[0]));
        let calls = readout.segments[0].levels.iter().map(|l| is_called(&l.decisions[0]));
        for (segment, is_called) in calls.enumerate() {
            hits += usize::from(segment < 5 && is_called);
            misses += usize::from(segment >= 5 && is_called);
        }
    }
    let (hits, misses) = (hits as f64 / (5 * RUNS) as f64, misses as f64 / (5 * RUNS) as f64);
    println!("segments with a doubled rate called: {hits:.3}; without effect: {misses:.4}");
    assert!(hits > 0.95 && misses < 0.02, "{hits} {misses}");
}

#[test]
fn a_portfolio_holds_its_false_discovery_rate() {
    const RUNS: usize = 200;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(13);
    let (mut shares, mut outside, mut findings) = (Vec::new(), 0, 0);
    for _ in 0..RUNS {
        let readouts: Vec<Readout> = (0..40)
            .map(|place| {
                let lift = if place < 10 { 1.5 } else { 1.0 };
                let tally = experiment(&mut random, 0, 8000, |_| lift);
                let name = format!("{place:02}");
                let plan = ReadoutParams::new(name, "control").check(tally.spec()).expect("valid");
                plan.read(&tally).expect("full arms")
            })
            .collect();
        let portfolio = Portfolio::of(&readouts, Vec::new(), 0.05, false).expect("a valid rate");
        let found: Vec<&PortfolioEntry> = portfolio.entries.iter().filter(|e| e.found).collect();
        let is_false = |entry: &&&PortfolioEntry| entry.experiment.as_str() >= "10";
        shares.push(found.iter().filter(is_false).count() as f64 / found.len().max(1) as f64);
        for entry in &found {
            let truth = if is_false(&entry) { 0.0 } else { 0.01 * 0.5 };
            findings += 1;
            outside += u32::from(entry.after_selection.as_ref().is_some_and(|e| e.excludes(truth)));
        }
    }
    let mean = shares.iter().sum::<f64>() / RUNS as f64;
    let variance = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (RUNS - 1) as f64;
    let error = (variance / RUNS as f64).sqrt();
    let outside = f64::from(outside) / f64::from(findings);
    println!("false discoveries {mean:.4} ± {error:.4}; intervals that miss {outside:.4}");
    assert!(mean <= 0.05 + 3.0 * error);
    assert!(outside <= 0.05 + 0.02);
}
