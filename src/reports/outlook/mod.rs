//! The outlook as sections of a report, the answer first.
//!
//! - `summary`: what is expected, of whom, and what the words mean.
//! - `contacts`: whom to look after first.
//! - `evidence`: how far the risk of churn can be trusted; `ways`: every way to it; `newest`: the one that
//!   is used, in detail. The same of silence in `engagement`.
//! - `holdout`: expected against actual orders and revenue.
//! - `models`: the models of orders and of their values.
//! - `engagement`: contacts who have not bought.
//! - `shown`: days, money and reasons as they are shown.

mod contacts;
mod engagement;
mod evidence;
mod holdout;
mod models;
mod newest;
mod shown;
mod summary;
#[cfg(test)]
mod tests;
mod ways;

use crate::predict::outlook::{Engagement, Outlook};

use super::{Block, Chart, Figure, Notice, Section, Severity};

pub use summary::answer;

/// The sections: summary, contacts, evidence, holdout, models, contacts without orders. Amounts are in
/// `currency` (ISO 4217).
pub fn sections(
    outlook: &Outlook,
    engagement: Option<&Engagement>,
    currency: &str,
) -> Vec<Section> {
    let mut sections = vec![
        summary::section(outlook, currency),
        contacts::section(outlook, currency),
        evidence::section(outlook),
    ];
    sections.extend(outlook.holdout.as_ref().map(|h| holdout::section(h, currency)));
    sections.push(models::section(outlook, currency));
    sections.extend(engagement.map(engagement::section));
    sections
}

/// The sections where there is no outlook of buyers; `why` says what is wrong and what is needed.
pub fn without(why: &str, engagement: Option<&Engagement>) -> Vec<Section> {
    let missing = Section {
        id: "outlook".to_owned(),
        heading: HEADING.to_owned(),
        answer: Some(format!("No outlook: {}", shown::sentence(why))),
        blocks: vec![notice(
            Severity::Info,
            "Churn risk, expected orders and lifetime value are missing from this report.",
            Some(
                "They need orders of at least 60 days by at least 30 contacts, 10 of whom have ordered \
                 again.",
            ),
        )],
    };
    std::iter::once(missing).chain(engagement.map(engagement::section)).collect()
}

const HEADING: &str = "What to expect of the buyers";

fn notice(severity: Severity, text: &str, hint: Option<&str>) -> Block {
    Block::Notice(Notice { severity, text: text.to_owned(), hint: hint.map(str::to_owned) })
}

fn figure(name: &str, title: &str, caption: &str, chart: Chart) -> Block {
    Block::Figure(Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        chart,
    })
}
