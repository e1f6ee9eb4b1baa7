//! What contacts' own rows say, as plain loops over the export.

use std::collections::BTreeMap;

use crate::naive::{Oracle, Person, Plain, tally};

/// Columns of the contract that become labels; a shop's export need not have them all.
const LABELS: [&str; 4] = ["consent", "lifecycle_stage", "source", "country"];

fn cell<'a>(person: &'a Person, column: &str) -> Option<&'a str> {
    person.row.get(column).map(String::as_str).filter(|cell| !cell.is_empty())
}

/// Labels, and one feature a number, a frequent value, or all rare values of each of `free`.
pub fn oracle(people: &BTreeMap<String, Person>, free: &[String], labels: &[&str]) -> Oracle {
    let mut all = Oracle::new();
    for column in LABELS.into_iter().filter(|column| labels.contains(column)) {
        let is_free = free.iter().any(|name| name == column);
        let plain = move |person: &Person| {
            Plain::Text(cell(person, column).filter(|_| !is_free).map(str::to_owned))
        };
        all.insert(column.to_owned(), Box::new(plain));
    }
    for column in free {
        let counts = tally(people.values().filter_map(|person| cell(person, column)));
        if counts.keys().all(|cell| cell.parse::<f64>().is_ok()) {
            let name = column.clone();
            all.insert(
                format!("attr_{column}"),
                Box::new(move |person| {
                    Plain::Exact(cell(person, &name).map(|cell| cell.parse().unwrap()))
                }),
            );
        } else {
            one_hot(&mut all, column, &counts, people.len());
        }
    }
    all
}

fn one_hot(all: &mut Oracle, column: &str, counts: &BTreeMap<&str, usize>, people: usize) {
    let is_frequent = |count: usize| count as f64 / people as f64 >= 0.01;
    let frequent = counts.iter().filter(|(_, count)| is_frequent(**count));
    let frequent: Vec<String> = frequent.map(|(cell, _)| (*cell).to_owned()).collect();
    assert!((1..=12).contains(&frequent.len()), "the shop has other attributes now");
    for value in frequent.clone() {
        // The shop's values are words of small letters.
        let (name, column) = (format!("attr_{column}_is_{value}"), column.to_owned());
        let plain = move |person: &Person| {
            Plain::Exact(cell(person, &column).map(|cell| f64::from(u8::from(cell == value))))
        };
        all.insert(name, Box::new(plain));
    }
    if frequent.len() < counts.len() {
        let (name, column) = (format!("attr_{column}_is_rare"), column.to_owned());
        let plain = move |person: &Person| {
            let is_rare = |cell: &str| !frequent.iter().any(|value| value == cell);
            Plain::Exact(cell(person, &column).map(|cell| f64::from(u8::from(is_rare(cell)))))
        };
        all.insert(name, Box::new(plain));
    }
}
