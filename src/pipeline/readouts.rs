//! The readouts of a workspace.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::error::Result;
use crate::experiments::lake as units;
use crate::ingest::{IngestReport, exponent};
use crate::segments;
use crate::workspace::atomic::{self, Staging};
use crate::workspace::{ExperimentSettings, InputFile, Manifest, fingerprint};

use super::experiment::{self, ExperimentResult};
use super::refresh::{self, MODEL_INPUT};
use super::run::{Outcome, Pipeline};
use super::standing_file;

/// Where the segments are from that experiments are read by.
enum SegmentsRead {
    Proposal,
    Refresh(PathBuf),
}

impl Pipeline<'_> {
    pub(super) fn readouts_manifest(&self) -> Result<Manifest> {
        let lake =
            InputFile { name: "lake".to_owned(), fingerprint: self.lake()?.manifest().hash()? };
        let mut inputs = vec![lake];
        inputs.extend(self.segments_read()?.map(|(_, input)| input));
        let settings = self.workspace.settings();
        let alpha = settings.segments.test.alpha;
        let hash = fingerprint(&(&settings.experiments, &settings.shop, alpha))?;
        let manifest =
            Manifest::new("readouts", hash, Some(self.seed()), Some(self.as_of()?.to_string()));
        Ok(manifest.with_inputs(inputs))
    }

    /// What experiments are read by: the proposal if it is of this as-of; else the accepted discovered segments at the
    /// refresh of this as-of, if there are any; else the proposal as it is.
    fn segments_read(&self) -> Result<Option<(SegmentsRead, InputFile)>> {
        let as_of = self.as_of()?.to_string();
        let refreshed = self.workspace.refreshes_dir().join(experiment::file_stem(&as_of));
        let proposal = Manifest::read(&self.workspace.segments_dir());
        let is_current = proposal.as_ref().is_some_and(|m| m.as_of.as_ref() == Some(&as_of));
        let has_discovered = |m: &Manifest| m.inputs.iter().any(|input| input.name == MODEL_INPUT);
        let refresh = Manifest::read(&refreshed).filter(|m| !is_current && has_discovered(m));
        let (read, name, manifest) = match refresh {
            Some(manifest) => (SegmentsRead::Refresh(refreshed), "refresh", manifest),
            None => match proposal {
                Some(manifest) => (SegmentsRead::Proposal, "segments", manifest),
                None => return Ok(None),
            },
        };
        let input = InputFile { name: name.to_owned(), fingerprint: manifest.hash()? };
        Ok(Some((read, input)))
    }

    /// The discovered segment's name, by contact.
    fn segment_names(&self) -> Result<HashMap<String, String>> {
        match self.segments_read()? {
            Some((SegmentsRead::Refresh(dir), _)) => {
                let standing = standing_file::read(&dir)?;
                let names = refresh::segment_names(&dir)?;
                Ok(standing.discovered(&names))
            }
            _ => segments::read_membership(&self.workspace.segments_dir()),
        }
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
            let name = format!("{}.json", experiment::file_stem(&result.id));
            atomic::write_json(&staging.path().join(name), result)?;
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
        let segments = if needs_segments { self.segment_names()? } else { HashMap::new() };
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
