//! The segment proposal: its parts add up, its rules select what it says, its ids stay with the people.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use datafusion::prelude::{ParquetReadOptions, SessionContext};
use microseg::features;
use microseg::segments::model::SegmentModel;
use microseg::segments::{self, ProposalInput};
use microseg::workspace::SegmentSettings;
use serde_json::Value;

use crate::support::{Dir, LARGE, SMALL, run_line};
use crate::tables::{Row, rows};

static PROPOSAL: LazyLock<Value> =
    LazyLock::new(|| json(&LARGE.root.join("segments/proposal.json")));

static MEMBERS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    rows(&std::fs::read_to_string(LARGE.root.join("segments/membership.csv")).unwrap())
});

fn json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn parts(proposal: &Value) -> &[Value] {
    proposal["segments"].as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn the_members_are_those_that_are_counted_and_all_parts_add_up() {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in MEMBERS.iter() {
        *counts.entry(&row["segment_id"]).or_default() += 1;
    }
    let (mut contacts, mut revenue, mut share) = (0, 0, 0.0);
    for segment in parts(&PROPOSAL) {
        assert_eq!(segment["contacts"], counts[text(&segment["id"])]);
        contacts += segment["contacts"].as_u64().unwrap();
        revenue += segment["revenue_minor"].as_i64().unwrap();
        share += segment["share"].as_f64().unwrap();
        let contrasts = segment["explanation"]["contrasts"].as_array().unwrap();
        close(contrasts.iter().map(|c| c["share_of_separation"].as_f64().unwrap()).sum(), 1.0);
        let hours = segment["hours"]["shares"].as_array().unwrap();
        close(hours.iter().map(|h| h.as_f64().unwrap()).sum(), 1.0);
    }
    assert_eq!((contacts, revenue), (20_000, PROPOSAL["revenue_minor"].as_i64().unwrap()));
    close(share, 1.0);
    let mut ranks: Vec<u64> =
        parts(&PROPOSAL).iter().map(|s| s["rank"].as_u64().unwrap()).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..=ranks.len() as u64).collect::<Vec<_>>());
}

#[test]
fn strata_divide_everybody_and_their_segments_divide_them() {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in MEMBERS.iter() {
        *counts.entry((&row["stratum"], &row["micro_segment"])).or_default() += 1;
    }
    let strata = PROPOSAL["strata"].as_array().unwrap();
    let sizes = strata.iter().map(|s| s["contacts"].as_u64().unwrap());
    assert_eq!(sizes.sum::<u64>(), 20_000);
    for stratum in strata {
        let inner = parts(stratum);
        for part in inner {
            assert_eq!(part["contacts"], counts[&(text(&stratum["name"]), text(&part["name"]))]);
        }
        let sum: u64 = inner.iter().map(|s| s["contacts"].as_u64().unwrap()).sum();
        assert!(inner.is_empty() || stratum["contacts"] == sum);
    }
    assert!(strata.iter().any(|s| parts(s).len() > 1));
}

#[test]
fn every_rule_shown_selects_the_contacts_that_the_report_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = SessionContext::new();
    let path = LARGE.root.join("features/features.parquet").to_string_lossy().into_owned();
    runtime
        .block_on(context.register_parquet("features", path, ParquetReadOptions::default()))
        .unwrap();
    let segment_of: HashMap<&str, &str> =
        MEMBERS.iter().map(|r| (r["contact_id"].as_str(), r["segment_id"].as_str())).collect();
    let mut run = 0;
    for segment in parts(&PROPOSAL) {
        let Some(sql) = segment["rule_sql"].as_str() else { continue };
        let found = &segment["explanation"]["rule"]["found"]["all"];
        let batches =
            runtime.block_on(async { context.sql(sql).await.unwrap().collect().await.unwrap() });
        let selected: Vec<String> = batches.iter().flat_map(first_column).collect();
        let hits = selected.iter().filter(|id| segment_of[id.as_str()] == text(&segment["id"]));
        assert_eq!(found["selected"], selected.len() as u64, "{sql}");
        assert_eq!(found["hits"], hits.count() as u64, "{sql}");
        run += 1;
    }
    println!("{run} of {} segments have a rule", parts(&PROPOSAL).len());
    assert!(run >= 4);
}

fn first_column(batch: &arrow::array::RecordBatch) -> Vec<String> {
    use arrow::array::AsArray;
    let ids = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8).unwrap();
    ids.as_string::<i32>().iter().map(|id| id.unwrap().to_owned()).collect()
}

#[test]
fn the_stored_model_puts_everybody_where_the_proposal_did() {
    let model: SegmentModel =
        serde_json::from_value(json(&LARGE.root.join("segments/model.json"))).unwrap();
    let table = features::read(&LARGE.root.join("features")).unwrap();
    let scored = model.score(&table).unwrap();
    let found: Vec<&str> = MEMBERS.iter().map(|r| r["segment_id"].as_str()).collect();
    let agree = scored.iter().zip(&found).filter(|(a, b)| a == b).count();
    assert_eq!((scored.len(), agree), (20_000, 20_000));
}

#[test]
fn every_segment_can_be_tested_in_one_send_and_says_what_to_do() {
    for segment in parts(&PROPOSAL) {
        let reach = &segment["reach"];
        assert_eq!(reach["sends_needed"], 1, "{reach}");
        assert!(reach["smallest_relative_lift"].as_f64().unwrap() <= 0.5);
        assert!(!text(&segment["play"]["advice"]).is_empty());
        assert_eq!(segment["play"]["experiments"].as_array().unwrap().len(), 2);
        assert_eq!(segment["typical"].as_array().unwrap().len(), 3);
        assert!(segment["stability"]["mean"].as_f64().unwrap() >= 0.6);
    }
}

/// The share of contacts whose segment kept its id, as the proposal prints it and as counted.
fn kept(dir: &Dir, before: &str) -> (f64, f64) {
    let proposal = json(&dir.path().join("segments/proposal.json"));
    let ids = |csv: &str| -> HashMap<String, String> {
        rows(csv).into_iter().map(|r| (r["contact_id"].clone(), r["segment_id"].clone())).collect()
    };
    let (before, after) = (ids(before), ids(&dir.read("segments/membership.csv")));
    let shared: Vec<_> =
        after.iter().filter_map(|(contact, id)| Some((before.get(contact)?, id))).collect();
    let same = shared.iter().filter(|(a, b)| a == b).count();
    let counted = same as f64 / shared.len() as f64;
    (proposal["continuity"]["kept_share"].as_f64().unwrap(), counted)
}

#[test]
fn ids_and_names_stay_with_the_people_in_the_next_month() {
    let dir = LARGE.copy();
    dir.run("run --as-of 2026-06-01 -q").fine();
    let june = dir.read("segments/membership.csv");
    let before = json(&dir.path().join("segments/proposal.json"));
    dir.run("run --as-of 2026-07-01 -q").fine();
    let (printed, counted) = kept(&dir, &june);
    println!("contacts whose segment kept its id from June to July: {printed:.4}");
    close(printed, counted);
    assert!(printed >= 0.8, "{printed}");
    let after = json(&dir.path().join("segments/proposal.json"));
    let names = |p: &Value| -> BTreeMap<String, String> {
        let pair = |s: &Value| (text(&s["id"]).to_owned(), text(&s["name"]).to_owned());
        parts(p).iter().map(pair).collect()
    };
    let (before, after) = (names(&before), names(&after));
    let same = after.iter().filter(|(id, _)| before.contains_key(*id));
    for (id, name) in same {
        assert_eq!(&before[id], name);
    }
    assert!(after.keys().filter(|id| before.contains_key(*id)).count() >= 4);
    let report = dir.read("report/report.md");
    assert!(report.contains("are in a segment with the same id"), "{report}");
}

#[test]
fn ids_and_names_stay_with_the_people_in_a_bootstrap_draw() {
    let table = features::read(&LARGE.root.join("features")).unwrap();
    let known = segments::known(&LARGE.root.join("segments")).unwrap().unwrap();
    let mut state = 11u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % table.contacts()
    };
    // A contact is in the table once, however often it is drawn.
    let drawn: BTreeSet<usize> = (0..table.contacts()).map(|_| draw()).collect();
    let rows: Vec<usize> = drawn.into_iter().collect();
    let proposal = segments::propose(&ProposalInput {
        table: &table.rows(&rows),
        hours: &[],
        categories: &[],
        settings: &SegmentSettings::default(),
        seed: 99,
        as_of: "2026-07-01".to_owned(),
        currency: "GBP".to_owned(),
        earlier: Some(&known),
        given_names: &BTreeMap::from([("S1".to_owned(), "Our best".to_owned())]),
    })
    .unwrap();
    let continuity = proposal.continuity.unwrap();
    let share = continuity.kept_share.unwrap();
    println!("contacts whose segment kept its id in a bootstrap draw: {share:.4}");
    assert_eq!(continuity.shared_contacts, rows.len());
    assert!(share >= 0.8, "{share}");
    let given = proposal.segments.iter().find(|s| s.id == "S1").unwrap();
    assert_eq!(given.name, "Our best");
}

#[test]
fn a_proposal_made_again_for_the_report_is_the_one_on_disk() {
    let dir = SMALL.copy();
    dir.run("run --as-of 2026-06-01 -q").fine();
    dir.run("run --as-of 2026-07-01 -q").fine();
    let page = dir.read("report/report.md");
    std::fs::remove_dir_all(dir.path().join("report")).unwrap();
    dir.run("report --as-of 2026-07-01 -q").fine();
    assert_eq!(page, dir.read("report/report.md"));
}

/// Numbers without any structure, in three shapes.
fn noise(shape: &str) -> String {
    let mut state = 9u64;
    let mut uniform = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let mut csv = "id,a,b,c,d\n".to_owned();
    for row in 0..3_000 {
        csv.push_str(&format!("n{row}"));
        for _ in 0..4 {
            let value = match shape {
                "normal" => {
                    (-2.0 * uniform().ln()).sqrt() * (uniform() * std::f64::consts::TAU).cos()
                }
                "exponential" => -uniform().ln(),
                _ => uniform(),
            };
            csv.push_str(&format!(",{value}"));
        }
        csv.push('\n');
    }
    csv
}

#[test]
fn pure_noise_has_no_structure_worth_segmenting() {
    let dir = Dir::new();
    for shape in ["normal", "exponential", "uniform"] {
        let file = dir.write("noise.csv", noise(shape));
        let line = format!("cluster {file} --id id --columns a,b,c,d --k auto");
        let found = run_line(&format!("{line} --format json")).fine().json();
        assert_eq!(found["structure"]["verdict"], "none", "{shape}: {}", found["candidates"]);
        assert_eq!(found["k"], 1, "{shape}");
        let said = run_line(&line).fine().stdout;
        assert!(said.contains("There is no structure worth segmenting"), "{said}");
    }
}

#[test]
fn a_workspace_of_noise_proposes_nothing_and_says_so() {
    let dir = Dir::new();
    dir.write("noise.csv", noise("normal"));
    dir.write(
        "microseg.toml",
        "as_of = \"2026-07-01\"\n[[source]]\ntable = \"contacts\"\nfiles = [\"noise.csv\"]\n\
         columns = { contact = \"id\" }\nattributes = [\"a\", \"b\", \"c\", \"d\"]\n",
    );
    dir.run("run -q").fine();
    let page = dir.read("report/report.md");
    assert!(page.contains("There is no structure worth segmenting"), "{page}");
    let proposal = json(&dir.path().join("segments/proposal.json"));
    assert_eq!(parts(&proposal).len(), 1);
    assert_eq!(proposal["segments"][0]["name"], "Everybody");
}
