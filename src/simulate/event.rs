//! Rows of a contact's history, small enough to make by the million.

/// Names of the event kinds, in the order of [`Kind`].
const KINDS: [&str; 11] = [
    "sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained",
    "page_viewed", "product_viewed", "cart_added", "checkout_started",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sent,
    Delivered,
    Bounced,
    Opened,
    Clicked,
    Unsubscribed,
    Complained,
    PageViewed,
    ProductViewed,
    CartAdded,
    CheckoutStarted,
}

impl Kind {
    pub fn name(self) -> &'static str {
        KINDS[self as usize]
    }
}

/// Who caused an open or a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Person,
    /// Apple's mail privacy loads the pictures of every email.
    ApplePrivacy,
    /// A company's scanner follows every link.
    Scanner,
}

impl Cause {
    pub fn name(self) -> &'static str {
        match self {
            Cause::Person => "person",
            Cause::ApplePrivacy => "apple-open",
            Cause::Scanner => "bot-click",
        }
    }
}

/// The email that an event belongs to: campaign index and arm name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub campaign: u16,
    pub variant: Option<&'static str>,
}

/// One event; `None` is an empty cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    /// Seconds since the start of the history.
    pub t: i64,
    pub kind: Kind,
    pub origin: Option<Origin>,
    pub device: Option<&'static str>,
    pub client: Option<&'static str>,
    pub product: Option<u16>,
    pub page: Option<&'static str>,
    pub seconds: Option<u16>,
    /// Opens and clicks only.
    pub cause: Option<Cause>,
}

impl Event {
    pub fn new(t: i64, kind: Kind, origin: Option<Origin>) -> Self {
        Event {
            t,
            kind,
            origin,
            device: None,
            client: None,
            product: None,
            page: None,
            seconds: None,
            cause: None,
        }
    }
}

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Item {
    pub product: u16,
    pub quantity: u16,
    /// What was paid for the line, in pence.
    pub amount: i64,
}

/// One order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    pub t: i64,
    pub items: Vec<Item>,
    /// Pence off the list prices.
    pub discount: i64,
    /// When all of it was paid back.
    pub refunded_t: Option<i64>,
}

impl Order {
    /// What was paid, in pence: the sum of the lines.
    pub fn amount(&self) -> i64 {
        self.items.iter().map(|item| item.amount).sum()
    }
}

/// A contact's place in an experiment, as logged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Assignment {
    pub experiment: &'static str,
    pub variant: &'static str,
    pub assigned_t: i64,
    /// Empty if the contact left the list between assignment and send.
    pub sent_t: Option<i64>,
}
