//! Soft membership held against its own equations, by hand, and against what cannot be fitted.

use microseg::segments::mixture::{Mixture, MixtureParams};
use ndarray::{Array2, Axis, array};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

fn names(n: usize) -> Vec<String> {
    (0..n).map(|column| format!("column {column}")).collect()
}

fn fit(matrix: &Array2<f32>, k: usize) -> Result<Mixture, String> {
    let params = MixtureParams { tolerance: 1e-7, ..MixtureParams::new(k, 3) };
    let found = params.check().and_then(|p| p.fit(matrix.view(), &names(matrix.ncols())));
    found.map_err(|e| format!("{e}; {}", e.hint_text().unwrap_or_default()))
}

/// Two overlapping heaps: one round, with a third of the rows; one long and tilted.
fn heaps(rows: usize) -> Array2<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let mut matrix = Array2::<f32>::zeros((rows, 2));
    for (number, mut row) in matrix.rows_mut().into_iter().enumerate() {
        let (a, b) = (normal(), normal());
        let point = if number % 3 == 0 { [a, b] } else { [4.0 + 2.0 * a, 3.0 + 1.5 * a + 0.5 * b] };
        row[0] = point[0] as f32;
        row[1] = point[1] as f32;
    }
    matrix
}

#[test]
fn planted_heaps_are_found_with_their_shares() {
    let matrix = heaps(9_000);
    let found = fit(&matrix, 2).unwrap();
    let round = usize::from(found.weights[0] > found.weights[1]);
    assert!((found.weights[round] - 1.0 / 3.0).abs() < 0.02, "{}", found.weights);
    let away = &found.means.row(round) - &array![0.0, 0.0];
    assert!(away.iter().all(|v| v.abs() < 0.08), "{away}");
    let away = &found.means.row(1 - round) - &array![4.0, 3.0];
    assert!(away.iter().all(|v| v.abs() < 0.12), "{away}");
    // Bayes' rule with the planted densities: N(0, I), and N((4, 3), [4 3; 3 2.5]), determinant 1.
    let agree = matrix.rows().into_iter().zip(&found.labels).filter(|(row, label)| {
        let (x, y) = (f64::from(row[0]), f64::from(row[1]));
        let (u, v) = (x - 4.0, y - 3.0);
        let ours = -(x * x + y * y) / 2.0;
        let other = 2.0_f64.ln() - (2.5 * u * u - 6.0 * u * v + 4.0 * v * v) / 2.0;
        (ours > other) == (**label == round)
    });
    assert!(agree.count() > 8_950);
}

/// Where steps have settled, shares and means are those of the probabilities.
#[test]
fn probabilities_shares_and_means_agree_with_each_other() {
    let matrix = heaps(6_000);
    let found = fit(&matrix, 2).unwrap();
    for row in found.probabilities.rows() {
        assert!((row.sum() - 1.0).abs() < 1e-12 && row.iter().all(|p| (0.0..=1.0).contains(p)));
    }
    let sums = found.probabilities.sum_axis(Axis(0));
    let means = found.probabilities.t().dot(&matrix.mapv(f64::from));
    for cluster in 0..2 {
        assert!((sums[cluster] / 6_000.0 - found.weights[cluster]).abs() < 1e-3);
        let mean = &means.row(cluster) / sums[cluster];
        assert!((&mean - &found.means.row(cluster)).iter().all(|v| v.abs() < 2e-2), "{mean}");
    }
    let most = |row: ndarray::ArrayView1<'_, f64>| usize::from(row[1] > row[0]);
    let labels: Vec<usize> = found.probabilities.rows().into_iter().map(most).collect();
    assert_eq!(found.labels, labels);
}

/// One component is the normal distribution with the rows' mean and covariance: the mean logarithm
/// of its density is -(d/2)(ln 2π + 1) - (1/2) ln det, whatever the rows are.
#[test]
fn one_component_has_the_likelihood_of_the_textbook() {
    let matrix = heaps(3_000);
    let found = fit(&matrix, 1).unwrap();
    let wide = matrix.mapv(f64::from);
    let mean = wide.mean_axis(Axis(0)).unwrap();
    assert!((&found.means.row(0) - &mean).iter().all(|v| v.abs() < 1e-9));
    let away = &wide - &mean;
    let covariance = away.t().dot(&away) / 3_000.0;
    let determinant = covariance[[0, 0]] * covariance[[1, 1]] - covariance[[0, 1]].powi(2);
    let expected = -(std::f64::consts::TAU.ln() + 1.0) - determinant.ln() / 2.0;
    assert!((found.log_likelihood - expected).abs() < 1e-4, "{} {expected}", found.log_likelihood);
    assert_eq!(found.probabilities, Array2::from_elem((3_000, 1), 1.0));
}

#[test]
fn units_change_no_membership() {
    let matrix = heaps(3_000);
    let mut other = matrix.clone();
    other.column_mut(1).mapv_inplace(|v| v * 1024.0);
    let (found, other) = (fit(&matrix, 2).unwrap(), fit(&other, 2).unwrap());
    assert_eq!(found.labels, other.labels);
    let away = &found.probabilities - &other.probabilities;
    assert!(away.iter().all(|v| v.abs() < 1e-9));
    let scale = f64::from(1024_u16).ln();
    assert!((found.log_likelihood - other.log_likelihood - scale).abs() < 1e-9);
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_threads() {
    let matrix = heaps(25_000);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&matrix, 3).unwrap())
    };
    let one = on(1);
    assert_eq!(one.fitted_rows, 20_000);
    assert_eq!(one.labels.len(), 25_000);
    assert!(one == on(2) && one == on(1));
}

#[test]
fn a_singular_covariance_is_named_with_what_to_do() {
    let says = |matrix: &Array2<f32>, k: usize, words: &[&str]| {
        let message = fit(matrix, k).map(|_| ()).unwrap_err();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    let mut correlated = Array2::zeros((600, 3));
    correlated.slice_mut(ndarray::s![.., ..2]).assign(&heaps(600));
    let sum = &correlated.column(0) + &correlated.column(1);
    correlated.column_mut(2).assign(&sum);
    says(&correlated, 2, &["is singular", "column 2", "k-means"]);
    let mut constant = heaps(600);
    constant.column_mut(1).fill(4.0);
    says(&constant, 2, &["is singular", "column 1", "hardly vary"]);
    says(&heaps(6), 6, &["singular"]);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let says = |found: Result<Mixture, String>, word: &str| {
        let message = found.map(|_| ()).unwrap_err();
        assert!(message.contains(word), "{message}");
    };
    says(fit(&array![[1.0], [f32::NAN]], 1), "not a finite");
    says(fit(&array![[1.0], [1.0], [1.0]], 2), "only 1 different");
    says(fit(&Array2::zeros((0, 2)), 1), "only 0 different");
    says(fit(&Array2::zeros((3, 0)), 1), "no feature");
    says(fit(&heaps(50), 0), "k == 0");
    let mut far = heaps(2_000);
    far[[7, 0]] = 1e6;
    match fit(&far, 2) {
        Ok(found) => assert!(found.probabilities.iter().all(|p| p.is_finite())),
        Err(message) => assert!(message.contains("use k-means"), "{message}"),
    }
    for (iterations, tolerance) in [(0, 1e-3), (10, 0.0), (10, f64::NAN)] {
        let params =
            MixtureParams { max_iterations: iterations, tolerance, ..MixtureParams::new(2, 1) };
        assert!(params.check().is_err());
    }
}
