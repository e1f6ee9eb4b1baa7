//! Bringing the predictions up to date.

use crate::error::Result;
use crate::features;
use crate::predict::outlook::OutlookValidParams;
use crate::workspace::{InputFile, Manifest, SETTINGS_FILE, fingerprint};

use super::super::run::{Outcome, Pipeline};
use super::make::{Ground, Prediction};
use super::store;

impl Pipeline<'_> {
    pub(in super::super) fn prediction_manifest(&self) -> Result<Manifest> {
        let input = InputFile {
            name: "features".to_owned(),
            fingerprint: self.features_manifest()?.hash()?,
        };
        let settings = self.workspace.settings();
        let hash = fingerprint(&(&settings.predict, &settings.shop, &settings.features))?;
        let manifest = Manifest::new("predict", hash, None, Some(self.as_of()?.to_string()));
        Ok(manifest.with_inputs(vec![input]))
    }

    /// Brings the predictions up to date.
    pub fn predict(&mut self) -> Result<Outcome> {
        let (dir, manifest) = (self.workspace.predict_dir(), self.prediction_manifest()?);
        // Predictions of a program that kept no models are made again.
        if Manifest::read(&dir).as_ref() == Some(&manifest) && store::read_models(&dir).is_ok() {
            return Ok(Outcome::UpToDate);
        }
        let prediction = self.fresh_prediction()?;
        store::write(&prediction, &manifest, &dir)?;
        self.prediction = Some(prediction);
        Ok(Outcome::Made)
    }

    /// The predictions as computed in this run, or computed again.
    pub fn prediction(&mut self) -> Result<Prediction> {
        match self.prediction.take() {
            Some(prediction) => Ok(prediction),
            None => self.fresh_prediction(),
        }
    }

    /// What `[predict]` says, checked.
    pub(in super::super) fn outlook_params(&self) -> Result<OutlookValidParams> {
        let path = self.workspace.root().join(SETTINGS_FILE);
        OutlookValidParams::from_settings(&self.workspace.settings().predict)
            .map_err(|e| e.at_file(&path))
    }

    fn fresh_prediction(&self) -> Result<Prediction> {
        self.on_ground(|ground| ground.predict())
    }

    /// Brings together what predictions are made from, and makes them.
    pub(super) fn on_ground<T>(&self, make: impl FnOnce(&Ground<'_>) -> Result<T>) -> Result<T> {
        let params = self.outlook_params()?;
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let session = self.session(&lake, &as_of)?;
        let read;
        let table = match &self.table {
            Some(table) => table,
            None => {
                self.check_features_fresh()?;
                read = features::read(&self.workspace.features_dir())?;
                &read
            }
        };
        let progress = |what: &str| (self.options.progress)(what, 0);
        make(&Ground {
            lake: &lake,
            session: &session,
            as_of: &as_of,
            threads: self.options.threads,
            features: &self.workspace.settings().features,
            table,
            params: &params,
            currency: self.currency(&session)?,
            progress: &progress,
        })
    }
}
