//! Sections of an outlook that was made from invented orders, through every writer.

use std::sync::OnceLock;

use super::*;
use crate::predict::churn::{Bands, Candidate, Cutoff, fit};
use crate::predict::maximum::Suspicion;
use crate::predict::orders::{OrderBook, OrderRow};
use crate::predict::outlook::{
    Cohort, ContactOutlook, EngagementContact, OutlookInput, OutlookParams, StoredSilence, outlook,
};
use crate::reports::{Cell, Document, Stamp, Table, html, markdown};

/// The last day that is known: 2024-06-30.
const UNTIL: i32 = 19_904;

/// Buyers who order at gaps of their own and stop at some time, without chance.
fn book() -> OrderBook {
    let ids: Vec<String> = (0..240).map(|i| format!("c{i:03}")).collect();
    let mut rows = Vec::new();
    for contact in 0..240i32 {
        let (gap, orders) = (9 + contact * 7 % 53, 1 + contact * 5 % 11);
        let first = UNTIL - 640 + contact * 13 % 300;
        for n in 0..orders {
            let day = first + n * gap + (contact + n) % 5;
            if day <= UNTIL {
                rows.push(OrderRow {
                    contact: contact as u32,
                    order: rows.len() as u64,
                    day,
                    amount_minor: i64::from(1_500 + contact * 37 % 4_000 + n * 251 % 900),
                    is_completed: true,
                });
            }
        }
    }
    OrderBook::new(ids, &rows)
}

fn made() -> &'static Outlook {
    static MADE: OnceLock<Outlook> = OnceLock::new();
    MADE.get_or_init(|| {
        let params = OutlookParams { churn_days: Some(60), ..OutlookParams::default() };
        let input = OutlookInput {
            book: &book(),
            until: UNTIL,
            params: &params.check().unwrap(),
            minor_per_major: 100.0,
            more: &|_, _| Ok(Vec::new()),
            progress: &|_| {},
        };
        outlook(&input).unwrap()
    })
}

fn tables(sections: &[Section]) -> Vec<&Table> {
    let blocks = sections.iter().flat_map(|section| &section.blocks);
    let table = |block| match block {
        &Block::Table(ref table) | &Block::Folded(ref table) => Some(table),
        _ => None,
    };
    blocks.filter_map(table).collect()
}

fn table<'a>(sections: &'a [Section], name: &str) -> &'a Table {
    tables(sections).into_iter().find(|table| table.name == name).unwrap()
}

fn text(section: &Section) -> String {
    let document = Document {
        title: String::new(),
        answer: String::new(),
        stamp: Stamp {
            as_of: String::new(),
            seed: 0,
            program: String::new(),
            settings_hash: String::new(),
            source: Vec::new(),
        },
        sections: vec![section.clone()],
    };
    assert!(html::render(&document).unwrap().contains(&section.heading));
    markdown::render(&document)
}

fn silent(contact: &ContactOutlook) -> EngagementContact {
    EngagementContact {
        contact_id: contact.contact_id.clone(),
        silence_risk: contact.churn_risk,
        band: contact.band,
        reasons: contact.reasons.clone(),
    }
}

fn engagement_of(outlook: &Outlook) -> Engagement {
    Engagement {
        horizon_days: 60,
        risk: outlook.risk.clone(),
        bands: outlook.totals.bands,
        contacts: outlook.contacts.iter().map(silent).collect(),
        model: base_rate(),
    }
}

/// No report shows the model itself.
fn base_rate() -> StoredSilence {
    let (columns, lost) = (Vec::new(), vec![true, false]);
    let cutoff = Cutoff { until: 0, columns, model_risk: None, rate_risk: None, lost };
    StoredSilence {
        until: 0,
        horizon_days: 60,
        bands: Bands::new(0.33, 0.66).unwrap(),
        reasons: 3,
        risk: fit(Candidate::BaseRate, &[&cutoff]).unwrap().unwrap(),
    }
}

#[test]
fn the_answer_comes_first_with_the_numbers_of_the_outlook() {
    let made = made();
    let sections = sections(made, Some(&engagement_of(made)), "EUR");
    let ids: Vec<&str> = sections.iter().map(|section| section.id.as_str()).collect();
    let wanted = [
        "outlook", "outlook-contacts", "outlook-evidence", "outlook-orders", "outlook-models",
        "engagement",
    ];
    assert_eq!(ids, wanted);
    let answer = sections[0].answer.as_deref().unwrap();
    assert_eq!(answer, super::answer(made, "EUR"));
    let lost = made.contacts.iter().filter(|contact| contact.churn_risk > 0.5).count();
    let lost = format!("{lost} of 240 buyers will probably not order within 60 days");
    for wanted in
        [lost.as_str(), "orders worth EUR ", "are expected within 365 days", "is at risk."]
    {
        assert!(answer.contains(wanted), "{wanted} in {answer}");
    }
}

#[test]
fn every_row_has_a_cell_a_column_and_no_number_is_undefined() {
    let made = made();
    let sections = sections(made, Some(&engagement_of(made)), "EUR");
    for table in tables(&sections) {
        assert!(!table.rows.is_empty(), "{}", table.name);
        for row in &table.rows {
            assert_eq!(row.len(), table.columns.len(), "{}: {row:?}", table.name);
            let is_nan = |cell: &Cell| match cell {
                Cell::Number { value, .. } | Cell::Percent { value, .. } => value.is_nan(),
                _ => false,
            };
            assert!(!row.iter().any(is_nan), "{}: {row:?}", table.name);
        }
    }
    for section in &sections {
        let text = text(section);
        assert!(!text.contains("NaN") && !text.contains(".. "), "{text}");
    }
}

#[test]
fn contacts_stand_by_falling_value_at_risk() {
    let sections = sections(made(), None, "EUR");
    let table = table(&sections, "outlook-contacts");
    assert_eq!(table.rows.len(), 20);
    let place = table.columns.iter().position(|c| c.name == "Value at risk").unwrap();
    let at_risk = |row: &Vec<Cell>| match row[place] {
        Cell::Money { minor, exponent: 2, .. } => minor,
        _ => panic!("{row:?}"),
    };
    let values: Vec<i64> = table.rows.iter().map(at_risk).collect();
    assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
    let highest = made().contacts.iter().filter_map(|c| c.value_at_risk).fold(0.0, f64::max);
    assert_eq!(values[0], (highest * 100.0).round() as i64);
}

#[test]
fn every_way_is_shown_and_one_is_used() {
    let made = made();
    let sections = sections(made, None, "EUR");
    let backtest = made.risk.backtest.as_ref().unwrap();
    let candidates = table(&sections, "outlook-candidates");
    assert_eq!(candidates.rows.len(), backtest.candidates.len());
    let last = |row: &Vec<Cell>| row.last().map(Cell::shown).unwrap_or_default();
    let used: Vec<_> = candidates.rows.iter().filter(|row| last(row).starts_with("used")).collect();
    assert_eq!(used.len(), 1);
    assert_eq!(used[0][0].shown(), made.risk.used.title());
    let rounds = table(&sections, "outlook-rounds");
    assert_eq!(rounds.rows.len(), backtest.rounds.len());
    // A horizon before 2024-06-30.
    assert_eq!(rounds.rows[0][0].shown(), "2024-05-01");
}

#[test]
fn without_a_backtest_or_values_it_says_so_first() {
    let mut bare = made().clone();
    bare.risk.backtest = None;
    bare.risk.why = "not proven: there is 1 closed horizon".to_owned();
    bare.holdout = None;
    bare.spend = None;
    bare.no_spend = Some("the amounts are missing".to_owned());
    bare.value_bins.clear();
    (bare.totals.lifetime_value, bare.totals.value_at_risk) = (None, None);
    for contact in &mut bare.contacts {
        (contact.score.customer_lifetime_value, contact.value_at_risk) = (None, None);
    }
    let sections = sections(&bare, Some(&engagement_of(&bare)), "EUR");
    assert!(matches!(&sections[0].blocks[0], Block::Notice(n) if n.text.contains("No backtest")));
    assert!(
        matches!(&sections[0].blocks[1], Block::Notice(n) if n.text.contains("amounts are missing"))
    );
    assert!(!sections[0].answer.as_deref().unwrap().contains("EUR"));
    assert!(sections.iter().all(|section| section.id != "outlook-orders"));
    assert_eq!(sections[2].answer.as_deref(), Some("Not proven: there is 1 closed horizon."));
    sections.iter().map(text).for_each(|text| assert!(!text.contains("NaN")));
}

#[test]
fn without_an_outlook_it_says_why() {
    let sections = without("the orders span 30 days, and a purchase model needs 60", None);
    let [section] = &sections[..] else { panic!("{sections:?}") };
    let text = text(section);
    assert!(text.contains("No outlook: The orders span 30 days, and a purchase model needs 60."));
    assert!(text.contains("They need orders"));
}

#[test]
fn days_are_dates() {
    assert_eq!(shown::day(0), "1970-01-01");
    assert_eq!(shown::day(UNTIL), "2024-06-30");
    assert_eq!(shown::day(i32::MAX), crate::reports::number::NONE);
}

#[test]
fn what_is_suspicious_is_said_in_words() {
    let mut odd = made().clone();
    let edge = |parameter: &str| Suspicion::AtBoundary { parameter: parameter.to_owned() };
    odd.purchases.suspicions =
        vec![edge("a"), edge("b"), Suspicion::Ridge { condition: f64::INFINITY }];
    odd.purchases.standard_errors = None;
    let sections = sections(&odd, None, "EUR");
    let text = text(sections.last().unwrap());
    assert!(text.contains("0 or infinity for its parameters a and b"), "{text}");
    assert!(text.contains("so they have no standard errors"), "{text}");
}

#[test]
fn the_oldest_of_many_months_are_joined() {
    let mut long = made().clone();
    let holdout = long.holdout.as_mut().unwrap();
    let month = |n: usize| Cohort {
        first_order: format!("20{:02}-{:02}", 20 + n / 12, n % 12 + 1),
        contacts: 10,
        expected_orders: 1.5,
        actual_orders: 2.0,
        expected_revenue: None,
        actual_revenue: 0.0,
    };
    holdout.cohorts = (0..30).map(month).collect();
    let sections = sections(&long, None, "EUR");
    let figures = sections.iter().flat_map(|section| &section.blocks);
    let rows = figures.filter_map(|block| match block {
        Block::Figure(Figure { chart: Chart::ExpectedActual(chart), .. }) => Some(&chart.rows),
        _ => None,
    });
    let rows: Vec<_> = rows.flatten().collect();
    assert_eq!(rows.len(), 12);
    assert_eq!((rows[0].name.as_str(), rows[0].n.as_str()), ("until 2021-07", "190 contacts"));
    assert_eq!((rows[0].expected, rows[0].actual), (28.5, 38.0));
    assert_eq!(rows[11].name, "2022-06");
}
