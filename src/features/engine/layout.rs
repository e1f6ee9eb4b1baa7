//! The one relation over which features are measured: every table's rows, side by side.
//!
//! Tables share columns (the first word of an event is its kind, of a contact its time zone), so that a
//! row of one carries few empty cells for the others. Only columns that somebody reads are there.

use arrow::datatypes::DataType;

use crate::lake::schema;

use super::super::Needs;

/// Which table a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub enum Origin {
    Event,
    Order,
    Item,
    Contact,
}

impl Origin {
    pub const ALL: [Origin; 4] = [Origin::Event, Origin::Order, Origin::Item, Origin::Contact];

    pub fn of(code: i8) -> Option<Origin> {
        Origin::ALL.get(usize::try_from(code).ok()?).copied()
    }

    pub fn table(self) -> &'static str {
        match self {
            Origin::Event => "events",
            Origin::Order => "orders",
            Origin::Item => "order_items",
            Origin::Contact => "contacts",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    Origin,
    Time,
    Word(usize),
    Number(usize),
    Flag,
    Text,
}

impl Slot {
    pub fn data_type(self) -> DataType {
        match self {
            Slot::Origin => DataType::Int8,
            Slot::Time | Slot::Number(_) => DataType::Int64,
            Slot::Word(_) => schema::word(),
            Slot::Flag => DataType::Boolean,
            Slot::Text => DataType::Utf8,
        }
    }

    pub fn name(self) -> String {
        match self {
            Slot::Origin => "origin".to_owned(),
            Slot::Time => "us".to_owned(),
            Slot::Word(place) => format!("word_{place}"),
            Slot::Number(place) => format!("number_{place}"),
            Slot::Flag => "flag".to_owned(),
            Slot::Text => "text".to_owned(),
        }
    }
}

/// The columns of the relation, and what each table puts into them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Layout {
    pub origins: Vec<i8>,
    pub slots: Vec<Slot>,
    /// For each table in turn, the column that goes into each slot.
    sources: [Vec<(Slot, String)>; 4],
}

impl Layout {
    /// The layout for `needs`. Contacts are always there: one without any row still gets features.
    pub fn new(needs: Needs) -> Self {
        let sources = [events(needs), orders(), items(), contacts()];
        let wanted = [needs.events, needs.orders, needs.items, true];
        let origins = Origin::ALL.into_iter().zip(wanted).filter(|(_, is)| *is);
        let origins: Vec<i8> = origins.map(|(origin, _)| origin as i8).collect();
        let mut slots = vec![Slot::Origin, Slot::Time];
        let mut add = |slot: Slot| {
            let is_used = origins.iter().any(|o| sources[*o as usize].iter().any(|s| s.0 == slot));
            if is_used {
                slots.push(slot);
            }
        };
        (0..7).for_each(|place| add(Slot::Word(place)));
        (0..2).for_each(|place| add(Slot::Number(place)));
        [Slot::Flag, Slot::Text].into_iter().for_each(&mut add);
        Layout { origins, slots, sources }
    }

    /// The column of `origin` that goes into `slot`.
    pub fn source(&self, origin: Origin, slot: Slot) -> Option<&str> {
        let sources = &self.sources[origin as usize];
        sources.iter().find(|(known, _)| *known == slot).map(|(_, column)| column.as_str())
    }
}

fn chosen(columns: &[(bool, Slot, &str)]) -> Vec<(Slot, String)> {
    let wanted = columns.iter().filter(|(is_wanted, _, _)| *is_wanted);
    wanted.map(|(_, slot, column)| (*slot, (*column).to_owned())).collect()
}

fn events(needs: Needs) -> Vec<(Slot, String)> {
    chosen(&[
        (true, Slot::Word(0), "kind"),
        (needs.campaign, Slot::Word(1), "campaign_id"),
        (needs.device, Slot::Word(2), "device"),
        (needs.client, Slot::Word(3), "client"),
        (needs.product, Slot::Word(4), "product_id"),
        (needs.category, Slot::Word(5), "category"),
        (needs.page, Slot::Word(6), "page"),
        (needs.duration, Slot::Number(0), "duration_ms"),
        (needs.machine, Slot::Flag, "machine"),
    ])
}

fn orders() -> Vec<(Slot, String)> {
    chosen(&[
        (true, Slot::Word(0), "status"),
        (true, Slot::Number(0), "amount_minor"),
        (true, Slot::Number(1), "discount_minor"),
        (true, Slot::Text, "order_id"),
    ])
}

fn items() -> Vec<(Slot, String)> {
    chosen(&[
        (true, Slot::Word(1), "product_id"),
        (true, Slot::Word(2), "category"),
        (true, Slot::Number(0), "amount_minor"),
        (true, Slot::Text, "order_id"),
    ])
}

fn contacts() -> Vec<(Slot, String)> {
    chosen(&[(true, Slot::Word(0), "timezone"), (true, Slot::Text, "contact_id")])
}
