//! Lifecycle stages of the simulated shop held against plain loops, and followed through time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use microseg::lake::{Lake, Session};
use microseg::predict::lifecycle::{Lifecycle, LifecycleInput, Origin, Staged, stages, summary};
use microseg::workspace::{AsOf, LifecycleSettings, Settings};

use crate::naive::{Person, people};
use crate::support::SMALL;

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

fn settings(text: &str) -> LifecycleSettings {
    Settings::parse(&format!("[lifecycle]\n{text}\n")).unwrap().lifecycle
}

/// The simulated shop's stages at a moment.
fn simulated(as_of: &str, settings: &LifecycleSettings) -> Lifecycle {
    let lake = Lake::open(&SMALL.root.join("lake")).unwrap();
    let as_of = AsOf::parse(as_of, zone()).unwrap();
    let session = Session::new(&lake, &as_of, 2).unwrap();
    let minor_per_major = 100.0;
    stages(&LifecycleInput { session: &session, as_of: &as_of, settings, minor_per_major }).unwrap()
}

static PEOPLE: LazyLock<BTreeMap<String, Person>> =
    LazyLock::new(|| people("2026-06-30T23:00:00Z".parse().unwrap(), &zone(), |n| SMALL.export(n)));

const FIXED: &str = "at_risk_days = 40\nlapsed_days = 90\nloyal_spend = 400\nlead_after = 3";
const RISK_US: i64 = 40 * 86_400_000_000;
const LAPSED_US: i64 = 90 * 86_400_000_000;

const LEAD_KINDS: [&str; 4] = ["cart_added", "checkout_started", "clicked", "product_viewed"];

/// The orders that count for what happened before `now`, in order: moment in microseconds, and money.
fn counting(person: &Person, now: i64) -> Vec<(i64, i64)> {
    let known: Vec<_> = person.orders.iter().filter(|order| order.at * 1_000_000 < now).collect();
    let sales = known.iter().filter(|order| order.status == "completed" && order.minor > 0);
    let kept = sales.map(|sale| {
        let back = known.iter().filter(|order| order.minor < 0 && order.id == sale.id);
        (sale.at * 1_000_000, sale.minor + back.map(|order| order.minor).sum::<i64>())
    });
    kept.filter(|(_, minor)| *minor > 0).collect()
}

/// The stage that is known just before `now`, straight from the table in the documentation.
fn plain_stage(person: &Person, now: i64) -> &'static str {
    let orders = counting(person, now);
    let is_lead_event = |kind: &str, by_machine: bool| LEAD_KINDS.contains(&kind) && !by_machine;
    let steps = person.steps.iter().filter(|s| is_lead_event(&s.kind, s.by_machine));
    let steps = steps.filter(|step| step.at * 1_000_000 < now).count();
    let spent: i64 = orders.iter().map(|(_, minor)| minor).sum();
    match orders.as_slice() {
        [] if steps < 3 => "subscriber",
        [] => "lead",
        [.., (last, _)] if now - last > LAPSED_US => "lapsed",
        [.., (last, _)] if now - last > RISK_US => "at_risk",
        [.., (before, _), (last, _)] if last - before > LAPSED_US => "won_back",
        [_, _, _, _, ..] => "loyal",
        [_, _, ..] if spent >= 40_000 => "loyal",
        [_, _, ..] => "repeat_buyer",
        [_] => "first_time_buyer",
    }
}

/// Since when the stage before `now` has been the same, by looking right after every moment at which it
/// may have changed.
fn plain_entry(person: &Person, now: i64) -> i64 {
    let orders = person.orders.iter().map(|order| order.at * 1_000_000);
    let waits = orders.clone().flat_map(|us| [us + RISK_US, us + LAPSED_US]);
    let steps = person.steps.iter().map(|step| step.at * 1_000_000);
    let mut moments: Vec<i64> =
        orders.clone().chain(waits).chain(steps).chain([person.created * 1_000_000]).collect();
    moments.retain(|us| *us < now);
    moments.sort_unstable();
    moments.dedup();
    let stage = plain_stage(person, now);
    let same = moments.iter().rev().take_while(|us| plain_stage(person, **us + 1) == stage);
    *same.last().unwrap()
}

fn word<'a>(lifecycle: &'a Lifecycle, contact: &Staged) -> &'a str {
    lifecycle.stage(contact).unwrap()
}

#[test]
fn the_simulated_shop_has_the_stages_and_dates_of_plain_loops() {
    let settings = settings(FIXED);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for as_of in ["2026-07-01", "2026-02-11T09:30:00Z", "2025-09-01"] {
        let found = simulated(as_of, &settings);
        let now = found.as_of.micros();
        let known = PEOPLE.values().filter(|person| person.created * 1_000_000 < now).count();
        assert_eq!(found.contacts.len(), known);
        for contact in &found.contacts {
            let person = &PEOPLE[&contact.contact_id];
            let stage = plain_stage(person, now);
            assert_eq!(word(&found, contact), stage, "{} at {as_of}", contact.contact_id);
            let entered = contact.now().unwrap().us;
            assert_eq!(
                entered,
                Some(plain_entry(person, now)),
                "{} at {as_of}",
                contact.contact_id
            );
            *met.entry(stage.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(met.len(), 8, "not every stage occurs: {met:?}");
}

#[test]
fn following_the_timeline_is_looking_at_every_moment() {
    let settings = settings(FIXED);
    let last = simulated("2026-07-01", &settings);
    let paths: BTreeMap<&str, &Staged> =
        last.contacts.iter().map(|contact| (contact.contact_id.as_str(), contact)).collect();
    for as_of in ["2025-10-01", "2025-12-24T18:00:00Z", "2026-03-29", "2026-06-30"] {
        let direct = simulated(as_of, &settings);
        let now = direct.as_of.micros();
        assert!(!direct.contacts.is_empty());
        for contact in &direct.contacts {
            let whole = &paths[contact.contact_id.as_str()].path;
            let seen = whole.iter().take_while(|entered| entered.us.unwrap() < now).count();
            assert_eq!(contact.path, whole[..seen], "{} at {as_of}", contact.contact_id);
        }
    }
}

#[test]
fn without_settings_the_days_come_from_the_shop_s_own_gaps() {
    let found = simulated("2026-07-01", &settings(""));
    let now = found.as_of.micros();
    let mut gaps: Vec<i64> = Vec::new();
    for person in PEOPLE.values() {
        let orders = counting(person, now);
        let pairs = orders.windows(2);
        gaps.extend(pairs.map(|p| person.days_between(p[0].0 / 1_000_000, p[1].0 / 1_000_000)));
    }
    gaps.retain(|gap| *gap > 0);
    let enough = |day: &i64| 10 * gaps.iter().filter(|gap| *gap <= day).count() >= 9 * gaps.len();
    let ninetieth = (1..).find(enough).unwrap() as u32;
    let days = found.thresholds.unwrap();
    assert_eq!((days.at_risk_days, days.lapsed_days), (ninetieth, 2 * ninetieth));
    assert_eq!(days.at_risk_from, Origin::Gaps { percentile: 90, gaps: gaps.len() });
    assert_eq!(days.lapsed_from, Origin::TwiceAtRisk);
    let shares: f64 = summary(&found).iter().map(|stage| stage.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
}
