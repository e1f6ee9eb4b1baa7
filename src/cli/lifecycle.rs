//! `lifecycle`: which stage everybody is in, and since when.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::Result;
use crate::predict::lifecycle::{Lifecycle, Staged, Thresholds, summary};
use crate::reports::{Cell, Column, Table};

use super::args::{Format, Global, LifecycleArgs};
use super::printer::Printer;
use super::{Verdict, out_file, source};

pub fn run(args: &LifecycleArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let lifecycle = source::reading(global, printer, |workspace, p| {
        args.out.as_deref().map_or(Ok(()), |out| out_file::check(workspace, out))?;
        p.lifecycle()
    })?;
    lifecycle.remarks.iter().for_each(|remark| printer.warn(remark));
    let Some(path) = &args.out else {
        show(&lifecycle, printer)?;
        return Ok(Verdict::Fine);
    };
    let contents = (&lifecycle.as_of, lifecycle.contacts.len());
    out_file::deliver(lifecycle.batch()?, path, contents, printer)?;
    Ok(Verdict::Fine)
}

fn show(lifecycle: &Lifecycle, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(&value(lifecycle)),
        Format::Csv => printer.table(&contacts(lifecycle)),
        Format::Text => {
            printer.table(&stages(lifecycle))?;
            match &lifecycle.thresholds {
                Some(days) => printer.line(&format!("\n{}", waits(days))),
                None => Ok(()),
            }
        }
    }
}

/// After how long customers are at risk and lapsed, and who says so.
fn waits(days: &Thresholds) -> String {
    format!(
        "At risk after {} days without an order ({}); lapsed after {} ({}).",
        days.at_risk_days,
        days.at_risk_from.words(),
        days.lapsed_days,
        days.lapsed_from.words()
    )
}

fn stages(lifecycle: &Lifecycle) -> Table {
    let rows = summary(lifecycle).into_iter().map(|stage| {
        vec![
            stage.stage.map_or(Cell::missing("not known"), Cell::text),
            Cell::Count(stage.contacts as u64),
            Cell::Percent { value: stage.share, decimals: 1 },
            match stage.median_days {
                Some(value) => Cell::Number { value, decimals: 1 },
                None => Cell::missing("no date is known"),
            },
        ]
    });
    Table {
        name: "lifecycle".to_owned(),
        caption: format!("Lifecycle stages as of {}", lifecycle.as_of),
        columns: vec![
            Column::text("Stage"),
            Column::number("Contacts"),
            Column::number("Share"),
            Column::number("Median time in it").unit("days"),
        ],
        rows: rows.collect(),
    }
}

fn contacts(lifecycle: &Lifecycle) -> Table {
    let day = |us: Option<i64>| match us.and_then(|us| date(lifecycle, us)) {
        Some(date) => Cell::text(date),
        None => Cell::missing("not known"),
    };
    let row = |contact: &Staged| {
        let stage = lifecycle.stage(contact);
        let days = lifecycle.days(contact);
        let mut row = vec![
            Cell::Id(contact.contact_id.clone()),
            stage.map_or(Cell::missing("not known"), Cell::text),
            day(contact.now().and_then(|now| now.us)),
            days.map_or(Cell::missing("not known"), |days| Cell::Count(days.unsigned_abs())),
        ];
        row.extend((0..lifecycle.stages.len()).map(|stage| day(contact.entered(stage))));
        row
    };
    let mut columns = vec![
        Column::text("Contact"),
        Column::text("Stage"),
        Column::text("Since"),
        Column::number("Days"),
    ];
    columns.extend(lifecycle.stages.iter().map(|stage| Column::text(format!("entered {stage}"))));
    Table {
        name: "lifecycle_contacts".to_owned(),
        caption: format!("Lifecycle stages as of {}", lifecycle.as_of),
        columns,
        rows: lifecycle.contacts.iter().map(row).collect(),
    }
}

fn date(lifecycle: &Lifecycle, us: i64) -> Option<String> {
    let at = Timestamp::from_microsecond(us).ok()?;
    Some(at.to_zoned(lifecycle.as_of.zone().clone()).date().to_string())
}

fn value(lifecycle: &Lifecycle) -> Value {
    let moment = |us: i64| Timestamp::from_microsecond(us).ok().map(|at| at.to_string());
    let one = |contact: &Staged| {
        let path = contact.path.iter().map(|entered| {
            json!({
                "stage": lifecycle.stages[entered.stage],
                "entered_at": entered.us.and_then(moment),
            })
        });
        json!({
            "contact_id": contact.contact_id,
            "stage": lifecycle.stage(contact),
            "entered_at": contact.now().and_then(|now| now.us).and_then(moment),
            "days_in_stage": lifecycle.days(contact),
            "path": path.collect::<Vec<_>>(),
        })
    };
    json!({
        "as_of": lifecycle.as_of,
        "source": lifecycle.source,
        "thresholds": lifecycle.thresholds,
        "remarks": lifecycle.remarks,
        "stages": summary(lifecycle),
        "contacts": lifecycle.contacts.iter().map(one).collect::<Vec<_>>(),
    })
}
