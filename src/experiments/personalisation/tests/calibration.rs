//! Simulated experiments: false recommendations, coverage, and power. Each test prints what it
//! measured, with the standard error of the simulation.
#![allow(clippy::print_stdout)]

use super::super::value::ForwardFit;
use super::*;

/// A world with equally large segments: the mean value by segment and arm.
struct World {
    name: &'static str,
    draw: Draw,
    means: Vec<Vec<f64>>,
    recipients: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Draw {
    /// 0 or 1, read as counts.
    Rate,
    /// 0 or 1, read as a mean, which is much quicker.
    Share,
    /// One in twenty buys, with a long tail of amounts.
    Spend,
}

/// What came of many experiments in one world.
#[derive(Default)]
struct Tried {
    runs: usize,
    recommended: usize,
    /// The gain's interval holds the gain of the policies that were learnt.
    covered: usize,
    /// Runs in which a policy differs from the best for all, and the covered ones among them.
    personal: usize,
    personal_covered: usize,
    gain: f64,
    truth: f64,
}

impl World {
    fn new<const ARMS: usize>(
        name: &'static str,
        draw: Draw,
        means: &[[f64; ARMS]],
        recipients: usize,
    ) -> Self {
        World { name, draw, means: means.iter().map(|row| row.to_vec()).collect(), recipients }
    }

    fn experiment(&self, seed: u64) -> PolicyCells {
        let shape = [PolicyCells::FOLDS, self.means.len(), self.means[0].len()];
        let units = units(self.recipients, shape, seed, |rng, segment, arm| {
            let mean = self.means[segment][arm];
            match self.draw {
                Draw::Rate | Draw::Share => f64::from(u8::from(rng.gen_bool(mean))),
                Draw::Spend if rng.gen_bool(0.05) => {
                    let normal = (0..12).map(|_| rng.gen_range(0.0..1.0)).sum::<f64>() - 6.0;
                    mean / 0.05 * (0.8 * normal - 0.32).exp()
                }
                Draw::Spend => 0.0,
            }
        });
        let cells = cells(MetricKind::Mean, &units, shape);
        if self.draw != Draw::Rate {
            return cells;
        }
        let total = cells.total();
        let counts = |row: &Vec<CellSums>| row.iter().filter_map(CellSums::counts).collect();
        let counts: Vec<Vec<Counts>> = total.rows().iter().map(counts).collect();
        let (segments, arms) = (names("s", shape[1]), names("a", shape[2]));
        // Half the folds, because each costs a likelihood fit.
        PolicyCells::from_counts(segments, arms, &counts, 5, seed).expect("cells")
    }

    /// The mean gain, over the recipients valued, of what was learnt before each fold.
    fn truth(&self, cells: &PolicyCells, fit: &ForwardFit) -> f64 {
        let valued = cells.folds().iter().skip(ForwardFit::first(cells.folds().len()));
        let (mut sum, mut n) = (0.0, 0.0);
        for (learnt, fold) in fit.learnt.iter().zip(valued) {
            let size: u64 = fold.iter().flatten().map(CellSums::n).sum();
            let gain = |(row, arm): (&Vec<f64>, &usize)| row[*arm] - row[learnt.best];
            let gain: f64 = self.means.iter().zip(&learnt.arms).map(gain).sum();
            sum += size as f64 * gain / self.means.len() as f64;
            n += size as f64;
        }
        sum / n
    }

    /// Tries the experiment `runs` times. The recommendation is the lower bound and the effective
    /// number only, so that nothing is fitted twice; a last look at two arms can only refuse more.
    fn tried(&self, runs: usize) -> Tried {
        let mut tried = Tried { runs, ..Tried::default() };
        for seed in 0..runs as u64 {
            let cells = self.experiment(1_000 + seed);
            let plan = PersonalisationParams::new("clicks", "a0").check(&cells).expect("settings");
            let fit = ForwardFit::new(&cells, &plan);
            let (gain, truth) = (fit.gain(plan.level), self.truth(&cells, &fit));
            let (covered, personal) = (!gain.excludes(truth), fit.effective_n() > 0.0);
            let enough = fit.effective_n() >= Personalisation::FEWEST;
            tried.recommended += usize::from(gain.low > 0.0 && enough);
            tried.covered += usize::from(covered);
            tried.personal += usize::from(personal);
            tried.personal_covered += usize::from(covered && personal);
            tried.gain += gain.point / runs as f64;
            tried.truth += truth / runs as f64;
        }
        tried.print(self.name);
        tried
    }
}

impl Tried {
    fn print(&self, name: &str) {
        let share = |hits: usize, of: usize| {
            let share = hits as f64 / of.max(1) as f64;
            format!("{share:.3} ± {:.3}", (share * (1.0 - share) / of.max(1) as f64).sqrt())
        };
        println!(
            "{name}: recommended {}; covered {}, where a policy differs {} (of {}); mean gain \
             {:+.5}, true {:+.5}",
            share(self.recommended, self.runs),
            share(self.covered, self.runs),
            share(self.personal_covered, self.personal),
            self.personal,
            self.gain,
            self.truth
        );
    }

    /// Asserts coverage at 95 %, and at most 5 % recommendations, each with three standard errors
    /// of the simulation to spare.
    #[track_caller]
    fn holds(&self, is_null: bool) {
        let slack = |of: usize| 3.0 * (0.05 * 0.95 / of.max(1) as f64).sqrt();
        let covered = |hits: usize, of: usize| hits as f64 >= (0.95 - slack(of)) * of as f64;
        assert!(covered(self.covered, self.runs), "coverage");
        assert!(covered(self.personal_covered, self.personal), "coverage where a policy differs");
        let most = (0.05 + slack(self.runs)) * self.runs as f64;
        assert!(!is_null || self.recommended as f64 <= most, "false recommendations");
    }
}

#[test]
fn rates_that_do_not_differ_are_not_recommended() {
    let tried = World::new("rates, no effect", Draw::Rate, &[[0.1, 0.1]; 4], 4_000).tried(500);
    tried.holds(true);
    assert!(tried.recommended <= 25, "at most 5 %");
}

#[test]
fn nothing_to_gain_is_not_recommended() {
    let levels: [[f64; 2]; 6] = [[0.05; 2], [0.08; 2], [0.1; 2], [0.15; 2], [0.2; 2], [0.3; 2]];
    for world in [
        World::new("no effect", Draw::Share, &[[0.1, 0.1]; 6], 6_000),
        World::new("one effect", Draw::Share, &[[0.08, 0.1]; 6], 6_000),
        World::new("levels", Draw::Share, &levels, 6_000),
        World::new("three arms", Draw::Share, &[[0.05; 3]; 6], 9_000),
        World::new("rare", Draw::Share, &[[0.01, 0.01]; 8], 8_000),
        World::new("two segments", Draw::Share, &[[0.1, 0.1]; 2], 2_000),
        World::new("spend", Draw::Spend, &[[1.0, 1.0]; 6], 8_000),
    ] {
        let tried = world.tried(500);
        tried.holds(true);
        assert!(tried.recommended <= 25, "{}: at most 5 %", world.name);
    }
}

#[test]
fn an_interaction_is_found_and_its_gain_covered() {
    let crossed: [[f64; 2]; 6] =
        [[0.08, 0.12], [0.12, 0.08], [0.08, 0.12], [0.12, 0.08], [0.1; 2], [0.1; 2]];
    let mild: [[f64; 2]; 6] =
        [[0.09, 0.12], [0.1, 0.1], [0.1, 0.11], [0.11, 0.1], [0.1, 0.11], [0.1, 0.12]];
    let large = World::new("crossed, 24,000", Draw::Share, &crossed, 24_000).tried(300);
    let small = World::new("crossed, 6,000", Draw::Share, &crossed, 6_000).tried(400);
    let mild = World::new("mild", Draw::Share, &mild, 12_000).tried(400);
    [&large, &small, &mild].iter().for_each(|tried| tried.holds(false));
    assert!(large.recommended * 100 >= 95 * large.runs, "power");
    assert!(small.recommended < large.recommended, "less data, less power");
}
