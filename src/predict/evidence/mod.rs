//! How good are predicted probabilities and counts?
//!
//! Every measure takes slices with one entry a row and needs n log n steps. What is undefined, such as
//! an AUC with one class only, is `None`; what cannot be measured, such as a score that is not a number,
//! is an error. Without weights, measures of ranks are made of whole numbers and do not depend on the
//! order of the rows; other sums are made in row order, whatever the number of threads.
//!
//! - ranks: [`auc()`], [`roc_curve`], [`average_precision`], [`spearman`], [`kendall_tau_b`], [`ndcg()`];
//! - probabilities: [`log_loss`], [`brier()`], [`brier_parts`], [`spiegelhalter`], [`calibration_curve`];
//! - who to contact: [`lift_deciles`], [`captured_share`], [`Confusion`], [`expected_maximum_profit`];
//! - counts and amounts: [`mean_absolute_error`], [`total_ratio`], [`decile_means`].

mod auc;
mod bins;
mod calibration;
mod confusion;
mod correlation;
mod counts;
mod decomposition;
mod gains;
mod input;
mod loss;
mod ndcg;
mod normal;
mod placement;
mod precision;
mod profit;
mod ranking;
mod roc;
mod sums;
#[cfg(test)]
mod tests;

pub use auc::{AucComparison, auc, auc_estimate, compare_auc, gini};
pub use bins::{Binning, Closed, Cut};
pub use calibration::{
    CalibrationBin, CalibrationCurve, CalibrationSlope, calibration_curve, calibration_slope,
    expected_calibration_error,
};
pub use confusion::Confusion;
pub use correlation::{kendall_tau_b, spearman};
pub use counts::{
    DecileMeans, decile_means, mean_absolute_error, root_mean_squared_error, total_ratio,
};
pub use decomposition::{BrierParts, brier_parts};
pub use gains::{LiftDecile, Ties, captured_share, events, lift_deciles, normalised_gini};
pub use loss::{ZTest, brier, brier_skill, log_loss, spiegelhalter};
pub use ndcg::ndcg;
pub use precision::{average_precision, precision_recall_area};
pub use profit::{
    Acceptance, Profit, RetentionOffer, ValueOffer, expected_maximum_profit, maximum_profit,
    maximum_profit_by_value,
};
pub use roc::{RocPoint, kolmogorov_smirnov, roc_curve};
