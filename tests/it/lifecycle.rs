//! Lifecycle stages: by hand, of a CRM, what cannot be staged, and what must not change them.

use std::sync::LazyLock;

use serde_json::Value;

use crate::lead_refusals::placed;
use crate::support::{Dir, all_right, no_panic, refusal, shuffled};

const SOURCES: &str = r#"
as_of = "2026-07-01"

[shop]
currency = "GBP"

[[source]]
table = "contacts"
files = ["contacts.csv"]
columns = { contact = "id", created_at = "joined", lifecycle_stage = "stage", updated_at = "changed" }
attributes = ["became lead", "became_customer"]

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "who", order = "order", time = "at", amount = "total" }

[[source]]
table = "events"
files = ["events.csv"]
columns = { contact = "who", time = "at", kind = "what", machine = "robot" }
"#;

const RULES: &str = r#"
[lifecycle]
at_risk_days = 30
lapsed_days = 60
loyal_orders = 4
loyal_spend = 100.00
lead_after = 2
"#;

const CONTACTS: &str = "id,joined,stage,changed,became lead,became_customer\n\
    ann,2026-01-01,customer,,2026-02-01,2026-03-01\nben,2026-01-01,lead,,2026-05-01,2026-04-01\n\
    cat,2026-01-01,customer,2026-07-01,2026-02-01,\ndot,2026-01-01,customer,,,2026-07-01\n\
    eve,2026-06-01,Other,,soon,\nfay,2026-06-01,subscriber,,,\ngus,2026-01-01,,,,\n";
const ORDERS: &str = "who,order,at,total\nann,a1,2026-01-10T00:00:00Z,10.00\n\
    ann,a2,2026-01-20T00:00:00Z,10.00\nann,a3,2026-03-01T00:00:00Z,10.00\n\
    ann,a4,2026-03-02T00:00:00Z,10.00\nann,a5,2026-06-10T00:00:00Z,10.00\n\
    ben,b1,2026-06-20T00:00:00Z,90.00\nben,b2,2026-06-21T00:00:00Z,10.00\n\
    ben,b2,2026-06-25T00:00:00Z,-5.00\n\
    cat,c1,2026-06-20T00:00:00Z,20.00\ncat,c1,2026-06-30T00:00:00Z,-20.00\n\
    gus,g1,2026-07-01T00:00:00Z,20.00\n";
const EVENTS: &str = "who,at,what,robot\ncat,2026-01-05T00:00:00Z,clicked,\n\
    cat,2026-01-06T00:00:00Z,product_viewed,\neve,2026-06-02T00:00:00Z,clicked,true\n\
    eve,2026-06-03T00:00:00Z,clicked,false\nfay,2026-06-02T00:00:00Z,opened,\n\
    fay,2026-06-03T00:00:00Z,opened,\n";

fn workspace(rules: &str) -> Dir {
    let dir = Dir::new();
    dir.write("microseg.toml", format!("{SOURCES}{rules}"));
    dir.write("contacts.csv", CONTACTS);
    dir.write("orders.csv", ORDERS);
    dir.write("events.csv", EVENTS);
    dir.run("ingest -q").fine();
    dir
}

static WORKSPACE: LazyLock<Dir> = LazyLock::new(|| workspace(RULES));

fn found(dir: &Dir, options: &str) -> Value {
    dir.run(&format!("lifecycle {options} --format json -q")).fine().json()
}

/// The path of a contact, such as "lead 2026-02-01, customer ?".
fn path(found: &Value, id: &str) -> String {
    let contacts = found["contacts"].as_array().unwrap();
    let contact = contacts.iter().find(|contact| contact["contact_id"] == id).unwrap();
    let step = |step: &Value| {
        let day = step["entered_at"].as_str().map_or("?", |at| &at[..10]);
        format!("{} {day}", step["stage"].as_str().unwrap())
    };
    contact["path"].as_array().unwrap().iter().map(step).collect::<Vec<_>>().join(", ")
}

#[test]
fn stages_and_their_dates_are_those_by_hand() {
    let found = found(&WORKSPACE, "");
    assert_eq!(
        path(&found, "ann"),
        "subscriber 2026-01-01, first_time_buyer 2026-01-10, repeat_buyer 2026-01-20, \
         at_risk 2026-02-19, repeat_buyer 2026-03-01, loyal 2026-03-02, at_risk 2026-04-01, \
         lapsed 2026-05-01, won_back 2026-06-10"
    );
    // By money, until a part of it goes back.
    assert_eq!(
        path(&found, "ben"),
        "subscriber 2026-01-01, first_time_buyer 2026-06-20, loyal 2026-06-21, repeat_buyer 2026-06-25"
    );
    // The only order goes back in full.
    assert_eq!(
        path(&found, "cat"),
        "subscriber 2026-01-01, lead 2026-01-06, first_time_buyer 2026-06-20, lead 2026-06-30"
    );
    // Machines' clicks, opens, one click of two, and what is at the as-of make no lead and no buyer.
    assert_eq!(["eve", "fay"].map(|id| path(&found, id)), ["subscriber 2026-06-01"; 2]);
    assert_eq!(path(&found, "gus"), "subscriber 2026-01-01");
    assert_eq!(found["thresholds"]["at_risk_from"], "settings");
}

#[test]
fn the_table_counts_contacts_and_the_median_of_their_days() {
    let found = found(&WORKSPACE, "");
    let stage = |name: &str| {
        let stages = found["stages"].as_array().unwrap();
        let one = stages.iter().find(|stage| stage["stage"] == name).unwrap();
        (one["contacts"].as_u64().unwrap(), one["median_days"].as_f64())
    };
    assert_eq!(stage("subscriber"), (4, Some(105.5)));
    assert_eq!(stage("lead"), (1, Some(1.0)));
    assert_eq!(stage("won_back"), (1, Some(21.0)));
    assert_eq!(stage("lapsed"), (0, None));
    let text = WORKSPACE.run("lifecycle").fine().stdout;
    assert!(text.contains("At risk after 30 days") && text.contains("from the settings"), "{text}");
    let csv = crate::tables::rows(&WORKSPACE.run("lifecycle --format csv").fine().stdout);
    let ann = csv.iter().find(|row| row["Contact"] == "ann").unwrap();
    assert_eq!((&*ann["Since"], &*ann["entered repeat_buyer"]), ("2026-06-10", "2026-03-01"));
}

#[test]
fn stages_go_into_files() {
    let dir = Dir::copy_of(WORKSPACE.path());
    for name in ["out.csv", "out.parquet"] {
        dir.run(&format!("lifecycle --out {} -q", dir.at(name))).fine();
    }
    let rows = crate::tables::rows(&dir.read("out.csv"));
    let ann = rows.iter().find(|row| row["contact_id"] == "ann").unwrap();
    assert_eq!((&*ann["stage"], &*ann["days_in_stage"]), ("won_back", "21"));
    assert!(ann["entered_at"].starts_with("2026-06-10T00:00:00"));
}

const CRM: &str = r#"
[lifecycle]
source = "crm"
forward_only = ["subscriber", "lead", "customer"]

[lifecycle.stage_dates]
lead = "attr_became lead"
customer = "attr_became_customer"
"#;

#[test]
fn the_stages_of_a_crm_are_its_words_and_do_not_go_back() {
    let dir = workspace(CRM);
    let output = dir.run("lifecycle --format json");
    let talk = output.stderr.clone();
    let found = output.fine().json();
    let expected = [
        ("ann", "lead 2026-02-01, customer 2026-03-01"),
        // The word says lead, the date says customer before that: no step back.
        ("ben", "customer 2026-04-01"),
        // The row was changed at the as-of: the word is not known, the date is.
        ("cat", "lead 2026-02-01"),
        // The date of the word is the as-of's: not yet.
        ("dot", ""),
        ("eve", "Other ?"),
        ("fay", "subscriber ?"),
        ("gus", ""),
    ];
    for (id, expected) in expected {
        assert_eq!(path(&found, id), expected, "{id}");
    }
    for words in ["1 contacts were changed at or after 2026-07-01", "1 dates of stages"] {
        assert!(talk.contains(words), "{talk}");
    }
    let stages: Vec<(&str, u64)> = found["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["stage"].as_str().unwrap_or("?"), s["contacts"].as_u64().unwrap()))
        .collect();
    assert_eq!(stages, [("subscriber", 1), ("lead", 1), ("customer", 2), ("Other", 1), ("?", 2)]);
    let plain = workspace("[lifecycle]\nsource = \"crm\"\n");
    let found = plain.run("lifecycle --format json -q").fine().json();
    assert_eq!(
        ["ann", "ben", "dot"].map(|id| path(&found, id)),
        ["customer ?", "lead ?", "customer ?"]
    );
}

/// Settings, exit code, and what is said; `+1` is their first line.
const REFUSED: &[(&str, i32, &[&str])] = &[
    ("[lifecycle]", 3, &["5 gaps between orders say too little", "at_risk_days"]),
    (
        "[lifecycle]\nat_risk_days = 3\nlead_events = [\n  \"clicked\",\n  \"viewed\",\n]",
        2,
        &["+5:", "unknown event `viewed`"],
    ),
    ("[lifecycle]\nlead_events = [\"product_view\"]", 2, &["+2:", "`product_viewed`?"]),
    ("[lifecycle]\nat_risk = 3", 2, &["+2:", "unknown field"]),
    (
        "[lifecycle]\nsource = \"crm\"\nforward_only = [\"custmer\"]",
        2,
        &["unknown stage of the CRM `custmer`", "`customer`?"],
    ),
    (
        "[lifecycle]\nsource = \"crm\"\nforward_only = [\"lead\"]\nstage_dates = { lead = \"attr_become_lead\" }",
        2,
        &["+4:", "unknown attribute", "`attr_became lead`?"],
    ),
];

#[test]
fn what_cannot_be_staged_is_refused_where_it_stands() {
    let dir = Dir::copy_of(WORKSPACE.path());
    all_right(REFUSED.iter().map(|(rules, code, words)| {
        dir.write("microseg.toml", format!("{}\n{rules}\n", SOURCES.trim_end()));
        let output = dir.run("lifecycle -q");
        no_panic(&output);
        let words = placed(words, SOURCES);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        refusal(&output, *code, &words).map_err(|wrong| format!("{rules}: {wrong}"))
    }));
}

#[test]
fn neither_future_rows_nor_row_order_nor_threads_change_a_byte() {
    for rules in [RULES, CRM] {
        let result = |dir: &Dir, threads: u8| {
            let line = format!("lifecycle --format json -q --threads {threads}");
            dir.run(&line).fine().stdout
        };
        let dir = workspace(rules);
        let plain = result(&dir, 1);
        dir.edit("orders.csv", |text| {
            text + "ann,a5,2026-07-01T00:00:00Z,-10.00\nfay,f1,2026-08-01T00:00:00Z,500.00\n\
                    hal,h1,2026-08-01T00:00:00Z,5.00\n"
        });
        dir.edit("events.csv", |text| {
            text + "fay,2026-07-01T00:00:00Z,clicked,\neve,2026-09-01T00:00:00Z,product_viewed,\n"
        });
        dir.edit("contacts.csv", |text| text + "ivy,2026-07-01T00:00:00Z,customer,,,\n");
        for name in ["contacts.csv", "orders.csv", "events.csv"] {
            dir.edit(name, |text| shuffled(&text));
        }
        dir.run("ingest -q").fine();
        assert_eq!(result(&dir, 3), plain);
    }
}

#[test]
fn no_address_is_said() {
    let dir = Dir::new();
    dir.write(
        "microseg.toml",
        "[[source]]\ntable = \"contacts\"\nfiles = [\"c.csv\"]\ncolumns = { contact = \"email\", \
         lifecycle_stage = \"stage\" }\n[[source]]\ntable = \"orders\"\nfiles = [\"o.csv\"]\ncolumns = \
         { contact = \"email\", time = \"at\", amount = \"paid\" }\nconstants = { currency = \"GBP\" }\n",
    );
    let people = |i: usize| format!("Person{i}@Example.com,of person{i}@example.com\n");
    dir.write("c.csv", format!("email,stage\n{}", (0..30).map(people).collect::<String>()));
    let order = |i: usize| format!("person{}@example.com,2026-0{}-01,5.00\n", i % 10, 1 + i / 10);
    dir.write("o.csv", format!("email,at,paid\n{}", (0..60).map(order).collect::<String>()));
    dir.run("ingest -q").fine();
    let mut outputs = Vec::new();
    let crm = "[lifecycle]\nsource = \"crm\"\nforward_only = [\"of person1@example.con\"]\n";
    for rules in ["", crm] {
        dir.edit("microseg.toml", |text| format!("{rules}{text}"));
        let formats = ["json", "csv", "text"].into_iter();
        outputs.extend(formats.map(|format| dir.run(&format!("lifecycle --format {format}"))));
    }
    assert_eq!(outputs[0].code, Some(0), "{}", outputs[0].stderr);
    for output in &outputs {
        let said = format!("{}{}", output.stdout, output.stderr).to_lowercase();
        assert!(!said.contains("@example"), "{said}");
        assert_ne!(output.code, Some(70), "{said}");
    }
}

#[test]
fn names_are_no_stages() {
    let dir = Dir::new();
    let rows: String = (0..40).map(|i| format!("c{i},2026-01-01,Jane Doe-{i}\n")).collect();
    dir.write("contacts.csv", format!("id,joined,stage\n{rows}"));
    dir.write(
        "microseg.toml",
        "[lifecycle]\nsource = \"crm\"\n\n[[source]]\ntable = \"contacts\"\nfiles = [\"contacts.csv\"]\n\
         columns = { contact = \"id\", created_at = \"joined\", lifecycle_stage = \"stage\" }\n",
    );
    dir.run("ingest -q").fine();
    let output = dir.run("lifecycle --as-of 2026-07-01");
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.stderr.contains("40 different words, which are too many to be stages"));
    assert!(!(output.stdout + &output.stderr).contains("Doe"));
}
