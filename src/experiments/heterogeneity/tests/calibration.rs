//! Intervals and tests against simulated segments; each test prints what it measured.
#![allow(clippy::print_stdout)]

use super::properties::Stream;
use super::*;

/// Prints the share of `hits`, and asserts that it lies within bounds that leave three standard
/// errors of the simulation.
fn share(what: &str, hits: usize, of: usize, low: f64, high: f64) {
    let share = hits as f64 / of as f64;
    println!("{what}: {share:.4} ({hits} of {of})");
    let slack = 3.0 * (share * (1.0 - share) / of as f64).sqrt();
    assert!(share >= low - slack && share <= high + slack, "{what}: {share}");
}

/// True effects and estimates of 20 segments whose standard errors differ threefold.
fn draw(stream: &mut Stream, truth: impl Fn(&mut Stream) -> f64) -> (Vec<f64>, SegmentEffects) {
    let errors: Vec<f64> = (0..20).map(|i| 0.5 + f64::from(i % 5) * 0.25).collect();
    let truth: Vec<f64> = errors.iter().map(|_| truth(stream)).collect();
    let seen: Vec<f64> =
        truth.iter().zip(&errors).map(|(t, error)| t + error * stream.normal()).collect();
    let variances: Vec<f64> = errors.iter().map(|error| error * error).collect();
    (truth, effects_of(&seen, &variances))
}

type Truth = fn(&mut Stream) -> f64;

const TRUTHS: [(&str, Truth); 4] = [
    ("all alike", |_| 0.3),
    ("normal, sd 0.5", |stream| 0.3 + 0.5 * stream.normal()),
    ("two groups", |stream| if stream.below(2) == 0 { -0.5 } else { 1.0 }),
    ("one in ten stands out", |stream| if stream.below(10) == 0 { 2.5 } else { 0.0 }),
];

#[test]
fn robust_intervals_cover_on_average() {
    const RUNS: usize = 150;
    for (name, truth) in TRUTHS {
        let mut stream = Stream(21);
        let (mut robust, mut normal, mut shorter) = (0, 0, 0.0);
        for _ in 0..RUNS {
            let (truth, effects) = draw(&mut stream, truth);
            let spread = tau_squared(&effects, TauMethod::Reml);
            let shrunken = shrink(&effects, spread, Level::DEFAULT).expect("segments");
            for (one, truth) in shrunken.iter().zip(&truth) {
                robust += usize::from(!one.shrunken.excludes(*truth));
                normal += usize::from(!one.normal.excludes(*truth));
                let width = |e: &crate::estimate::Estimate| e.high - e.low;
                shorter += width(&one.shrunken) / width(&one.alone);
            }
        }
        share(&format!("{name}: robust coverage"), robust, RUNS * 20, 0.94, 1.0);
        share(&format!("{name}: normal coverage"), normal, RUNS * 20, 0.80, 1.0);
        println!("{name}: robust width {:.3} of the raw one", shorter / (RUNS * 20) as f64);
    }
}

#[test]
fn the_best_of_twenty_is_covered() {
    const RUNS: usize = 2000;
    for (name, truth) in TRUTHS {
        let mut stream = Stream(22);
        let (mut naive, mut conditional, mut hybrid) = (0, 0, 0);
        let (mut above, mut luck, mut left) = (0, 0.0, 0.0);
        for _ in 0..RUNS {
            let (truth, effects) = draw(&mut stream, truth);
            let best = winner(&effects, Level::DEFAULT).expect("segments");
            let index: usize = best.segment[1..].parse().expect("an index");
            let inside = best.conditional.as_ref().expect("no tie");
            naive += usize::from(!best.naive.excludes(truth[index]));
            conditional += usize::from(!inside.excludes(truth[index]));
            hybrid += usize::from(!best.hybrid.excludes(truth[index]));
            above += usize::from(inside.point > truth[index]);
            luck += best.naive.point - truth[index];
            left += best.hybrid.point - truth[index];
        }
        share(&format!("{name}: naive coverage"), naive, RUNS, 0.0, 0.96);
        share(&format!("{name}: conditional coverage"), conditional, RUNS, 0.95, 0.95);
        share(&format!("{name}: hybrid coverage"), hybrid, RUNS, 0.945, 0.96);
        share(&format!("{name}: conditional median above"), above, RUNS, 0.5, 0.5);
        let mean = |sum: f64| sum / RUNS as f64;
        println!("{name}: mean error {:.3} naive, {:.3} hybrid", mean(luck), mean(left));
    }
}

/// Ten segments with one common rate for both arms.
fn alike(stream: &mut Stream, n: u64, rate: f64) -> Segments {
    let rows: Vec<[u64; 4]> = (0..10)
        .map(|i| {
            let n = n + n * (i % 3);
            [stream.binomial(n, rate), n, stream.binomial(n, rate), n]
        })
        .collect();
    segments_of(&rows)
}

#[test]
fn arms_that_are_alike_rarely_interact() {
    const RUNS: usize = 600;
    const ALPHA: f64 = 0.05;
    for (n, rate, lowest, highest) in [(200, 0.2, 0.04, 0.06), (60, 0.03, 0.0, 0.08)] {
        let mut stream = Stream(23);
        let mut rejected = [0; 4];
        for _ in 0..RUNS {
            let found = heterogeneity_tests(&alike(&mut stream, n, rate));
            for (count, p) in rejected.iter_mut().zip(found) {
                *count += usize::from(p.is_some_and(|p| p <= ALPHA));
            }
        }
        let names = ["cochran q", "logistic", "tarone", "any against rest, holm"];
        for (name, rejected) in names.iter().zip(rejected) {
            let what = format!("n {n} to {}, rate {rate}: {name} rejects", 3 * n);
            share(&what, rejected, RUNS, lowest, highest);
        }
    }
}

fn heterogeneity_tests(segments: &Segments) -> [Option<f64>; 4] {
    let q = SegmentEffects::of_rates(segments).and_then(|effects| cochran_q(&effects));
    let rest = against_rest(segments, Level::DEFAULT);
    [
        q.map(|q| q.p),
        logistic_interaction(segments).map(|(test, _)| test.p),
        breslow_day(segments).map(|(_, tarone)| tarone.p),
        rest.iter().map(|one| one.p_holm).reduce(f64::min),
    ]
}
