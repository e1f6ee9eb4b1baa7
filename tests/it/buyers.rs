//! Invented buyers whose models are known, for tests of predictions.

use microseg::predict::orders::{OrderBook, OrderRow};
use microseg::predict::purchase::History;
use rand::Rng;
use rand::distributions::Distribution;
use rand_distr::{Beta, Exp, Gamma};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// How buyers buy and when they stop.
#[derive(Debug, Clone, Copy)]
pub enum Process {
    /// Lost after any purchase, gaps Erlang-k: r, α, a, b, k. `first`: after the first one too.
    Geometric { p: [f64; 4], k: u32, first: bool },
    /// Lost at any time: r, α, s, β.
    Pareto { p: [f64; 4] },
}

/// One buyer's purchase times, from 0 at the first, up to `horizon`.
pub fn purchases(process: Process, horizon: f64, rng: &mut impl Rng) -> Vec<f64> {
    let mut times = vec![0.0];
    match process {
        Process::Geometric { p: [r, alpha, a, b], k, first } => {
            let rate = Gamma::new(r, 1.0 / alpha).unwrap().sample(rng);
            let p: f64 = Beta::new(a, b).unwrap().sample(rng);
            let mut now = 0.0;
            let mut is_lost = first && rng.r#gen::<f64>() < p;
            while !is_lost {
                now += Gamma::new(f64::from(k), 1.0 / rate.max(1e-300)).unwrap().sample(rng);
                if now > horizon {
                    break;
                }
                times.push(now);
                is_lost = rng.r#gen::<f64>() < p;
            }
        }
        Process::Pareto { p: [r, alpha, s, beta] } => {
            let rate = Gamma::new(r, 1.0 / alpha).unwrap().sample(rng);
            let loss = Gamma::new(s, 1.0 / beta).unwrap().sample(rng);
            let end = Exp::new(loss.max(1e-300)).unwrap().sample(rng).min(horizon);
            let gap = Exp::new(rate.max(1e-300)).unwrap();
            let mut now = gap.sample(rng);
            while now <= end {
                times.push(now);
                now += gap.sample(rng);
            }
        }
    }
    times
}

pub fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// Histories of `contacts` buyers, seen for 30 to 80 units of time.
pub fn histories(process: Process, contacts: usize, seed: u64) -> Vec<History> {
    let mut rng = rng(seed);
    let one = |_| {
        let age: f64 = rng.gen_range(30.0..80.0);
        let times = purchases(process, age, &mut rng);
        let log_gaps = times.windows(2).map(|pair| (pair[1] - pair[0]).ln()).sum();
        let age_at_last = times[times.len() - 1];
        History { repeats: times.len() as u32 - 1, age_at_last, age, log_gaps }
    };
    (0..contacts).map(one).collect()
}

/// A shop of `contacts` buyers over `days` days whose purchases follow `process` in days. Values are
/// gamma-gamma with p = 6, q = 4, v = 15.
pub fn shop(process: Process, contacts: u32, days: i32, seed: u64) -> (Vec<String>, Vec<OrderRow>) {
    let mut rng = rng(seed);
    let mut rows = Vec::new();
    for contact in 0..contacts {
        let first = rng.gen_range(0..days * 2 / 3);
        let scale = Gamma::new(4.0, 1.0 / 15.0).unwrap().sample(&mut rng);
        let value = Gamma::new(6.0, 1.0 / scale).unwrap();
        for time in purchases(process, f64::from(days - first), &mut rng) {
            let (day, minor) = (first + time as i32, (100.0 * value.sample(&mut rng)) as i64 + 1);
            rows.push(OrderRow {
                contact,
                order: rows.len() as u64,
                day: 20_000 + day,
                amount_minor: minor,
                is_completed: true,
            });
        }
    }
    ((0..contacts).map(|c| format!("c{c:06}")).collect(), rows)
}

pub fn book(process: Process, contacts: u32, days: i32, seed: u64) -> OrderBook {
    let (ids, rows) = shop(process, contacts, days, seed);
    OrderBook::new(ids, &rows)
}
