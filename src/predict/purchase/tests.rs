use super::*;

fn history(repeats: u32, age_at_last: f64, age: f64) -> History {
    History { repeats, age_at_last, age, log_gaps: 0.0 }
}

#[test]
fn one_way_of_counting_agrees_with_another() {
    let model = Geometric { r: 0.8, alpha: 10.0, a: 1.7, b: 3.2, k: 1, may_drop_at_first: true };
    let h = history(3, 20.0, 30.0);
    let sum: f64 = model.tails(&h, 39.0).take(2000).sum();
    let expected = model.expected(&h, 39.0);
    assert!((model.p_alive(&h) * sum / expected - 1.0).abs() < 1e-10);
}
