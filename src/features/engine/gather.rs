//! One contact's rows, out of the batches and into the order of time.

use arrow::array::Array;
use arrow::buffer::NullBuffer;

use super::super::{Event, Item, Kind, Order, Presence, Word};
use super::Origin;
use super::rows::{Batch, Keys, Run};
use super::words::Words;

/// What words mean that the engine itself must understand.
pub struct Meanings {
    kinds: Vec<Option<Kind>>,
    completed: Word,
}

impl Meanings {
    pub fn new(words: &Words) -> Self {
        Meanings {
            kinds: words.texts.iter().map(|text| Kind::parse(text)).collect(),
            completed: words.find("completed"),
        }
    }

    fn kind(&self, word: Word) -> Option<Kind> {
        self.kinds.get(word.0 as usize).copied().flatten()
    }
}

/// Buffers for one contact's rows, used again for the next.
#[derive(Default)]
pub struct Gathered<'a> {
    pub events: Vec<Event>,
    pub orders: Vec<Order>,
    pub items: Vec<Item>,
    pub id: Option<&'a str>,
    pub known_us: Option<i64>,
    pub zone: Option<Word>,
    pub presence: Presence,
    order_ids: Vec<&'a str>,
    item_ids: Vec<&'a str>,
    ids: Vec<&'a str>,
}

impl<'a> Gathered<'a> {
    /// Replaces what is held by the rows of `runs`.
    pub fn fill(&mut self, runs: &[Run], views: &[View<'a>], meanings: &Meanings) {
        self.clear();
        for run in runs {
            let view = &views[run.batch as usize];
            let places = run.start as usize..(run.start + run.rows) as usize;
            match Origin::of(view.origins[places.start]) {
                Some(Origin::Event) => self.events(view, places, meanings),
                Some(Origin::Order) => self.orders(view, places, meanings),
                Some(Origin::Item) => self.items(view, places),
                Some(Origin::Contact) => self.contact(view, places.start),
                None => {}
            }
        }
        self.number_orders();
        sort(&mut self.events);
        sort(&mut self.orders);
        sort(&mut self.items);
    }

    fn clear(&mut self) {
        self.events.clear();
        self.orders.clear();
        self.items.clear();
        self.order_ids.clear();
        self.item_ids.clear();
        (self.id, self.known_us, self.zone) = (None, None, None);
        self.presence = Presence::default();
    }

    fn events(&mut self, view: &View<'a>, places: std::ops::Range<usize>, meanings: &Meanings) {
        let times = view.batch.us.values();
        for row in places {
            let Some(kind) = meanings.kind(view.word(0, row)) else { continue };
            let duration_ms = view.number(0, row);
            let flag = view.flag(row);
            self.presence = self.presence.or(Presence::kind(kind));
            if duration_ms.is_some() {
                self.presence = self.presence.or(Presence::DURATION);
            }
            let is_view = matches!(kind, Kind::PageViewed | Kind::ProductViewed);
            if is_view && view.word(5, row).is_some() {
                self.presence = self.presence.or(Presence::VIEWED_CATEGORY);
            }
            self.events.push(Event {
                us: times[row],
                kind,
                campaign: view.word(1, row),
                device: view.word(2, row),
                client: view.word(3, row),
                product: view.word(4, row),
                category: view.word(5, row),
                page: view.word(6, row),
                duration_ms,
                is_machine: flag == Some(true),
            });
        }
    }

    fn orders(&mut self, view: &View<'a>, places: std::ops::Range<usize>, meanings: &Meanings) {
        for row in places {
            let discount_minor = view.number(1, row);
            if discount_minor.is_some() {
                self.presence = self.presence.or(Presence::DISCOUNT);
            }
            let status = view.word(0, row);
            self.order_ids.push(view.text(row));
            self.orders.push(Order {
                us: view.batch.us.value(row),
                order: Word::NONE,
                amount_minor: view.number(0, row).unwrap_or(0),
                discount_minor,
                is_completed: status.is_some() && status == meanings.completed,
            });
        }
    }

    fn items(&mut self, view: &View<'a>, places: std::ops::Range<usize>) {
        for row in places {
            if view.word(2, row).is_some() {
                self.presence = self.presence.or(Presence::BOUGHT_CATEGORY);
            }
            self.item_ids.push(view.text(row));
            self.items.push(Item {
                us: view.batch.us.value(row),
                order: Word::NONE,
                product: view.word(1, row),
                category: view.word(2, row),
                amount_minor: view.number(0, row),
            });
        }
    }

    fn contact(&mut self, view: &View<'a>, row: usize) {
        self.id = Some(view.text(row));
        self.known_us = view.batch.us.is_valid(row).then(|| view.batch.us.value(row));
        self.zone = Some(view.word(0, row)).filter(|word| word.is_some());
    }

    /// Gives orders their codes: ids of one contact in text order. No other contact has the same order.
    fn number_orders(&mut self) {
        if self.orders.is_empty() && self.items.is_empty() {
            return;
        }
        self.ids.clear();
        self.ids.extend(self.order_ids.iter().chain(&self.item_ids));
        self.ids.sort_unstable();
        self.ids.dedup();
        let code = |id: &str| self.ids.binary_search(&id).map_or(Word::NONE, |n| Word(n as u32));
        self.orders.iter_mut().zip(&self.order_ids).for_each(|(o, id)| o.order = code(id));
        self.items.iter_mut().zip(&self.item_ids).for_each(|(i, id)| i.order = code(id));
    }
}

/// Rows come sorted from the lake; only those of several batches or at one time may not be.
fn sort<T: Ord>(rows: &mut [T]) {
    if !rows.is_sorted() {
        rows.sort_unstable();
    }
}

/// A column of words: keys, which of them are there, and the codes that keys stand for.
type WordView<'a> = (&'a [i32], Option<&'a NullBuffer>, &'a [Word]);

/// A batch with its words' codes at hand.
pub struct View<'a> {
    batch: &'a Batch,
    origins: &'a [i8],
    words: Vec<Option<WordView<'a>>>,
}

impl<'a> View<'a> {
    pub fn new(batch: &'a Batch, words: &'a Words) -> Self {
        let column = |keys: &'a Keys| {
            let codes = words.codes(keys.dictionary);
            (&keys.keys.values()[..], keys.keys.nulls(), codes)
        };
        let words = batch.words.iter().map(|keys| keys.as_ref().map(column)).collect();
        View { batch, origins: batch.origin.values(), words }
    }

    fn word(&self, place: usize, row: usize) -> Word {
        match self.words.get(place) {
            Some(Some((keys, nulls, codes))) if nulls.is_none_or(|nulls| nulls.is_valid(row)) => {
                codes[keys[row] as usize]
            }
            _ => Word::NONE,
        }
    }

    fn number(&self, place: usize, row: usize) -> Option<i64> {
        let column = self.batch.numbers[place].as_ref()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn flag(&self, row: usize) -> Option<bool> {
        let column = self.batch.flag.as_ref()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn text(&self, row: usize) -> &'a str {
        self.batch.text.as_ref().map_or("", |column| column.value(row))
    }
}
