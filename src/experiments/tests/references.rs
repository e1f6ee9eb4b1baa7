//! Numbers computed with other programs: mpmath at 60 digits, scipy, statsmodels, R.

use super::*;

/// (xc, nc, xt, nt, difference interval, ratio interval) at 95 %, by mpmath inversion.
type ScoreCase = (u64, u64, u64, u64, (f64, f64), (f64, f64));
const SCORE: [ScoreCase; 9] = [
    (
        100,
        1000,
        130,
        1000,
        (0.0020415972117549617, 0.05817247365991326),
        (1.017802853799194, 1.66135916559761),
    ),
    (0, 50, 0, 50, (-0.0720163809843875, 0.0720163809843875), (0.0, f64::INFINITY)),
    (
        50,
        50,
        50,
        50,
        (-0.0720163809843875, 0.0720163809843875),
        (0.9279836190156124, 1.0776052287008915),
    ),
    (0, 1, 1, 1, (-0.5869013712455255, 1.0), (0.26031777162700565, f64::INFINITY)),
    (0, 20, 10, 10, (0.7156186604656226, 1.0), (6.032810251455443, f64::INFINITY)),
    (2, 1500, 0, 30, (-0.004850359429125361, 0.11224920508574625), (0.0, 92.06108536997408)),
    // Newcombe 1998, example (a).
    (
        48,
        80,
        56,
        70,
        (0.0528297132458446, 0.33817294001586834),
        (1.0790471195344264, 1.6721453590897677),
    ),
    (
        999_990,
        1_000_000,
        999_999,
        1_000_000,
        (3.1388378479215897e-6, 1.752046796502243e-5),
        (1.0000031388607529, 1.0000175207891495),
    ),
    (
        123_456_789,
        1_000_000_000,
        123_500_000,
        1_000_000_000,
        (1.437467659636613e-5, 7.204732367249782e-5),
        (1.000116421284587, 1.000583651479468),
    ),
];

#[test]
fn score_intervals_agree_with_a_high_precision_inversion() {
    let z = Level::DEFAULT.normal_critical();
    for (xc, nc, xt, nt, difference, ratio) in SCORE {
        let (control, treatment) = (counts(xc, nc), counts(xt, nt));
        let (low, high) = difference_interval(&control, &treatment, z);
        close(low, difference.0, 1e-13);
        close(high, difference.1, 1e-13);
        let (low, high) = ratio_interval(&control, &treatment, z);
        close(low, ratio.0, 1e-12);
        if ratio.1.is_infinite() {
            assert!(high.is_infinite());
        } else {
            close(high, ratio.1, 1e-12);
        }
    }
}

#[test]
fn a_score_test_of_any_null_value_agrees() {
    let test = difference_test(&counts(100, 1000), &counts(130, 1000), -0.1);
    close(test.z, 8.5794261416606, 1e-12);
    close(test.ln_p, 9.534761911929721e-18_f64.ln(), 1e-13);
    close(test.constrained.0, 0.08564050957330438, 1e-14);
    close(test.constrained.1, 0.18564050957330439, 1e-14);
}

#[test]
fn pooled_z_and_score_p_agree_with_statsmodels() {
    let (control, treatment) = (counts(250, 25_000), counts(300, 25_000));
    close(pooled_z(&control, &treatment), 2.143830838183073, 1e-12);
    let effect = compare_rates(&control, &treatment, Level::DEFAULT).expect("two full arms");
    close(effect.p, 0.03204816187152442, 1e-12);
}

#[test]
fn wilson_agrees_with_statsmodels() {
    let estimate = counts(1, 1).wilson(Level::new(0.9).expect("a level")).expect("a trial");
    close(estimate.low, 0.269865948784054, 1e-14);
    assert_eq!(estimate.high, 1.0);
}

#[test]
fn welch_agrees_with_scipy() {
    let (control, treatment) = (sample(100, 50.0, 25.0), sample(10_000, 50.6, 400.0));
    let effect = compare_means(&control, &treatment, Level::DEFAULT).expect("two full arms");
    close(effect.statistic.value, 1.1141720290623138, 1e-14);
    close(effect.df.expect("degrees of freedom"), 133.18064332208866, 1e-14);
    close(effect.p, 0.2672120757521789, 1e-13);
    close(effect.difference.low, -0.46515147519150357, 1e-13);
    close(effect.difference.high, 1.6651514751915064, 1e-13);
}

#[test]
fn the_t_distribution_holds_at_ten_million_rows() {
    let (control, treatment) = (sample(10_000_000, 1.0001, 4.0), sample(10_000_000, 1.0031, 4.01));
    let effect = compare_means(&control, &treatment, Level::DEFAULT).expect("two full arms");
    assert!((effect.p / 0.0008022796034885318 - 1.0).abs() < 1e-11, "{}", effect.p);
}

#[test]
fn fieller_names_the_shape_of_its_set() {
    let z = Level::DEFAULT.normal_critical();
    let lift = |c: &Sample, t: &Sample| fieller(c, t, z, Level::DEFAULT);
    let bounded = lift(&sample(5000, 2.1, 210.0), &sample(5000, 2.45, 260.0));
    assert_eq!(bounded.kind, SetKind::Bounded);
    close(bounded.estimate.low, -0.10630981030833242, 1e-12);
    close(bounded.estimate.high, 0.5282506285901203, 1e-12);
    let complement = lift(&sample(37, 3.91, 148.2), &sample(41, 5.27, 233.9));
    assert_eq!(complement.kind, SetKind::Complement);
    close(complement.estimate.low, -419.5322592101536, 1e-11);
    close(complement.estimate.high, -0.8579068621849908, 1e-12);
    let whole = lift(&sample(1500, 0.001333, 0.0013315), &sample(30, 0.0, 0.0));
    assert_eq!(whole.kind, SetKind::WholeLine);
}

#[test]
fn pearson_agrees_with_scipy() {
    let opens = [210, 260, 305, 330, 290, 240, 205];
    let sent = [3000, 3000, 3010, 2990, 3005, 3000, 2995];
    let arms: Vec<Counts> = opens.iter().zip(sent).map(|(x, n)| counts(*x, n)).collect();
    let test = pearson(&arms).expect("seven arms");
    close(test.statistic, 57.03406520830662, 1e-14);
    close(test.ln_p, 1.7981407288350905e-10_f64.ln(), 1e-13);
}

#[test]
fn the_ratio_check_agrees_with_scipy() {
    let arm = |rows, weight| PlannedArm { name: "arm", rows, weight };
    let check = ratio_check(&[arm(1000, 0.5), arm(2000, 0.5)], SRM_ALPHA).expect("two arms");
    close(check.ln_p, 1.80631623309412e-74_f64.ln(), 1e-13);
    assert!(check.mismatch);
    let small = ratio_check(&[arm(10, 0.5), arm(0, 0.5)], SRM_ALPHA).expect("two arms");
    assert_eq!(small.method, "exact binomial");
    close(small.p, 0.001953125, 1e-14);
    close(small.chi_squared, 10.0, 1e-14);
}

#[test]
fn adjusted_p_values_agree_with_r() {
    let p = [0.6, 0.001, 0.03, 0.2, 0.0005, 0.9, 0.04];
    let want = [1.0, 0.006, 0.15, 0.6, 0.0035, 1.0, 0.16];
    for (got, want) in holm(&p).p.iter().zip(want) {
        close(*got, want, 1e-14);
    }
    let bh = benjamini_hochberg(&[0.01, 0.04]);
    close(bh.p[0], 0.02, 1e-15);
    close(bh.p[1], 0.04, 1e-15);
}
