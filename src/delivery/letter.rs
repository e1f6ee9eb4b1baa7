//! A report as an email.
//!
//! The form is multipart/alternative (RFC 2046): plain text, then multipart/related (RFC 2387) of
//! HTML and its pictures, which the HTML refers to as `cid:NAME` (RFC 2392). The same report at the
//! same time is the same bytes: boundaries follow from the id.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::message::Report;
use crate::error::{Error, Result};

/// Who writes to whom.
#[derive(Debug, Clone)]
pub(super) struct Correspondents {
    pub(super) from: Mailbox,
    pub(super) to: Vec<Mailbox>,
}

impl Correspondents {
    /// The email that `report` is.
    pub(super) fn letter(&self, report: &Report, now: Timestamp) -> Result<lettre::Message> {
        let id = format!("<{}@{}>", report.id, self.from.email.domain());
        let mut letter = lettre::Message::builder()
            .message_id(Some(id))
            .date(SystemTime::from(now))
            .from(self.from.clone())
            .subject(one_line(&report.title))
            .raw_header(header("X-Microseg-Id", &report.id))
            // Machines that answer letters leave these alone (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated"));
        for to in &self.to {
            letter = letter.to(to.clone());
        }
        letter.multipart(body(report)?).map_err(|_| defect())
    }
}

fn body(report: &Report) -> Result<MultiPart> {
    let png = ContentType::parse("image/png").map_err(|_| defect())?;
    let related = MultiPart::related().boundary(boundary(report, "related"));
    let mut related = related.singlepart(SinglePart::html(report.html.clone()));
    for figure in &report.figures {
        let name = format!("{}.png", figure.name);
        let picture = Attachment::new_inline_with_name(figure.name.clone(), name);
        related = related.singlepart(picture.body(figure.png.clone(), png.clone()));
    }
    Ok(MultiPart::alternative()
        .boundary(boundary(report, "alternative"))
        .singlepart(SinglePart::plain(report.text.clone()))
        .multipart(related))
}

/// A line that no content holds by chance.
fn boundary(report: &Report, part: &str) -> String {
    let digest = Sha256::new().chain_update(part).chain_update(&report.id).finalize();
    digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A line break would end the header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn defect() -> Error {
    Error::internal("a report cannot be written as an email")
}

#[cfg(test)]
mod tests {
    use super::super::message::Figure;
    use super::*;

    fn written(report: &Report) -> String {
        let mailbox = |text: &str| text.parse::<Mailbox>().unwrap();
        let people = Correspondents {
            from: mailbox("Bericht für alle <reports@shop.example>"),
            to: vec![mailbox("ann@example.com"), mailbox("Bob <bob@example.com>")],
        };
        let now = Timestamp::from_second(1_782_691_200).unwrap();
        String::from_utf8(people.letter(report, now).unwrap().formatted()).unwrap()
    }

    fn report() -> Report {
        Report {
            id: "digest-2026-06-29-9f2c".to_owned(),
            title: "Week 27: 3 segments\r\nBcc: evil@example.com".to_owned(),
            text: "Größer als zuvor.".to_owned(),
            html: "<p>Größer.</p><img src=\"cid:sizes\" alt=\"Sizes\">".to_owned(),
            figures: vec![Figure {
                name: "sizes".to_owned(),
                alt: "Sizes".to_owned(),
                png: b"\x89PNG".to_vec(),
            }],
            ..Report::default()
        }
    }

    #[test]
    fn headers_and_parts() {
        let written = written(&report());
        assert!(written.is_ascii());
        for line in [
            "Message-ID: <digest-2026-06-29-9f2c@shop.example>\r\n",
            "X-Microseg-Id: digest-2026-06-29-9f2c\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Date: Mon, 29 Jun 2026 00:00:00 +0000\r\n",
            "To: ann@example.com, Bob <bob@example.com>\r\n",
            "Content-ID: <sizes>\r\n",
            "Content-Type: image/png\r\n",
        ] {
            assert!(written.contains(line), "{line}{written}");
        }
        assert!(!written.contains("\r\nBcc"), "{written}");
        let place = |text: &str| written.find(text).unwrap();
        assert!(place("multipart/alternative") < place("text/plain"));
        assert!(place("text/plain") < place("multipart/related"));
        assert!(place("multipart/related") < place("text/html"));
    }

    #[test]
    fn the_same_report_is_the_same_bytes() {
        assert_eq!(written(&report()), written(&report()));
    }
}
