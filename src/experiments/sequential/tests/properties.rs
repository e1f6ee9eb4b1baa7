//! What must hold for any input, and what is refused.

use super::super::super::counts::Counts;
use super::super::super::ratio_check::PlannedArm;
use super::super::super::tail;
use super::*;

const SPENDINGS: [Spending; 4] = [
    Spending::Power { rho: 1.0 },
    Spending::Power { rho: 2.0 },
    Spending::Power { rho: 3.0 },
    Spending::ObrienFleming,
];

#[test]
fn one_planned_look_is_the_fixed_test() {
    for alpha in [0.2, 0.05, 0.001] {
        for spending in SPENDINGS {
            let plan =
                |sides| PlannedLooks::new(&[1.0], spending, sides, level(alpha)).expect("one");
            let (two, one) = (plan(Sides::Two), plan(Sides::One));
            close(two.looks()[0].z, tail::normal_critical(alpha), 1e-12);
            close(one.looks()[0].z, tail::normal_critical(2.0 * alpha), 1e-12);
            close(two.looks()[0].nominal_p, alpha, 1e-12);
            close(one.looks()[0].alpha_spent, alpha, 1e-12);
        }
    }
}

#[test]
fn bounds_are_above_the_fixed_test_and_spend_all_of_alpha() {
    let shares = [0.1, 0.35, 0.5, 0.9, 1.0];
    for spending in SPENDINGS {
        let plan = PlannedLooks::new(&shares, spending, Sides::Two, Level::DEFAULT).expect("five");
        assert!(plan.looks().iter().all(|look| look.z > 1.96), "{plan:?}");
        close(plan.looks()[4].alpha_spent, 0.05, 1e-12);
        let z = [0.0, -9.0, 1.0, 1.0, 9.0];
        assert_eq!(plan.first_crossing(&z), Some(1));
        assert_eq!(plan.first_crossing(&[1.0; 5]), None);
        let interval = plan.interval(4, 2.0, 1.0).expect("a fifth look");
        assert!(interval.low < 2.0 - 1.96 && plan.interval(5, 2.0, 1.0).is_none());
    }
}

#[test]
fn planned_looks_out_of_order_are_refused() {
    for shares in [&[][..], &[0.5, 0.5], &[0.6, 0.5], &[0.0, 1.0], &[0.5, 1.1], &[f64::NAN]] {
        let plan = PlannedLooks::new(shares, Spending::ObrienFleming, Sides::Two, Level::DEFAULT);
        assert!(plan.is_err(), "{shares:?}");
    }
    assert!(Spending::power(0.0).is_err() && Spending::power(f64::NAN).is_err());
}

#[test]
fn very_early_looks_have_bounds_that_are_never_reached() {
    let shares = [0.001, 0.01, 1.0];
    let plan = PlannedLooks::new(&shares, Spending::ObrienFleming, Sides::Two, Level::DEFAULT);
    let plan = plan.expect("three looks");
    assert!(plan.looks()[0].z == f64::INFINITY && plan.looks()[1].z > 20.0, "{plan:?}");
    close(plan.looks()[2].z, tail::normal_critical(0.05), 1e-6);
}

#[test]
fn an_interval_leaves_out_zero_just_when_p_is_small() {
    let mixture = NormalMixture::new(2000.0, Level::DEFAULT).expect("a tuning size");
    for n in [10, 500, 2000, 90_000] {
        for step in 0..60 {
            let z = f64::from(step) / 10.0;
            let look = EffectLook { n, effect: z, std_error: 1.0 };
            let read = mixture.follow(&[look]).expect("one look").remove(0);
            assert_eq!(read.effect.excludes(0.0), read.p < 0.05, "{n} {z}");
        }
    }
}

#[test]
fn p_never_rises_and_swapped_arms_change_only_the_sign() {
    let mixture = NormalMixture::new(500.0, Level::DEFAULT).expect("a tuning size");
    let look = |n, effect| EffectLook { n, effect, std_error: 1.0 / (n as f64).sqrt() };
    let looks = [look(100, 0.1), look(200, 0.4), look(300, 0.0), look(400, -0.2)];
    let swapped = looks.map(|look| EffectLook { effect: -look.effect, ..look });
    let (one, two) = (mixture.follow(&looks), mixture.follow(&swapped));
    let (one, two) = (one.expect("four looks"), two.expect("four looks"));
    assert!(one.windows(2).all(|pair| pair[1].p <= pair[0].p));
    assert!(one.iter().zip(&two).all(|(a, b)| a.p == b.p && a.effect.low == -b.effect.high));
    assert!(mixture.follow(&[look(200, 0.1), look(100, 0.1)]).is_err());
    let constant = EffectLook { n: 5, effect: 0.0, std_error: 0.0 };
    assert!(mixture.follow(&[constant]).is_err());
    assert!(NormalMixture::new(0.0, Level::DEFAULT).is_err());
}

#[test]
fn the_mixture_is_tightest_near_its_tuning_size() {
    let width =
        |tuning| NormalMixture::new(tuning, Level::DEFAULT).expect("a size").multiplier(1e4);
    assert!(width(1e4) < width(2e3) && width(1e4) < width(5e4));
}

#[test]
fn a_rate_and_its_mirror_image_have_mirrored_intervals() {
    let rate = RateSequence::new(1000.0, Level::DEFAULT).expect("a tuning size");
    for (x, n) in [(0, 1), (1, 1), (1, 50), (7, 90), (90, 90), (400, 100_000), (1, 1_000_000)] {
        let interval = |x| rate.interval(&Counts::new(n, x).expect("counts")).expect("trials");
        let (one, other) = (interval(x), interval(n - x));
        assert!((one.low - (1.0 - other.high)).abs() < 1e-12);
        assert!(one.low <= one.point && one.point <= one.high && one.low >= 0.0 && one.high <= 1.0);
    }
    assert!(rate.interval(&Counts::default()).is_none());
}

#[test]
fn swapped_arms_turn_the_rate_ratio_over() {
    let test = |share| SuccessShares::new(share, 100.0, Level::DEFAULT).expect("a share");
    for (control, treatment) in [(40, 61), (0, 9), (300, 280)] {
        let ratio = |share, look| {
            let read = test(share).follow(&[look]).expect("a look").remove(0);
            (read.rate_ratio.expect("successes"), read.ln_p)
        };
        let (one, p) = ratio(0.3, (control, treatment));
        let (other, p_other) = ratio(0.7, (treatment, control));
        close(p, p_other, 1e-9);
        assert!((one.low * other.high - 1.0).abs() < 1e-9 || one.low == 0.0);
        assert_eq!(one.excludes(1.0), p < 0.05_f64.ln());
    }
    let none = test(0.5).follow(&[(0, 0)]).expect("a look").remove(0);
    assert!(none.rate_ratio.is_none() && none.p == 1.0);
    assert!(test(0.5).follow(&[(3, 3), (2, 4)]).is_err());
}

#[test]
fn the_ratio_check_does_not_care_for_the_order_of_arms() {
    let arm = |name, rows, weight| PlannedArm { name, rows, weight };
    let p = |arms: &[PlannedArm]| {
        let check = SequentialRatioCheck::new(arms, 100.0, 0.001);
        let look = check.expect("arms").add(&vec![0; arms.len()]).expect("rows");
        (look.ln_p, look.mismatch, look.rows)
    };
    let arms = [arm("a", 700, 2.0), arm("b", 400, 1.0), arm("unused", 0, 0.0)];
    let reversed = [arms[2], arms[1], arms[0]];
    let ((one, mismatch, rows), other) = (p(&arms), p(&reversed));
    assert!((one - other.0).abs() < 1e-9 && !mismatch && rows == 1100);
    assert!(p(&[arm("a", 700, 1.0), arm("b", 400, 1.0)]).1);
    assert!(SequentialRatioCheck::new(&[arm("a", 1, 0.0), arms[0], arms[1]], 100.0, 0.01).is_err());
    assert!(SequentialRatioCheck::new(&arms[..1], 100.0, 0.01).is_err());
}

#[test]
fn each_way_of_watching_says_why() {
    assert_eq!(Watching::of(true, 0), Watching::FixedSend);
    assert_eq!(Watching::of(false, 1), Watching::Arriving);
    assert_eq!(Watching::of(true, 4), Watching::PlannedLooks);
    for watching in Watching::ALL {
        assert!(watching.explanation().ends_with('.') && !watching.method().is_empty());
    }
}
