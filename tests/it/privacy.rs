//! No address that comes in goes out: not in a result, a message, an artefact or a report.

use std::fmt::Write;

use crate::support::{Dir, Output};

const SETTINGS: &str = r#"
[shop]
currency = "GBP"

[ingest]
max_bad_share = 1.0

[segments]
k = { min = 2, max = 3 }

[[source]]
table = "contacts"
files = ["contacts.csv"]
columns = { contact = "email" }
attributes = ["note"]

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "email", order = "id", time = "at", amount = "paid" }
"#;

/// Sixty people known by their address, some of whose rows are wrong.
fn shop() -> Dir {
    let dir = Dir::new();
    let (mut contacts, mut orders) = ("email,note\n".to_owned(), "email,id,at,paid\n".to_owned());
    for i in 0..60 {
        let _ = writeln!(contacts, "Person{i}@Example.com,ask person{i}@example.com");
        for n in 0..=i % 4 {
            let _ = writeln!(orders, "person{i}@example.com,o{i}-{n},2026-0{}-01,{}", n + 1, i + n);
        }
    }
    orders.push_str("person1@example.com,bad,person1@example.com,5\n");
    orders.push_str(
        "person2@example.com,twice,2026-01-01,5\nperson3@example.com,twice,2026-01-02,6\n",
    );
    dir.write("contacts.csv", contacts);
    dir.write("orders.csv", orders);
    dir.write("microseg.toml", SETTINGS);
    dir
}

fn says_no_address(output: &Output) {
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(!said.to_lowercase().contains("@example"), "{said}");
    assert_ne!(output.code, Some(70), "{said}");
}

#[test]
fn no_artefact_of_a_workspace_holds_an_address() {
    let dir = shop();
    for command in ["check", "run", "propose --format json"] {
        let output = dir.run(&format!("{command} --as-of 2026-06-01"));
        says_no_address(&output);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
    }
    let exports = ["contacts.csv", "orders.csv"];
    for (path, bytes) in dir.files() {
        let is_export = exports.iter().any(|name| path.ends_with(name));
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(is_export || !text.contains("@example"), "{}", path.display());
    }
}

#[test]
fn no_flat_command_says_an_address() {
    let dir = shop();
    let file = dir.at("orders.csv");
    let rfm = format!("rfm {file} --contact email --order id --time at --amount paid");
    for format in ["text", "csv", "json"] {
        says_no_address(&dir.run(&format!("{rfm} --format {format} --max-bad-share 1")));
    }
    let mut people = "email,paid,arm,click\n".to_owned();
    for i in 0..40 {
        let _ = writeln!(people, "person{i}@example.com,{i},{},{}", i % 2, i % 3 / 2);
    }
    people.push_str("person41@example.com,person41@example.com,0,0\n");
    let file = dir.write("people.csv", people);
    let cluster = format!("cluster {file} --id email --columns paid --k 2 --max-bad-share 1");
    for format in ["text", "csv", "json"] {
        says_no_address(&dir.run(&format!("{cluster} --format {format}")));
    }
    let readout = format!("readout {file} --variant arm --control 0 --metric click --by email");
    says_no_address(&dir.run(&readout));
}
