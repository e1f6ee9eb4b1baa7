//! `leads`: who is worth a call, why, and since when.

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::pipeline::LeadQuestion;
use crate::predict::leads::{LeadModel, Leads, LeftOut, Past, Points, ScoredLead, starter};
use crate::workspace::LeadSettings;

use super::args::{Format, Global, LeadsArgs};
use super::printer::Printer;
use super::{Verdict, leads_tables as tables, out_file, source};

pub fn run(args: &LeadsArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    if args.print_starter {
        return print_starter(printer);
    }
    // Weeks are work, and neither the file nor the short text shows them.
    let is_short = printer.format == Format::Text && args.only.is_empty();
    let weeks = if args.out.is_some() || is_short { Some(0) } else { args.weeks.map(usize::from) };
    let question = LeadQuestion {
        starter: args.starter,
        weeks,
        since: args.since.clone(),
        only: args.only.clone(),
    };
    let leads = source::reading(global, printer, |workspace, p| {
        args.out.as_deref().map_or(Ok(()), |out| out_file::check(workspace, out))?;
        p.lead_scores(&question)
    })?;
    say(&leads, printer);
    match &args.out {
        Some(path) => {
            let contents = (&leads.as_of, leads.contacts.len());
            out_file::deliver(leads.batch()?, path, contents, printer)?;
        }
        None => show(&leads, !args.only.is_empty(), printer)?,
    }
    Ok(Verdict::Fine)
}

fn print_starter(printer: &Printer) -> Result<Verdict> {
    match printer.format {
        Format::Json => printer.json(&json!({ "toml": starter::TOML }))?,
        Format::Csv => {
            printer.table(&tables::rules(&LeadModel::starter(&LeadSettings::default())?))?;
        }
        Format::Text => printer.bytes(starter::TOML.as_bytes())?,
    }
    Ok(Verdict::Fine)
}

/// What a reader must know beside the numbers.
fn say(leads: &Leads, printer: &Printer) {
    if leads.model.is_starter {
        printer.say("scored by the starter rules; `microseg leads --print-starter` prints them");
    }
    for LeftOut { rule, why } in &leads.left_out {
        printer.say(&format!("the starter rule {rule} is left out: {why}"));
    }
    leads.remarks.iter().for_each(|remark| printer.warn(remark));
}

fn show(leads: &Leads, is_chosen: bool, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(&value(leads)),
        Format::Csv => printer.table(&tables::contacts(leads)),
        Format::Text => {
            printer.table(&tables::bands(leads))?;
            printer.line("")?;
            printer.table(&tables::leaders(leads))?;
            for contact in leads.contacts.iter().filter(|_| is_chosen) {
                printer.line("")?;
                printer.table(&tables::points(leads, contact))?;
                printer.line("")?;
                printer.table(&tables::history(leads, contact))?;
                if !contact.change.moves.is_empty() {
                    printer.line("")?;
                    printer.table(&tables::moves(leads, contact))?;
                }
            }
            Ok(())
        }
    }
}

fn value(leads: &Leads) -> Value {
    let bands =
        leads.bands.iter().map(|(name, contacts)| json!({ "band": name, "contacts": contacts }));
    let contacts = leads.contacts.iter().map(|contact| one(leads, contact));
    json!({
        "as_of": leads.as_of,
        "model": leads.model,
        "left_out": leads.left_out,
        "remarks": leads.remarks,
        "bands": bands.collect::<Vec<_>>(),
        "weeks": leads.weeks,
        "since": leads.since,
        "contacts": contacts.collect::<Vec<_>>(),
    })
}

fn one(leads: &Leads, contact: &ScoredLead) -> Value {
    let rules = leads.model.rules.iter().zip(&contact.points).zip(&contact.times);
    let given = rules.filter(|((_, points), times)| **points != Points::ZERO || **times > 0);
    let points: Map<String, Value> = given
        .map(|((rule, points), times)| {
            (rule.id.clone(), json!({ "points": points, "times": times }))
        })
        .collect();
    let history = leads.weeks.iter().zip(&contact.past);
    let history =
        history.map(|(week, past)| json!({ "as_of": week, "was": past.map(|p| at(leads, &p)) }));
    let mut value = at(leads, &contact.now);
    value["contact_id"] = json!(contact.contact_id);
    value["rules"] = Value::Object(points);
    value["history"] = json!(history.collect::<Vec<_>>());
    value["change"] = json!({ "from": contact.change.from, "moves": contact.change.moves });
    value
}

fn at(leads: &Leads, past: &Past) -> Value {
    let Past { score, fit, intent, band } = past;
    json!({ "score": score, "fit": fit, "intent": intent, "band": leads.band(*band) })
}
