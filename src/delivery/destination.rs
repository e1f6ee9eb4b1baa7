//! Who is spoken to, as errors may say it, and how long a step may take.

use std::future::Future;
use std::time::Duration;

use super::failure::Failure;
use super::trouble::Trouble;
use crate::error::{Error, Result};
use crate::workspace::DeliverySettings;

/// A delivery's name, its host, and its time limit.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    delivery: String,
    host: String,
    seconds: u32,
}

impl Destination {
    pub(super) fn new(settings: &DeliverySettings, host: &str) -> Self {
        let seconds = settings.timeout_seconds.max(1);
        Destination { delivery: settings.name.clone(), host: host.to_owned(), seconds }
    }

    /// What one step on the network may take.
    pub(super) fn limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds))
    }

    /// An error of this destination.
    pub(super) fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::data(format!("delivery {}: {}: {what}", self.delivery, self.host))
    }

    pub(super) fn no_answer(&self) -> Failure {
        self.trouble(Trouble::NoAnswer)
    }

    /// The failure that a trouble is; all of them can pass.
    pub(super) fn trouble(&self, trouble: Trouble) -> Failure {
        let (what, hint) = trouble.words();
        let error = match trouble {
            Trouble::NoAnswer if self.seconds == 1 => self.error("no answer within 1 second"),
            Trouble::NoAnswer => self.error(format!("no answer within {} seconds", self.seconds)),
            _ => self.error(what),
        };
        Failure::transient(error.hint(hint))
    }

    /// Runs `future` on this thread, in a runtime of its own. What it has started besides, such as
    /// a look-up of a host's name, is not waited for.
    pub(super) fn run<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| {
            self.error("no connection can be started")
                .hint("the system has run out of files or memory")
                .caused_by(cause)
        })?;
        let result = runtime.block_on(future);
        runtime.shutdown_background();
        Ok(result)
    }
}
