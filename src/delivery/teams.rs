//! A report as a message of Teams' webhooks, made by the Workflows app.
//!
//! Format: a message with one attachment, an Adaptive Card. Workflows take Adaptive Cards only, and
//! messages of at most 28 KB. Sentences are text runs, in which Markdown has no meaning.

use serde_json::{Value, json};

use super::message::Report;

const BYTES_MOST: usize = 16_000;
const LINE_MOST: usize = 2000;

/// Title, headline and link, a button if it is of the web; figures and files stay behind the link.
pub(super) fn message(report: &Report) -> Value {
    let mut body = vec![block(json!({
        "type": "TextRun",
        "text": cut(&report.title),
        "size": "Large",
        "weight": "Bolder",
    }))];
    let lines = lines_of(&report.headline);
    body.extend(lines.into_iter().map(|line| block(json!({ "type": "TextRun", "text": line }))));
    let link = report.link.as_deref();
    let is_web = |link: &&str| link.starts_with("https://") || link.starts_with("http://");
    let (button, text) = (link.filter(is_web), link.filter(|link| !is_web(link)));
    body.extend(text.map(|text| block(json!({ "type": "TextRun", "text": text }))));
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
    });
    if let Some(link) = button {
        card["actions"] =
            json!([{ "type": "Action.OpenUrl", "title": "Open the report", "url": link }]);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}

fn block(run: Value) -> Value {
    json!({ "type": "RichTextBlock", "inlines": [run] })
}

/// As many sentences as there is room for, with what JSON writes around each.
fn lines_of(sentences: &[String]) -> Vec<String> {
    const AROUND: usize = 80;
    let mut room = BYTES_MOST;
    let mut lines = Vec::new();
    for sentence in sentences {
        let line = cut(sentence);
        let length = Value::from(line.as_str()).to_string().len() + AROUND;
        let Some(rest) = room.checked_sub(length) else { break };
        room = rest;
        lines.push(line);
    }
    match sentences.len() - lines.len() {
        0 => {}
        more => lines.push(format!("… and {more} more")),
    }
    lines
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LINE_MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_in_a_message() {
        let report = Report {
            title: "Week 27".to_owned(),
            headline: vec!["*One* & <two>.".to_owned()],
            link: Some("https://example.com/r".to_owned()),
            ..Report::default()
        };
        let message = message(&report);
        let attachment = &message["attachments"][0];
        assert_eq!(message["type"], "message");
        assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
        let card = &attachment["content"];
        assert_eq!((&card["type"], &card["version"]), (&json!("AdaptiveCard"), &json!("1.4")));
        assert_eq!(card["body"][0]["inlines"][0]["text"], "Week 27");
        assert_eq!(card["body"][1]["inlines"][0]["text"], "*One* & <two>.");
        assert_eq!(card["actions"][0]["url"], "https://example.com/r");
    }

    #[test]
    fn a_path_is_no_button() {
        let link = Some("/srv/reports/week-27".to_owned());
        let message = message(&Report { link, ..Report::default() });
        let card = &message["attachments"][0]["content"];
        assert!(card.get("actions").is_none());
        assert_eq!(card["body"][1]["inlines"][0]["text"], "/srv/reports/week-27");
    }

    #[test]
    fn the_limit_holds() {
        for sentence in ["\"".repeat(5000), "ä".repeat(5000), "Short.".to_owned()] {
            let headline = vec![sentence.clone(); 2000];
            let report = Report { title: sentence, headline, ..Report::default() };
            let written = message(&report).to_string();
            assert!(written.len() < 28_000, "{}", written.len());
            assert!(written.contains(" more"));
        }
    }
}
