//! An attempt that failed.

use crate::error::Error;

/// Why an attempt failed, and whether another makes sense.
#[derive(Debug)]
pub struct Failure {
    /// Names the delivery and the host, never an address, a secret or a query.
    pub error: Error,
    /// The destination will say no to every further attempt.
    pub is_permanent: bool,
    /// Seconds for which the destination asks not to be asked again.
    pub retry_after_seconds: Option<u64>,
}

impl Failure {
    pub(super) fn permanent(error: Error) -> Self {
        Failure { error, is_permanent: true, retry_after_seconds: None }
    }

    pub(super) fn transient(error: Error) -> Self {
        Failure { error, is_permanent: false, retry_after_seconds: None }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}
