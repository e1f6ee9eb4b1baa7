//! Reading an experiment's sums.

use super::answer;
use super::bayes::{BayesRates, bayes_rates};
use super::comparison::Comparison;
use super::counts::Counts;
use super::decision::{decisions, failed, recommendation};
use super::family::{Family, Group, Member, OVERALL_SHARE, Rule};
use super::heterogeneity::by_metric;
use super::metric_readout::MetricReadout;
use super::p_value_spread::{RankedP, p_value_spread};
use super::personalisation::{
    Personalisation, PersonalisationParams, PolicyCells, personalisation,
};
use super::plan::ReadoutPlan;
use super::ratio_check::{PlannedArm, RatioArm, RatioCheck, ratio_check};
use super::readout::{ArmReadout, LevelReadout, Readout, SegmentReadout};
use super::send_time::{HourBin, HourBins, SendTime, SendTimeParams};
use super::spec::{MetricKind, SegmentColumn};
use super::tally::{ArmCells, Sums, Tally};
use super::trust::{ArmLog, TrustCheck, checks};
use super::warning::Warning;
use crate::error::{Error, Result};

impl ReadoutPlan {
    /// Compares every arm with the control in every metric, overall and for each level of each
    /// segment column. Works from the tally's sums alone: its cost depends on the number of cells,
    /// not of rows.
    ///
    /// The decision metric's comparisons, overall and in all levels of all columns, are one family by
    /// weighted Holm; the other metrics' are families of their own, overall and for each column.
    ///
    /// # Errors
    ///
    /// A data error if an arm has no rows at all, or has rows in spite of a planned share of 0.
    /// An empty arm inside a segment is no error: its comparison says that there is no estimate.
    pub fn read(&self, tally: &Tally) -> Result<Readout> {
        self.read_with(tally, &ArmLog::default())
    }

    /// The same, with what the log says of how the arms were filled and treated.
    ///
    /// # Errors
    ///
    /// As [`ReadoutPlan::read`].
    pub fn read_with(&self, tally: &Tally, log: &ArmLog) -> Result<Readout> {
        self.refuse_other_tallies(tally)?;
        let sample_ratio = self.ratio_of(tally.overall().iter().map(|cells| cells.rows))?;
        let mut metrics = self.metric_readouts(tally.overall());
        let mut segments = self.segment_readouts(tally);
        let trust = checks(self, &sample_ratio, &segments, log);
        let (decision_family, family) = self.settle(&trust, &mut metrics, &mut segments);
        self.decide_segments(&trust, &mut segments);
        let stops = failed(&trust, TrustCheck::stops_everything);
        let decisions = decisions(self, &metrics, &stops, self.overall_share());
        let bayes = self.bayes(tally.overall());
        let (send_time, no_hour) = self.hour(tally.overall());
        let mut warnings = ratio_warnings(&sample_ratio);
        warnings.extend(no_hour);
        warnings.extend(self.no_personalisation());
        let p_best = |arm: &str| {
            let place = self.spec.arms().iter().position(|name| name == arm)?;
            Some(bayes.as_ref()?.arms.get(place)?.p_best)
        };
        let recommendation = recommendation(self, &decisions, &stops, p_best);
        let mut readout = Readout {
            name: self.name.clone(),
            control: self.spec.arms()[self.control].clone(),
            decision_metric: self.spec.metrics()[self.decision].name.clone(),
            recommendation,
            answer: String::new(),
            segment_answers: Vec::new(),
            level: self.level.get(),
            alpha: self.alpha,
            reading: self.reading,
            minimum_n: self.minimum_n,
            arms: arm_readouts(&sample_ratio),
            warnings,
            sample_ratio,
            trust,
            decisions,
            metrics,
            decision_family,
            family,
            bayes,
            send_time,
            segments,
            second_looks: Vec::new(),
        };
        readout.answer = answer::answer(&readout);
        readout.segment_answers = answer::segment_answers(&readout);
        Ok(readout)
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

    /// The observed against the planned split, of rows by arm.
    pub(super) fn ratio_of(&self, rows: impl Iterator<Item = u64>) -> Result<RatioCheck> {
        let planned = self.spec.arms().iter().zip(&self.weights).zip(rows);
        let arms: Vec<PlannedArm> = planned
            .map(|((name, weight), rows)| PlannedArm { name, rows, weight: *weight })
            .collect();
        ratio_check(&arms, self.srm_alpha)
    }

    fn metric_readouts(&self, arms: &[ArmCells]) -> Vec<MetricReadout> {
        let metrics = self.spec.metrics().iter().enumerate();
        metrics.map(|(index, _)| MetricReadout::of(self, index, arms)).collect()
    }

    /// Without verdicts, decisions and families, which need all columns.
    fn segment_readouts(&self, tally: &Tally) -> Vec<SegmentReadout> {
        let columns = self.spec.segments().iter().zip(tally.segments());
        columns.map(|(column, cells)| self.segment_readout(column, cells)).collect()
    }

    fn segment_readout(&self, column: &SegmentColumn, cells: &[Vec<ArmCells>]) -> SegmentReadout {
        let level = |(level, arms): (&String, &Vec<ArmCells>)| LevelReadout {
            level: level.clone(),
            n: arms.iter().map(|cells| cells.rows).sum(),
            sample_ratio: self.ratio_of(arms.iter().map(|cells| cells.rows)).ok(),
            decisions: Vec::new(),
            metrics: self.metric_readouts(arms),
            send_time: self.hour(arms).0,
        };
        let levels: Vec<LevelReadout> = column.levels.iter().zip(cells).map(level).collect();
        SegmentReadout {
            column: column.name.clone(),
            family: Family::none(),
            p_values: self.p_values(&levels),
            levels,
            heterogeneity: by_metric(self, column, cells),
            personalisation: self.personalisation(column, cells),
        }
    }

    fn p_values(&self, levels: &[LevelReadout]) -> Vec<RankedP> {
        let of_level = |level: &LevelReadout| {
            let comparisons = level.metrics[self.decision].comparisons.iter();
            let p = comparisons.filter_map(|c| {
                let p = c.p().filter(|_| c.smaller_n >= self.minimum_n)?;
                Some((level.level.clone(), c.arm.clone(), p))
            });
            p.collect::<Vec<_>>()
        };
        p_value_spread(levels.iter().flat_map(of_level).collect(), self.level)
    }

    /// Gives every comparison its verdict; returns the family of the decision metric and that of the other
    /// metrics overall.
    fn settle(
        &self,
        trust: &[TrustCheck],
        metrics: &mut [MetricReadout],
        segments: &mut [SegmentReadout],
    ) -> (Family, Family) {
        let rule = Rule { alpha: self.alpha, minimum_n: self.minimum_n };
        let deciding_rule = Rule { alpha: self.decision_alpha(), ..rule };
        let is_sound = !trust.iter().any(TrustCheck::stops_everything);
        let overall = self.of(true, metrics);
        let mut deciding: Vec<Member<'_>> =
            overall.map(|c| Member::new(c, Group::Overall, is_sound)).collect();
        for column in segments.iter_mut() {
            let stops = trust.iter().any(|check| check.stops_column(&column.column));
            let levels = column.levels.iter_mut();
            let comparisons = levels.flat_map(|level| self.of(true, &mut level.metrics));
            let is_sound = is_sound && !stops;
            deciding.extend(comparisons.map(|c| Member::new(c, Group::Segments, is_sound)));
        }
        let decision_family = Family::settle(self.decision_words(), deciding_rule, deciding);
        for column in segments {
            let stops = trust.iter().any(|check| check.stops_column(&column.column));
            let words = self.other_words(Some((&column.column, column.levels.len())));
            let levels = column.levels.iter_mut();
            let comparisons = levels.flat_map(|level| self.of(false, &mut level.metrics));
            let is_sound = is_sound && !stops;
            let members = comparisons.map(|c| Member::new(c, Group::Segments, is_sound));
            column.family = Family::settle(words, rule, members.collect());
        }
        let others = self.of(false, metrics);
        let others = others.map(|c| Member::new(c, Group::Overall, is_sound)).collect();
        (decision_family, Family::settle(self.other_words(None), rule, others))
    }

    /// The comparisons of the decision metric, or of all others.
    fn of<'a>(
        &self,
        decision: bool,
        metrics: &'a mut [MetricReadout],
    ) -> impl Iterator<Item = &'a mut Comparison> + use<'a> {
        let place = self.decision;
        let chosen = metrics.iter_mut().enumerate();
        let chosen = chosen.filter(move |(index, _)| (*index == place) == decision);
        chosen.flat_map(|(_, metric)| &mut metric.comparisons)
    }

    /// The part of alpha that is held overall: all of it without segments.
    fn overall_share(&self) -> f64 {
        if self.spec.segments().is_empty() { 1.0 } else { OVERALL_SHARE }
    }

    fn decide_segments(&self, trust: &[TrustCheck], segments: &mut [SegmentReadout]) {
        let levels: usize = segments.iter().map(|column| column.levels.len()).sum();
        let share = (1.0 - OVERALL_SHARE) / levels.max(1) as f64;
        for column in segments {
            let name = column.column.clone();
            let stops =
                failed(trust, |check| check.stops_everything() || check.stops_column(&name));
            for level in &mut column.levels {
                level.decisions = decisions(self, &level.metrics, &stops, share);
            }
        }
    }

    fn decision_words(&self) -> String {
        let treatments = self.spec.arms().len() - 1;
        let metric = &self.spec.metrics()[self.decision].name;
        let levels: usize = self.spec.segments().iter().map(|column| column.levels.len()).sum();
        match levels {
            0 => format!("{metric}: {treatments} arms against the control"),
            _ => format!(
                "{metric}: {treatments} arms against the control, overall and in {levels} segments"
            ),
        }
    }

    fn other_words(&self, column: Option<(&str, usize)>) -> String {
        let treatments = self.spec.arms().len() - 1;
        let metrics = self.spec.metrics().len() - 1;
        let each = format!("{treatments} arms against the control × {metrics} other metrics");
        match column {
            None => format!("overall: {each}"),
            Some((name, levels)) => format!("segment column `{name}`: {levels} levels × {each}"),
        }
    }

    /// The decision metric's counts by arm; `None` for a mean.
    pub(super) fn decision_counts(&self, arms: &[ArmCells]) -> Option<Vec<Counts>> {
        let counts = |arm: &ArmCells| match &arm.metrics.get(self.decision)?.sums {
            Sums::Counts(counts) => Some(*counts),
            Sums::Moments(_) => None,
        };
        arms.iter().map(counts).collect()
    }

    /// More being better; where less is, failures stand for successes, and rates for their complements.
    fn bayes(&self, arms: &[ArmCells]) -> Option<BayesRates> {
        let counts = self.decision_counts(arms)?;
        let better = |counts: &Counts| match self.goals[self.decision].lower_is_better {
            true => Counts::new(counts.n(), counts.failures()).ok(),
            false => Some(*counts),
        };
        let counts: Option<Vec<Counts>> = counts.iter().map(better).collect();
        bayes_rates(&counts?, self.prior, self.level).ok()
    }

    /// Why there is no value of an arm for each segment, where there are segments.
    fn no_personalisation(&self) -> Option<Warning> {
        let is_told = self.spec.segments().is_empty() || self.is_rate_to_raise();
        (!is_told).then(|| Warning::NotRead {
            what: "what an arm for each segment would bring".to_owned(),
            why: "for it takes a deciding metric that is a rate of which more is better".to_owned(),
        })
    }

    fn is_rate_to_raise(&self) -> bool {
        let is_rate = self.spec.metrics()[self.decision].kind == MetricKind::Proportion;
        is_rate && !self.goals[self.decision].lower_is_better
    }

    /// Of a rate of which more is better; `None` with a single level, or an arm that is nowhere.
    fn personalisation(
        &self,
        column: &SegmentColumn,
        levels: &[Vec<ArmCells>],
    ) -> Option<Personalisation> {
        if levels.len() < 2 || !self.is_rate_to_raise() {
            return None;
        }
        let counts: Option<Vec<Vec<Counts>>> =
            levels.iter().map(|arms| self.decision_counts(arms)).collect();
        let (segments, arms) = (column.levels.clone(), self.spec.arms().to_vec());
        let folds = PolicyCells::FOLDS;
        let cells = PolicyCells::from_counts(segments, arms, &counts?, folds, self.seed).ok()?;
        let metric = &self.spec.metrics()[self.decision].name;
        let control = &self.spec.arms()[self.control];
        let params = PersonalisationParams::new(metric, control).level(self.level.get());
        personalisation(&cells, &params).ok()
    }

    /// The wave through the day, for an experiment whose arms are hours; or why there is none.
    fn hour(&self, arms: &[ArmCells]) -> (Option<SendTime>, Option<Warning>) {
        match self.hours.as_ref().map(|hours| self.send_time(hours, arms)) {
            None => (None, None),
            Some(Ok(read)) => (Some(read), None),
            Some(Err(cause)) => {
                let (what, why) = ("the best hour".to_owned(), cause.to_string());
                (None, Some(Warning::NotRead { what, why }))
            }
        }
    }

    fn send_time(&self, hours: &[f64], arms: &[ArmCells]) -> Result<SendTime> {
        let counts = self.decision_counts(arms).filter(|_| self.is_rate_to_raise());
        let counts = counts.ok_or_else(|| {
            Error::data("for it takes a deciding metric that is a rate of which more is better")
        })?;
        let bin = |(hour, counts): (&f64, Counts)| HourBin { hour: *hour, counts };
        let bins: Vec<HourBin> = hours.iter().zip(counts).map(bin).collect();
        SendTimeParams::new(1, self.level)?.read(&HourBins::new(&bins)?)
    }
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
