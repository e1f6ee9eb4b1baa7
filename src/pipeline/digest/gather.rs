//! Everything that a digest says.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::experiments::{Label, Readout};
use crate::hygiene::{Audit, Finding, Status};
use crate::ingest::IngestReport;
use crate::reports::digest::{
    DigestFacts, ExperimentFacts, ExperimentStanding, HygieneFacts, HygieneItem, OutlookFacts,
    SizesOn,
};
use crate::segments::refresh::Sizes;
use crate::workspace::AsOf;
use crate::workspace::journal::{Journal, MessageState, RunRecord};

use super::super::experiment::ExperimentResult;
use super::super::refresh::{History, RefreshReport, Refreshed};
use super::super::run::Pipeline;
use super::past::{DigestState, Digested, Digests};

/// What went wrong in runs and deliveries: a sentence by what it is of.
pub(super) type Trouble = BTreeMap<String, String>;

impl Pipeline<'_> {
    /// The facts of a digest after the refresh `now`, and what the next digest is to know.
    pub(super) fn gather(
        &mut self,
        now: &RefreshReport,
        history: &History,
        digests: &Digests,
    ) -> Result<(DigestFacts, DigestState)> {
        let before = digests.latest();
        let results = self.results()?;
        let experiments: Vec<ExperimentFacts> =
            results.iter().map(|r| experiment(r, before.map(|b| &b.state))).collect();
        let data: IngestReport = self.lake()?.json(IngestReport::FILE)?;
        let audit = self.audit(&self.lake()?, &data, &self.as_of()?)?;
        let mut trouble = self.trouble(before)?;
        let all_trouble = trouble.keys().cloned().collect();
        // What the digest before told is not told again, as long as it lasts.
        trouble.retain(|key, _| before.is_none_or(|b| !b.state.trouble.contains(key)));
        let since_us = before.map(|b| b.as_of_us);
        let period: Vec<&Refreshed> =
            history.0.iter().filter(|r| since_us.is_none_or(|since| r.as_of_us > since)).collect();
        let sizes: Vec<&Sizes> = period.iter().map(|r| &r.report.segments).collect();
        let facts = DigestFacts {
            shop: self.workspace.settings().shop.name.clone(),
            as_of: now.as_of.clone(),
            since: before.map(|b| b.state.as_of.clone()),
            contacts: now.contacts,
            new_contacts: period.iter().map(|r| r.report.new_contacts).sum(),
            sizes: Sizes::over(&sizes).unwrap_or_else(|| now.segments.clone()),
            history: self.sizes_on(history)?,
            migration: now.migration.clone(),
            damped: now.damped,
            survival: now.survival.clone(),
            drift: now.drift.iter().map(|d| d.drift.clone()).collect(),
            outlook: now.outlook.clone().map(|o| against(o, before)),
            no_outlook: now.no_outlook.clone(),
            experiments,
            hygiene: hygiene(&audit, before.map(|b| &b.state)),
            trouble: trouble.values().cloned().collect(),
            links: Vec::new(),
        };
        let state = state(&facts, all_trouble);
        Ok((facts, state))
    }

    fn sizes_on(&self, history: &History) -> Result<Vec<SizesOn>> {
        let on = |refreshed: &Refreshed| {
            let RefreshReport { as_of, segments, .. } = &refreshed.report;
            let date = AsOf::parse(as_of, self.workspace.zone())?.date();
            let sizes = segments.0.iter().map(|s| (s.segment.id.clone(), s.size)).collect();
            Ok(SizesOn { date, sizes })
        };
        history.0.iter().map(on).collect()
    }

    /// Runs that failed since the digest before, and messages that could not be delivered.
    fn trouble(&self, before: Option<&Digested>) -> Result<Trouble> {
        let journal = Journal::read(&self.workspace.registry_dir())?;
        let since = before.and_then(|b| jiff::Timestamp::from_microsecond(b.as_of_us).ok());
        let mut trouble = Trouble::new();
        for run in journal.failures(since, jiff::Timestamp::MAX)? {
            trouble.insert(format!("run {} {}", run.job, run.due_at), failed_run(&run));
        }
        for message in journal.messages(MessageState::Dead)? {
            let why = message.last_error.as_deref().unwrap_or("no reason is known");
            let text = format!(
                "{} of {} did not reach {}: {why}.",
                if message.kind.word() == "digest" { "A digest" } else { "Changes" },
                message.source,
                message.delivery
            );
            trouble.insert(format!("message {}", message.id), text);
        }
        Ok(trouble)
    }
}

fn failed_run(run: &RunRecord) -> String {
    let why = run.message.as_deref().unwrap_or("no reason is known");
    format!("The job {} of {} failed: {why}.", run.job, run.due_at)
}

/// Today's outlook with yesterday's beside it.
fn against(mut outlook: OutlookFacts, before: Option<&Digested>) -> OutlookFacts {
    if let Some(old) = before.and_then(|b| b.state.outlook.as_ref())
        && (&old.currency, &old.fitted_as_of) == (&outlook.currency, &outlook.fitted_as_of)
    {
        outlook.value_at_risk_before_minor = old.value_at_risk_minor;
        outlook.bands_before = Some(old.bands);
    }
    outlook
}

fn experiment(result: &ExperimentResult, before: Option<&DigestState>) -> ExperimentFacts {
    let (standing, recommendation, answer) = match &result.readout {
        Some(readout) => {
            (standing(readout), readout.recommendation.clone(), readout.answer.clone())
        }
        None => {
            let why = result.not_yet.clone().unwrap_or_default();
            (ExperimentStanding::NotYet, why, String::new())
        }
    };
    ExperimentFacts {
        id: result.id.clone(),
        question: result.question.clone(),
        standing,
        before: before.and_then(|state| state.experiments.get(&result.id).copied()),
        recommendation,
        answer,
    }
}

/// Decided once no arm is open any more.
fn standing(readout: &Readout) -> ExperimentStanding {
    if !readout.is_trustworthy() {
        return ExperimentStanding::NotTrustworthy;
    }
    let is_open = |label: Label| matches!(label, Label::Inconclusive | Label::TooLittleData);
    match readout.decisions.iter().any(|d| is_open(d.label)) {
        true => ExperimentStanding::Open,
        false => ExperimentStanding::Decided,
    }
}

fn hygiene(audit: &Audit, before: Option<&DigestState>) -> HygieneFacts {
    let item = |finding: &Finding| HygieneItem {
        code: finding.code.to_owned(),
        title: finding.title.to_owned(),
        unit: finding.unit.to_owned(),
        count: finding.count.unwrap_or(0),
        before: before.and_then(|state| state.hygiene.get(finding.code)).map(|(_, count)| *count),
        what_to_do: finding.what_to_do.to_owned(),
    };
    let found: Vec<HygieneItem> = audit.with(Status::Found).map(item).collect();
    let is_clean = |code: &String| audit.with(Status::Clean).any(|f| f.code == code);
    let gone = before.into_iter().flat_map(|state| &state.hygiene);
    let fixed = gone.filter(|(code, _)| is_clean(code)).map(|(_, (title, _))| title.clone());
    HygieneFacts { fixed: fixed.collect(), found, checks: audit.findings.len() }
}

fn state(facts: &DigestFacts, trouble: Vec<String>) -> DigestState {
    let standing = |e: &ExperimentFacts| (e.id.clone(), e.standing);
    let found = |item: &HygieneItem| (item.code.clone(), (item.title.clone(), item.count));
    DigestState {
        as_of: facts.as_of.clone(),
        since: facts.since.clone(),
        sentences: crate::reports::digest::sentences(facts),
        experiments: facts.experiments.iter().map(standing).collect(),
        hygiene: facts.hygiene.found.iter().map(found).collect(),
        outlook: facts.outlook.clone(),
        trouble,
    }
}
