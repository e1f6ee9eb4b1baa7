//! 200 fixed rows, with numbers of scikit-learn 1.5 and of Newton's method in mpmath (40 digits).

use serde_json::Value;

use super::*;

struct Fixture {
    labels: Vec<bool>,
    p: Vec<f64>,
    weights: Vec<f64>,
    clv: Vec<f64>,
    want: Value,
}

fn numbers(json: &Value) -> Vec<f64> {
    json.as_array().expect("a list").iter().map(number).collect()
}

fn number(json: &Value) -> f64 {
    json.as_f64().expect("a number")
}

fn load() -> Fixture {
    let text = include_str!("../../../../tests/data/probability_measures.json");
    let want: Value = serde_json::from_str(text).expect("the file is JSON");
    Fixture {
        labels: numbers(&want["y"]).iter().map(|y| *y == 1.0).collect(),
        p: numbers(&want["p"]),
        weights: numbers(&want["w"]),
        clv: numbers(&want["clv"]),
        want,
    }
}

fn all_close(got: &[f64], want: &Value, tolerance: f64) {
    let want = numbers(want);
    assert_eq!(got.len(), want.len());
    got.iter().zip(&want).for_each(|(got, want)| close(*got, *want, tolerance));
}

#[test]
fn the_regression_agrees_with_forty_digits() {
    let f = load();
    let columns = [&f.p, &f.clv, &f.weights];
    let values = Array2::from_shape_fn((200, 3), |(row, column)| columns[column][row]);
    for (name, weights) in [("plain", None), ("weighted", Some(&f.weights[..])), ("free", None)] {
        let want = &f.want["high_precision"][format!("logistic_{name}")];
        let model = fit(&values, &f.labels, weights, number(&want["l2"])).expect("a model");
        close(model.intercept(), number(&want["intercept"]), 1e-14);
        all_close(&model.coefficients(), &want["coefficients"], 1e-14);
        let column = |value: fn(&ModelColumn) -> f64| -> Vec<f64> {
            model.columns().iter().map(value).collect()
        };
        all_close(&column(|c| c.mean), &want["mean"], 1e-14);
        all_close(&column(|c| c.sd), &want["sd"], 1e-14);
    }
}

#[test]
fn the_recalibration_of_logits_agrees() {
    let f = load();
    let line = LogitRecalibration::fit(&f.labels, &f.p, None).expect("a line");
    let want = &f.want["high_precision"]["cox"];
    close(line.slope(), number(&want["slope"]), 1e-13);
    close(line.intercept(), number(&want["intercept"]), 1e-13);
    close(line.slope_std_error(), number(&want["slope_se"]), 1e-13);
    close(line.intercept_std_error(), number(&want["intercept_se"]), 1e-13);
    let logit = line.intercept() + line.slope() * (0.2_f64 / 0.8).ln();
    close(line.recalibrate(0.2), 1.0 / (1.0 + (-logit).exp()), 1e-15);
    // Where it was fitted, the mean comes out right: the score equation of the intercept.
    let total: f64 = f.p.iter().map(|p| line.recalibrate(*p)).sum();
    close(total, 75.0, 1e-12);
}

#[test]
fn the_sigmoid_of_scores_agrees() {
    let f = load();
    let sigmoid = PlattSigmoid::fit(&f.labels, &f.p, None).expect("a sigmoid");
    let want = &f.want["high_precision"]["platt"];
    close(sigmoid.a(), number(&want["a"]), 1e-13);
    close(sigmoid.b(), number(&want["b"]), 1e-13);
    // scikit-learn stops a little before the optimum.
    let want = &f.want["platt_sklearn_sigmoid_on_p"];
    close(sigmoid.a(), number(&want["a"]), 1e-8);
    close(sigmoid.b(), number(&want["b"]), 1e-8);
    let first: Vec<f64> = f.p[..10].iter().map(|p| sigmoid.predict(*p)).collect();
    all_close(&first, &want["predict_first10"], 1e-8);
}

#[test]
fn isotonic_steps_agree() {
    let f = load();
    let steps = IsotonicCalibration::fit(&f.labels, &f.p, None).expect("steps");
    let want = &f.want["isotonic"];
    let (inputs, outputs) = steps.thresholds();
    all_close(inputs, &want["x_thresholds"], 0.0);
    all_close(outputs, &want["y_thresholds"], 1e-15);
    let predicted: Vec<f64> = f.p.iter().map(|p| steps.predict(*p)).collect();
    all_close(&predicted, &want["predict"], 1e-15);

    let steps = IsotonicCalibration::fit(&f.labels, &f.p, Some(&f.weights)).expect("steps");
    let want = &f.want["isotonic_weighted"];
    let (inputs, outputs) = steps.thresholds();
    all_close(inputs, &want["x_thresholds"], 0.0);
    all_close(outputs, &want["y_thresholds"], 1e-14);
}
