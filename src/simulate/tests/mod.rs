//! The promises of the simulated shop.

mod turns;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::error::{Kind, Result};

const TABLES: [&str; 6] =
    ["contacts", "campaigns", "events", "orders", "order_items", "assignments"];

/// A folder that goes away with the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn shop(&self) -> PathBuf {
        self.0.path().join("shop")
    }
}

fn write(contacts: u32, seed: u64, format: Format) -> (Folder, Written) {
    let folder = Folder::new();
    let shop = ShopParams::new(contacts, seed).check().expect("good settings");
    let written = shop.write(&folder.shop(), format, &|_| ()).expect("written");
    (folder, written)
}

fn bytes(dir: &Path, written: &Written) -> Vec<Vec<u8>> {
    written.files.iter().map(|file| fs::read(dir.join(&file.path)).expect("a file")).collect()
}

/// Rows as header to value; fine for a small shop.
fn rows(dir: &Path, name: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join(format!("{name}.csv"))).expect("a table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn pence(text: &str) -> i64 {
    let negative = text.starts_with('-');
    let digits: i64 = text.replace(['.', '-'], "").parse().expect("an amount");
    if negative { -digits } else { digits }
}

fn threads<T: Send>(count: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("threads");
    pool.install(work)
}

#[test]
fn the_same_seed_makes_the_same_bytes_with_any_number_of_threads() {
    for format in [Format::Csv, Format::Parquet] {
        let (one, written) = threads(1, || write(5000, 3, format));
        let (two, _) = threads(2, || write(5000, 3, format));
        assert!(bytes(&one.shop(), &written) == bytes(&two.shop(), &written), "{format:?}");
    }
}

#[test]
fn another_seed_makes_another_shop() {
    let (one, written) = write(50, 3, Format::Csv);
    let (two, _) = write(50, 4, Format::Csv);
    assert!(bytes(&one.shop(), &written) != bytes(&two.shop(), &written));
}

fn csv_cells(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    reader.records().map(|row| cells(row.expect("a row"))).collect()
}

fn parquet_cells(path: &Path) -> Vec<Vec<String>> {
    let file = fs::File::open(path).expect("a table");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|it| it.build());
    reader.expect("Parquet").flat_map(|batch| cells(&batch.expect("a batch"))).collect()
}

fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::new();
    let columns: Vec<ArrayFormatter<'_>> = (batch.columns().iter())
        .map(|column| ArrayFormatter::try_new(column, &options).expect("a column"))
        .collect();
    let row = |row: usize| columns.iter().map(|column| column.value(row).to_string()).collect();
    (0..batch.num_rows()).map(row).collect()
}

#[test]
fn both_formats_hold_the_same_rows() {
    let (csv, csv_written) = write(300, 5, Format::Csv);
    let (parquet, parquet_written) = write(300, 5, Format::Parquet);
    for table in TABLES {
        let texts = csv_cells(&csv.shop().join(format!("{table}.csv")));
        let typed = parquet_cells(&parquet.shop().join(format!("{table}.parquet")));
        assert!(texts == typed, "{table}");
        assert!(!texts.is_empty(), "{table}");
    }
    let counts = |written: &Written| written.files.iter().map(|f| f.rows).collect::<Vec<_>>();
    assert_eq!(counts(&csv_written), counts(&parquet_written));
}

#[test]
fn lines_add_up_to_orders_and_refunds_take_them_back() {
    let (folder, _) = write(1000, 7, Format::Csv);
    let mut lines: HashMap<String, i64> = HashMap::new();
    for item in rows(&folder.shop(), "order_items") {
        *lines.entry(item["order_id"].clone()).or_default() += pence(&item["amount"]);
    }
    let orders = rows(&folder.shop(), "orders");
    let (paid, refunds): (Vec<_>, Vec<_>) =
        orders.iter().partition(|order| order["status"] == "completed");
    assert_eq!(paid.len(), lines.len());
    assert!(!refunds.is_empty());
    let times: HashMap<_, _> = paid.iter().map(|paid| (&paid["order_id"], &paid["ts"])).collect();
    paid.iter().for_each(|row| assert_eq!(pence(&row["amount"]), lines[&row["order_id"]]));
    for refund in refunds {
        assert_eq!(-pence(&refund["amount"]), lines[&refund["order_id"]]);
        assert!(refund["ts"] > *times[&refund["order_id"]]);
    }
}

#[test]
fn nothing_happens_before_the_signup_or_after_the_end() {
    let (folder, _) = write(600, 11, Format::Csv);
    let created: HashMap<_, _> = rows(&folder.shop(), "contacts")
        .into_iter()
        .map(|row| (row["contact_id"].clone(), row["created_at"].clone()))
        .collect();
    for table in ["events", "orders"] {
        for row in rows(&folder.shop(), table) {
            assert!(row["ts"] >= created[&row["contact_id"]], "{row:?}");
            assert!(row["ts"].as_str() < "2026-07-01", "{row:?}");
        }
    }
}

#[test]
fn nobody_gets_email_after_leaving() {
    let (folder, _) = write(1000, 13, Format::Csv);
    let mut left = HashSet::new();
    let mut ids = HashSet::new();
    for row in rows(&folder.shop(), "events") {
        assert!(ids.insert(row["event_id"].clone()), "{row:?}");
        let id = &row["contact_id"];
        match row["kind"].as_str() {
            "unsubscribed" | "complained" => assert!(left.insert(id.clone()), "{row:?}"),
            "sent" => assert!(!left.contains(id), "{row:?}"),
            _ => {}
        }
    }
    assert!(!left.is_empty());
    let unsubscribed = |row: &HashMap<String, String>| row["consent"] == "unsubscribed";
    let contacts = rows(&folder.shop(), "contacts");
    assert!(contacts.iter().filter(|row| left.contains(&row["contact_id"])).all(unsubscribed));
}

#[test]
fn flagged_machines_are_the_planted_ones() {
    let (folder, _) = write(300, 17, Format::Csv);
    let ids = |rows: Vec<HashMap<String, String>>| -> Vec<String> {
        rows.into_iter().map(|row| row["event_id"].clone()).collect()
    };
    let mut flagged = rows(&folder.shop(), "events");
    flagged.retain(|row| row["machine"] == "true");
    assert_eq!(ids(flagged), ids(rows(&folder.shop(), "truth/machine")));
}

/// Delivered contacts and those who clicked in person, by experiment, persona and variant.
fn click_counts(dir: &Path) -> HashMap<(String, String, String), (f64, f64)> {
    let column = |table: &str, key: &str, value: &str| -> HashMap<String, String> {
        rows(dir, table).into_iter().map(|row| (row[key].clone(), row[value].clone())).collect()
    };
    let names = column("campaigns", "campaign_id", "name");
    let personas = column("truth/personas", "contact_id", "persona");
    let mut counts: HashMap<_, (f64, f64)> = HashMap::new();
    let mut clicked = HashSet::new();
    for row in rows(dir, "events").into_iter().filter(|row| !row["variant"].is_empty()) {
        let experiment = names[&row["campaign_id"]].replace("experiment ", "");
        let persona = personas[&row["contact_id"]].clone();
        let count = counts.entry((experiment, persona, row["variant"].clone())).or_default();
        let person = row["kind"] == "clicked" && row["machine"] == "false";
        let who = (row["campaign_id"].clone(), row["contact_id"].clone());
        match row["kind"].as_str() {
            "delivered" => count.0 += 1.0,
            _ if person && clicked.insert(who) => count.1 += 1.0,
            _ => {}
        }
    }
    counts
}

#[test]
fn clicks_come_at_the_planted_rates() {
    let (folder, written) = write(3000, 19, Format::Csv);
    let counts = click_counts(&folder.shop());
    for planted in written.effects.iter().filter(|planted| planted.metric == "click") {
        let key = (planted.experiment, planted.persona.name(), planted.variant);
        let key = (key.0.to_owned(), key.1.to_owned(), key.2.to_owned());
        let (n, clicks) = counts.get(&key).copied().unwrap_or_default();
        let p = planted.probability;
        // Four standard errors and one contact: a true rate fails once in a thousand runs of all.
        let room = 4.0 * (n * p * (1.0 - p)).sqrt() + 1.0;
        assert!((clicks - n * p).abs() <= room, "{planted:?}: {clicks} of {n}");
    }
}

#[test]
fn the_broken_split_is_broken_and_the_others_are_not() {
    let (folder, _) = write(8000, 23, Format::Csv);
    let mut counts: HashMap<(String, String), f64> = HashMap::new();
    for row in rows(&folder.shop(), "assignments") {
        let key = (row["experiment_id"].clone(), row["variant"].clone());
        *counts.entry(key).or_default() += 1.0;
    }
    for experiment in EXPERIMENTS {
        let arm = |arm: &&str| counts[&(experiment.id.to_owned(), (*arm).to_owned())];
        let n: Vec<f64> = experiment.arms.iter().map(arm).collect();
        let fair = n.iter().sum::<f64>() / n.len() as f64;
        let chi_square: f64 = n.iter().map(|n| (n - fair).powi(2) / fair).sum();
        assert_eq!(chi_square > 12.0, experiment == BROKEN_SPLIT, "{experiment:?}: {n:?}");
    }
}

#[test]
fn send_times_are_local_hours_on_both_sides_of_the_world() {
    let (folder, _) = write(400, 29, Format::Csv);
    let zones: HashMap<_, _> = rows(&folder.shop(), "contacts")
        .into_iter()
        .map(|row| (row["contact_id"].clone(), row["timezone"].clone()))
        .collect();
    for row in rows(&folder.shop(), "assignments") {
        let zone = zones[&row["contact_id"]].as_str();
        if row["experiment_id"] == SEND_TIME.id && !zone.is_empty() && !row["sent_at"].is_empty() {
            let sent: jiff::Timestamp = row["sent_at"].parse().expect("a time");
            let local = sent.in_tz(zone).expect("a time zone");
            assert_eq!(format!("h{:02}", local.hour()), row["variant"], "{row:?} {zone}");
        }
    }
}

#[test]
fn personas_come_in_their_shares() {
    let (_folder, written) = write(8000, 31, Format::Csv);
    assert!((Persona::ALL.map(Persona::weight).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    for (persona, count) in written.personas {
        let share = count as f64 / 8000.0;
        assert!((share - persona.weight()).abs() < 0.02, "{persona:?}: {share}");
    }
}

#[test]
fn the_shortest_and_the_longest_history_hold_everything() -> Result<()> {
    for (days, end) in
        [(365, jiff::civil::date(2025, 3, 30)), (3650, jiff::civil::date(2026, 1, 1))]
    {
        let folder = Folder::new();
        let shop = ShopParams::new(300, 37).days(days).end(end).check()?;
        let written = shop.write(&folder.shop(), Format::Csv, &|_| ())?;
        assert!(written.files.iter().all(|file| file.rows > 0), "{days}: {written:?}");
    }
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_made_is_a_failure_of_files() -> Result<()> {
    let folder = Folder::new();
    let file = folder.0.path().join("file");
    fs::write(&file, "").expect("written");
    let shop = ShopParams::new(10, 1).check()?;
    let error = shop.write(&file.join("shop"), Format::Csv, &|_| ()).expect_err("refused");
    assert_eq!(error.kind(), Kind::Data);
    Ok(())
}

#[test]
fn a_full_folder_is_refused_and_left_alone() -> Result<()> {
    let folder = Folder::new();
    let kept = folder.0.path().join("mine.txt");
    fs::write(&kept, "mine").expect("written");
    let shop = ShopParams::new(10, 1).check()?;
    let error = shop.write(folder.0.path(), Format::Csv, &|_| ()).expect_err("refused");
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.hint_text().is_some());
    assert_eq!(fs::read_dir(folder.0.path()).expect("a folder").count(), 1);
    Ok(())
}

#[test]
fn an_empty_folder_is_filled() -> Result<()> {
    let folder = Folder::new();
    ShopParams::new(10, 1).check()?.write(folder.0.path(), Format::Csv, &|_| ())?;
    // Six tables and the truth, and nothing of the work in between.
    assert_eq!(fs::read_dir(folder.0.path()).expect("a folder").count(), TABLES.len() + 1);
    Ok(())
}

#[test]
fn progress_ends_at_the_number_of_contacts() -> Result<()> {
    let folder = Folder::new();
    let told = std::cell::Cell::new(0);
    let shop = ShopParams::new(5000, 1).check()?;
    shop.write(&folder.shop(), Format::Csv, &|done| told.set(done))?;
    assert_eq!(told.get(), 5000);
    Ok(())
}

#[test]
fn impossible_settings_are_refused_with_a_hint() {
    let params = ShopParams::new(10, 1);
    for bad in [ShopParams::new(0, 1), params.clone().days(30), params.end(jiff::civil::Date::MAX)]
    {
        let error = bad.check().expect_err("refused");
        assert_eq!((error.kind(), error.hint_text().is_some()), (Kind::Settings, true));
    }
}
