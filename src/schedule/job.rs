//! A job of the settings, ready to be asked when it runs.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::workspace::{ScheduleSettings, Workspace};

use super::timetable::Timetable;

/// A `[[schedule]]` with its timetable.
#[derive(Debug, Clone)]
pub struct Scheduled {
    pub settings: ScheduleSettings,
    pub timetable: Timetable,
}

impl Scheduled {
    /// All jobs of a workspace, in the order of the settings.
    ///
    /// # Errors
    ///
    /// A settings error for a cron expression that cannot be read.
    pub fn all(workspace: &Workspace) -> Result<Vec<Self>> {
        let settings = workspace.settings();
        let file = workspace.root().join(crate::workspace::SETTINGS_FILE);
        let scheduled = |job: &ScheduleSettings| {
            let zone = job.timezone.as_deref().unwrap_or(&settings.shop.timezone);
            let timetable = Timetable::parse(&job.cron, zone).map_err(|e| e.at_file(&file))?;
            Ok(Scheduled { settings: job.clone(), timetable })
        };
        settings.schedule.iter().map(scheduled).collect()
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn time_limit(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.settings.time_limit_minutes))
    }

    /// When a failure of the attempt so numbered, from 1, is tried again: each wait is twice the one before, a day at
    /// most.
    pub fn retry_at(&self, attempt: u64, failed_at: Timestamp) -> Option<Timestamp> {
        const DAY_MINUTES: i64 = 24 * 60;
        if attempt > u64::from(self.settings.retries) {
            return None;
        }
        let doubled = i64::from(self.settings.retry_minutes) << (attempt - 1).min(20);
        failed_at.checked_add(SignedDuration::from_mins(doubled.min(DAY_MINUTES))).ok()
    }
}
