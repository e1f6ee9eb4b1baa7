//! What is expected, of whom, and what the words mean.

use super::shown::{amount_or, count, decimal, percent, sentence, sum};
use super::{HEADING, figure, notice};
use crate::predict::churn::Band;
use crate::predict::outlook::{AliveCell, Outlook, ValueBin};
use crate::reports::{
    AliveHeatmap, AliveTile, Block, Cell, Chart, Column, Section, Severity, Table, ValueRange,
    ValueSpread, number,
};

/// The outlook in one sentence.
pub fn answer(outlook: &Outlook, currency: &str) -> String {
    let totals = &outlook.totals;
    let buyers = count(totals.buyers);
    let lost = format!(
        "{} of {buyers} buyers will probably not order within {} days",
        count(probably_lost(outlook)),
        outlook.horizon.days
    );
    let expected = expected(outlook, currency);
    match totals.value_at_risk {
        Some(at_risk) => {
            format!("{expected}; {lost}, and {} of that value is at risk.", sum(at_risk, currency))
        }
        None => format!("{expected}; {lost}."),
    }
}

/// Buyers who are likelier to be lost than not.
fn probably_lost(outlook: &Outlook) -> usize {
    outlook.contacts.iter().filter(|contact| contact.churn_risk > 0.5).count()
}

/// "About 22,146 orders worth EUR 820,608 are expected within 365 days".
fn expected(outlook: &Outlook, currency: &str) -> String {
    let place = main_horizon(outlook);
    let orders = outlook.totals.expected_orders.get(place).copied().unwrap_or(f64::NAN);
    let orders = format!("About {} orders", number::decimal(orders, 0));
    let days = outlook.params.scores.horizons_days.get(place).copied().unwrap_or_default();
    let value_days = outlook.params.scores.value_days;
    match outlook.totals.lifetime_value.map(|value| sum(value, currency)) {
        Some(value) if days == value_days => {
            format!("{orders} worth {value} are expected within {days} days")
        }
        Some(value) => format!(
            "{orders} are expected within {days} days, and those of {value_days} days are worth {value}"
        ),
        None => format!("{orders} are expected within {days} days"),
    }
}

/// The place of the horizon that stands for all: that of lifetime value, or else the longest.
pub fn main_horizon(outlook: &Outlook) -> usize {
    let scores = &outlook.params.scores;
    let days = || scores.horizons_days.iter();
    let same = days().position(|days| *days == scores.value_days);
    let longest = days().enumerate().max_by_key(|(_, days)| **days).map(|(place, _)| place);
    same.or(longest).unwrap_or(0)
}

pub fn section(outlook: &Outlook, currency: &str) -> Section {
    let mut blocks = notices(outlook);
    blocks.push(alive_figure(outlook));
    if !outlook.value_bins.is_empty() {
        blocks.push(value_figure(outlook, currency));
    }
    blocks.push(Block::Table(totals_table(outlook, currency)));
    blocks.push(Block::Table(bands_table(
        "outlook-bands",
        &format!("Buyers by risk of no order within {} days", outlook.horizon.days),
        &outlook.totals.bands,
    )));
    blocks.push(Block::Method(method(outlook)));
    Section {
        id: "outlook".to_owned(),
        heading: HEADING.to_owned(),
        answer: Some(answer(outlook, currency)),
        blocks,
    }
}

fn notices(outlook: &Outlook) -> Vec<Block> {
    let mut notices = Vec::new();
    if outlook.risk.backtest.is_none() {
        notices.push(notice(
            Severity::Warning,
            &format!("No backtest: the risk of churn is {}.", outlook.risk.why.trim_end_matches('.')),
            Some(
                "Take the order of the contacts as a first guess, and the probabilities not at their \
                 word, until there is more history.",
            ),
        ));
    }
    let ratio = outlook.holdout.as_ref().and_then(|holdout| holdout.ratio);
    if let Some(ratio) = ratio.filter(|ratio| !(0.9..=1.1).contains(ratio)) {
        notices.push(notice(
            Severity::Warning,
            &format!(
                "In the {} days held out the models expected {} times the orders that came.",
                outlook.horizon.days,
                number::decimal(ratio, 2)
            ),
            Some("Read the sums below with that in mind: they may be off by as much."),
        ));
    }
    if let Some(why) = &outlook.no_spend {
        notices.push(notice(
            Severity::Info,
            &format!("No lifetime values: {}", sentence(why)),
            Some("Expected orders and the risk of churn do not need them."),
        ));
    }
    notices
}

/// From this share of buyers expected to be alive on, the model takes nobody to be lost.
const NOBODY_LOST: f64 = 0.995;

fn alive_figure(outlook: &Outlook) -> Block {
    let (grid, totals) = (&outlook.alive, &outlook.totals);
    let reading = match totals.expected_alive >= NOBODY_LOST * totals.buyers as f64 {
        true => {
            "The model finds no sign that anybody is lost for good: contacts come back after any time away, \
             or the history is too short to tell."
        }
        false => {
            "Of two who have been away for as long a time, the one who used to order often is the more \
             likely to be lost."
        }
    };
    let tile = |cell: &AliveCell| AliveTile {
        contacts: cell.contacts as u64,
        p_alive: cell.p_alive.unwrap_or(f64::NAN),
    };
    figure(
        "outlook-alive",
        "Who is likely to buy still",
        &format!(
            "Mean P(alive) of the buyers by orders after the first and days since the last order. {reading}"
        ),
        Chart::AliveHeatmap(AliveHeatmap {
            days: spans(&grid.days_from),
            repeats: spans(&grid.repeats_from),
            cells: grid.cells.iter().map(|row| row.iter().map(tile).collect()).collect(),
        }),
    )
}

/// "0", "3–4", "13+" from where each begins.
fn spans(from: &[u32]) -> Vec<String> {
    let span = |(place, first): (usize, &u32)| match from.get(place + 1) {
        None => format!("{first}+"),
        Some(next) if *next <= first + 1 => first.to_string(),
        Some(next) => format!("{first}–{}", next - 1),
    };
    from.iter().enumerate().map(span).collect()
}

fn value_figure(outlook: &Outlook, currency: &str) -> Block {
    let contacts: usize = outlook.value_bins.iter().map(|bin| bin.contacts).sum();
    let range = |bin: &ValueBin| ValueRange {
        from: bin.from,
        to: bin.to,
        contacts: bin.contacts as u64,
        share_of_contacts: bin.contacts as f64 / contacts.max(1) as f64,
        share_of_value: bin.share_of_value,
    };
    figure(
        "outlook-values",
        "How lifetime value is spread",
        "Share of the buyers beside their share of the lifetime value of all, by the lifetime value of a \
         contact.",
        Chart::ValueSpread(ValueSpread {
            currency: currency.to_owned(),
            ranges: outlook.value_bins.iter().map(range).collect(),
        }),
    )
}

fn totals_table(outlook: &Outlook, currency: &str) -> Table {
    let totals = &outlook.totals;
    let why = "no model of values";
    let lost =
        format!("more likely than not to have no order within {} days", outlook.horizon.days);
    let mut rows = vec![
        vec![Cell::text("Buyers"), Cell::Count(totals.buyers as u64)],
        vec![Cell::text("of them with a second order"), Cell::Count(totals.repeat_buyers as u64)],
        vec![Cell::text(lost), Cell::Count(probably_lost(outlook) as u64)],
        vec![Cell::text("expected to be alive"), decimal(totals.expected_alive, 0)],
    ];
    let days = &outlook.params.scores.horizons_days;
    rows.extend(days.iter().zip(&totals.expected_orders).map(|(days, orders)| {
        vec![Cell::text(format!("Expected orders within {days} days")), decimal(*orders, 0)]
    }));
    let value = format!("Lifetime value, {} days", outlook.params.scores.value_days);
    rows.push(vec![Cell::text(value), amount_or(totals.lifetime_value, currency, why)]);
    rows.push(vec![Cell::text("Value at risk"), amount_or(totals.value_at_risk, currency, why)]);
    Table {
        name: "outlook".to_owned(),
        caption: "All buyers together".to_owned(),
        columns: vec![Column::text("What"), Column::number("Sum")],
        rows,
    }
}

/// Contacts at low, medium and high risk.
pub fn bands_table(name: &str, caption: &str, bands: &[usize; 3]) -> Table {
    let all: usize = bands.iter().sum();
    let row = |band: Band| {
        let contacts = bands[band as usize];
        vec![
            Cell::text(band.word()),
            Cell::Count(contacts as u64),
            percent(contacts as f64 / all.max(1) as f64),
        ]
    };
    Table {
        name: name.to_owned(),
        caption: caption.to_owned(),
        columns: vec![
            Column::text("Risk"),
            Column::number("Contacts"),
            Column::number("Share of contacts"),
        ],
        rows: Band::ALL.into_iter().rev().map(row).collect(),
    }
}

fn method(outlook: &Outlook) -> String {
    let scores = &outlook.params.scores;
    let (horizon, level) = (outlook.horizon.days, number::percent(scores.level, 0));
    let rate = number::percent(scores.annual_rate, 1);
    format!(
        "P(alive): the chance that a contact still buys at all. One less P(alive) is not the risk of \
         churn: who is alive but buys every two years will most likely not order within {horizon} days \
         either, and whether somebody is alive can never be checked. P(no order within {horizon} days): \
         the risk of churn; whether it comes true can be checked, and is (see below). The {horizon} days \
         are {}. Expected orders: the mean number to come, of contacts who may be lost and may not; one \
         contact orders once, twice or not at all, so each has an interval that holds with a probability \
         of {level}. Lifetime value: expected orders of the next {} days times the expected value of an \
         order, discounted at {rate} a year; what was spent before is not in it, nor are costs. Value at \
         risk: risk times lifetime value, the value that goes with a contact if the risk comes true. A \
         contact’s next order has a date if an order within {} days is likelier than not. An order is a \
         day with orders; refunds are taken off.",
        outlook.horizon.source, scores.value_days, scores.next_order_days
    )
}
