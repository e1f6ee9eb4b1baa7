//! Looking at sources, settings and data without changing anything.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::features::custom;
use crate::hygiene::{self, Audit, AuditInput};
use crate::ingest::{self, IngestReport, Ingested};
use crate::lake::Lake;
use crate::workspace::{AsOf, SETTINGS_FILE};

use super::Pipeline;

impl Pipeline<'_> {
    /// Checks the sources and audits what would come of them, in a lake made in `dir` for the
    /// purpose. There is no audit where no row has a time and no as-of is given.
    pub fn check(&self, dir: &Path) -> Result<(Ingested, Option<Audit>)> {
        let ingested = ingest::ingest_into(dir, &self.plan()?, self.options.progress)?;
        let audit = match self.as_of_after(&ingested.report)? {
            Some(as_of) => Some(self.audit(&Lake::open(dir)?, &ingested.report, &as_of)?),
            None => None,
        };
        Ok((ingested, audit))
    }

    pub(super) fn audit(&self, lake: &Lake, report: &IngestReport, as_of: &AsOf) -> Result<Audit> {
        (self.options.progress)("auditing the data", 0);
        let (settings, threads) = (self.workspace.settings(), self.options.threads);
        hygiene::audit(&AuditInput { lake, report, settings, as_of, threads })
    }

    /// Refuses features in SQL that cannot work, before anything is read for long.
    pub(super) fn check_features(&self) -> Result<()> {
        let settings = self.workspace.settings();
        let attributes = settings.sources.iter().flat_map(|s| s.attributes.iter().cloned());
        let attributes: BTreeSet<String> = attributes.collect();
        let attributes: Vec<String> = attributes.into_iter().collect();
        custom::check(&settings.features, &attributes).map_err(|e| self.in_settings(e))
    }

    /// An error with a line and no file is one of the settings.
    pub(super) fn in_settings(&self, error: Error) -> Error {
        match (error.place().line, &error.place().file) {
            (Some(_), None) => error.at_file(&self.workspace.root().join(SETTINGS_FILE)),
            _ => error,
        }
    }
}
