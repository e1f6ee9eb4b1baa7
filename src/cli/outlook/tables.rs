//! The tables that a terminal shows of an outlook.

use crate::predict::churn::CandidateEvidence;
use crate::predict::outlook::Outlook;
use crate::predict::purchase::PurchaseModel;
use crate::reports::{Cell, Column, Table};

/// Totals, models, evidence.
pub fn tables(outlook: &Outlook) -> Vec<Table> {
    let mut tables = vec![totals(outlook), model(outlook)];
    tables.extend(evidence(outlook));
    tables.extend(holdout(outlook));
    tables
}

fn table(name: &str, caption: String, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table { name: name.to_owned(), caption, columns, rows }
}

fn number(value: f64, decimals: usize) -> Cell {
    Cell::Number { value, decimals }
}

fn perhaps(value: Option<f64>, decimals: usize, why: &str) -> Cell {
    value.map_or_else(|| Cell::missing(why), |value| number(value, decimals))
}

fn totals(outlook: &Outlook) -> Table {
    let totals = &outlook.totals;
    let scores = &outlook.params.scores;
    let mut rows = vec![
        vec![Cell::text("Contacts who have bought"), Cell::Count(totals.buyers as u64)],
        vec![Cell::text("of these on more than one day"), Cell::Count(totals.repeat_buyers as u64)],
        vec![Cell::text("expected to be alive"), number(totals.expected_alive, 0)],
    ];
    for (days, orders) in scores.horizons_days.iter().zip(&totals.expected_orders) {
        rows.push(vec![
            Cell::text(format!("Orders expected within {days} days")),
            number(*orders, 1),
        ]);
    }
    let no_spend = outlook.no_spend.as_deref().unwrap_or_default();
    rows.push(vec![
        Cell::text(format!("Lifetime value, {} days", scores.value_days)),
        perhaps(totals.lifetime_value, 2, no_spend),
    ]);
    rows.push(vec![Cell::text("Value at risk"), perhaps(totals.value_at_risk, 2, no_spend)]);
    for (band, contacts) in ["low", "medium", "high"].iter().zip(totals.bands) {
        rows.push(vec![
            Cell::text(format!(
                "Contacts at {band} risk of no order in {} days",
                outlook.horizon.days
            )),
            Cell::Count(contacts as u64),
        ]);
    }
    let caption =
        format!("Horizon of churn: {} days ({}).", outlook.horizon.days, outlook.horizon.source);
    let columns = vec![Column::text("What"), Column::number("Value")];
    table("totals", caption, columns, rows)
}

fn model(outlook: &Outlook) -> Table {
    let fitted = &outlook.purchases;
    let unit = if outlook.params.unit_days == 7 { "weeks" } else { "days" };
    let errors = fitted.standard_errors;
    let mut rows: Vec<Vec<Cell>> = fitted
        .kind
        .parameters()
        .iter()
        .zip(fitted.model.parameters())
        .enumerate()
        .map(|(place, (name, value))| {
            let error = errors.map(|errors| errors[place]);
            vec![
                Cell::text(*name),
                number(value, 6),
                perhaps(error, 6, "the curvature says nothing"),
            ]
        })
        .collect();
    if let PurchaseModel::Geometric(model) = &fitted.model
        && fitted.kind.has_rhythm()
    {
        let none = Cell::missing("a whole number");
        rows.push(vec![Cell::text("k"), Cell::Count(u64::from(model.k)), none]);
    }
    if let Some(spend) = &outlook.spend {
        let values = [spend.model.p, spend.model.q, spend.model.v];
        for (place, (name, value)) in ["p", "q", "v"].iter().zip(values).enumerate() {
            let error = spend.standard_errors.map(|errors| errors[place]);
            rows.push(vec![
                Cell::text(format!("{name} (value of an order)")),
                number(value, 6),
                perhaps(error, 6, "the curvature says nothing"),
            ]);
        }
    }
    let caption = format!(
        "{} in {unit}, chosen {}; log-likelihood {:.4}.",
        fitted.kind.title(),
        outlook.choice.how,
        fitted.log_likelihood
    );
    let columns = vec![
        Column::text("Parameter"),
        Column::number("Estimate"),
        Column::number("Standard error"),
    ];
    table("model", caption, columns, rows)
}

fn evidence(outlook: &Outlook) -> Option<Table> {
    let backtest = outlook.risk.backtest.as_ref()?;
    let row = |c: &CandidateEvidence| {
        let used = if c.candidate == outlook.risk.used { "used" } else { "" };
        let newest = c.newest_auc.as_ref();
        vec![
            Cell::text(c.candidate.title()),
            number(c.log_loss, 4),
            number(c.brier, 4),
            perhaps(newest.map(|auc| auc.point), 4, "one outcome only"),
            newest.map_or_else(
                || Cell::missing("one outcome only"),
                |auc| Cell::Interval { low: auc.low, high: auc.high, percent: false, decimals: 3 },
            ),
            number(c.calibration_error, 4),
            Cell::text(used),
        ]
    };
    let columns = vec![
        Column::text("Way to a churn risk"),
        Column::number("Log loss"),
        Column::number("Brier"),
        Column::number("AUC, newest round"),
        Column::number("95% interval"),
        Column::number("Calibration error"),
        Column::text(""),
    ];
    let caption = format!("{}.", outlook.risk.why);
    Some(table("evidence", caption, columns, backtest.candidates.iter().map(row).collect()))
}

fn holdout(outlook: &Outlook) -> Option<Table> {
    let holdout = outlook.holdout.as_ref()?;
    let rows = vec![
        vec![
            Cell::text("Orders"),
            number(holdout.expected_orders, 1),
            number(holdout.actual_orders, 0),
        ],
        vec![
            Cell::text("Revenue"),
            perhaps(holdout.expected_revenue, 2, "no model of values"),
            number(holdout.actual_revenue, 2),
        ],
    ];
    let caption = format!(
        "The {} days held out: mean absolute error {:.4} orders a contact ({:.4} of the median, {:.4} of each \
         contact's own rate); {:.1}% of the contacts inside their {:.0}% interval.",
        holdout.days,
        holdout.mean_absolute_error,
        holdout.mean_absolute_error_of_median,
        holdout.mean_absolute_error_of_own_rate,
        100.0 * holdout.coverage,
        100.0 * holdout.level
    );
    let columns = vec![Column::text("What"), Column::number("Expected"), Column::number("Actual")];
    Some(table("holdout", caption, columns, rows))
}
