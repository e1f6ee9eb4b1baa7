//! `tests/data/posteriors.json`: numbers of other programs. Each table's name says its columns.

use serde_json::Value;

use super::*;

/// The rows of the table whose name starts with `name`.
fn table(name: &str) -> Vec<Value> {
    let text = include_str!("../../../../tests/data/posteriors.json");
    let tables: serde_json::Map<String, Value> = serde_json::from_str(text).expect("valid JSON");
    let mut found = tables.iter().filter(|(key, _)| key.split(':').next() == Some(name));
    let rows = found.next().expect("a table of that name").1.as_array().expect("rows").clone();
    assert!(!rows.is_empty());
    rows
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn whole(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

#[test]
fn two_rates_agree_with_scipy_and_mpmath() {
    for row in table("rates") {
        let prior = BetaPrior::new(row[4].as_f64().expect("a"), row[5].as_f64().expect("b"));
        let arms = [counts(whole(&row[0]), whole(&row[1])), counts(whole(&row[2]), whole(&row[3]))];
        let read = bayes_rates(&arms, prior.expect("a prior"), Level::DEFAULT).expect("two arms");
        // The billion case is integrated to about six digits by the reference too.
        let tolerance = if whole(&row[1]) > 1_000_000_000 - 1 { 1e-6 } else { 1e-8 };
        let (control, treatment) = (&read.arms[0], &read.arms[1]);
        close(treatment.p_best, row[6].as_f64().expect("p"), tolerance);
        close(treatment.expected_loss, row[7].as_f64().expect("loss"), tolerance);
        close(control.expected_loss, row[8].as_f64().expect("loss"), tolerance);
        for (arm, interval, sd) in [(control, &row[9], &row[11]), (treatment, &row[10], &row[12])] {
            close(arm.rate.low, floats(interval)[0], tolerance);
            close(arm.rate.high, floats(interval)[1], tolerance);
            close(arm.rate.std_error.expect("sd"), sd.as_f64().expect("sd"), 1e-10);
        }
    }
}

#[test]
fn the_best_of_several_rates_agrees_with_scipy() {
    for row in table("best_rate") {
        let arms = row[0].as_array().expect("arms").iter();
        let arms: Vec<Counts> = arms.map(|arm| counts(whole(&arm[0]), whole(&arm[1]))).collect();
        let read = bayes_rates(&arms, BetaPrior::UNIFORM, Level::DEFAULT).expect("arms");
        for ((arm, p), loss) in read.arms.iter().zip(floats(&row[1])).zip(floats(&row[2])) {
            // The reference stops at 1e-12, above its smallest numbers.
            assert!((arm.p_best - p).abs() < 1e-8 * p + 2e-12, "{} {p}", arm.p_best);
            assert!((arm.expected_loss - loss).abs() < 1e-8 * loss + 1e-12, "{row}");
        }
    }
}

#[test]
fn the_best_of_several_means_agrees_with_scipy() {
    for row in table("best_mean") {
        let arms = floats(&row[0]).into_iter().zip(floats(&row[1]));
        let arm = |(mean, sd)| NormalPosterior::new(mean, sd).expect("a posterior");
        let read = bayes_best(&arms.map(arm).collect::<Vec<_>>()).expect("arms");
        for (standing, p) in read.iter().zip(floats(&row[2])) {
            close(standing.p_best, p, 1e-10);
        }
    }
}

#[test]
fn effects_agree_with_gbstats() {
    for row in table("effects") {
        let [nc, mc, vc, nt, mt, vt] = floats(&row[0])[..] else { panic!("{row}") };
        let control = Sample::new(nc as u64, mc, vc).expect("a sample");
        let treatment = Sample::new(nt as u64, mt, vt).expect("a sample");
        // The delta method of the lift, which gbstats uses.
        let lift = (mt - mc) / mc.abs();
        let lift_error = (vt / nt / (mc * mc) + vc / nc * mt * mt / mc.powi(4)).sqrt();
        for case in row[1].as_array().expect("results") {
            let prior = match case[1].as_array() {
                None => NormalPrior::FLAT,
                Some(_) => {
                    let [mean, sd] = floats(&case[1])[..] else { panic!("{case}") };
                    NormalPrior::new(mean, sd).expect("a prior")
                }
            };
            let read = if case[0] == "absolute" {
                bayes_means(&control, &treatment, prior, Level::DEFAULT)
            } else {
                bayes_effect(lift, lift_error, prior, Level::DEFAULT)
            };
            let read = read.expect("an effect");
            let number = |i: usize| case[i].as_f64().expect("a number");
            close(read.effect.point, number(2), 1e-9);
            close(read.effect.low, number(3), 1e-9);
            close(read.effect.high, number(4), 1e-9);
            close(read.p_better, number(5), 1e-9);
            close(read.effect.std_error.expect("sd"), number(6), 1e-9);
            // gbstats takes both from truncated normals, which lose digits where one is small.
            let scale = number(7).max(number(8));
            assert!((read.loss_if_kept - number(7)).abs() < 1e-9 * scale, "{case} {read:?}");
            assert!((read.loss_if_shipped - number(8)).abs() < 1e-9 * scale, "{case} {read:?}");
        }
    }
}

#[test]
fn priors_of_campaigns_agree_with_r() {
    let mut capped = 0;
    for row in table("campaigns") {
        let pairs = floats(&row[0]).into_iter().zip(floats(&row[1]));
        let campaigns: Vec<Counts> = pairs.map(|(x, n)| counts(x as u64, n as u64)).collect();
        let fit = campaign_prior(&campaigns).expect("a prior");
        let number = |i: usize| row[i].as_f64().unwrap_or(f64::NEG_INFINITY);
        let x: f64 = floats(&row[0]).iter().sum();
        let pooled = x / floats(&row[1]).iter().sum::<f64>();
        if fit.capped {
            capped += 1;
            close(fit.prior.mean(), pooled, 1e-5);
        } else {
            // R's optimiser stops at about six digits of the likelihood.
            close(fit.prior.mean(), number(2), 2e-4);
            close(fit.prior.strength(), number(3), 5e-3);
        }
        let coefficients: f64 = campaigns.iter().map(ln_choose).sum();
        assert!(fit.ln_likelihood + coefficients >= number(4) - 1e-6, "{row} {fit:?}");
        assert!(fit.ln_likelihood + coefficients >= number(5) - 1e-4, "{row} {fit:?}");
    }
    assert!(capped > 0);
}

fn ln_choose(counts: &Counts) -> f64 {
    use statrs::function::factorial::ln_binomial;
    ln_binomial(counts.n(), counts.successes())
}
