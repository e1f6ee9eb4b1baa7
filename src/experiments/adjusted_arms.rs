//! The arithmetic of adjusted means: arms as straight lines.

use super::correlated_means::{CorrelatedMeans, Names, rounding_apart, satterthwaite};
use super::covariate::Adjusting;
use super::effect::{NoEstimate, Side};
use super::means::Sample;

/// Means, sample variances and covariance of a metric (y) and its covariate (x) in one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ArmLine {
    pub n: u64,
    /// With which the arm's covariate mean enters the overall one.
    pub weight: f64,
    pub x: f64,
    pub y: f64,
    pub xx: f64,
    pub xy: f64,
    pub yy: f64,
}

impl ArmLine {
    /// The regression of y on x; `None` if x does not vary.
    pub(super) fn slope(&self) -> Option<f64> {
        let slope = self.xy / self.xx;
        (self.xx > 0.0 && slope.is_finite()).then_some(slope)
    }

    /// y as it is.
    pub(super) fn plain(&self, arm: Side) -> Result<Sample, NoEstimate> {
        // Only a ratio over next to nothing is too large for a sample.
        Sample::new(self.n, self.y, self.yy).map_err(|_| NoEstimate::NoDenominator { arm })
    }

    /// The sample variance of y − `slope` x: none where it is less than what the terms leave when they
    /// cancel.
    fn rest(&self, slope: f64) -> f64 {
        const ROUNDING: f64 = 1e-13;
        let explained = slope * slope * self.xx;
        let rest = self.yy - 2.0 * slope * self.xy + explained;
        if rest <= ROUNDING * (self.yy + explained) { 0.0 } else { rest }
    }

    /// The covariance of the mean of y − `slope` x with the arm's part of the overall covariate mean.
    fn shared(&self, slope: f64) -> f64 {
        self.weight * (self.xy - slope * self.xx) / self.n as f64
    }

    fn less(&self) -> f64 {
        (self.n - 1) as f64
    }
}

/// Both arms, and the covariate's mean to which they are brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AdjustedArms {
    pub control: ArmLine,
    pub treatment: ArmLine,
    pub covariate_mean: f64,
}

impl AdjustedArms {
    /// CUPED: the variances are those of y − θx, the degrees of freedom Welch's.
    pub(super) fn with_common_slope(&self, slope: f64) -> CorrelatedMeans {
        let part = |arm: &ArmLine| (arm.rest(slope) / arm.n as f64, arm.less());
        let (control, treatment) = (part(&self.control), part(&self.treatment));
        let df = satterthwaite(&[control, treatment]);
        self.means((slope, slope), (control.0, treatment.0), df)
    }

    /// Lin: each arm's own regression, read at the overall covariate mean.
    pub(super) fn with_own_slopes(&self) -> CorrelatedMeans {
        let slope = |arm: &ArmLine| arm.slope().unwrap_or(0.0);
        let slopes = (slope(&self.control), slope(&self.treatment));
        let part = |arm: &ArmLine, slope: f64| {
            let residual = arm.rest(slope) * arm.less() / (arm.less() - 1.0);
            let off = self.covariate_mean - arm.x;
            let share = 1.0 / arm.n as f64 + off * off / (arm.less() * arm.xx);
            (residual * share, arm.less() - 1.0)
        };
        let (control, treatment) = (part(&self.control, slopes.0), part(&self.treatment, slopes.1));
        let apart = apart(slopes).powi(2) * self.covariate_variance();
        let rows = (self.control.n + self.treatment.n) as f64;
        let df = satterthwaite(&[control, treatment, (apart, rows - 2.0)]);
        self.means(slopes, (control.0, treatment.0), df)
    }

    /// Of the covariate's overall mean.
    fn covariate_variance(&self) -> f64 {
        let part = |arm: &ArmLine| arm.weight * arm.weight * arm.xx / arm.n as f64;
        part(&self.control) + part(&self.treatment)
    }

    /// The adjusted means are (ȳ − θx̄) + θX̄: the first has the variance `own`, and both share the second.
    fn means(&self, slopes: (f64, f64), own: (f64, f64), df: f64) -> CorrelatedMeans {
        let (c, t) = (&self.control, &self.treatment);
        let at = |arm: &ArmLine, slope: f64| arm.y - slope * (arm.x - self.covariate_mean);
        let overall = self.covariate_variance();
        let (shared_c, shared_t) = (c.shared(slopes.0), t.shared(slopes.1));
        let variance = |own: f64, slope: f64, shared: f64| {
            (own + slope * slope * overall + 2.0 * slope * shared).max(0.0)
        };
        let apart = apart(slopes);
        let difference_variance = own.0 + own.1 + apart * apart * overall;
        let (control, treatment) = (at(c, slopes.0), at(t, slopes.1));
        let same = difference_variance == 0.0 && rounding_apart(control, treatment);
        CorrelatedMeans {
            control,
            treatment: if same { control } else { treatment },
            control_variance: variance(own.0, slopes.0, shared_c),
            treatment_variance: variance(own.1, slopes.1, shared_t),
            covariance: slopes.0 * slopes.1 * overall + slopes.1 * shared_c + slopes.0 * shared_t,
            difference_variance,
            df,
        }
    }
}

fn apart((control, treatment): (f64, f64)) -> f64 {
    if rounding_apart(control, treatment) { 0.0 } else { treatment - control }
}

impl Adjusting {
    pub(super) fn names(self) -> Names {
        let (interval, test, statistic) = match self {
            Adjusting::SlopeOfEachArm => {
                ("lin-adjusted, t", "t test of lin-adjusted means", "adjusted_t")
            }
            Adjusting::CommonSlope | Adjusting::CommonSlopeInstead => {
                ("cuped, welch-t", "welch t test of cuped-adjusted means", "adjusted_t")
            }
            Adjusting::Nothing => ("welch-t", "welch t test", "welch_t"),
        };
        Names { interval, lift: "fieller, over the adjusted control mean", test, statistic }
    }

    /// What the interval of one arm's mean is called.
    pub(super) fn mean_method(self) -> &'static str {
        match self {
            Adjusting::SlopeOfEachArm => "lin-adjusted, student-t",
            Adjusting::CommonSlope | Adjusting::CommonSlopeInstead => "cuped, student-t",
            Adjusting::Nothing => "student-t",
        }
    }
}
