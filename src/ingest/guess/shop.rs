//! What the files say about the shop: its currency and its time zone.

use std::collections::BTreeMap;

use crate::lake::Table;
use crate::workspace::ShopSettings;

use super::amount;
use super::column::{self, Column};
use super::reading::Reading;

/// ISO 4217: "no currency".
const UNKNOWN: &str = "XXX";

/// The `[shop]` of the settings with its comments.
pub struct Shop {
    pub settings: ShopSettings,
    pub currency_comment: String,
    pub timezone_comment: String,
    pub checks: Vec<String>,
}

impl Shop {
    pub fn of(readings: &[Reading]) -> Self {
        let mut shop = Shop {
            settings: ShopSettings::default(),
            currency_comment: "no file has orders".to_owned(),
            timezone_comment: "of contacts without a zone, and for counting days".to_owned(),
            checks: Vec::new(),
        };
        shop.find_currency(readings);
        shop
    }

    fn find_currency(&mut self, readings: &[Reading]) {
        let orders: Vec<&Reading> =
            readings.iter().filter(|r| r.table() == Table::Orders && r.is_recognised).collect();
        if orders.is_empty() {
            return;
        }
        if !self.take_column(&orders) && !self.take_sign(&orders) {
            self.settings.currency = Some(UNKNOWN.to_owned());
            self.currency_comment = "not known: XXX means none; write the ISO 4217 code".to_owned();
            let check =
                "the orders name no currency: currency is XXX until you write the shop's own";
            self.checks.push(check.to_owned());
        }
    }

    /// The most frequent currency of the orders; a tie goes to the first by name.
    fn take_column(&mut self, orders: &[&Reading]) -> bool {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for column in orders.iter().filter_map(|r| r.column("currency")) {
            for (code, rows) in column.counts() {
                *counts.entry(code.to_uppercase()).or_insert(0) += rows;
            }
        }
        let Some(code) = counts.iter().rev().max_by_key(|c| c.1).map(|c| c.0.clone()) else {
            return false;
        };
        self.currency_comment = "as the orders have it".to_owned();
        if counts.len() > 1 {
            let codes: Vec<&str> = counts.keys().map(String::as_str).collect();
            self.checks.push(format!(
                "the orders are in {} currencies ({}): those not in {code} will be set aside",
                counts.len(),
                codes.join(", "),
            ));
        }
        self.settings.currency = Some(code);
        true
    }

    /// A sign or code in the amounts or in the name of their column.
    fn take_sign(&mut self, orders: &[&Reading]) -> bool {
        let money = |r: &&Reading| r.column("amount").or(r.column("price")).map(sign_of);
        let Some((code, is_shared, place)) = orders.iter().filter_map(money).flatten().next()
        else {
            return false;
        };
        self.currency_comment = format!("from {place}");
        if is_shared {
            self.checks.push(format!(
                "the currency is told by {place}, which several currencies share: taken as {code}"
            ));
        }
        self.settings.currency = Some(code);
        true
    }

    /// Times without a zone are read in the shop's.
    pub fn note_naive_times(&mut self, files: &[String]) {
        if files.is_empty() {
            return;
        }
        let zone = self.settings.timezone.clone();
        self.timezone_comment = format!("times carry no zone: taken as {zone}");
        let files = files.join(", ");
        self.checks.push(format!(
            "times carry no zone in {files}: taken as {zone}; write the zone in which they were \
             exported"
        ));
    }
}

/// Currency, whether others share the sign, and where it was found.
fn sign_of(column: &Column) -> Option<(String, bool, String)> {
    let in_values = column.values().into_iter().find_map(amount::currency_in);
    if let Some((code, is_shared)) = in_values {
        return Some((code, is_shared, "the sign in the amounts".to_owned()));
    }
    let code = column::currency_in_name(&column.name)?;
    Some((code, false, "the name of the amounts' column".to_owned()))
}
