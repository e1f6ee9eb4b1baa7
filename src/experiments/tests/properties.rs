//! What must hold for every table, tried on many.

use super::*;

/// xorshift: a fixed stream of numbers is all that these tests ask for.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn trials(&mut self) -> u64 {
        match self.below(5) {
            0 => 1,
            1 => 2 + self.below(8),
            2 => 10 + self.below(3000),
            3 => 10_000_000,
            _ => 1_000_000_000 - self.below(1000),
        }
    }

    fn arm(&mut self) -> Counts {
        let n = self.trials();
        let successes = match self.below(5) {
            0 => 0,
            1 => n,
            2 => self.below(n.min(5) + 1),
            3 => n - self.below(n.min(5) + 1),
            _ => self.below(n + 1),
        };
        counts(successes, n)
    }
}

#[test]
fn intervals_hold_the_estimate_and_agree_with_p() {
    let mut stream = Stream(88_172_645_463_325_252);
    for _ in 0..3000 {
        let (control, treatment) = (stream.arm(), stream.arm());
        let effect = compare_rates(&control, &treatment, Level::DEFAULT).expect("two full arms");
        let difference = &effect.difference;
        assert!(-1.0 <= difference.low && difference.low <= difference.point);
        assert!(difference.point <= difference.high && difference.high <= 1.0);
        assert!(difference.low < difference.high, "{control:?} {treatment:?}");
        assert!(effect.ln_p.is_finite());
        let lift = effect.relative_lift.expect("a lift of rates");
        assert_eq!(effect.p < 0.05, difference.excludes(0.0), "{control:?} {treatment:?}");
        assert_eq!(effect.p < 0.05, lift.excludes_zero(), "{control:?} {treatment:?}");
    }
}

#[test]
fn swapping_the_arms_mirrors_the_difference() {
    let mut stream = Stream(7);
    for _ in 0..500 {
        let (a, b) = (stream.arm(), stream.arm());
        let z = Level::DEFAULT.normal_critical();
        let (low, high) = difference_interval(&a, &b, z);
        let (mirrored_low, mirrored_high) = difference_interval(&b, &a, z);
        close(low, -mirrored_high, 1e-15);
        close(high, -mirrored_low, 1e-15);
    }
}

/// Money with cents around a large level, so that naive sums would lose the spread.
fn values() -> Vec<f64> {
    let mut stream = Stream(42);
    (0..5000).map(|_| 1e9 + stream.below(1000) as f64 / 100.0 - 5.0).collect()
}

fn moments<'a>(values: impl IntoIterator<Item = &'a f64>) -> Moments {
    let mut moments = Moments::default();
    values.into_iter().for_each(|value| moments.add(*value));
    moments
}

fn printed(moments: &Moments) -> String {
    format!("{:?} {:?} {:?}", moments.mean(), moments.variance(), moments.skewness())
}

#[test]
fn order_and_grouping_of_rows_do_not_show() {
    let values = values();
    let whole = moments(&values);
    assert_eq!(printed(&moments(values.iter().rev())), printed(&whole));
    for parts in [2, 7, 1000] {
        let mut merged = Moments::default();
        values.chunks(parts).rev().for_each(|chunk| merged.merge(&moments(chunk)));
        assert_eq!(printed(&merged), printed(&whole));
        assert_eq!((merged.n(), merged.min(), merged.max()), (whole.n(), whole.min(), whole.max()));
    }
}

#[test]
fn a_large_level_does_not_swallow_the_spread() {
    let values = values();
    // Exact in hundredths, around the level.
    let cents = |v: &f64| ((v - 1e9) * 100.0).round();
    let n = values.len() as f64;
    let mean = values.iter().map(cents).sum::<f64>() / n;
    let variance = values.iter().map(|v| (cents(v) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    close(moments(&values).variance().expect("many values"), variance / 1e4, 1e-6);
    let plain: Vec<f64> = [-1.0, 1.0, -1.0, 1.0].iter().map(|v| v + 1e9).collect();
    close(moments(&plain).variance().expect("four values"), 4.0 / 3.0, 1e-13);
}

#[test]
fn moments_survive_storage_to_the_bit() {
    for moments in [moments(&values()), moments(&[0.1, 0.2]), Moments::default()] {
        let stored = serde_json::to_string(&moments).expect("plain data");
        let back: Moments = serde_json::from_str(&stored).expect("what was just written");
        assert_eq!(back, moments);
    }
}

#[test]
fn holm_does_not_depend_on_the_order_of_ties() {
    let adjusted = holm(&[0.02, f64::NAN, 0.01, 0.02, 0.0]);
    assert_eq!((adjusted.tested, adjusted.excluded), (4, 1));
    assert_eq!(adjusted.p[0], adjusted.p[3]);
    assert!(adjusted.p[1].is_nan());
    assert_eq!(adjusted.p[4], 0.0);
    let turned = holm(&[0.0, 0.02, 0.01, 0.02]);
    assert_eq!(turned.p, [adjusted.p[4], adjusted.p[0], adjusted.p[2], adjusted.p[3]]);
}

#[test]
fn skewness_survives_a_large_level() {
    let near: Vec<f64> = (0..1000).map(|i| if i % 10 == 0 { 3.0 } else { 0.0 }).collect();
    let far: Vec<f64> = near.iter().map(|v| v + 1e6).collect();
    let (near, far) = (moments(&near).skewness(), moments(&far).skewness());
    // Bernoulli(0.1): (1 - 2p) / √(p q).
    close(near.expect("a spread"), 0.8 / 0.3, 1e-12);
    close(far.expect("a spread"), 0.8 / 0.3, 1e-9);
    assert_eq!(moments(&[0.1; 10]).skewness(), None);
    assert_eq!(moments(&[0.1; 10]).variance(), Some(0.0));
}
