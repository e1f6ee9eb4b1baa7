//! Error rates, arms, and how the alpha is shared.

use serde::Serialize;

use super::arm_sizes::ArmSizes;
use crate::error::{Error, Result};
use crate::experiments::tail;

/// One-sided or two-sided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    /// Only an effect in the planned direction is tested for.
    One,
    Two,
}

/// What a two-sided test has to do to count as having found the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Significant, with the sign of the effect (R's `power.prop.test` and `power.t.test`).
    InDirection,
    /// Significant, on whichever side (statsmodels; R's `strict = TRUE`).
    EitherWay,
}

/// How a family's alpha is shared among its comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Every comparison at the whole alpha.
    None,
    /// alpha / m each (Bonferroni); what Holm's first step asks for, so that a comparison planned with it
    /// has at least its power under Holm.
    Bonferroni,
    /// 1 - (1 - alpha)^(1/m) each (Šidák 1967): exact for independent comparisons.
    Sidak,
}

/// More arms than anybody sends.
const MOST_ARMS: usize = 10_000;

/// What a test is planned for, not yet checked.
///
/// ```text
/// DesignParams::new().arms(3).segments(5).power(0.9).check()?
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DesignParams {
    alpha: f64,
    power: f64,
    sides: Sides,
    finding: Finding,
    arms: usize,
    weights: Option<Vec<f64>>,
    segments: usize,
    split: Split,
}

impl Default for DesignParams {
    fn default() -> Self {
        DesignParams::new()
    }
}

impl DesignParams {
    /// Two equal arms, one segment, alpha 0.05 two-sided, power 0.8 for a finding in the effect's
    /// direction, Bonferroni among comparisons.
    pub fn new() -> Self {
        DesignParams {
            alpha: 0.05,
            power: 0.8,
            sides: Sides::Two,
            finding: Finding::InDirection,
            arms: 2,
            weights: None,
            segments: 1,
            split: Split::Bonferroni,
        }
    }

    /// The chance of any false finding in the family.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// The chance that one true effect is found.
    #[must_use]
    pub fn power(mut self, power: f64) -> Self {
        self.power = power;
        self
    }

    #[must_use]
    pub fn sides(mut self, sides: Sides) -> Self {
        self.sides = sides;
        self
    }

    #[must_use]
    pub fn finding(mut self, finding: Finding) -> Self {
        self.finding = finding;
        self
    }

    /// All arms, the control among them; each treatment is compared with the control.
    #[must_use]
    pub fn arms(mut self, arms: usize) -> Self {
        self.arms = arms;
        self
    }

    /// The share of every arm on any scale, the control first. Without it, equal shares.
    #[must_use]
    pub fn allocation(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    /// Segments in which the test is read, all in one family.
    #[must_use]
    pub fn segments(mut self, segments: usize) -> Self {
        self.segments = segments;
        self
    }

    #[must_use]
    pub fn split(mut self, split: Split) -> Self {
        self.split = split;
        self
    }

    /// # Errors
    ///
    /// A settings error if alpha or power is not between 0 and 1, the power not above the alpha, there
    /// are fewer than two arms or no segment, or the allocation does not fit the arms.
    pub fn check(&self) -> Result<Design> {
        checked_share("alpha", self.alpha)?;
        checked_share("power", self.power)?;
        if self.power <= self.alpha {
            return Err(Error::settings("the power must be above the alpha")
                .with_value(self.power.to_string())
                .hint("a test that guesses has the power of its alpha; usual: power = 0.8"));
        }
        if !(2..=MOST_ARMS).contains(&self.arms) || self.segments == 0 {
            return Err(Error::settings(format!(
                "a test with {} arms in {} segments",
                self.arms, self.segments
            ))
            .hint("a test has a control and 1 to 9,999 treatments, in at least one segment"));
        }
        let sizes = match &self.weights {
            Some(weights) => ArmSizes::weighted(weights, self.arms)?,
            None => ArmSizes::equal(self.arms),
        };
        let comparisons = (self.arms - 1).saturating_mul(self.segments);
        let alpha_each = self.split.share(self.alpha, comparisons as f64);
        if !(alpha_each / 2.0).is_normal() {
            return Err(Error::settings("the alpha of one comparison is next to nothing")
                .with_value(alpha_each.to_string())
                .hint("use a larger alpha, or fewer arms and segments"));
        }
        Ok(Design {
            alpha_each,
            power: self.power,
            sides: self.sides,
            finding: self.finding,
            comparisons,
            segments: self.segments,
            sizes,
        })
    }
}

fn checked_share(name: &str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Error::settings(format!("the {name} must lie between 0 and 1"))
        .with_value(value.to_string())
        .hint("usual: alpha = 0.05, power = 0.8"))
}

impl Split {
    /// The alpha of one among `m` comparisons.
    fn share(self, alpha: f64, m: f64) -> f64 {
        match self {
            Split::None => alpha,
            Split::Bonferroni => alpha / m,
            Split::Sidak => -((-alpha).ln_1p() / m).exp_m1(),
        }
    }
}

/// A checked plan: what each single comparison is held to.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    alpha_each: f64,
    power: f64,
    sides: Sides,
    finding: Finding,
    comparisons: usize,
    segments: usize,
    sizes: ArmSizes,
}

impl Design {
    /// The alpha of one comparison, all sides together.
    pub fn alpha_each(&self) -> f64 {
        self.alpha_each
    }

    pub fn power(&self) -> f64 {
        self.power
    }

    pub fn sides(&self) -> Sides {
        self.sides
    }

    pub fn finding(&self) -> Finding {
        self.finding
    }

    /// The same plan with another notion of a finding.
    #[must_use]
    pub fn with_finding(&self, finding: Finding) -> Self {
        Design { finding, ..self.clone() }
    }

    /// The m of the correction: treatments times segments.
    pub fn comparisons(&self) -> usize {
        self.comparisons
    }

    pub fn segments(&self) -> usize {
        self.segments
    }

    pub fn sizes(&self) -> &ArmSizes {
        &self.sizes
    }

    /// Recipients of the smallest treatment for each in control: the comparison that is planned for.
    pub fn ratio(&self) -> f64 {
        self.sizes.ratio()
    }

    /// The chance under the null beyond the critical value on one side.
    pub(super) fn alpha_beyond(&self) -> f64 {
        match self.sides {
            Sides::One => self.alpha_each,
            Sides::Two => self.alpha_each / 2.0,
        }
    }

    pub(super) fn z_test(&self) -> f64 {
        tail::normal_critical_above(self.alpha_beyond())
    }

    pub(super) fn z_power(&self) -> f64 {
        tail::normal_critical_above(1.0 - self.power)
    }

    /// True if a significant effect of the wrong sign counts as found.
    pub(super) fn counts_wrong_side(&self) -> bool {
        self.sides == Sides::Two && self.finding == Finding::EitherWay
    }

    /// The power of a normal test whose statistic has mean `shift` and standard deviation 1.
    pub(super) fn normal_power(&self, shift: f64) -> f64 {
        let (z, shift) = (self.z_test(), shift.abs());
        let wrong = if self.counts_wrong_side() { tail::normal_above(z + shift) } else { 0.0 };
        tail::normal_above(z - shift) + wrong
    }

    /// The shift at which [`Design::normal_power`] is the planned power.
    pub(super) fn normal_shift(&self) -> f64 {
        let in_direction = self.z_test() + self.z_power();
        if !self.counts_wrong_side() {
            return in_direction;
        }
        crate::experiments::root::root(
            |shift| self.normal_power(shift) - self.power,
            0.0,
            in_direction.max(0.0) + 1e-9,
        )
    }
}
