//! Small cases worked by hand, data without a best model, and input that cannot be used.

use super::*;

#[test]
fn a_table_of_two_by_two_has_its_log_odds() {
    // x = 0: 1 of 4; x = 1: 6 of 8.
    let counts = [(0.0, false, 3), (0.0, true, 1), (1.0, false, 2), (1.0, true, 6)];
    let rows: Vec<(f64, bool)> =
        counts.iter().flat_map(|(x, label, n)| std::iter::repeat_n((*x, *label), *n)).collect();
    let values = Array2::from_shape_fn((12, 1), |(r, _)| rows[r].0);
    let labels: Vec<bool> = rows.iter().map(|row| row.1).collect();
    let model = fit(&values, &labels, None, 0.0).expect("a model");
    let column = &model.columns()[0];
    close(column.coefficient / column.sd, 9.0_f64.ln(), 1e-13);
    close(model.predict(&[0.0]).expect("p"), 0.25, 1e-14);
    close(model.predict(&[1.0]).expect("p"), 0.75, 1e-14);
    let scores: Vec<f64> = rows.iter().map(|row| row.0 * 0.4 + 0.3).collect();
    let line = LogitRecalibration::fit(&labels, &scores, None).expect("a line");
    close(line.recalibrate(0.3), 0.25, 1e-13);
    // The variance of a log odds ratio is Σ 1/n.
    let width = (0.7_f64 / 0.3).ln() * 2.0;
    let want = (1.0 / 3.0 + 1.0 + 0.5 + 1.0 / 6.0_f64).sqrt() / width;
    close(line.slope_std_error(), want, 1e-12);
}

#[test]
fn without_columns_the_model_is_the_share() {
    let values = Array2::zeros((4, 0));
    let model = fit(&values, &[true, false, false, false], None, 0.0).expect("a model");
    close(model.predict(&[]).expect("p"), 0.25, 1e-15);
}

#[test]
fn constant_columns_say_nothing() {
    let (mut values, labels, _) = sample(400, 21);
    let without = fit(&values.slice(ndarray::s![.., 1..]).to_owned(), &labels, None, 0.0);
    values.column_mut(0).fill(0.1);
    let model = fit(&values, &labels, None, 0.0).expect("a model");
    assert_eq!((model.columns()[0].sd, model.coefficients()[0]), (0.0, 0.0));
    assert_eq!(model.coefficients()[1..], without.expect("a model").coefficients());
    let mut row = values.row(0).to_vec();
    row[0] = 1e9;
    assert_eq!(model.contributions(&row).expect("reasons")[0], 0.0);
    // Constant but for rounding, and constant where there is weight.
    values.column_mut(0).iter_mut().enumerate().for_each(|(r, v)| *v = 1e9 + 1e-7 * (r % 2) as f64);
    assert_eq!(fit(&values, &labels, None, 0.0).expect("a model").coefficients()[0], 0.0);
    values.column_mut(0).iter_mut().enumerate().for_each(|(r, v)| *v = f64::from(r == 0) * 1e300);
    let mut weights = vec![1.0; 400];
    weights[0] = 0.0;
    let model = fit(&values, &labels, Some(&weights), 0.0).expect("a model");
    assert_eq!(model.coefficients()[0], 0.0);
}

#[test]
fn collinear_columns_share_under_a_penalty_and_are_refused_without() {
    let (base, labels, _) = sample(500, 22);
    let x = base.column(2).to_vec();
    let values = Array2::from_shape_fn((500, 3), |(r, c)| match c {
        0 => x[r],
        1 => base[[r, 3]],
        _ => 5.0 - 2.0 * x[r],
    });
    let model = fit(&values, &labels, None, 1e-4).expect("a model");
    close(model.coefficients()[0], -model.coefficients()[2], 1e-9);
    let error = fit(&values, &labels, None, 0.0).expect_err("no single best model");
    assert_eq!(error.place().column.as_deref(), Some("c2"));
    assert!(error.hint_text().expect("a hint").contains("l2"));
}

#[test]
fn separated_classes_need_a_penalty() {
    let labels = [false, false, false, true, true, true];
    let complete = table(&[&[1.0], &[2.0], &[3.0], &[4.0], &[5.0], &[6.0]]);
    let touching = table(&[&[1.0], &[2.0], &[3.0], &[3.0], &[5.0], &[6.0]]);
    // One value only ever goes with one label; the other column does not separate.
    let rows: [&[f64]; 6] =
        [&[0.0, 1.0], &[0.0, 5.0], &[0.0, 2.0], &[0.0, 3.0], &[0.0, 1.5], &[1.0, 4.0]];
    for values in [complete, touching, table(&rows)] {
        let error = fit(&values, &labels, None, 0.0).expect_err("no best model");
        assert!(error.to_string().contains("separate"), "{error}");
        for l2 in [1e-8, 1e-4, 1.0] {
            let model = fit(&values, &labels, None, l2).expect("a model");
            let right = |(r, row): (usize, ndarray::ArrayView1<'_, f64>)| {
                (model.predict(&row.to_vec()).expect("p") > 0.5) == labels[r]
            };
            assert!(values.rows().into_iter().enumerate().filter(|x| right(*x)).count() >= 4);
        }
    }
    let p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    assert!(LogitRecalibration::fit(&labels, &p, None).is_err());
    let sigmoid = PlattSigmoid::fit(&labels, &p, None).expect("smoothed targets");
    assert!(sigmoid.predict(0.1) < 0.5 && sigmoid.predict(0.6) > 0.5 && sigmoid.a().is_finite());
}

#[test]
fn a_penalty_too_small_to_help_is_an_error_or_a_finite_model() {
    let (base, labels, _) = sample(400, 26);
    let twins = Array2::from_shape_fn((400, 2), |(r, c)| base[[r, 2]] * (c as f64 + 1.0));
    let apart: Vec<bool> = base.column(2).iter().map(|v| *v > 0.1).collect();
    for l2 in [1e-6, 1e-9, 1e-12, 1e-14, 1e-16, 1e-300] {
        for labels in [&labels, &apart] {
            match fit(&twins, labels, None, l2) {
                Ok(model) => assert!(model.coefficients().iter().all(|b| b.is_finite())),
                Err(error) => assert!(error.hint_text().expect("a hint").contains("l2"), "{error}"),
            }
        }
    }
    assert!(fit(&twins, &labels, None, 1e-9).is_ok() && fit(&twins, &apart, None, 1e-9).is_ok());
}

#[test]
fn values_of_any_size_are_fitted() {
    let (mut values, labels, _) = sample(700, 23);
    let plain = fit(&values, &labels, None, 0.01).expect("a model");
    values.column_mut(0).mapv_inplace(|v| v * 1e200);
    values.column_mut(1).mapv_inplace(|v| v * 1e-200);
    let model = fit(&values, &labels, None, 0.01).expect("a model");
    for (a, b) in plain.coefficients().iter().zip(model.coefficients()) {
        close(*a, b, 1e-10);
    }
    // One wild value among many.
    values[[0, 3]] = 1e12;
    assert!(fit(&values, &labels, None, 1e-6).expect("a model").intercept().is_finite());
    let far = [1e308, -1e308, 0.0, 0.0];
    assert!(model.logit(&far).is_err() || model.logit(&far).is_ok_and(|l| !l.is_nan()));
}

#[test]
fn a_rare_class_and_lopsided_weights_are_fitted() {
    let (values, _, _) = sample(20_000, 24);
    let labels: Vec<bool> = (0..20_000).map(|row| row % 9_000 == 7).collect();
    let model = fit(&values, &labels, None, 1e-6).expect("a model");
    let total: f64 = model.predict_all(values.view()).expect("scores").iter().sum();
    close(total, 3.0, 1e-9);
    let weights: Vec<f64> = (0..20_000).map(|row| if row % 2 == 0 { 1e-9 } else { 1e6 }).collect();
    fit(&values, &labels, Some(&weights), 1e-6).expect("a model");
}

#[test]
fn input_that_cannot_be_used_is_named() {
    let values = table(&[&[1.0, 2.0], &[3.0, 4.0]]);
    let message = |values: &Array2<f64>, labels: &[bool], weights: Option<&[f64]>| {
        fit(values, labels, weights, 0.1).expect_err("unusable").to_string()
    };
    let one_class = message(&values, &[true, true], None);
    assert_eq!(one_class, "all 2 rows are positive; a model needs both classes");
    assert!(message(&values, &[true, false], Some(&[0.0, 1.0])).contains("negative"));
    assert!(message(&Array2::zeros((0, 2)), &[], None).contains("no rows"));
    let mut holed = values.clone();
    holed[[1, 1]] = f64::NAN;
    let holed = message(&holed, &[true, false], None);
    assert_eq!(holed, "row 1 has no finite number in column `c1`: \"NaN\"");
    assert!(message(&values, &[true], None).contains("labels"));
    assert!(message(&values, &[true, false], Some(&[1.0])).contains("weights"));
    assert!(message(&values, &[true, false], Some(&[1.0, -1.0])).contains("weight"));
    let model = fit(&values, &[true, false], None, 0.1).expect("a model");
    assert!(model.predict(&[1.0]).is_err());
    assert!(model.predict_all(values.slice(ndarray::s![.., ..1])).is_err());
    let error = model.predict(&[1.0, f64::INFINITY]).expect_err("no number");
    assert_eq!(error.place().column.as_deref(), Some("c1"));
    for l2 in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(LogisticParams::with_l2(l2).check().is_err());
    }
    assert!(LogisticParams { max_iterations: 0, ..Default::default() }.check().is_err());
    assert!(LogisticParams { tolerance: 0.0, ..Default::default() }.check().is_err());
    let (values, labels, _) = sample(100, 25);
    let names = names(4);
    let design = Design::new(&names, values.view(), &labels, None).expect("a design");
    let hasty = LogisticParams { max_iterations: 1, ..Default::default() };
    assert!(hasty.check().expect("valid").fit(&design).is_err());
}

#[test]
fn recalibrations_refuse_what_they_cannot_use() {
    let labels = [true, false, true];
    for p in [&[0.1, 0.2, 1.2][..], &[0.1, f64::NAN, 0.3], &[0.1, 0.2], &[0.4, 0.4, 0.4]] {
        assert!(LogitRecalibration::fit(&labels, p, None).is_err());
    }
    for scores in [&[0.1, f64::INFINITY, 0.2][..], &[0.1], &[7.0, 7.0, 7.0]] {
        assert!(PlattSigmoid::fit(&labels, scores, None).is_err());
    }
    for one_class in [&[true; 3][..], &[]] {
        let p = &[0.1, 0.2, 0.3][..one_class.len()];
        assert!(LogitRecalibration::fit(one_class, p, None).is_err());
        assert!(PlattSigmoid::fit(one_class, p, None).is_err());
        assert!(IsotonicCalibration::fit(one_class, p, None).is_err());
    }
    assert!(IsotonicCalibration::fit(&labels, &[0.1, f64::NAN, 0.3], None).is_err());
    assert!(IsotonicCalibration::fit(&labels, &[0.1, 0.2], None).is_err());
    let level = IsotonicCalibration::fit(&labels, &[0.5; 3], None).expect("one level");
    close(level.predict(0.9), 2.0 / 3.0, 1e-15);
    assert!(level.predict(f64::NAN).is_nan());
    // Probabilities of exactly 0 and 1 are clipped, not infinite.
    let (labels, p) = ([false, true, true, false, true], [0.0, 0.3, 1.0, 1.0, 0.0]);
    let line = LogitRecalibration::fit(&labels, &p, None).expect("a line");
    assert!(line.recalibrate(0.0).is_finite() && line.recalibrate(1.0).is_finite());
}

#[test]
fn isotonic_steps_by_hand() {
    // 0, 1, 0, 1 at 1, 2, 3, 4: the middle pair is pooled.
    let labels = [false, true, false, true];
    let steps = IsotonicCalibration::fit(&labels, &[1.0, 2.0, 3.0, 4.0], None).expect("steps");
    assert_eq!(steps.thresholds(), (&[1.0, 2.0, 3.0, 4.0][..], &[0.0, 0.5, 0.5, 1.0][..]));
    let predicted = [0.0, 1.5, 2.5, 3.25, 9.0].map(|score| steps.predict(score));
    assert_eq!(predicted, [0.0, 0.25, 0.5, 0.625, 1.0]);
    // Falling scores are pooled into one.
    let falling = IsotonicCalibration::fit(&labels, &[4.0, 3.0, 2.0, 1.0], None).expect("steps");
    assert_eq!(falling.thresholds(), (&[1.0, 4.0][..], &[0.5, 0.5][..]));
}
