//! `calc`: reference numbers through the program, and what is said to wrong input.

use serde_json::Value;

use crate::support::{Output, all_right, no_panic, refusal, run, run_line};

fn calc(line: &str) -> Value {
    run_line(&format!("calc {line} --format json")).fine().json()
}

fn close(got: &Value, want: f64, relative: f64) {
    let got = got.as_f64().unwrap_or_else(|| panic!("no number: {got}, want {want}"));
    assert!((got - want).abs() <= relative * want.abs(), "got {got}, want {want}");
}

#[test]
fn rates_are_those_of_a_high_precision_score_test() {
    let got = calc("rates --control 100/1000 --treatment 130/1000");
    let (difference, ratio) = (&got["difference"], &got["ratio"]);
    close(&difference["point"], 0.03, 1e-12);
    close(&difference["lower"], 0.0020415972117549617, 1e-8);
    close(&difference["upper"], 0.05817247365991326, 1e-8);
    close(&ratio["point"], 1.3, 1e-12);
    close(&ratio["lower"], 1.017802853799194, 1e-8);
    close(&ratio["upper"], 1.66135916559761, 1e-8);
    // The pooled z is 2.1027; the score test's is smaller by √(1999/2000).
    close(&got["statistic_value"], 2.102740605622114, 1e-9);
    assert_eq!(got["significant"], true);
    assert_eq!(got["method"], "miettinen-nurminen score test");
    close(&got["others"]["newcombe"]["lower"], 0.0020023487152830075, 1e-9);
}

#[test]
fn the_hillstrom_visits_are_compared() {
    let got = calc("rates --control 2262/21306 --treatment 3894/21307");
    close(&got["difference"]["point"], 3894.0 / 21307.0 - 2262.0 / 21306.0, 1e-12);
    close(&got["ratio"]["point"], 3894.0 / 21307.0 / (2262.0 / 21306.0), 1e-12);
    let lower = got["ratio"]["lower"].as_f64().unwrap();
    assert!(lower > 1.6 && got["p_value"].as_f64().unwrap() < 1e-100);
    assert!(got["ln_p_value"].as_f64().unwrap() < -230.0);
    assert_eq!(got["others"]["boschloo"], Value::Null);
}

#[test]
fn empty_and_full_cells_have_answers() {
    let got = calc("rates --control 0/50 --treatment 0/50");
    assert_eq!((&got["p_value"], &got["ratio"]["kind"]), (&1.0.into(), &"undefined".into()));
    close(&got["difference"]["upper"], 0.0720163809843875, 1e-8);
    let got = calc("rates --control 0/20 --treatment 10/10");
    assert_eq!((&got["ratio"]["upper"], &got["ratio"]["point"]), (&Value::Null, &Value::Null));
    close(&got["ratio"]["lower"], 6.032810251455443, 1e-8);
    assert_eq!(got["ratio"]["kind"], "unbounded-above");
    let got = calc("rates --control 4/137 --treatment 11/142");
    close(&got["others"]["fisher"]["p"], 0.10943940298944357, 1e-9);
    close(&got["others"]["boschloo"]["p"], 0.10143020641516017, 2e-2);
    close(&got["others"]["barnard"]["p"], 0.07631724889291286, 2e-2);
}

#[test]
fn margins_are_tested_on_both_sides() {
    let got = calc("rates --control 100/1000 --treatment 130/1000 --margin 0.005");
    close(&got["margin"]["p_not_higher"], 0.960239569319561, 1e-8);
    close(&got["margin"]["p_equivalent"], 0.960239569319561, 1e-8);
    let text =
        run_line("calc rates --control 250/25000 --treatment 262/25000 --margin 0.005").fine();
    assert!(text.stdout.contains("is not lower (p < 0.001)"), "{}", text.stdout);
    assert!(text.stdout.contains("practically equal"), "{}", text.stdout);
}

#[test]
fn means_are_welch_s() {
    // Variances 210 and 260: scipy.
    let (c, t) = (210f64.sqrt(), 260f64.sqrt());
    let got = calc(&format!("means --control 2.1,{c},5000 --treatment 2.45,{t},5000"));
    close(&got["p_value"], 0.2536587331084331, 1e-9);
    close(&got["difference"]["lower"], -0.250987157, 1e-8);
    close(&got["df"], 9886.115487914056, 1e-9);
    close(&got["ratio"]["point"], 2.45 / 2.1, 1e-12);
    assert_eq!(got["ratio"]["kind"], "bounded");
    // Fieller's set is no interval where the control may be zero.
    let got = calc("means --control 3.91,12.17,37 --treatment 5.27,15.29,41");
    assert_eq!(
        (&got["ratio"]["kind"], &got["ratio"]["lower"]),
        (&"complement".into(), &Value::Null)
    );
    assert!(got["ratio"]["rejected"][1].as_f64() > got["ratio"]["rejected"][0].as_f64());
    let got = calc("means --control -2,1,50 --treatment -1.5,1,50 --margin 1");
    assert!(got["margin"]["p_equivalent"].as_f64().unwrap() < 0.05);
}

#[test]
fn designs_agree_with_r_and_statsmodels() {
    let got = calc("power --baseline 0.004 --lift 0.2 --power 0.8");
    close(&got["n_control_exact"], 107446.06017903717, 1e-9);
    assert_eq!((&got["n_control"], &got["n_total"]), (&107_447.into(), &214_894.into()));
    let got = calc("power --baseline 0.004 --lift 0.2 --n 20000");
    close(&got["either_way"]["power"], 0.22701055291577862, 1e-9);
    assert_eq!(got["asked"], "power");
    // R: power.prop.test(n = 20000, p1 = 0.004, power = 0.8)$p2, to a quarter of the digits.
    let got = calc("power --baseline 0.004 --n 20000 --power 0.8");
    close(&got["treatment"], 0.00599606634680091, 2e-2);
    assert!(got["fall"]["lift"].as_f64().unwrap() < 0.0);
    let got = calc("power --baseline 0.004 --lift 0.2 --power 0.8 --test unpooled");
    close(&got["n_control_exact"], 107443.31468350482, 1e-9);
    let got = calc("power --sd 1 --difference 0.01 --power 0.8 --test student");
    close(&got["either_way"]["n_control_exact"], 156978.17055570384, 1e-8);
    let got = calc("power --mean 2 --sd 1 --sd-treatment 2 --total 4000 --allocation 1,3");
    assert_eq!(got["n_by_arm"], serde_json::json!([1000, 3000]));
}

#[test]
fn the_third_of_a_design_gives_the_other_two_back() {
    let what = "--baseline 0.021 --arms 3 --allocation 2,1,1 --segments 4 --one-sided";
    let lift = calc(&format!("power {what} --n 30000 --power 0.9"))["lift"].as_f64().unwrap();
    let n = calc(&format!("power {what} --lift {lift} --power 0.9"));
    close(&n["n_control_exact"], 30_000.0, 1e-7);
    assert_eq!((&n["comparisons"], &n["n_by_arm"][1]), (&8.into(), &15_000.into()));
    close(&n["alpha_each"], 0.05 / 8.0, 1e-12);
    close(&calc(&format!("power {what} --lift {lift} --n 30000"))["power"], 0.9, 1e-9);
    assert_eq!(n["n_all_segments"], 240_000);
}

#[test]
fn recipients_still_needed_shrink_to_none() {
    let got = calc("rates --control 250/25000 --treatment 300/25000 --lift 0.05");
    assert!(got["still_needed"]["recipients"].as_u64().unwrap() > 1_000_000);
    let got = calc("rates --control 250/25000 --treatment 300/25000 --lift 0.9");
    assert_eq!(got["still_needed"]["recipients"], 0);
}

#[test]
fn a_broken_split_is_a_finding() {
    let fine = calc("srm --observed 21306,21307,21387");
    assert_eq!((&fine["mismatch"], &fine["df"]), (&false.into(), &2.into()));
    let output = run_line("calc srm --observed 5000,5400 --format json");
    assert_eq!((output.code, output.stderr.as_str()), (Some(1), ""));
    close(&output.json()["p_value"], 8.769942375590228e-05, 1e-9);
    let few = calc("srm --observed 9,1,2 --expected 2,1,1");
    assert_eq!(few["method"], "exact multinomial");
}

#[test]
fn p_values_are_adjusted() {
    let adjusted = |method: &str| -> Vec<f64> {
        let got = calc(&format!("adjust --p 0.01,0.02,NA,0.03,0.04 --method {method}"));
        assert_eq!((&got["tested"], &got["excluded"]), (&4.into(), &1.into()));
        let p = got["p_values"].as_array().unwrap().iter();
        p.filter_map(|p| p["adjusted"].as_f64()).collect()
    };
    // By hand; by times 1 + 1/2 + 1/3 + 1/4.
    let cases = [
        ("holm", [0.04, 0.06, 0.06, 0.06]),
        ("hochberg", [0.04, 0.04, 0.04, 0.04]),
        ("hommel", [0.04, 0.04, 0.04, 0.04]),
        ("bh", [0.04, 0.04, 0.04, 0.04]),
        ("by", [1.0 / 12.0; 4]),
        ("bonferroni", [0.04, 0.08, 0.12, 0.16]),
        ("sidak", [0.03940399, 0.07763184, 0.11470719, 0.15065344]),
    ];
    for (method, want) in cases {
        let got = adjusted(method);
        assert_eq!(got.len(), 4, "{method}");
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-12, "{method}: {got} {want}");
        }
    }
    let got = calc("adjust --p 0.001,0.2,0.3,0.4 --method bh");
    close(&got["interval_level"], 1.0 - 0.05 / 4.0, 1e-12);
}

/// What is typed wrongly, and a word that the answer must hold.
const WRONG: &[(&str, &str)] = &[
    ("rates --control 3894:21307 --treatment 1/2", "--control X/N"),
    ("rates --control 2262 --treatment 1/2", "2262/21306"),
    ("rates --control 10/5 --treatment 1/2", "10 successes of only 5"),
    ("rates --control 0/0 --treatment 1/2", "no rows"),
    ("rates --control 1/2 --treatment -1/2", "--treatment X/N"),
    ("rates --control 1/2 --treatment 1/2 --alpha 5", "--alpha 0.05"),
    ("rates --control 1/2 --treatment 1/2 --alpha NaN", "--alpha"),
    ("rates --control 1/2 --treatment 1/2 --margin 2", "0.005"),
    ("rates --control 1/2 --treatment 1/2 --lift 0", "--lift"),
    ("rates --control 99999999999999999999/1 --treatment 1/2", "--control X/N"),
    ("means --control 1,2 --treatment 1,2,3", "MEAN,SD,N"),
    ("means --control 1,-2,9 --treatment 1,2,3", "MEAN,SD,N"),
    ("means --control 1,2,1 --treatment 1,2,3", "no variance"),
    ("means --control inf,2,9 --treatment 1,2,3", "MEAN,SD,N"),
    ("means --control 5,1,18446744073709551615 --treatment 6,1,9 --lift 0.1", "too many"),
    ("means --control 1e308,1,10 --treatment 1,1,10", "1e150"),
    ("means --control 0,1,10 --treatment 1,1,10 --lift 0.1", "mean of 0"),
    ("rates --control 5/10 --treatment 5/10 --lift -2", "no rate between 0 and 1"),
    ("rates --control 5/10 --treatment 5/10 --lift 5", "no rate between 0 and 1"),
    ("rates --control 0/10 --treatment 5/10 --lift 0.1", "no rate between 0 and 1"),
    ("power --mean 10 --sd 5 --n 1 --lift 1", "two recipients in every arm"),
    ("power --mean 1 --sd 1e200 --lift 0.1", "standard deviation"),
    ("power --baseline 0.1 --lift 0.1 --alpha 1e-320 --arms 1000", "next to nothing"),
    ("power --baseline 0.1 --n 1e300", "can be counted"),
    ("power --baseline 0.1", "give two of"),
    ("power --baseline 0.1 --lift 0.1 --n 5 --power 0.8", "give two of"),
    ("power --lift 0.1 --power 0.8", "--baseline"),
    ("power --baseline 21 --lift 0.1", "0.021"),
    ("power --baseline 0.6 --lift 0.9", "between 0 and 1"),
    ("power --baseline 0.6 --lift 0", "lift other than 0"),
    ("power --baseline 0.1 --lift 0.1 --power 1", "power"),
    ("power --baseline 0.1 --lift 0.1 --power 0.01", "above the alpha"),
    ("power --baseline 0.1 --lift 0.1 --arms 1", "control"),
    ("power --baseline 0.1 --lift 0.1 --segments 0", "segments"),
    ("power --baseline 0.1 --lift 0.1 --arms 3 --allocation 1,1", "one share an arm"),
    ("power --baseline 0.1 --lift 0.1 --allocation 1,x", "--allocation"),
    ("power --baseline 0.1 --lift 0.1 --test welch", "pooled or unpooled"),
    ("power --sd 1 --lift 0.1", "--mean"),
    ("power --mean 0 --sd 1 --lift 0.1", "--difference"),
    ("power --sd 0 --difference 0.1", "standard deviation"),
    ("power --baseline 0.1 --n 0", "--n 20000"),
    ("srm --observed 5", "two arms"),
    ("srm --observed 5,x", "--observed"),
    ("srm --observed 5,6 --expected 1,1,1", "2 arms are observed and 3 expected"),
    ("srm --observed 5,6 --expected 1,0", "planned share of 0"),
    ("srm --observed 0,0", "no rows"),
    ("srm --observed 5,6 --alpha 0", "--alpha"),
    ("adjust --p 0.1,1.2", "NA where a test gave none"),
    ("adjust --p NA", "no p-value"),
    ("adjust --p ,", "--p"),
];

#[test]
fn wrong_numbers_are_answered_with_the_form() {
    all_right(WRONG.iter().map(|(line, word)| {
        let output = run_line(&format!("calc {line}"));
        no_panic(&output);
        refusal(&output, 2, &[word]).map_err(|wrong| format!("{line}: {wrong}"))
    }));
}

#[test]
fn extreme_numbers_do_not_panic() {
    let lines = [
        "rates --control 0/1 --treatment 1/1",
        "rates --control 1/9007199254740992 --treatment 9007199254740992/9007199254740992",
        "rates --control 1/2 --treatment 1/2 --alpha 1e-300",
        "means --control 0,0,2 --treatment 0,0,2 --margin 1",
        "means --control 1e300,1e150,9 --treatment -1e300,1e150,9",
        "power --baseline 1e-12 --lift 1e-9",
        "power --baseline 0.5 --lift 1e-300",
        "power --baseline 0.5 --n 1",
        "power --mean 5 --sd 1 --n 1",
        "power --sd 1e-300 --difference 1e300",
        "power --baseline 0.1 --lift 0.1 --arms 100000000000",
        "power --baseline 0.1 --lift 0.1 --alpha 0.9",
        "srm --observed 18446744073709551615,18446744073709551615",
        "adjust --p 0,1,0 --method hommel",
        "adjust --p 1e-300,1,1,1,1,1,1,1,1,1 --alpha 1e-15 --method bh",
        "srm --observed 100,100 --expected 1e308,1e308",
        "srm --observed 100,100 --expected 1e308,1e-308",
        "power --baseline 0.1 --n 8e15 --arms 9000",
    ];
    for line in lines {
        for format in ["text", "json", "csv"] {
            let Output { code, stdout, stderr } =
                run_line(&format!("calc {line} --format {format}"));
            assert!([Some(0), Some(1), Some(2)].contains(&code), "{line}: {code:?} {stderr}");
            assert!(!stderr.contains("panicked"), "{line}: {stderr}");
            assert_eq!(stdout.is_empty(), code == Some(2), "{line}: {stdout} {stderr}");
        }
    }
}

#[test]
fn spaces_in_lists_are_fine() {
    let output = run(&["calc", "adjust", "--p", "0.01, 0.04", "--format", "json"]).fine();
    assert_eq!(output.json()["tested"], 2);
}

#[test]
fn a_perfect_split_is_as_planned_however_uneven() {
    for line in
        ["srm --observed 100,0 --expected 1,1e-300", "srm --observed 1,0 --expected 1,1e-17"]
    {
        assert!(calc(line)["p_value"].as_f64().unwrap() > 0.99, "{line}");
    }
    let large = calc("srm --observed 100,100 --expected 1e308,1e308");
    assert!(large["p_value"].as_f64().unwrap() > 1.0 - 1e-9, "{large}");
}
