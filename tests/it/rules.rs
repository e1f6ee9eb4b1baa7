//! Rules held against plain loops.

use std::sync::{LazyLock, Mutex};

use jiff::tz::TimeZone;
use microseg::features;
use microseg::lake::{Lake, contact_key};
use microseg::segments::rules::starters::STARTERS;
use microseg::segments::rules::{Ground, Members, Reading, Rule, SAMPLE, discovered};
use microseg::workspace::{AsOf, RuleSettings};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::naive::people;
use crate::naive_rules::World;
use crate::support::{SMALL, all_right};
use crate::tables::rows;

const RULES: usize = 240;

static GROUND: LazyLock<Mutex<Ground>> = LazyLock::new(|| {
    let as_of = AsOf::parse("2026-07-01", zone()).unwrap();
    let lake = Lake::open(&SMALL.root.join("lake")).unwrap();
    let mut ground = Ground::open(&lake, &as_of, 2, &SMALL.root.join("features")).unwrap();
    for segment in discovered::read(&SMALL.root.join("segments"), ground.ids()).unwrap() {
        ground.add_segment(&segment.id, &segment.members).unwrap();
    }
    Mutex::new(ground)
});

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let people = people("2026-06-30T23:00:00Z".parse().unwrap(), &zone(), |n| SMALL.export(n));
    let table = features::read(&SMALL.root.join("features")).unwrap();
    let campaigns = rows(&SMALL.export("campaigns.csv"));
    let types = campaigns.iter().map(|c| (c["campaign_id"].clone(), c["campaign_type"].clone()));
    let mut segments: std::collections::BTreeMap<String, _> = Default::default();
    let csv = std::fs::read_to_string(SMALL.root.join("segments/membership.csv")).unwrap();
    for row in rows(&csv) {
        let id = row["segment_id"].clone();
        let members: &mut std::collections::BTreeSet<String> = segments.entry(id).or_default();
        members.insert(row["contact_id"].clone());
    }
    World { people, table, types: types.collect(), segments }
});

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

/// The ids of members.
pub fn ids(members: &Members, ground: &Ground) -> Vec<String> {
    members.ids(ground.ids()).map(str::to_owned).collect()
}

/// Random rules that the data allow: those that are refused are drawn again.
fn drawn() -> Vec<Rule> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(20_260_701);
    let ground = GROUND.lock().unwrap();
    let mut refused = 0;
    let mut rules = Vec::new();
    while rules.len() < RULES {
        let rule = WORLD.draw(&mut dice, rules.len() % 5);
        match ground.check(&rule) {
            Ok(_) => rules.push(rule),
            Err(_) => refused += 1,
        }
    }
    assert!(refused < 3 * RULES, "{refused} of the drawn rules are refused");
    rules
}

/// To be read before the ground is taken, which drawing takes too.
static DRAWN: LazyLock<Vec<Rule>> = LazyLock::new(drawn);

#[test]
fn the_engine_selects_whom_plain_loops_select() {
    let rules = &*DRAWN;
    let ground = GROUND.lock().unwrap();
    let (mut some, mut all) = (0, 0);
    all_right(rules.iter().map(|rule| {
        let found = ids(&ground.members(rule).unwrap(), &ground);
        let plain = WORLD.members(rule);
        some += usize::from(!plain.is_empty() && plain.len() < WORLD.table.ids.len());
        all += 1;
        match found == plain {
            true => Ok(()),
            false => Err(format!("{} and {} for\n{}", found.len(), plain.len(), rule.toml())),
        }
    }));
    // Most rules divide the contacts, so that agreement says something.
    assert!(2 * some > all, "{some} of {all}");
}

#[test]
fn whoever_is_not_in_a_rule_is_in_its_opposite() {
    let rules = &*DRAWN;
    let ground = GROUND.lock().unwrap();
    for rule in rules.iter().step_by(4) {
        let opposite = Rule::Not(Box::new(rule.clone()));
        let (a, b) = (ground.members(rule).unwrap(), ground.members(&opposite).unwrap());
        assert_eq!((a.len() + b.len(), a.common(&b)), (ground.ids().len(), 0), "{}", rule.toml());
    }
}

#[test]
fn a_rule_written_in_toml_is_read_as_the_same_rule() {
    let rules = &*DRAWN;
    let ground = GROUND.lock().unwrap();
    for rule in rules.iter() {
        let Reading { rule: again, percentiles, .. } =
            ground.read(&RuleSettings::parse(&rule.toml()).unwrap()).unwrap();
        assert_eq!(again, *rule, "{}", rule.toml());
        assert!(percentiles.is_empty());
        let json = serde_json::to_string(rule).unwrap();
        assert!(serde_json::from_str::<Rule>(&json).is_ok());
    }
}

#[test]
fn a_sample_is_the_contacts_with_the_smallest_keys() {
    let mut by_key: Vec<(u64, usize)> =
        WORLD.table.ids.iter().enumerate().map(|(row, id)| (contact_key(id).0, row)).collect();
    by_key.sort_unstable();
    let rules = &*DRAWN;
    let ground = GROUND.lock().unwrap();
    for rule in rules.iter().step_by(7) {
        let found = ground.sample(rule).unwrap().unwrap();
        let plain = by_key[..SAMPLE].iter().filter(|(_, row)| WORLD.holds(rule, *row)).count();
        assert_eq!(
            (found.contacts, found.members),
            (SAMPLE as u64, plain as u64),
            "{}",
            rule.toml()
        );
    }
}

#[test]
fn near_misses_are_one_test_away_and_the_reasons_are_true() {
    let rules = &*DRAWN;
    let ground = GROUND.lock().unwrap();
    let row = |id: &String| WORLD.table.ids.binary_search(id).unwrap();
    for rule in rules.iter().step_by(5) {
        let tests = rule.tests();
        let words: Vec<String> = tests.iter().map(|test| test.words(ground.specs())).collect();
        let near = ground.near_misses(rule).unwrap();
        assert_eq!(near.is_none(), tests.len() == 1);
        if let Some(near) = &near {
            let plain = (0..WORLD.table.ids.len()).filter(|r| WORLD.distance(rule, *r, true) == 1);
            assert_eq!(near.contacts, plain.count() as u64, "{}", rule.toml());
        }
        let shown = near.into_iter().flat_map(|near| near.shown.into_iter().map(|one| (one, 1)));
        let members = ground.members_because(rule).unwrap().into_iter().map(|one| (one, 0));
        for (one, distance) in shown.chain(members) {
            let row = row(&one.contact_id);
            assert_eq!(WORLD.distance(rule, row, true), distance, "{}", rule.toml());
            assert!(!one.because.is_empty());
            for reason in &one.because {
                let same = tests.iter().zip(&words).filter(|(_, words)| **words == reason.test);
                assert!(same.into_iter().any(|(t, _)| WORLD.holds(t, row) == reason.holds));
            }
        }
    }
}

#[test]
fn every_starter_selects_some_of_the_simulated_shop_and_whom_plain_loops_select() {
    let ground = GROUND.lock().unwrap();
    for starter in STARTERS {
        let reading = ground.read(&starter.rule().unwrap()).unwrap();
        let found = ids(&ground.members(&reading.rule).unwrap(), &ground);
        assert_eq!(found, WORLD.members(&reading.rule), "{}", starter.id);
        let share = found.len() as f64 / WORLD.table.ids.len() as f64;
        assert!((0.005..0.5).contains(&share), "{}: {share}", starter.id);
        assert!(reading.remarks.is_empty());
    }
}

#[test]
fn a_percentile_is_the_value_that_so_many_do_not_exceed() {
    let ground = GROUND.lock().unwrap();
    let of = |text: &str| ground.read(&RuleSettings::parse(text).unwrap()).unwrap().percentiles;
    let plain = |feature: &str, is_zero_left_out: bool, percentile: usize| {
        let column = WORLD.table.column(feature).unwrap();
        let mut values: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
        values.retain(|value| !is_zero_left_out || *value != 0.0);
        values.sort_by(f64::total_cmp);
        // The first value with enough at or below it, by counting.
        let n = values.len();
        let enough = |v: &&f64| 100 * values.iter().filter(|w| w <= v).count() >= percentile * n;
        (*values.iter().find(enough).unwrap(), n)
    };
    for percentile in [1, 37, 50, 80, 99] {
        let text = format!("feature = \"monetary_minor\"\nabove = \"p{percentile}\"");
        let found = &of(&text)[0];
        assert_eq!((found.value, found.of), plain("monetary_minor", true, percentile));
        let text =
            format!("feature = \"recency_days\"\nbelow = \"p{percentile}\"\nmissing = \"fails\"");
        let found = &of(&text)[0];
        assert_eq!((found.value, found.of), plain("recency_days", false, percentile));
    }
}

#[test]
fn the_example_of_the_document_is_a_rule() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/RULES.md");
    let document = std::fs::read_to_string(path).unwrap();
    let example = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let settings = microseg::workspace::Settings::parse(example).unwrap();
    let ground = GROUND.lock().unwrap();
    let written = settings.segments.rules["cart_abandoners"].get_ref();
    let found = ground.members(&ground.read(written).unwrap().rule).unwrap();
    assert!(!found.is_empty());
    let limits = format!(
        "up to {} tests on up to {} levels",
        microseg::segments::rules::MOST_TESTS,
        microseg::segments::rules::MOST_LEVELS
    );
    assert!(document.contains(&limits));
}
