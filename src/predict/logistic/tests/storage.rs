//! A model that is read back scores with the same bits.

use super::*;

#[test]
fn a_model_comes_back_from_json_bit_by_bit() {
    for seed in 0..20 {
        let (values, labels, _) = sample(150, 100 + seed);
        let model = fit(&values, &labels, None, 1e-3).expect("a model");
        let json = serde_json::to_string(&model).expect("JSON");
        let back: LogisticModel = serde_json::from_str(&json).expect("a model");
        let bits = |m: &LogisticModel| -> Vec<u64> {
            let columns = m.columns().iter().flat_map(|c| [c.mean, c.sd, c.coefficient]);
            columns.chain([m.intercept(), m.l2()]).map(f64::to_bits).collect()
        };
        assert_eq!(bits(&back), bits(&model));
        assert_eq!(back, model);
        assert_eq!(serde_json::to_string(&back).expect("JSON"), json);
    }
}

#[test]
fn recalibrations_come_back_bit_by_bit() {
    for seed in 0..20 {
        let (values, labels, _) = sample(150, 200 + seed);
        let scores: Vec<f64> =
            values.column(2).iter().map(|v| 1.0 / (1.0 + f64::exp(-v))).collect();
        let line = LogitRecalibration::fit(&labels, &scores, None).expect("a line");
        let sigmoid = PlattSigmoid::fit(&labels, &scores, None).expect("a sigmoid");
        let steps = IsotonicCalibration::fit(&labels, &scores, None).expect("steps");
        let json = serde_json::to_string(&(&line, &sigmoid, &steps)).expect("JSON");
        let back: (LogitRecalibration, PlattSigmoid, IsotonicCalibration) =
            serde_json::from_str(&json).expect("the same");
        assert_eq!(back, (line, sigmoid, steps));
    }
}

#[test]
fn a_damaged_model_is_refused() {
    let (values, labels, _) = sample(150, 300);
    let model = fit(&values, &labels, None, 1e-3).expect("a model");
    let json = serde_json::to_value(&model).expect("JSON");
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        serde_json::from_value::<LogisticModel>(json).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|json| json["intercept"] = "NaN".into()));
    assert!(refused(|json| json["intercept"] = 0.5.into()));
    assert!(refused(|json| json["columns"][0]["sd"] = "-1".into()));
    assert!(refused(|json| json["columns"][0]["coefficient"] = "inf".into()));
    assert!(refused(|json| json["more"] = 1.into()));
    for steps in [
        r#"{"inputs":["1.0","0.5"],"outputs":["0.0","1.0"]}"#,
        r#"{"inputs":["0.5","1.0"],"outputs":["1.0","0.0"]}"#,
        r#"{"inputs":["0.5"],"outputs":[]}"#,
        r#"{"inputs":[],"outputs":[]}"#,
        r#"{"inputs":["0.5"],"outputs":["NaN"]}"#,
    ] {
        assert!(serde_json::from_str::<IsotonicCalibration>(steps).is_err(), "{steps}");
    }
}
