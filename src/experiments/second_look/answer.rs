//! One arm against the control in another way.

use serde::Serialize;

use super::super::lift::RelativeLift;
use crate::estimate::Estimate;

/// The way that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Adjusted for a covariate from before the assignment.
    Adjusted,
    /// A ratio of two columns, the recipient being the unit.
    Ratio,
    /// With the largest values cut off.
    Capped,
    /// By resampling, where the values are too skewed for a t interval.
    Bootstrap,
    /// Of those recipients only whom the mail reached.
    Delivered,
    /// A quantile instead of the mean.
    Quantile,
    /// By ranks: how often a recipient of the arm has more.
    Ranks,
}

/// One arm against the control in one metric and one way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecondLook {
    pub way: Way,
    pub metric: String,
    /// The covariate, the denominator, or the share below the quantile.
    pub with: Option<String>,
    pub arm: String,
    /// Treatment less control; for ranks the probability of more, ½ being no difference. `None` where there
    /// is no estimate; `note` says why.
    pub estimate: Option<Estimate>,
    pub relative_lift: Option<RelativeLift>,
    pub p: Option<f64>,
    pub p_method: Option<&'static str>,
    /// By how much a covariate brought the variance down, as a share.
    pub variance_reduction: Option<f64>,
    /// In plain words: what was done, or why there is nothing.
    pub note: String,
}
