//! The columns of the canonical tables as they are stored.
//!
//! Times are microseconds in UTC, money is integer minor units, words are dictionary-coded.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// Prefix of a free attribute's column in `contacts`.
pub const ATTRIBUTE_PREFIX: &str = "attr_";

/// Kinds of event, in the order of their codes.
pub const EVENT_KINDS: [&str; 11] = [
    "bounced", "cart_added", "checkout_started", "clicked", "complained", "delivered", "opened",
    "page_viewed", "product_viewed", "sent", "unsubscribed",
];

/// What may say that an event was a machine's, in the order of their codes.
pub const MACHINE_BY: [&str; 4] = ["click_burst", "fast_click", "platform", "prefetch"];

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

/// All columns are declared nullable, also those that never are: DataFusion 55 refuses plans in which
/// a comparison over a column that cannot be null is shared between filters ("physical input schema
/// should be the same as the one converted from logical input schema").
fn table(columns: &[(&str, DataType)]) -> SchemaRef {
    let fields: Vec<Field> =
        columns.iter().map(|(name, of)| Field::new(*name, of.clone(), true)).collect();
    Arc::new(Schema::new(fields))
}

pub fn contacts(attributes: &[String]) -> SchemaRef {
    let mut columns = vec![
        ("contact_key".to_owned(), DataType::UInt64),
        ("contact_id".to_owned(), DataType::Utf8),
        ("created_at".to_owned(), time()),
        // First row in any other table.
        ("first_seen_at".to_owned(), time()),
        ("first_event_at".to_owned(), time()),
        ("updated_at".to_owned(), time()),
        // Whether a source of contacts has a row for the contact.
        ("is_described".to_owned(), DataType::Boolean),
        ("timezone".to_owned(), word()),
        ("country".to_owned(), word()),
        ("consent".to_owned(), word()),
        ("lifecycle_stage".to_owned(), word()),
        ("source".to_owned(), word()),
        // A pseudonym of the address, and what is wrong with it: `role` or `malformed`.
        ("address_code".to_owned(), word()),
        ("address_fault".to_owned(), word()),
    ];
    columns.extend(attributes.iter().map(|name| (format!("{ATTRIBUTE_PREFIX}{name}"), word())));
    let columns: Vec<(&str, DataType)> =
        columns.iter().map(|(n, t)| (n.as_str(), t.clone())).collect();
    table(&columns)
}

pub fn campaigns() -> SchemaRef {
    table(&[
        ("campaign_id", DataType::Utf8),
        ("name", DataType::Utf8),
        ("subject", DataType::Utf8),
        ("campaign_type", DataType::Utf8),
        ("sent_at", time()),
    ])
}

pub fn events() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt64),
        ("ts", time()),
        ("kind", word()),
        ("campaign_id", word()),
        ("variant", word()),
        ("device", word()),
        ("client", word()),
        ("product_id", word()),
        ("category", word()),
        ("page", word()),
        ("duration_ms", DataType::Int64),
        ("value_minor", DataType::Int64),
        ("machine", DataType::Boolean),
        // What says so: the platform, or a rule; null where nothing does.
        ("machine_by", word()),
        // Hash of the event's own id; null without one.
        ("event_hash", DataType::UInt64),
        ("updated_at", time()),
    ])
}

pub fn orders() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt64),
        ("ts", time()),
        ("order_id", DataType::Utf8),
        ("amount_minor", DataType::Int64),
        ("currency", word()),
        ("discount_minor", DataType::Int64),
        ("status", word()),
        ("updated_at", time()),
    ])
}

pub fn order_items() -> SchemaRef {
    table(&[
        ("contact_key", DataType::UInt64),
        ("ts", time()),
        ("order_id", DataType::Utf8),
        ("product_id", word()),
        ("category", word()),
        ("quantity", DataType::Float64),
        ("amount_minor", DataType::Int64),
    ])
}

pub fn assignments() -> SchemaRef {
    table(&[
        ("experiment_id", word()),
        ("contact_key", DataType::UInt64),
        ("variant", word()),
        ("assigned_at", time()),
        ("sent_at", time()),
    ])
}
