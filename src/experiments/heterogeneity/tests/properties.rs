//! What must hold for every set of segments, tried on many.

use super::super::super::compare_rates;
use super::*;
use crate::estimate::Estimate;

/// xorshift: a fixed stream of numbers is all that these tests ask for.
pub(super) struct Stream(pub u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(super) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }

    pub(super) fn binomial(&mut self, n: u64, p: f64) -> u64 {
        (0..n).filter(|_| self.uniform() < p).count() as u64
    }

    /// Up to eight segments, with empty cells among them.
    fn rows(&mut self) -> Vec<[u64; 4]> {
        let arm = |stream: &mut Stream| {
            let n = match stream.below(4) {
                0 => 1 + stream.below(20),
                1 => 1_000_000_000 + stream.below(1000),
                _ => 50 + stream.below(3000),
            };
            let x = match stream.below(6) {
                0 => 0,
                1 => n,
                2 => stream.below(n.min(4) + 1),
                _ => n / 100 * stream.below(40),
            };
            [x.min(n), n]
        };
        let segments = 2 + self.below(7);
        (0..segments)
            .map(|_| {
                let ([xc, nc], [xt, nt]) = (arm(self), arm(self));
                [xc, nc, xt, nt]
            })
            .collect()
    }
}

fn read(rows: &[[u64; 4]]) -> Heterogeneity {
    heterogeneity(&segments_of(rows), Level::DEFAULT)
}

fn same(a: &Estimate, b: &Estimate) {
    let scale = (a.high - a.low).abs().max(a.point.abs()).max(1e-300);
    for (a, b) in [(a.point, b.point), (a.low, b.low), (a.high, b.high)] {
        assert!(a == b || (a - b).abs() <= 1e-6 * scale, "{a} {b} of {scale}");
    }
}

fn mirrored(a: &Estimate, b: &Estimate) {
    let turned = Estimate { point: -b.point, low: -b.high, high: -b.low, ..b.clone() };
    same(a, &turned);
}

#[test]
fn the_order_of_segments_does_not_matter() {
    let mut stream = Stream(11);
    for _ in 0..60 {
        let rows = stream.rows();
        let turned: Vec<_> = rows.iter().rev().copied().collect();
        let (a, b) = (read(&rows), read(&turned));
        if let (Some(a), Some(b)) = (&a.pooled, &b.pooled) {
            same(&a.effect, &b.effect);
        }
        let mantel = |h: &Heterogeneity| h.mantel_haenszel.clone().expect("segments").difference;
        same(&mantel(&a), &mantel(&b));
        for (a, b) in a.segments.iter().zip(b.segments.iter().rev()) {
            if let (Some(a), Some(b)) = (&a.shrunken, &b.shrunken) {
                same(&a.shrunken, &b.shrunken);
            }
        }
    }
}

#[test]
fn swapping_the_arms_turns_every_effect_around() {
    let mut stream = Stream(12);
    for _ in 0..60 {
        let rows = stream.rows();
        let turned: Vec<_> = rows.iter().map(|[xc, nc, xt, nt]| [*xt, *nt, *xc, *nc]).collect();
        let (a, b) = (read(&rows), read(&turned));
        if let (Some(a), Some(b)) = (&a.pooled, &b.pooled) {
            mirrored(&a.effect, &b.effect);
            mirrored(&a.fixed, &b.fixed);
        }
        if let (Some(a), Some(b)) = (&a.post_stratified, &b.post_stratified) {
            mirrored(&a.difference, &b.difference);
        }
        for (a, b) in a.segments.iter().zip(&b.segments) {
            mirrored(&a.alone, &b.alone);
            if let (Some(a), Some(b)) = (&a.shrunken, &b.shrunken) {
                mirrored(&a.shrunken, &b.shrunken);
            }
        }
        if let (Some(a), Some(b)) = (a.tests.logistic, b.tests.logistic) {
            close(a.statistic, b.statistic, 1e-6);
        }
        let odds = |h: &Heterogeneity| h.mantel_haenszel.as_ref()?.odds_ratio.clone();
        if let (Some(a), Some(b)) = (odds(&a), odds(&b)) {
            near(a.point * b.point, 1.0, 1e-12);
        }
    }
}

#[test]
fn successes_and_failures_are_alike() {
    let mut stream = Stream(13);
    for _ in 0..60 {
        let rows = stream.rows();
        let turned: Vec<_> =
            rows.iter().map(|[xc, nc, xt, nt]| [nc - xc, *nc, nt - xt, *nt]).collect();
        let (a, b) = (read(&rows), read(&turned));
        if let (Some(a), Some(b)) = (a.tests.logistic, b.tests.logistic) {
            close(a.statistic, b.statistic, 1e-6);
        }
        if let (Some(a), Some(b)) = (a.control_rates, b.control_rates) {
            assert_eq!(a.strength.is_none(), b.strength.is_none());
            close(a.mean, 1.0 - b.mean, 1e-6);
        }
    }
}

#[test]
fn shrunken_effects_lie_between_the_segment_and_the_mean() {
    let mut stream = Stream(14);
    for _ in 0..100 {
        let found = read(&stream.rows());
        let Some(pooled) = found.pooled else { continue };
        // Two segments are pooled by the fixed effect.
        let mean = if found.segments.len() > 2 { pooled.wald } else { pooled.fixed }.point;
        for finding in found.segments {
            let Some(shrunken) = finding.shrunken else { continue };
            let alone = shrunken.alone.point;
            let point = shrunken.shrunken.point;
            let slack = 1e-12 * alone.abs().max(mean.abs());
            assert!(point >= alone.min(mean) - slack && point <= alone.max(mean) + slack);
            assert!((0.0..=1.0).contains(&shrunken.weight));
            let interval = &shrunken.shrunken;
            assert!(interval.low < point && point < interval.high && interval.low.is_finite());
        }
        let best = found.best.expect("two segments");
        assert!(best.hybrid.low < best.hybrid.high && best.hybrid.low.is_finite());
    }
}

#[test]
fn identical_segments_do_not_differ() {
    let found = read(&[[30, 1000, 45, 1100]; 6]);
    let tests = found.tests;
    for (statistic, p) in [
        tests.cochran_q.map(|t| (t.q, t.p)),
        tests.logistic.map(|t| (t.statistic, t.p)),
        tests.breslow_day.map(|t| (t.statistic, t.p)),
        tests.breslow_day_tarone.map(|t| (t.statistic, t.p)),
    ]
    .into_iter()
    .flatten()
    {
        close(statistic, 0.0, 1e-12);
        close(p, 1.0, 1e-9);
    }
    let pooled = found.pooled.expect("six segments");
    assert_eq!(pooled.tau_squared, 0.0);
    assert_eq!(found.control_rates.expect("trials").strength, None);
    let alone = 45.0 / 1100.0 - 0.03;
    for finding in &found.segments {
        near(finding.shrunken.clone().expect("segments").shrunken.point, alone, 1e-12);
        near(finding.against_rest.clone().expect("segments").p, 1.0, 1e-9);
    }
    near(found.post_stratified.expect("arms").difference.point, alone, 1e-12);
    near(found.mantel_haenszel.expect("arms").difference.point, alone, 1e-12);
    assert!(found.best.expect("segments").conditional.is_none());
    assert_eq!(found.notes.len(), 3, "{:?}", found.notes);
}

#[test]
fn the_parts_add_up_to_the_whole() {
    let mut stream = Stream(15);
    for _ in 0..60 {
        let rows = stream.rows();
        let segments = segments_of(&rows);
        let (control, treatment) = segments.total();
        let sum = |i: usize| rows.iter().map(|row| row[i]).sum::<u64>();
        assert_eq!((control.successes(), control.n()), (sum(0), sum(1)));
        assert_eq!((treatment.successes(), treatment.n()), (sum(2), sum(3)));
        // Without another segment, the stratified effect is the plain one.
        let one = segments_of(&[[sum(0), sum(1), sum(2), sum(3)]]);
        let whole = compare_rates(&control, &treatment, Level::DEFAULT).expect("arms");
        let post = post_stratified(&one, Level::DEFAULT).expect("arms");
        close(post.difference.point, whole.difference.point, 1e-12);
        let mantel = mantel_haenszel(&one, Level::DEFAULT).expect("a segment");
        close(mantel.difference.point, whole.difference.point, 1e-12);
    }
}

#[test]
fn nothing_depends_on_the_scale() {
    let (effects, variances) = ([0.3, -0.1, 0.5, 0.9, 0.2], [0.02, 0.03, 0.01, 0.04, 0.02]);
    let big = effects_of(&effects, &variances);
    let scale = 1e-9;
    let small = effects_of(&effects.map(|e| e * scale), &variances.map(|v| v * scale * scale));
    for method in [
        TauMethod::DerSimonianLaird,
        TauMethod::Reml,
        TauMethod::MaximumLikelihood,
        TauMethod::PauleMandel,
    ] {
        let (a, b) = (tau_squared(&big, method), tau_squared(&small, method));
        near(b, a * scale * scale, 1e-10);
        assert!(a > 0.0);
    }
    let shrunken = |effects| {
        let all = shrink(effects, tau_squared(effects, TauMethod::Reml), Level::DEFAULT);
        all.expect("segments").remove(3).shrunken
    };
    near(shrunken(&small).low, shrunken(&big).low * scale, 1e-9);
    let best = |effects| winner(effects, Level::DEFAULT).expect("segments").hybrid;
    near(best(&small).low, best(&big).low * scale, 1e-9);
}
