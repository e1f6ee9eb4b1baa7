//! Shrinkage and inference on the winner against ebci's method, VGAM and multiple-inference.

use super::*;

#[test]
fn robust_critical_values_agree() {
    for case in reference("cva") {
        let case = numbers(&case);
        let level = Level::new(1.0 - case[2]).expect("a level");
        // The other program's root search stops at about 1e-6 in the probability.
        near(robust_critical_value(case[0], case[1], level), case[3], 2e-5);
    }
}

#[test]
fn beta_binomial_priors_agree_with_vgam() {
    for case in reference("beta") {
        let (x, n) = (numbers(&case["x"]), numbers(&case["n"]));
        let segments: Vec<Counts> =
            x.iter().zip(&n).map(|(x, n)| counts(*x as u64, *n as u64)).collect();
        let prior = RatePrior::fit(&segments).expect("trials");
        let (best, vglm) = (&case["optim_mle"], &case["vglm"]);
        near(prior.log_likelihood_pooled, number(&case["loglik_at_pooled_binomial"]), 1e-10);
        // No other fit is more likely.
        for other in [best, vglm] {
            assert!(prior.log_likelihood >= number(&other["loglik"]) - 1e-10, "{}", case["id"]);
        }
        let Some(strength) = prior.strength else {
            assert!(number(&best["strength"]) > 1e5, "{}", case["id"]);
            near(prior.mean, number(&best["mu"]), 1e-4);
            continue;
        };
        near(prior.mean, number(&best["mu"]), 1e-5);
        near(strength, number(&best["strength"]), 1e-4);
        near(prior.log_likelihood, number(&best["loglik"]), 1e-9);
        let (low, high) = (numbers(&vglm["lower95"]), numbers(&vglm["upper95"]));
        let means = numbers(&best["posterior_mean"]);
        for (i, segment) in segments.iter().enumerate() {
            let got = prior.posterior(segment, Level::DEFAULT).expect("trials");
            near(got.point, means[i], 1e-5);
            // Its prior strength is a little off in flat likelihoods.
            near(got.low, low[i], 1e-3);
            near(got.high, high[i], 1e-3);
        }
    }
}

#[test]
fn posterior_intervals_are_those_of_the_beta_distribution() {
    // A uniform prior, whose posterior without a success has the closed form of Beta(1, 100).
    let mut prior = RatePrior::fit(&[counts(1, 2)]).expect("trials");
    (prior.mean, prior.strength) = (0.5, Some(2.0));
    let got = prior.posterior(&counts(0, 99), Level::DEFAULT).expect("trials");
    near(got.low, 1.0 - 0.975_f64.powf(0.01), 1e-10);
    near(got.high, 1.0 - 0.025_f64.powf(0.01), 1e-10);
}

#[test]
fn james_stein_estimates_agree() {
    for case in reference("winners") {
        let effects = effects(&case);
        let Some(got) = james_stein(&effects) else {
            assert!(effects.len() < 4);
            continue;
        };
        // The other program raises its sum of squares by bisection to 1e-6.
        for (got, want) in got.iter().zip(numbers(&case["js"])) {
            close(*got, want, 1e-5);
        }
    }
}

#[test]
fn a_normal_prior_by_maximum_likelihood_agrees() {
    for case in reference("winners") {
        let (effects, want) = (effects(&case), &case["mle"]);
        let spread = tau_squared(&effects, TauMethod::MaximumLikelihood);
        // The other program never lets the spread be 0, and stops early where it is small.
        if spread == 0.0 || effects.len() == 2 {
            continue;
        }
        let shrunken = shrink(&effects, spread, Level::DEFAULT).expect("segments");
        let tolerance = if case["id"] == "lifts_segments" { 2e-2 } else { 2e-3 };
        for (got, (mean, ci)) in shrunken
            .iter()
            .zip(numbers(&want["mean"]).iter().zip(want["ci"].as_array().expect("rows")))
        {
            let ci = numbers(ci);
            close(got.normal.point, *mean, tolerance);
            close(got.normal.low, ci[0], tolerance);
            close(got.normal.high, ci[1], tolerance);
        }
    }
}

/// The other program's robust interval is its normal one with another critical value.
#[test]
fn robust_intervals_stand_to_normal_ones_as_published() {
    for case in reference("winners") {
        let (kurtosis, prior) = (number(&case["kurtosis"]), number(&case["mle"]["prior_variance"]));
        let robust = case["robust"].as_array().expect("rows");
        let normal = case["mle"]["ci"].as_array().expect("rows");
        for (i, variance) in numbers(&case["variances"]).iter().enumerate() {
            let width = |rows: &[Value]| {
                let ci = numbers(&rows[i]);
                ci[1] - ci[0]
            };
            let critical = robust_critical_value(variance / prior, kurtosis, Level::DEFAULT);
            let want = width(robust) / width(normal);
            near(critical / Level::DEFAULT.normal_critical(), want, 1e-4);
        }
    }
}

#[test]
fn the_winner_agrees_with_multiple_inference() {
    for case in reference("winners") {
        let effects = effects(&case);
        let got = winner(&effects, Level::DEFAULT).expect("two segments");
        let (want, hybrid) = (&case["conditional"], &case["hybrid"]);
        assert_eq!(got.segment, format!("s{}", want["winner"]));
        let Some(conditional) = got.conditional else {
            assert_eq!(case["id"], "all_zero_effect");
            continue;
        };
        let scale = got.naive.std_error.expect("one");
        let ci = numbers(&want["ci95"]);
        for (got, want) in [
            (conditional.point, number(&want["median"])),
            (conditional.low, ci[0]),
            (conditional.high, ci[1]),
        ] {
            // Its search for the far bound stops early.
            near(got / scale, want / scale, 1e-3);
        }
        // It gives up on probabilities that far out.
        let p = got.p_conditional.expect("no tie");
        if case["id"] == "high_tau" {
            assert!(p > 0.0 && p < number(&want["p_one_sided_le_0"]));
        } else {
            near(p, number(&want["p_one_sided_le_0"]), 1e-6);
        }
        let ci = numbers(&hybrid["ci95"]);
        close(got.hybrid.point / scale, number(&hybrid["median"]) / scale, 1e-2);
        close(got.hybrid.high / scale, ci[1] / scale, 1e-2);
        // In one case its low bound lies outside of its own simultaneous interval.
        if case["id"] == "lifts_segments" {
            assert!(got.hybrid.low > ci[0]);
        } else {
            close(got.hybrid.low / scale, ci[0] / scale, 1e-2);
        }
    }
}

/// By bisection on the complementary error function.
#[test]
fn the_conditional_bound_that_the_reference_misses() {
    let effects = effects_of(&[0.15, 0.2], &[0.0064, 0.01]);
    let got = winner(&effects, Level::DEFAULT).and_then(|w| w.conditional).expect("no tie");
    near(got.low, -0.549_449_762_293_998_8, 1e-9);
    near(got.point, 0.092_746_489_519_227_13, 1e-10);
    near(got.high, 0.380_930_635_175_826_65, 1e-10);
}
