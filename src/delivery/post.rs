//! One request with a body, and what its answer means.

use jiff::Timestamp;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, Url, redirect};

use super::destination::Destination;
use super::failure::Failure;
use super::trouble::Trouble;
use crate::workspace::DeliverySettings;

/// An address that is posted to.
pub(super) struct Post {
    destination: Destination,
    url: Url,
    /// Answers that say no hold one word of why.
    says_why: bool,
}

impl Post {
    pub(super) fn new(settings: &DeliverySettings, url: Url) -> Self {
        let destination = Destination::new(settings, url.host_str().unwrap_or_default());
        Post { destination, url, says_why: false }
    }

    /// Passes on the word that Slack answers with when it says no, such as `no_service`.
    pub(super) fn that_says_why(self) -> Self {
        Post { says_why: true, ..self }
    }

    pub(super) fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Posts `body`. Succeeds on an answer from 200 to 299, whose body is not read.
    pub(super) fn send(
        &self,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let client = self.client()?;
        let request = client.post(self.url.clone()).body(body);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let exchange = async {
            let response = request.send().await.map_err(|cause| self.failure(&cause))?;
            match response.status().is_success() {
                true => Ok(()),
                false => Err(self.refusal(response, now).await),
            }
        };
        self.destination.run(exchange).map_err(Failure::transient)?
    }

    /// Redirections are not followed: the second host would be sent what was meant for the first.
    fn client(&self) -> Result<Client, Failure> {
        let limit = self.destination.limit();
        let client = Client::builder()
            .user_agent(concat!("microseg/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(limit)
            .timeout(limit)
            .build();
        client.map_err(|_| {
            let error = self.destination.error("no connection can be prepared");
            Failure::transient(error.hint("the system has run out of files or memory"))
        })
    }

    fn failure(&self, cause: &reqwest::Error) -> Failure {
        match cause.is_timeout() {
            true => self.destination.no_answer(),
            false => self.destination.trouble(Trouble::of(cause)),
        }
    }

    async fn refusal(&self, response: Response, now: Timestamp) -> Failure {
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after_seconds = header.and_then(|text| seconds_of(text, now));
        let why = if self.says_why { word_of(response).await } else { None };
        let why = why.map(|word| format!(" ({word})")).unwrap_or_default();
        let error = self.destination.error(format!("the answer was {status}{why}"));
        Failure {
            error: error.hint(hint_of(status)),
            is_permanent: is_permanent(status),
            retry_after_seconds,
        }
    }
}

/// Answers that will be the same next time.
pub(super) fn is_permanent(status: u16) -> bool {
    (300..500).contains(&status) && !matches!(status, 408 | 425 | 429)
}

fn hint_of(status: u16) -> &'static str {
    match status {
        300..=399 => "the address has moved; write the new one",
        401 | 403 => "check the address and the secret",
        404 | 410 => "check the address; it may have been withdrawn",
        413 => "lower `batch`, or let the host accept longer requests",
        429 => "the host asks for fewer messages; it is tried again later",
        400..=499 => "look into the log of the host for what it did not like",
        _ => "it is tried again later; look into the log of the host",
    }
}

/// `Retry-After` in seconds from `now`: a number or a date (RFC 9110, section 10.2.3), at most a
/// day.
fn seconds_of(text: &str, now: Timestamp) -> Option<u64> {
    const DAY: u64 = 86_400;
    let text = text.trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(u64::try_from(at.as_second() - now.as_second()).unwrap_or(0))
    })?;
    Some(seconds.min(DAY))
}

/// The body, if it is one short word of small letters and `_`.
async fn word_of(mut response: Response) -> Option<String> {
    let start = response.chunk().await.ok()??;
    let word = std::str::from_utf8(&start).ok()?.trim();
    let is_word = word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    (is_word && (1..=40).contains(&word.len())).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_answers_are_final() {
        let permanent = [301, 302, 400, 401, 403, 404, 410, 413, 422];
        assert!(permanent.into_iter().all(is_permanent));
        let transient = [408, 425, 429, 500, 502, 503, 504];
        assert!(!transient.into_iter().any(is_permanent));
    }

    #[test]
    fn waits_are_numbers_or_dates() {
        let now = Timestamp::from_second(784_111_777).unwrap();
        assert_eq!(seconds_of("120", now), Some(120));
        assert_eq!(seconds_of("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60));
        assert_eq!(seconds_of("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(0));
        assert_eq!(seconds_of("99999999", now), Some(86_400));
        assert_eq!(seconds_of("soon", now), None);
    }
}
