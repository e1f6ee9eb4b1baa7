//! Lead scores: by hand, by the starter rules, and what must not change them.

use std::sync::LazyLock;

use microseg::predict::leads::LeadModel;
use microseg::workspace::LeadSettings;
use serde_json::Value;

use crate::support::{Dir, shuffled};

pub const SOURCES: &str = r#"
as_of = "2026-04-01"

[shop]
currency = "GBP"

[[source]]
table = "contacts"
files = ["contacts.csv"]
columns = { contact = "id", created_at = "joined", country = "land" }
attributes = ["plan"]

[[source]]
table = "campaigns"
files = ["campaigns.csv"]
columns = { campaign = "id", campaign_type = "type" }

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "who", order = "order", time = "at", amount = "total" }

[[source]]
table = "order_items"
files = ["items.csv"]
columns = { order = "order", contact = "who", time = "at", category = "sort" }

[[source]]
table = "events"
files = ["events.csv"]
columns = { contact = "who", time = "at", kind = "what", campaign = "mail", category = "sort", machine = "robot" }
"#;

const RULES: &str = r#"
[leads]
weeks = 2

[leads.rules.from_home]
group = "fit"
feature = "country"
is = ["GB", "IE"]
points = 20

[leads.rules.on_gold]
group = "fit"
feature = "attr_plan"
is = "gold"
points = 40

[leads.rules.no_plan]
group = "fit"
feature = "attr_plan"
known = false
points = -5

[leads.rules.buyer]
group = "fit"
feature = "frequency"
at_least = 1
points = 12.5

[leads.rules.views]
group = "intent"
event = "product_viewed"
points = 2
within_days = 30
half_life_days = 7
cap = 15

[leads.rules.opens]
group = "intent"
event = "opened"
points = 1
half_life_days = 14

[leads.rules.sale_clicks]
group = "intent"
event = "clicked"
campaign_type = "it's a sale"
machines = true
points = 3

[leads.rules.book_orders]
group = "intent"
event = "ordered"
category = "books"
points = 6

[leads.rules.leaves]
group = "intent"
event = "unsubscribed"
points = -30
"#;

const CONTACTS: &str = "id,joined,land,plan\nann,2026-01-01,GB,gold\nben,2026-01-01,,free\n\
    cat,2026-01-02,IE,\ndot,2026-01-05,FR,free\neve,2026-03-28,GB,\n";
const CAMPAIGNS: &str = "id,type\nm1,it's a sale\nm2,news\n";
const ORDERS: &str = "who,order,at,total\nann,o1,2026-03-01T00:00:00Z,10.00\n\
    ann,o2,2026-03-02T00:00:00Z,10.00\ndot,o3,2026-03-02T00:00:00Z,10.00\n\
    dot,o3,2026-03-05T00:00:00Z,-10.00\n";
const ITEMS: &str = "who,order,at,sort\nann,o1,2026-03-01T00:00:00Z,books\n\
    ann,o1,2026-03-01T00:00:00Z,books\nann,o2,2026-03-02T00:00:00Z,toys\n\
    dot,o3,2026-03-02T00:00:00Z,toys\n";

/// Thirty days before the as-of is 2026-03-02T00:00:00Z, a week before it 2026-03-25T00:00:00Z.
fn events() -> String {
    let mut text = "who,at,what,mail,sort,robot\n\
        ann,2026-03-25T00:00:00Z,product_viewed,,books,\nann,2026-03-31T00:00:00Z,product_viewed,,,\n\
        ann,2026-03-18T00:00:00Z,opened,m1,,false\nann,2026-03-19T00:00:00Z,opened,m1,,true\n\
        cat,2026-03-20T00:00:00Z,clicked,m1,,true\ncat,2026-03-21T00:00:00Z,clicked,m2,,false\n\
        cat,2026-03-22T00:00:00Z,unsubscribed,m2,,\n\
        dot,2026-04-01T00:00:00Z,product_viewed,,,\ndot,2026-03-02T00:00:00Z,product_viewed,,,\n\
        dot,2026-03-01T23:59:59Z,product_viewed,,,\neve,2026-03-20T00:00:00Z,clicked,m1,,false\n"
        .to_owned();
    for minute in 0..10 {
        text.push_str(&format!("ben,2026-03-31T23:{minute:02}:00Z,product_viewed,,,\n"));
    }
    text
}

fn workspace(rules: &str) -> Dir {
    let dir = Dir::new();
    dir.write("microseg.toml", format!("{SOURCES}{rules}"));
    dir.write("contacts.csv", CONTACTS);
    dir.write("campaigns.csv", CAMPAIGNS);
    dir.write("orders.csv", ORDERS);
    dir.write("items.csv", ITEMS);
    dir.write("events.csv", events());
    dir.run("ingest -q").fine();
    dir
}

pub static WORKSPACE: LazyLock<Dir> = LazyLock::new(|| workspace(RULES));

fn scored(dir: &Dir, options: &str) -> Value {
    dir.run(&format!("leads {options} --format json -q")).fine().json()
}

fn of<'a>(leads: &'a Value, id: &str) -> &'a Value {
    let contacts = leads["contacts"].as_array().unwrap();
    contacts.iter().find(|contact| contact["contact_id"] == id).unwrap()
}

fn rule(contact: &Value, id: &str) -> f64 {
    contact["rules"][id]["points"].as_f64().unwrap_or(0.0)
}

#[test]
fn points_are_those_by_hand() {
    let leads = scored(&WORKSPACE, "");
    // Half a view's points after seven days, 2^(-1/7) of them after one.
    let ann = of(&leads, "ann");
    assert_eq!((rule(ann, "views"), ann["rules"]["views"]["times"].as_u64()), (2.81, Some(2)));
    assert_eq!((rule(ann, "opens"), ann["rules"]["opens"]["times"].as_u64()), (0.5, Some(1)));
    assert_eq!(rule(ann, "book_orders"), 6.0);
    // 20 + 40 + 12.5, and the group's cap is 50.
    assert_eq!((ann["fit"].as_f64(), ann["intent"].as_f64()), (Some(50.0), Some(9.31)));
    assert_eq!((ann["score"].as_f64(), ann["band"].as_str()), (Some(59.31), Some("warm")));
    // Ten views at nearly two points each, and the rule's cap is 15.
    let ben = of(&leads, "ben");
    assert_eq!((rule(ben, "views"), ben["fit"].as_f64()), (15.0, Some(0.0)));
    assert_eq!(ben["rules"]["views"]["times"].as_u64(), Some(10));
    // A machine's click counts where the rule says so, another campaign's does not; 3 - 30 is no less
    // than 0 for the group.
    let cat = of(&leads, "cat");
    assert_eq!((rule(cat, "sale_clicks"), rule(cat, "leaves")), (3.0, -30.0));
    assert_eq!((cat["fit"].as_f64(), cat["intent"].as_f64()), (Some(15.0), Some(0.0)));
    // The edge of the window belongs to it, the as-of does not: one view, 30 days old.
    let dot = of(&leads, "dot");
    assert_eq!((rule(dot, "views"), dot["rules"]["views"]["times"].as_u64()), (0.1, Some(1)));
    assert_eq!(dot["fit"].as_f64(), Some(12.5));
    let bands: Vec<u64> = leads["bands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["contacts"].as_u64().unwrap())
        .collect();
    assert_eq!(bands, [0, 1, 4]);
}

#[test]
fn what_moved_a_score_is_that_by_hand() {
    let leads = scored(&WORKSPACE, "--weeks 1");
    assert_eq!(leads["since"], "2026-03-25");
    let moves = |id: &str| -> Vec<(String, String, f64)> {
        let moves = of(&leads, id)["change"]["moves"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        moves
            .iter()
            .map(|m| (text(&m["rule"]), text(&m["cause"]), m["points"].as_f64().unwrap()))
            .collect()
    };
    let one = |rule: &str, cause: &str, points| (rule.to_owned(), cause.to_owned(), points);
    // The open was worth 2^(-1/2) a week before and is worth 1/2 now.
    let ann = [one("views", "new", 2.81), one("opens", "faded", -0.21)];
    assert_eq!(moves("ann"), ann);
    assert_eq!(of(&leads, "ann")["change"]["from"].as_f64(), Some(56.71));
    assert_eq!(moves("ben"), [one("views", "new", 15.0)]);
    // Nobody knew of this contact a week before, who had clicked already.
    let eve = of(&leads, "eve");
    assert!(eve["change"]["from"].is_null() && eve["history"][0]["was"].is_null());
    let known = [
        one("from_home", "changed", 20.0),
        one("no_plan", "changed", -5.0),
        one("sale_clicks", "faded", 3.0),
    ];
    assert_eq!(moves("eve"), known);
    let text = WORKSPACE.run("leads --only ann -q").fine().stdout;
    assert!(text.contains("+2.81 views (2 new)") && text.contains("-0.21 opens (older)"), "{text}");
}

#[test]
fn a_rule_whose_old_points_fade_under_its_cap_makes_room_for_new_ones() {
    let leads = scored(&WORKSPACE, "--since 2026-03-31T23:05:00Z --weeks 0");
    let moves = of(&leads, "ben")["change"]["moves"].as_array().unwrap().clone();
    // Five views before are 10 points; with five more 15 are left of 20.
    let total: f64 = moves.iter().map(|m| m["points"].as_f64().unwrap()).sum();
    let from = of(&leads, "ben")["change"]["from"].as_f64().unwrap();
    assert!((total - (15.0 - from)).abs() < 1e-9 && moves[0]["times"] == 5, "{moves:?}");
}

#[test]
fn letters_and_digits_take_the_place_of_bands() {
    let dir = workspace(&format!("{RULES}\n[leads.grid]\nfit = [40, 20, 10]\n"));
    let leads = scored(&dir, "");
    let band = |id: &str| of(&leads, id)["band"].as_str().unwrap().to_owned();
    assert_eq!(["ann", "ben", "cat", "dot"].map(band), ["A4", "D3", "C4", "C4"]);
    assert_eq!(leads["bands"].as_array().unwrap().len(), 16);
}

/// Rows at and after the as-of.
fn plant_future(dir: &Dir) {
    dir.edit("events.csv", |text| {
        text + "ann,2026-04-01T00:00:00Z,unsubscribed,m1,,\nben,2026-05-01T00:00:00Z,opened,m1,,\n\
                fay,2026-05-01T00:00:00Z,clicked,m1,,\ndot,2027-01-01T00:00:00Z,product_viewed,,,\n"
    });
    dir.edit("orders.csv", |text| {
        text + "ben,o8,2026-04-01T00:00:00Z,99.00\nann,o1,2026-04-02T00:00:00Z,-10.00\n"
    });
    dir.edit("contacts.csv", |text| text + "fay,2026-04-01T00:00:00Z,GB,gold\n");
}

#[test]
fn neither_future_rows_nor_row_order_nor_threads_change_a_byte() {
    let result = |dir: &Dir, options: &str| {
        dir.run(&format!("leads --format json -q {options}")).fine().stdout
    };
    let plain = result(&WORKSPACE, "");
    assert_eq!(result(&WORKSPACE, "--threads 1"), plain);
    let dir = workspace(RULES);
    plant_future(&dir);
    for name in ["contacts.csv", "orders.csv", "items.csv", "events.csv", "campaigns.csv"] {
        dir.edit(name, |text| shuffled(&text));
    }
    dir.run("ingest -q").fine();
    assert_eq!(result(&dir, "--threads 3"), plain);
}

#[test]
fn an_empty_section_and_the_option_score_by_the_starter_rules_and_say_so() {
    let empty = workspace("[leads]\n");
    let leads = scored(&empty, "");
    assert_eq!(leads["model"]["is_starter"], true);
    assert_eq!(scored(&WORKSPACE, "--starter --weeks 4"), leads);
    let left_out: Vec<&str> =
        leads["left_out"].as_array().unwrap().iter().map(|l| l["rule"].as_str().unwrap()).collect();
    assert_eq!(left_out, ["carts", "checkouts", "complaints", "page_views", "source_known"]);
    let talk = empty.run("leads").fine().stderr;
    assert!(talk.contains("starter rules") && talk.contains("carts is left out"), "{talk}");
    // What is printed is what is scored by.
    let printed = empty.run("leads --print-starter").fine().stdout;
    let declared = LeadModel::new(&LeadSettings::parse(&printed).unwrap()).unwrap();
    assert_eq!(declared.rules, LeadModel::starter(&LeadSettings::default()).unwrap().rules);
}

#[test]
fn scores_go_into_files_as_they_are_printed() {
    let dir = Dir::copy_of(WORKSPACE.path());
    let csv = dir.at("out.csv");
    dir.run(&format!("leads --out {csv} -q")).fine();
    let rows = crate::tables::rows(&dir.read("out.csv"));
    let leads = scored(&dir, "");
    assert_eq!(rows.len(), 5);
    for row in &rows {
        let contact = of(&leads, &row["contact_id"]);
        assert_eq!(row["score"].parse().ok(), contact["score"].as_f64());
        assert_eq!(row["points_views"].parse::<f64>().unwrap(), rule(contact, "views"));
    }
    let parquet = dir.at("out.parquet");
    dir.run(&format!("leads --out {parquet} -q")).fine();
    assert!(std::fs::metadata(parquet).unwrap().len() > 0);
}
