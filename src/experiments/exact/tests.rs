//! Exact tests against scipy and R.

use serde_json::Value;

use super::*;
use crate::experiments::{Counts, Level};

/// Numbers of scipy 1.17 and R 4.2.2.
const TRUTH: &str = include_str!("../../../tests/data/experiment_tests.json");

/// Rows of numbers; infinite where the text says so, NaN where there is none.
fn rows(name: &str) -> Vec<Vec<f64>> {
    let truth: Value = serde_json::from_str(TRUTH).expect("JSON");
    let number = |v: &Value| match v.as_str() {
        Some(_) => f64::INFINITY,
        None => v.as_f64().unwrap_or(f64::NAN),
    };
    let row = |row: &Value| row.as_array().expect("a row").iter().map(number).collect();
    truth[name].as_array().expect("rows").iter().map(row).collect()
}

fn counts(n: f64, successes: f64) -> Counts {
    Counts::new(n as u64, successes as u64).expect("a table")
}

fn close(what: &str, got: f64, want: f64, relative: f64) {
    let is_close = got == want || (got - want).abs() <= relative * want.abs();
    assert!(is_close, "{what}: got {got}, want {want}");
}

#[test]
fn fisher_agrees_with_scipy() {
    for row in rows("exact") {
        let (control, treatment) = (counts(row[1], row[0]), counts(row[3], row[2]));
        let test = fisher(&control, &treatment, Level::DEFAULT).expect("a test");
        close("two-sided", test.p, row[4], 1e-9);
        close("greater", test.p_greater, row[5], 1e-9);
        close("less", test.p_less, row[6], 1e-9);
        close("mid-p", test.mid_p, row[7], 1e-9);
        match test.odds_ratio {
            None => assert!(row[8].is_nan()),
            Some(odds) => {
                // scipy's root finder stops at a millionth.
                close("odds ratio", odds.point, row[8], 1e-7);
                close("low", odds.low, row[9], 1e-6);
                close("high", odds.high, row[10], 1e-6);
            }
        }
    }
}

#[test]
fn unconditional_tests_agree_with_scipy() {
    for row in rows("exact") {
        let (control, treatment) = (counts(row[1], row[0]), counts(row[3], row[2]));
        let (boschloo, barnard) = (
            boschloo(&control, &treatment).expect("a test"),
            barnard(&control, &treatment).expect("a test"),
        );
        assert!((boschloo.p - row[11]).abs() <= 2e-3, "{} {}", boschloo.p, row[11]);
        assert!((barnard.p - row[12]).abs() <= 2e-3, "{} {}", barnard.p, row[12]);
        // The largest value found is never below the other program's.
        assert!(boschloo.p > row[11] - 1e-9 && barnard.p > row[12] - 1e-9);
    }
}

#[test]
fn fisher_agrees_with_r() {
    for row in rows("fisher_r") {
        let (control, treatment) = (counts(row[1], row[0]), counts(row[3], row[2]));
        let test = fisher(&control, &treatment, Level::DEFAULT).expect("a test");
        close("p", test.p, row[4], 1e-9);
        if let Some(odds) = test.odds_ratio {
            // R's root finder stops at a hundredth in the tails, on the odds or on their inverse.
            close("odds ratio", odds.point, row[5], 2e-4);
            close("low", odds.low, row[6], 1e-3);
            close("high", odds.high, row[7], 1e-2);
        }
    }
}

#[test]
fn intervals_of_one_rate_agree_with_statsmodels() {
    for row in rows("rate") {
        let one = counts(row[1], row[0]);
        let level = Level::new(1.0 - row[2]).expect("a level");
        let exact = binomial_interval(&one, level).expect("trials");
        close("low", exact.low, row[5], 1e-8);
        close("high", exact.high, row[6], 1e-8);
        let jeffreys = jeffreys_interval(&one, level).expect("trials");
        if row[0] > 0.0 && row[0] < row[1] {
            close("jeffreys low", jeffreys.low, row[7], 1e-8);
            close("jeffreys high", jeffreys.high, row[8], 1e-8);
        }
    }
}

#[test]
fn a_division_that_is_counted_out() {
    // By hand: of the ten divisions of three among three, 3 × 1/27 have one arm with all.
    let shares = [1.0 / 3.0; 3];
    let p = |counts: [u64; 3]| multinomial(&counts, &shares).expect("few divisions");
    close("all in one", p([3, 0, 0]), 3.0 / 27.0, 1e-12);
    close("two and one", p([2, 1, 0]), 21.0 / 27.0, 1e-12);
    close("even", p([1, 1, 1]), 1.0, 1e-12);
    // Two arms are the binomial test.
    for (a, b, share) in [(3, 9, 0.5), (40, 22, 0.7), (0, 12, 0.1)] {
        let two = multinomial(&[a, b], &[share, 1.0 - share]).expect("few divisions");
        close("two arms", two, binomial_two_sided(a, a + b, share), 1e-10);
    }
    assert_eq!(multinomial(&[500_000, 1, 1], &shares), None);
    assert_eq!(multinomial(&[1, 1, 1, 900], &[0.25; 4]), None);
}

#[test]
fn exact_tests_hold_their_level() {
    // All tables of 9 and 7 at some rates: what is rejected at 5 % has at most that chance.
    let ln_choose =
        |n: u64, k: u64| (1..=k).map(|j| ((n - k + j) as f64 / j as f64).ln()).sum::<f64>();
    let chance =
        |n, k, p: f64| (ln_choose(n, k) + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p()).exp();
    let mut rejected = [[0.0; 3]; 4];
    for xc in 0..=9 {
        for xt in 0..=7 {
            let (control, treatment) = (counts(9.0, xc as f64), counts(7.0, xt as f64));
            let p = [
                fisher(&control, &treatment, Level::DEFAULT).expect("a test").p,
                boschloo(&control, &treatment).expect("a test").p,
                barnard(&control, &treatment).expect("a test").p,
            ];
            for (place, rate) in [0.1, 0.3, 0.5, 0.85].into_iter().enumerate() {
                for (test, p) in p.into_iter().enumerate() {
                    if p <= 0.05 {
                        rejected[place][test] += chance(9, xc, rate) * chance(7, xt, rate);
                    }
                }
            }
        }
    }
    assert!(rejected.iter().flatten().all(|level| *level <= 0.05), "{rejected:?}");
}

#[test]
fn too_many_or_no_trials_are_refused() {
    let (none, many) = (counts(0.0, 0.0), counts(2e6, 5.0));
    for (a, b) in [(none, many), (many, many), (many, none)] {
        assert!(fisher(&a, &b, Level::DEFAULT).is_err());
        assert!(boschloo(&a, &b).is_err() && barnard(&a, &b).is_err());
    }
}
