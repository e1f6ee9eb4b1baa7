//! Rules that explain segments, run as SQL: the contacts that the explanation counts.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use microseg::features::{Family, FeatureSpec, FeatureTable, Labels, Unit};
use microseg::segments::explain::{ExplainInput, explain, matching};
use microseg::segments::rules::sql::Surroundings;
use microseg::segments::rules::{MissingMeans, NumberTest, Rule, WordTest};
use ndarray::Array2;

const CONTACTS: usize = 5_000;

/// Draws that anybody can repeat.
fn draw(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as f64 / (1u64 << 31) as f64
}

/// Recency with missing values, whole orders, a balance around zero of both signs, and a word.
fn table() -> FeatureTable {
    let mut state = 5;
    let mut values = Vec::new();
    let mut codes = Vec::new();
    for _ in 0..CONTACTS {
        let recency = (draw(&mut state) * 300.0).floor();
        let is_missing = draw(&mut state) < 0.2;
        values.push(if is_missing { f64::NAN } else { recency });
        values.push((draw(&mut state) * 8.0).floor());
        values.push((draw(&mut state) * 5.0 - 2.5).round());
        codes.push([None, Some(0), Some(1)][(draw(&mut state) * 3.0) as usize]);
    }
    let spec = |name: &str, unit| FeatureSpec::new(Family::Custom, name, unit);
    FeatureTable::new(
        (0..CONTACTS).map(|i| format!("c{i:05}")).collect(),
        vec![
            spec("recency_days", Unit::Days),
            spec("orders", Unit::Count),
            spec("balance", Unit::Number),
        ],
        Array2::from_shape_vec((CONTACTS, 3), values).unwrap(),
        vec![spec("device", Unit::Label)],
        vec![Labels { codes, texts: vec!["mobile".to_owned(), "web".to_owned()] }],
    )
}

/// The rule as SQL, written for this test alone.
fn sql(rule: &Rule) -> String {
    let joined = |parts: &[Rule], with: &str| {
        format!("({})", parts.iter().map(sql).collect::<Vec<_>>().join(with))
    };
    match rule {
        Rule::All(parts) => joined(parts, " AND "),
        Rule::Any(parts) => joined(parts, " OR "),
        Rule::Not(part) => format!("NOT {}", sql(part)),
        Rule::Number(test) => {
            let bounds =
                [(">", test.above), (">=", test.at_least), ("<", test.below), ("<=", test.at_most)];
            let bounds = bounds.iter().filter_map(|(sign, bound)| {
                bound.map(|bound| format!("{} {sign} {bound:?}", test.feature))
            });
            answered(&bounds.collect::<Vec<_>>().join(" AND "), test.missing)
        }
        Rule::Word(test) => {
            let words = test.is.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>();
            answered(&format!("{} IN ({})", test.feature, words.join(", ")), test.missing)
        }
        rule => panic!("{rule:?} is no test of features"),
    }
}

fn answered(test: &str, missing: MissingMeans) -> String {
    format!("coalesce({test}, {})", missing == MissingMeans::Matches)
}

/// The ids that DataFusion selects, ascending: the same with the statement that is shown to people.
fn selected(table: &FeatureTable, rule: &Rule) -> Vec<String> {
    let own = format!("SELECT contact_id FROM features WHERE {} ORDER BY contact_id", sql(rule));
    let labels = ["device".to_owned()];
    let shown = rule.sql(Surroundings { as_of_us: 0, labels: &labels, last_key: None });
    let ids = run(table, &own);
    assert!(ids == run(table, &shown), "{shown}");
    ids
}

fn run(table: &FeatureTable, query: &str) -> Vec<String> {
    let mut columns: Vec<(&str, ArrayRef)> =
        vec![("contact_id", Arc::new(StringArray::from(table.ids.clone())))];
    for (spec, values) in table.specs.iter().zip(table.values.columns()) {
        let values: Float64Array = values.iter().map(|v| (!v.is_nan()).then_some(*v)).collect();
        columns.push((&spec.name, Arc::new(values)));
    }
    let words: StringArray = table.label("device").unwrap().into_iter().collect();
    columns.push(("device", Arc::new(words)));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let batches = runtime.block_on(async {
        let context = SessionContext::new();
        context.register_batch("features", batch).unwrap();
        context.sql(query).await.unwrap().collect().await.unwrap()
    });
    let ids = batches.iter().flat_map(|batch| {
        let ids = batch.column(0).as_string::<i32>();
        ids.iter().map(|id| id.unwrap().to_owned()).collect::<Vec<_>>()
    });
    ids.collect()
}

fn matched(table: &FeatureTable, rule: &Rule) -> Vec<String> {
    let holds = matching(rule, table).unwrap();
    table.ids.iter().zip(holds).filter(|(_, holds)| *holds).map(|(id, _)| id.clone()).collect()
}

#[test]
fn every_rule_shown_selects_in_sql_the_contacts_that_are_counted() {
    let table = table();
    let row_label = |row: usize| {
        let (recency, orders, balance) =
            (table.values[(row, 0)], table.values[(row, 1)], table.values[(row, 2)]);
        match () {
            () if recency < 60.0 && orders >= 3.0 => 0,
            () if recency.is_nan() || recency >= 240.0 => 1,
            () if balance >= 0.0 => 2,
            () => 3,
        }
    };
    let labels: Vec<usize> = (0..CONTACTS).map(row_label).collect();
    let names: Vec<String> = table.specs.iter().map(|spec| spec.name.clone()).collect();
    let prepared = table.values.mapv(|v| if v.is_nan() { 300.0 } else { v });
    let explained = explain(&ExplainInput {
        table: &table,
        columns: &names,
        labels: &labels,
        clusters: 4,
        prepared: prepared.view(),
        prepared_names: &names,
        centroids: Array2::zeros((4, 3)).view(),
        seed: 3,
        held_out_share: 0.3,
    })
    .unwrap();
    let mut shown = 0;
    for explanation in &explained {
        let Some(found) = explanation.rule.found() else { continue };
        shown += 1;
        let ids = selected(&table, &found.rule);
        assert!(ids == matched(&table, &found.rule), "{:?}", found.rule);
        assert_eq!(ids.len(), found.all.selected, "{:?}", found.rule);
        let label = |id: &String| labels[table.ids.binary_search(id).unwrap()];
        let hits = ids.iter().filter(|id| label(id) == explanation.segment).count();
        assert_eq!(hits, found.all.hits, "{:?}", found.rule);
    }
    assert!(shown >= 3, "{explained:?}");
    assert_eq!(explained[0].rule.found().unwrap().f1, 1.0);
    assert_eq!(explained[1].rule.found().unwrap().f1, 1.0);
}

#[test]
fn tests_in_memory_are_tests_in_sql_for_missing_values_and_both_zeros() {
    let table = table();
    let balance = table.column("balance").unwrap();
    let zeros = balance.iter().filter(|v| **v == 0.0);
    let negative = zeros.clone().filter(|v| v.is_sign_negative()).count();
    assert!(negative > 0 && negative < zeros.count(), "both zeros are in the table");
    let mut rules = Vec::new();
    for missing in [MissingMeans::Matches, MissingMeans::Fails] {
        let bounds = [None, Some(0.0), Some(-1.0), Some(120.0)];
        for (place, bound) in bounds.into_iter().enumerate() {
            for feature in ["recency_days", "orders", "balance"] {
                let test = |above, at_least, below, at_most| {
                    let feature = feature.to_owned();
                    Rule::Number(NumberTest { feature, above, at_least, below, at_most, missing })
                };
                let own = [
                    test(bound, None, None, Some(200.0)),
                    test(None, bound, Some(1.0), None),
                    test(Some(-3.0), None, bound, None),
                    test(None, Some(-3.0), None, bound),
                ];
                rules.push(Rule::Not(Box::new(own[place].clone())));
                rules.extend(own);
            }
        }
        let is = vec!["web".to_owned()];
        rules.push(Rule::Word(WordTest { feature: "device".to_owned(), is, missing }));
    }
    let pairs = rules.windows(2).map(|pair| Rule::Any(pair.to_vec())).collect::<Vec<_>>();
    rules.extend(pairs);
    for rule in &rules {
        assert!(selected(&table, rule) == matched(&table, rule), "{rule:?}");
    }
}
