//! `segments`: the segments of the workspace, and what is decided on them.

use jiff::{Timestamp, Unit};
use serde_json::json;

use crate::error::{Error, Result};
use crate::pipeline::segments::{
    Decided, Exported, Kind, Listed, Look, Segments, Shown, Standing, Trial, Words,
};

use crate::segments::rules::starters::STARTERS;
use crate::workspace::registry::{Rejection, Version};

use super::args::{Format, Global};
use super::printer::Printer;
use super::segments_args::{SegmentsCommand, TestArgs};
use super::{Verdict, segments_tables as tables, source};

pub fn run(command: &SegmentsCommand, global: &Global, printer: &Printer) -> Result<Verdict> {
    match command {
        SegmentsCommand::List => list(global, printer),
        SegmentsCommand::Show(args) => {
            let shown = source::reading(global, printer, |_, p| p.segments()?.show(&args.id))?;
            show(&shown, printer)
        }
        SegmentsCommand::Test(args) => test(args, global, printer),
        SegmentsCommand::Accept(args) => {
            if args.name.is_some() && args.ids.len() > 1 {
                return Err(Error::settings("--name names one segment, and several are accepted")
                    .hint("accept it by itself"));
            }
            let words = words(&args.author, Some(&args.note));
            let decided = deciding(global, printer, |segments| {
                let ids = if args.all { open(segments, printer)? } else { args.ids.clone() };
                let one = |id: &String| segments.accept(id, args.name.as_deref(), &words);
                ids.iter().map(one).collect::<Result<Vec<_>>>()
            })?;
            for decided in &decided {
                decided_on(decided, "accepted", printer)?;
            }
            Ok(Verdict::Fine)
        }
        SegmentsCommand::Reject(args) => {
            let words = words(&args.author, Some(&Some(args.reason.clone())));
            let rejection =
                deciding(global, printer, |segments| segments.reject(&args.id, &words))?;
            rejected(&rejection, printer)
        }
        SegmentsCommand::Rename(args) => {
            let words = words(&args.author, Some(&args.note));
            let decided = deciding(global, printer, |segments| {
                segments.rename(&args.id, &args.name, &words)
            })?;
            decided_on(&decided, "renamed", printer)
        }
        SegmentsCommand::Export(args) => {
            let exported = deciding(global, printer, |segments| segments.export(&args.id))?;
            export(&exported, printer)
        }
        SegmentsCommand::Starters => starters(printer),
    }
}

/// Segments that are there and were not rejected. Those that nobody belongs to are told and left out; one that cannot
/// be evaluated is an error when it is accepted.
fn open(segments: &mut Segments<'_>, printer: &Printer) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for one in segments.list()? {
        if one.kind == Kind::Gone || one.standing == Standing::Rejected {
            continue;
        }
        if one.size == Some(0) {
            printer.warn(&format!("nobody belongs to the segment {}; it is not accepted", one.id));
            continue;
        }
        ids.push(one.id);
    }
    Ok(ids)
}

/// What is recorded with a decision. The clock is read to the second.
fn words(author: &Option<String>, note: Option<&Option<String>>) -> Words {
    let now = Timestamp::now();
    let now = now.round(Unit::Second).unwrap_or(now);
    Words { author: author.clone(), note: note.cloned().flatten(), recorded_at: now.to_string() }
}

fn deciding<T>(
    global: &Global,
    printer: &Printer,
    decide: impl FnOnce(&mut Segments<'_>) -> Result<T>,
) -> Result<T> {
    source::writing(global, printer, |_, p| decide(&mut p.segments_to_decide()?))
}

fn list(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (listed, as_of, no_proposal) = source::reading(global, printer, |_, p| {
        let mut segments = p.segments()?;
        Ok((segments.list()?, segments.as_of(), segments.no_proposal().map(str::to_owned)))
    })?;
    match printer.format {
        Format::Json => printer.json(&json!({
            "as_of": as_of, "no_proposal": no_proposal, "segments": listed,
        }))?,
        _ => printer.table(&tables::list(&listed, &as_of))?,
    }
    no_proposal.iter().for_each(|why| printer.say(why));
    // What the settings hold and cannot be evaluated is a finding.
    let broken: Vec<&Listed> = listed.iter().filter(|one| one.is_broken()).collect();
    for one in &broken {
        printer.warn(&format!("{}: {}", one.id, one.why_not.as_deref().unwrap_or_default()));
    }
    Ok(if broken.is_empty() { Verdict::Fine } else { Verdict::No })
}

fn show(shown: &Shown, printer: &Printer) -> Result<Verdict> {
    match printer.format {
        Format::Json => printer.json(shown)?,
        Format::Csv => printer.table(&tables::history(shown))?,
        Format::Text => {
            printer.line(&tables::heading(shown))?;
            let parts = [("In TOML", &shown.toml), ("In SQL", &shown.sql)];
            for (head, part) in parts {
                if let Some(part) = part {
                    printer.line(&format!("\n{head}:\n{}", part.trim_end()))?;
                }
            }
            if !shown.history.decisions.is_empty() {
                printer.line("")?;
                printer.table(&tables::history(shown))?;
            }
        }
    }
    Ok(Verdict::Fine)
}

fn test(args: &TestArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let (look, trial) = source::reading(global, printer, |_, p| {
        let mut segments = p.segments()?;
        let look = match (&args.rule, &args.id) {
            (Some(file), _) => segments.look_at_file(file)?,
            (None, id) => segments.look(id.as_deref().unwrap_or_default())?,
        };
        // The sample is shown before everybody is looked at.
        if printer.format == Format::Text {
            printer.line(&tables::look(&look))?;
        }
        let trial = segments.trial(&look)?;
        Ok((look, trial))
    })?;
    match printer.format {
        Format::Json => printer.json(&json!({ "rule": look, "result": trial }))?,
        Format::Csv => printer.table(&tables::overlaps(&look, &trial))?,
        Format::Text => tried(&look, &trial, printer)?,
    }
    let remarks = look.reading.remarks.iter().cloned();
    let others = trial.not_evaluated.iter().map(|(id, why)| format!("{id} is left out: {why}"));
    remarks.chain(others).for_each(|text| printer.warn(&text));
    Ok(Verdict::Fine)
}

fn tried(look: &Look, trial: &Trial, printer: &Printer) -> Result<()> {
    printer.line(&tables::size(trial))?;
    for table in [tables::members(trial), tables::near_misses(trial), tables::overlaps(look, trial)]
    {
        if !table.rows.is_empty() {
            printer.line("")?;
            printer.table(&table)?;
        }
    }
    printer.line(&format!("\nIn SQL:\n{}", look.sql.trim_end()))
}

fn decided_on(decided: &Decided, what: &str, printer: &Printer) -> Result<Verdict> {
    let version = &decided.version;
    if printer.format == Format::Json {
        printer.json(&json!({
            "id": version.segment, "name": version.name, "version": version.version,
            "is_new": decided.is_new, "size": version.size, "contacts": version.contacts,
            "as_of": version.as_of, "seed": version.seed, "author": version.author,
            "note": version.note, "recorded_at": version.recorded_at,
        }))?;
        return Ok(Verdict::Fine);
    }
    let what = if decided.is_new { what } else { "unchanged since it was accepted" };
    if printer.format == Format::Csv {
        let Version { segment, name, .. } = version;
        printer.table(&tables::decided(segment, name, what, Some(version)))?;
        return Ok(Verdict::Fine);
    }
    printer.line(&format!(
        "{} “{}” {what}: version {}, {} of {} contacts as of {}",
        version.segment,
        version.name,
        version.version,
        crate::reports::number::count(version.size),
        crate::reports::number::count(version.contacts),
        version.as_of
    ))?;
    Ok(Verdict::Fine)
}

fn rejected(rejection: &Rejection, printer: &Printer) -> Result<Verdict> {
    let Rejection { segment, name, author, reason, recorded_at } = rejection;
    match printer.format {
        Format::Json => printer.json(&json!({
            "id": segment, "name": name, "verdict": "rejected", "author": author,
            "reason": reason, "recorded_at": recorded_at,
        }))?,
        Format::Csv => printer.table(&tables::decided(segment, name, "rejected", None))?,
        Format::Text => {
            let reason = reason.as_deref().unwrap_or_default();
            printer.line(&format!("{segment} “{name}” rejected: {reason}"))?;
        }
    }
    Ok(Verdict::Fine)
}

fn export(exported: &Exported, printer: &Printer) -> Result<Verdict> {
    match printer.format {
        Format::Json => printer.json(exported)?,
        _ => {
            printer.line(&exported.csv.display().to_string())?;
            printer.line(&exported.parquet.display().to_string())?;
            printer.say(&format!("{} members as of {}", exported.size, exported.as_of));
        }
    }
    if exported.size == 0 {
        printer.warn(&format!("nobody belongs to the segment {}", exported.id));
    }
    Ok(Verdict::Fine)
}

fn starters(printer: &Printer) -> Result<Verdict> {
    match printer.format {
        Format::Text => {
            let sections: Vec<String> = STARTERS.iter().map(|starter| starter.section()).collect();
            printer.bytes(sections.join("\n").as_bytes())?;
        }
        Format::Json => {
            let starters = STARTERS.iter().map(|s| json!({ "id": s.id, "toml": s.toml }));
            printer.json(&starters.collect::<Vec<_>>())?;
        }
        Format::Csv => printer.table(&tables::starters(&STARTERS)?)?,
    }
    Ok(Verdict::Fine)
}
