//! How to score, as it is typed.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::workspace::{RfmAxis, RfmPreset, RfmScoring, RfmSettings};

/// Options of scoring; none of them is five bins by mid-rank, named by the grid of ten cells.
#[derive(Debug, Args)]
#[command(next_help_heading = "Scoring")]
pub struct ScoringArgs {
    /// Scores run from 1 to this: 3, 4, 5 or 10 [default: 5, or what the preset or the cut points make]
    #[arg(long, value_name = "N")]
    pub bins: Option<u8>,
    /// How values become scores: one rule, or three for recency, frequency and money [default: mid-rank]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "RULE")]
    pub scoring: Vec<RfmScoring>,
    /// Most days since the last order for each score but the lowest, such as 30,90,180,365
    #[arg(long, value_delimiter = ',', value_name = "DAYS")]
    pub recency_cuts: Vec<i64>,
    /// Fewest orders for each score but the lowest, such as 2,3,5,10
    #[arg(long, value_delimiter = ',', value_name = "ORDERS")]
    pub frequency_cuts: Vec<i64>,
    /// Least money spent for each score but the lowest, such as 20,50,100,249.90
    #[arg(long, value_delimiter = ',', value_name = "AMOUNTS")]
    pub monetary_cuts: Vec<f64>,
    /// What combinations of scores are called [default: grid10 for 5 and 10 bins, else none]
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<RfmPreset>,
    /// What the grids hold against recency [default: frequency]
    #[arg(long, value_enum, value_name = "SCORE")]
    pub axis: Option<RfmAxis>,
    /// Also write the fitted model into this file, as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "apply")]
    pub model: Option<PathBuf>,
    /// Score with a model that --model wrote, and fit nothing
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "bins", "scoring", "recency_cuts", "frequency_cuts", "monetary_cuts", "preset", "axis",
        ]
    )]
    pub apply: Option<PathBuf>,
}

impl ScoringArgs {
    pub fn settings(&self) -> RfmSettings {
        RfmSettings {
            bins: self.bins,
            scoring: self.scoring.clone(),
            recency_cuts: self.recency_cuts.clone(),
            frequency_cuts: self.frequency_cuts.clone(),
            monetary_cuts: self.monetary_cuts.clone(),
            preset: self.preset,
            axis: self.axis.unwrap_or_default(),
        }
    }
}

impl ValueEnum for RfmScoring {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::MidRank => "Share of contacts below, half of those alike; ties share a score",
            Self::ValueEdges => "Quantiles of the values; ties share a score",
            Self::Ntile => "Groups of equal size; of ties, the smaller id scores lower",
            Self::NtileDesc => "Groups of equal size; of ties, the larger id scores lower",
            Self::Fixed => "The cut points given",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl ValueEnum for RfmPreset {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Grid10 => "Ten cells over recency and frequency",
            Self::Grid11 => "The same, the hibernating of longest ago called lost",
            Self::Klaviyo27 => "Klaviyo's six groups: 3 bins, recency cut at 180 and 365 days",
            Self::Cycle => "Active, due, overdue, lapsed: 4 bins by the days between orders",
            Self::None => "Scores without names",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl ValueEnum for RfmAxis {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Frequency => "The score of frequency",
            Self::FrequencyMonetary => "The mean of frequency and money, half a point rounded up",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}
