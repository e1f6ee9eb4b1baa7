//! Two-by-two tables over segments against R, statsmodels and gbstats.

use super::*;

#[test]
fn mantel_haenszel_agrees_with_statsmodels_and_r() {
    for case in reference("tables") {
        let got = mantel_haenszel(&segments(&case), Level::DEFAULT).expect("segments");
        let (cmh, odds) = (&case["cmh"], got.odds_ratio.expect("a ratio"));
        near(odds.point, number(&cmh["mh_odds_ratio"]), 1e-12);
        near(odds.std_error.expect("one"), number(&cmh["mh_log_or_se"]), 1e-9);
        let ci = numbers(&case["mh"]["ci"]);
        near(odds.low, ci[0], 1e-9);
        near(odds.high, ci[1], 1e-9);
        let ratio = got.risk_ratio.expect("a ratio");
        near(ratio.point, number(&cmh["mh_risk_ratio"]), 1e-12);
        near(ratio.point.ln(), number(&case["rr"]["log_estimate"]), 1e-9);
        near(ratio.std_error.expect("one"), number(&case["rr"]["se"]), 1e-9);
        let ci = numbers(&case["rr"]["ci_log"]);
        close(ratio.low.ln(), ci[0], 1e-9);
        close(ratio.high.ln(), ci[1], 1e-9);
        close(got.difference.point, number(&case["rd"]["estimate"]), 1e-12);
        near(got.difference.std_error.expect("one"), number(&case["rd"]["se"]), 1e-9);
        let ci = numbers(&case["rd"]["ci"]);
        close(got.difference.low, ci[0], 1e-9);
        close(got.difference.high, ci[1], 1e-9);
    }
}

#[test]
fn the_stratified_test_agrees_with_statsmodels_and_r() {
    for case in reference("tables") {
        let got = mantel_haenszel(&segments(&case), Level::DEFAULT).expect("segments").test;
        for (plain, corrected) in [
            (&case["cmh"]["cmh_chi2"], &case["cmh"]["cmh_chi2_cc"]),
            (&case["mh"]["chi2"], &case["mh_cc"]["chi2"]),
        ] {
            near(got.chi_squared, number(plain), 1e-9);
            near(got.corrected_chi_squared, number(corrected), 1e-9);
        }
        near(got.p, number(&case["mh"]["p"]), 1e-9);
        near(got.corrected_p, number(&case["mh_cc"]["p"]), 1e-9);
    }
}

#[test]
fn breslow_and_days_test_agrees_with_statsmodels() {
    for case in reference("tables") {
        let (plain, tarone) = breslow_day(&segments(&case)).expect("finite odds");
        let want = &case["cmh"];
        near(plain.statistic, number(&want["breslow_day"]), 1e-9);
        near(plain.p, number(&want["breslow_day_p"]), 1e-9);
        near(tarone.statistic, number(&want["breslow_day_tarone"]), 1e-9);
        near(tarone.p, number(&want["breslow_day_tarone_p"]), 1e-9);
        assert_eq!(plain.df, number(&want["dof"]));
    }
}

#[test]
fn the_logistic_interaction_agrees_with_statsmodels() {
    for case in reference("tables") {
        let (test, common) = logistic_interaction(&segments(&case)).expect("two segments");
        let (want, common) = (&case["logistic"], common.expect("finite odds"));
        // Its saturated fit stops short of the exact one where a cell is empty; the deviance of
        // the common fit is exact in both.
        near(test.statistic, number(&want["deviance_common"]), 1e-9);
        near(test.p, number(&want["interaction_p"]), 1e-7);
        assert_eq!(test.df, number(&want["dof"]));
        near(common.ln_odds_ratio, number(&want["common_log_odds_ratio"]), 1e-8);
        near(common.std_error, number(&want["se"]), 1e-5);
    }
}

#[test]
fn each_segment_against_the_rest() {
    for case in reference("tables") {
        let got = against_rest(&segments(&case), Level::DEFAULT);
        let want = case["rest"].as_array().expect("rows");
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(want) {
            let want = numbers(want);
            close(got.effect, want[0], 1e-12);
            close(got.rest, want[1], 1e-12);
            near(got.z, want[2], 1e-9);
            near(got.p, want[3], 1e-9);
            assert!(got.p_holm >= got.p);
        }
    }
}

#[test]
fn post_stratification_agrees_with_gbstats() {
    for case in reference("tables") {
        let got = post_stratified(&segments(&case), Level::DEFAULT).expect("two arms");
        let lift = got.relative_lift.expect("a base rate");
        for (got, want) in [(got.difference, &case["ps_absolute"]), (lift, &case["ps_relative"])] {
            let want = numbers(want);
            close(got.point, want[0], 1e-12);
            near(got.std_error.expect("one"), want[1], 1e-9);
            close(got.low, want[2], 1e-9);
            close(got.high, want[3], 1e-9);
        }
    }
}
