//! Whom to look after first.

use super::shown::{amount, amount_or, count, day, decimal, percent, range, reasons, sum};
use super::summary::main_horizon;
use crate::predict::churn::Band;
use crate::predict::outlook::{ContactOutlook, Outlook};
use crate::predict::scores::NextOrder;
use crate::reports::{Block, Cell, Column, Section, Table, number};

/// Contacts that are shown.
const SHOWN: usize = 20;

pub fn section(outlook: &Outlook, currency: &str) -> Section {
    let first = first(outlook);
    Section {
        id: "outlook-contacts".to_owned(),
        heading: "Whom to look after first".to_owned(),
        answer: Some(answer(outlook, &first, currency)),
        blocks: vec![
            Block::Table(table(outlook, &first, currency)),
            Block::Method(METHOD.to_owned()),
        ],
    }
}

const METHOD: &str = "Risk: by the way that won the backtest. Expected orders, next order and lifetime \
    value: by the purchase model and the model of values; where they and the risk disagree, the backtest \
    speaks for the risk. A date is that of the next order if one comes. Reasons: the facts that move this contact’s \
    risk most, against the mean contact; they are what the model sees, and not causes. Of a number of \
    orders or a value the expectation is a mean over many contacts alike, and the interval is for this \
    one: where most of them do not order at all it begins, and may end, at 0.";

/// By falling value at risk; without values, those at high risk by what they have spent.
fn first(outlook: &Outlook) -> Vec<&ContactOutlook> {
    let mut contacts: Vec<&ContactOutlook> = outlook.contacts.iter().collect();
    match outlook.spend {
        Some(_) => contacts.sort_by(|a, b| {
            let value = |c: &ContactOutlook| c.value_at_risk.unwrap_or(f64::NEG_INFINITY);
            value(b).total_cmp(&value(a))
        }),
        None => {
            contacts.retain(|contact| contact.band == Band::High);
            contacts.sort_by_key(|contact| std::cmp::Reverse(contact.historic_value_minor));
        }
    }
    contacts.truncate(SHOWN);
    contacts
}

fn answer(outlook: &Outlook, first: &[&ContactOutlook], currency: &str) -> String {
    let shown = count(first.len());
    match outlook.totals.value_at_risk {
        Some(all) => format!(
            "The {shown} contacts below are worth {} at risk, of {} of all buyers.",
            sum(first.iter().filter_map(|contact| contact.value_at_risk).sum(), currency),
            sum(all, currency)
        ),
        None => format!("The {shown} contacts below have spent most of those at high risk."),
    }
}

fn table(outlook: &Outlook, first: &[&ContactOutlook], currency: &str) -> Table {
    let by = match outlook.spend {
        Some(_) => "the highest value at risk",
        None => "a high risk who have spent most",
    };
    Table {
        name: "outlook-contacts".to_owned(),
        caption: format!("Contacts with {by}"),
        columns: columns(outlook, currency),
        rows: first.iter().map(|contact| row(outlook, contact, currency)).collect(),
    }
}

fn columns(outlook: &Outlook, currency: &str) -> Vec<Column> {
    let scores = &outlook.params.scores;
    let level = number::percent(scores.level, 0);
    let days = scores.horizons_days.get(main_horizon(outlook)).copied().unwrap_or_default();
    vec![
        Column::text("Contact"),
        Column::number("Orders"),
        Column::number("Since the last").unit("days"),
        Column::number("Usual gap").unit("days"),
        Column::number(format!("P(no order within {} days)", outlook.horizon.days)),
        Column::text("Risk"),
        Column::number(format!("Expected orders, {days} days")),
        Column::text("Next order, if one comes"),
        Column::number("Lifetime value"),
        Column::number(format!("{level} interval")).unit(currency),
        Column::number("Value at risk"),
        Column::text("Reasons"),
    ]
}

fn row(outlook: &Outlook, contact: &ContactOutlook, currency: &str) -> Vec<Cell> {
    const NO_VALUES: &str = "no model of values";
    let score = &contact.score;
    let value = score.customer_lifetime_value;
    vec![
        Cell::Id(contact.contact_id.clone()),
        Cell::Count(u64::from(contact.repeat_purchases) + 1),
        Cell::Count(u64::from(contact.days_since_last_order)),
        usual_gap(contact),
        percent(contact.churn_risk),
        Cell::text(contact.band.word()),
        score
            .expected_orders
            .get(main_horizon(outlook))
            .map_or(Cell::missing("no horizon"), |orders| decimal(orders.point, 1)),
        next_order(outlook, score.next_order.as_ref()),
        value.map_or(Cell::missing(NO_VALUES), |value| amount(value.point, currency)),
        value.map_or(Cell::missing(NO_VALUES), |value| range(value, 0)),
        amount_or(contact.value_at_risk, currency, NO_VALUES),
        reasons(&contact.reasons, currency),
    ]
}

/// Mean days between orders.
fn usual_gap(contact: &ContactOutlook) -> Cell {
    match contact.repeat_purchases {
        0 => Cell::missing("a single order"),
        gaps => decimal(f64::from(contact.age_at_last_days) / f64::from(gaps), 0),
    }
}

/// "1998-08-04 (1998-07-10 to 1999-01-02; 87% within a year)".
fn next_order(outlook: &Outlook, next: Option<&NextOrder>) -> Cell {
    let within = match outlook.params.scores.next_order_days {
        365 => "within a year".to_owned(),
        days => format!("within {days} days"),
    };
    let Some(next) = next else { return Cell::text(format!("unlikely {within}")) };
    let on = |days: f64| day(outlook.until.saturating_add(days.round() as i32));
    let comes = number::percent(next.probability, 0);
    Cell::text(format!(
        "{} ({} to {}; {comes} {within})",
        on(next.median),
        on(next.low),
        on(next.high)
    ))
}
