//! Lifecycle stages of a workspace.

use crate::error::Result;
use crate::ingest::exponent;
use crate::predict::lifecycle::{Lifecycle, LifecycleInput, stages};

use super::Pipeline;

impl Pipeline<'_> {
    /// Finds the lifecycle stage of everybody in the lake. Nothing is written.
    ///
    /// # Errors
    ///
    /// The errors of [`stages`]; a data error for a threshold of money where orders are in several
    /// currencies.
    pub fn lifecycle(&self) -> Result<Lifecycle> {
        (self.options.progress)("finding lifecycle stages", 0);
        let settings = &self.workspace.settings().lifecycle;
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let session = self.session(&lake, &as_of)?;
        let minor_per_major = match settings.loyal_spend {
            Some(_) => 10f64.powi(exponent(&self.currency(&session)?) as i32),
            None => 1.0,
        };
        let input = LifecycleInput { session: &session, as_of: &as_of, settings, minor_per_major };
        stages(&input).map_err(|e| self.in_settings(e))
    }
}
