//! Features and money, held against plain loops over the same exports.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use microseg::features::{self, FeatureTable};
use microseg::lake::{Lake, Session};
use microseg::workspace::AsOf;

use crate::support::{Dir, SMALL, run_line};
use crate::tables::{Clock, Life, lives, minor, rows, share};

static TABLE: LazyLock<FeatureTable> =
    LazyLock::new(|| features::read(&SMALL.root.join("features")).unwrap());

/// The demo's as-of, which is a midnight in London.
static CLOCK: LazyLock<Clock> = LazyLock::new(|| {
    let zone = TimeZone::get("Europe/London").unwrap();
    Clock { as_of: "2026-06-30T23:00:00Z".parse().unwrap(), zone }
});

static LIVES: LazyLock<BTreeMap<String, Life>> =
    LazyLock::new(|| lives(&CLOCK, |name| SMALL.export(name)));

/// Asserts that a feature has the plain value for every contact; `None` is a missing one.
fn agrees(feature: &str, plain: impl Fn(&Life) -> Option<f64>) {
    let found: Vec<f64> = TABLE.column(feature).unwrap().to_vec();
    assert!(TABLE.ids.iter().eq(LIVES.keys()), "other contacts");
    for (value, (id, life)) in found.into_iter().zip(LIVES.iter()) {
        let value = (!value.is_nan()).then_some(value);
        assert_eq!(value, plain(life), "{feature} of {id}");
    }
}

#[test]
fn recency_frequency_and_money_are_those_of_a_plain_loop() {
    agrees("recency_days", |life| life.rfm.recency.map(|days| days as f64));
    agrees("frequency", |life| Some(life.rfm.frequency as f64));
    agrees("monetary_minor", |life| Some(life.rfm.minor as f64));
}

#[test]
fn mails_received_and_opened_are_those_of_a_plain_loop() {
    agrees("mails_received_90d", |life| Some(life.mails_90d(&CLOCK).0 as f64));
    agrees("human_open_rate_90d", |life| {
        let (received, opened) = life.mails_90d(&CLOCK);
        share(opened, received)
    });
}

#[test]
fn visits_are_those_of_a_plain_loop() {
    agrees("sessions_90d", |life| Some(life.sessions_90d(&CLOCK) as f64));
}

#[test]
fn hours_and_devices_are_those_of_a_plain_loop() {
    agrees("evening_share", |life| life.evening_share(&CLOCK));
    agrees("mobile_share", |life| life.mobile_share(&CLOCK));
}

#[test]
fn tenure_is_that_of_a_plain_loop() {
    agrees("tenure_days", |life| life.created.map(|at| CLOCK.days_since(at) as f64));
}

#[test]
fn the_flat_command_and_the_workspace_agree_on_recency_frequency_and_money() {
    let file = SMALL.root.join("exports/orders.csv");
    let result = run_line(&format!(
        "rfm {} --contact contact_id --order order_id --time ts --amount amount \
         --as-of 2026-07-01 --timezone Europe/London --format json",
        file.display()
    ));
    let result = result.fine().json();
    let flat = result["contacts"].as_array().unwrap();
    let place: HashMap<&str, usize> =
        TABLE.ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    let columns =
        ["recency_days", "frequency", "monetary_minor"].map(|c| (c, TABLE.column(c).unwrap()));
    for contact in flat {
        for (name, column) in &columns {
            let value = column[place[contact["contact_id"].as_str().unwrap()]];
            assert_eq!(contact[*name].as_f64(), (!value.is_nan()).then_some(value), "{contact}");
        }
    }
    let buyers = columns[1].1.iter().filter(|frequency| **frequency > 0.0).count();
    assert_eq!(result["summary"]["buyers"], buyers);
}

/// Minor units in the orders of a lake.
fn stored(lake: &Path) -> i64 {
    let as_of = AsOf::parse("2100-01-01", TimeZone::UTC).unwrap();
    let session = Session::new(&Lake::open(lake).unwrap(), &as_of, 1).unwrap();
    let sum = session.words("SELECT CAST(sum(amount_minor) AS VARCHAR) FROM orders").unwrap();
    sum[0].parse().unwrap()
}

/// Rows that are not stored, each in its way.
const DIRT: &str = "\
o-nobody-1,,2026-03-01T00:00:00Z,10.01,GBP,0.00,completed\n\
o-nobody-2,,2026-03-01T00:00:00Z,-3.02,GBP,0.00,refunded\n\
o-twice,c0000001,2026-03-01T00:00:00Z,100.10,GBP,0.00,completed\n\
o-twice,c0000001,2026-03-01T00:00:00Z,200.20,GBP,0.00,completed\n\
o-shared,c0000001,2026-03-02T00:00:00Z,7.77,GBP,0.00,completed\n\
o-shared,c0000002,2026-03-02T00:00:00Z,7.77,GBP,0.00,completed\n\
o-late,c0000001,2026-33-02T00:00:00Z,1000.00,GBP,0.00,completed\n\
o-odd,c0000001,2026-03-03T00:00:00Z,2000.00,GBP,0.00,unheard-of\n\
o-same,c0000001,2026-03-04T00:00:00Z,0.05,GBP,0.00,completed\n\
o-same,c0000001,2026-03-04T00:00:00Z,0.05,GBP,0.00,completed\n";

#[test]
fn every_penny_of_the_source_is_stored_set_aside_repeated_or_rejected() {
    let dir = SMALL.fresh();
    dir.edit("exports/orders.csv", |text| text + DIRT);
    dir.edit("microseg.toml", |text| text + "\n[ingest]\nmax_bad_share = 0.5\n");
    let report = dir.run("ingest --format json").fine().json();
    let sources = report["sources"].as_array().unwrap();
    let counts = sources.iter().find(|s| s["table"] == "orders").unwrap();
    let amount = |row: &HashMap<String, String>| minor(&row["amount"]);
    let source: Vec<i64> = rows(&dir.read("exports/orders.csv")).iter().map(amount).collect();
    let stored = stored(&dir.path().join("lake"));
    let rejected = rejected_amounts(&dir, &source);
    assert_eq!(counts["accepted_minor"].as_i64(), Some(stored));
    assert_eq!(counts["set_aside_minor"].as_i64(), Some(1001 - 302));
    assert_eq!((counts["rejected"].as_u64(), counts["repeated"].as_u64()), (Some(6), Some(1)));
    assert_eq!(rejected, 10_010 + 20_020 + 777 + 777 + 100_000 + 200_000);
    assert_eq!(stored + (1001 - 302) + 5 + rejected, source.iter().sum::<i64>());
}

/// Minor units of the rows that the quarantine lists by their line.
fn rejected_amounts(dir: &Dir, source: &[i64]) -> i64 {
    let listed = rows(&dir.read("quarantine/rejects.csv"));
    let of_orders = listed.iter().filter(|row| row["file"].ends_with("orders.csv"));
    of_orders.map(|row| source[row["line"].parse::<usize>().unwrap() - 2]).sum()
}

#[test]
fn money_of_all_contacts_is_the_money_of_all_orders() {
    let before = TABLE.column("monetary_minor").unwrap().iter().map(|m| *m as i64).sum::<i64>();
    let plain: i64 = LIVES.values().map(|life| life.rfm.minor).sum();
    assert_eq!(before, plain);
    let proposal: serde_json::Value =
        serde_json::from_slice(&std::fs::read(SMALL.root.join("segments/proposal.json")).unwrap())
            .unwrap();
    assert_eq!(proposal["revenue_minor"].as_i64(), Some(plain));
    let parts = proposal["segments"].as_array().unwrap().iter();
    assert_eq!(parts.map(|s| s["revenue_minor"].as_i64().unwrap()).sum::<i64>(), plain);
}
