//! The columns of the canonical tables as they are stored.
//!
//! Times are microseconds in UTC, money is integer minor units, words are dictionary-coded.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// Prefix of a free attribute's column in `contacts`.
pub const ATTRIBUTE_PREFIX: &str = "attr_";

/// Kinds of event, in the order of their codes.
pub const EVENT_KINDS: [&str; 11] = [
    "bounced",
    "cart_added",
    "checkout_started",
    "clicked",
    "complained",
    "delivered",
    "opened",
    "page_viewed",
    "product_viewed",
    "sent",
    "unsubscribed",
];

/// Order statuses, in the order of their codes. A positive amount counts as a sale only when
/// completed; a negative amount is always taken off.
pub const ORDER_STATUSES: [&str; 4] = ["cancelled", "completed", "pending", "refunded"];

/// The stored type of times.
pub fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The stored type of words that repeat.
pub fn word() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn table(columns: &[(&str, DataType, bool)]) -> SchemaRef {
    let fields: Vec<Field> =
        columns.iter().map(|(name, of, null)| Field::new(*name, of.clone(), *null)).collect();
    Arc::new(Schema::new(fields))
}

pub fn contacts(attributes: &[String]) -> SchemaRef {
    let mut columns = vec![
        ("contact_key".to_owned(), DataType::UInt32, false),
        ("contact_id".to_owned(), DataType::Utf8, false),
        ("created_at".to_owned(), time(), true),
        // First row in another table; set only where no contact source describes the contact.
        ("first_seen_at".to_owned(), time(), true),
        ("timezone".to_owned(), word(), true),
        ("country".to_owned(), word(), true),
        ("consent".to_owned(), word(), true),
        ("lifecycle_stage".to_owned(), word(), true),
    ];
    columns
        .extend(attributes.iter().map(|name| (format!("{ATTRIBUTE_PREFIX}{name}"), word(), true)));
    let columns: Vec<(&str, DataType, bool)> =
        columns.iter().map(|(n, t, null)| (n.as_str(), t.clone(), *null)).collect();
    table(&columns)
}

pub fn campaigns() -> SchemaRef {
    table(&[
        ("campaign_id", DataType::Utf8, false),
        ("name", DataType::Utf8, true),
        ("subject", DataType::Utf8, true),
        ("campaign_type", DataType::Utf8, true),
        ("sent_at", time(), true),
    ])
}

pub fn events() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt32, false),
        ("ts", time(), false),
        ("kind", word(), false),
        ("campaign_id", word(), true),
        ("variant", word(), true),
        ("device", word(), true),
        ("client", word(), true),
        ("product_id", word(), true),
        ("category", word(), true),
        ("page", word(), true),
        ("duration_ms", DataType::Int64, true),
        ("value_minor", DataType::Int64, true),
        ("machine", DataType::Boolean, true),
    ])
}

pub fn orders() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt32, false),
        ("ts", time(), false),
        ("order_id", DataType::Utf8, false),
        ("amount_minor", DataType::Int64, false),
        ("currency", word(), true),
        ("discount_minor", DataType::Int64, true),
        ("status", word(), false),
    ])
}

pub fn order_items() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt32, false),
        ("ts", time(), false),
        ("order_id", DataType::Utf8, false),
        ("product_id", word(), true),
        ("category", word(), true),
        ("quantity", DataType::Float64, true),
        ("amount_minor", DataType::Int64, true),
    ])
}

pub fn assignments() -> SchemaRef {
    table(&[
        ("experiment_id", word(), false),
        ("contact_key", DataType::UInt32, false),
        ("variant", word(), false),
        ("assigned_at", time(), true),
        ("sent_at", time(), true),
    ])
}
