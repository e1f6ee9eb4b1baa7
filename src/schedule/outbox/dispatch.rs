//! Attempts to deliver.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::delivery::{Backoff, Channel, Failure};
use crate::error::{Error, Result};
use crate::workspace::journal::{Journal, Queued};
use crate::workspace::{DeliverySettings, Workspace};

use super::super::supervisor::Stop;
use super::{compose, dead_letter, queue};

/// The deliveries of a workspace.
pub struct Outbox<'a> {
    pub workspace: &'a Workspace,
    /// Values of variables of the environment.
    pub secrets: &'a dyn Fn(&str) -> Option<String>,
    pub stop: Stop<'a>,
    /// The real time, which messages are dated and signed with, also in a rehearsal.
    pub real_time: &'a dyn Fn() -> Timestamp,
}

/// What one call did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Delivered {
    pub queued: usize,
    pub sent: usize,
    /// To be tried again.
    pub failed: usize,
    /// Given up.
    pub dead: usize,
    /// Why new messages could not be queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_queued: Option<String>,
}

impl Outbox<'_> {
    /// Queues what is new, and attempts every message that is due. Messages of one delivery go in order: after a failure
    /// those behind it wait with it.
    ///
    /// # Errors
    ///
    /// A data error if journal, refreshes or digests cannot be read or written. A message that is not delivered is
    /// recorded, and no error.
    pub fn deliver(&self, journal: &mut Journal, now: Timestamp) -> Result<Delivered> {
        let mut done = Delivered::default();
        // A refresh that cannot be read does not keep back what was queued before.
        match queue::queue(self.workspace, journal, now) {
            Ok(queued) => done.queued = queued,
            Err(error) => {
                let why = told(&error);
                tracing::error!("new messages cannot be queued: {why}");
                done.not_queued = Some(why);
            }
        }
        let mut channels: BTreeMap<String, Result<Channel, String>> = BTreeMap::new();
        let mut blocked: BTreeSet<String> = BTreeSet::new();
        for message in journal.to_send(now)? {
            if (self.stop)() {
                break;
            }
            if blocked.contains(&message.delivery) {
                continue;
            }
            let settings = self.settings(&message.delivery);
            let failure = match settings {
                None => Some(gone(&message)),
                Some(settings) => {
                    let channel = channels
                        .entry(message.delivery.clone())
                        .or_insert_with(|| self.open(settings));
                    self.attempt(channel, &message)
                }
            };
            let Some(failure) = failure else {
                tracing::info!(id = message.id, delivery = message.delivery, "delivered");
                dead_letter::remove(self.workspace, &message)?;
                journal.sent(&message.id, now)?;
                done.sent += 1;
                continue;
            };
            match self.failed(journal, settings, &message, &failure, now)? {
                Some(_) => {
                    blocked.insert(message.delivery.clone());
                    done.failed += 1;
                }
                None => done.dead += 1,
            }
        }
        Ok(done)
    }

    fn settings(&self, delivery: &str) -> Option<&DeliverySettings> {
        self.workspace.settings().deliveries.iter().find(|known| known.name == delivery)
    }

    fn open(&self, settings: &DeliverySettings) -> Result<Channel, String> {
        Channel::open(settings, self.workspace.root(), self.secrets).map_err(|error| told(&error))
    }

    /// One attempt; `None` if it went well.
    fn attempt(&self, channel: &Result<Channel, String>, message: &Queued) -> Option<Failure> {
        let channel = match channel {
            Ok(channel) => channel,
            Err(why) => return Some(transient(Error::settings(why.clone()))),
        };
        match compose::compose(self.workspace, message) {
            Ok(made) => channel.send(&made, (self.real_time)()).err(),
            // What is gone does not come back by itself; what cannot be read may.
            Err(error) => {
                let is_permanent = !self.workspace.root().join(&message.source).exists();
                Some(Failure { error, is_permanent, retry_after_seconds: None })
            }
        }
    }

    /// Records a failure; when the message is tried again, if it is.
    fn failed(
        &self,
        journal: &mut Journal,
        settings: Option<&DeliverySettings>,
        message: &Queued,
        failure: &Failure,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let next_at = settings.and_then(|settings| next_at(settings, message, failure, now));
        let why = match (next_at, failure.is_permanent) {
            // Nothing is tried again: the hint would say so.
            (None, false) => failure.error.to_string(),
            _ => told(&failure.error),
        };
        // A digest may tell it, wherever the workspace is.
        let why = why.replace(&format!("{}/", self.workspace.root().display()), "");
        match next_at {
            Some(at) => {
                tracing::warn!(id = message.id, delivery = message.delivery, again = %at, "not delivered: {why}");
            }
            None => {
                tracing::error!(id = message.id, delivery = message.delivery, "given up: {why}");
                dead_letter::write(self.workspace, message, &why)?;
            }
        }
        journal.not_sent(&message.id, now, &why, next_at)?;
        Ok(next_at)
    }
}

fn next_at(
    settings: &DeliverySettings,
    message: &Queued,
    failure: &Failure,
    now: Timestamp,
) -> Option<Timestamp> {
    let attempt = message.attempts + 1;
    if failure.is_permanent || attempt >= u64::from(settings.attempts) {
        return None;
    }
    let backoff = Backoff::new(settings.first_retry_seconds, settings.longest_retry_seconds);
    let wait = backoff.retry_after(&message.id, u32::try_from(attempt).unwrap_or(u32::MAX));
    let wait = wait.max(failure.retry_after_seconds.unwrap_or(0));
    let wait = SignedDuration::from_secs(i64::try_from(wait).unwrap_or(i64::MAX));
    now.checked_add(wait).ok()
}

fn transient(error: Error) -> Failure {
    Failure { error, is_permanent: false, retry_after_seconds: None }
}

fn gone(message: &Queued) -> Failure {
    let error = Error::settings(format!("there is no delivery `{}` any more", message.delivery))
        .hint("put it back into microseg.toml, and run `microseg deliver --again`");
    Failure { error, is_permanent: true, retry_after_seconds: None }
}

/// An error with what to do about it, on one line.
fn told(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    }
}
