//! Earlier risks against what came, by hand and a second time.

use crate::numeric::tail::normal_critical;
use crate::predict::orders::{OrderBook, OrderRow};
use crate::predict::outlook::{
    ClosedOutcome, EarlierRisks, Outcome, OutcomeParams, Verdict, closed_outcome, outcome,
};

fn closed(lost: &[bool], risks: &[f64]) -> ClosedOutcome {
    closed_outcome(lost, risks, &OutcomeParams::default().check().unwrap()).unwrap()
}

/// The first `lost` of `risks` are lost.
fn first(lost: usize, risks: &[f64]) -> ClosedOutcome {
    closed(&(0..risks.len()).map(|i| i < lost).collect::<Vec<_>>(), risks)
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn expected_and_lost_are_counted_by_hand() {
    let found = closed(&[true, false, true, true], &[0.9, 0.2, 0.5, 0.4]);
    assert_eq!((found.contacts, found.lost, found.unknown), (4, 3, 0));
    assert!(near(found.expected_lost, 2.0));
    assert!(near(found.ratio.as_ref().unwrap().point, 1.5));
    // (0.01 + 0.04 + 0.25 + 0.36) / 4; the three who were lost are the three riskiest.
    assert!(near(found.brier, 0.165));
    assert_eq!(found.auc, Some(1.0));
    // Each in a bin of its own: (0.1 + 0.2 + 0.5 + 0.6) / 4.
    assert!(near(found.curve.expected_error, 0.35));
    // Variance 0.09 + 0.16 + 0.25 + 0.24 = 0.74: z = 1.1625, p = 0.2450.
    assert!((found.p_value.unwrap() - 0.2450).abs() < 1e-4);
    assert_eq!(found.verdict, Verdict::Undecided);
}

#[test]
fn of_equal_risks_the_interval_is_wilson_s() {
    for lost in [0, 1, 7, 30] {
        let found = first(lost, &[0.3; 30]);
        let (ratio, wilson) = (found.ratio.unwrap(), &found.curve.bins[0].observed);
        assert!(near(ratio.low, wilson.low / 0.3), "{lost}: {} {}", ratio.low, wilson.low);
        assert!(near(ratio.high, wilson.high / 0.3), "{lost}: {} {}", ratio.high, wilson.high);
    }
}

/// Bisection on the odds ratio, with probabilities multiplied out.
fn naive_bound(risks: &[f64], lost: f64, sign: f64) -> f64 {
    let moments = |odds_ratio: f64| {
        let moved = |p: &f64| odds_ratio * p / (1.0 - p + odds_ratio * p);
        let mean: f64 = risks.iter().map(moved).sum();
        (mean, risks.iter().map(|p| moved(p) * (1.0 - moved(p))).sum::<f64>())
    };
    let is_beyond = |odds_ratio: f64| {
        let (mean, variance) = moments(odds_ratio);
        (lost - mean) / variance.sqrt() < sign * normal_critical(0.05)
    };
    let (mut low, mut high) = (1e-12, 1e12);
    for _ in 0..400 {
        let middle = f64::sqrt(low * high);
        if is_beyond(middle) { high = middle } else { low = middle }
    }
    moments(low).0
}

#[test]
fn the_interval_is_that_of_a_second_computation() {
    let risks: Vec<f64> = (1..=40).map(|i| f64::from(i * i) / 1700.0).collect();
    let expected: f64 = risks.iter().sum();
    for lost in 1..40 {
        let ratio = first(lost, &risks).ratio.unwrap();
        let bound = |sign| naive_bound(&risks, lost as f64, sign) / expected;
        assert!(near(ratio.low, bound(1.0)), "{lost}: {} {}", ratio.low, bound(1.0));
        assert!(near(ratio.high, bound(-1.0)), "{lost}: {} {}", ratio.high, bound(-1.0));
        assert!(ratio.low < ratio.point && ratio.point < ratio.high);
    }
}

#[test]
fn the_interval_holds_as_often_as_it_says_and_as_the_test_does() {
    let risks: Vec<f64> = (1..=60).map(|i| f64::from(i) / 70.0).collect();
    // P(so many lost), were the risks right: one contact after the other.
    let mut chances = vec![1.0];
    for p in &risks {
        let kept = chances.iter().map(|c| c * (1.0 - p)).chain([0.0]);
        let lost = std::iter::once(0.0).chain(chances.iter().map(|c| c * p));
        chances = kept.zip(lost).map(|(kept, lost)| kept + lost).collect();
    }
    let mut holds = 0.0;
    for (lost, chance) in chances.iter().enumerate() {
        let found = first(lost, &risks);
        let is_inside = !found.ratio.unwrap().excludes(1.0);
        assert_eq!(is_inside, found.p_value.unwrap() >= 0.05, "{lost}");
        holds += if is_inside { chance } else { &0.0 };
    }
    assert!((0.93..0.98).contains(&holds), "{holds}");
}

#[test]
fn verdicts_are_beyond_chance_or_none() {
    let many = vec![0.4; 10_000];
    assert_eq!(first(4_000, &many).verdict, Verdict::Holds);
    // Beyond chance, and within the margin: that is what holds means.
    assert!(first(4_150, &many).p_value.unwrap() < 0.05);
    assert_eq!(first(4_150, &many).verdict, Verdict::Holds);
    let more = first(5_000, &many);
    assert_eq!(more.verdict, Verdict::MoreLost);
    assert_eq!(
        more.why,
        "5000 contacts were lost where 4000.0 were expected, 1.25 times as many (1.23 to 1.27): the risks were \
         too low"
    );
    assert_eq!(first(3_000, &many).verdict, Verdict::FewerLost);
    assert_eq!(first(4, &[0.4; 10]).verdict, Verdict::Undecided);
    assert_eq!(first(1, &[0.0, 0.0]).verdict, Verdict::MoreLost);
    let sure = first(0, &[0.0, 0.0]);
    assert_eq!((sure.ratio, sure.p_value, sure.verdict), (None, None, Verdict::Undecided));
}

fn book() -> OrderBook {
    let row = |contact: u32, order: u64, day: i32, amount_minor: i64| OrderRow {
        contact,
        order,
        day,
        amount_minor,
        is_completed: true,
    };
    let ids = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let rows = [
        row(0, 1, 10, 500),
        row(1, 2, 10, 500),
        row(2, 3, 10, 500),
        row(3, 4, 10, 500),
        // On the first day of the horizon, on its last, after it, and paid back within it.
        row(0, 5, 101, 500),
        row(1, 6, 130, 500),
        row(2, 7, 131, 500),
        row(3, 8, 110, 500),
        row(3, 8, 120, -500),
    ];
    OrderBook::new(ids, &rows)
}

#[test]
fn only_orders_within_the_horizon_count() {
    let risks: Vec<(String, f64)> = [("d", 0.7), ("c", 0.6), ("b", 0.2), ("a", 0.1), ("gone", 0.5)]
        .map(|(id, risk)| (id.to_owned(), risk))
        .to_vec();
    let earlier = EarlierRisks { until: 100, horizon_days: 30, risks: &risks };
    let params = OutcomeParams::default().check().unwrap();
    for (until, days_needed) in [(100, 30), (129, 1)] {
        let open = outcome(&earlier, &book(), until, &params).unwrap();
        assert_eq!(open, Outcome::Open { days_needed });
    }
    for until in [130, 400] {
        let Outcome::Closed(found) = outcome(&earlier, &book(), until, &params).unwrap() else {
            panic!("the horizon has closed");
        };
        assert_eq!((found.contacts, found.unknown, found.lost), (4, 1, 2));
        assert!(near(found.expected_lost, 1.6));
        assert_eq!(found.auc, Some(1.0));
    }
}

#[test]
fn what_cannot_be_judged_says_why() {
    let params = OutcomeParams::default().check().unwrap();
    let judged = |risks: &[(&str, f64)]| {
        let risks: Vec<_> = risks.iter().map(|(id, risk)| ((*id).to_owned(), *risk)).collect();
        let earlier = EarlierRisks { until: 100, horizon_days: 30, risks: &risks };
        outcome(&earlier, &book(), 200, &params).map_err(|e| e.to_string())
    };
    assert!(judged(&[("a", 0.1), ("a", 0.2)]).unwrap_err().contains("two earlier risks"));
    assert!(judged(&[("a", 1.5)]).is_err() && judged(&[("a", f64::NAN)]).is_err());
    assert!(judged(&[("z", 0.5)]).unwrap_err().contains("none of the contacts"));
    for wrong in [
        OutcomeParams { level: 1.0, ..Default::default() },
        OutcomeParams { margin: 0.0, ..Default::default() },
        OutcomeParams { bins: 0, ..Default::default() },
    ] {
        assert!(wrong.check().is_err());
    }
}
