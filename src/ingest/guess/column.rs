//! One column of a sample, and what its values look like.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;

use super::super::cell::Cells;
use super::super::events::is_known_kind;
use super::super::words::is_address_code;
use super::amount;
use super::time_format::TimeFormat;

/// A column with everything that guessing asks of it, computed once.
pub struct Column {
    pub name: String,
    /// The name in lower case without separators and prefixes.
    pub key: String,
    /// True if the name had a prefix, as Fivetran gives to what a platform calls a property.
    pub is_property: bool,
    /// Share of rows that have a value.
    pub filled: f64,
    pub time: Option<TimeFormat>,
    data_type: DataType,
    texts: Vec<Option<String>>,
}

impl Column {
    pub fn new(name: &str, cells: &ArrayRef) -> Self {
        let view = Cells::of(cells.as_ref() as &dyn Array);
        let texts: Vec<Option<String>> =
            (0..cells.len()).map(|row| view.text(row).map(|t| t.into_owned())).collect();
        let (key, is_property) = key(name);
        let present = texts.iter().flatten().count();
        let mut column = Column {
            name: name.to_owned(),
            key,
            is_property,
            filled: present as f64 / texts.len().max(1) as f64,
            time: None,
            data_type: cells.data_type().clone(),
            texts,
        };
        column.time = TimeFormat::of(&column);
        column
    }

    /// The values that there are, in the order of rows.
    pub fn values(&self) -> Vec<&str> {
        self.texts.iter().flatten().map(String::as_str).collect()
    }

    /// The value of every row.
    pub fn texts(&self) -> &[Option<String>] {
        &self.texts
    }

    pub fn is_empty(&self) -> bool {
        self.filled == 0.0
    }

    /// For a column of times by type: whether it has a zone.
    pub fn typed_time(&self) -> Option<bool> {
        match &self.data_type {
            DataType::Timestamp(_, zone) => Some(zone.is_some()),
            _ => None,
        }
    }

    /// Share of the values that `is` holds for; 0 without values.
    pub fn share(&self, is: impl Fn(&str) -> bool) -> f64 {
        let (mut all, mut hits) = (0_u32, 0_u32);
        for text in self.texts.iter().flatten() {
            all += 1;
            hits += u32::from(is(text));
        }
        f64::from(hits) / f64::from(all.max(1))
    }

    /// Distinct values with their number of rows.
    pub fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for text in self.texts.iter().flatten() {
            *counts.entry(text.as_str()).or_insert(0) += 1;
        }
        counts
    }

    pub fn distinct(&self) -> usize {
        self.counts().len()
    }

    /// Distinct values for each value that there is: 1 where none repeats.
    pub fn uniqueness(&self) -> f64 {
        let present = self.texts.iter().flatten().count();
        self.distinct() as f64 / present.max(1) as f64
    }

    pub fn kinds_share(&self) -> f64 {
        self.share(is_known_kind)
    }

    pub fn money_share(&self) -> f64 {
        self.share(amount::is_amount)
    }

    pub fn number_share(&self) -> f64 {
        self.share(|text| text.parse::<f64>().is_ok_and(f64::is_finite))
    }

    pub fn flag_share(&self) -> f64 {
        const FLAGS: [&str; 10] = ["true", "false", "1", "0", "yes", "no", "t", "f", "y", "n"];
        self.share(|text| FLAGS.contains(&text.to_ascii_lowercase().as_str()))
    }

    /// True for a column of email addresses, by name or by values.
    pub fn is_address(&self) -> bool {
        self.has_addresses() || self.key.ends_with("email") || self.key.ends_with("emailaddress")
    }

    pub fn has_addresses(&self) -> bool {
        self.share(is_address_code) > 0.5
    }
}

/// The name as synonyms are written, and whether it had a prefix.
fn key(name: &str) -> (String, bool) {
    let lower = name.to_lowercase();
    let bare = ["property_", "properties."].iter().find_map(|prefix| lower.strip_prefix(prefix));
    let words: Vec<&str> = words(bare.unwrap_or(&lower));
    let words = match words.as_slice() {
        // "amount_gbp" means the amount.
        [rest @ .., last] if !rest.is_empty() && is_common_currency(last) => rest,
        all => all,
    };
    (words.concat(), bare.is_some())
}

/// The currency that a column's name ends in.
pub fn currency_in_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = words(&lower);
    let last = words.last().filter(|last| words.len() > 1 && is_common_currency(last))?;
    Some(last.to_uppercase())
}

fn words(lower: &str) -> Vec<&str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

fn is_common_currency(word: &str) -> bool {
    const COMMON: [&str; 12] =
        ["gbp", "eur", "usd", "cad", "aud", "nzd", "chf", "sek", "nok", "dkk", "jpy", "inr"];
    COMMON.contains(&word)
}
