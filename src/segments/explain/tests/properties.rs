//! What must not change the result.

use super::*;
use crate::segments::explain::RuleOutcome;
use ndarray::Axis;

/// Three segments that are no boxes, with missing values, ties and a useless column.
fn blobs() -> Case {
    let specs = [
        ("recency_days", Unit::Days),
        ("frequency", Unit::Count),
        ("spend_minor", Unit::MinorUnits),
        ("nothing", Unit::Number),
    ];
    Case::new(&specs, 3_000, |draws| {
        let near = |draws: &mut Draws| draws.unit() + draws.unit() + draws.unit() - 1.5;
        let label = (draws.below(10) / 4.0) as usize;
        let centre = [[20.0, 8.0, 30_000.0], [150.0, 2.0, 6_000.0], [300.0, 1.0, 4_000.0]][label];
        let recency = (centre[0] * (1.0 + near(draws))).round();
        let recency = if label == 2 && draws.unit() < 0.2 { f64::NAN } else { recency };
        let frequency = (centre[1] * (1.0 + near(draws))).round().max(0.0);
        let spend = (centre[2] * (1.0 + near(draws))).round();
        (vec![recency, frequency, spend, draws.unit()], label)
    })
}

fn rules(explained: &[Explanation]) -> Vec<RuleOutcome> {
    explained.iter().map(|e| e.rule.clone()).collect()
}

fn json(explained: &[Explanation]) -> String {
    serde_json::to_string(explained).expect("plain data")
}

#[test]
fn the_order_of_rows_and_columns_decides_nothing() -> Result<()> {
    let case = blobs();
    let expected = case.explained()?;
    let mut order: Vec<usize> = (0..case.labels.len()).collect();
    let mut draws = Draws(99);
    order.sort_by_cached_key(|_| draws.next());
    let mut shuffled = case.clone();
    shuffled.table.ids = order.iter().map(|row| case.table.ids[*row].clone()).collect();
    shuffled.table.values = case.table.values.select(Axis(0), &order);
    shuffled.labels = order.iter().map(|row| case.labels[*row]).collect();
    assert_eq!(rules(&shuffled.explained()?), rules(&expected));
    let mut turned = case.clone();
    turned.table.values = case.table.values.select(Axis(1), &[2, 3, 0, 1]);
    turned.table.specs = [2, 3, 0, 1].map(|i| case.table.specs[i].clone()).to_vec();
    assert_eq!(rules(&turned.explained()?), rules(&expected));
    let names: Vec<String> = case.names().into_iter().rev().collect();
    assert_eq!(json(&case.explained_from(&names)?), json(&expected));
    Ok(())
}

#[test]
fn threads_and_runs_give_the_same_bytes() -> Result<()> {
    let case = blobs();
    let expected = json(&case.explained()?);
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        assert_eq!(json(&pool.install(|| case.explained())?), expected);
    }
    Ok(())
}

#[test]
fn other_labels_give_the_same_explanations_in_another_order() -> Result<()> {
    let case = blobs();
    let expected = case.explained()?;
    let mut other = case.clone();
    let renamed = [2, 0, 1];
    other.labels = case.labels.iter().map(|label| renamed[*label]).collect();
    let found = other.explained()?;
    for (before, explanation) in expected.iter().enumerate() {
        let mut back = found[renamed[before]].clone();
        assert_eq!(back.segment, renamed[before]);
        back.segment = before;
        for neighbour in &mut back.surroundings.nearest {
            let label = neighbour.segment;
            neighbour.segment = renamed.iter().position(|r| *r == label).expect("a label");
        }
        assert_eq!(&back, explanation);
    }
    Ok(())
}

#[test]
fn another_unit_of_money_scales_the_thresholds_and_nothing_else() -> Result<()> {
    let case = blobs();
    let mut scaled = case.clone();
    scaled.table.values.column_mut(2).mapv_inplace(|v| v * 100.0);
    for (a, b) in rules(&case.explained()?).iter().zip(&rules(&scaled.explained()?)) {
        let (a, b) = (a.found().expect("a rule"), b.found().expect("a rule"));
        assert_eq!((a.held_out, a.all), (b.held_out, b.all));
    }
    Ok(())
}

#[test]
fn a_copy_of_a_column_changes_nothing_but_the_name() -> Result<()> {
    let case = blobs();
    let mut doubled = case.clone();
    doubled.table.values = case.table.values.select(Axis(1), &[0, 1, 2, 3, 0]);
    let mut copy = case.table.specs[0].clone();
    copy.name = "recency_days_again".to_owned();
    doubled.table.specs.push(copy);
    assert_eq!(rules(&doubled.explained()?), rules(&case.explained()?));
    Ok(())
}

#[test]
fn single_precision_gives_the_same_rules() -> Result<()> {
    let case = blobs();
    let prepared = case.table.values.mapv(|v| if v.is_nan() { 0.0 } else { v as f32 });
    let centroids = centroids(prepared.mapv(f64::from).view(), &case.labels, 3);
    let found = explain(&ExplainInput {
        table: &case.table,
        columns: &case.names(),
        labels: &case.labels,
        clusters: 3,
        prepared: prepared.view(),
        prepared_names: &case.names(),
        centroids: centroids.view(),
        seed: 11,
        held_out_share: 0.3,
    })?;
    assert_eq!(rules(&found), rules(&case.explained()?));
    Ok(())
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let case = blobs();
    let refused = |change: &dyn Fn(&mut Case)| {
        let mut case = case.clone();
        change(&mut case);
        case.explained().expect_err("an error").to_string()
    };
    assert!(refused(&|c| c.labels.truncate(10)).contains("labels"));
    assert!(refused(&|c| c.table.values[(5, 2)] = f64::INFINITY).contains("finite"));
    let unknown = case.explained_from(&["recency_day".to_owned()]).expect_err("an error");
    assert_eq!(unknown.hint_text(), Some("did you mean `recency_days`?"));
}

#[test]
fn no_table_is_too_odd_for_an_answer() -> Result<()> {
    let odd = [f64::NAN, -0.0, 0.0, 1e100, -1e100, f64::MIN_POSITIVE, 1e-20, 5.0, 5.000_001];
    let specs = [("a", Unit::Count), ("b", Unit::Share), ("c", Unit::Flag), ("d", Unit::Days)];
    let mut sizes = Draws(1);
    for _ in 0..150 {
        let (contacts, kinds) = (sizes.below(120) as usize, 2 + sizes.next() % 8);
        let clusters = 1 + sizes.next() % 4;
        let case = Case::new(&specs, contacts, |draws| {
            let row = (0..4).map(|_| odd[draws.below(kinds) as usize]).collect();
            (row, draws.below(clusters) as usize)
        });
        for explanation in case.explained()? {
            let Some(found) = explanation.rule.found() else { continue };
            assert!(found.f1 >= 0.5 && found.held_out.hits <= found.all.hits, "{found:?}");
            assert!(found.precision.low <= found.precision.point, "{found:?}");
        }
    }
    Ok(())
}
