//! The email test that Kevin Hillstrom published in 2008, from its counts.

use super::*;

const CONTROL: u64 = 21_306;
const MENS: u64 = 21_307;
const WOMENS: u64 = 21_387;

/// Rows that give the published visits and conversions.
fn tally() -> Tally {
    let arms = ["control", "mens", "womens"].map(str::to_owned).to_vec();
    let metrics = vec![MetricSpec::proportion("visit"), MetricSpec::proportion("conversion")];
    let mut tally = Tally::new(TallySpec::new(arms, metrics, Vec::new()).expect("a valid spec"));
    let published =
        [(CONTROL, 2262, 122), (MENS, 3894, 267), (WOMENS, 3238, 189)].into_iter().enumerate();
    for (arm, (n, visits, conversions)) in published {
        for row in 0..n {
            let value = |successes| if row < successes { 1.0 } else { 0.0 };
            tally.add(arm, &[], &[value(visits), value(conversions)]).expect("a valid row");
        }
    }
    tally
}

#[test]
fn reads_the_published_counts() {
    let tally = tally();
    let plan = ReadoutParams::new("hillstrom", "control").check(tally.spec()).expect("valid");
    let readout = plan.read(&tally).expect("three full arms");
    close(readout.sample_ratio.chi_squared, 0.2025, 1e-4);
    assert_eq!((readout.sample_ratio.df, readout.sample_ratio.mismatch), (2, false));
    let z = |metric: usize, arm: usize| {
        let effect = readout.metrics[metric].comparisons[arm].effect().expect("an effect");
        (effect.statistic.value, effect.difference.point)
    };
    close(z(0, 0).0, 22.4860, 1e-5);
    close(z(0, 0).1, 0.076590, 1e-6);
    close(z(0, 1).0, 13.9492, 1e-5);
    close(z(1, 0).0, 7.3851, 1e-4);
    close(z(1, 1).0, 3.7796, 1e-4);
    let tested = |family: &Family| (family.tested, family.left_out);
    assert_eq!((tested(&readout.decision_family), tested(&readout.family)), ((2, 0), (2, 0)));
    let labels: Vec<Label> = readout.decisions.iter().map(|decision| decision.label).collect();
    assert_eq!(labels, [Label::Winner, Label::Winner]);
    let advice = "Winners: mens, womens, each better than control in visit; mens leads, and is the best of \
                  all arms with a probability of more than 99.99%. The difference of mens is so large that \
                  tracking should be checked before it is believed.";
    assert_eq!(readout.recommendation, advice);
    let all = readout.metrics.iter().flat_map(|metric| &metric.comparisons);
    assert!(all.clone().count() == 4 && all.into_iter().all(|c| c.verdict == Verdict::Higher));
    let expected = "mens has a higher visit rate than control: 18.28% against 10.62%, +7.66 pp \
                    (95% interval +7.00 to +8.32 pp, adjusted p < 0.0001).";
    assert!(readout.answer.starts_with(expected), "{}", readout.answer);
}

#[test]
fn a_readout_is_json_without_gaps() {
    let tally = tally();
    let plan = ReadoutParams::new("hillstrom", "control").check(tally.spec()).expect("valid");
    let json = serde_json::to_value(plan.read(&tally).expect("three full arms")).expect("plain");
    let comparison = &json["metrics"][0]["comparisons"][0];
    assert_eq!(comparison["statistic"]["name"], "pooled_z");
    assert_eq!(comparison["verdict"], "higher");
    assert_eq!(comparison["difference"]["method"], "miettinen-nurminen");
    assert_eq!(comparison["relative_lift"]["kind"], "bounded");
}

#[test]
fn spend_is_compared_by_welchs_t() {
    let arm = |n, mean, sd: f64| sample(n, mean, sd * sd);
    let control = arm(CONTROL, 0.652789, 11.588200);
    let t = |treatment: &Sample| {
        compare_means(&control, treatment, Level::DEFAULT).expect("two arms").statistic.value
    };
    close(t(&arm(MENS, 1.422617, 17.754205)), 5.3001, 1e-4);
    close(t(&arm(WOMENS, 1.077202, 15.116106)), 3.2564, 1e-4);
}
