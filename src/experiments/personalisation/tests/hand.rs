//! A table small enough for paper.

use super::*;

/// Two folds, segments A and B, two arms, two values a cell.
///
/// Learnt on fold 1: effects +10 and -10, V = 2, τ² = 20²/2 - 2 = 198, the treatment in A, the control
/// in B, and for all too, both being equal overall. Terms in A at shares of one half, on fold 2:
/// 10 + 2 (9 - 11) = 6, 10, 10 - 2 (1 - 1) = 10, 6; none in B.
fn by_hand() -> PolicyCells {
    let cell = |a: f64, b: f64| CellSums::new(2, a + b, a * a + b * b).expect("sums");
    let first =
        vec![vec![cell(0.0, 2.0), cell(10.0, 12.0)], vec![cell(0.0, 2.0), cell(-8.0, -10.0)]];
    let second =
        vec![vec![cell(1.0, 3.0), cell(9.0, 11.0)], vec![cell(1.0, 3.0), cell(-9.0, -7.0)]];
    let (segments, arms) = (vec!["A".to_owned(), "B".to_owned()], names("a", 2));
    PolicyCells::from_folds(MetricKind::Mean, segments, arms, vec![first, second]).expect("cells")
}

#[test]
fn the_gain_and_its_error_are_those_of_paper() {
    let result = run(&by_hand());
    close(result.gain.point, 4.0, 1e-14);
    // Σ terms² = 272, around the mean 272 - 8 · 4² = 144.
    let std_error = (144.0_f64 / 7.0 / 8.0).sqrt();
    close(result.gain.std_error.expect("a standard error"), std_error, 1e-14);
    close(result.gain.low, 4.0 - 1.959_963_984_540_054 * std_error, 1e-12);
    close(result.value_best_for_all.point, 2.0, 1e-14);
    close(result.value_policy.point, 6.0, 1e-14);
    close(result.effective_n, 4.0, 1e-14);
    close(result.p, 0.006_309, 2e-6);
    assert_eq!((result.best_agreement, result.recipients, result.folds), (1.0, 16, 2));
}

#[test]
fn the_policy_is_that_of_paper() {
    let result = run(&by_hand());
    let arms: Vec<&str> = result.segments.iter().map(|choice| choice.arm.as_str()).collect();
    assert_eq!((result.best_for_all.as_str(), arms), ("a0", vec!["a1", "a0"]));
    // Effects 9 and -10, overall -0.5; V = 2 · (5/3)/4.
    let kept = (180.5 - 5.0 / 6.0) / 180.5;
    close(result.segments[0].effect.expect("an effect"), -0.5 + 9.5 * kept, 1e-9);
    close(result.segments[0].over_best.expect("an effect"), -0.5 + 9.5 * kept, 1e-9);
    assert_eq!(result.segments[1].effect, Some(0.0));
    assert!(result.segments.iter().all(|choice| choice.agreement == 1.0));
}

#[test]
fn four_recipients_decide_nothing() {
    let result = run(&by_hand());
    assert!(!result.recommended && result.gain.low > 0.0);
    assert_eq!(
        result.answer,
        "Sending each segment its own arm would bring +4.00 clicks per recipient (95% interval \
         +0.86 to +7.14; +4000.00 per 1,000 recipients) over sending `a0` to everybody: not \
         recommended, because only 4 recipients decide it and at least 100 are asked for."
    );
}
