//! Everybody's scores at an as-of and before, with what gave the points and what moved them.

use serde::Serialize;

use super::board::{Board, Ground};
use super::fit_values::FitValues;
use super::intent;
use super::model::{LeadModel, LeadRule};
use super::moves::{Move, moves};
use super::points::Points;
use super::weeks::weeks_before;
use crate::error::{Error, Kind, Result};
use crate::lake::Session;
use crate::workspace::{AsOf, LeadGroup};

/// What is asked for.
pub struct LeadInput<'a> {
    pub ground: Ground<'a>,
    pub model: LeadModel,
    pub as_of: &'a AsOf,
    /// Since when moves are counted; a week before the as-of if absent.
    pub since: Option<AsOf>,
    /// Ids of the contacts that are wanted; all if empty.
    pub only: &'a [String],
}

/// The scores of a workspace.
#[derive(Debug, Clone)]
pub struct Leads {
    pub as_of: AsOf,
    /// The rules that were used.
    pub model: LeadModel,
    /// Starter rules that were not used.
    pub left_out: Vec<LeftOut>,
    /// What can be scored but looks like a slip.
    pub remarks: Vec<String>,
    /// Every band and its contacts, the best first; of all contacts, whoever is wanted.
    pub bands: Vec<(String, usize)>,
    /// Earlier as-ofs, the latest first.
    pub weeks: Vec<AsOf>,
    /// Since when moves are counted.
    pub since: AsOf,
    /// By falling score, then by id.
    pub contacts: Vec<ScoredLead>,
}

/// A starter rule that the data do not serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub rule: String,
    pub why: String,
}

/// One contact's score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredLead {
    pub contact_id: String,
    pub now: Past,
    /// What each rule gives, in the order of the model's rules.
    pub points: Vec<Points>,
    /// Occurrences in each rule's window; of fit, 1 where the test holds.
    pub times: Vec<u64>,
    /// The score in earlier weeks; `None` where the contact was not known yet.
    pub past: Vec<Option<Past>>,
    pub change: Change,
}

/// A score at one as-of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Past {
    pub score: Points,
    pub fit: Points,
    pub intent: Points,
    /// Place among the bands' names.
    pub band: usize,
}

/// What moved a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The score then; `None` where the contact was not known yet.
    pub from: Option<Points>,
    /// They add up to the change; the largest first.
    pub moves: Vec<Move>,
}

/// Scores everybody.
///
/// # Errors
///
/// A settings error, at its line, for a rule that names what there is not, for ids that nobody has and for
/// a `since` that is not before the as-of; a data error for a rule that the data do not serve. Starter rules
/// that the data do not serve are left out, and said.
pub fn score(input: LeadInput<'_>) -> Result<Leads> {
    let LeadInput { ground, mut model, as_of, since, only } = input;
    let since = match since {
        Some(since) => earlier(since, as_of)?,
        None => weeks_before(as_of, 1)?,
    };
    let session = Session::new(ground.lake, as_of, ground.threads)?;
    let values = FitValues::read(&session, as_of, &ground, &model)?;
    if values.ids.is_empty() {
        return Err(
            Error::data(format!("nobody is known before {as_of}")).hint("choose a later --as-of")
        );
    }
    let (left_out, mut remarks) = serve(&session, &values, &mut model)?;
    remarks.extend(changed_later(&session, as_of)?);
    drop(session);
    let board = Board::of(&ground, &model, &values, as_of, &since)?;
    let before = Board::new(&ground, &model, &since, &since)?;
    let weeks: Vec<AsOf> =
        (1..=model.weeks).map(|week| weeks_before(as_of, week)).collect::<Result<_>>()?;
    let mut past = vec![Vec::with_capacity(weeks.len()); board.ids.len()];
    for week in &weeks {
        let then = match *week == since {
            true => None,
            false => Some(Board::new(&ground, &model, week, week)?),
        };
        let then = then.as_ref().unwrap_or(&before);
        for (id, past) in board.ids.iter().zip(&mut past) {
            past.push(then.row(id).map(|row| Past::of(&model, then, row)));
        }
    }
    let contacts = contacts(&model, &board, &before, past, only)?;
    let bands = band_counts(&model, &board);
    let as_of = as_of.clone();
    Ok(Leads { as_of, model, left_out, remarks, bands, weeks, since, contacts })
}

fn earlier(since: AsOf, as_of: &AsOf) -> Result<AsOf> {
    match since.micros() < as_of.micros() {
        true => Ok(since),
        false => Err(Error::settings(format!("{since} is not before the as-of, {as_of}"))
            .hint("name an earlier day: what moved the scores since then is shown")),
    }
}

/// Takes the rules out of a starter model that the data do not serve; says why. A rule that was declared
/// must be served. Returns what was left out, and remarks.
fn serve(
    session: &Session,
    values: &FitValues,
    model: &mut LeadModel,
) -> Result<(Vec<LeftOut>, Vec<String>)> {
    let (mut left_out, mut remarks, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for rule in std::mem::take(&mut model.rules) {
        match check(session, values, &rule) {
            Ok(remark) => {
                remarks.extend(remark.map(|remark| format!("{}: {remark}", rule.id)));
                kept.push(rule);
            }
            Err(error)
                if model.is_starter
                    && matches!(error.kind(), Kind::Settings | Kind::Data)
                    && error.place().file.is_none() =>
            {
                left_out.push(LeftOut { rule: rule.id, why: error.to_string() });
            }
            Err(error) => return Err(error.at_line(rule.line)),
        }
    }
    model.rules = kept;
    match model.rules.is_empty() {
        true => Err(Error::data("the data serve none of the starter rules")
            .hint("map sources of events or orders, or declare rules under [leads.rules]")),
        false => Ok((left_out, remarks)),
    }
}

fn check(session: &Session, values: &FitValues, rule: &LeadRule) -> Result<Option<String>> {
    match rule.group {
        LeadGroup::Fit => values.check(rule),
        LeadGroup::Intent => intent::check(session, rule).map(|()| None),
    }
}

/// A remark on contacts whose rows say what held after the as-of.
fn changed_later(session: &Session, as_of: &AsOf) -> Result<Option<String>> {
    let sql = format!(
        "SELECT CAST(count(*) AS VARCHAR) FROM contacts WHERE CAST(updated_at AS BIGINT) >= {}",
        as_of.micros()
    );
    let changed = session.words(&sql)?.into_iter().next().filter(|count| count != "0");
    Ok(changed.map(|count| {
        format!(
            "the rows of {count} contacts were changed at or after {as_of}: rules on words and \
             attributes see what they say now"
        )
    }))
}

impl Past {
    fn of(model: &LeadModel, board: &Board, row: usize) -> Self {
        let [fit, intent] = LeadGroup::ALL.map(|group| board.group(model, group, row));
        Past { score: fit + intent, fit, intent, band: model.bands.place(fit, intent) }
    }
}

fn contacts(
    model: &LeadModel,
    board: &Board,
    before: &Board,
    mut past: Vec<Vec<Option<Past>>>,
    only: &[String],
) -> Result<Vec<ScoredLead>> {
    let mut rows: Vec<usize> = match only {
        [] => (0..board.ids.len()).collect(),
        ids => ids.iter().map(|id| wanted(board, id)).collect::<Result<_>>()?,
    };
    rows.sort_unstable();
    rows.dedup();
    let contact = |row: usize| {
        let id = &board.ids[row];
        let cells = board.cells(row);
        ScoredLead {
            contact_id: id.clone(),
            now: Past::of(model, board, row),
            points: cells.iter().map(|cell| cell.points).collect(),
            times: cells.iter().map(|cell| cell.times).collect(),
            past: std::mem::take(&mut past[row]),
            change: Change {
                from: before.row(id).map(|row| Past::of(model, before, row).score),
                moves: moves(model, before, board, id),
            },
        }
    };
    let mut contacts: Vec<ScoredLead> = rows.into_iter().map(contact).collect();
    // Rows are in order of ids, and the sort is stable.
    contacts.sort_by_key(|contact| std::cmp::Reverse(contact.now.score));
    Ok(contacts)
}

fn wanted(board: &Board, id: &str) -> Result<usize> {
    board.row(id).ok_or_else(|| {
        Error::settings(format!("no contact is known before {} as", board.as_of))
            .with_value(id)
            .hint("give the ids as `microseg leads` shows them")
    })
}

fn band_counts(model: &LeadModel, board: &Board) -> Vec<(String, usize)> {
    let mut bands: Vec<(String, usize)> =
        model.bands.names().into_iter().map(|name| (name, 0)).collect();
    for row in 0..board.ids.len() {
        bands[Past::of(model, board, row).band].1 += 1;
    }
    bands
}
