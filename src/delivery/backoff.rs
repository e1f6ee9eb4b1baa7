//! How long to wait after a failed attempt.

use sha2::{Digest, Sha256};

use crate::workspace::DeliverySettings;

/// Exponential back-off with jitter that follows from the message.
///
/// After the n-th failure the ceiling is `first · 2^(n−1)` seconds, at most `longest`. The wait is
/// between half the ceiling and all of it; where, is drawn from SHA-256 of the message's id and n.
/// So messages that failed together come back apart, and a wait can be computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first_seconds: u64,
    longest_seconds: u64,
}

impl Backoff {
    /// The waits that a delivery asks for.
    pub fn of(settings: &DeliverySettings) -> Self {
        Backoff::new(settings.first_retry_seconds, settings.longest_retry_seconds)
    }

    pub fn new(first_seconds: u32, longest_seconds: u32) -> Self {
        let first_seconds = u64::from(first_seconds.max(1));
        Backoff { first_seconds, longest_seconds: u64::from(longest_seconds).max(first_seconds) }
    }

    /// Seconds from failure number `attempt` (from 1) of message `id` to the next attempt.
    pub fn retry_after(&self, id: &str, attempt: u32) -> u64 {
        let doublings = attempt.saturating_sub(1).min(32);
        let ceiling = (self.first_seconds << doublings).min(self.longest_seconds);
        let half = ceiling / 2;
        (half + draw(id, attempt) % (ceiling - half + 1)).max(1)
    }
}

/// 64 even bits of a message and an attempt.
fn draw(id: &str, attempt: u32) -> u64 {
    let digest = Sha256::new().chain_update(attempt.to_be_bytes()).chain_update(id).finalize();
    digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let backoff = Backoff::new(30, 3600);
        let ceilings = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600];
        for (attempt, ceiling) in (1..).zip(ceilings) {
            for message in 0..200 {
                let wait = backoff.retry_after(&format!("digest-{message}"), attempt);
                assert!((ceiling / 2..=ceiling).contains(&wait), "{attempt}: {wait}");
            }
        }
        assert!(backoff.retry_after("digest", u32::MAX) <= 3600);
        assert_eq!(backoff.retry_after("a", 3), backoff.retry_after("a", 3));
    }

    #[test]
    fn messages_that_failed_together_come_back_apart() {
        let backoff = Backoff::new(3600, 3600);
        let waits: Vec<u64> =
            (0..2000).map(|n| backoff.retry_after(&format!("digest-{n}"), 1)).collect();
        let mean = waits.iter().sum::<u64>() as f64 / 2000.0;
        // Even on 1800..=3600: mean 2700, standard error 520 / √2000 = 11.6.
        assert!((mean - 2700.0).abs() < 4.0 * 11.6, "{mean}");
        let early = waits.iter().filter(|wait| **wait < 2250).count();
        assert!((400..600).contains(&early), "{early}");
    }

    #[test]
    fn the_least_is_a_second() {
        assert_eq!(Backoff::new(0, 0).retry_after("a", 1), 1);
        assert_eq!(Backoff::new(1, 1).retry_after("a", 9), 1);
    }
}
