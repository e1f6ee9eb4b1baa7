//! Experiment readouts: two or more arms compared, overall and in each segment.
//!
//! Rows are read once, into a [`Tally`] of mergeable sums; everything else is computed from those
//! sums. [`ReadoutParams`] are checked against the tally's [`TallySpec`] into a [`ReadoutPlan`],
//! which reads the tally into a [`Readout`]: plain data, with the method, n and interval of each
//! number. The tests can also be called by themselves, on counts and samples.
//!
//! - rows: [`Units`] from a flat file, [`lake::intake`] from the lake;
//! - sums: [`Counts`] for rates, [`Moments`] for means, [`Tally`] for an experiment;
//! - two arms: [`compare_rates`] (Miettinen-Nurminen), [`compare_means`] (Welch, Fieller),
//!   [`compare_events`] (Poisson); small tables: [`exact`];
//! - margins: [`rate_margin`], [`rate_ratio_margin`], [`mean_margin`];
//! - all arms: [`pearson`], [`g_test`], [`welch_anova`];
//! - trust: [`ratio_check`] against the planned shares;
//! - before a test: [`design`], [`RatePower`];
//! - early looks: [`sequential`]; probabilities and losses: [`bayes`]; hours: [`send_time`];
//! - over segments: [`heterogeneity`];
//! - many comparisons: [`Adjustment`], [`selected_level`].

mod answer;
mod arms;
pub mod bayes;
mod comparison;
mod counts;
pub mod design;
mod effect;
mod events;
pub mod exact;
mod family;
mod fieller;
pub mod heterogeneity;
pub mod lake;
mod level;
mod lift;
mod margin;
mod means;
mod metric_readout;
mod moments;
mod multiplicity;
mod newcombe;
mod params;
mod power;
mod rates;
mod ratio_check;
mod readout;
mod root;
mod score;
mod selection;
pub mod send_time;
pub mod sequential;
mod spec;
mod tail;
mod tally;
mod units;
mod warning;

#[cfg(test)]
mod tests;

pub use arms::{Omnibus, g_test, pearson, smallest_expected, welch_anova};
pub use comparison::{Comparison, Outcome, Verdict};
pub use counts::Counts;
pub use effect::{Effect, NoEstimate, Side, Statistic};
pub use events::{EventComparison, Events, compare_events};
pub use family::Family;
pub use fieller::fieller;
pub use level::Level;
pub use lift::{RelativeLift, SetKind};
pub use margin::{MarginTest, mean_margin, rate_margin, rate_ratio_margin};
pub use means::{Sample, compare_means};
pub use metric_readout::{ArmMetric, MetricReadout};
pub use moments::Moments;
pub use multiplicity::{
    Adjusted, Adjustment, benjamini_hochberg, benjamini_yekutieli, bonferroni, hochberg, holm,
    hommel, sidak,
};
pub use newcombe::newcombe;
pub use params::{ReadoutParams, ReadoutPlan};
pub use power::RatePower;
pub use rates::{compare_rates, pooled_z};
pub use ratio_check::{PlannedArm, RatioArm, RatioCheck, SRM_ALPHA, ratio_check};
pub use readout::{ArmReadout, LevelReadout, Readout, SegmentReadout};
pub use score::{
    ScoreTest, difference_interval, difference_test, lift_interval, ratio_interval, ratio_test,
};
pub use selection::selected_level;
pub use spec::{MetricKind, MetricSpec, SegmentColumn, TallySpec};
pub use tally::{ArmCells, Cell, Sums, Tally};
pub use units::{Levels, MetricValues, Units};
pub use warning::Warning;
