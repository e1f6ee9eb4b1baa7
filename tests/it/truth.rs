//! Experiments and segments of a simulated shop, held against what was planted in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use microseg::experiments::{Levels, MetricValues, ReadoutParams, Units, Verdict};
use microseg::segments::agreement::adjusted_rand_index;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::Value;

use crate::support::{LARGE, run_line};
use crate::tables::rows;

/// Personas for whom the urgent subject line was planted to work.
const MOVED: [&str; 2] = ["bargain-hunter", "window-shopper"];

/// Experiment → exit code and result of its readout.
static READOUTS: LazyLock<HashMap<&str, (i32, Value)>> = LazyLock::new(|| {
    let readout = |id| {
        let workspace = LARGE.root.display();
        let line = format!("experiment readout {id} --workspace {workspace} --format json -q");
        let output = run_line(&line);
        (id, (output.code.unwrap(), output.json()[0]["readout"].clone()))
    };
    ["aa-test", "broken-split", "subject-line", "send-time"].map(readout).into()
});

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// One comparison of a readout.
#[derive(Debug, Clone, PartialEq)]
struct Called {
    /// The segment; `None` overall.
    level: Option<String>,
    metric: String,
    arm: String,
    verdict: String,
}

fn called(level: Option<&str>, metrics: &Value) -> Vec<Called> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_metric = |metric: &Value| {
        let comparisons = list(&metric["comparisons"]).iter().map(|c| Called {
            level: level.map(str::to_owned),
            metric: text(&metric["metric"]),
            arm: text(&c["arm"]),
            verdict: text(&c["verdict"]),
        });
        comparisons.collect::<Vec<_>>()
    };
    list(metrics).iter().flat_map(of_metric).collect()
}

/// Every comparison of an experiment, overall and by segment.
fn comparisons(experiment: &str) -> Vec<Called> {
    let readout = &READOUTS[experiment].1;
    let mut all = called(None, &readout["metrics"]);
    for column in list(&readout["segments"]) {
        for level in list(&column["levels"]) {
            all.extend(called(level["level"].as_str(), &level["metrics"]));
        }
    }
    all
}

fn is_called(comparison: &Called) -> bool {
    ["higher", "lower"].contains(&comparison.verdict.as_str())
}

/// Contact → segment and persona.
static PAIRS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let personas = rows(&LARGE.export("truth/personas.csv"));
    let personas: HashMap<&str, &str> =
        personas.iter().map(|row| (row["contact_id"].as_str(), row["persona"].as_str())).collect();
    let members = std::fs::read_to_string(LARGE.root.join("segments/membership.csv")).unwrap();
    let pair = |row: &HashMap<String, String>| {
        (row["segment_name"].clone(), personas[row["contact_id"].as_str()].to_owned())
    };
    rows(&members).iter().map(pair).collect()
});

/// Segment → the persona of most of its members.
fn majorities() -> BTreeMap<String, String> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for (segment, persona) in &*PAIRS {
        *counts.entry(segment).or_default().entry(persona).or_default() += 1;
    }
    let most = |personas: &BTreeMap<&str, u32>| {
        personas.iter().max_by_key(|(_, n)| **n).map(|(persona, _)| (*persona).to_owned())
    };
    counts
        .iter()
        .map(|(segment, personas)| ((*segment).to_owned(), most(personas).unwrap()))
        .collect()
}

#[test]
fn two_identical_arms_are_told_apart_nowhere() {
    let wrong: Vec<Called> = comparisons("aa-test").into_iter().filter(is_called).collect();
    assert_eq!(wrong, []);
    assert_eq!(READOUTS["aa-test"].0, 0);
    assert!(comparisons("aa-test").len() > 9);
}

#[test]
fn a_broken_split_is_seen_and_nothing_of_it_trusted() {
    let (code, readout) = &READOUTS["broken-split"];
    assert_eq!((*code, &readout["sample_ratio"]["mismatch"]), (1, &true.into()));
    assert!(comparisons("broken-split").iter().all(|c| c.verdict == "not-trustworthy"));
    assert!(readout["answer"].as_str().unwrap().contains("cannot be trusted"));
    assert!(list(&readout["segment_answers"]).is_empty());
}

#[test]
fn the_subject_line_works_for_those_for_whom_it_was_planted_and_for_nobody_else() {
    let majorities = majorities();
    let clicks = comparisons("subject-line").into_iter().filter(|c| c.metric == "click");
    let mut moved_segments = 0;
    for comparison in clicks {
        let expected = match &comparison.level {
            None => true,
            Some(segment) => MOVED.contains(&majorities[segment].as_str()),
        };
        moved_segments += u32::from(expected && comparison.level.is_some());
        assert_eq!(comparison.verdict == "higher", expected, "{comparison:?}: {majorities:?}");
        assert_ne!(comparison.verdict, "lower", "{comparison:?}");
    }
    assert!(moved_segments >= 2, "{majorities:?}");
}

#[test]
fn a_planted_best_hour_is_found() {
    let majorities = majorities();
    let hours = rows(&LARGE.export("truth/send_hours.csv"));
    let best: HashMap<&str, String> = hours
        .iter()
        .map(|row| (row["persona"].as_str(), format!("h{:0>2}", row["best_hour"])))
        .collect();
    let is_best = |c: &Called| {
        let persona = c.level.as_ref().map(|segment| majorities[segment].as_str());
        let is_best_arm = persona.is_some_and(|persona| best[persona] == c.arm);
        c.metric == "click" && c.verdict == "higher" && is_best_arm
    };
    let found: Vec<Called> = comparisons("send-time").into_iter().filter(is_best).collect();
    assert!(!found.is_empty(), "{:?}", comparisons("send-time"));
}

#[test]
fn the_segments_are_the_planted_personas() {
    let (segments, personas): (Vec<&String>, Vec<&String>) =
        PAIRS.iter().map(|(s, p)| (s, p)).unzip();
    let index = adjusted_rand_index(&segments, &personas).unwrap();
    println!("adjusted Rand index of segments and personas: {index:.4}");
    assert_eq!(segments.len(), 20_000);
    assert!(index >= 0.8, "{index}");
}

/// How many of 200 random splits of identical units are called different.
fn false_alarms(seed: u64, is_proportion: bool, value: impl Fn(f64) -> f64) -> usize {
    const SPLITS: usize = 200;
    const UNITS: usize = 4_000;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut uniform = move || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let values: Vec<f64> = (0..UNITS).map(|_| value(uniform())).collect();
    let mut is_called = || {
        let codes = (0..UNITS).map(|_| u32::from(uniform() < 0.5)).collect();
        let arms = Levels { names: vec!["a".to_owned(), "b".to_owned()], codes };
        let metric = MetricValues {
            name: "outcome".to_owned(),
            is_proportion: Some(is_proportion),
            values: values.clone(),
        };
        let units = Units { arms, metrics: vec![metric], segments: Vec::new() };
        let tally = units.tally().unwrap();
        let plan = ReadoutParams::new("aa", "a").check(tally.spec()).unwrap();
        let verdict = plan.read(&tally).unwrap().metrics[0].comparisons[0].verdict;
        matches!(verdict, Verdict::Higher | Verdict::Lower)
    };
    (0..SPLITS).filter(|_| is_called()).count()
}

/// Of 200 fair tests at 5 %, from 2 to 21 alarm in 999 of 1,000 cases (binomial quantiles).
const FAIR: std::ops::RangeInclusive<usize> = 2..=21;

#[test]
fn identical_arms_are_called_different_as_often_as_alpha_says() {
    let rates = false_alarms(11, true, |u| f64::from(u8::from(u < 0.12)));
    assert!(FAIR.contains(&rates), "{rates} of 200 rates");
    let rare = false_alarms(12, true, |u| f64::from(u8::from(u < 0.01)));
    assert!(FAIR.contains(&rare), "{rare} of 200 rare rates");
    // Nine in ten spend nothing, the others an exponential amount.
    let spend = false_alarms(13, false, |u| if u < 0.9 { 0.0 } else { -(10.0 * (1.0 - u)).ln() });
    assert!(FAIR.contains(&spend), "{spend} of 200 means");
}
