//! Error rates under no effect, by simulation.
#![allow(clippy::print_stdout)]

use rand::{Rng, SeedableRng};
use rand_distr::{Binomial, Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::super::counts::Counts;
use super::*;

const LOOKS: u64 = 10;
const RUNS: u32 = 4000;

/// The share of runs in which `is_wrong` holds.
fn share(seed: u64, mut is_wrong: impl FnMut(&mut Xoshiro256PlusPlus) -> bool) -> f64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    f64::from((0..RUNS).filter(|_| is_wrong(&mut rng)).count() as u32) / f64::from(RUNS)
}

/// z after each of `LOOKS` equal parts.
fn walk(rng: &mut Xoshiro256PlusPlus) -> Vec<f64> {
    let mut sum = 0.0;
    let step = |i: u64| {
        let new: f64 = StandardNormal.sample(rng);
        sum += new;
        sum / (i as f64).sqrt()
    };
    (1..=LOOKS).map(step).collect()
}

#[test]
fn an_always_valid_p_is_small_in_at_most_five_percent_of_ten_looks() {
    let mixture = NormalMixture::new(2000.0, Level::DEFAULT).expect("a tuning size");
    let looks = |z: &[f64]| -> Vec<EffectLook> {
        let each = (1..=LOOKS).zip(z);
        each.map(|(i, z)| EffectLook { n: 400 * i, effect: *z, std_error: 1.0 }).collect()
    };
    let wrong = share(11, |rng| {
        let read = mixture.follow(&looks(&walk(rng))).expect("ten looks");
        read.last().expect("a look").may_stop
    });
    let naive = share(11, |rng| walk(rng).iter().any(|z| z.abs() > 1.959964));
    println!("false alarms over ten looks: always valid {wrong:.4}, peeking at 5 % {naive:.4}");
    assert!(wrong <= 0.05 && wrong > 0.005 && naive > 0.15);
}

#[test]
fn planned_looks_alarm_in_five_percent() {
    let shares: Vec<f64> = (1..=LOOKS).map(|i| i as f64 / LOOKS as f64).collect();
    for spending in [Spending::Power { rho: 2.0 }, Spending::ObrienFleming] {
        let plan = PlannedLooks::new(&shares, spending, Sides::Two, Level::DEFAULT).expect("ten");
        let wrong = share(12, |rng| plan.first_crossing(&walk(rng)).is_some());
        println!("false alarms over ten planned looks, {}: {wrong:.4}", spending.name());
        // Three standard errors of the simulation.
        assert!((wrong - 0.05).abs() < 0.0104, "{wrong}");
    }
}

#[test]
fn a_rate_sequence_covers_a_rare_rate_at_all_looks() {
    let sequence = RateSequence::new(2000.0, Level::DEFAULT).expect("a tuning size");
    let (rate, part) = (0.01, Binomial::new(200, 0.01).expect("a rate"));
    let wrong = share(13, |rng| {
        let mut sum = 0;
        (1..=LOOKS).any(|i| {
            sum += part.sample(rng);
            let counts = Counts::new(200 * i, sum).expect("counts");
            sequence.interval(&counts).expect("trials").excludes(rate)
        })
    });
    println!("a rate of 1 % left out at any of ten looks: {wrong:.4}");
    assert!(wrong <= 0.05);
}

#[test]
fn success_shares_alarm_in_at_most_five_percent() {
    let test = SuccessShares::new(0.5, 100.0, Level::DEFAULT).expect("a share");
    let wrong = share(14, |rng| {
        let (mut control, mut treatment) = (0, 0);
        let looks: Vec<(u64, u64)> = (0..LOOKS)
            .map(|_| {
                let new = (0..20).filter(|_| rng.r#gen::<bool>()).count() as u64;
                (control, treatment) = (control + 20 - new, treatment + new);
                (control, treatment)
            })
            .collect();
        test.follow(&looks).expect("ten looks").iter().any(|look| look.may_stop)
    });
    println!("false alarms on successes only: {wrong:.4}");
    assert!(wrong <= 0.05);
}
