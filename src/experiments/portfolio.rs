//! Many experiments at once, with the share of false findings held.

use serde::Serialize;

use super::comparison::Comparison;
use super::counts::Counts;
use super::effect::Effect;
use super::level::Level;
use super::metric_readout::MetricReadout;
use super::multiplicity::{Adjusted, benjamini_hochberg, benjamini_yekutieli};
use super::p_value_spread::{RankedP, p_value_spread};
use super::rates::compare_rates;
use super::reading::Reading;
use super::readout::Readout;
use super::selection::selected_level;
use super::spec::MetricKind;
use crate::error::Result;
use crate::estimate::Estimate;

/// The decision metric of every arm of every experiment, corrected together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Portfolio {
    /// In plain words: how many were found, and what share of them may be false.
    pub answer: String,
    /// The expected share of false findings among the findings.
    pub rate: f64,
    pub method: &'static str,
    /// By adjusted p-value, then by experiment and arm; those that are not tested come last.
    pub entries: Vec<PortfolioEntry>,
    pub tested: usize,
    pub found: usize,
    /// The tested p-values as they are, against what chance would give.
    pub p_values: Vec<RankedP>,
    /// Experiments that could not be read, with why.
    pub left_out: Vec<String>,
    /// Experiments of which a check failed; none of their arms is tested.
    pub not_trustworthy: Vec<String>,
}

/// One arm of one experiment against its control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortfolioEntry {
    pub experiment: String,
    pub arm: String,
    pub metric: String,
    pub kind: MetricKind,
    /// `None` where there is no estimate.
    pub difference: Option<Estimate>,
    pub p: Option<f64>,
    /// `None` where it is not tested.
    pub p_adjusted: Option<f64>,
    pub found: bool,
    /// Of a finding: the interval that misses no more than `rate` of the findings (Benjamini & Yekutieli
    /// 2005).
    pub after_selection: Option<Estimate>,
}

impl Portfolio {
    /// Corrects by Benjamini and Hochberg, which holds for independent experiments; by Benjamini and
    /// Yekutieli if `any_dependence`, as where the same contacts are in several. O(m log m).
    ///
    /// # Errors
    ///
    /// A settings error if `rate` is not between 0 and 1.
    pub fn of<'a>(
        readouts: impl IntoIterator<Item = &'a Readout>,
        left_out: Vec<String>,
        rate: f64,
        any_dependence: bool,
    ) -> Result<Portfolio> {
        let readouts: Vec<&Readout> = readouts.into_iter().collect();
        let mut arms: Vec<Arm<'_>> = readouts.iter().flat_map(|r| Arm::all(r)).collect();
        let p: Vec<f64> = arms.iter().map(|arm| arm.p().unwrap_or(f64::NAN)).collect();
        let adjusted = match any_dependence {
            true => benjamini_yekutieli(&p),
            false => benjamini_hochberg(&p),
        };
        let tested = arms.iter().filter_map(|arm| {
            Some((arm.readout.name.clone(), arm.comparison.arm.clone(), arm.p()?))
        });
        let p_values = p_value_spread(tested.collect(), Level::DEFAULT);
        let found = adjusted.p.iter().filter(|p| **p <= rate).count();
        let level =
            selected_level(found, adjusted.tested.max(1), rate / price(any_dependence, &adjusted))?;
        let entries = arms.drain(..).zip(adjusted.p).map(|(arm, p)| arm.entry(p, rate, level));
        let mut entries: Vec<PortfolioEntry> = entries.collect();
        entries.sort_by(|a, b| {
            let p = |entry: &PortfolioEntry| entry.p_adjusted.unwrap_or(f64::INFINITY);
            let names = |entry: &PortfolioEntry| (entry.experiment.clone(), entry.arm.clone());
            p(a).total_cmp(&p(b)).then_with(|| names(a).cmp(&names(b)))
        });
        let broken = readouts.iter().filter(|r| !r.is_trustworthy()).map(|r| r.name.clone());
        let mut portfolio = Portfolio {
            answer: String::new(),
            rate,
            method: if any_dependence { "benjamini-yekutieli" } else { "benjamini-hochberg" },
            entries,
            tested: adjusted.tested,
            found,
            p_values,
            left_out,
            not_trustworthy: broken.collect(),
        };
        portfolio.answer = portfolio.words(readouts.len());
        Ok(portfolio)
    }

    fn words(&self, experiments: usize) -> String {
        let (tested, found) = (self.tested, self.found);
        let arms = if tested == 1 { "arm" } else { "arms" };
        let start = format!("{experiments} experiments, {tested} {arms} tested against a control");
        let found = match found {
            0 => "no difference is found".to_owned(),
            1 => "one difference is found".to_owned(),
            _ => format!("{found} differences are found"),
        };
        let rate = super::words::trimmed(100.0 * self.rate);
        let mut words = format!("{start}: {found}, at a false discovery rate of {rate}%.");
        if !self.left_out.is_empty() {
            words.push_str(&format!(" Left out: {}.", self.left_out.len()));
        }
        if !self.not_trustworthy.is_empty() {
            words.push_str(&format!(
                " Not trustworthy, and not tested: {}.",
                super::words::listed(
                    &self.not_trustworthy.iter().map(String::as_str).collect::<Vec<_>>()
                )
            ));
        }
        words
    }
}

/// By how much the rate of the intervals must be smaller to hold under any dependence: Σ 1/i.
fn price(any_dependence: bool, adjusted: &Adjusted) -> f64 {
    match any_dependence {
        true => (1..=adjusted.tested.max(1)).map(|i| 1.0 / i as f64).sum(),
        false => 1.0,
    }
}

struct Arm<'a> {
    readout: &'a Readout,
    metric: &'a MetricReadout,
    comparison: &'a Comparison,
}

impl<'a> Arm<'a> {
    fn all(readout: &'a Readout) -> Vec<Arm<'a>> {
        let metric = readout.metrics.iter().find(|m| m.metric == readout.decision_metric);
        let all = metric.into_iter().flat_map(|metric| {
            metric.comparisons.iter().map(move |comparison| Arm { readout, metric, comparison })
        });
        all.collect()
    }

    /// `None` if it is not tested, as before its last planned look.
    fn p(&self) -> Option<f64> {
        let is_early = matches!(self.readout.reading,
            Reading::PlannedLook { look, looks, .. } if look + 1 < looks);
        let is_tested = self.readout.is_trustworthy()
            && !is_early
            && self.comparison.smaller_n >= self.readout.minimum_n;
        self.comparison.p().filter(|_| is_tested)
    }

    fn entry(&self, p_adjusted: f64, rate: f64, level: Option<Level>) -> PortfolioEntry {
        let found = p_adjusted <= rate;
        let effect = self.comparison.effect();
        PortfolioEntry {
            experiment: self.readout.name.clone(),
            arm: self.comparison.arm.clone(),
            metric: self.metric.metric.clone(),
            kind: self.metric.kind,
            difference: effect.map(|effect| effect.difference.clone()),
            p: self.comparison.p(),
            p_adjusted: (!p_adjusted.is_nan()).then_some(p_adjusted),
            found,
            after_selection: level.filter(|_| found).zip(effect).and_then(|(l, e)| self.at(l, e)),
        }
    }

    /// The difference with an interval of another level.
    fn at(&self, level: Level, effect: &Effect) -> Option<Estimate> {
        let arm = |name: &str| self.metric.arms.iter().find(|arm| arm.arm == name);
        if self.metric.kind == MetricKind::Proportion {
            let counts = |name: &str| {
                let arm = arm(name)?;
                Counts::new(arm.n, arm.successes?).ok()
            };
            let (control, treatment) =
                (counts(&self.readout.control)?, counts(&self.comparison.arm)?);
            return Some(compare_rates(&control, &treatment, level).ok()?.difference);
        }
        let half = level.student_critical(effect.df?) * effect.difference.std_error?;
        let point = effect.difference.point;
        Some(Estimate {
            low: point - half,
            high: point + half,
            level: level.get(),
            ..effect.difference.clone()
        })
    }
}
