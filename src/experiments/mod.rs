//! Experiment readouts: two or more arms compared, overall and in each segment.
//!
//! Rows are read once, into a [`Tally`] of mergeable sums; everything else is computed from those
//! sums. [`ReadoutParams`] are checked against the tally's [`TallySpec`] into a [`ReadoutPlan`],
//! which reads the tally into a [`Readout`]: plain data, with the method, n and interval of each
//! number. The tests can also be called by themselves, on counts and samples.
//!
//! - rows: [`Part`]s of a flat file into an [`OpenTally`], [`Units`] from [`lake::intake`];
//! - sums: [`Counts`] for rates, [`Moments`] for means, [`Tally`] for an experiment;
//! - two arms: [`compare_rates`] (Miettinen-Nurminen), [`compare_means`] (Welch, Fieller),
//!   [`compare_events`] (Poisson); small tables: [`exact`];
//! - of two columns, from [`PairMoments`]: [`compare_ratios`] (delta method),
//!   [`compare_with_covariate`] (CUPED, Lin); by stratum: [`post_stratified_means`];
//! - of values, for what sums cannot tell: [`compare_quantiles`], [`compare_ranks`],
//!   [`compare_winsorised`], [`bootstrap_means`];
//! - margins: [`rate_margin`], [`rate_ratio_margin`], [`mean_margin`];
//! - all arms: [`pearson`], [`g_test`], [`welch_anova`];
//! - trust: [`ratio_check`] against the planned shares;
//! - before a test: [`design`], [`RatePower`], [`assignment`];
//! - early looks: [`sequential`]; probabilities and losses: [`bayes`]; hours: [`send_time`];
//! - over segments: [`heterogeneity`]; what an arm for each is worth: [`personalisation`];
//! - many comparisons: [`Adjustment`], [`selected_level`].

mod adjusted_arms;
mod answer;
mod arms;
pub mod assignment;
pub mod bayes;
mod bootstrap;
mod comparison;
mod correlated_means;
mod counts;
mod covariate;
mod decision;
pub mod design;
mod effect;
mod events;
pub mod exact;
mod family;
mod fieller;
mod grid;
pub mod heterogeneity;
mod joint_moments;
pub mod lake;
mod level;
mod lift;
mod many;
mod margin;
mod maturing;
mod means;
mod metric_readout;
mod moments;
mod multiplicity;
mod newcombe;
mod open_tally;
mod p_value_spread;
mod pair_moments;
mod params;
mod part;
pub mod personalisation;
mod plan;
mod portfolio;
mod post_stratified_means;
mod power;
mod products;
mod quantile;
mod ranks;
mod rates;
mod ratio;
mod ratio_check;
mod read;
mod reading;
mod readout;
mod score;
pub mod second_look;
mod selection;
pub mod send_time;
pub mod sequential;
mod sorted_values;
mod spec;
mod tally;
mod trust;
mod units;
mod warning;
mod weighted_holm;
mod winsor;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_metrics;

use crate::numeric::{root, tail};

pub use arms::{Omnibus, g_test, pearson, smallest_expected, welch_anova};
pub use bootstrap::{BootstrapParams, bootstrap_means, wants_bootstrap};
pub use comparison::{AnyTime, Comparison, Outcome, Verdict};
pub use counts::Counts;
pub use covariate::{
    Adjusting, CovariateComparison, SlopeChoice, compare_ratios_with_covariate,
    compare_with_covariate,
};
pub use decision::{Decision, Harm, Label, Needed, Reason};
pub use effect::{Effect, NoEstimate, Side, Statistic};
pub use events::{EventComparison, Events, compare_events};
pub use family::Family;
pub use fieller::fieller;
pub use joint_moments::JointMoments;
pub use level::Level;
pub use lift::{RelativeLift, SetKind};
pub use many::{ManyPart, ManyTally};
pub use margin::{MarginTest, mean_margin, rate_margin, rate_ratio_margin};
pub use maturing::{FirstSuccess, Maturing, MaturingArm, MaturingComparison};
pub use means::{Sample, compare_means};
pub use metric_readout::{ArmMetric, MetricReadout};
pub use moments::Moments;
pub use multiplicity::{
    Adjusted, Adjustment, benjamini_hochberg, benjamini_yekutieli, bonferroni, hochberg, holm,
    hommel, sidak,
};
pub use newcombe::newcombe;
pub use open_tally::OpenTally;
pub use p_value_spread::RankedP;
pub use pair_moments::PairMoments;
pub use params::ReadoutParams;
pub use part::Part;
pub use plan::ReadoutPlan;
pub use portfolio::{Portfolio, PortfolioEntry};
pub use post_stratified_means::{MeanStratum, PostStratifiedMeans, post_stratified_means};
pub use power::RatePower;
pub use quantile::{Quantile, compare_quantiles, quantile_estimate};
pub use ranks::{BrunnerMunzel, RankComparison, compare_ranks};
pub use rates::{compare_rates, pooled_z};
pub use ratio::{compare_ratios, ratio_estimate, ratio_sample};
pub use ratio_check::{PlannedArm, RatioArm, RatioCheck, SRM_ALPHA, ratio_check};
pub use reading::Reading;
pub use readout::{ArmReadout, LevelReadout, Readout, SegmentReadout};
pub use score::{
    ScoreTest, difference_interval, difference_test, lift_interval, ratio_interval, ratio_test,
};
pub use selection::selected_level;
pub use sorted_values::SortedValues;
pub use spec::{MetricKind, MetricSpec, SegmentColumn, TallySpec};
pub use tally::{ArmCells, Cell, Sums, Tally};
pub use trust::{ArmLog, Before, CheckOutcome, CheckScope, DayRows, TrustCheck, TrustKind};
pub use units::{Levels, MetricValues, Units};
pub use warning::Warning;
pub use weighted_holm::weighted_holm;
pub use winsor::{WinsorComparison, WinsorParams, compare_winsorised};
