//! Taking second looks.

use super::super::bootstrap::{BootstrapParams, bootstrap_means, wants_bootstrap};
use super::super::counts::Counts;
use super::super::covariate::{SlopeChoice, compare_with_covariate};
use super::super::effect::{Effect, NoEstimate};
use super::super::level::Level;
use super::super::quantile::{Quantile, compare_quantiles};
use super::super::ranks::compare_ranks;
use super::super::rates::compare_rates;
use super::super::ratio::compare_ratios;
use super::super::winsor::{WinsorParams, compare_winsorised};
use super::answer::{SecondLook, Way};
use super::rows::Rows;
use crate::error::{Error, Kind, Result};

/// Which second looks are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondLooks {
    control: String,
    level: Level,
    seed: u64,
    /// Metric and covariate.
    covariates: Vec<(String, String)>,
    /// Numerator and denominator.
    ratios: Vec<(String, String)>,
    /// Rates and the column that has them for recipients whom the mail reached.
    delivered: Vec<(String, String)>,
    /// Metric and share.
    quantiles: Vec<(String, Quantile)>,
    /// Metrics of which values are capped, resampled and ranked.
    means: Vec<String>,
    cap: WinsorParams,
}

impl SecondLooks {
    /// None yet, against this control. The seed is that of the resampling.
    pub fn new(control: impl Into<String>, level: Level, seed: u64) -> Self {
        SecondLooks {
            control: control.into(),
            level,
            seed,
            covariates: Vec::new(),
            ratios: Vec::new(),
            delivered: Vec::new(),
            quantiles: Vec::new(),
            means: Vec::new(),
            cap: WinsorParams::default(),
        }
    }

    /// `metric` adjusted for `covariate`, which was measured before anyone was assigned.
    #[must_use]
    pub fn covariate(mut self, metric: impl Into<String>, covariate: impl Into<String>) -> Self {
        self.covariates.push((metric.into(), covariate.into()));
        self
    }

    /// The sum of one column over the sum of another.
    #[must_use]
    pub fn ratio(mut self, numerator: impl Into<String>, denominator: impl Into<String>) -> Self {
        self.ratios.push((numerator.into(), denominator.into()));
        self
    }

    /// The rate `metric` of those whom the mail reached: `column` has 0 or 1 for them, and nothing for others.
    #[must_use]
    pub fn delivered(mut self, metric: impl Into<String>, column: impl Into<String>) -> Self {
        self.delivered.push((metric.into(), column.into()));
        self
    }

    /// A quantile of a metric, such as 0.9.
    ///
    /// # Errors
    ///
    /// A settings error unless `share` lies between 0 and 1.
    pub fn quantile(mut self, metric: impl Into<String>, share: f64) -> Result<Self> {
        self.quantiles.push((metric.into(), Quantile::new(share)?));
        Ok(self)
    }

    /// A metric such as revenue: capped, by ranks, and resampled where it is too skewed for a t interval.
    #[must_use]
    pub fn mean(mut self, metric: impl Into<String>) -> Self {
        self.means.push(metric.into());
        self
    }

    /// Where capped metrics are cut off.
    #[must_use]
    pub fn cap(mut self, cap: WinsorParams) -> Self {
        self.cap = cap;
        self
    }

    pub fn is_empty(&self) -> bool {
        let pairs = [&self.covariates, &self.ratios, &self.delivered];
        pairs.iter().all(|asked| asked.is_empty())
            && self.means.is_empty()
            && self.quantiles.is_empty()
    }

    /// Takes them, for every arm but the control, in the order in which they were asked for.
    ///
    /// # Errors
    ///
    /// A settings error for a control or a column that is not there; a data error for an infinite value.
    pub fn take(&self, rows: &Rows) -> Result<Vec<SecondLook>> {
        let names = rows.arms();
        let known = || names.iter().map(String::as_str);
        let control = names
            .iter()
            .position(|name| *name == self.control)
            .ok_or_else(|| Error::unknown(Kind::Settings, "arm", &self.control, known()))?;
        let mut looks = Vec::new();
        for (metric, covariate) in &self.covariates {
            looks.extend(self.adjusted(rows, control, metric, covariate)?);
        }
        for (numerator, denominator) in &self.ratios {
            looks.extend(self.ratio_looks(rows, control, numerator, denominator)?);
        }
        for (metric, column) in &self.delivered {
            looks.extend(self.delivered_looks(rows, control, metric, column)?);
        }
        for (metric, quantile) in &self.quantiles {
            looks.extend(self.quantile_looks(rows, control, metric, *quantile)?);
        }
        for metric in &self.means {
            looks.extend(self.means_looks(rows, control, metric)?);
        }
        Ok(looks)
    }

    fn adjusted(
        &self,
        rows: &Rows,
        control: usize,
        metric: &str,
        covariate: &str,
    ) -> Result<Vec<SecondLook>> {
        let (sums, missing) = rows.filled(covariate, metric)?;
        let filled = match missing {
            0 => String::new(),
            n => format!(" {n} recipients without it stand at its mean."),
        };
        let look = |arm: usize| {
            let blank = blank(Way::Adjusted, metric, Some(covariate), &rows.arms()[arm]);
            let choice = SlopeChoice::default();
            match compare_with_covariate(&sums[control], &sums[arm], choice, self.level) {
                Err(why) => blank.without(why),
                Ok(found) => SecondLook {
                    variance_reduction: found.variance_reduction,
                    ..blank.with(found.effect, format!("{}{filled}", found.adjusting.sentence()))
                },
            }
        };
        Ok(others(rows, control).map(look).collect())
    }

    fn ratio_looks(
        &self,
        rows: &Rows,
        control: usize,
        numerator: &str,
        denominator: &str,
    ) -> Result<Vec<SecondLook>> {
        let sums = rows.both(denominator, numerator)?;
        let chosen = denominator.contains("open") || denominator.contains("click");
        let note = match chosen {
            true => format!(
                "The arm may decide who has {denominator}, so that the ratio compares unlike people: not to be \
                 decided on."
            ),
            false => "The recipient is the unit; delta method.".to_owned(),
        };
        let look = |arm: usize| {
            let blank = blank(Way::Ratio, numerator, Some(denominator), &rows.arms()[arm]);
            match compare_ratios(&sums[control], &sums[arm], self.level) {
                Err(why) => blank.without(why),
                Ok(effect) => blank.with(effect, note.clone()),
            }
        };
        Ok(others(rows, control).map(look).collect())
    }

    fn delivered_looks(
        &self,
        rows: &Rows,
        control: usize,
        metric: &str,
        column: &str,
    ) -> Result<Vec<SecondLook>> {
        let counts = |arm: usize| {
            let values = rows.sorted(column, arm)?;
            let ones = values.values().iter().filter(|value| **value == 1.0).count();
            Counts::new(values.len() as u64, ones as u64)
        };
        let of_control = counts(control)?;
        let note = "Per delivered recipient: whom the mail reaches may depend on the arm.";
        let look = |arm: usize| {
            let blank = blank(Way::Delivered, metric, None, &rows.arms()[arm]);
            Ok(match compare_rates(&of_control, &counts(arm)?, self.level) {
                Err(why) => blank.without(why),
                Ok(effect) => blank.with(effect, note.to_owned()),
            })
        };
        others(rows, control).map(look).collect()
    }

    fn quantile_looks(
        &self,
        rows: &Rows,
        control: usize,
        metric: &str,
        quantile: Quantile,
    ) -> Result<Vec<SecondLook>> {
        let of_control = rows.sorted(metric, control)?;
        let share = quantile.get().to_string();
        let look = |arm: usize| {
            let blank = blank(Way::Quantile, metric, Some(&share), &rows.arms()[arm]);
            let note =
                format!("The value that a share of {share} of the recipients does not exceed.");
            let values = rows.sorted(metric, arm)?;
            Ok(match compare_quantiles(&of_control, &values, quantile, self.level) {
                Err(why) => blank.without(why),
                Ok(effect) => blank.with(effect, note),
            })
        };
        others(rows, control).map(look).collect()
    }

    fn means_looks(&self, rows: &Rows, control: usize, metric: &str) -> Result<Vec<SecondLook>> {
        let values: Vec<_> =
            (0..rows.arms().len()).map(|arm| rows.sorted(metric, arm)).collect::<Result<_>>()?;
        let params = BootstrapParams::new(10_000, self.seed)?;
        let mut looks = Vec::new();
        for arm in others(rows, control) {
            let blank = |way| blank(way, metric, None, &rows.arms()[arm]);
            let (c, t) = (&values[control], &values[arm]);
            looks.push(match compare_winsorised(c, t, self.cap, self.level) {
                Err(why) => blank(Way::Capped).without(why),
                Ok(found) => {
                    let capped = found.capped_rows.0 + found.capped_rows.1;
                    let note = match found.cap {
                        Some(cap) => {
                            format!("Values above {cap:.2} count as {cap:.2}: {capped} of them.")
                        }
                        None => "Nothing to cap: every value is zero.".to_owned(),
                    };
                    blank(Way::Capped).with(found.effect, note)
                }
            });
            if wants_bootstrap(&c.moments(), &t.moments()) {
                let note =
                    "So skewed that the t interval may miss its level: resampled 10,000 times.";
                looks.push(match bootstrap_means(c, t, params, self.level) {
                    Err(why) => blank(Way::Bootstrap).without(why),
                    Ok(effect) => blank(Way::Bootstrap).with(effect, note.to_owned()),
                });
            }
            looks.push(match compare_ranks(c, t, self.level) {
                Err(why) => blank(Way::Ranks).without(why),
                Ok(found) => SecondLook {
                    estimate: Some(found.superiority),
                    p: Some(found.p),
                    p_method: Some(found.p_method),
                    note: "The probability that a recipient of the arm has more, ties as halves: another \
                           question than the mean."
                        .to_owned(),
                    ..blank(Way::Ranks)
                },
            });
        }
        Ok(looks)
    }
}

fn others(rows: &Rows, control: usize) -> impl Iterator<Item = usize> {
    (0..rows.arms().len()).filter(move |arm| *arm != control)
}

fn blank(way: Way, metric: &str, with: Option<&str>, arm: &str) -> SecondLook {
    SecondLook {
        way,
        metric: metric.to_owned(),
        with: with.map(str::to_owned),
        arm: arm.to_owned(),
        estimate: None,
        relative_lift: None,
        p: None,
        p_method: None,
        variance_reduction: None,
        note: String::new(),
    }
}

impl SecondLook {
    fn without(self, why: NoEstimate) -> Self {
        SecondLook { note: format!("{why}."), ..self }
    }

    fn with(self, effect: Effect, note: String) -> Self {
        SecondLook {
            estimate: Some(effect.difference),
            relative_lift: effect.relative_lift,
            p: Some(effect.p),
            p_method: Some(effect.p_method),
            note,
            ..self
        }
    }
}
