//! What holds whatever the numbers are.

use super::*;

/// The gradient of the mean penalised loss, written out anew.
fn gradient(
    model: &LogisticModel,
    values: &Array2<f64>,
    labels: &[bool],
    weights: Option<&[f64]>,
) -> Vec<f64> {
    let mut slopes = vec![0.0; values.ncols() + 1];
    let mut total = 0.0;
    for (r, row) in values.rows().into_iter().enumerate() {
        let weight = weights.map_or(1.0, |w| w[r]);
        let p = model.predict(&row.to_vec()).expect("a probability");
        let gap = weight * (p - f64::from(labels[r]));
        slopes[0] += gap;
        for (slope, (column, value)) in slopes[1..].iter_mut().zip(model.columns().iter().zip(row))
        {
            *slope += gap * (value - column.mean) / column.sd;
        }
        total += weight;
    }
    slopes.iter_mut().for_each(|slope| *slope /= total);
    for (slope, coefficient) in slopes[1..].iter_mut().zip(model.coefficients()) {
        *slope += model.l2() * coefficient;
    }
    slopes
}

#[test]
fn at_the_fit_every_slope_is_zero() {
    for (rows, l2) in [(37, 0.1), (5_000, 0.0), (9_001, 1e-4)] {
        let (values, labels, weights) = sample(rows, rows as u64);
        for weights in [None, Some(&weights[..])] {
            let model = fit(&values, &labels, weights, l2).expect("a model");
            for slope in gradient(&model, &values, &labels, weights) {
                assert!(slope.abs() < 1e-14, "{slope:e}");
            }
            assert!(model.iterations() <= 10, "{}", model.iterations());
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (values, labels, weights) = sample(30_011, 3);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let model = fit(&values, &labels, Some(&weights), 1e-3).expect("a model");
            let scores = model.predict_all(values.view()).expect("scores");
            (model, scores)
        })
    };
    let one = on(1);
    for threads in [2, 3, 7] {
        assert_eq!(on(threads), one);
    }
}

#[test]
fn units_of_columns_do_not_matter() {
    let (values, labels, _) = sample(2_000, 4);
    let mut other = values.clone();
    other.column_mut(0).mapv_inplace(|v| v / 1e9 - 17.0);
    other.column_mut(1).mapv_inplace(|v| -1e9 * v);
    let one = fit(&values, &labels, None, 0.01).expect("a model");
    let two = fit(&other, &labels, None, 0.01).expect("a model");
    let pairs = one.predict_all(values.view()).expect("scores");
    for (a, b) in pairs.iter().zip(two.predict_all(other.view()).expect("scores")) {
        close(*a, b, 1e-9);
    }
    close(one.coefficients()[1], -two.coefficients()[1], 1e-9);
}

#[test]
fn the_order_of_rows_matters_by_rounding_alone() {
    let (values, labels, _) = sample(6_000, 5);
    let order: Vec<usize> = (0..6_000).map(|row| row * 4_001 % 6_000).collect();
    let turned = Array2::from_shape_fn(values.dim(), |(r, c)| values[[order[r], c]]);
    let l: Vec<bool> = order.iter().map(|row| labels[*row]).collect();
    let one = fit(&values, &labels, None, 1e-3).expect("a model");
    let two = fit(&turned, &l, None, 1e-3).expect("a model");
    close(one.intercept(), two.intercept(), 1e-12);
    for (a, b) in one.coefficients().iter().zip(two.coefficients()) {
        close(*a, b, 1e-12);
    }
}

#[test]
fn whole_weights_are_repeated_rows_and_twice_the_rows_change_nothing() {
    let (values, labels, _) = sample(300, 6);
    let weights: Vec<f64> = (0..300).map(|row| f64::from(row % 3)).collect();
    let rows: Vec<usize> =
        (0..300).flat_map(|row: usize| std::iter::repeat_n(row, row % 3)).collect();
    let repeated = Array2::from_shape_fn((rows.len(), 4), |(r, c)| values[[rows[r], c]]);
    let l: Vec<bool> = rows.iter().map(|row| labels[*row]).collect();
    let one = fit(&values, &labels, Some(&weights), 0.02).expect("a model");
    let two = fit(&repeated, &l, None, 0.02).expect("a model");
    let doubled: Vec<f64> = weights.iter().map(|w| 2.0 * w).collect();
    let three = fit(&values, &labels, Some(&doubled), 0.02).expect("a model");
    for ((a, b), c) in one.coefficients().iter().zip(two.coefficients()).zip(three.coefficients()) {
        close(*a, b, 1e-12);
        close(*a, c, 1e-13);
    }
    let columns = |weights, values: &Array2<f64>, labels: &[bool]| {
        let scores = values.column(2).to_vec();
        (
            PlattSigmoid::fit(labels, &scores, weights).expect("a sigmoid"),
            IsotonicCalibration::fit(labels, &scores, weights).expect("steps"),
        )
    };
    let (one, two) = (columns(Some(&weights), &values, &labels), columns(None, &repeated, &l));
    close(one.0.a(), two.0.a(), 1e-12);
    assert_eq!(one.1, two.1);
}

#[test]
fn a_larger_penalty_means_smaller_coefficients() {
    let (values, labels, _) = sample(1_500, 7);
    let mut before = f64::INFINITY;
    for l2 in [0.0, 1e-4, 1e-2, 0.1, 1.0, 100.0] {
        let model = fit(&values, &labels, None, l2).expect("a model");
        let size: f64 = model.coefficients().iter().map(|b| b * b).sum();
        assert!(size < before, "{size} at {l2}");
        before = size;
    }
    assert!(before < 1e-4);
}

#[test]
fn reasons_add_up_to_the_logit() {
    let (values, labels, _) = sample(800, 8);
    let model = fit(&values, &labels, None, 1e-3).expect("a model");
    let scores = model.predict_all(values.view()).expect("scores");
    for (row, score) in values.rows().into_iter().zip(scores) {
        let row = row.to_vec();
        let reasons = model.contributions(&row).expect("reasons");
        let logit = model.logit(&row).expect("a logit");
        close(model.intercept() + reasons.iter().sum::<f64>(), logit, 1e-15);
        assert_eq!(model.predict(&row).expect("a probability"), score);
        for (reason, (column, value)) in reasons.iter().zip(model.columns().iter().zip(&row)) {
            close(*reason, column.coefficient * (value - column.mean) / column.sd, 1e-15);
        }
    }
    // Columns of another memory order score alike.
    let turned = values.t().as_standard_layout().into_owned();
    assert_eq!(
        model.predict_all(turned.t()).expect("a"),
        model.predict_all(values.view()).expect("b")
    );
}

#[test]
fn isotonic_steps_are_the_best_rising_ones() {
    let (values, labels, weights) = sample(60, 9);
    let scores: Vec<f64> = values.column(2).iter().map(|v| (v * 8.0).round()).collect();
    let steps = IsotonicCalibration::fit(&labels, &scores, Some(&weights)).expect("steps");
    let mut levels = scores.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let mean = |low: f64, high: f64| {
        let rows = (0..60).filter(|r| (low..=high).contains(&scores[*r]));
        let (events, all) = rows.fold((0.0, 0.0), |(events, all), r| {
            (events + weights[r] * f64::from(labels[r]), all + weights[r])
        });
        events / all
    };
    // The best rising function is the largest over starts of the smallest mean over ends.
    for (k, level) in levels.iter().enumerate() {
        let least = |low: &f64| {
            levels[k..].iter().map(|high| mean(*low, *high)).fold(f64::INFINITY, f64::min)
        };
        let want = levels[..=k].iter().map(least).fold(f64::NEG_INFINITY, f64::max);
        close(steps.predict(*level), want, 1e-14);
    }
}
