//! The digest as a document.

use super::super::{Block, Document, Section, Stamp};
use super::facts::DigestFacts;
use super::{drift, experiments, operations, outlook, segments, sentences};

/// What changed, then segments, value, experiments, data, drift.
pub fn document(facts: &DigestFacts, stamp: Stamp) -> Document {
    let mut changed = sentences(facts);
    let answer = if changed.is_empty() { String::new() } else { changed.remove(0) };
    let mut sections = Vec::new();
    if !changed.is_empty() {
        sections.push(Section {
            id: "changes".to_owned(),
            heading: match &facts.since {
                Some(since) => format!("Since {since}"),
                None => "To begin with".to_owned(),
            },
            answer: None,
            blocks: vec![Block::List(changed)],
        });
    }
    sections.push(segments::section(facts));
    sections.extend(segments::moves(facts));
    sections.extend(segments::stays(facts));
    sections.push(outlook::section(facts));
    sections.extend(experiments::section(facts));
    sections.push(operations::hygiene(facts));
    sections.extend(facts.drift.iter().map(drift::section));
    if !facts.links.is_empty() {
        sections.push(Section {
            id: "pages".to_owned(),
            heading: "Full pages".to_owned(),
            answer: None,
            blocks: vec![Block::Links(facts.links.clone())],
        });
    }
    Document {
        title: format!("{}: digest as of {}", facts.shop, facts.as_of),
        answer,
        stamp,
        sections,
    }
}
