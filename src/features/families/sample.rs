//! A tiny shop for the families' own tests.

use std::collections::BTreeMap;

use super::super::{
    Closed, Event, FeatureFamily, FeatureParams, Item, Kind, LocalClock, Moments, Order, Places,
    Timeline, Word,
};

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The shop's words, in text order; a word's code is its position.
pub const WORDS: [&str; 8] =
    ["Chrome", "Safari", "desktop", "mobile", "o1", "o2", "shirts", "shoes"];

pub fn word(text: &str) -> Word {
    Word(WORDS.iter().position(|known| *known == text).map_or(u32::MAX, |place| place as u32))
}

/// A shop in UTC at 2026-07-01T00:00:00Z, a Wednesday.
pub struct Shop {
    pub now_us: i64,
    pub params: FeatureParams,
    clock: LocalClock,
    words: Vec<String>,
    curve: Vec<f64>,
    closed: Closed,
}

impl Shop {
    pub fn new() -> Self {
        // A quarter in the first hour, then slower and slower.
        let mut curve: Vec<f64> = (0..72).map(|lag| 1.0 / (3.0 + f64::from(lag))).collect();
        let total: f64 = curve.iter().sum();
        curve.iter_mut().for_each(|share| *share *= 0.75 / total);
        curve[0] += 0.25;
        Shop {
            now_us: 1_782_864_000_000_000,
            params: FeatureParams::default(),
            clock: LocalClock::new("UTC").unwrap(),
            words: WORDS.map(str::to_owned).into(),
            curve,
            closed: Closed { until_us: i64::MIN, mails_until_us: i64::MIN, ..Closed::default() },
        }
    }

    /// The shop with some of its contacts' history closed.
    pub fn with_closed(closed: Closed) -> Self {
        Shop { closed, ..Shop::new() }
    }

    pub fn moments(&self) -> Moments<'_> {
        Moments {
            now_us: self.now_us,
            today: self.now_us / DAY,
            shop_clock: &self.clock,
            words: &self.words,
            campaign_types: &[],
            open_delay_curve: &self.curve,
            params: &self.params,
        }
    }

    pub fn timeline<'a>(
        &'a self,
        events: &'a [Event],
        orders: &'a [Order],
        items: &'a [Item],
    ) -> Timeline<'a> {
        let (clock, closed) = (&self.clock, &self.closed);
        Timeline { known_us: Some(self.now_us - 400 * DAY), clock, events, orders, items, closed }
    }

    /// What a family measures, by name; missing values are not in it.
    pub fn measure(
        &self,
        family: &dyn FeatureFamily,
        (events, orders, items): (&[Event], &[Order], &[Item]),
    ) -> Measured {
        let specs = family.specs();
        let is_label = |spec: &&super::super::FeatureSpec| spec.unit == super::super::Unit::Label;
        let labels_from = specs.iter().take_while(|spec| !is_label(spec)).count();
        assert!(specs[labels_from..].iter().all(|spec| is_label(&spec)), "labels come last");
        // Neither is ever measured: what stays was not set.
        let (unset, unset_word) = (f64::INFINITY, Word(u32::MAX - 1));
        let mut numbers = vec![unset; labels_from];
        let mut labels = vec![unset_word; specs.len() - labels_from];
        let mut places = Places { numbers: &mut numbers, labels: &mut labels };
        family.measure(&self.timeline(events, orders, items), &self.moments(), &mut places);
        assert!(!numbers.contains(&unset) && !labels.contains(&unset_word), "{numbers:?}");
        let names = specs.iter().map(|spec| spec.name.clone());
        let values = numbers.into_iter().map(|v| (!v.is_nan()).then_some(v));
        let text = |w: Word| WORDS.get(w.0 as usize).map(|text| (*text).to_owned());
        Measured {
            numbers: names.clone().zip(values).collect(),
            labels: names.skip(labels_from).zip(labels.into_iter().map(text)).collect(),
        }
    }
}

pub struct Measured {
    numbers: BTreeMap<String, Option<f64>>,
    labels: BTreeMap<String, Option<String>>,
}

impl Measured {
    pub fn number(&self, name: &str) -> Option<f64> {
        *self.numbers.get(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).unwrap_or_else(|| panic!("there is no {name}")).as_deref()
    }
}

pub fn event(us: i64, kind: Kind) -> Event {
    Event {
        us,
        kind,
        campaign: Word::NONE,
        device: Word::NONE,
        client: Word::NONE,
        product: Word::NONE,
        category: Word::NONE,
        page: Word::NONE,
        duration_ms: None,
        is_machine: false,
    }
}

pub fn sale(us: i64, amount_minor: i64) -> Order {
    Order { us, order: Word::NONE, amount_minor, discount_minor: None, is_completed: true }
}
