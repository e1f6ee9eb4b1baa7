//! Rules as plain loops over the exports and the feature table, and rules drawn at random; no tests.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use microseg::features::FeatureTable;
use microseg::lake::schema::EVENT_KINDS;
use microseg::segments::rules::{EventTest, MissingMeans, NumberTest, Rule, SegmentTest, WordTest};
use rand::seq::SliceRandom;
use rand::{Rng, RngCore};

use crate::naive::Person;

/// Everything that a rule may look at, by contact.
pub struct World {
    pub people: BTreeMap<String, Person>,
    pub table: FeatureTable,
    /// Campaign → its type.
    pub types: HashMap<String, String>,
    /// Segment → its members.
    pub segments: BTreeMap<String, BTreeSet<String>>,
}

impl World {
    /// The ids that a rule selects.
    pub fn members(&self, rule: &Rule) -> Vec<String> {
        let ids = self.table.ids.iter().enumerate();
        ids.filter(|(row, _)| self.holds(rule, *row)).map(|(_, id)| id.clone()).collect()
    }

    pub fn holds(&self, rule: &Rule, row: usize) -> bool {
        match rule {
            Rule::All(parts) => parts.iter().all(|part| self.holds(part, row)),
            Rule::Any(parts) => parts.iter().any(|part| self.holds(part, row)),
            Rule::Not(part) => !self.holds(part, row),
            Rule::Number(test) => self.number(test, row),
            Rule::Word(test) => self.word(test, row),
            Rule::Event(test) => self.event(test, row),
            Rule::Segment(SegmentTest { segment }) => {
                self.segments[segment].contains(&self.table.ids[row])
            }
        }
    }

    /// How many tests would have to come out the other way for the rule to be `aim`.
    pub fn distance(&self, rule: &Rule, row: usize, aim: bool) -> usize {
        let of = |parts: &[Rule]| -> Vec<usize> {
            parts.iter().map(|part| self.distance(part, row, aim)).collect()
        };
        match (rule, aim) {
            (Rule::All(parts), true) | (Rule::Any(parts), false) => of(parts).iter().sum(),
            (Rule::All(parts) | Rule::Any(parts), _) => *of(parts).iter().min().unwrap(),
            (Rule::Not(part), aim) => self.distance(part, row, !aim),
            (test, aim) => usize::from(self.holds(test, row) != aim),
        }
    }

    fn number(&self, test: &NumberTest, row: usize) -> bool {
        let value = self.table.column(&test.feature).unwrap()[row];
        if value.is_nan() {
            return test.missing == MissingMeans::Matches;
        }
        test.above.is_none_or(|bound| value > bound)
            && test.at_least.is_none_or(|bound| value >= bound)
            && test.below.is_none_or(|bound| value < bound)
            && test.at_most.is_none_or(|bound| value <= bound)
    }

    fn word(&self, test: &WordTest, row: usize) -> bool {
        let person = &self.people[&self.table.ids[row]];
        let word = match self.table.label(&test.feature) {
            Ok(labels) => labels[row].map(str::to_owned),
            Err(_) => {
                let column = test.feature.strip_prefix("attr_").unwrap_or(&test.feature);
                Some(person.row[column].clone()).filter(|word| !word.is_empty())
            }
        };
        match word {
            Some(word) => test.is.contains(&word),
            None => test.missing == MissingMeans::Matches,
        }
    }

    fn event(&self, test: &EventTest, row: usize) -> bool {
        let person = &self.people[&self.table.ids[row]];
        let is_within = |at: i64| {
            test.within_days.is_none_or(|days| at >= person.as_of - i64::from(days) * 86_400)
        };
        let times = if test.event == "ordered" {
            let orders = person.orders.iter().filter(|order| {
                let has_line = |category: &String| {
                    let mut lines = person.lines.iter();
                    lines.any(|line| line.order == order.id && line.category == *category)
                };
                order.status == "completed"
                    && order.minor > 0
                    && is_within(order.at)
                    && test.category.as_ref().is_none_or(has_line)
            });
            orders.count()
        } else {
            let steps = person.steps.iter().filter(|step| {
                let is_human = !step.by_machine || !["opened", "clicked"].contains(&&*step.kind);
                let of = self.types.get(&step.campaign);
                step.kind == test.event
                    && is_human
                    && is_within(step.at)
                    && test.category.as_ref().is_none_or(|category| step.category == *category)
                    && test.campaign_type.as_ref().is_none_or(|wanted| of == Some(wanted))
            });
            steps.count()
        };
        let times = times as u64;
        test.at_least.is_none_or(|bound| times >= bound)
            && test.at_most.is_none_or(|bound| times <= bound)
    }

    /// A rule with up to `levels` of all, any and not.
    pub fn draw(&self, dice: &mut dyn RngCore, levels: usize) -> Rule {
        if levels == 0 {
            return self.draw_test(dice);
        }
        match dice.gen_range(0..8) {
            0 | 1 => Rule::Not(Box::new(self.draw(dice, levels - 1))),
            n @ 2..=6 => {
                let parts = (0..dice.gen_range(1..4)).map(|_| self.draw(dice, levels - 1));
                let parts = parts.collect();
                if n % 2 == 0 { Rule::All(parts) } else { Rule::Any(parts) }
            }
            _ => self.draw_test(dice),
        }
    }

    fn draw_test(&self, dice: &mut dyn RngCore) -> Rule {
        match dice.gen_range(0..10) {
            0..=3 => Rule::Number(self.draw_number(dice)),
            4 | 5 => Rule::Word(self.draw_word(dice)),
            6..=8 => Rule::Event(self.draw_event(dice)),
            _ => {
                let ids: Vec<&String> = self.segments.keys().collect();
                Rule::Segment(SegmentTest { segment: (*ids.choose(dice).unwrap()).clone() })
            }
        }
    }

    /// Bounds are values that somebody has, so that ties occur, or lie between two.
    fn draw_number(&self, dice: &mut dyn RngCore) -> NumberTest {
        loop {
            let spec = self.table.specs.choose(dice).unwrap();
            let column = self.table.column(&spec.name).unwrap();
            let present: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
            let Some(one) = present.choose(dice).copied() else { continue };
            let two = *present.choose(dice).unwrap();
            let bound = if dice.gen_bool(0.2) { (one + two) / 2.0 } else { one };
            let bounds = match dice.gen_range(0..5) {
                0 => [Some(bound), None, None, None],
                1 => [None, Some(bound), None, None],
                2 => [None, None, Some(bound), None],
                3 => [None, None, None, Some(bound)],
                _ => [None, Some(one.min(two)), None, Some(one.max(two))],
            };
            let [above, at_least, below, at_most] = bounds;
            let (feature, missing) = (spec.name.clone(), draw_missing(dice));
            return NumberTest { feature, above, at_least, below, at_most, missing };
        }
    }

    fn draw_word(&self, dice: &mut dyn RngCore) -> WordTest {
        let labels = self.table.label_specs.iter().map(|spec| spec.name.clone());
        let columns: Vec<String> = labels.chain(["timezone".to_owned()]).collect();
        loop {
            let feature = columns.choose(dice).unwrap().clone();
            let words: Vec<String> = match self.table.label(&feature) {
                Ok(labels) => labels.into_iter().flatten().map(str::to_owned).collect(),
                Err(_) => self.people.values().map(|p| p.row[&feature].clone()).collect(),
            };
            let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
            if words.is_empty() {
                continue;
            }
            let is = (0..dice.gen_range(1..4)).map(|_| (*words.choose(dice).unwrap()).clone());
            return WordTest { feature, is: is.collect(), missing: draw_missing(dice) };
        }
    }

    fn draw_event(&self, dice: &mut dyn RngCore) -> EventTest {
        let kinds: Vec<&str> = EVENT_KINDS.into_iter().chain(["ordered"; 3]).collect();
        let event = (*kinds.choose(dice).unwrap()).to_owned();
        let lines = self.people.values().flat_map(|person| &person.lines);
        let categories: BTreeSet<&String> = lines.map(|line| &line.category).collect();
        let types: BTreeSet<&String> = self.types.values().collect();
        let drawn = |from: BTreeSet<&String>, dice: &mut dyn RngCore| {
            let from: Vec<&String> = from.into_iter().collect();
            Some((*from.choose(dice).unwrap()).clone())
        };
        let has_category = ["ordered", "product_viewed", "page_viewed", "cart_added"];
        let has_campaign = ["sent", "delivered", "opened", "clicked"];
        let category = (has_category.contains(&&*event) && dice.gen_bool(0.3))
            .then(|| drawn(categories, dice));
        let campaign_type =
            (has_campaign.contains(&&*event) && dice.gen_bool(0.3)).then(|| drawn(types, dice));
        let (at_least, at_most) = match dice.gen_range(0..4) {
            0 | 1 => (Some(dice.gen_range(1..4)), None),
            2 => (None, Some(dice.gen_range(0..3))),
            _ => (Some(1), Some(dice.gen_range(1..5))),
        };
        let within_days =
            *[None, Some(1), Some(7), Some(30), Some(90), Some(400)].choose(dice).unwrap();
        EventTest {
            event,
            at_least,
            at_most,
            within_days,
            campaign_type: campaign_type.flatten(),
            category: category.flatten(),
        }
    }
}

fn draw_missing(dice: &mut dyn RngCore) -> MissingMeans {
    if dice.gen_bool(0.5) { MissingMeans::Matches } else { MissingMeans::Fails }
}
