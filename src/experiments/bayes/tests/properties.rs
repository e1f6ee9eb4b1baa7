//! What must hold for any arms, and what is refused.

use super::*;

const PRIORS: [BetaPrior; 2] = [BetaPrior::UNIFORM, BetaPrior::JEFFREYS];

fn tables() -> Vec<Vec<Counts>> {
    vec![
        vec![counts(3, 40), counts(9, 41)],
        vec![counts(0, 10), counts(0, 500), counts(1, 9)],
        vec![counts(250, 25_000), counts(300, 25_000), counts(0, 0), counts(4, 4)],
        vec![counts(0, 1), counts(1, 1), counts(1000, 1_000_000), counts(12, 10_000)],
        vec![counts(0, 100_000), counts(100_000, 100_000)],
    ]
}

#[test]
fn probabilities_add_up_and_losses_differ_by_the_means() {
    for arms in tables() {
        for prior in PRIORS {
            let read = bayes_rates(&arms, prior, Level::DEFAULT).expect("arms");
            let sum: f64 = read.arms.iter().map(|arm| arm.p_best).sum();
            assert!((sum - 1.0).abs() < 1e-11, "{arms:?}: {sum}");
            let best = |arm: &BayesArm| arm.expected_loss + arm.rate.point;
            // E[max] = loss + mean is the same number from every arm.
            for arm in &read.arms {
                let gap = best(arm) - best(&read.arms[0]);
                assert!(gap.abs() < 1e-11, "{arms:?}: {gap}");
                assert!(arm.rate.low < arm.rate.point && arm.rate.point < arm.rate.high);
            }
        }
    }
}

#[test]
fn relabelled_arms_keep_their_standing() {
    for arms in tables() {
        let read = |arms: &[Counts]| {
            bayes_rates(arms, BetaPrior::JEFFREYS, Level::DEFAULT).expect("arms").arms
        };
        let (one, mut other) = (read(&arms), read(&arms.iter().rev().copied().collect::<Vec<_>>()));
        other.reverse();
        for (a, b) in one.iter().zip(&other) {
            close(a.p_best, b.p_best, 1e-12);
            close(a.expected_loss, b.expected_loss, 1e-12);
        }
    }
}

#[test]
fn identical_arms_share_the_probability() {
    for k in 2..9 {
        for arm in [counts(0, 50), counts(10, 100), counts(5000, 1_000_000), counts(7, 7)] {
            let read = bayes_rates(&vec![arm; k], BetaPrior::JEFFREYS, Level::DEFAULT);
            for arm in read.expect("arms").arms {
                close(arm.p_best, 1.0 / k as f64, 1e-9);
            }
        }
        let arm = NormalPosterior::new(-3.0, 0.2).expect("a posterior");
        for standing in bayes_best(&vec![arm; k]).expect("arms") {
            close(standing.p_best, 1.0 / k as f64, 1e-11);
        }
    }
}

#[test]
fn successes_and_failures_exchanged_turn_the_order_round() {
    let (a, b) = (counts(3, 40), counts(9, 41));
    let flipped = |c: Counts| counts(c.failures(), c.n());
    let p = |a, b| bayes_rates(&[a, b], BetaPrior::JEFFREYS, Level::DEFAULT).expect("arms");
    close(p(a, b).arms[0].p_best, p(flipped(a), flipped(b)).arms[1].p_best, 1e-12);
}

#[test]
fn extreme_priors_and_counts_stay_finite() {
    let weak = BetaPrior::new(1e-3, 1e-3).expect("a prior");
    let strong = BetaPrior::new(1e8, 1e10).expect("a prior");
    for (prior, tolerance) in [(weak, 1e-9), (strong, 1e-5)] {
        for arms in tables() {
            let read = bayes_rates(&arms, prior, Level::DEFAULT).expect("arms");
            let sum: f64 = read.arms.iter().map(|arm| arm.p_best).sum();
            assert!((sum - 1.0).abs() < tolerance, "{prior:?} {arms:?}: {sum}");
            assert!(read.arms.iter().all(|arm| arm.expected_loss.is_finite()));
        }
    }
    assert!(BetaPrior::new(0.0, 1.0).is_err() && BetaPrior::new(1.0, f64::NAN).is_err());
    assert!(bayes_rates(&[counts(1, 2)], weak, Level::DEFAULT).is_err());
}

#[test]
fn quantiles_invert_the_distribution_function() {
    for (a, b) in [(0.5, 0.5), (0.01, 4.0), (3.0, 2e6), (1e5, 40.0)] {
        let beta = BetaPrior::new(a, b).expect("a prior").posterior(&Counts::default());
        for p in [1e-6, 0.025, 0.5, 0.8, 0.999] {
            let x = beta.quantile(p);
            let t = x.ln() - (-x).ln_1p();
            // A quantile next to 1 has no digits left on the logit scale.
            if x > 0.0 && x < 1.0 - 1e-12 {
                close(beta.tails(t).0.p, p, 1e-8);
            }
        }
    }
}

#[test]
fn a_choice_needs_a_loss_that_nobody_notices() {
    let read =
        |arms: &[Counts]| bayes_rates(arms, BetaPrior::UNIFORM, Level::DEFAULT).expect("two");
    assert_eq!(read(&[counts(100, 1000), counts(160, 1000)]).choice(0.0025), Some(1));
    assert_eq!(read(&[counts(10, 100), counts(12, 100)]).choice(0.0025), None);
}

#[test]
fn the_loss_of_an_effect_is_closed_and_stays_positive_far_out() {
    for z in [-60.0, -8.0, -1.0, 0.0, 2.0, 7.0, 29.9, 30.1, 37.0] {
        let posterior = NormalPosterior::new(z * 0.3, 0.3).expect("a posterior");
        let (ship, keep) = (posterior.loss_if_positive(), posterior.loss_if_negative());
        assert!(ship >= 0.0 && keep >= 0.0);
        assert!((keep - ship - z * 0.3).abs() < 1e-12 * (1.0 + z.abs()), "{z}");
    }
    let loss = |z: f64| NormalPosterior::new(z, 1.0).expect("one").loss_if_positive();
    close(loss(30.0 - 1e-9), loss(30.0 + 1e-9), 1e-5);
    close(loss(0.0), 1.0 / (2.0 * std::f64::consts::PI).sqrt(), 1e-15);
}

#[test]
fn a_prior_pulls_towards_its_mean_and_a_wide_one_is_flat() {
    let prior = |mean, sd| NormalPrior::new(mean, sd).expect("a prior");
    let of = |prior| NormalPosterior::of(0.3, 0.1, prior).expect("a posterior");
    let even = of(prior(0.1, 0.1));
    close(even.mean(), 0.2, 1e-14);
    close(even.std_deviation(), 0.1 / 2f64.sqrt(), 1e-14);
    close(of(prior(-5.0, 1e9)).mean(), of(NormalPrior::FLAT).mean(), 1e-12);
    assert!(NormalPosterior::of(0.3, 0.0, NormalPrior::FLAT).is_err());
    assert!(NormalPrior::new(0.0, 0.0).is_err());
    let constant = Sample::new(9, 2.0, 0.0).expect("a sample");
    assert!(bayes_means(&constant, &constant, NormalPrior::FLAT, Level::DEFAULT).is_err());
}

#[test]
fn campaigns_that_differ_by_chance_give_one_rate() {
    let even = campaign_prior(&[counts(10, 100), counts(20, 200), counts(5, 50)]).expect("a prior");
    assert!(even.capped && even.note.is_some());
    close(even.prior.mean(), 0.1, 1e-7);
    let apart = campaign_prior(&[counts(0, 50), counts(50, 50), counts(1, 50), counts(25, 50)]);
    let apart = apart.expect("a prior");
    assert!(!apart.capped && apart.prior.strength() < 3.0, "{apart:?}");
    assert!(campaign_prior(&[counts(1, 5), counts(0, 0)]).is_err());
    assert!(campaign_prior(&[counts(0, 5); 4]).is_err());
}
