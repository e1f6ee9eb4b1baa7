//! The units of an experiment held against plain loops over the exports, and who is left out of them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use jiff::Timestamp;
use serde_json::Value;

use crate::support::{Dir, SMALL, run_line};
use crate::tables::{Row, minor, rows};

const WINDOW_US: i64 = 72 * 3_600_000_000;

/// Per arm: contacts, and per metric the successes, or the money in minor units.
type Sums = BTreeMap<String, (u64, BTreeMap<&'static str, i64>)>;

fn us(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_microsecond()
}

fn by_contact(csv: &str) -> HashMap<String, Vec<Row>> {
    let mut found: HashMap<String, Vec<Row>> = HashMap::new();
    rows(csv)
        .into_iter()
        .for_each(|row| found.entry(row["contact_id"].clone()).or_default().push(row));
    found
}

/// What the readout of an experiment must count, by loops over the rows.
fn plain(experiment: &str, campaign: &str) -> Sums {
    let events = by_contact(&SMALL.export("events.csv"));
    let orders = by_contact(&SMALL.export("orders.csv"));
    let none = Vec::new();
    let mut sums = Sums::new();
    for unit in rows(&SMALL.export("assignments.csv")) {
        if unit["experiment_id"] != experiment {
            continue;
        }
        let is_sent = !unit["sent_at"].is_empty();
        let start = us(if is_sent { &unit["sent_at"] } else { &unit["assigned_at"] });
        let within = |row: &&Row| (start..start + WINDOW_US).contains(&us(&row["ts"]));
        let mail: Vec<&Row> = events
            .get(&unit["contact_id"])
            .unwrap_or(&none)
            .iter()
            .filter(|e| is_sent && (e["campaign_id"] == campaign || e["campaign_id"].is_empty()))
            .filter(within)
            .collect();
        let did = |kind: &str| {
            i64::from(mail.iter().any(|e| e["kind"] == kind && e["machine"] != "true"))
        };
        let bought: Vec<&Row> =
            orders.get(&unit["contact_id"]).unwrap_or(&none).iter().filter(within).collect();
        let amount = |order: &&&Row| minor(&order["amount"]);
        let arm = sums.entry(unit["variant"].clone()).or_default();
        arm.0 += 1;
        *arm.1.entry("click").or_default() += did("clicked");
        *arm.1.entry("human_open").or_default() += did("opened");
        *arm.1.entry("unsubscribe").or_default() += did("unsubscribed");
        *arm.1.entry("conversion").or_default() +=
            i64::from(bought.iter().any(|order| amount(&order) > 0));
        *arm.1.entry("revenue").or_default() += bought.iter().map(|o| amount(&o)).sum::<i64>();
    }
    sums
}

#[test]
fn every_metric_of_an_experiment_is_that_of_a_plain_loop() {
    let workspace = SMALL.root.display();
    let line = format!("experiment readout subject-line --workspace {workspace} --format json -q");
    let result = run_line(&line).json()[0].clone();
    let campaign = result["units"]["campaign"].as_str().expect("the campaign is found");
    let expected = plain("subject-line", campaign);
    assert_eq!(expected.len(), 2);
    let mut compared = 0;
    for metric in result["readout"]["metrics"].as_array().unwrap() {
        let name = metric["metric"].as_str().unwrap();
        for arm in metric["arms"].as_array().unwrap() {
            let (n, values) = &expected[arm["arm"].as_str().unwrap()];
            assert_eq!(arm["n"], *n, "{name}");
            let found = match arm["successes"].as_i64() {
                Some(successes) => successes,
                None => (arm["sum"].as_f64().unwrap() * 100.0).round() as i64,
            };
            assert_eq!(found, values[name], "{name} of {arm}");
            compared += 1;
        }
    }
    assert_eq!(compared, 10);
    let opened = expected.values().map(|arm| arm.1["human_open"]).sum::<i64>();
    assert!(opened > 100, "{opened} opens prove little");
}

const SETTINGS: &str = r#"
[shop]
currency = "GBP"

[segments]
k = { min = 2, max = 2 }

[[source]]
table = "events"
files = ["events.csv"]
columns = { contact = "contact", time = "ts", kind = "kind", campaign = "campaign" }

[[source]]
table = "assignments"
files = ["assignments.csv"]
columns = { experiment = "experiment", contact = "contact", variant = "variant", sent_at = "sent_at" }

[[experiment]]
id = "test"
control = "a"
metrics = ["click"]
shares = { a = 0.9, b = 0.1 }
window_hours = 24
"#;

/// 900 contacts in arm a and 100 in arm b, sent at `hours` of 2026-05-01; each tenth clicks.
fn mailing(campaigns: [&str; 2], hours: [u32; 2]) -> Dir {
    let dir = Dir::new();
    let mut events = "contact,ts,kind,campaign\n".to_owned();
    let mut assignments = "experiment,contact,variant,sent_at\n".to_owned();
    for i in 0..1_000 {
        let arm = usize::from(i >= 900);
        let (variant, campaign, hour) = (["a", "b"][arm], campaigns[arm], hours[arm]);
        let at = |minute: u32| format!("2026-05-01T{hour:02}:{minute:02}:00Z");
        let _ = writeln!(assignments, "test,c{i},{variant},{}", at(0));
        let _ = writeln!(events, "c{i},{},delivered,{campaign}", at(1));
        for view in 0..i % 7 {
            let _ = writeln!(events, "c{i},2026-04-{:02}T10:00:00Z,page_viewed,", view + 1);
        }
        if i % 10 == 0 {
            let _ = writeln!(events, "c{i},{},clicked,{campaign}", at(30));
        }
    }
    dir.write("events.csv", events);
    dir.write("assignments.csv", assignments);
    dir.write("microseg.toml", SETTINGS);
    dir
}

fn readout(dir: &Dir, as_of: &str) -> Value {
    dir.run(&format!("run --as-of {as_of} -q")).fine();
    dir.run(&format!("experiment readout test --as-of {as_of} --format json -q")).fine().json()[0]
        .clone()
}

#[test]
fn arms_that_are_campaigns_of_their_own_keep_their_clicks() {
    for (campaigns, found) in [(["one", "one"], Some("one")), (["left", "right"], None)] {
        let result = readout(&mailing(campaigns, [9, 9]), "2026-06-01");
        assert_eq!(result["units"]["campaign"].as_str(), found);
        let arms = result["readout"]["metrics"][0]["arms"].as_array().unwrap();
        let clicks: Vec<_> =
            arms.iter().map(|a| (a["n"].as_i64(), a["successes"].as_i64())).collect();
        assert_eq!(clicks, [(Some(900), Some(90)), (Some(100), Some(10))], "{campaigns:?}");
    }
}

#[test]
fn an_experiment_is_too_early_until_windows_are_over_in_every_arm() {
    let dir = mailing(["one", "one"], [6, 18]);
    // Arm a's day is over at 06:00 on the second, arm b's at 18:00.
    for (as_of, is_read) in [
        ("2026-05-01T20:00:00Z", false),
        ("2026-05-02T12:00:00Z", false),
        ("2026-05-02T18:00:00Z", true),
    ] {
        let result = readout(&dir, as_of);
        assert_eq!(!result["readout"].is_null(), is_read, "{as_of}: {result}");
        let page = dir.read("report/report.md");
        assert_eq!(page.contains("Too early to read"), !is_read, "{as_of}");
    }
}

#[test]
fn an_experiment_that_has_not_begun_does_not_stop_the_run() {
    let dir = mailing(["one", "one"], [9, 9]);
    let result = readout(&dir, "2026-04-20");
    assert_eq!(result["not_yet"], "Nobody was assigned before the as-of date.");
    dir.edit("microseg.toml", |text| text.replace("id = \"test\"", "id = \"tset\""));
    let output = dir.run("run --as-of 2026-04-20 -q");
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("did you mean `test`?"), "{}", output.stderr);
}

#[test]
fn a_return_is_not_known_before_its_own_time() {
    let dir = Dir::new();
    let lines = "who,order,at,pieces,price\n\
                 a,1,2026-01-05T10:00:00Z,2,10.00\n\
                 a,1,2026-01-05T10:01:00Z,-1,3.00\n\
                 a,1,2026-03-20T10:00:00Z,-2,10.00\n\
                 b,2,2026-01-06T10:00:00Z,1,4.00\n";
    let file = dir.write("lines.csv", lines);
    let rfm = format!(
        "rfm {file} --contact who --order order --time at --quantity pieces --price price \
         --format json -q"
    );
    for (as_of, frequency, net_minor) in [("2026-02-10", 1, 1_700), ("2026-04-01", 1, -300)] {
        let found = run_line(&format!("{rfm} --as-of {as_of}")).fine().json();
        let contact = &found["contacts"][0];
        assert_eq!(contact["frequency"], frequency, "{as_of}");
        assert_eq!(contact["monetary_minor"], net_minor, "{as_of}");
    }
}
