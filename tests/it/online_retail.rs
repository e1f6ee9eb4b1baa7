//! UCI Online Retail: 541,909 invoice lines, a quarter of them without a customer, with
//! cancellations, adjustments and bad debt; dirty on purpose.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use serde_json::Value;

use crate::support::{Dir, real_data, run, run_line, shuffled, unpacked};
use crate::tables::{Rfm, mid_rank_scores};

const FILE: &str = "online_retail/online_retail.csv.gz";
const AS_OF: Date = jiff::civil::date(2011, 12, 10);

fn rfm(file: &str, more: &str) -> String {
    let columns = "--contact CustomerID --order InvoiceNo --time InvoiceDate \
                   --quantity Quantity --price UnitPrice";
    run_line(&format!("rfm {file} {columns} --as-of {AS_OF} {more}")).fine().stdout
}

static PUBLISHED: LazyLock<Option<Value>> = LazyLock::new(|| {
    let text = rfm(&real_data(FILE)?, "--format json");
    Some(serde_json::from_str(&text).unwrap())
});

fn contacts(result: &Value) -> &[Value] {
    result["contacts"].as_array().unwrap()
}

#[test]
fn every_row_and_every_penny_is_accounted_for() {
    let Some(result) = &*PUBLISHED else { return };
    let rows = &result["rows"];
    assert_eq!(rows["rows"], 541_909);
    assert_eq!(rows["set_aside_no_contact"], 135_080);
    assert_eq!(rows["accepted"], 541_909 - 135_080);
    assert_eq!((&rows["rejected"], &rows["cancellations"]), (&0.into(), &9_288.into()));
    let minor = |name: &str| rows[name].as_i64().unwrap();
    assert_eq!(minor("accepted_minor") + minor("set_aside_minor"), 974_774_793);
    let spent = contacts(result).iter().map(|c| c["monetary_minor"].as_i64().unwrap());
    assert_eq!(spent.sum::<i64>(), minor("accepted_minor"));
}

#[test]
fn every_contact_has_a_segment() {
    let Some(result) = &*PUBLISHED else { return };
    assert_eq!(contacts(result).len(), 4_372);
    for contact in contacts(result) {
        let has_order = contact["frequency"] != 0;
        assert_eq!(contact["segment"] != "No order yet", has_order, "{contact}");
        assert_eq!(contact["scores"].is_object(), has_order, "{contact}");
        assert!(!contact["segment"].as_str().unwrap().is_empty());
    }
}

/// Contact → recency, frequency and money by plain loops: invoices first, contacts second.
fn plain_rfm(csv: &str) -> BTreeMap<String, Rfm> {
    let mut invoices: BTreeMap<(String, String), (DateTime, i64)> = BTreeMap::new();
    for row in csv::Reader::from_reader(csv.as_bytes()).records() {
        let row = row.unwrap();
        if row[6].is_empty() {
            continue;
        }
        let quantity: i64 = row[3].parse().unwrap();
        let at: DateTime = row[4].replace(' ', "T").parse().unwrap();
        let minor = half_away_from_zero(quantity * thousandths(&row[5]), 10);
        let invoice = invoices.entry((row[6].to_owned(), row[0].to_owned())).or_insert((at, 0));
        *invoice = (invoice.0.min(at), invoice.1 + minor);
    }
    let mut contacts: BTreeMap<String, Rfm> = BTreeMap::new();
    for ((contact, _), (at, minor)) in invoices {
        let days = i64::from(at.date().until(AS_OF).unwrap().get_days());
        contacts.entry(contact).or_default().order(days, minor);
    }
    contacts
}

fn thousandths(price: &str) -> i64 {
    let (whole, part) = price.split_once('.').unwrap_or((price, ""));
    let digits: i64 = format!("{whole}{part:0<3}").parse().unwrap();
    assert!(part.len() <= 3, "{price}");
    digits
}

fn half_away_from_zero(value: i64, by: i64) -> i64 {
    (value.abs() + by / 2) / by * value.signum()
}

#[test]
fn a_second_plain_implementation_agrees_for_every_contact() {
    let Some(result) = &*PUBLISHED else { return };
    let expected = plain_rfm(&unpacked(&real_data(FILE).unwrap()));
    assert_eq!(contacts(result).len(), expected.len());
    for contact in contacts(result) {
        let plain = expected[contact["contact_id"].as_str().unwrap()];
        assert_eq!(contact["recency_days"].as_i64(), plain.recency, "{contact}");
        assert_eq!(contact["frequency"].as_i64(), Some(plain.frequency), "{contact}");
        assert_eq!(contact["monetary_minor"].as_i64(), Some(plain.minor), "{contact}");
    }
}

#[test]
fn the_scores_are_the_mid_rank_quintiles() {
    let Some(result) = &*PUBLISHED else { return };
    let buyers: Vec<&Value> = contacts(result).iter().filter(|c| c["scores"].is_object()).collect();
    let columns = [
        ("recency", "recency_days", -1),
        ("frequency", "frequency", 1),
        ("monetary", "monetary_minor", 1),
    ];
    for (score, column, better) in columns {
        let values: Vec<i64> =
            buyers.iter().map(|c| better * c[column].as_i64().unwrap()).collect();
        let found = buyers.iter().map(|c| c["scores"][score].as_u64().unwrap());
        assert!(found.eq(mid_rank_scores(&values)), "{score}");
    }
}

#[test]
fn neither_the_order_of_rows_nor_threads_change_a_byte_of_the_scores() {
    let Some(file) = real_data(FILE) else { return };
    let dir = Dir::new();
    let other = dir.write("other.csv", shuffled(&unpacked(&file)));
    let one = rfm(&file, "--format csv --quiet --threads 1");
    assert!(one == rfm(&file, "--format csv --quiet --threads 2"), "threads");
    assert!(one == rfm(&other, "--format csv --quiet --threads 2"), "order");
}

/// The CSV of `rfm`, as `cluster` is given it.
fn scores(dir: &Dir) -> Option<String> {
    Some(dir.write("scores.csv", rfm(&real_data(FILE)?, "--format csv --quiet")))
}

fn clusters(file: &str, more: &str) -> String {
    run_line(&format!("cluster {file} --seed 3 --format csv {more}")).fine().stdout
}

#[test]
fn cluster_takes_every_row_that_rfm_writes() {
    let dir = Dir::new();
    let Some(file) = scores(&dir) else { return };
    let result = run(&["cluster", &file, "--format", "json"]).fine().json();
    assert_eq!(result["rejected"], 0);
    assert_eq!(result["membership"].as_array().unwrap().len(), 4_372);
}

#[test]
fn clusters_are_the_same_again_on_other_threads_and_in_another_order() {
    let dir = Dir::new();
    let Some(file) = scores(&dir) else { return };
    let first = clusters(&file, "--threads 1");
    assert!(first == clusters(&file, "--threads 1"), "twice");
    assert!(first == clusters(&file, "--threads 2"), "threads");
    let other = dir.write("other.csv", shuffled(&dir.read("scores.csv")));
    assert!(first == clusters(&other, ""), "order");
}

#[test]
fn pounds_or_pence_change_no_cluster() {
    let dir = Dir::new();
    let Some(file) = scores(&dir) else { return };
    let pence = dir.write("pence.csv", in_pence(&dir.read("scores.csv")));
    for k in ["auto", "4"] {
        let more = format!("--k {k}");
        assert!(clusters(&file, &more) == clusters(&pence, &more), "k {k}");
    }
}

/// The scores with the column of money times a hundred.
fn in_pence(scores: &str) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut reader = csv::Reader::from_reader(scores.as_bytes());
    writer.write_record(reader.headers().unwrap()).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let money = format!("{:.0}", row[3].parse::<f64>().unwrap() * 100.0);
        let cells =
            row.iter().enumerate().map(|(place, cell)| if place == 3 { &*money } else { cell });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn cluster_says_how_many_how_good_and_how_large() {
    let dir = Dir::new();
    let Some(file) = scores(&dir) else { return };
    let text = run_line(&format!("cluster {file} --k 3")).fine().stdout;
    assert!(text.starts_with("k = 3, mean silhouette 0."), "{text}");
    let sizes = text.lines().filter_map(|line| {
        let mut cells = line.split_whitespace();
        cells.next()?.parse::<u32>().ok()?;
        cells.next()?.replace(',', "").parse::<u32>().ok()
    });
    assert_eq!(sizes.sum::<u32>(), 4_372, "{text}");
}
