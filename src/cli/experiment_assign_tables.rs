//! Tables of `experiment assign`.

use crate::experiments::assignment::{HOLDOUT, PlannedReach, StratumBalance};
use crate::pipeline::Assigned;
use crate::reports::{Cell, Column, Table};

/// Contacts by stratum and arm.
pub fn arms(assigned: &Assigned) -> Table {
    let balance = &assigned.balance;
    let has_holdout = balance.holdout.is_some() || balance.overall.held_out > 0;
    let has_others = balance.overall.elsewhere > 0;
    let mut columns = vec![Column::text("Stratum"), Column::number("Contacts")];
    columns.extend(balance.arms.iter().map(Column::number));
    columns.extend(has_holdout.then(|| Column::number(HOLDOUT)));
    columns.extend(has_others.then(|| Column::number("in earlier arms")));
    columns.push(Column::number("p of the sizes"));
    let row = |stratum: &StratumBalance, name: &str| {
        let mut row = vec![Cell::text(name), Cell::Count(stratum.contacts())];
        row.extend(stratum.arms.iter().map(|n| Cell::Count(*n)));
        row.extend(has_holdout.then_some(Cell::Count(stratum.held_out)));
        row.extend(has_others.then_some(Cell::Count(stratum.elsewhere)));
        let p = stratum.check.as_ref().map(|check| Cell::PValue(check.p));
        row.push(p.unwrap_or_else(|| Cell::missing("nobody is in any arm")));
        row
    };
    let strata = balance.strata.iter().map(|stratum| row(stratum, &stratum.stratum));
    Table {
        name: "assigned".to_owned(),
        caption: format!("{} as of {}", assigned.experiment, assigned.as_of),
        columns,
        rows: std::iter::once(row(&balance.overall, "Everybody")).chain(strata).collect(),
    }
}

/// What the arms can show.
pub fn reach(assigned: &Assigned) -> Table {
    let is_revenue = assigned.decision_metric == "revenue";
    let has_reasons = assigned.planned.iter().any(|reach| reach.why_not.is_some());
    let baseline = |reach: &PlannedReach| match reach.baseline {
        Some(value) if is_revenue => Cell::Number { value, decimals: 2 },
        Some(value) => Cell::Percent { value, decimals: 2 },
        None => Cell::missing("not known"),
    };
    let row = |reach: &PlannedReach| {
        let why = || reach.why_not.clone().unwrap_or_else(|| "a single test".to_owned());
        let lift = |lift: Option<f64>| match lift {
            Some(value) => Cell::Percent { value, decimals: 1 },
            None => Cell::missing(why()),
        };
        let mut row = vec![
            Cell::text(reach.stratum.as_deref().unwrap_or("Everybody")),
            baseline(reach),
            lift(reach.smallest_relative_lift),
            lift(reach.smallest_relative_lift_together),
        ];
        let words = || Cell::text(reach.why_not.as_deref().unwrap_or_default());
        row.extend(has_reasons.then(words));
        row
    };
    let numbers = ["Before", "Smallest lift", "Smallest lift, all strata read"];
    let mut columns = vec![Column::text("Stratum")];
    columns.extend(numbers.map(Column::number));
    columns.extend(has_reasons.then(|| Column::text("Why none")));
    Table {
        name: "reach".to_owned(),
        caption: format!("What the arms can show of {}", assigned.decision_metric),
        columns,
        rows: assigned.planned.iter().map(row).collect(),
    }
}
