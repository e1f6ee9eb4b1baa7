//! The feature table of a workspace.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::features::{self, Extracted, Extraction, FeatureTable};
use crate::workspace::Manifest;

use super::{Outcome, Pipeline};

/// What computing a feature table took. Times are of all threads together.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub contacts: usize,
    pub features: usize,
    pub reading: Duration,
    pub measuring: Duration,
}

impl Spent {
    fn of(extracted: &Extracted) -> Self {
        Spent {
            contacts: extracted.table.contacts(),
            features: extracted.table.all_specs().len(),
            reading: extracted.reading,
            measuring: extracted.measuring,
        }
    }
}

impl Pipeline<'_> {
    pub(super) fn features_manifest(&self) -> Result<Manifest> {
        features::manifest(
            self.lake()?.manifest(),
            &self.as_of()?,
            &self.workspace.settings().features,
        )
    }

    /// Brings the feature table up to date.
    pub fn features(&mut self) -> Result<Outcome> {
        let dir = self.workspace.features_dir();
        let manifest = self.features_manifest()?;
        if Manifest::read(&dir).as_ref() == Some(&manifest) {
            return Ok(Outcome::UpToDate);
        }
        let extracted = self.some_features(&[])?;
        features::write(&extracted.table, &manifest, &dir)?;
        self.spent = Some(Spent::of(&extracted));
        self.table = Some(extracted.table);
        Ok(Outcome::Made)
    }

    /// What computing the feature table took, if it was computed in this run.
    pub fn spent(&self) -> Option<Spent> {
        self.spent
    }

    /// Computes the features called `only`, or all if none is named. Nothing is written but the closed
    /// history that all of them rest on.
    pub fn some_features(&self, only: &[String]) -> Result<Extracted> {
        self.check_features()?;
        (self.options.progress)("computing features", 0);
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let settings = &self.workspace.settings().features;
        let extraction = Extraction::new(&lake, &as_of, self.options.threads, settings);
        let extracted = match only {
            [] => features::extract_with_history(&extraction, &self.workspace.history_dir()),
            only => features::extract_only(&extraction, only),
        };
        let extracted = extracted.map_err(|e| self.in_settings(e))?;
        if extracted.table.contacts() == 0 {
            return Err(Error::data(format!("nobody is known before {as_of}"))
                .hint("choose a later --as-of"));
        }
        Ok(extracted)
    }

    pub(super) fn take_table(&mut self) -> Result<FeatureTable> {
        if let Some(table) = self.table.take() {
            return Ok(table);
        }
        if Manifest::read(&self.workspace.features_dir()) != Some(self.features_manifest()?) {
            return Err(Error::data("the feature table is out of date")
                .at_file(&self.workspace.features_dir())
                .hint("run `microseg features` first, or `microseg run` for everything"));
        }
        features::read(&self.workspace.features_dir())
    }
}
