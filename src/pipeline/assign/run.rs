//! Drawing the arms of one experiment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::error::{Error, Kind, Result};
use crate::experiments::assignment::{
    Answers, Assigner, AssignmentParams, Balance, Made, PlannedArms, PlannedReach, Registration,
    Roster, RosterRow, StoppingRule,
};
use crate::experiments::lake;
use crate::features;
use crate::ingest::exponent;
use crate::workspace::{AsOf, ExperimentKind, ExperimentSettings, SETTINGS_FILE, atomic};

use super::super::Pipeline;
use super::super::experiment::file_stem;
use super::baseline::Baselines;
use super::file::AssignmentFile;
use super::question::{AssignQuestion, Assigned, Audience};
use super::{audience, id_list};

impl Pipeline<'_> {
    /// Draws the arms of an experiment for the contacts that are not assigned yet, and writes the assignment file
    /// and, before it, the registration. Unless nothing is to be written, call it only while holding the writer's
    /// lock.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown experiment or audience, arms that cannot be drawn, and answers that differ
    /// from those that were registered; a data error if features or proposal are out of date, nobody is left to be
    /// assigned, or another file is in the way.
    pub fn assign(&self, question: &AssignQuestion) -> Result<Assigned> {
        let experiment = self.experiment(&question.id)?;
        let assigner = assigner(experiment).map_err(|e| self.in_file(e))?;
        let test = &self.workspace.settings().segments.test;
        let arms = PlannedArms::new(&assigner, &experiment.control, test.alpha, test.power)
            .map_err(|e| self.in_file(e))?;
        let stem = file_stem(&experiment.id);
        let out = question.out.as_deref();
        let file = AssignmentFile::new(self.workspace, &experiment.id, &stem, out)?;
        let earlier = file.read()?;
        let as_of = self.as_of()?;
        let (roster, found) = self.roster(experiment, &assigner, question, earlier, &as_of)?;
        let balance = Balance::of(&assigner, &roster.rows)?;
        let planned = self.planned(experiment, &arms, &roster, &balance)?;
        let made = Made {
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of: as_of.to_string(),
        };
        let answers = self.answers(experiment, &assigner, question, &found.name);
        let registration = Registration { made, answers, planned: planned.clone() };
        let path = file.registration();
        let was_registered = check_registered(&registration, &path)?;
        if !question.is_dry {
            if !was_registered {
                atomic::write_file(&path, registration.toml()?.as_bytes())?;
            }
            file.write(&roster.rows, experiment.kind)?;
        }
        Ok(Assigned {
            experiment: experiment.id.clone(),
            as_of: as_of.to_string(),
            decision_metric: registration.answers.decision_metric,
            draw: question.draw,
            stratum_column: experiment.by.first().cloned(),
            audience: found,
            kept: roster.kept,
            drawn: roster.drawn,
            otherwise_now: roster.otherwise_now,
            gone: roster.gone,
            balance,
            planned,
            registration: path,
            was_registered,
            is_dry: question.is_dry,
            source_toml: file.source_toml()?,
            path: file.path().to_path_buf(),
        })
    }

    fn experiment(&self, id: &str) -> Result<&ExperimentSettings> {
        let all = &self.workspace.settings().experiments;
        if all.is_empty() {
            return Err(self.in_file(
                Error::settings("microseg.toml lists no [[experiment]]")
                    .hint("add one with id, control, metrics and [experiment.shares]"),
            ));
        }
        let found = all.iter().find(|experiment| experiment.id == id).ok_or_else(|| {
            let known = all.iter().map(|experiment| experiment.id.as_str());
            self.in_file(Error::unknown(Kind::Settings, "experiment", id, known))
        })?;
        check_metrics(found).map_err(|e| self.in_file(e))?;
        Ok(found)
    }

    fn in_file(&self, error: Error) -> Error {
        error.at_file(&self.workspace.root().join(SETTINGS_FILE))
    }

    fn roster(
        &self,
        experiment: &ExperimentSettings,
        assigner: &Assigner,
        question: &AssignQuestion,
        earlier: Vec<RosterRow>,
        as_of: &AsOf,
    ) -> Result<(Roster, Audience)> {
        let lists = question.exclude.iter().map(|path| id_list::read(path));
        let excluded: BTreeSet<String> =
            lists.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let mut segments = self.segments()?;
        let session = self.session(&self.lake()?, as_of)?;
        (self.options.progress)("drawing arms", 0);
        let by = experiment.by.first().map(String::as_str);
        let of = (question.audience.as_deref(), by);
        let (candidates, found) = audience::candidates(&session, &mut segments, of, &excluded)?;
        let at = Timestamp::from_microsecond(as_of.micros())
            .map_err(|e| Error::internal("the as-of is out of range").caused_by(e))?;
        let roster = assigner.assign(earlier, &candidates, question.draw, &at.to_string())?;
        if roster.rows.is_empty() {
            return Err(nobody(&found));
        }
        Ok((roster, found))
    }

    /// What everybody in arms can show, and each stratum.
    fn planned(
        &self,
        experiment: &ExperimentSettings,
        arms: &PlannedArms,
        roster: &Roster,
        balance: &Balance,
    ) -> Result<Vec<PlannedReach>> {
        let table = features::read(&self.workspace.features_dir())?;
        let as_of = self.as_of()?;
        let session = self.session(&self.lake()?, &as_of)?;
        let minor_per_major = 10f64.powi(exponent(&self.currency(&session)?) as i32);
        let test = &self.workspace.settings().segments.test;
        let baselines =
            Baselines::read(&session, &table, experiment, (test, &as_of), minor_per_major)?;
        let mut all = Vec::new();
        let mut strata: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for row in roster.rows.iter().filter(|row| balance.arms.contains(&row.variant)) {
            // Whoever was assigned earlier and is no contact any more has no baseline.
            if let Ok(place) = table.ids.binary_search(&row.contact) {
                all.push(place);
                strata.entry(&row.stratum).or_default().push(place);
            }
        }
        let overall = arms.reach(None, balance.overall.in_arms(), &baselines.of(&all), 1)?;
        let mut planned = vec![overall];
        for stratum in &balance.strata {
            let name = stratum.stratum.as_str();
            let places = strata.get(name).map_or(&[][..], Vec::as_slice);
            let baseline = baselines.of(places);
            let count = balance.strata.len();
            planned.push(arms.reach(Some(name), stratum.in_arms(), &baseline, count)?);
        }
        Ok(planned)
    }

    fn answers(
        &self,
        experiment: &ExperimentSettings,
        assigner: &Assigner,
        question: &AssignQuestion,
        audience: &str,
    ) -> Answers {
        let test = &self.workspace.settings().segments.test;
        let mut metrics = experiment.metrics.iter().cloned();
        // As people write them: 0.1, not what is left of 1 after dividing.
        let written = |share: f64| (share * 1e12).round() / 1e12;
        let shares = assigner.arms().iter().map(|arm| (arm.name.clone(), written(arm.share)));
        Answers {
            id: experiment.id.clone(),
            hypothesis: experiment.hypothesis.clone(),
            kind: experiment.kind,
            audience: audience.to_owned(),
            control: experiment.control.clone(),
            decision_metric: metrics.next().unwrap_or_default(),
            secondary_metrics: metrics.collect(),
            margin: experiment.margin,
            segment_columns: experiment.by.clone(),
            window_hours: experiment.window_hours,
            stopping_rule: match experiment.looks.is_empty() {
                true => StoppingRule::Fixed,
                false => StoppingRule::PlannedLooks,
            },
            looks: experiment.looks.clone(),
            alpha: test.alpha,
            power: test.power,
            draw: question.draw,
            salt: assigner.salt().to_owned(),
            holdout: assigner.holdout(),
            shares: shares.collect(),
            guardrails: experiment.guardrails.clone(),
        }
    }
}

/// What a readout would refuse later must not be registered.
fn check_metrics(experiment: &ExperimentSettings) -> Result<()> {
    let ExperimentSettings { id, metrics, guardrails, .. } = experiment;
    lake::check_metrics(metrics)?;
    match guardrails.keys().find(|name| !metrics[1..].contains(name)) {
        None => Ok(()),
        Some(name) => Err(Error::settings(format!(
            "experiment {id}: the guardrail `{name}` is not among the metrics behind the first"
        ))
        .hint("add it to metrics; the first decides, and is no guardrail")),
    }
}

fn assigner(experiment: &ExperimentSettings) -> Result<Assigner> {
    let is_hours = experiment.kind == ExperimentKind::SendTime;
    if experiment.shares.is_empty() && !is_hours {
        return Err(Error::settings(format!("experiment {} names no arms", experiment.id)).hint(
            format!("add shares, such as shares = {{ {} = 1, other = 1 }}", experiment.control),
        ));
    }
    AssignmentParams::new(&experiment.id)
        .salt(experiment.salt())
        .arms(experiment.shares.clone())
        .holdout(experiment.holdout)
        .send_hours(is_hours)
        .check()
}

/// Whether the experiment is registered, with the same answers.
fn check_registered(now: &Registration, path: &Path) -> Result<bool> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(Error::io("read", path, e)),
    };
    let registered = Registration::parse(&text).map_err(|e| e.at_file(path))?;
    match registered.answers.difference(&now.answers)? {
        None => Ok(true),
        Some(one) => Err(Error::settings(format!(
            "experiment {} was registered with {} = {}, not {}",
            registered.answers.id, one.field, one.registered, one.now
        ))
        .at_file(path)
        .hint("an experiment is read as it was registered: put that back, or give a new one an id of its own")),
    }
}

fn nobody(found: &Audience) -> Error {
    let Audience { name, contacts, without_consent, excluded, .. } = found;
    Error::data(format!("nobody in {name} can be assigned")).hint(format!(
        "of {contacts} contacts {without_consent} did not agree to be mailed, and {excluded} are excluded"
    ))
}
