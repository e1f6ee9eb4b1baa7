//! The readout: every arm against the control, overall and in each segment, as plain data.

use serde::Serialize;

use super::answer;
use super::comparison::Comparison;
use super::family::{Family, Rule};
use super::heterogeneity::{MetricHeterogeneity, by_metric};
use super::metric_readout::MetricReadout;
use super::params::ReadoutPlan;
use super::ratio_check::{PlannedArm, RatioArm, RatioCheck, ratio_check};
use super::tally::{ArmCells, Tally};
use super::warning::Warning;
use crate::error::{Error, Result};

/// Everything that an experiment's tally says, ready for a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Readout {
    pub name: String,
    pub control: String,
    /// The metric that the answer is about.
    pub decision_metric: String,
    /// In plain words: what the experiment shows overall.
    pub answer: String,
    /// In plain words: what each segment column adds, one sentence an arm.
    pub segment_answers: Vec<String>,
    pub level: f64,
    pub alpha: f64,
    pub minimum_n: u64,
    pub arms: Vec<ArmReadout>,
    pub sample_ratio: RatioCheck,
    pub metrics: Vec<MetricReadout>,
    /// The correction of the overall comparisons.
    pub family: Family,
    pub segments: Vec<SegmentReadout>,
    /// What holds for the experiment as a whole; each metric carries its own.
    pub warnings: Vec<Warning>,
}

/// One arm's size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmReadout {
    pub arm: String,
    pub n: u64,
    pub share_planned: f64,
    pub share_observed: f64,
}

/// One segment column: its own family, and its levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentReadout {
    pub column: String,
    pub family: Family,
    pub levels: Vec<LevelReadout>,
    /// How each rate's effect varies over the levels: by metric, then by arm.
    pub heterogeneity: Vec<MetricHeterogeneity>,
}

/// One level of a segment column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelReadout {
    pub level: String,
    pub n: u64,
    pub metrics: Vec<MetricReadout>,
}

impl ReadoutPlan {
    /// Compares every arm with the control in every metric, overall and for each level of each
    /// segment column. Works from the tally's sums alone: its cost depends on the number of cells,
    /// not of rows.
    ///
    /// Overall comparisons are one Holm family; the comparisons of one segment column (levels ×
    /// arms × metrics) are another.
    ///
    /// # Errors
    ///
    /// A data error if an arm has no rows at all, or has rows in spite of a planned share of 0.
    /// An empty arm inside a segment is no error: its comparison says that there is no estimate.
    pub fn read(&self, tally: &Tally) -> Result<Readout> {
        self.refuse_other_tallies(tally)?;
        let sample_ratio = self.sample_ratio(tally)?;
        let rule = Rule {
            alpha: self.alpha,
            minimum_n: self.minimum_n,
            trustworthy: !sample_ratio.mismatch,
        };
        let mut metrics = self.metric_readouts(tally.overall());
        let family = Family::settle(self.family_words(None), rule, comparisons(&mut metrics));
        let segments = self.segment_readouts(tally, rule);
        let mut readout = self.assemble(sample_ratio, metrics, family, segments);
        readout.answer = answer::answer(&readout);
        readout.segment_answers = answer::segment_answers(&readout);
        Ok(readout)
    }

    /// Everything but the answer, which is read off the rest.
    fn assemble(
        &self,
        sample_ratio: RatioCheck,
        metrics: Vec<MetricReadout>,
        family: Family,
        segments: Vec<SegmentReadout>,
    ) -> Readout {
        Readout {
            name: self.name.clone(),
            control: self.spec.arms()[self.control].clone(),
            decision_metric: self.spec.metrics()[self.decision].name.clone(),
            answer: String::new(),
            segment_answers: Vec::new(),
            level: self.level.get(),
            alpha: self.alpha,
            minimum_n: self.minimum_n,
            arms: arm_readouts(&sample_ratio),
            warnings: ratio_warnings(&sample_ratio),
            sample_ratio,
            metrics,
            family,
            segments,
        }
    }

    fn refuse_other_tallies(&self, tally: &Tally) -> Result<()> {
        if *tally.spec() != self.spec {
            return Err(Error::internal("a readout planned for another tally"));
        }
        match self.spec.arms().iter().zip(tally.overall()).find(|(_, cells)| cells.rows == 0) {
            Some((arm, _)) => Err(Error::data(format!("arm `{arm}` has no rows"))
                .hint("check the arm's name, or leave the arm out of the experiment")),
            None => Ok(()),
        }
    }

    fn sample_ratio(&self, tally: &Tally) -> Result<RatioCheck> {
        let sizes = tally.overall().iter().zip(&self.weights);
        let arms: Vec<PlannedArm> = self
            .spec
            .arms()
            .iter()
            .zip(sizes)
            .map(|(name, (cells, weight))| PlannedArm { name, rows: cells.rows, weight: *weight })
            .collect();
        ratio_check(&arms, self.srm_alpha)
    }

    fn segment_readouts(&self, tally: &Tally, rule: Rule) -> Vec<SegmentReadout> {
        let columns = self.spec.segments().iter().zip(tally.segments());
        columns
            .map(|(column, cells)| {
                let mut levels: Vec<LevelReadout> = column
                    .levels
                    .iter()
                    .zip(cells)
                    .map(|(level, arms)| self.level_readout(level, arms))
                    .collect();
                let all = levels.iter_mut().flat_map(|level| comparisons(&mut level.metrics));
                let words = self.family_words(Some((&column.name, column.levels.len())));
                let family = Family::settle(words, rule, all);
                let heterogeneity = by_metric(self, column, cells);
                SegmentReadout { column: column.name.clone(), family, levels, heterogeneity }
            })
            .collect()
    }

    fn level_readout(&self, level: &str, arms: &[ArmCells]) -> LevelReadout {
        let n = arms.iter().map(|cells| cells.rows).sum();
        LevelReadout { level: level.to_owned(), n, metrics: self.metric_readouts(arms) }
    }

    fn metric_readouts(&self, arms: &[ArmCells]) -> Vec<MetricReadout> {
        let metrics = self.spec.metrics().iter().enumerate();
        metrics.map(|(index, _)| MetricReadout::of(self, index, arms)).collect()
    }

    fn family_words(&self, column: Option<(&str, usize)>) -> String {
        let treatments = self.spec.arms().len() - 1;
        let metrics = self.spec.metrics().len();
        let each = format!("{treatments} arms against the control × {metrics} metrics");
        match column {
            None => format!("overall: {each}"),
            Some((name, levels)) => format!("segment column `{name}`: {levels} levels × {each}"),
        }
    }
}

fn comparisons(metrics: &mut [MetricReadout]) -> impl Iterator<Item = &mut Comparison> {
    metrics.iter_mut().flat_map(|metric| &mut metric.comparisons)
}

fn arm_readouts(check: &RatioCheck) -> Vec<ArmReadout> {
    let arm = |arm: &RatioArm| ArmReadout {
        arm: arm.arm.clone(),
        n: arm.rows,
        share_planned: arm.share_planned,
        share_observed: arm.share_observed,
    };
    check.arms.iter().map(arm).collect()
}

fn ratio_warnings(check: &RatioCheck) -> Vec<Warning> {
    let mismatch =
        check.mismatch.then_some(Warning::SampleRatioMismatch { p: check.p, alpha: check.alpha });
    let weak = check.note.clone().map(|note| Warning::WeakRatioCheck { note });
    mismatch.into_iter().chain(weak).collect()
}
