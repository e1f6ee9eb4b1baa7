//! Some features instead of all; closed history.

use jiff::tz::TimeZone;
use microseg::features::{
    self, Extraction, FeatureTable, History, HistoryKey, close_history, extract, extract_open,
};
use microseg::lake::Lake;
use microseg::workspace::{AsOf, FeatureSettings};

use crate::support::{Dir, SMALL, refused};
use crate::tables::rows;

fn table() -> FeatureTable {
    features::read(&SMALL.root.join("features")).unwrap()
}

#[test]
fn some_features_are_those_of_the_table_and_leave_it_alone() {
    let dir = SMALL.copy();
    let before = dir.files();
    let names = "sends_90d,recency_days,consent,attr_birth_year";
    let printed = dir.run(&format!("features --only {names}")).fine().stdout;
    assert!(before == dir.files(), "the workspace was touched");
    let (table, found) = (table(), rows(&printed));
    assert_eq!(
        printed.lines().next(),
        Some("contact_id,sends_90d,recency_days,attr_birth_year,consent")
    );
    assert_eq!(found.len(), table.contacts());
    for name in ["sends_90d", "recency_days", "attr_birth_year"] {
        for (value, row) in table.column(name).unwrap().iter().zip(&found) {
            let plain = row[name].parse::<f64>().unwrap_or(f64::NAN);
            assert_eq!(value.to_bits(), plain.to_bits(), "{name}");
        }
    }
    for (word, row) in table.label("consent").unwrap().into_iter().zip(&found) {
        assert_eq!(word.unwrap_or(""), row["consent"]);
    }
}

#[test]
fn some_features_go_into_a_file_and_say_what_they_took() {
    let dir = SMALL.copy();
    for file in ["some.csv", "some.parquet"] {
        let line = format!("features --only sends,clicks --out {} --format json", dir.at(file));
        let result = dir.run(&line).fine().json();
        assert_eq!(
            (result["contacts"].as_u64(), result["features"].as_u64()),
            (Some(table().contacts() as u64), Some(2))
        );
        assert!(result["measuring_seconds"].as_f64().is_some_and(|s| s > 0.0), "{result}");
        assert!(dir.path().join(file).exists());
    }
    refused(&dir.run(&format!("features --only sends --out {}", dir.at("some.txt"))), 2, &[".csv"]);
}

#[test]
fn an_unknown_feature_is_answered_with_the_nearest() {
    let dir = SMALL.copy();
    refused(
        &dir.run("features --only sends,recensy_days"),
        2,
        &["recensy_days", "did you mean `recency_days`"],
    );
}

/// The demo has a year of rows; months later, the first of them are closed.
#[test]
fn features_are_not_written_over_exports_or_artefacts() {
    let dir = SMALL.copy();
    for (name, what) in
        [("features/features.parquet", "artefact"), ("exports/orders.csv", "source")]
    {
        let before = std::fs::read(dir.path().join(name)).unwrap();
        let output = dir.run(&format!("features --only sends --out {}", dir.at(name)));
        refused(&output, 2, &["--out would replace", what]);
        assert!(std::fs::read(dir.path().join(name)).unwrap() == before);
    }
}

fn as_of() -> AsOf {
    AsOf::parse("2026-12-01", TimeZone::get("Europe/London").unwrap()).unwrap()
}

fn same(a: &FeatureTable, b: &FeatureTable) {
    assert!(a.ids == b.ids && a.specs == b.specs && a.label_specs == b.label_specs);
    for (column, spec) in a.specs.iter().enumerate() {
        for (row, id) in a.ids.iter().enumerate() {
            let (a, b) = (a.values[(row, column)], b.values[(row, column)]);
            assert_eq!(a.to_bits(), b.to_bits(), "{} of {id}: {a} and {b}", spec.name);
        }
    }
    assert!(a.labels == b.labels);
}

#[test]
fn closed_history_and_the_rows_after_it_give_the_same_bits_as_all_rows() {
    let as_of = as_of();
    let settings = FeatureSettings::default();
    let whole = Lake::open(&SMALL.root.join("lake")).unwrap();
    let extraction = Extraction::new(&whole, &as_of, 2, &settings);
    let expected = extract(&extraction).unwrap();
    let cut = History::cut(as_of.micros()).unwrap();
    let sums = close_history(&extraction, cut).unwrap();
    assert!(sums.column("sends").unwrap().sum() > 0.0, "nothing is closed");
    let dir = Dir::new();
    let key = HistoryKey {
        until_us: cut,
        program: String::new(),
        slices: vec![("all".to_owned(), "0".to_owned())],
    };
    let kept = dir.path().join("closed");
    History::write(&sums, &key, &kept).unwrap();
    assert_eq!(History::key(&kept), Some(key.clone()));
    let history = || History::read(&kept, &key).unwrap();
    same(&expected, &extract_open(&extraction, &[], Some(history())).unwrap().table);

    // The rows that the history stands for are not needed any more.
    let open = without_events_before(history().open_from_us());
    let rest = Lake::open(&open.path().join("lake")).unwrap();
    let rest = Extraction::new(&rest, &as_of, 2, &settings);
    same(&expected, &extract_open(&rest, &[], Some(history())).unwrap().table);
    assert!(
        extract(&rest).unwrap().column("sends").unwrap().sum()
            < expected.column("sends").unwrap().sum()
    );
}

fn without_events_before(us: i64) -> Dir {
    let dir = SMALL.fresh();
    dir.edit("exports/events.csv", |text| {
        let is_late = |row: &str| {
            let time = row.split(',').nth(2).and_then(|ts| ts.parse::<jiff::Timestamp>().ok());
            time.is_none_or(|ts| ts.as_microsecond() >= us)
        };
        text.lines().filter(|row| is_late(row)).map(|row| format!("{row}\n")).collect()
    });
    dir.run("ingest").fine();
    dir
}

#[test]
fn history_that_was_closed_before_a_contact_was_known_holds_its_rows() {
    let dir = SMALL.fresh();
    dir.edit("exports/contacts.csv", |text| {
        text + "late-row,2026-06-15T00:00:00Z,Europe/Paris,FR,subscribed,popup,1990\n"
    });
    dir.edit("exports/events.csv", |text| {
        let early = "late-row,2025-03-01T00:00:00Z,sent,m0001,,,,,,,,false";
        format!("{text}x-1,{early}\n")
    });
    dir.run("ingest").fine();
    let (lake, settings) =
        (Lake::open(&dir.path().join("lake")).unwrap(), FeatureSettings::default());
    let (now, before) = (as_of(), AsOf::parse("2026-06-10", TimeZone::UTC).unwrap());
    let cut = History::cut(before.micros()).unwrap();
    let sums = close_history(&Extraction::new(&lake, &before, 2, &settings), cut).unwrap();
    let extraction = Extraction::new(&lake, &now, 2, &settings);
    let expected = extract(&extraction).unwrap();
    let place = expected.ids.iter().position(|id| id == "late-row").unwrap();
    assert_eq!(expected.column("sends").unwrap()[place], 1.0);
    same(&expected, &extract_open(&extraction, &[], Some(History::of(cut, &sums))).unwrap().table);
}
