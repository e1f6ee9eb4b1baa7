//! Pooling against metafor and statsmodels.

use super::*;

#[test]
fn the_variance_between_segments_agrees_with_metafor() {
    for case in reference("meta") {
        let effects = effects(&case);
        let tau = |method| tau_squared(&effects, method);
        close(tau(TauMethod::DerSimonianLaird), number(&case["DL"]["tau2"]), 1e-12);
        near(tau(TauMethod::PauleMandel), number(&case["PM"]["tau2"]), 1e-9);
        near(tau(TauMethod::Reml), number(&case["REML"]["tau2"]), 1e-6);
        near(tau(TauMethod::MaximumLikelihood), number(&case["ML"]["tau2"]), 1e-6);
    }
}

#[test]
fn cochrans_q_agrees_with_metafor() {
    for case in reference("meta") {
        let (q, want) = (cochran_q(&effects(&case)).expect("two segments"), &case["FE"]);
        close(q.q, number(&want["q"]), 1e-12);
        near(q.p, number(&want["q_p"]), 1e-9);
        close(q.i_squared * 100.0, number(&want["i2_percent"]).max(0.0), 1e-10);
        close(q.h_squared.max(1.0), number(&want["h2"]).max(1.0), 1e-12);
    }
}

#[test]
fn pooled_effects_agree_with_metafor() {
    for case in reference("meta") {
        let effects = effects(&case);
        for (name, method) in [
            ("DL", TauMethod::DerSimonianLaird),
            ("REML", TauMethod::Reml),
            ("PM", TauMethod::PauleMandel),
        ] {
            let got = pooled(&effects, method, Level::DEFAULT).expect("two segments");
            let tolerance = if name == "DL" { 1e-9 } else { 1e-6 };
            estimate(&got.wald, &case[name], tolerance);
            estimate(&got.hartung_knapp, &case[format!("{name}_knapp_hartung")], tolerance);
            estimate(&got.fixed, &case["FE"], 1e-9);
            // metafor's interval for a further segment has other quantiles, so its width is
            // compared by its standard error.
            let want = numbers(&case[name]["prediction_interval"]);
            if let Some(prediction) = got.prediction {
                let half = (want[1] - want[0]) / 2.0;
                let z = Level::DEFAULT.normal_critical();
                close(prediction.std_error.expect("one"), half / z, tolerance);
                let t = Level::DEFAULT.student_critical((effects.len() - 2) as f64);
                close((prediction.high - prediction.low) / 2.0, half / z * t, tolerance);
            }
        }
    }
}

fn estimate(got: &crate::estimate::Estimate, want: &Value, tolerance: f64) {
    close(got.point, number(&want["estimate"]), tolerance);
    close(got.std_error.expect("one"), number(&want["se"]), tolerance);
    let ci = numbers(&want["ci"]);
    close(got.low, ci[0], tolerance);
    close(got.high, ci[1], tolerance);
}

#[test]
fn pooled_effects_agree_with_statsmodels() {
    let mut compared = 0;
    for case in reference("meta") {
        let effects = effects(&case);
        for (name, method, tolerance) in [
            ("dl_t", TauMethod::DerSimonianLaird, 1e-9),
            // Its Paule-Mandel iteration stops early.
            ("iterated_t", TauMethod::PauleMandel, 2e-5),
        ] {
            let want = &case["sm"][name];
            // It does not truncate τ² at 0.
            if want.is_null() || number(&want["tau2"]) < 0.0 {
                continue;
            }
            let got = pooled(&effects, method, Level::DEFAULT).expect("two segments");
            near(got.tau_squared, number(&want["tau2"]), tolerance);
            close(got.fixed.point, number(&want["mean_fe"]), 1e-12);
            close(got.wald.point, number(&want["mean_re"]), tolerance);
            close(got.wald.std_error.expect("one"), number(&want["sd_re"]), tolerance);
            let knapp = &got.hartung_knapp;
            close(knapp.std_error.expect("one"), number(&want["sd_re_hksj"]), tolerance);
            let ci = numbers(&want["hk"]);
            close(knapp.low, ci[0], tolerance);
            close(knapp.high, ci[1], tolerance);
            compared += 1;
        }
    }
    assert!(compared >= 7, "only {compared} compared");
}

#[test]
fn predictions_of_segments_agree_with_metafor() {
    for case in reference("meta") {
        let effects = effects(&case);
        for (name, method) in [("DL", TauMethod::DerSimonianLaird), ("REML", TauMethod::Reml)] {
            let spread = tau_squared(&effects, method);
            let got = shrink(&effects, spread, Level::DEFAULT).expect("two segments");
            let (points, errors) = (numbers(&case[name]["blup"]), numbers(&case[name]["blup_se"]));
            for (got, (point, error)) in got.iter().zip(points.iter().zip(&errors)) {
                close(got.normal.point, *point, 1e-6);
                close(got.normal.std_error.expect("one"), *error, 1e-6);
            }
        }
    }
}

#[test]
fn differences_of_rates_have_the_published_q() {
    for case in reference("tables") {
        let want = &case["q"];
        let effects = effects(want);
        let q = cochran_q(&effects).expect("two segments");
        near(q.q, number(&want["q"]), 1e-9);
        near(q.p, number(&want["p"]), 1e-9);
        close(q.i_squared, number(&want["i2"]), 1e-9);
        let pooled = pooled(&effects, TauMethod::Reml, Level::DEFAULT).expect("two segments");
        near(pooled.fixed.point, number(&want["fixed_effect"]), 1e-9);
        let of_rates = SegmentEffects::of_rates(&segments(&case)).expect("rates that vary");
        for (one, effect) in of_rates.all().iter().zip(numbers(&want["effects"])) {
            close(one.effect, effect, 1e-14);
        }
    }
}
