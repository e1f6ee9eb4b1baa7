//! What a test can show: everybody at once, and in each segment of the proposal.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::features;
use crate::segments::reach::{Mailing, Reach};
use crate::segments::rules::discovered;
use crate::workspace::{Manifest, SegmentTestSettings};

use super::Pipeline;

/// What one send in two arms can show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestPower {
    pub as_of: String,
    /// Two-sided.
    pub alpha: f64,
    /// Everybody who was mailed.
    pub overall: Reach,
    pub segments: Vec<SegmentPower>,
    /// The alpha of one segment if all are read as one family (Bonferroni, and Holm's first step).
    pub alpha_together: f64,
}

/// What one send to a segment can show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentPower {
    pub id: String,
    pub name: String,
    pub contacts: usize,
    /// The segment read by itself.
    pub alone: Reach,
    /// The segment read as one of all.
    pub together: Reach,
}

impl Pipeline<'_> {
    /// What a two-arm send can show by `test`, overall and by segment of the proposal.
    ///
    /// # Errors
    ///
    /// A data error if features or proposal are out of date, or the data hold no mails; a settings error
    /// if the test's parameters are out of range.
    pub fn test_power(&self, test: &SegmentTestSettings) -> Result<TestPower> {
        self.check_features_fresh()?;
        let dir = self.workspace.segments_dir();
        if Manifest::read(&dir) != Some(self.proposal_manifest()?) {
            return Err(Error::data("there is no proposal, or it is out of date")
                .at_file(&dir)
                .hint("run `microseg propose` first, or `microseg run` for everything"));
        }
        let table = features::read(&self.workspace.features_dir())?;
        let found = discovered::read(&dir, &table.ids)?;
        let alpha_together = test.alpha / found.len().max(1) as f64;
        let together = SegmentTestSettings { alpha: alpha_together, ..*test };
        let (Some(alone), Some(together)) =
            (Mailing::of(&table, test)?, Mailing::of(&table, &together)?)
        else {
            return Err(Error::data(
                "the data hold no mail of the last 90 days that was a success",
            )
            .hint("a test is planned from earlier mails: map events with sends and opens"));
        };
        let segments = found.into_iter().map(|segment| {
            let rows = || segment.members.places();
            SegmentPower {
                contacts: segment.members.len(),
                alone: alone.reach(rows()),
                together: together.reach(rows()),
                id: segment.id,
                name: segment.name,
            }
        });
        Ok(TestPower {
            as_of: self.as_of()?.to_string(),
            alpha: test.alpha,
            overall: alone.reach(0..table.contacts()),
            segments: segments.collect(),
            alpha_together,
        })
    }
}
