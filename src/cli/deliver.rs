//! `deliver`: messages that wait.

use jiff::Timestamp;

use crate::error::Result;
use crate::reports::{Cell, Column, Table};
use crate::schedule::SchedulerLock;
use crate::schedule::outbox::Outbox;
use crate::workspace::Workspace;
use crate::workspace::journal::{Journal, Queued};

use super::args::{Format, Global};
use super::printer::Printer;
use super::schedule::schedule_args::DeliverArgs;
use super::schedule::secret;
use super::{Verdict, log};

pub fn run(args: &DeliverArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    log::begin(args.log_format, global);
    let workspace = Workspace::open(&global.workspace)?;
    let _lock = SchedulerLock::take(workspace.root())?;
    let mut journal = Journal::open(&workspace.registry_dir())?;
    let now = Timestamp::now();
    journal.hasten(now)?;
    if args.discard {
        let discarded = journal.discard(now)?;
        printer.say(&format!("{discarded} messages that were given up are put away"));
    }
    if args.again {
        let revived = journal.revive(now)?;
        printer.say(&format!("{revived} messages that were given up wait again"));
    }
    let outbox = Outbox {
        workspace: &workspace,
        secrets: &secret,
        stop: &|| false,
        real_time: &Timestamp::now,
    };
    let done = outbox.deliver(&mut journal, now)?;
    match printer.format {
        Format::Json => printer.json(&done)?,
        _ => printer.line(&format!(
            "{} queued, {} sent, {} to be tried again, {} given up",
            done.queued, done.sent, done.failed, done.dead
        ))?,
    }
    if let Some(why) = &done.not_queued {
        printer.warn(&format!("new messages cannot be queued: {why}"));
    }
    Ok(if done.failed + done.dead > 0 || done.not_queued.is_some() {
        Verdict::No
    } else {
        Verdict::Fine
    })
}

/// Messages that were not delivered, and why.
pub fn undelivered(messages: &[Queued]) -> Table {
    let row = |message: &Queued| {
        vec![
            Cell::Id(message.id.clone()),
            Cell::text(&*message.delivery),
            Cell::text(message.state.word()),
            Cell::Count(message.attempts),
            Cell::text(message.next_at.to_string()),
            Cell::text(message.last_error.clone().unwrap_or_default()),
        ]
    };
    Table {
        name: "undelivered".to_owned(),
        caption: "Messages that were not delivered".to_owned(),
        columns: vec![
            Column::text("Message"),
            Column::text("Delivery"),
            Column::text("State"),
            Column::number("Attempts"),
            Column::text("Next attempt"),
            Column::text("Why"),
        ],
        rows: messages.iter().map(row).collect(),
    }
}
