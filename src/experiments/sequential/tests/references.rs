//! `tests/data/sequential_tests.json`: numbers of other programs. Each table's name says its columns.

use serde_json::Value;

use super::super::super::counts::Counts;
use super::super::super::ratio_check::PlannedArm;
use super::super::super::root::root;
use super::super::super::tail;
use super::super::dirichlet::ln_bayes_factor;
use super::*;

/// The rows of the table whose name starts with `name`.
fn table(name: &str) -> Vec<Value> {
    let text = include_str!("../../../../tests/data/sequential_tests.json");
    let tables: serde_json::Map<String, Value> = serde_json::from_str(text).expect("valid JSON");
    let mut found = tables.iter().filter(|(key, _)| key.split(':').next() == Some(name));
    let rows = found.next().expect("a table of that name").1.as_array().expect("rows").clone();
    assert!(!rows.is_empty());
    rows
}

fn floats(value: &Value) -> Vec<f64> {
    let each = value.as_array().expect("a list").iter();
    each.map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

#[test]
fn the_normal_mixture_agrees_with_confseq() {
    for row in table("normal_mixture") {
        let [n, tuning, alpha, z, ln_mixture, p, multiplier] = floats(&row)[..] else {
            panic!("{row}")
        };
        let mixture = NormalMixture::new(tuning, level(alpha)).expect("a tuning size");
        close(mixture.multiplier(n), multiplier, 1e-11);
        assert!((mixture.ln_likelihood_ratio(z, n) - ln_mixture).abs() < 1e-10, "{row}");
        let look = EffectLook { n: n as u64, effect: 3.0 * z, std_error: 3.0 };
        let read = mixture.follow(&[look]).expect("one look").remove(0);
        close(read.p, p, 1e-9);
        close(read.effect.high - read.effect.point, 3.0 * multiplier, 1e-9);
        assert_eq!(read.may_stop, p <= alpha);
    }
}

#[test]
fn the_half_width_agrees_with_gbstats() {
    for row in table("half_width") {
        let [n, tuning, alpha, rho, half_width] = floats(&row)[..] else { panic!("{row}") };
        let mixture = NormalMixture::new(tuning, level(alpha)).expect("a tuning size");
        close(mixture.rho(), rho, 1e-11);
        close(mixture.multiplier(n) / n.sqrt(), half_width, 1e-11);
    }
}

#[test]
fn boundaries_in_intrinsic_time_agree_with_confseq() {
    for row in table("boundaries") {
        let [v, alpha, optimum, normal, at_two, at_five, binomial] = floats(&row)[..] else {
            panic!("{row}")
        };
        let mixture = NormalMixture::new(optimum, level(alpha)).expect("a tuning size");
        close(mixture.multiplier(v) * v.sqrt(), normal, 1e-11);
        close(mixture.ln_likelihood_ratio(2.0, v), at_two, 1e-10);
        close(mixture.ln_likelihood_ratio(5.0, v), at_five, 1e-10);
        // A sum s of v steps of ±1 is (v + s)/2 successes of v at a rate of a half.
        let rate = RateSequence::new(optimum, level(alpha)).expect("a tuning size");
        let over = |s: f64| rate.ln_evidence((v + s) / 2.0, v, 0.5) + alpha.ln();
        let bound = if over(v) <= 0.0 { v } else { root(over, 0.0, v) };
        close(bound, binomial, 1e-8);
    }
}

#[test]
fn the_rate_sequence_agrees_with_confseq() {
    for row in table("rate") {
        let (x, n) = (row[0].as_u64().expect("x"), row[1].as_u64().expect("n"));
        let counts = Counts::new(n, x).expect("counts");
        let level = level(row[2].as_f64().expect("alpha"));
        for (tuning, want) in [(100.0, floats(&row[3])), (10_000.0, floats(&row[4]))] {
            let rate = RateSequence::new(tuning, level).expect("a tuning size");
            let got = rate.interval(&counts).expect("trials");
            assert!((got.low - want[0]).abs() < 1e-10, "{row}: {got:?}");
            assert!((got.high - want[1]).abs() < 1e-10, "{row}: {got:?}");
        }
    }
}

#[test]
fn bounds_of_planned_looks_agree_with_spotify() {
    for row in table("planned_looks") {
        let information = match row[0].as_u64() {
            Some(count) => (1..=count).map(|i| i as f64 / count as f64).collect(),
            None => floats(&row[0]),
        };
        let sides = if row[2] == 1 { Sides::One } else { Sides::Two };
        let side_count = row[2].as_f64().expect("sides");
        let power = Spending::power(row[3].as_f64().expect("a power")).expect("above zero");
        let level = level(row[1].as_f64().expect("alpha"));
        let plan = PlannedLooks::new(&information, power, sides, level).expect("a plan");
        for (look, want) in plan.looks().iter().zip(floats(&row[4])) {
            // The reference's grid is coarse: where it is farther off, at some second looks, a plain
            // sum decides.
            if (look.z - want).abs() > 5e-4 {
                assert_eq!(look, &plan.looks()[1]);
                assert!((look.z - want).abs() < 1e-3, "{row}: {}", look.z);
                let sum = by_plain_sum(plan.looks(), sides, side_count);
                assert!((look.z - sum).abs() < 1e-7, "{row}: {} {sum}", look.z);
            }
        }
        let spent = plan.looks().last().expect("a look").alpha_spent / side_count;
        close(spent, row[5].as_f64().expect("spent"), 1e-10);
    }
}

/// The second bound as the z at which a midpoint sum over the first look's z spends the same.
fn by_plain_sum(looks: &[LookBound], sides: Sides, side_count: f64) -> f64 {
    const CELLS: u32 = 20_000;
    let [first, second, ..] = looks else { panic!("two looks") };
    let step = (second.information - first.information).sqrt();
    let low = if sides == Sides::Two { -first.z } else { -9.0 };
    let width = (first.z - low) / f64::from(CELLS);
    let spent = |z: f64| -> f64 {
        let cell = |i: u32| {
            let at = low + width * (f64::from(i) + 0.5);
            let gap = z * second.information.sqrt() - at * first.information.sqrt();
            (-at * at / 2.0).exp() * tail::normal_above(gap / step)
        };
        width / std::f64::consts::TAU.sqrt() * (0..CELLS).map(cell).sum::<f64>()
    };
    let chance = (second.alpha_spent - first.alpha_spent) / side_count;
    root(|z| chance - spent(z), 0.0, 9.0)
}

#[test]
fn obrien_fleming_bounds_agree_with_the_published_ones() {
    // Reboussin et al. 2000, Controlled Clinical Trials 21, 190-207: five looks, two-sided 5 %.
    let shares = [0.2, 0.4, 0.6, 0.8, 1.0];
    let plan = PlannedLooks::new(&shares, Spending::ObrienFleming, Sides::Two, Level::DEFAULT);
    let plan = plan.expect("a plan");
    let want = [4.8769, 3.3569, 2.6803, 2.2898, 2.0310];
    for (look, want) in plan.looks().iter().zip(want) {
        assert!((look.z - want).abs() < 2e-4, "{} {want}", look.z);
    }
    assert!((plan.looks()[1].z - by_plain_sum(plan.looks(), Sides::Two, 2.0)).abs() < 1e-8);
}

#[test]
fn the_sequential_ratio_check_agrees_with_optimizely() {
    for row in table("ratio") {
        let shares = floats(&row[0]);
        let arm = |weight: &f64| PlannedArm { name: "arm", rows: 0, weight: *weight };
        let arms: Vec<PlannedArm> = shares.iter().map(arm).collect();
        for (concentration, want) in [(10_000.0, &row[3]), (100.0, &row[4])] {
            let mut check = SequentialRatioCheck::new(&arms, concentration, 0.05).expect("arms");
            let looks = row[1].as_array().expect("looks").iter();
            for ((rows, p), factor) in looks.zip(floats(want)).zip(floats(&row[2])) {
                let rows: Vec<u64> = floats(rows).iter().map(|v| *v as u64).collect();
                let look = check.add(&rows).expect("rows");
                close(look.p, p, 1e-9);
                if concentration > 1000.0 {
                    close(look.ln_bayes_factor.exp(), factor, 1e-9);
                }
            }
        }
    }
}

#[test]
fn success_shares_agree_with_savvi() {
    for row in table("shares") {
        let shares = floats(&row[0]);
        let mut counts = vec![0.0; shares.len()];
        let looks = row[1].as_array().expect("looks").iter();
        for ((rows, weak), strong) in looks.zip(floats(&row[2])).zip(floats(&row[3])) {
            counts.iter_mut().zip(floats(rows)).for_each(|(sum, new)| *sum += new);
            for (concentration, want) in [(100.0, weak), (10_000.0, strong)] {
                let ln = ln_bayes_factor(&counts, &shares, &shares, concentration);
                close((-ln).exp(), want, 1e-8);
            }
        }
        if row[4].is_null() {
            continue;
        }
        let test = SuccessShares::new(shares[1], 100.0, Level::DEFAULT).expect("a share");
        let look = (counts[0] as u64, counts[1] as u64);
        let ratio = test.follow(&[look]).expect("a look").remove(0).rate_ratio.expect("successes");
        let [low, high] = floats(&row[4])[..] else { panic!("{row}") };
        assert!((ratio.high.ln() - high).abs() < 1e-4, "{row}: {ratio:?}");
        // savvi has no number for a bound that does not exist.
        let is_lowest =
            if low.is_nan() { ratio.low == 0.0 } else { (ratio.low.ln() - low).abs() < 1e-4 };
        assert!(is_lowest, "{row}: {ratio:?}");
    }
}
