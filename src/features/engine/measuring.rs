//! Calling the families: groups of rows in, one row of numbers and labels a group out.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, Float64Array, StringBuilder, StructArray, UInt32Array};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::error::{DataFusionError, Result};

use super::super::{
    Closed, FeatureFamily, FeatureParams, FeatureSpec, History, LocalClock, Moments, NO_TYPE,
    Places, Timeline, Unit, Word,
};
use super::gather::{Gathered, Meanings, View};
use super::rows::Rows;
use super::words::Words;

/// What measuring refers to besides a contact's rows.
pub struct Surroundings {
    pub now_us: i64,
    pub shop_clock: LocalClock,
    /// Campaign to the place of its type.
    pub campaign_types: HashMap<String, u8>,
    pub open_delay_curve: Vec<f64>,
    /// What was summed up earlier.
    pub history: Option<History>,
    pub params: FeatureParams,
}

/// A family, and the places of its features that are asked for.
pub struct Choice {
    family: Box<dyn FeatureFamily>,
    specs: Vec<FeatureSpec>,
    numbers: Vec<usize>,
    labels: Vec<usize>,
    /// Labels of the family, asked for or not.
    all_labels: usize,
}

impl Choice {
    /// The features of `family` that `is_wanted` names; `None` if there is none.
    pub fn new(
        mut family: Box<dyn FeatureFamily>,
        is_wanted: &dyn Fn(&FeatureSpec) -> bool,
    ) -> Option<Choice> {
        let specs = family.specs();
        let wanted: Vec<bool> = specs.iter().map(is_wanted).collect();
        let is_label = |place: &usize| specs[*place].unit == Unit::Label;
        let first_label = specs.iter().position(|s| s.unit == Unit::Label).unwrap_or(specs.len());
        let (labels, numbers): (Vec<usize>, Vec<usize>) =
            (0..specs.len()).filter(|place| wanted[*place]).partition(is_label);
        if numbers.is_empty() && labels.is_empty() {
            return None;
        }
        family.narrow(&wanted);
        let labels = labels.into_iter().map(|place| place - first_label).collect();
        let all_labels = specs.len() - first_label;
        Some(Choice { family, specs, numbers, labels, all_labels })
    }

    pub fn family(&self) -> &dyn FeatureFamily {
        self.family.as_ref()
    }

    /// The specs of the numbers that are asked for.
    pub fn number_specs(&self) -> impl Iterator<Item = &FeatureSpec> {
        self.numbers.iter().map(|place| &self.specs[*place])
    }

    /// The specs of the labels that are asked for.
    pub fn label_specs(&self) -> impl Iterator<Item = &FeatureSpec> {
        let first = self.specs.len() - self.all_labels;
        self.labels.iter().map(move |place| &self.specs[first + place])
    }
}

/// The chosen families with all that they refer to.
pub struct Measuring {
    pub choices: Vec<Choice>,
    pub surroundings: Surroundings,
    /// Nanoseconds of all threads together.
    spent_ns: AtomicU64,
}

impl Measuring {
    pub fn new(choices: Vec<Choice>, surroundings: Surroundings) -> Self {
        Measuring { choices, surroundings, spent_ns: AtomicU64::new(0) }
    }

    /// Thread time spent on measuring so far.
    pub fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent_ns.load(Ordering::Relaxed))
    }

    /// Numbers and labels of a row.
    fn widths(&self) -> (usize, usize) {
        self.choices.iter().fold((0, 0), |(numbers, labels), choice| {
            (numbers + choice.numbers.len(), labels + choice.labels.len())
        })
    }

    /// The columns of a measured row: the contact's id, what its rows hold, numbers, labels.
    pub fn fields(&self) -> Fields {
        let (numbers, labels) = self.widths();
        let mut fields = vec![
            Field::new("contact_id", DataType::Utf8, true),
            Field::new("presence", DataType::UInt32, false),
        ];
        fields.extend((0..numbers).map(|n| Field::new(format!("n{n}"), DataType::Float64, false)));
        fields.extend((0..labels).map(|n| Field::new(format!("l{n}"), DataType::Utf8, true)));
        Fields::from(fields)
    }

    /// Measures every group.
    pub fn measure(&self, rows: &Rows) -> Result<StructArray> {
        let start = Instant::now();
        let types = self.surroundings.campaign_types.keys().map(String::as_str);
        let words = Words::merge(&rows.dictionaries, types);
        let meanings = Meanings::new(&words);
        let campaign_types = self.campaign_types(&words);
        let moments = self.moments(&words, &campaign_types);
        let mut clocks = Clocks::default();
        let views: Vec<View<'_>> = rows.batches.iter().map(|b| View::new(b, &words)).collect();
        let (runs, starts) = rows.by_group();
        let mut gathered = Gathered::default();
        let mut measured = Measured::new(self, rows.groups);
        for group in 0..rows.groups {
            gathered.fill(&runs[starts[group]..starts[group + 1]], &views, &meanings);
            let zone = gathered.zone.map(|zone| words.texts[zone.0 as usize].as_str());
            let clock = clocks.get(gathered.zone.zip(zone), &self.surroundings.shop_clock)?;
            let closed = match (&self.surroundings.history, gathered.id) {
                (Some(history), Some(id)) => history.of_contact(id),
                _ => &NOTHING_CLOSED,
            };
            let timeline = Timeline {
                known_us: gathered.known_us,
                clock,
                events: &gathered.events,
                orders: &gathered.orders,
                items: &gathered.items,
                closed,
            };
            measured.add(self, &gathered, &timeline, &moments);
        }
        let measured = measured.finish(self.fields());
        self.spent_ns.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        measured
    }

    fn campaign_types(&self, words: &Words) -> Vec<u8> {
        let types = &self.surroundings.campaign_types;
        if types.is_empty() {
            return Vec::new();
        }
        words.texts.iter().map(|text| types.get(text).copied().unwrap_or(NO_TYPE)).collect()
    }

    fn moments<'a>(&'a self, words: &'a Words, campaign_types: &'a [u8]) -> Moments<'a> {
        let around = &self.surroundings;
        Moments {
            now_us: around.now_us,
            today: around.shop_clock.second(around.now_us).div_euclid(86_400),
            shop_clock: &around.shop_clock,
            words: &words.texts,
            campaign_types,
            open_delay_curve: &around.open_delay_curve,
            params: &around.params,
        }
    }
}

/// The sums of a history of which nothing is closed.
const NOTHING_CLOSED: Closed = Closed::NOTHING;

/// The wall clocks of the zones met so far.
#[derive(Default)]
struct Clocks(HashMap<Word, LocalClock>);

impl Clocks {
    /// The clock of a zone, by its word and name; the shop's where there is none.
    fn get<'a>(
        &'a mut self,
        zone: Option<(Word, &str)>,
        shop: &'a LocalClock,
    ) -> Result<&'a LocalClock> {
        let Some((word, name)) = zone else { return Ok(shop) };
        match self.0.entry(word) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(free) => {
                let clock = LocalClock::new(name);
                Ok(free.insert(clock.map_err(|e| DataFusionError::External(Box::new(e)))?))
            }
        }
    }
}

/// The measured rows, by column.
struct Measured {
    ids: StringBuilder,
    presence: Vec<u32>,
    numbers: Vec<Vec<f64>>,
    labels: Vec<StringBuilder>,
    /// One family's places, before those that are asked for are picked.
    number_places: Vec<f64>,
    label_places: Vec<Word>,
}

impl Measured {
    fn new(measuring: &Measuring, groups: usize) -> Self {
        let (numbers, labels) = measuring.widths();
        Measured {
            ids: StringBuilder::with_capacity(groups, groups * 12),
            presence: Vec::with_capacity(groups),
            numbers: (0..numbers).map(|_| Vec::with_capacity(groups)).collect(),
            labels: (0..labels).map(|_| StringBuilder::new()).collect(),
            number_places: Vec::new(),
            label_places: Vec::new(),
        }
    }

    fn add(
        &mut self,
        measuring: &Measuring,
        gathered: &Gathered<'_>,
        timeline: &Timeline<'_>,
        moments: &Moments<'_>,
    ) {
        self.ids.append_option(gathered.id);
        // Rows of contacts that are not known yet must not show in anything.
        let is_known = gathered.id.is_some();
        let presence = gathered.presence.or(timeline.closed.presence);
        self.presence.push(if is_known { presence.0 } else { 0 });
        let (mut number, mut label) = (0, 0);
        for choice in &measuring.choices {
            let labels = choice.all_labels;
            self.number_places.clear();
            self.number_places.resize(choice.specs.len() - labels, f64::NAN);
            self.label_places.clear();
            self.label_places.resize(labels, Word::NONE);
            if is_known {
                let mut places =
                    Places { numbers: &mut self.number_places, labels: &mut self.label_places };
                choice.family.measure(timeline, moments, &mut places);
            }
            for place in &choice.numbers {
                self.numbers[number].push(self.number_places[*place]);
                number += 1;
            }
            for place in &choice.labels {
                self.labels[label].append_option(moments.text(self.label_places[*place]));
                label += 1;
            }
        }
    }

    fn finish(mut self, fields: Fields) -> Result<StructArray> {
        let mut arrays: Vec<ArrayRef> =
            vec![Arc::new(self.ids.finish()), Arc::new(UInt32Array::from(self.presence))];
        let numbers = self.numbers.into_iter().map(Float64Array::from);
        arrays.extend(numbers.map(|column| Arc::new(column) as ArrayRef));
        let labels = self.labels.iter_mut().map(StringBuilder::finish);
        arrays.extend(labels.map(|column| Arc::new(column) as ArrayRef));
        Ok(StructArray::try_new(fields, arrays, None)?)
    }
}
