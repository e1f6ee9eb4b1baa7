//! The readout: every arm against the control, overall and in each segment, as plain data.

use serde::Serialize;

use super::bayes::BayesRates;
use super::decision::Decision;
use super::family::Family;
use super::heterogeneity::MetricHeterogeneity;
use super::metric_readout::MetricReadout;
use super::p_value_spread::RankedP;
use super::personalisation::Personalisation;
use super::ratio_check::RatioCheck;
use super::reading::Reading;
use super::second_look::SecondLook;
use super::send_time::SendTime;
use super::trust::TrustCheck;
use super::warning::Warning;

/// Everything that an experiment's tally says, ready for a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Readout {
    pub name: String,
    pub control: String,
    /// The metric that the answer is about.
    pub decision_metric: String,
    /// In plain words: what to do.
    pub recommendation: String,
    /// In plain words: what the experiment shows overall.
    pub answer: String,
    /// In plain words: what each segment column adds, one sentence an arm.
    pub segment_answers: Vec<String>,
    pub level: f64,
    /// What adjusted p-values are held against; at a planned look, the look's own level.
    pub alpha: f64,
    pub reading: Reading,
    pub minimum_n: u64,
    pub arms: Vec<ArmReadout>,
    pub sample_ratio: RatioCheck,
    /// What must hold before any difference is read.
    pub trust: Vec<TrustCheck>,
    /// Every arm but the control, overall.
    pub decisions: Vec<Decision>,
    pub metrics: Vec<MetricReadout>,
    /// The correction of the decision metric, overall and in all segments together: a winner anywhere is
    /// a false one with probability alpha at most.
    pub decision_family: Family,
    /// The correction of the other metrics overall.
    pub family: Family,
    /// The decision metric of all arms by Bayes; `None` for a mean.
    pub bayes: Option<BayesRates>,
    /// The decision metric through the day, for an experiment whose arms are hours.
    pub send_time: Option<SendTime>,
    pub segments: Vec<SegmentReadout>,
    /// The same arms in other ways, where rows were at hand; none of them decides.
    pub second_looks: Vec<SecondLook>,
    /// What holds for the experiment as a whole; each metric carries its own.
    pub warnings: Vec<Warning>,
}

/// One arm's size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmReadout {
    pub arm: String,
    pub n: u64,
    pub share_planned: f64,
    pub share_observed: f64,
}

/// One segment column: its own family, and its levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentReadout {
    pub column: String,
    /// The correction of the metrics that do not decide.
    pub family: Family,
    pub levels: Vec<LevelReadout>,
    /// How each metric's effect varies over the levels: by metric, then by arm.
    pub heterogeneity: Vec<MetricHeterogeneity>,
    /// The decision metric's p-values over the levels, as they are, against what chance would give; empty
    /// for fewer than two.
    pub p_values: Vec<RankedP>,
    /// What an arm for each level would bring over one arm for all; `None` where it cannot be said.
    pub personalisation: Option<Personalisation>,
}

/// One level of a segment column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelReadout {
    pub level: String,
    pub n: u64,
    /// `None` without rows.
    pub sample_ratio: Option<RatioCheck>,
    pub decisions: Vec<Decision>,
    pub metrics: Vec<MetricReadout>,
    /// The decision metric through the day here, for an experiment whose arms are hours.
    pub send_time: Option<SendTime>,
}

impl Readout {
    /// False if a check failed that stops every verdict.
    pub fn is_trustworthy(&self) -> bool {
        !self.trust.iter().any(TrustCheck::stops_everything)
    }

    /// True if nothing stops what a segment column says.
    pub fn is_readable(&self, column: &str) -> bool {
        self.is_trustworthy() && !self.trust.iter().any(|check| check.stops_column(column))
    }
}
