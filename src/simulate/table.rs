//! The tables that a shop exports: names and columns.

use Cell::{Flag, Money, Text, Time, Whole};

/// What a column holds, and so how each format writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Text,
    /// UTC; text such as `2026-03-01T08:15:30Z`, or a Parquet timestamp.
    Time,
    /// Pence in memory; pounds with two decimals in the file.
    Money,
    Whole,
    Flag,
}

/// One table.
pub(super) struct Table {
    /// File name without extension.
    pub name: &'static str,
    pub columns: &'static [(&'static str, Cell)],
}

pub(super) const CONTACTS: Table = Table {
    name: "contacts",
    columns: &[
        ("contact_id", Text),
        ("created_at", Time),
        ("timezone", Text),
        ("country", Text),
        ("consent", Text),
        ("source", Text),
        ("birth_year", Whole),
    ],
};

pub(super) const CAMPAIGNS: Table = Table {
    name: "campaigns",
    columns: &[
        ("campaign_id", Text),
        ("name", Text),
        ("subject", Text),
        ("campaign_type", Text),
        ("sent_at", Time),
    ],
};

pub(super) const EVENTS: Table = Table {
    name: "events",
    columns: &[
        ("event_id", Text),
        ("contact_id", Text),
        ("ts", Time),
        ("kind", Text),
        ("campaign_id", Text),
        ("variant", Text),
        ("device", Text),
        ("client", Text),
        ("product_id", Text),
        ("category", Text),
        ("page", Text),
        ("seconds", Whole),
        ("machine", Flag),
    ],
};

pub(super) const ORDERS: Table = Table {
    name: "orders",
    columns: &[
        ("order_id", Text),
        ("contact_id", Text),
        ("ts", Time),
        ("amount", Money),
        ("currency", Text),
        ("discount", Money),
        ("status", Text),
    ],
};

pub(super) const ORDER_ITEMS: Table = Table {
    name: "order_items",
    columns: &[
        ("order_id", Text),
        ("contact_id", Text),
        ("ts", Time),
        ("product_id", Text),
        ("category", Text),
        ("quantity", Whole),
        ("amount", Money),
    ],
};

pub(super) const ASSIGNMENTS: Table = Table {
    name: "assignments",
    columns: &[
        ("experiment_id", Text),
        ("contact_id", Text),
        ("variant", Text),
        ("assigned_at", Time),
        ("sent_at", Time),
    ],
};

pub(super) const PERSONAS: Table =
    Table { name: "truth/personas", columns: &[("contact_id", Text), ("persona", Text)] };

/// The opens and clicks of machines among the events.
pub(super) const MACHINE: Table = Table {
    name: "truth/machine",
    columns: &[("event_id", Text), ("contact_id", Text), ("cause", Text)],
};

/// Contacts who changed from one persona to another.
pub(super) const TURNS: Table = Table {
    name: "truth/turns",
    columns: &[
        ("contact_id", Text),
        ("week", Text),
        ("turned_at", Time),
        ("from", Text),
        ("to", Text),
    ],
};

pub(super) const EFFECTS: Table = Table {
    name: "truth/effects",
    columns: &[
        ("experiment_id", Text),
        ("persona", Text),
        ("variant", Text),
        ("metric", Text),
        ("probability", Text),
        ("effect", Text),
    ],
};

pub(super) const SEND_HOUR_TRUTH: Table =
    Table { name: "truth/send_hours", columns: &[("persona", Text), ("best_hour", Whole)] };
