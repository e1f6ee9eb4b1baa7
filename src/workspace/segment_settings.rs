//! `[segments]`: how segments are discovered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{RfmSettings, RuleSettings};
use crate::error::{Error, Result};

/// How segments are discovered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentSettings {
    /// Candidate numbers of clusters, both ends included.
    #[serde(default)]
    pub k: KRange,
    /// Segments that there is content for: no more are proposed. Ten, which is rarely exceeded by a
    /// team that writes for each.
    #[serde(default = "default_capacity")]
    pub capacity: usize,
    /// Contacts sampled for the silhouette. Its cost grows with the square of this; 2,000 put its
    /// sampling error near 0.01, finer than the differences that decide between values of k.
    #[serde(default = "default_silhouette_sample")]
    pub silhouette_sample: usize,
    /// Features that take part; empty means the default set.
    #[serde(default)]
    pub features: Vec<String>,
    /// Groups within which finer segments are looked for.
    #[serde(default)]
    pub strata: Strata,
    #[serde(default)]
    pub preparation: PreparationSettings,
    /// How much a family of features counts against the others, 1 if it is not named.
    #[serde(default)]
    pub weights: BTreeMap<String, f64>,
    #[serde(default)]
    pub test: SegmentTestSettings,
    #[serde(default, skip_serializing_if = "RfmSettings::is_default")]
    pub rfm: RfmSettings,
    /// Id → a segment by rule. They change nothing about what is discovered.
    #[serde(default, skip_serializing)]
    pub rules: BTreeMap<String, Spanned<RuleSettings>>,
}

impl Default for SegmentSettings {
    fn default() -> Self {
        SegmentSettings {
            k: KRange::default(),
            capacity: default_capacity(),
            silhouette_sample: default_silhouette_sample(),
            features: Vec::new(),
            strata: Strata::default(),
            preparation: PreparationSettings::default(),
            weights: BTreeMap::new(),
            test: SegmentTestSettings::default(),
            rfm: RfmSettings::default(),
            rules: BTreeMap::new(),
        }
    }
}

/// Fewer contacts say nothing about separation.
const FEWEST_SAMPLED: usize = 100;

fn default_capacity() -> usize {
    10
}

fn default_silhouette_sample() -> usize {
    2_000
}

/// Inclusive range of cluster counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KRange {
    pub min: usize,
    pub max: usize,
}

impl Default for KRange {
    /// Two to ten: one is no segmentation, more is rarely served with content of its own.
    fn default() -> Self {
        KRange { min: 2, max: 10 }
    }
}

/// Groups within which finer segments are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strata {
    /// Not yet a buyer, bought once, buys again, lapsed.
    #[default]
    Buying,
    /// The contacts' `lifecycle_stage`.
    LifecycleStage,
    /// The cells of the RFM grid.
    Rfm,
    None,
}

/// How features become the numbers that distances are taken on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparationSettings {
    /// How counts, days, money and seconds are bent.
    #[serde(default)]
    pub bend: Bend,
    /// Share of such a feature's values that is clipped at each end: five in a thousand, so that a
    /// handful of extreme contacts pulls no centre.
    #[serde(default = "default_winsorise")]
    pub winsorise: f64,
    #[serde(default)]
    pub scale: ScaleSetting,
    /// Distances on the principal components that explain this share of the variance; without it on
    /// the features.
    #[serde(default)]
    pub components: Option<f64>,
}

impl Default for PreparationSettings {
    fn default() -> Self {
        PreparationSettings {
            bend: Bend::default(),
            winsorise: default_winsorise(),
            scale: ScaleSetting::default(),
            components: None,
        }
    }
}

fn default_winsorise() -> f64 {
    0.005
}

/// How a long tail is bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bend {
    #[default]
    Asinh,
    Log1p,
    None,
}

/// How features are brought to one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleSetting {
    #[default]
    Standard,
    Robust,
}

/// The two-arm test that every segment must be large enough for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTestSettings {
    /// What counts as success of one mail.
    #[serde(default)]
    pub metric: TestMetric,
    /// The relative lift that one send must be able to show: half as much again. A segment in which
    /// not even that can be seen teaches nothing.
    #[serde(default = "default_lift")]
    pub relative_lift: f64,
    #[serde(default = "default_power")]
    pub power: f64,
    /// Two-sided error rate.
    #[serde(default = "default_alpha")]
    pub alpha: f64,
}

impl Default for SegmentTestSettings {
    fn default() -> Self {
        SegmentTestSettings {
            metric: TestMetric::default(),
            relative_lift: default_lift(),
            power: default_power(),
            alpha: default_alpha(),
        }
    }
}

fn default_lift() -> f64 {
    0.5
}

fn default_power() -> f64 {
    0.8
}

fn default_alpha() -> f64 {
    0.05
}

/// What counts as success of one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestMetric {
    /// An open by a person.
    #[default]
    HumanOpen,
    Click,
}

impl SegmentSettings {
    pub(super) fn check(&self) -> Result<()> {
        let k = self.k;
        if k.min < 2 || k.max < k.min {
            return Err(Error::settings(format!(
                "segments.k is {}..{}, must be 2 <= min <= max",
                k.min, k.max
            ))
            .hint("k = { min = 2, max = 10 } tries two to ten segments"));
        }
        self.rfm.check()?;
        if self.silhouette_sample < FEWEST_SAMPLED {
            return Err(Error::settings(format!(
                "segments.silhouette_sample must be at least {FEWEST_SAMPLED}"
            ))
            .with_value(self.silhouette_sample.to_string())
            .hint("2000 puts the sampling error near 0.01"));
        }
        if self.capacity < 2 {
            return Err(Error::settings("segments.capacity must be at least 2")
                .with_value(self.capacity.to_string())
                .hint("it is the number of segments that there is content for"));
        }
        if self.test.relative_lift.is_nan() || self.test.relative_lift <= 0.0 {
            return Err(Error::settings("segments.test.relative_lift must be above 0")
                .with_value(self.test.relative_lift.to_string())
                .hint("0.5 is half as much again"));
        }
        Ok(())
    }
}
