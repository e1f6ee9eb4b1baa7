//! What a feature is.

use serde::{Deserialize, Serialize};

/// Groups of features that describe one side of behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Purchase,
    Email,
    Time,
    Device,
    Web,
    Relationship,
}

/// Unit of a feature's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    Days,
    /// Minor units of the shop's currency.
    MinorUnits,
    /// Between 0 and 1.
    Share,
    /// Hour of the day, 0 to 24, in the contact's time zone.
    Hour,
    Seconds,
    /// From -1 (only before) to 1 (only lately).
    Trend,
    /// Entropy: 0 for always the same, 1 for two equally often.
    Bits,
    /// 1 for yes, 0 for no.
    Flag,
    /// As it stands in the source.
    Number,
    /// A word, kept beside the numbers and never part of a distance.
    Label,
}

/// What a missing value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nothing happened, and that is a zero: the feature is never missing.
    Zero,
    /// It never happened, so there is no time since it.
    Never,
    /// Too little happened to say.
    TooLittle,
    /// The source does not tell.
    Unknown,
}

impl Missing {
    pub fn words(self) -> &'static str {
        match self {
            Missing::Zero => "never missing: nothing is a zero",
            Missing::Never => "missing: it never happened",
            Missing::TooLittle => "missing: too little happened to say",
            Missing::Unknown => "missing: the source does not tell",
        }
    }
}

/// The relation over which a measure aggregates, one group a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Events as they are.
    Events,
    /// One row per contact and campaign: received, opened, clicked by a human, and when.
    Mailings,
    /// What a human did, with the local second of the week.
    Activity,
    /// Page and product views, carts and checkouts, with the start of each session marked.
    Web,
    /// One row per contact and category viewed.
    Categories,
    /// Orders and refunds.
    Orders,
}

/// An aggregate over a relation, in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub name: String,
    pub relation: Relation,
    pub sql: String,
}

/// One feature.
#[derive(Debug, Clone)]
pub struct FeatureSpec {
    pub name: String,
    pub family: Family,
    /// Days before the as-of; `None` for all of history.
    pub window_days: Option<u32>,
    pub unit: Unit,
    pub meaning: String,
    pub missing: Missing,
    /// SQL over the measures' names and the columns of `contacts`.
    pub formula: String,
    pub measures: Vec<Measure>,
    /// How a segment with high values is described, and one with low values.
    pub words_high: &'static str,
    pub words_low: &'static str,
    /// Takes part in segmentation by default.
    pub is_default: bool,
}

impl FeatureSpec {
    pub fn new(family: Family, name: impl Into<String>, unit: Unit) -> Self {
        FeatureSpec {
            name: name.into(),
            family,
            window_days: None,
            unit,
            meaning: String::new(),
            missing: Missing::Zero,
            formula: String::new(),
            measures: Vec::new(),
            words_high: "",
            words_low: "",
            is_default: false,
        }
    }

    pub fn window(mut self, days: u32) -> Self {
        self.window_days = Some(days);
        self
    }

    pub fn means(mut self, meaning: impl Into<String>) -> Self {
        self.meaning = meaning.into();
        self
    }

    pub fn measure(mut self, relation: Relation, name: &str, sql: impl Into<String>) -> Self {
        self.measures.push(Measure { name: name.to_owned(), relation, sql: sql.into() });
        self
    }

    pub fn formula(mut self, missing: Missing, sql: impl Into<String>) -> Self {
        self.missing = missing;
        self.formula = sql.into();
        self
    }

    pub fn words(mut self, high: &'static str, low: &'static str) -> Self {
        self.words_high = high;
        self.words_low = low;
        self
    }

    pub fn default_set(mut self) -> Self {
        self.is_default = true;
        self
    }
}
