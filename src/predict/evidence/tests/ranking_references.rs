//! 200 predicted and actual amounts, with numbers of scikit-learn and scipy.

use serde_json::Value;

use super::*;

fn load() -> (Vec<f64>, Vec<f64>, Value) {
    let text = include_str!("../../../../tests/data/ranking_measures.json");
    let want: Value = serde_json::from_str(text).expect("the file is JSON");
    (numbers(&want["pred"]), numbers(&want["actual"]), want)
}

#[test]
fn counts_and_ranks_agree() {
    let (predicted, actual, want) = load();
    let number = |name: &str| number(&want[name]);
    close(some(mean_absolute_error(&predicted, &actual)), number("mae"), 1e-14);
    close(some(root_mean_squared_error(&predicted, &actual)), number("rmse"), 1e-14);
    close(some(spearman(&predicted, &actual)), number("spearman"), 1e-14);
    close(some(kendall_tau_b(&predicted, &actual)), number("kendall_tau_b"), 1e-14);
    close(some(normalised_gini(&actual, &predicted)), number("normalized_gini"), 1e-13);
    close(some(captured_share(&actual, &predicted, 0.2)), number("top20pct_capture"), 1e-14);
    close((some(total_ratio(&predicted, &actual)) - 1.0).abs(), number("mape_total"), 1e-13);
    close(some(ndcg(&actual, &predicted, None)), number("ndcg"), 1e-14);
    close(some(ndcg(&actual, &predicted, Some(20))), number("ndcg_at_20"), 1e-14);
}

#[test]
fn tenths_agree() {
    let (predicted, actual, want) = load();
    let table = decile_means(&predicted, &actual).expect("valid rows");
    let rows = want["decile_mean_pred_actual"].as_array().expect("a list");
    assert_eq!((table.len(), rows.len()), (10, 10));
    for (got, row) in table.iter().zip(rows) {
        let row = numbers(row);
        close(got.mean_predicted, row[0], 1e-13);
        close(got.mean_actual, row[1], 1e-13);
    }
    let lift = some(lift_deciles(&actual, &predicted, Ties::Shared));
    close(lift[1].cumulative_share, number(&want["top20pct_capture"]), 1e-14);
}
