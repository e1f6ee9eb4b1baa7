//! Churn and value at risk.

use super::super::{Block, Cell, Column, Notice, Section, Severity, Table, number};
use super::facts::{CalibrationFacts, DigestFacts, OutlookFacts};

/// What is expected of buyers now, against the digest before.
pub fn section(facts: &DigestFacts) -> Section {
    let (answer, blocks) = match &facts.outlook {
        Some(outlook) => known(outlook),
        None => {
            let why = facts.no_outlook.clone().unwrap_or_default();
            (format!("Nothing can be said of churn and value: {why}."), Vec::new())
        }
    };
    Section {
        id: "value".to_owned(),
        heading: "Churn and value at risk".to_owned(),
        answer: Some(answer),
        blocks,
    }
}

fn known(outlook: &OutlookFacts) -> (String, Vec<Block>) {
    let money = |minor| number::money(minor, outlook.exponent, &outlook.currency);
    let answer = match outlook.value_at_risk_minor {
        Some(now) => format!(
            "{} are at risk over {} buyers, {} of them at high risk.",
            money(now),
            number::count(outlook.buyers),
            number::count(outlook.bands[2])
        ),
        None => format!(
            "{} of {} buyers are at high risk.",
            number::count(outlook.bands[2]),
            number::count(outlook.buyers)
        ),
    };
    let mut blocks = vec![Block::Table(bands(outlook))];
    match (&outlook.calibration, &outlook.calibration_pending) {
        (Some(calibration), _) => blocks.push(came_out(calibration, outlook)),
        (None, Some(pending)) => blocks.push(Block::Text(pending.clone())),
        (None, None) => {}
    }
    blocks.push(Block::Method(format!(
        "Risks of no order within {} days and lifetime values by the models fitted as of {}, which `microseg run` fits \
         anew; value at risk is the sum of risk × lifetime value.",
        outlook.horizon_days, outlook.fitted_as_of
    )));
    (answer, blocks)
}

fn bands(outlook: &OutlookFacts) -> Table {
    let before = |place: usize| match outlook.bands_before {
        Some(bands) => Cell::Count(bands[place]),
        None => Cell::missing("no digest before"),
    };
    let row = |(place, name): (usize, &str)| {
        vec![Cell::text(name), Cell::Count(outlook.bands[place]), before(place)]
    };
    Table {
        name: "risk-bands".to_owned(),
        caption: format!("Buyers by risk of no order within {} days", outlook.horizon_days),
        columns: vec![Column::text("Risk"), Column::number("Buyers"), Column::number("Before")],
        rows: ["low", "medium", "high"].into_iter().enumerate().map(row).collect(),
    }
}

fn came_out(calibration: &CalibrationFacts, outlook: &OutlookFacts) -> Block {
    let CalibrationFacts { as_of, contacts, expected_lost, lost, ratio, low, high, holds, .. } =
        calibration;
    let text = format!(
        "Risks given as of {as_of} to {} contacts expected {} to be lost; {} were: {} times as many (95 % interval {} \
         to {}).",
        number::count(*contacts),
        number::decimal(*expected_lost, 0),
        number::count(*lost),
        number::decimal(*ratio, 2),
        number::decimal(*low, 2),
        number::decimal(*high, 2)
    );
    match holds {
        true => Block::Text(format!("{text} The risks held.")),
        false if calibration.fitted_as_of != outlook.fitted_as_of => {
            Block::Text(format!("{text} The models have been fitted anew since."))
        }
        false => Block::Notice(Notice {
            severity: Severity::Warning,
            text,
            hint: Some("Run `microseg run`: it fits and tests the models anew.".to_owned()),
        }),
    }
}
