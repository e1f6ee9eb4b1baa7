//! Programs and chats that are posted to.

use jiff::Timestamp;
use serde_json::json;

use super::channel::required;
use super::failure::Failure;
use super::message::{Changes, Message, Report};
use super::post::Post;
use super::signature::sign;
use super::{slack, teams};
use crate::error::Result;
use crate::workspace::{ChatStyle, DeliverySettings};

type Secrets<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Signed requests to a program.
pub(super) struct Webhook {
    post: Post,
    secret: String,
    batch: usize,
}

impl Webhook {
    pub(super) fn open(settings: &DeliverySettings, secrets: Secrets<'_>) -> Result<Self> {
        let post = open_post(settings, secrets)?;
        let secret = required(settings, secrets, "secret_env", settings.secret_env())?;
        Ok(Webhook { post, secret, batch: settings.batch() })
    }

    /// Changes go in requests of at most `batch`. If one fails, the next attempt begins with the
    /// first again: the parts' ids are the same, so that a receiver can drop those that it has.
    pub(super) fn send(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        match message {
            Message::Report(report) => {
                let body = digest(report).to_string().into_bytes();
                self.send_body(&report.id, "application/json", body, now)
            }
            Message::Changes(changes) => changes.parts(self.batch).into_iter().try_for_each(
                |Changes { id, ndjson, .. }| {
                    self.send_body(&id, "application/x-ndjson", ndjson, now)
                },
            ),
        }
    }

    fn send_body(
        &self,
        id: &str,
        kind: &str,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let signature = sign(self.secret.as_bytes(), now.as_second(), &body);
        let headers =
            [("Content-Type", kind), ("Idempotency-Key", id), ("X-Microseg-Signature", &signature)];
        self.post.send(&headers, body, now)
    }
}

fn digest(report: &Report) -> serde_json::Value {
    json!({
        "id": report.id,
        "title": report.title,
        "headline": report.headline,
        "lines": report.text.lines().collect::<Vec<_>>(),
        "link": report.link,
    })
}

/// A channel of Slack or Teams.
pub(super) struct Chat {
    post: Post,
    style: ChatStyle,
}

impl Chat {
    pub(super) fn open(settings: &DeliverySettings, secrets: Secrets<'_>) -> Result<Self> {
        let style = settings.style.unwrap_or(ChatStyle::Slack);
        let post = open_post(settings, secrets)?;
        let post = if style == ChatStyle::Slack { post.that_says_why() } else { post };
        Ok(Chat { post, style })
    }

    pub(super) fn send(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        let Message::Report(report) = message else {
            let error = self.post.destination().error("a chat cannot carry changes");
            return Err(Failure::permanent(error.hint("send changes by a webhook")));
        };
        let body = match self.style {
            ChatStyle::Slack => slack::message(report),
            ChatStyle::Teams => teams::message(report),
        };
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &report.id)];
        self.post.send(&headers, body.to_string().into_bytes(), now)
    }
}

fn open_post(settings: &DeliverySettings, secrets: Secrets<'_>) -> Result<Post> {
    let url = match (&settings.url, &settings.url_env) {
        (_, Some(variable)) => {
            let text = required(settings, secrets, "url_env", variable)?;
            settings.post_address(&format!("the variable {variable}"), &text)?
        }
        (url, None) => settings.post_address("url", url.as_deref().unwrap_or_default())?,
    };
    Ok(Post::new(settings, url))
}
