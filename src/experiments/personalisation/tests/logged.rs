//! Policies valued on logged sends.

use serde_json::Value;

use super::*;

/// Computed with Open Bandit Pipeline 0.5.7 (Saito et al. 2021), standard errors and effective numbers
/// with numpy.
fn reference() -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("logged.json")).expect("valid JSON");
    all.as_array().expect("cases").clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn sends(case: &Value) -> Vec<LoggedRound> {
    let inputs = &case["inputs"];
    let (arms, rewards) = (numbers(&inputs["action"]), numbers(&inputs["reward"]));
    let propensities = numbers(&inputs["pscore_logged"]);
    let round = |i: usize| LoggedRound {
        arm: arms[i] as usize,
        reward: rewards[i],
        propensity: propensities[i],
        target: numbers(&inputs["pi_target"][i]),
        model: numbers(&inputs["q_hat"][i]),
    };
    (0..arms.len()).map(round).collect()
}

fn logged(sends: &[LoggedRound]) -> LoggedRounds {
    LoggedRounds::new(sends[0].target.len(), sends).expect("sends")
}

fn value(of: PolicyEstimator, rounds: &LoggedRounds) -> crate::estimate::Estimate {
    of.value(rounds, Level::DEFAULT).expect("settings").expect("a value")
}

const ALL: [(&str, PolicyEstimator); 10] = [
    ("ips", PolicyEstimator::Ips),
    ("ips_clip_lambda_3", PolicyEstimator::ClippedIps { most: 3.0 }),
    ("snips", PolicyEstimator::Snips),
    ("dm", PolicyEstimator::DirectMethod),
    ("dr", PolicyEstimator::DoublyRobust),
    ("sndr", PolicyEstimator::SelfNormalisedDr),
    ("switch_dr_lambda_2", PolicyEstimator::SwitchDr { most: 2.0 }),
    ("dr_os_lambda_5", PolicyEstimator::OptimisticDr { lambda: 5.0 }),
    ("sg_ips_lambda_0.1", PolicyEstimator::SubGaussianIps { lambda: 0.1 }),
    ("sg_dr_lambda_0.1", PolicyEstimator::SubGaussianDr { lambda: 0.1 }),
];

#[test]
fn values_and_errors_are_those_of_the_reference() {
    for case in reference() {
        let rounds = logged(&sends(&case));
        let want = |name: &str| case["expected"][name].as_f64().expect("a number");
        for (name, estimator) in ALL {
            close(value(estimator, &rounds).point, want(name), 1e-12);
        }
        close(rounds.effective_n(), want("effective_sample_size_kish"), 1e-12);
        let errors = &case["expected"]["standard_errors"];
        for (name, estimator) in
            [("ips", PolicyEstimator::Ips), ("dr", PolicyEstimator::DoublyRobust)]
        {
            let want = errors[format!("{name}_sd_ddof1_over_sqrt_n")].as_f64().expect("an error");
            close(value(estimator, &rounds).std_error.expect("an error"), want, 1e-12);
        }
    }
}

/// Self-normalised values by the delta method: for SNIPS the error of a ratio, Σ w² (r - v)²/(Σ w)²,
/// up to n/(n - 1).
#[test]
fn a_self_normalised_error_is_that_of_a_ratio() {
    for case in reference() {
        let sends = sends(&case);
        let rounds = logged(&sends);
        let snips = value(PolicyEstimator::Snips, &rounds);
        let weight = |s: &LoggedRound| s.target[s.arm] / s.propensity;
        let total: f64 = sends.iter().map(weight).sum();
        let squares: f64 =
            sends.iter().map(|s| (weight(s) * (s.reward - snips.point)).powi(2)).sum();
        let n = sends.len() as f64;
        let want = (squares * n / (n - 1.0)).sqrt() / total;
        close(snips.std_error.expect("an error"), want, 1e-12);
    }
}

#[test]
fn estimators_meet_where_they_should() {
    for case in reference() {
        let plain = sends(&case);
        let rounds = logged(&plain);
        let point = |of| value(of, &rounds).point;
        let dr = point(PolicyEstimator::DoublyRobust);
        close(point(PolicyEstimator::SwitchDr { most: 1e9 }), dr, 1e-14);
        close(point(PolicyEstimator::OptimisticDr { lambda: 1e15 }), dr, 1e-9);
        close(point(PolicyEstimator::SubGaussianDr { lambda: 0.0 }), dr, 1e-14);
        let dm = point(PolicyEstimator::DirectMethod);
        close(point(PolicyEstimator::SwitchDr { most: 1e-9 }), dm, 1e-14);
        close(point(PolicyEstimator::ClippedIps { most: 1e9 }), point(PolicyEstimator::Ips), 1e-14);
        // Without a model, doubly robust is inverse propensity; the logged policy has its own mean.
        let none = |s: &LoggedRound| LoggedRound { model: vec![0.0; s.model.len()], ..s.clone() };
        let unmodelled = logged(&plain.iter().map(none).collect::<Vec<_>>());
        let ips = value(PolicyEstimator::Ips, &rounds);
        let dr = value(PolicyEstimator::DoublyRobust, &unmodelled);
        close(dr.point, ips.point, 1e-14);
        close(dr.high, ips.high, 1e-14);
    }
}

#[test]
fn a_policy_that_never_sends_what_was_sent_has_no_normalised_value() {
    let send = LoggedRound {
        arm: 0,
        reward: 1.0,
        propensity: 0.5,
        target: vec![0.0, 1.0],
        model: vec![0.2, 0.3],
    };
    let rounds = logged(&[send.clone(), send]);
    let read = |of: PolicyEstimator| of.value(&rounds, Level::DEFAULT).expect("settings");
    assert_eq!(read(PolicyEstimator::Snips), None);
    assert_eq!(read(PolicyEstimator::SelfNormalisedDr), None);
    assert_eq!(rounds.effective_n(), 0.0);
    close(read(PolicyEstimator::SubGaussianIps { lambda: 1.0 }).expect("a value").point, 0.0, 0.0);
    close(read(PolicyEstimator::DoublyRobust).expect("a value").point, 0.3, 1e-15);
}

#[test]
fn one_send_has_no_error() {
    let send =
        LoggedRound { arm: 0, reward: 1.0, propensity: 1.0, target: vec![1.0], model: vec![0.0] };
    let one = value(PolicyEstimator::Ips, &logged(&[send]));
    assert_eq!((one.point, one.std_error, one.low), (1.0, None, f64::NEG_INFINITY));
}

#[test]
fn sends_that_cannot_be_are_refused() {
    let good = LoggedRound {
        arm: 1,
        reward: 1.0,
        propensity: 0.5,
        target: vec![0.4, 0.6],
        model: vec![0.2, 0.3],
    };
    let refused = |round: LoggedRound| LoggedRounds::new(2, &[round]).is_err();
    assert!(!refused(good.clone()));
    assert!(LoggedRounds::new(2, &[]).is_err());
    assert!(refused(LoggedRound { target: vec![0.4, 0.3, 0.3], ..good.clone() }));
    assert!(refused(LoggedRound { arm: 2, ..good.clone() }));
    assert!(refused(LoggedRound { propensity: 0.0, ..good.clone() }));
    assert!(refused(LoggedRound { propensity: f64::NAN, ..good.clone() }));
    assert!(refused(LoggedRound { propensity: 1.1, ..good.clone() }));
    assert!(refused(LoggedRound { target: vec![0.4, 0.5], ..good.clone() }));
    assert!(refused(LoggedRound { target: vec![-0.4, 1.4], ..good.clone() }));
    assert!(refused(LoggedRound { reward: f64::INFINITY, ..good.clone() }));
    assert!(refused(LoggedRound { model: vec![f64::NAN, 0.0], ..good.clone() }));
    let rounds = logged(&[good]);
    let fails = |of: PolicyEstimator| of.value(&rounds, Level::DEFAULT).is_err();
    assert!(fails(PolicyEstimator::ClippedIps { most: 0.0 }));
    assert!(fails(PolicyEstimator::SwitchDr { most: f64::NAN }));
    assert!(fails(PolicyEstimator::OptimisticDr { lambda: -1.0 }));
    assert!(fails(PolicyEstimator::SubGaussianIps { lambda: 1.5 }));
}
