//! What to look ahead to, as it is typed.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::error::{Error, Result};
use crate::predict::churn::Bands;
use crate::predict::outlook::{OutlookParams, OutlookValidParams};
use crate::predict::purchase::ModelKind;
use crate::predict::scores::ScoreParams;

use super::super::args::Dialect;

/// An order file and what to ask of it.
#[derive(Debug, Args)]
pub struct OrderFileArgs {
    /// Orders: CSV, NDJSON or Parquet; .gz and .zst accepted
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Column of the contact's id
    #[arg(long, value_name = "COLUMN")]
    pub contact: String,
    /// Column of the order's id, by which refunds find their orders; without it every row is an order
    #[arg(long, value_name = "COLUMN")]
    pub order: Option<String>,
    /// Column of the order's time
    #[arg(long, value_name = "COLUMN")]
    pub time: String,
    /// Column of the amount paid; below zero for a refund
    #[arg(long, value_name = "COLUMN")]
    pub amount: String,
    /// Last day that counts, such as 1997-09-30; the last day with an order if absent
    #[arg(long, value_name = "DATE", conflicts_with = "as_of")]
    pub until: Option<jiff::civil::Date>,
    /// Unit of time of the models' parameters; changes no score
    #[arg(long, value_enum, default_value_t = TimeUnit::Day)]
    pub unit: TimeUnit,
    /// The model of when people buy
    #[arg(long, value_enum, default_value_t = ModelChoice::Auto)]
    pub model: ModelChoice,
    /// Days that churn risk, or lifetime value, looks ahead
    #[arg(long, value_name = "DAYS")]
    pub horizon: Option<u32>,
    /// Annual discount rate of lifetime value
    #[arg(long, value_name = "RATE", default_value_t = 0.1)]
    pub annual_rate: f64,
    /// Level of the intervals
    #[arg(long, value_name = "LEVEL", default_value_t = 0.8)]
    pub level: f64,
    /// Cutoffs of the backtest, a horizon apart
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub cutoffs: usize,
    /// Probabilities at which medium and high risk begin
    #[arg(long, value_name = "P,P", value_delimiter = ',')]
    pub bands: Option<Vec<f64>>,
    /// Leave out the rows of contacts; only sums, models and evidence are printed
    #[arg(long)]
    pub brief: bool,
    /// Share of rejected rows above which the exit code is 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub max_bad_share: f64,
    #[command(flatten)]
    pub dialect: Dialect,
}

/// Unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TimeUnit {
    Day,
    Week,
}

/// A purchase model, or the best of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelChoice {
    Auto,
    Kind(ModelKind),
}

const CHOICES: [ModelChoice; 6] = [
    ModelChoice::Auto,
    ModelChoice::Kind(ModelKind::BgNbd),
    ModelChoice::Kind(ModelKind::MbgNbd),
    ModelChoice::Kind(ModelKind::ParetoNbd),
    ModelChoice::Kind(ModelKind::BgCnbdK),
    ModelChoice::Kind(ModelKind::MbgCnbdK),
];

impl ValueEnum for ModelChoice {
    fn value_variants<'a>() -> &'a [Self] {
        &CHOICES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (word, help) = match self {
            ModelChoice::Auto => ("auto", "The one that says most of later orders"),
            ModelChoice::Kind(kind) => (
                kind.word(),
                match kind {
                    ModelKind::BgNbd => "Lost after a purchase, never after the first",
                    ModelKind::MbgNbd => "Lost after any purchase",
                    ModelKind::ParetoNbd => "Lost at any time",
                    ModelKind::BgCnbdK => "As bg-nbd, for people who buy in a rhythm",
                    ModelKind::MbgCnbdK => "As mbg-nbd, for people who buy in a rhythm",
                },
            ),
        };
        Some(PossibleValue::new(word).help(help))
    }
}

impl OrderFileArgs {
    /// Checked parameters; `is_churn` says which horizon is meant.
    pub fn params(&self, is_churn: bool) -> Result<OutlookValidParams> {
        let defaults = OutlookParams::default();
        let value_days = match (is_churn, self.horizon) {
            (false, Some(days)) => days,
            _ => defaults.scores.value_days,
        };
        let bands = match self.bands.as_deref() {
            None => defaults.bands,
            Some([medium, high]) => Bands::new(*medium, *high)?,
            Some(other) => {
                return Err(Error::settings("bands take two probabilities")
                    .with_value(format!("{other:?}"))
                    .hint("write --bands 0.33,0.66"));
            }
        };
        OutlookParams {
            model: match self.model {
                ModelChoice::Auto => None,
                ModelChoice::Kind(kind) => Some(kind),
            },
            churn_days: self.horizon.filter(|_| is_churn),
            unit_days: match self.unit {
                TimeUnit::Day => 1,
                TimeUnit::Week => 7,
            },
            cutoffs: self.cutoffs,
            bands,
            scores: ScoreParams {
                value_days,
                annual_rate: self.annual_rate,
                level: self.level,
                ..defaults.scores
            },
            ..defaults
        }
        .check()
    }
}
