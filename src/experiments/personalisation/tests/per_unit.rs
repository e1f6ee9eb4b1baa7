//! A second implementation that has a row for each recipient and looks everything up.

use super::super::super::heterogeneity::{
    Segment, SegmentEffect, SegmentEffects, Segments, TauMethod, shrink, tau_squared,
};
use super::*;

struct Naive<'a> {
    units: &'a [Unit],
    kind: MetricKind,
    shape: [usize; 3],
}

/// The chosen arm for all and for each segment.
type Choice = (usize, Vec<usize>);

impl Naive<'_> {
    fn values(&self, segment: usize, arm: usize, fits: impl Fn(&Unit) -> bool) -> Vec<f64> {
        let here = |u: &&Unit| u.segment == segment && u.arm == arm && fits(u);
        self.units.iter().filter(here).map(|u| u.y).collect()
    }

    fn effects(&self, arm: usize, fold: usize) -> SegmentEffects {
        let segments = 0..self.shape[1];
        let values = |s: usize, arm: usize| self.values(s, arm, |u| u.fold < fold);
        if self.kind == MetricKind::Proportion {
            let count = |v: Vec<f64>| {
                Counts::new(v.len() as u64, v.iter().filter(|y| **y == 1.0).count() as u64)
                    .expect("counts")
            };
            let segment = |s: usize| Segment {
                name: s.to_string(),
                control: count(values(s, 0)),
                treatment: count(values(s, arm)),
            };
            return SegmentEffects::of_rates(&Segments::new(segments.map(segment)))
                .expect("effects");
        }
        let spread = |v: &[f64]| v.iter().map(|y| (y - mean(v)).powi(2)).sum::<f64>();
        let noise = |s: usize, arm: usize| {
            let all: Vec<Vec<f64>> = segments.clone().map(|s| values(s, arm)).collect();
            let n: usize = all.iter().map(Vec::len).sum();
            let pooled = all.iter().map(|v| spread(v)).sum::<f64>() / (n - all.len()) as f64;
            let (own, typical) = (&all[s], n as f64 / all.len() as f64);
            let variance = (typical * pooled + spread(own)) / (typical + own.len() as f64 - 1.0);
            variance / own.len() as f64
        };
        let effect = |s: usize| SegmentEffect {
            name: s.to_string(),
            effect: mean(&values(s, arm)) - mean(&values(s, 0)),
            std_error: (noise(s, 0) + noise(s, arm)).sqrt(),
        };
        SegmentEffects::new(segments.clone().map(effect).collect()).expect("effects")
    }

    fn choice(&self, fold: usize) -> Choice {
        let [_, segments, arms] = self.shape;
        let training = || self.units.iter().filter(|u| u.fold < fold);
        let share = |s: usize| {
            training().filter(|u| u.segment == s).count() as f64 / training().count() as f64
        };
        let mut scores = vec![vec![0.0; arms]; segments];
        let mut overall = vec![0.0; arms];
        for arm in 1..arms {
            let effects = self.effects(arm, fold);
            let spread = tau_squared(&effects, TauMethod::Reml);
            let shrunken = shrink(&effects, spread, Level::DEFAULT).expect("two segments");
            let mean_of = |value: &dyn Fn(usize) -> f64| -> f64 {
                (0..segments).map(|s| share(s) * value(s)).sum()
            };
            overall[arm] = mean_of(&|s| effects.all()[s].effect);
            let middle = mean_of(&|s| shrunken[s].shrunken.point);
            for (s, row) in scores.iter_mut().enumerate() {
                row[arm] = overall[arm] + shrunken[s].shrunken.point - middle;
            }
        }
        let highest = |row: &[f64], start: usize| {
            let better = |best, arm| if row[arm] > row[best] + 1e-12 { arm } else { best };
            (0..row.len()).fold(start, better)
        };
        let best = highest(&overall, 0);
        (best, scores.iter().map(|row| highest(row, best)).collect())
    }

    /// The recipients' terms of the gain, and of the two values.
    fn terms(&self) -> [Vec<f64>; 3] {
        let mut terms = [Vec::new(), Vec::new(), Vec::new()];
        let first = (self.shape[0] / 5).max(1);
        let choices: Vec<Choice> = (first..self.shape[0]).map(|fold| self.choice(fold)).collect();
        for unit in self.units.iter().filter(|unit| unit.fold >= first) {
            let (best, arms) = &choices[unit.fold - first];
            let value = |chosen: usize| {
                let q = mean(&self.values(unit.segment, chosen, |u| u.fold < unit.fold));
                if unit.arm != chosen {
                    return q;
                }
                let all = self.units.iter().filter(|u| u.segment == unit.segment).count();
                let share = self.values(unit.segment, chosen, |_| true).len() as f64 / all as f64;
                q + (unit.y - q) / share
            };
            let (best, policy) = (value(*best), value(arms[unit.segment]));
            for (all, term) in terms.iter_mut().zip([policy - best, best, policy]) {
                all.push(term);
            }
        }
        terms
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[track_caller]
fn agrees(units: &[Unit], kind: MetricKind, shape: [usize; 3]) {
    let result = run(&cells(kind, units, shape));
    let [gain, best, policy] = Naive { units, kind, shape }.terms();
    let pairs =
        [(&result.gain, gain), (&result.value_best_for_all, best), (&result.value_policy, policy)];
    for (got, terms) in pairs {
        let (n, point) = (terms.len() as f64, mean(&terms));
        let squares: f64 = terms.iter().map(|t| (t - point).powi(2)).sum();
        close(got.point, point, 1e-12);
        close(got.std_error.expect("an error"), (squares / (n - 1.0) / n).sqrt(), 1e-12);
    }
}

#[test]
fn sums_give_what_rows_give_for_rates() {
    for (seed, shape) in [(1, [3, 4, 2]), (2, [5, 3, 3]), (3, [2, 2, 2]), (4, [4, 6, 4])] {
        let units = units(900, shape, seed, |rng, segment, arm| {
            let rate = 0.2 + if (segment + arm) % 2 == 0 { 0.15 } else { 0.0 };
            f64::from(u8::from(rng.gen_bool(rate)))
        });
        let gain = run(&cells(MetricKind::Proportion, &units, shape)).gain;
        assert!(gain.std_error > Some(0.0), "something to compare");
        agrees(&units, MetricKind::Proportion, shape);
    }
}

#[test]
fn sums_give_what_rows_give_for_means() {
    for (seed, shape) in [(1, [3, 4, 2]), (2, [5, 3, 3]), (3, [2, 2, 2]), (4, [4, 6, 4])] {
        let units = units(900, shape, seed, |rng, segment, arm| {
            let level = if (segment + arm) % 2 == 0 { 3.0 } else { 2.0 };
            if rng.gen_bool(0.3) { level * rng.gen_range(0.5..2.0) } else { 0.0 }
        });
        let gain = run(&cells(MetricKind::Mean, &units, shape)).gain;
        assert!(gain.std_error > Some(0.0), "something to compare");
        agrees(&units, MetricKind::Mean, shape);
    }
}

#[test]
fn counts_give_what_their_rows_give() {
    let split =
        of_counts(&[&[(30, 200), (20, 210)], &[(15, 190), (40, 205)], &[(9, 90), (20, 90)]], 5);
    let mut units = Vec::new();
    for (fold, rows) in split.folds().iter().enumerate() {
        for (segment, row) in rows.iter().enumerate() {
            for (arm, cell) in row.iter().enumerate() {
                let success = |i: u64| f64::from(u8::from((i as f64) < cell.sum()));
                units.extend((0..cell.n()).map(|i| Unit { fold, segment, arm, y: success(i) }));
            }
        }
    }
    assert_eq!(run(&split).gain, run(&cells(MetricKind::Proportion, &units, [10, 3, 2])).gain);
    agrees(&units, MetricKind::Proportion, [10, 3, 2]);
}
