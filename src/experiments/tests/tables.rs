//! Tests and adjustments against the tables of other programs.

use serde_json::Value;

use super::*;

/// Numbers of statsmodels 0.15, scipy 1.17, R 4.2.2, tea-tasting 2.0.0, gbstats 0.8.0; those of score tests
/// at a margin by mpmath at 60 digits.
const TRUTH: &str = include_str!("../../../tests/data/experiment_tests.json");

fn truth(name: &str) -> Vec<Value> {
    let truth: Value = serde_json::from_str(TRUTH).expect("JSON");
    truth[name].as_array().expect("rows").clone()
}

/// A row of numbers; infinite where the text says so, NaN where there is none.
fn numbers(row: &Value) -> Vec<f64> {
    let number = |v: &Value| match v.as_str() {
        Some(_) => f64::INFINITY,
        None => v.as_f64().unwrap_or(f64::NAN),
    };
    row.as_array().expect("a row").iter().map(number).collect()
}

fn near(what: &str, got: f64, want: f64, relative: f64) {
    let is_near = got == want || (got - want).abs() <= relative * want.abs();
    assert!(is_near, "{what}: got {got}, want {want}");
}

#[test]
fn every_adjustment_agrees_with_statsmodels_and_r() {
    let names = [
        ("bonferroni", Adjustment::Bonferroni),
        ("sidak", Adjustment::Sidak),
        ("holm", Adjustment::Holm),
        ("simes_hochberg", Adjustment::Hochberg),
        ("hochberg", Adjustment::Hochberg),
        ("hommel", Adjustment::Hommel),
        ("fdr_bh", Adjustment::BenjaminiHochberg),
        ("fdr_by", Adjustment::BenjaminiYekutieli),
        ("BY", Adjustment::BenjaminiYekutieli),
    ];
    let mut compared = 0;
    for case in truth("adjust").iter().chain(&truth("adjust_r")) {
        let p = numbers(&case["p"]);
        for (name, adjustment) in names {
            if case[name].is_null() {
                continue;
            }
            let got = adjustment.of(&p);
            for (got, want) in got.p.iter().zip(numbers(&case[name])) {
                near(name, *got, want, 1e-9);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn newcombe_agrees_with_statsmodels() {
    for row in truth("newcombe").iter().map(numbers) {
        let (control, treatment) =
            (counts(row[0] as u64, row[1] as u64), counts(row[2] as u64, row[3] as u64));
        let level = Level::new(1.0 - row[4]).expect("a level");
        let interval = newcombe(&control, &treatment, level).expect("trials");
        assert!((interval.low - row[5]).abs() < 1e-9, "{} {}", interval.low, row[5]);
        assert!((interval.high - row[6]).abs() < 1e-9, "{} {}", interval.high, row[6]);
        if row[7].is_finite() {
            let (low, high) = ratio_interval(&control, &treatment, level.normal_critical());
            near("ratio low", low, row[7], 1e-8);
            near("ratio high", high, row[8], 1e-8);
        }
    }
}

#[test]
fn wilson_agrees_at_every_level() {
    for row in truth("rate").iter().map(numbers) {
        let level = Level::new(1.0 - row[2]).expect("a level");
        let interval = counts(row[0] as u64, row[1] as u64).wilson(level).expect("trials");
        assert!((interval.low - row[3]).abs() < 1e-12 && (interval.high - row[4]).abs() < 1e-12);
    }
}

#[test]
fn the_pooled_z_and_the_score_p_agree_with_statsmodels() {
    for row in truth("z").iter().map(numbers) {
        let (control, treatment) =
            (counts(row[0] as u64, row[1] as u64), counts(row[2] as u64, row[3] as u64));
        let effect = compare_rates(&control, &treatment, Level::DEFAULT).expect("two arms");
        if row[4].is_finite() {
            near("z", effect.statistic.value, row[4], 1e-9);
        }
        if row[6].is_finite() && row[6] > 1e-15 {
            near("p", effect.p, row[6], 1e-9);
        }
    }
}

#[test]
fn welch_s_test_agrees_with_scipy() {
    for row in truth("welch").iter().map(numbers) {
        let control = sample(row[0] as u64, row[1], row[2]);
        let treatment = sample(row[3] as u64, row[4], row[5]);
        let Ok(effect) = compare_means(&control, &treatment, Level::DEFAULT) else { continue };
        if row[6].is_finite() && row[7] > 1e-15 {
            near("t", effect.statistic.value, row[6], 1e-9);
            near("p", effect.p, row[7], 1e-9);
        }
    }
}

#[test]
fn pearson_and_g_agree_with_scipy() {
    for case in truth("g") {
        let (x, n) = (numbers(&case[0]), numbers(&case[1]));
        let arms: Vec<Counts> =
            x.iter().zip(&n).map(|(x, n)| counts(*x as u64, *n as u64)).collect();
        let (pearson, g) = (pearson(&arms).expect("arms"), g_test(&arms).expect("arms"));
        let want: Vec<f64> = (2..5).map(|i| case[i].as_f64().unwrap_or(f64::NAN)).collect();
        if want[0].is_nan() {
            assert_eq!((pearson.p, g.p), (1.0, 1.0));
            continue;
        }
        near("chi-squared", pearson.statistic, want[0], 1e-9);
        near("g", g.statistic, want[1], 1e-9);
        near("p", g.p, want[2], 1e-9);
    }
}

#[test]
fn margins_agree_with_a_high_precision_score_test() {
    for row in truth("margin").iter().map(numbers) {
        let (control, treatment) =
            (counts(row[0] as u64, row[1] as u64), counts(row[2] as u64, row[3] as u64));
        let test = rate_margin(&control, &treatment, row[4]).expect("a test");
        near("not higher", test.p_not_higher, row[5], 1e-8);
        // The mirror: a treatment not lower is a control not higher.
        let mirror = rate_margin(&treatment, &control, row[4]).expect("a test");
        near("not lower", mirror.p_not_lower, row[5], 1e-8);
        assert_eq!(test.p_equivalent, test.p_not_lower.max(test.p_not_higher));
    }
}

#[test]
fn a_margin_agrees_with_its_interval() {
    let (control, treatment) = (counts(250, 25_000), counts(262, 25_000));
    let level = Level::new(0.9).expect("a level");
    let (low, high) = difference_interval(&control, &treatment, level.normal_critical());
    for (margin, is_equivalent) in [(high.max(-low) * 1.001, true), (high.max(-low) * 0.999, false)]
    {
        let test = rate_margin(&control, &treatment, margin).expect("a test");
        assert_eq!(test.p_equivalent < 0.05, is_equivalent);
    }
    let (low, high) = ratio_interval(&control, &treatment, level.normal_critical());
    let widest = high.max(1.0 / low);
    let ratio = |margin| rate_ratio_margin(&control, &treatment, margin).expect("a test");
    assert!(ratio(widest * 1.001).p_equivalent < 0.05 && ratio(widest * 0.999).p_equivalent > 0.05);
    let means = (sample(50, 10.0, 4.0), sample(60, 10.2, 5.0));
    let wide = mean_margin(&means.0, &means.1, 2.0).expect("a test");
    let half = mean_margin(&means.0, &means.1, 0.2).expect("a test");
    assert!(wide.p_equivalent < 1e-4 && half.p_equivalent > 0.05);
    close(half.p_not_higher, 0.5, 1e-12);
    for bad in [0.0, -0.1, 1.0, f64::NAN] {
        assert!(rate_margin(&control, &treatment, bad).is_err());
    }
    assert!(rate_ratio_margin(&control, &treatment, 1.0).is_err());
    assert!(mean_margin(&means.0, &means.1, 0.0).is_err());
}

#[test]
fn rates_of_events_agree_with_statsmodels() {
    for row in truth("events").iter().map(numbers) {
        let (control, treatment) =
            (Events::new(row[0] as u64, row[1]), Events::new(row[2] as u64, row[3]));
        let (control, treatment) = (control.expect("exposure"), treatment.expect("exposure"));
        let got = compare_events(&control, &treatment, Level::DEFAULT);
        if row[0] + row[2] == 0.0 {
            assert_eq!((got.z, got.p, got.p_exact), (0.0, 1.0, Some(1.0)));
            assert_eq!((got.ratio.low, got.ratio.high), (0.0, f64::INFINITY));
            continue;
        }
        near("z", got.z, row[4], 1e-9);
        near("p", got.p, row[5], 1e-9);
        near("exact p", got.p_exact.expect("few events"), row[6], 1e-7);
        if row[0] > 0.0 {
            near("ratio", got.ratio.high, row[8], 1e-8);
            near("mover", got.ratio_mover.high, row[10], 1e-8);
        }
        if row[2] > 0.0 {
            near("ratio", got.ratio.low, row[7], 1e-8);
            near("mover", got.ratio_mover.low, row[9], 1e-8);
        }
        assert!((got.difference.low - row[11]).abs() < 1e-8);
        assert!((got.difference.high - row[12]).abs() < 1e-8);
        let exact = got.ratio_exact.expect("events");
        assert!(exact.low <= got.ratio.point && got.ratio.point <= exact.high);
        let is_different = got.p < 0.05;
        assert_eq!(is_different, got.ratio.excludes(1.0));
    }
    assert!(Events::new(3, 0.0).is_err());
}

#[test]
fn sample_ratios_agree_with_scipy_tea_tasting_and_gbstats() {
    let check = |observed: &[f64], weights: &[f64]| {
        let arms = observed.iter().zip(weights);
        let arms: Vec<PlannedArm> = arms
            .map(|(rows, weight)| PlannedArm { name: "arm", rows: *rows as u64, weight: *weight })
            .collect();
        ratio_check(&arms, SRM_ALPHA)
    };
    for case in truth("srm") {
        let got = check(&numbers(&case[0]), &numbers(&case[1])).expect("a check");
        near("chi-squared", got.chi_squared, case[2].as_f64().expect("one"), 1e-9);
        let want = if got.method == "exact binomial" { &case[4] } else { &case[3] };
        near("p", got.p, want.as_f64().expect("one"), 1e-9);
    }
    for row in truth("srm_tea").iter().map(numbers) {
        let got = check(&row[..2], &[1.0, row[2]]).expect("a check");
        let want = if row[0] + row[1] < 1000.0 { row[3] } else { row[4] };
        near("p", got.p, want, 1e-9);
    }
    for case in truth("srm_gb") {
        let (users, weights) = (numbers(&case[0]), numbers(&case[1]));
        let is_large = users.iter().sum::<f64>() >= 1000.0 && weights.iter().all(|w| *w > 0.0);
        if let (true, Some(want)) = (is_large, case[2].as_f64()) {
            // Its tail is 1 - cdf, to sixteen places.
            let got = check(&users, &weights).expect("a check");
            assert!((got.p - want).abs() < 1e-15 + 1e-9 * want);
        }
    }
    let few = check(&[3.0, 0.0, 0.0], &[1.0, 1.0, 1.0]).expect("a check");
    assert_eq!(few.method, "exact multinomial");
    near("few", few.p, 1.0 / 9.0, 1e-12);
}

#[test]
fn selected_intervals_are_wider_the_fewer_are_selected() {
    let level = |r, m| selected_level(r, m, 0.05).expect("a rate").map(Level::get);
    assert_eq!(level(0, 7), None);
    assert_eq!(level(7, 7), Some(0.95));
    near("one of twenty", level(1, 20).expect("a level"), 0.9975, 1e-15);
    assert!(selected_level(3, 2, 0.05).is_err() && selected_level(1, 2, 0.0).is_err());
}
