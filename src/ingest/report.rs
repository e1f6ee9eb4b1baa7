//! What happened to every row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Outcome of one source: `rows` = accepted + rejected + repeated + set aside + skipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCounts {
    pub table: String,
    /// File names, without their folders.
    pub files: Vec<String>,
    pub rows: u64,
    pub accepted: u64,
    pub rejected: u64,
    /// Rows that repeat another one exactly (or an event's id), dropped.
    pub repeated: u64,
    /// Well-formed rows that name no contact, so that nothing can be said about anybody.
    pub set_aside_no_contact: u64,
    /// Orders in another currency than the shop's.
    pub set_aside_other_currency: u64,
    /// Orders that the export marks as tests.
    pub set_aside_test: u64,
    /// Rows that take an order back, with or without a contact: refunds, cancellations, returns.
    pub cancellations: u64,
    /// Accepted mail events that name no campaign: opens cannot be matched to sends.
    pub mail_without_campaign: u64,
    /// Ids that were email addresses and are stored as codes.
    pub addresses_replaced: u64,
    /// Rows of a kind that the mapping skips.
    pub skipped: u64,
    pub accepted_minor: i64,
    pub set_aside_minor: i64,
    pub first_us: Option<i64>,
    pub last_us: Option<i64>,
    /// Rejected rows per rule, most frequent first.
    pub rules: Vec<(String, u64)>,
}

impl SourceCounts {
    /// Widens the time span to `ts`.
    pub fn span(&mut self, ts: i64) {
        self.first_us = Some(self.first_us.map_or(ts, |first| first.min(ts)));
        self.last_us = Some(self.last_us.map_or(ts, |last| last.max(ts)));
    }

    /// Adds what became of further rows of the same source.
    pub fn add(&mut self, more: &SourceCounts) {
        self.files.extend(more.files.iter().cloned());
        self.rows += more.rows;
        self.accepted += more.accepted;
        self.rejected += more.rejected;
        self.repeated += more.repeated;
        self.set_aside_no_contact += more.set_aside_no_contact;
        self.set_aside_other_currency += more.set_aside_other_currency;
        self.set_aside_test += more.set_aside_test;
        self.cancellations += more.cancellations;
        self.mail_without_campaign += more.mail_without_campaign;
        self.addresses_replaced += more.addresses_replaced;
        self.skipped += more.skipped;
        self.accepted_minor += more.accepted_minor;
        self.set_aside_minor += more.set_aside_minor;
        more.first_us.iter().chain(&more.last_us).for_each(|us| self.span(*us));
    }

    /// Rejected rows as a share of all rows.
    pub fn bad_share(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.rejected as f64 / self.rows as f64 }
    }

    /// Moves a row that was accepted first to the rejected.
    pub fn turn_down(&mut self, amount_minor: i64) {
        self.accepted -= 1;
        self.rejected += 1;
        self.accepted_minor -= amount_minor;
    }

    /// Moves a row that was accepted first to the repeated.
    pub fn drop_repeat(&mut self, amount_minor: i64) {
        self.accepted -= 1;
        self.repeated += 1;
        self.accepted_minor -= amount_minor;
    }
}

/// Outcome of an ingest; stored in the lake as `ingest.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestReport {
    pub sources: Vec<SourceCounts>,
    /// Rows in each stored table.
    pub tables: Vec<(String, u64)>,
    /// Contacts that no contact source describes, known from other tables.
    pub implied_contacts: u64,
    /// Ids that were email addresses and are stored as codes.
    pub addresses_replaced: u64,
    /// Files whose content had been read already under another name.
    pub repeated_files: Vec<String>,
    /// Ids of all experiments with assignments, to tell a slip from one that has not begun.
    pub experiments: Vec<String>,
    /// Contacts that were assigned to two variants, by experiment; they are in no table.
    #[serde(default)]
    pub crossed: BTreeMap<String, u64>,
    pub last_us: Option<i64>,
}

impl IngestReport {
    pub const FILE: &'static str = "ingest.json";

    pub fn rejected(&self) -> u64 {
        self.sources.iter().map(|s| s.rejected).sum()
    }
}
