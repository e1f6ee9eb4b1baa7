//! The hash.

use super::super::{Purpose, fraction};
use crate::numeric::tail;

/// `printf 'subject-line\x1farm\x1fc0000001' | sha256sum`, the first 16 digits over 2⁶⁴.
#[test]
fn fractions_are_those_of_sha256sum() {
    for (salt, purpose, contact, digits) in [
        ("subject-line", Purpose::Arm, "c0000001", 0x277c_3927_afaa_2dd2_u64),
        ("subject-line", Purpose::Holdout, "c0000001", 0xf219_73fd_b031_e329),
        ("aa-test", Purpose::Arm, "c0000001", 0xa56c_67cf_9274_c984),
    ] {
        let by_hand = digits as f64 / 18_446_744_073_709_551_616.0;
        let found = fraction(salt, purpose, contact);
        assert!((found - by_hand).abs() <= f64::EPSILON, "{salt} {purpose:?}: {found} {by_hand}");
    }
}

#[test]
fn fractions_are_uniform_and_independent_between_salts_and_purposes() {
    const BINS: usize = 50;
    let bin = |salt: &str, purpose, n: usize| {
        (fraction(salt, purpose, &format!("c{n:07}")) * BINS as f64) as usize
    };
    let p = |cells: &[u64]| {
        let total: u64 = cells.iter().sum();
        let expected = total as f64 / cells.len() as f64;
        let chi: f64 = cells.iter().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
        tail::chi_squared(chi, (cells.len() - 1) as f64).p
    };
    let pairs = [
        [("a", Purpose::Arm), ("b", Purpose::Arm)],
        [("a", Purpose::Arm), ("a", Purpose::Holdout)],
        [("a", Purpose::Arm), ("a", Purpose::Order)],
        [("a1", Purpose::Arm), ("a2", Purpose::Arm)],
    ];
    for [one, other] in pairs {
        let (mut single, mut joint) = (vec![0; BINS], vec![0; BINS * BINS]);
        for n in 0..200_000 {
            let (x, y) = (bin(one.0, one.1, n), bin(other.0, other.1, n));
            single[y] += 1;
            joint[x * BINS + y] += 1;
        }
        // Fixed draws: these are what they are, and none is remarkable.
        assert!(p(&single) > 0.01, "{other:?} {}", p(&single));
        assert!(p(&joint) > 0.01, "{one:?} {other:?} {}", p(&joint));
    }
}
