//! `tests/data/send_times.json`: numbers of statsmodels, scipy, astropy, pycircstat2 and R.

use serde_json::Value;

use super::super::concentration::{bessel_ratio, best_fisher, concentration};
use super::*;

fn file() -> Value {
    let text = include_str!("../../../../tests/data/send_times.json");
    serde_json::from_str(text).expect("valid JSON")
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn floats(value: &Value) -> Vec<f64> {
    rows(value).iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn bins(wave: &Value) -> Vec<HourBin> {
    let counts = floats(&wave["x"]).into_iter().zip(floats(&wave["n"]));
    let each = floats(&wave["hours"]).into_iter().zip(counts);
    each.map(|(hour, (x, n))| bin(hour, x as u64, n as u64)).collect()
}

#[test]
fn the_first_harmonic_agrees_with_statsmodels() {
    for wave in rows(&file()["waves"]) {
        let (read, want) = (read(&bins(wave), 1), &wave["first"]);
        let curve = read.curve.as_ref().expect("a curve");
        let coefficients = floats(&want["coef"]).into_iter().zip(floats(&want["se"]));
        for (got, (value, se)) in curve.coefficients.iter().zip(coefficients) {
            close(got.value, value, 1e-9);
            // statsmodels takes the weights of the step before its last.
            close(got.std_error, se, 1e-6);
        }
        let amplitude = curve.amplitude.as_ref().expect("one harmonic");
        close(amplitude.point, number(&want["amplitude_log_odds"]), 1e-9);
        close(amplitude.std_error.expect("an error"), number(&want["amplitude_se_delta"]), 1e-6);
        let peak = curve.peaks()[0];
        close(peak.hour, number(&want["peak_hour"]), 1e-9);
        close(peak.std_error, number(&want["peak_hour_se_delta"]), 1e-6);
        let flat = read.against_flat.expect("a test");
        close(flat.statistic, number(&want["lr_vs_flat"]), 1e-9);
        close(flat.p, number(&want["p"]), 1e-9);
        let lack = read.lack_of_fit.expect("a test");
        close(lack.statistic, number(&want["lack_of_fit_deviance"]), 1e-9);
        assert_eq!(u64::from(lack.df), want["lack_of_fit_dof"].as_u64().expect("df"));
        close(lack.p, number(&want["lack_of_fit_p"]), 1e-9);
        close(read.unordered.expect("a test").statistic, number(&wave["unordered"]), 1e-11);
        for (hour, fitted) in floats(&wave["hours"]).into_iter().zip(floats(&wave["fitted"])) {
            close(curve.rate(hour).point, fitted, 1e-10);
        }
    }
}

#[test]
fn two_harmonics_agree_with_statsmodels() {
    for wave in rows(&file()["waves"]).iter().filter(|wave| !wave["two"].is_null()) {
        let (read, want) = (read(&bins(wave), 2), &wave["two"]);
        let coefficients = floats(&want["coef"]).into_iter().zip(floats(&want["se"]));
        let curve = read.curve.as_ref().expect("a curve");
        for (got, (value, se)) in curve.coefficients.iter().zip(coefficients) {
            assert!((got.value - value).abs() < 1e-10, "{got:?} {value}");
            close(got.std_error, se, 1e-6);
        }
        let second = read.last_harmonic.expect("a test");
        close(second.statistic, number(&want["lr_second_vs_first"]), 1e-9);
        close(second.p, number(&want["p"]), 1e-9);
    }
}

#[test]
fn circular_summaries_agree_with_scipy_and_r() {
    for circle in rows(&file()["circles"]) {
        let hours = floats(&circle["hours"]);
        let got = CircularSummary::new(&hours, Level::DEFAULT).expect("hours");
        let want = |name: &str| number(&circle[name]);
        assert!((got.resultant - want("resultant")).abs() < 1e-12);
        close(got.rayleigh_p, want("rayleigh"), 1e-9);
        // R's series is another approximation.
        assert!((got.rayleigh_p - want("rayleigh_r")).abs() < 5e-3, "{got:?}");
        let Some(mean) = &got.mean_hour else {
            assert!(want("resultant") < 1e-6 && got.concentration < 1e-6);
            continue;
        };
        assert!(apart(mean.point, want("mean")) < 1e-9);
        close(got.std_deviation, want("deviation"), 1e-9);
        close(got.concentration, want("kappa"), 1e-8);
        // R's κ is Best and Fisher's approximation.
        close(best_fisher(got.resultant), want("kappa_r"), 1e-9);
        assert!((got.concentration_unbiased - want("unbiased_r")).abs() < 0.05, "{got:?}");
    }
}

#[test]
fn watson_williams_agrees_with_r() {
    let file = file();
    let mut tables = file.as_object().expect("tables").iter();
    let table = tables.find(|(name, _)| name.starts_with("groups:")).expect("groups").1;
    for row in rows(table) {
        let groups: Vec<Vec<f64>> = rows(&row[0]).iter().map(floats).collect();
        let test = watson_williams(&groups).expect("groups");
        close(test.f, number(&row[1]), 1e-9);
        assert_eq!(f64::from(test.df_between), number(&row[2]));
        assert_eq!(test.df_within, number(&row[3]));
        close(test.p, number(&row[4]), 1e-9);
    }
}

#[test]
fn the_bessel_ratio_agrees_with_tables() {
    // Abramowitz & Stegun, table 9.8: I₀(1) = 1.2660658778, I₁(1) = 0.5651591040.
    close(bessel_ratio(1.0), 0.565_159_103_992_485 / 1.266_065_877_752_008, 1e-14);
    close(bessel_ratio(500.0), bessel_ratio(500.0 + 1e-9), 1e-13);
    for kappa in [1e-9, 0.3, 5.0, 80.0, 499.0, 600.0, 1e6] {
        close(concentration(bessel_ratio(kappa)), kappa, 1e-7);
    }
    assert_eq!(concentration(0.0), 0.0);
    assert_eq!(concentration(1.0), f64::INFINITY);
}
