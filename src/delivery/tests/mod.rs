//! Channels against servers of this process.

mod folders;
mod mails;
mod opening;
mod posts;
mod server;
mod stores;

use std::path::Path;

use jiff::Timestamp;

use super::{Changes, Channel, Failure, Figure, Message, Report};
use crate::error::Result;
use crate::workspace::DeliverySettings;

const SECRETS: [(&str, &str); 6] = [
    ("MICROSEG_SMTP_USERNAME", "robot"),
    ("MICROSEG_SMTP_PASSWORD", "pass-word"),
    ("MICROSEG_WEBHOOK_SECRET", "hush-hush"),
    ("CHAT_URL", "https://hooks.example.com/services/T0/B0/hush-hush"),
    ("AWS_ACCESS_KEY_ID", "key-id"),
    ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
];

fn settings(keys: &str) -> DeliverySettings {
    toml::from_str(&format!("name = \"team\"\ntimeout_seconds = 1\n{keys}")).unwrap()
}

fn secret(name: &str) -> Option<String> {
    SECRETS.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

fn open(keys: &str) -> Result<Channel> {
    Channel::open(&settings(keys), Path::new("/nowhere"), &secret)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_782_691_200).unwrap()
}

fn send(keys: &str, message: &Message) -> Result<(), Failure> {
    open(keys).unwrap().send(message, now())
}

fn report() -> Message {
    Message::Report(Report {
        id: "digest-2026-06-29-9f2c".to_owned(),
        title: "Week 27".to_owned(),
        text: "One.\nTwo.".to_owned(),
        html: "<p>One.</p><img src=\"cid:sizes\">".to_owned(),
        figures: vec![Figure {
            name: "sizes".to_owned(),
            alt: "Sizes".to_owned(),
            png: b"\x89PNG".to_vec(),
        }],
        files: vec![
            ("digest.html".to_owned(), b"<p>page</p>".to_vec()),
            ("figures/sizes.png".to_owned(), b"\x89PNG".to_vec()),
        ],
        link: Some("https://example.com/r".to_owned()),
        headline: vec!["Three segments grew.".to_owned()],
    })
}

fn changes(count: usize) -> Message {
    let lines: String = (0..count).map(|n| format!("{{\"contact\":\"c{n}\"}}\n")).collect();
    Message::Changes(Changes { id: "changes-7".to_owned(), ndjson: lines.into_bytes(), count })
}

/// What a failure tells, with everything that hangs on it.
fn told(failure: &Failure) -> String {
    format!("{:?}", failure.error)
}

fn assert_private(failure: &Failure) {
    let told = told(failure);
    for private in ["hush", "pass-word", "robot", "@", "services", "key-id", "?token"] {
        assert!(!told.contains(private), "{private}: {told}");
    }
    assert!(failure.error.hint_text().is_some(), "{told}");
    assert!(failure.to_string().contains("delivery team: 127.0.0.1: "), "{failure}");
}
