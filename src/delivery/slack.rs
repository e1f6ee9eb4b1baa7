//! A report as a message of Slack's incoming webhooks.
//!
//! Format: Slack's "Block Kit". A header is plain text of at most 150 characters, a section's text
//! has at most 3000, a message at most 50 blocks, and about 13 000 characters in all of them.
//! `text` is what notifications show. `&`, `<` and `>` begin entities and mentions, and are written
//! as entities.

use serde_json::{Value, json};

use super::message::Report;

const HEADER_MOST: usize = 150;
const SECTION_MOST: usize = 2900;
const ALL_MOST: usize = 10_000;

/// Title, headline and link; figures and files stay behind the link.
pub(super) fn message(report: &Report) -> Value {
    let title = cut(&report.title, HEADER_MOST);
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": title, "emoji": false },
    })];
    let lines = lines_of(&report.headline);
    blocks.extend(sections(&lines).into_iter().map(section));
    blocks.extend(report.link.as_deref().map(link).map(section));
    let text = std::iter::once(escaped(&report.title)).chain(lines).collect::<Vec<_>>().join("\n");
    json!({ "text": text, "blocks": blocks })
}

fn section(text: String) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

/// Only web addresses become links.
fn link(address: &str) -> String {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    match is_web {
        true => format!("<{}|Open the report>", escaped(address).replace('|', "%7C")),
        false => escaped(address),
    }
}

/// Sentences as lines of a list, as many as there is room for.
fn lines_of(sentences: &[String]) -> Vec<String> {
    let mut room = ALL_MOST;
    let mut lines = Vec::new();
    for sentence in sentences {
        let line = format!("• {}", cut(sentence, SECTION_MOST - 2));
        let Some(rest) = room.checked_sub(line.chars().count() + 1) else { break };
        room = rest;
        lines.push(line);
    }
    match sentences.len() - lines.len() {
        0 => {}
        more => lines.push(format!("… and {more} more")),
    }
    lines
}

/// Lines, joined as far as a section has room.
fn sections(lines: &[String]) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for line in lines {
        match sections.last_mut() {
            Some(last) if last.chars().count() + line.chars().count() < SECTION_MOST => {
                last.push('\n');
                last.push_str(line);
            }
            _ => sections.push(line.clone()),
        }
    }
    sections
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text as entities, cut so that it has at most `most` characters then; no entity is cut in
/// two.
fn cut(text: &str, most: usize) -> String {
    let whole = escaped(text);
    if whole.chars().count() <= most {
        return whole;
    }
    let mut short = String::new();
    let mut length = 1;
    for c in text.chars() {
        let written = escaped(c.encode_utf8(&mut [0; 4]));
        length += written.chars().count();
        if length > most {
            break;
        }
        short.push_str(&written);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(message: &Value) -> Vec<String> {
        let blocks = message["blocks"].as_array().unwrap();
        blocks.iter().map(|block| block["text"]["text"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn signs_of_markup_are_entities() {
        let report = Report {
            title: "Week <27> & more".to_owned(),
            headline: vec!["<!channel> 3 > 2".to_owned(), "Second.".to_owned()],
            link: Some("https://example.com/?a=1&b=2|x".to_owned()),
            ..Report::default()
        };
        let message = message(&report);
        assert_eq!(
            texts(&message),
            [
                "Week &lt;27&gt; &amp; more",
                "• &lt;!channel&gt; 3 &gt; 2\n• Second.",
                "<https://example.com/?a=1&amp;b=2%7Cx|Open the report>",
            ]
        );
        let kinds: Vec<&str> =
            (0..3).filter_map(|n| message["blocks"][n]["type"].as_str()).collect();
        assert_eq!(kinds, ["header", "section", "section"]);
        assert!(message["text"].as_str().unwrap().starts_with("Week &lt;27&gt;"));
    }

    #[test]
    fn the_limits_hold() {
        for sentence in ["&".repeat(5000), "ä".repeat(5000), "A short one & so on.".to_owned()] {
            let headline = vec![sentence; 2000];
            let report = Report { title: "&".repeat(400), headline, ..Report::default() };
            let texts = texts(&message(&report));
            assert!(texts[0].chars().count() <= 150 && texts[0].ends_with("&amp;…"));
            assert!(texts.len() <= 50);
            assert!(texts.iter().all(|text| text.chars().count() <= 3000));
            assert!(texts.iter().map(|text| text.chars().count()).sum::<usize>() < 13_000);
            assert!(texts.last().unwrap().contains("more"));
        }
    }
}
