//! What one contact did, in order of time: what every feature is measured on.

use serde::{Deserialize, Serialize};

use crate::lake::schema::EVENT_KINDS;

use super::LocalClock;

/// A word by its code. Codes say equal or not equal; their order is that of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(pub u32);

impl Word {
    /// The cell was empty.
    pub const NONE: Word = Word(u32::MAX);

    pub fn is_some(self) -> bool {
        self != Word::NONE
    }
}

/// Kinds of event; the numbers are positions in [`crate::lake::schema::EVENT_KINDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Bounced,
    CartAdded,
    CheckoutStarted,
    Clicked,
    Complained,
    Delivered,
    Opened,
    PageViewed,
    ProductViewed,
    Sent,
    Unsubscribed,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Bounced,
        Kind::CartAdded,
        Kind::CheckoutStarted,
        Kind::Clicked,
        Kind::Complained,
        Kind::Delivered,
        Kind::Opened,
        Kind::PageViewed,
        Kind::ProductViewed,
        Kind::Sent,
        Kind::Unsubscribed,
    ];

    /// The kind that the lake calls `text`.
    pub fn parse(text: &str) -> Option<Kind> {
        let place = EVENT_KINDS.iter().position(|known| *known == text)?;
        Kind::ALL.get(place).copied()
    }
}

/// What data hold at all, in any row: a set of kinds of event and of filled columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Presence(pub u32);

impl Presence {
    /// Some order names a discount, be it zero.
    pub const DISCOUNT: Presence = Presence(1 << 16);
    /// Some event names how long it took.
    pub const DURATION: Presence = Presence(1 << 17);
    /// Some line of an order names a category.
    pub const BOUGHT_CATEGORY: Presence = Presence(1 << 19);
    /// Some view names a category.
    pub const VIEWED_CATEGORY: Presence = Presence(1 << 20);

    pub const fn kind(kind: Kind) -> Presence {
        Presence(1 << kind as u32)
    }

    pub const fn or(self, other: Presence) -> Presence {
        Presence(self.0 | other.0)
    }

    /// Nothing is asked for, or something of it is there.
    pub fn meets(self, any: Presence) -> bool {
        any.0 == 0 || self.0 & any.0 != 0
    }
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Microseconds since 1970 in UTC.
    pub us: i64,
    pub kind: Kind,
    pub campaign: Word,
    pub device: Word,
    pub client: Word,
    pub product: Word,
    pub category: Word,
    pub page: Word,
    pub duration_ms: Option<i64>,
    /// A machine's open or a bot's click, as far as is known.
    pub is_machine: bool,
}

/// A sale (completed, above zero), a refund (below zero), or an order that is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    pub us: i64,
    pub order: Word,
    pub amount_minor: i64,
    pub discount_minor: Option<i64>,
    pub is_completed: bool,
}

/// A line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub us: i64,
    pub order: Word,
    pub product: Word,
    pub category: Word,
    pub amount_minor: Option<i64>,
}

/// One contact's rows before the as-of, each list in order of time and then of everything else.
///
/// Mails sent before [`Closed::mails_until_us`] and all other events before [`Closed::until_us`] are
/// summed in `closed`. `events` begins earlier than that, so that a delivery finds its mail.
#[derive(Debug, Clone, Copy)]
pub struct Timeline<'a> {
    pub known_us: Option<i64>,
    /// The wall clock of the contact's own zone, or of the shop's.
    pub clock: &'a LocalClock,
    pub events: &'a [Event],
    pub orders: &'a [Order],
    pub items: &'a [Item],
    pub closed: &'a Closed,
}

/// The part of a contact's events that no window reaches any more, in sums that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closed {
    /// Events other than of mails are summed up to here; `i64::MIN` if nothing is.
    pub until_us: i64,
    /// Mails sent before this are summed, with every open and click that counts for them.
    pub mails_until_us: i64,
    pub sends: u64,
    pub deliveries: u64,
    pub bounces: u64,
    pub mails_received: u64,
    pub human_opens: u64,
    pub opened_and_clicked: u64,
    pub all_opens: u64,
    pub clicks: u64,
    /// Latest mails that nobody opened or clicked, in a row.
    pub ignored_streak: u64,
    pub unsubscribes: u64,
    pub complaints: u64,
    pub page_views: u64,
    pub product_views: u64,
    pub sessions: u64,
    pub carts: u64,
    pub checkouts: u64,
    pub web_ms: u64,
    pub last_human_open_us: Option<i64>,
    pub last_click_us: Option<i64>,
    pub last_visit_us: Option<i64>,
    /// What the events hold.
    pub presence: Presence,
}

impl Closed {
    /// Nothing is closed.
    pub const NOTHING: Closed = Closed {
        until_us: i64::MIN,
        mails_until_us: i64::MIN,
        sends: 0,
        deliveries: 0,
        bounces: 0,
        mails_received: 0,
        human_opens: 0,
        opened_and_clicked: 0,
        all_opens: 0,
        clicks: 0,
        ignored_streak: 0,
        unsubscribes: 0,
        complaints: 0,
        page_views: 0,
        product_views: 0,
        sessions: 0,
        carts: 0,
        checkouts: 0,
        web_ms: 0,
        last_human_open_us: None,
        last_click_us: None,
        last_visit_us: None,
        presence: Presence(0),
    };
}

/// The columns of the lake's events that a family reads, besides time and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    pub events: bool,
    pub campaign: bool,
    pub device: bool,
    pub client: bool,
    pub product: bool,
    pub category: bool,
    pub page: bool,
    pub duration: bool,
    pub machine: bool,
    pub orders: bool,
    pub items: bool,
    /// The shop's curve of delays from mail to open.
    pub open_delays: bool,
}

impl Needs {
    /// What either of two needs.
    #[must_use]
    pub fn or(self, other: Needs) -> Needs {
        Needs {
            events: self.events | other.events,
            campaign: self.campaign | other.campaign,
            device: self.device | other.device,
            client: self.client | other.client,
            product: self.product | other.product,
            category: self.category | other.category,
            page: self.page | other.page,
            duration: self.duration | other.duration,
            machine: self.machine | other.machine,
            orders: self.orders | other.orders,
            items: self.items | other.items,
            open_delays: self.open_delays | other.open_delays,
        }
    }
}

/// Where a family puts what it measured. A place that is not set is missing.
#[derive(Debug)]
pub struct Places<'a> {
    pub numbers: &'a mut [f64],
    pub labels: &'a mut [Word],
}

impl Places<'_> {
    /// Sets the number at `place`, the position among the family's own numbers.
    pub fn number(&mut self, place: usize, value: f64) {
        self.numbers[place] = value;
    }

    /// Sets the number at `place` if there is one.
    pub fn some(&mut self, place: usize, value: Option<f64>) {
        self.numbers[place] = value.unwrap_or(f64::NAN);
    }

    /// Sets the label at `place`, the position among the family's own labels.
    pub fn label(&mut self, place: usize, word: Word) {
        self.labels[place] = word;
    }
}
