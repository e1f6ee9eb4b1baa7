//! Lead scores of the simulated shop held against plain loops.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use microseg::lake::Lake;
use microseg::predict::leads::{
    Ground, LeadInput, LeadModel, LeadRule, Leads, Look, Points, score,
};
use microseg::workspace::{AsOf, FeatureSettings, LeadGroup, LeadSettings};

use crate::naive::{Person, people};
use crate::support::SMALL;

const WEEKS: usize = 3;

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

/// The simulated shop by the starter rules.
static STARTED: LazyLock<Leads> = LazyLock::new(|| {
    let lake = Lake::open(&SMALL.root.join("lake")).unwrap();
    let as_of = AsOf::parse("2026-07-01", zone()).unwrap();
    let features = FeatureSettings::default();
    let ground = Ground { lake: &lake, threads: 2, features: &features };
    let mut model = LeadModel::starter(&LeadSettings::default()).unwrap();
    model.weeks = WEEKS;
    score(LeadInput { ground, model, as_of: &as_of, since: None, only: &[] }).unwrap()
});

static PEOPLE: LazyLock<BTreeMap<String, Person>> =
    LazyLock::new(|| people("2026-06-30T23:00:00Z".parse().unwrap(), &zone(), |n| SMALL.export(n)));

/// What a rule gives a person at a moment in seconds, not yet rounded.
fn plain(look: &Look, points: f64, person: &Person, now: i64) -> f64 {
    let sales = |from: i64| {
        person.orders.iter().filter(move |order| {
            order.status == "completed" && order.minor > 0 && (from..now).contains(&order.at)
        })
    };
    match look {
        Look::Feature { feature, test } => {
            let gross: i64 = sales(0).map(|order| order.minor).sum();
            let back = person.orders.iter().filter(|order| order.minor < 0 && order.at < now);
            let refunded: i64 = back.map(|order| -order.minor).sum();
            let holds = match feature.as_str() {
                "frequency" if test.words() == "at least 1" => sales(0).count() >= 1,
                "frequency" => sales(0).count() >= 2,
                "refund_share" => gross > 0 && 2 * refunded >= gross,
                column => !person.row[column].is_empty(),
            };
            if holds { points } else { 0.0 }
        }
        Look::Event { event, within_days, half_life_days, .. } => {
            let from = within_days.map_or(0, |days| now - i64::from(days) * 86_400);
            let times: Vec<i64> = if event == "ordered" {
                sales(from).map(|order| order.at).collect()
            } else {
                let steps = person.steps.iter().filter(|step| {
                    let is_human =
                        !step.by_machine || !["opened", "clicked"].contains(&&*step.kind);
                    step.kind == *event && is_human && (from..now).contains(&step.at)
                });
                steps.map(|step| step.at).collect()
            };
            let worth = |at: &i64| match half_life_days {
                Some(days) => 0.5f64.powf((now - at) as f64 / 86_400.0 / days),
                None => 1.0,
            };
            points * times.iter().map(worth).sum::<f64>()
        }
    }
}

/// The points of every rule, capped, and the score.
fn plainly(person: &Person, now: i64) -> (Vec<f64>, f64) {
    let model = &STARTED.model;
    let one = |rule: &LeadRule| {
        let cap = rule.cap.map_or(f64::INFINITY, Points::value);
        plain(&rule.look, rule.points.value(), person, now).clamp(-cap, cap)
    };
    let points: Vec<f64> = model.rules.iter().map(one).collect();
    let group = |group: LeadGroup| {
        let of_group = model.rules.iter().zip(&points).filter(|(rule, _)| rule.group == group);
        of_group.map(|(_, points)| points).sum::<f64>().clamp(0.0, model.cap(group).value())
    };
    let score = LeadGroup::ALL.map(group).iter().sum();
    (points, score)
}

/// Rounding once a rule moves a score by half a hundredth a rule at most.
const ROUNDING: f64 = 0.0051;

#[test]
fn the_simulated_shop_is_scored_as_by_plain_loops_now_and_before() {
    let leads = &*STARTED;
    assert!(leads.left_out.is_empty() && leads.contacts.len() == PEOPLE.len());
    let mut moving = 0;
    for contact in &leads.contacts {
        let person = &PEOPLE[&contact.contact_id];
        let (points, total) = plainly(person, person.as_of);
        for ((found, plain), rule) in contact.points.iter().zip(&points).zip(&leads.model.rules) {
            let near = (found.value() - plain).abs() < ROUNDING;
            assert!(near, "{} {}: {found:?}, not {plain}", contact.contact_id, rule.id);
        }
        let near = |found: f64, plain: f64| (found - plain).abs() < ROUNDING * points.len() as f64;
        assert!(near(contact.now.score.value(), total), "{}", contact.contact_id);
        for (week, past) in leads.weeks.iter().zip(&contact.past) {
            let now = week.micros() / 1_000_000;
            assert_eq!(past.is_some(), person.created < now, "{} {week}", contact.contact_id);
            let Some(past) = past else { continue };
            let (_, plain) = plainly(person, now);
            assert!(near(past.score.value(), plain), "{} {week}: {past:?}", contact.contact_id);
            moving += usize::from(past.score != contact.now.score);
        }
    }
    assert!(moving > 100, "{moving}");
}

#[test]
fn moves_add_up_to_the_change_and_scores_to_their_parts() {
    let model = &STARTED.model;
    for contact in &STARTED.contacts {
        let moved: Points = contact.change.moves.iter().map(|one| one.points).sum();
        let from = contact.change.from.unwrap_or(Points::ZERO);
        assert_eq!(from + moved, contact.now.score, "{}", contact.contact_id);
        assert_eq!(contact.now.score, contact.now.fit + contact.now.intent);
        let [fit, intent] = LeadGroup::ALL.map(|group| model.group(group, &contact.points));
        assert_eq!((contact.now.fit, contact.now.intent), (fit, intent));
        let sizes: Vec<Points> = contact.change.moves.iter().map(|one| one.points.abs()).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b));
    }
    let scores: Vec<Points> = STARTED.contacts.iter().map(|contact| contact.now.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
}
