//! Tests of personalisation: by hand, against a second implementation, properties, calibration by
//! simulation, and reference numbers of policies valued on logged sends.

mod calibration;
mod edges;
mod hand;
mod hillstrom;
mod logged;
mod per_unit;
mod properties;
mod split;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::{Counts, Level, MetricKind};
use super::*;

/// Asserts that two numbers agree to a relative or absolute tolerance.
#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs().max(1.0), "got {got}, want {want}");
}

fn names(prefix: &str, n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{prefix}{i}")).collect()
}

/// One recipient.
#[derive(Debug, Clone, Copy)]
struct Unit {
    fold: usize,
    segment: usize,
    arm: usize,
    y: f64,
}

/// Recipients whose segment, arm and fold are drawn evenly, and whose value is `draw`n.
fn units(
    n: usize,
    [folds, segments, arms]: [usize; 3],
    seed: u64,
    draw: impl Fn(&mut Xoshiro256PlusPlus, usize, usize) -> f64,
) -> Vec<Unit> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut one = || {
        let fold = rng.gen_range(0..folds);
        let (segment, arm) = (rng.gen_range(0..segments), rng.gen_range(0..arms));
        Unit { fold, segment, arm, y: draw(&mut rng, segment, arm) }
    };
    (0..n).map(|_| one()).collect()
}

/// The sums of the recipients by fold, segment and arm.
fn sums(units: &[Unit], [folds, segments, arms]: [usize; 3]) -> Vec<Vec<Vec<CellSums>>> {
    let mut sums = vec![vec![vec![CellSums::default(); arms]; segments]; folds];
    for unit in units {
        let one = CellSums::new(1, unit.y, unit.y * unit.y).expect("a value");
        sums[unit.fold][unit.segment][unit.arm].merge(&one);
    }
    sums
}

fn cells(kind: MetricKind, units: &[Unit], shape: [usize; 3]) -> PolicyCells {
    let [_, segments, arms] = shape;
    PolicyCells::from_folds(kind, names("s", segments), names("a", arms), sums(units, shape))
        .expect("cells")
}

/// Rows of segments with (successes, n) by arm.
fn table(rows: &[&[(u64, u64)]]) -> Vec<Vec<Counts>> {
    let count = |(x, n): &(u64, u64)| Counts::new(*n, *x).expect("counts");
    rows.iter().map(|row| row.iter().map(count).collect()).collect()
}

fn of_counts(rows: &[&[(u64, u64)]], seed: u64) -> PolicyCells {
    let arms = names("a", rows[0].len());
    PolicyCells::from_counts(names("s", rows.len()), arms, &table(rows), PolicyCells::FOLDS, seed)
        .expect("cells")
}

fn run(cells: &PolicyCells) -> Personalisation {
    personalisation(cells, &PersonalisationParams::new("clicks", "a0")).expect("a result")
}
