//! Two arms compared after adjusting for something known before the experiment.

use serde::Serialize;

use super::adjusted_arms::{AdjustedArms, ArmLine};
use super::effect::{Effect, NoEstimate, Side};
use super::joint_moments::JointMoments;
use super::level::Level;
use super::means::compare_means;
use super::pair_moments::PairMoments;
use super::ratio::{Ratio, linear_covariance};
use crate::estimate::Estimate;

/// Which slope of the metric on the covariate an arm is adjusted with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlopeChoice {
    /// One slope where the arms are of like size, else one for each arm, if both have 20 rows or more.
    ///
    /// The slope over both arms weighs each arm by its rows, but the best common slope weighs them the other
    /// way round: the smaller arm's noise is what an adjustment has to remove. With halves there is no
    /// difference; with unequal arms whose slopes differ, one slope can be worse than none (Freedman 2008),
    /// while a slope for each arm never is in large samples (Lin 2013).
    #[default]
    Automatic,
    /// CUPED (Deng, Xu, Kohavi & Walker 2013, *WSDM*): cov/var over both arms together.
    Common,
    /// Lin 2013, *Annals of Applied Statistics* 7, 295-318: the regression with an interaction.
    EachArm,
}

/// What was done, and if less than was asked, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjusting {
    CommonSlope,
    SlopeOfEachArm,
    /// A slope for each arm was asked for, but an arm has too few rows, or its covariate does not vary.
    CommonSlopeInstead,
    /// The covariate has one value only, or none: the comparison is the plain one.
    Nothing,
}

impl Adjusting {
    /// A sentence for the report.
    pub fn sentence(self) -> &'static str {
        match self {
            Adjusting::CommonSlope => "Adjusted for the covariate with one slope for both arms.",
            Adjusting::SlopeOfEachArm => "Adjusted for the covariate with a slope for each arm.",
            Adjusting::CommonSlopeInstead => {
                "Adjusted for the covariate with one slope, because an arm is too small for its own or its \
                 covariate does not vary."
            }
            Adjusting::Nothing => {
                "Not adjusted, because the covariate is missing or does not vary."
            }
        }
    }
}

/// An adjusted comparison beside the plain one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CovariateComparison {
    /// Of the adjusted means. The relative lift is over the *adjusted* control mean.
    pub effect: Effect,
    /// Of the means as they are.
    pub unadjusted: Effect,
    pub adjusting: Adjusting,
    /// The control's mean at the covariate mean of both arms.
    pub control: Estimate,
    /// The treatment's mean at the covariate mean of both arms.
    pub treatment: Estimate,
    /// The slopes that were used, control and treatment; both zero without an adjustment.
    pub slopes: (f64, f64),
    /// CUPED's theta, over both arms; `None` if the covariate does not vary.
    pub theta: Option<f64>,
    /// Of metric and covariate over both arms; `None` if one of them does not vary.
    pub correlation: Option<f64>,
    /// By how much the variance of the difference came down, as a share; below zero if it went up. `None` if
    /// there was none.
    pub variance_reduction: Option<f64>,
}

/// Compares the means of a metric (y) adjusted for a covariate (x) that was measured before anyone was
/// assigned, such as the spend of the weeks before. Constant cost.
///
/// The adjusted mean of an arm is ȳ − θ(x̄ − X̄), X̄ the covariate's mean over both arms. With one slope the
/// variances are those of y − θx, as in CUPED, and the test is Welch's. With a slope for each arm they are
/// the residual variances, with n − 2, times 1/n + (x̄ − X̄)²/Σ(x − x̄)²: what the HC2 variance is on average
/// where an arm's residuals spread alike for all x, and equal to it in large samples in any case; plus
/// (θt − θc)² var(X̄), because the recipients stand for more than themselves. HC2 itself is no function of
/// second sums. Fieller's set knows that both adjusted means share X̄.
///
/// Recipients without a covariate: fill in the mean in both arms alike, and say so.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one.
pub fn compare_with_covariate(
    control: &PairMoments,
    treatment: &PairMoments,
    choice: SlopeChoice,
    level: Level,
) -> Result<CovariateComparison, NoEstimate> {
    let both = control.joint().merged(treatment.joint());
    let line = |sums: &PairMoments, arm| of_means(sums.joint(), both.n(), arm);
    let arms = (line(control, Side::Control)?, line(treatment, Side::Treatment)?);
    compare(arms, of_means(&both, both.n(), Side::Control)?, choice, level)
}

/// Compares ratios (clicks per open) adjusted for the same or another ratio before the experiment: the delta
/// method's linear form of each, adjusted like a mean. The joint moments hold, in this order: numerator,
/// denominator, numerator before, denominator before. Constant cost.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one, or denominators that add up to nothing. If
/// only those before do, the comparison is the plain one.
pub fn compare_ratios_with_covariate(
    control: &JointMoments<4>,
    treatment: &JointMoments<4>,
    choice: SlopeChoice,
    level: Level,
) -> Result<CovariateComparison, NoEstimate> {
    let both = control.merged(treatment);
    let known = [control, treatment, &both].iter().all(|sums| BEFORE.value(sums).is_some());
    let line = |sums: &JointMoments<4>, arm| {
        let line = of_ratios(sums, arm)?;
        Ok(if known { with_covariate(line, sums, &both) } else { line })
    };
    let arms = (line(control, Side::Control)?, line(treatment, Side::Treatment)?);
    compare(arms, line(&both, Side::Control)?, choice, level)
}

fn compare(
    (control, treatment): (ArmLine, ArmLine),
    both: ArmLine,
    choice: SlopeChoice,
    level: Level,
) -> Result<CovariateComparison, NoEstimate> {
    let (plain, other) = (control.plain(Side::Control)?, treatment.plain(Side::Treatment)?);
    let unadjusted = compare_means(&plain, &other, level)?;
    let arms = AdjustedArms { control, treatment, covariate_mean: both.x };
    let (adjusting, slopes) = slopes(&arms, &both, choice);
    let means = match adjusting {
        Adjusting::SlopeOfEachArm => arms.with_own_slopes(),
        _ => arms.with_common_slope(slopes.0),
    };
    let effect = match adjusting {
        Adjusting::Nothing => unadjusted.clone(),
        _ => means.effect(level, adjusting.names()),
    };
    let estimate = |mean: f64, variance: f64, n: u64| around(mean, variance, n, adjusting, level);
    let variance = |effect: &Effect| effect.difference.std_error.map_or(0.0, |se| se * se);
    let (before, after) = (variance(&unadjusted), variance(&effect));
    Ok(CovariateComparison {
        control: estimate(means.control, means.control_variance, control.n),
        treatment: estimate(means.treatment, means.treatment_variance, treatment.n),
        slopes,
        theta: both.slope(),
        correlation: (both.xx > 0.0 && both.yy > 0.0)
            .then(|| (both.xy / both.xx.sqrt() / both.yy.sqrt()).clamp(-1.0, 1.0)),
        variance_reduction: (before > 0.0).then(|| 1.0 - after / before),
        effect,
        unadjusted,
        adjusting,
    })
}

/// A share of the smaller arm from which one slope is as good as two.
const LIKE_SIZE: f64 = 0.45;
/// Rows of an arm from which its own slope is chosen without being asked for.
const ROWS_FOR_A_SLOPE: u64 = 20;
/// Rows without which an arm's residuals have no variance.
const FEWEST_ROWS: u64 = 3;

fn slopes(arms: &AdjustedArms, both: &ArmLine, choice: SlopeChoice) -> (Adjusting, (f64, f64)) {
    let Some(common) = both.slope() else { return (Adjusting::Nothing, (0.0, 0.0)) };
    let (fewest, n) = (arms.control.n.min(arms.treatment.n), both.n);
    let (own, rows) = match choice {
        SlopeChoice::Common => (false, 0),
        SlopeChoice::EachArm => (true, FEWEST_ROWS),
        SlopeChoice::Automatic => ((fewest as f64) < LIKE_SIZE * n as f64, ROWS_FOR_A_SLOPE),
    };
    match (arms.control.slope(), arms.treatment.slope()) {
        _ if !own => (Adjusting::CommonSlope, (common, common)),
        (Some(control), Some(treatment)) if fewest >= rows => {
            (Adjusting::SlopeOfEachArm, (control, treatment))
        }
        _ => (Adjusting::CommonSlopeInstead, (common, common)),
    }
}

fn around(mean: f64, variance: f64, n: u64, adjusting: Adjusting, level: Level) -> Estimate {
    let std_error = variance.sqrt();
    let half =
        if std_error > 0.0 { level.student_critical((n - 1) as f64) * std_error } else { 0.0 };
    Estimate {
        point: mean,
        std_error: Some(std_error),
        low: mean - half,
        high: mean + half,
        level: level.get(),
        method: adjusting.mean_method(),
    }
}

fn of_means(sums: &JointMoments<2>, all: u64, arm: Side) -> Result<ArmLine, NoEstimate> {
    let (x, y) = (0, 1);
    let line = || {
        Some(ArmLine {
            n: sums.n(),
            weight: sums.n() as f64 / all as f64,
            x: sums.mean(x)?,
            y: sums.mean(y)?,
            xx: sums.covariance(x, x)?,
            xy: sums.covariance(x, y)?,
            yy: sums.covariance(y, y)?,
        })
    };
    line().ok_or(if sums.n() == 0 {
        NoEstimate::NoRows { arm }
    } else {
        NoEstimate::OneRow { arm }
    })
}

const NOW: Ratio = Ratio { numerator: 0, denominator: 1 };
const BEFORE: Ratio = Ratio { numerator: 2, denominator: 3 };

/// With a covariate that is the same for all.
pub(super) fn of_ratios(sums: &JointMoments<4>, arm: Side) -> Result<ArmLine, NoEstimate> {
    match sums.n() {
        0 => return Err(NoEstimate::NoRows { arm }),
        1 => return Err(NoEstimate::OneRow { arm }),
        _ => {}
    }
    let line = || {
        let (n, y, yy) = (sums.n(), NOW.value(sums)?, linear_covariance(sums, NOW, NOW)?);
        Some(ArmLine { n, y, yy, weight: 0.0, x: 0.0, xx: 0.0, xy: 0.0 })
    };
    line().ok_or(NoEstimate::NoDenominator { arm })
}

/// The overall ratio before is the mean of the arms' ones by their denominators, hence the weight.
pub(super) fn with_covariate(
    line: ArmLine,
    sums: &JointMoments<4>,
    both: &JointMoments<4>,
) -> ArmLine {
    let denominator = |sums: &JointMoments<4>| sums.exact_sum(BEFORE.denominator).hi();
    let with = || {
        Some(ArmLine {
            weight: denominator(sums) / denominator(both),
            x: BEFORE.value(sums)?,
            xx: linear_covariance(sums, BEFORE, BEFORE)?,
            xy: linear_covariance(sums, BEFORE, NOW)?,
            ..line
        })
    };
    with().unwrap_or(line)
}
