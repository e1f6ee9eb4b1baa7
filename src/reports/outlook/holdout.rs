//! Expected against actual orders and revenue.

use super::figure;
use super::shown::{amount, amount_or, count, day, decimal, percent};
use crate::predict::outlook::{Cohort, Holdout};
use crate::reports::{
    Block, Cell, Chart, Column, ExpectedActual, ExpectedRow, Section, Table, number,
};

/// Rows of the picture; months before that are joined into one.
const MOST_ROWS: usize = 12;

pub fn section(holdout: &Holdout, currency: &str) -> Section {
    Section {
        id: "outlook-orders".to_owned(),
        heading: "Expected against actual orders".to_owned(),
        answer: Some(answer(holdout)),
        blocks: vec![
            cohorts_figure(holdout),
            Block::Table(table(holdout, currency)),
            Block::Folded(cohorts_table(holdout, currency)),
            Block::Method(METHOD.to_owned()),
        ],
    }
}

const METHOD: &str = "The models were fitted to what was known at the end of that day and asked for the \
    orders after it, contact by contact. Of contacts who order seldom the expected number lies between \
    whole numbers, so its mean absolute error cannot be 0; the median number makes that error smallest, \
    and the expected number the squared one. Own rate: each contact’s orders after the first over the \
    days since it, as if nobody were ever lost. Intervals end at whole numbers, so they hold more \
    contacts than their level says; fewer would mean that they are too narrow. Contacts who first ordered \
    after that day are not in these sums.";

fn answer(holdout: &Holdout) -> String {
    let over = match holdout.ratio {
        Some(ratio) => format!(" (expected over actual: {})", number::decimal(ratio, 2)),
        None => String::new(),
    };
    format!(
        "Of {} buyers {} orders were expected in the {} days after {}; {} came{over}.",
        count(holdout.contacts),
        number::decimal(holdout.expected_orders, 0),
        holdout.days,
        day(holdout.cutoff),
        number::decimal(holdout.actual_orders, 0)
    )
}

fn cohorts_figure(holdout: &Holdout) -> Block {
    let row = |cohort: &Cohort| ExpectedRow {
        name: cohort.first_order.clone(),
        n: format!("{} contacts", count(cohort.contacts)),
        expected: cohort.expected_orders,
        actual: cohort.actual_orders,
    };
    figure(
        "outlook-cohorts",
        "Expected against actual orders, by month of the first order",
        &format!(
            "Orders in the {} days after {}, of contacts by the month in which they first ordered: what \
             was expected, and what came.",
            holdout.days,
            day(holdout.cutoff)
        ),
        Chart::ExpectedActual(ExpectedActual {
            unit: "orders".to_owned(),
            rows: joined(&holdout.cohorts).iter().map(row).collect(),
        }),
    )
}

/// The newest months, and all that are older as one.
fn joined(cohorts: &[Cohort]) -> Vec<Cohort> {
    if cohorts.len() <= MOST_ROWS {
        return cohorts.to_vec();
    }
    let (older, newer) = cohorts.split_at(cohorts.len() - (MOST_ROWS - 1));
    let last = older.last().map_or("", |cohort| cohort.first_order.as_str());
    let older = Cohort {
        first_order: format!("until {last}"),
        contacts: older.iter().map(|c| c.contacts).sum(),
        expected_orders: older.iter().map(|c| c.expected_orders).sum(),
        actual_orders: older.iter().map(|c| c.actual_orders).sum(),
        expected_revenue: older.iter().map(|c| c.expected_revenue).sum(),
        actual_revenue: older.iter().map(|c| c.actual_revenue).sum(),
    };
    std::iter::once(older).chain(newer.iter().cloned()).collect()
}

fn table(holdout: &Holdout, currency: &str) -> Table {
    let row = |name: &str, value: Cell| vec![Cell::text(name), value];
    let error = |name: &str, value: f64| row(name, decimal(value, 3));
    let why = "no model of values at that day";
    Table {
        name: "outlook-holdout".to_owned(),
        caption: format!("The {} days after {}", holdout.days, day(holdout.cutoff)),
        columns: vec![Column::text("Measure"), Column::number("Value")],
        rows: vec![
            row("Expected orders", decimal(holdout.expected_orders, 0)),
            row("Actual orders", decimal(holdout.actual_orders, 0)),
            row(
                "Expected over actual orders",
                holdout.ratio.map_or(Cell::missing("no orders came"), |ratio| decimal(ratio, 3)),
            ),
            row("Expected revenue", amount_or(holdout.expected_revenue, currency, why)),
            row("Actual revenue", amount(holdout.actual_revenue, currency)),
            error("Mean absolute error of the expected number", holdout.mean_absolute_error),
            error("the same of the median number", holdout.mean_absolute_error_of_median),
            error("the same of each contact’s own rate", holdout.mean_absolute_error_of_own_rate),
            error("Root mean squared error", holdout.root_mean_squared_error),
            row(
                &format!("Contacts within their {} interval", number::percent(holdout.level, 0)),
                percent(holdout.coverage),
            ),
        ],
    }
}

fn cohorts_table(holdout: &Holdout, currency: &str) -> Table {
    let row = |cohort: &Cohort| {
        vec![
            Cell::text(&*cohort.first_order),
            Cell::Count(cohort.contacts as u64),
            decimal(cohort.expected_orders, 1),
            decimal(cohort.actual_orders, 0),
            amount_or(cohort.expected_revenue, currency, "no model of values at that day"),
            amount(cohort.actual_revenue, currency),
        ]
    };
    Table {
        name: "outlook-cohorts".to_owned(),
        caption: "By month of the first order".to_owned(),
        columns: vec![
            Column::text("First order"),
            Column::number("Contacts"),
            Column::number("Expected orders"),
            Column::number("Actual orders"),
            Column::number("Expected revenue"),
            Column::number("Actual revenue"),
        ],
        rows: holdout.cohorts.iter().map(row).collect(),
    }
}
