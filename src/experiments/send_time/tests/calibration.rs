//! Planted curves found again, and flat days left alone, by simulation.
#![allow(clippy::print_stdout)]

use rand::SeedableRng;
use rand_distr::{Binomial, Distribution};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// A day of 24 hours with a crest at `crest`; `amplitude` in log odds.
fn draw(rng: &mut Xoshiro256PlusPlus, n: u64, crest: f64, amplitude: f64) -> Vec<HourBin> {
    let one = |h: u32| {
        let wave = (std::f64::consts::TAU * (f64::from(h) - crest) / 24.0).cos();
        let rate = 1.0 / (1.0 + (2.2 - amplitude * wave).exp());
        bin(f64::from(h), Binomial::new(n, rate).expect("a rate").sample(rng), n)
    };
    (0..24).map(one).collect()
}

#[test]
fn a_planted_crest_is_found_within_an_hour_and_covered() {
    const RUNS: u32 = 300;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(21);
    let (mut near, mut covered, mut found) = (0, 0, 0);
    for run in 0..RUNS {
        let crest = f64::from(run) * 0.37 % 24.0;
        if let BestHour::Found { hour, .. } = read(&draw(&mut rng, 600, crest, 0.5), 1).best {
            found += 1;
            let gap = apart(hour.point, crest);
            near += u32::from(gap <= 1.0);
            covered += u32::from(gap <= (hour.high - hour.low) / 2.0);
        }
    }
    println!("crest found {found} of {RUNS}, within an hour {near}, in its interval {covered}");
    assert!(found == RUNS && near >= 290 && (276..=296).contains(&covered));
}

#[test]
fn a_flat_day_has_no_best_hour_in_nineteen_of_twenty() {
    const RUNS: u32 = 2000;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(22);
    for harmonics in 1..=3 {
        let days = (0..RUNS).map(|_| draw(&mut rng, 300, 0.0, 0.0));
        let named =
            |day: &Vec<HourBin>| matches!(read(day, harmonics).best, BestHour::Found { .. });
        let wrong = f64::from(days.filter(named).count() as u32) / f64::from(RUNS);
        println!("a best hour of a flat day, {harmonics} harmonics: {wrong:.4}");
        assert!(wrong < 0.065, "{wrong}");
    }
}
