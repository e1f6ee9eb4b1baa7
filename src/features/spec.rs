//! What a feature is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Presence;
use crate::error::{Error, Kind, Result};

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
    /// The user's own, in SQL.
    Custom,
}

impl Family {
    pub const ALL: [Family; 7] = [
        Family::Purchase,
        Family::Email,
        Family::Time,
        Family::Device,
        Family::Web,
        Family::Relationship,
        Family::Custom,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Family::Purchase => "purchase",
            Family::Email => "email",
            Family::Time => "time",
            Family::Device => "device",
            Family::Web => "web",
            Family::Relationship => "relationship",
            Family::Custom => "custom",
        }
    }

    /// The family called `name`.
    pub fn named(name: &str) -> Result<Self> {
        let known = Family::ALL.into_iter().map(Family::name);
        Family::ALL
            .into_iter()
            .find(|family| family.name() == name)
            .ok_or_else(|| Error::unknown(Kind::Settings, "family of features", name, known))
    }
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

/// One feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureSpec {
    pub name: String,
    pub family: Family,
    /// Days before the as-of; `None` for all of history.
    pub window_days: Option<u32>,
    pub unit: Unit,
    pub meaning: String,
    pub missing: Missing,
    /// How it is computed, in words.
    pub formula: String,
    /// What the shop's data must hold at all: without it the feature is missing for everybody.
    pub requires: Presence,
    /// How a segment with high values is described, and one with low values.
    pub words_high: Cow<'static, str>,
    pub words_low: Cow<'static, str>,
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
            requires: Presence::default(),
            words_high: Cow::Borrowed(""),
            words_low: Cow::Borrowed(""),
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

    pub fn formula(mut self, missing: Missing, words: impl Into<String>) -> Self {
        self.missing = missing;
        self.formula = words.into();
        self
    }

    pub fn words(
        mut self,
        high: impl Into<Cow<'static, str>>,
        low: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.words_high = high.into();
        self.words_low = low.into();
        self
    }

    /// Missing for everybody where the shop's data hold nothing of `any`.
    pub fn requires(mut self, any: Presence) -> Self {
        self.requires = any;
        self
    }

    pub fn default_set(mut self) -> Self {
        self.is_default = true;
        self
    }
}
