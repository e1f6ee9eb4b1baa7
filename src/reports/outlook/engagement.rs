//! Contacts who have not bought: who will fall silent.

use super::evidence::{self, Event};
use super::shown::{count, sentence};
use super::summary::bands_table;
use crate::predict::outlook::Engagement;
use crate::reports::{Block, Section};

pub fn section(engagement: &Engagement) -> Section {
    let days = engagement.horizon_days;
    let event = Event {
        prefix: "engagement",
        words: format!("no open, click or visit within {days} days"),
        since: "days since the last open, click or visit",
    };
    let mut blocks = Vec::new();
    if engagement.risk.backtest.is_some() {
        blocks.push(Block::Text(evidence::answer(&engagement.risk, &event)));
    }
    let table = Block::Table(bands_table(
        "engagement-bands",
        &format!("Contacts without an order by risk of {}", event.words),
        &engagement.bands,
    ));
    let mut evidence = evidence::blocks(&engagement.risk, &event);
    // Notices and pictures first, then the tables, and what is asked for most before the others.
    let first_table = evidence.iter().position(|block| matches!(block, Block::Table(_)));
    evidence.insert(first_table.unwrap_or(evidence.len()), table);
    blocks.extend(evidence);
    Section {
        id: "engagement".to_owned(),
        heading: "Contacts who have not ordered yet".to_owned(),
        answer: Some(answer(engagement, &event)),
        blocks,
    }
}

fn answer(engagement: &Engagement, event: &Event) -> String {
    let silent = engagement.contacts.iter().filter(|contact| contact.silence_risk > 0.5).count();
    let proven = match engagement.risk.backtest {
        Some(_) => String::new(),
        None => format!(" {}", sentence(&engagement.risk.why)),
    };
    format!(
        "{} of {} contacts without an order will probably have {}.{proven}",
        count(silent),
        count(engagement.contacts.len()),
        event.words
    )
}
