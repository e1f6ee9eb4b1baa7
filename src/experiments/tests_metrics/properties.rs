//! What must hold for all data, tried on some.

use super::*;

/// Spend of a few hundred recipients, with the spend before: y and x of an arm.
fn arm(stream: &mut Stream, n: usize, rate: f64) -> (Vec<f64>, Vec<f64>) {
    let x = stream.column(n, |s| s.spend(0.4));
    let y = x.iter().map(|x| (50.0 * x).round() / 100.0 + stream.spend(rate)).collect();
    (x, y)
}

fn arms() -> [(Vec<f64>, Vec<f64>); 2] {
    let mut stream = Stream(42);
    [arm(&mut stream, 400, 0.2), arm(&mut stream, 130, 0.3)]
}

const CHOICES: [SlopeChoice; 3] =
    [SlopeChoice::Automatic, SlopeChoice::Common, SlopeChoice::EachArm];

/// Every comparison of two arms by sums.
fn by_sums(control: &PairMoments, treatment: &PairMoments) -> Vec<Effect> {
    let level = Level::DEFAULT;
    let adjusted = CHOICES.map(|choice| {
        compare_with_covariate(control, treatment, choice, level).expect("two arms").effect
    });
    let ratio = compare_ratios(control, treatment, level).expect("denominators");
    adjusted.into_iter().chain([ratio]).collect()
}

#[test]
fn order_and_grouping_of_rows_do_not_show() {
    let [(x, y), (xt, yt)] = arms();
    // A large level, so that naive sums would lose the spread.
    let x: Vec<f64> = x.iter().map(|x| x + 1e7).collect();
    let (whole, other) = (pair(&x, &y), pair(&xt, &yt));
    let printed = |sums: &PairMoments| format!("{:?}", by_sums(sums, &other));
    let turned: Vec<Vec<f64>> = [&x, &y].map(|v| v.iter().rev().copied().collect()).into();
    assert_eq!(printed(&pair(&turned[0], &turned[1])), printed(&whole));
    for size in [1, 3, 50] {
        let mut merged = PairMoments::default();
        x.chunks(size).zip(y.chunks(size)).rev().for_each(|(x, y)| merged.merge(&pair(x, y)));
        assert_eq!(printed(&merged), printed(&whole));
        assert_eq!(merged.n(), whole.n());
    }
}

#[test]
fn joint_moments_survive_storage_to_the_bit() {
    let [(x, y), _] = arms();
    for sums in [pair(&x, &y), pair(&[0.1], &[0.2]), PairMoments::default()] {
        let stored = serde_json::to_string(&sums).expect("plain data");
        assert_eq!(serde_json::from_str::<PairMoments>(&stored).expect("just written"), sums);
        assert!(serde_json::from_str::<JointMoments<4>>(&stored).is_err() || sums.n() == 0);
    }
}

#[test]
fn a_large_level_does_not_swallow_the_covariance() {
    let sums = pair(&[1e9 - 1.0, 1e9, 1e9 + 1.0], &[1e9 - 2.0, 1e9, 1e9 + 2.0]);
    assert_eq!(sums.covariance(), Some(2.0));
    assert_eq!((sums.variance_x(), sums.variance_y()), (Some(1.0), Some(4.0)));
    assert_eq!((sums.mean_x(), sums.mean_y()), (Some(1e9), Some(1e9)));
}

#[test]
fn units_do_not_matter() {
    let [(x, y), (xt, yt)] = arms();
    let scaled = |v: &[f64], by: f64| v.iter().map(|v| v * by).collect::<Vec<f64>>();
    let plain = by_sums(&pair(&x, &y), &pair(&xt, &yt));
    let (kx, ky) = (1e-3, 40.0);
    let other =
        by_sums(&pair(&scaled(&x, kx), &scaled(&y, ky)), &pair(&scaled(&xt, kx), &scaled(&yt, ky)));
    for (i, (plain, other)) in plain.iter().zip(&other).enumerate() {
        // The last is the ratio, which has both units.
        let unit = if i == CHOICES.len() { ky / kx } else { ky };
        near(other.statistic.value, plain.statistic.value, 1e-11);
        near(other.p, plain.p, 1e-11);
        near(other.difference.low, unit * plain.difference.low, 1e-10);
        let high = |effect: &Effect| effect.relative_lift.as_ref().expect("a base").estimate.high;
        near(high(other), high(plain), 1e-10);
    }
}

#[test]
fn swapping_the_arms_mirrors_the_difference() {
    let [(x, y), (xt, yt)] = arms();
    let there = by_sums(&pair(&x, &y), &pair(&xt, &yt));
    let back = by_sums(&pair(&xt, &yt), &pair(&x, &y));
    for (there, back) in there.iter().zip(&back) {
        near(there.difference.low, -back.difference.high, 1e-12);
        near(there.statistic.value, -back.statistic.value, 1e-12);
        near(there.p, back.p, 1e-12);
    }
    let ranks = |a, b| compare_ranks(&sorted(a), &sorted(b), Level::DEFAULT).expect("two arms");
    let (there, back) = (ranks(&y, &yt), ranks(&yt, &y));
    near(there.superiority.low, 1.0 - back.superiority.high, 1e-12);
    assert_eq!((there.z, there.p), (-back.z, back.p));
}

#[test]
fn one_p_agrees_with_both_intervals() {
    let mut stream = Stream(5);
    for round in 0..400 {
        let n = 4 + round % 60;
        let (x, y) = arm(&mut stream, n, 0.5);
        let (xt, yt) = arm(&mut stream, n + round % 7, 0.7);
        let (control, treatment) = (pair(&x, &y), pair(&xt, &yt));
        for choice in CHOICES {
            let got = compare_with_covariate(&control, &treatment, choice, Level::DEFAULT);
            agrees_with_itself(&got.expect("two arms").effect);
        }
        if let Ok(effect) = compare_ratios(&control, &treatment, Level::DEFAULT) {
            agrees_with_itself(&effect);
        }
    }
}

fn agrees_with_itself(effect: &Effect) {
    if effect.degenerate {
        return;
    }
    assert_eq!(effect.p < 0.05, effect.difference.excludes(0.0), "{effect:?}");
    let lift = effect.relative_lift.as_ref().expect("a lift");
    assert_eq!(effect.p < 0.05, lift.excludes_zero(), "{effect:?}");
}

#[test]
fn resamples_agree_with_themselves_and_with_their_interval() {
    let mut stream = Stream(11);
    let params = BootstrapParams::new(999, 7).expect("valid settings");
    for n in [5, 20, 60, 120] {
        let (y, yt) = (stream.column(n, |s| s.spend(0.4)), stream.column(n, |s| s.spend(0.9)));
        let (control, treatment) = (sorted(&y), sorted(&yt));
        let compare = || bootstrap_means(&control, &treatment, params, Level::DEFAULT);
        let effect = compare().expect("two arms");
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        assert_eq!(alone.install(compare), Ok(effect.clone()));
        agrees_with_itself(&effect);
        // At the level where p lies, to either side.
        for (off, excluded) in [(1e-6, true), (-1e-6, false)] {
            let level = Level::new(1.0 - effect.p - off).expect("a level");
            let effect = bootstrap_means(&control, &treatment, params, level).expect("two arms");
            assert_eq!(effect.difference.excludes(0.0), excluded);
            assert_eq!(effect.relative_lift.expect("a lift").excludes_zero(), excluded);
        }
    }
}

/// Resampling row by row, without the commonest value drawn as a number.
#[test]
fn resamples_have_the_spread_of_plain_ones() {
    let mut stream = Stream(23);
    let (y, yt) = (stream.column(300, |s| s.spend(0.2)), stream.column(200, |s| s.spend(0.3)));
    let summed = |values: &[f64]| Sample::from(&moments(values));
    let welch = compare_means(&summed(&y), &summed(&yt), Level::DEFAULT).expect("two arms");
    let mut drawn: Vec<f64> = (0..4000)
        .map(|_| {
            let mut again = |from: &[f64]| {
                stream.column(from.len(), |s| from[(s.next() * from.len() as f64) as usize])
            };
            let (c, t) = (summed(&again(&y)), summed(&again(&yt)));
            let effect = compare_means(&c, &t, Level::DEFAULT).expect("two arms").difference;
            ((effect.point - welch.difference.point) / effect.std_error.expect("one")).abs()
        })
        .collect();
    drawn.sort_unstable_by(f64::total_cmp);
    let half = drawn[3800] * welch.difference.std_error.expect("one");
    let params = BootstrapParams::default();
    let got = bootstrap_means(&sorted(&y), &sorted(&yt), params, Level::DEFAULT).expect("arms");
    near(got.difference.high - got.difference.point, half, 0.05);
    let beyond = drawn.iter().filter(|drawn| **drawn >= welch.statistic.value.abs()).count();
    assert!((got.p - beyond as f64 / 4000.0).abs() < 0.03, "{} {beyond}", got.p);
}

#[test]
fn ranks_count_pairs() {
    let mut stream = Stream(3);
    let (c, t) = (stream.column(70, |s| s.spend(0.5)), stream.column(50, |s| s.spend(0.7)));
    let wins: f64 = c
        .iter()
        .flat_map(|c| {
            t.iter().map(move |t| if t > c { 1.0 } else { f64::from(u8::from(t == c)) / 2.0 })
        })
        .sum();
    let got = compare_ranks(&sorted(&c), &sorted(&t), Level::DEFAULT).expect("two arms");
    assert_eq!(got.u, wins);
}

#[test]
fn one_stratum_is_no_stratification_and_order_does_not_matter() {
    let [(_, y), (_, yt)] = arms();
    let stratum = |name: &str, c: &[f64], t: &[f64]| MeanStratum {
        name: name.to_owned(),
        control: moments(c),
        treatment: moments(t),
    };
    let whole = post_stratified_means(&[stratum("all", &y, &yt)], Level::DEFAULT).expect("arms");
    let welch = compare_means(&(&moments(&y)).into(), &(&moments(&yt)).into(), Level::DEFAULT);
    let welch = welch.expect("two arms");
    near(whole.effect.p, welch.p, 1e-12);
    near(whole.effect.difference.low, welch.difference.low, 1e-12);
    let mut parts = vec![
        stratum("a", &y[..150], &yt[..40]),
        stratum("b", &y[150..300], &yt[40..80]),
        stratum("c", &y[300..], &yt[80..]),
        stratum("none", &[], &[]),
        stratum("one", &[3.0], &[]),
    ];
    let there = post_stratified_means(&parts, Level::DEFAULT).expect("arms");
    parts.reverse();
    assert_eq!(post_stratified_means(&parts, Level::DEFAULT).expect("arms"), there);
    assert_eq!(
        (there.strata, there.merged.as_slice()),
        (3, &["a".to_owned(), "one".to_owned()][..])
    );
}
