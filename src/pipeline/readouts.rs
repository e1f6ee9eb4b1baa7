//! The readouts of a workspace.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::experiments::lake as units;
use crate::ingest::{IngestReport, exponent};
use crate::segments;
use crate::workspace::atomic::{self, Staging};
use crate::workspace::{ExperimentSettings, InputFile, Manifest, fingerprint};

use super::experiment::{self, ExperimentResult};
use super::run::{Outcome, Pipeline};

impl Pipeline<'_> {
    pub(super) fn readouts_manifest(&self) -> Result<Manifest> {
        let lake =
            InputFile { name: "lake".to_owned(), fingerprint: self.lake()?.manifest().hash()? };
        let segments = InputFile {
            name: "segments".to_owned(),
            fingerprint: self.proposal_manifest()?.hash()?,
        };
        let settings = self.workspace.settings();
        let alpha = settings.segments.test.alpha;
        let hash = fingerprint(&(&settings.experiments, &settings.shop, alpha))?;
        let manifest =
            Manifest::new("readouts", hash, Some(self.seed()), Some(self.as_of()?.to_string()));
        Ok(manifest.with_inputs(vec![lake, segments]))
    }

    /// Brings the readouts of all experiments in the settings up to date.
    pub fn readouts(&mut self) -> Result<Outcome> {
        let dir = self.workspace.readouts_dir();
        let manifest = self.readouts_manifest()?;
        if Manifest::read(&dir).as_ref() == Some(&manifest) {
            return Ok(Outcome::UpToDate);
        }
        let staging = Staging::new(&dir)?;
        let results = self.fresh_results()?;
        for result in &results {
            let mut json = serde_json::to_vec_pretty(result)
                .map_err(|e| Error::internal("a readout could not be written").caused_by(e))?;
            json.push(b'\n');
            let name = format!("{}.json", experiment::file_stem(&result.id));
            atomic::write_file(&staging.path().join(name), &json)?;
        }
        self.results = Some(results);
        manifest.write(staging.path())?;
        staging.commit()?;
        Ok(Outcome::Made)
    }

    /// Brings the readouts up to date; ids of the experiments that a failed check stops.
    pub fn broken_experiments(&mut self) -> Result<Vec<String>> {
        let _: Outcome = self.readouts()?;
        let results = self.results()?;
        Ok(results.into_iter().filter(ExperimentResult::is_broken).map(|r| r.id).collect())
    }

    /// The readouts as computed in this run, or computed again.
    pub(super) fn results(&mut self) -> Result<Vec<ExperimentResult>> {
        match self.results.take() {
            Some(results) => Ok(results),
            None => self.fresh_results(),
        }
    }

    fn fresh_results(&self) -> Result<Vec<ExperimentResult>> {
        self.workspace.settings().experiments.iter().map(|e| self.readout(e)).collect()
    }

    /// Reads one experiment.
    pub fn readout(&self, experiment: &ExperimentSettings) -> Result<ExperimentResult> {
        (self.options.progress)(&format!("reading experiment {}", experiment.id), 0);
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let session = self.session(&lake, &as_of)?;
        let needs_segments = experiment.by.iter().any(|by| by == units::SEGMENT_COLUMN);
        let segments = if needs_segments {
            segments::read_membership(&self.workspace.segments_dir())?
        } else {
            HashMap::new()
        };
        let minor_per_major = 10f64.powi(exponent(&self.currency(&session)?) as i32);
        let ingest = lake.json::<IngestReport>(IngestReport::FILE)?;
        let crossed = ingest.crossed.get(&experiment.id).copied().unwrap_or(0);
        let intake = |window_hours| {
            let segments = &segments;
            let per_major = minor_per_major;
            units::intake(&session, experiment, window_hours, &as_of, per_major, segments, crossed)
        };
        let mut units = intake(experiment.window_hours)?;
        if let Some(hours) = experiment::early_look(experiment, units.starts, &as_of) {
            units = intake(hours)?;
        }
        let (id, question) = (experiment.id.clone(), experiment.question.clone());
        let not_yet = experiment::not_yet(&ingest.experiments, experiment, &units)?;
        if not_yet.is_some() {
            let (readout, maturing, prior) = (None, None, None);
            return Ok(ExperimentResult { id, question, units, readout, maturing, prior, not_yet });
        }
        let prior = experiment::prior(&session, experiment, &units)?;
        let alpha = self.workspace.settings().segments.test.alpha;
        let seed = self.seed();
        let readout = Some(experiment::read(experiment, &units, prior.as_ref(), alpha, seed)?);
        let maturing = experiment::maturing(experiment, &units);
        Ok(ExperimentResult { id, question, units, readout, maturing, prior, not_yet })
    }
}
