//! Every feature of the catalogue held against its second, naive value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use microseg::features::{self, FeatureTable};

use crate::naive::{Oracle, Person, Plain, agrees, joined, people};
use crate::support::SMALL;
use crate::{naive_attributes, naive_device, naive_email, naive_purchase, naive_time, naive_web};

static TABLE: LazyLock<FeatureTable> =
    LazyLock::new(|| features::read(&SMALL.root.join("features")).unwrap());

/// The demo's as-of is a midnight in London.
static PEOPLE: LazyLock<BTreeMap<String, Person>> = LazyLock::new(|| {
    let zone = TimeZone::get("Europe/London").unwrap();
    people("2026-06-30T23:00:00Z".parse().unwrap(), &zone, |name| SMALL.export(name))
});

/// The columns of contacts that the demo keeps as free attributes.
fn free_attributes() -> Vec<String> {
    let settings = std::fs::read_to_string(SMALL.root.join("microseg.toml")).unwrap();
    let line = settings.lines().find(|line| line.starts_with("attributes = ")).unwrap();
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

static ORACLE: LazyLock<Oracle> = LazyLock::new(|| {
    let labels: Vec<&str> = TABLE.label_specs.iter().map(|spec| spec.name.as_str()).collect();
    joined([
        naive_email::oracle(&PEOPLE),
        naive_time::oracle(&naive_time::curve(PEOPLE.values())),
        naive_device::oracle(),
        naive_web::oracle(),
        naive_purchase::oracle(),
        naive_attributes::oracle(&PEOPLE, &free_attributes(), &labels),
    ])
});

#[test]
fn every_feature_has_a_second_value() {
    let features: BTreeSet<String> = TABLE.all_specs().into_iter().map(|s| s.name).collect();
    let oracles: BTreeSet<String> = ORACLE.keys().cloned().collect();
    let without: Vec<&String> = features.difference(&oracles).collect();
    let unknown: Vec<&String> = oracles.difference(&features).collect();
    assert!(without.is_empty() && unknown.is_empty(), "without: {without:?}, unknown: {unknown:?}");
    assert!(features.len() > 100, "{}", features.len());
}

/// What is wrong with a column, if anything: the first contact, and how many there are.
fn wrong<T: std::fmt::Debug>(
    name: &str,
    found: impl Iterator<Item = T>,
    is_right: impl Fn(&T, &Plain) -> bool,
) -> Option<String> {
    let plain = &ORACLE[name];
    let cases = PEOPLE.iter().zip(found).map(|((id, person), found)| (id, found, plain(person)));
    let mut wrong = cases.filter(|(_, found, plain)| !is_right(found, plain));
    let (id, found, plain) = wrong.next()?;
    Some(format!("{name} of {id}: {found:?} for {plain:?}, and {} more", wrong.count()))
}

#[test]
fn every_number_is_its_second_value() {
    assert!(TABLE.ids.iter().eq(PEOPLE.keys()), "other contacts");
    assert!(PEOPLE.values().all(naive_time::is_simple), "the curve of delays is read off wrongly");
    let check = |spec: &features::FeatureSpec| {
        let column = TABLE.column(&spec.name).unwrap();
        let found = column.iter().map(|value| (!value.is_nan()).then_some(*value));
        wrong(&spec.name, found, |found, plain| agrees(*found, plain))
    };
    let wrong: Vec<String> = TABLE.specs.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_label_is_its_second_value() {
    let check = |spec: &features::FeatureSpec| {
        let found = TABLE.label(&spec.name).unwrap().into_iter();
        wrong(
            &spec.name,
            found,
            |found, plain| matches!(plain, Plain::Text(text) if text.as_deref() == *found),
        )
    };
    let wrong: Vec<String> = TABLE.label_specs.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A feature that is the same for everybody would agree with anything that is.
#[test]
fn most_features_differ_between_contacts() {
    let is_flat = |spec: &&features::FeatureSpec| {
        let column = TABLE.column(&spec.name).unwrap();
        let bits: BTreeSet<u64> = column.iter().map(|value| value.to_bits()).collect();
        bits.len() < 2
    };
    let flat: Vec<&str> = TABLE.specs.iter().filter(is_flat).map(|s| s.name.as_str()).collect();
    assert!(flat.len() * 10 < TABLE.specs.len(), "{flat:?}");
}
