//! Who may be mailed at all, and by what the result is broken down.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::error::{Error, Kind, Result};
use crate::experiments::assignment::Candidate;
use crate::experiments::lake::{SEGMENT_COLUMN, UNKNOWN_LEVEL};
use crate::lake::{Session, Table};

use super::super::Segments;
use super::question::Audience;

/// Words of consent that say yes, and no.
const YES: [&str; 6] = ["subscribed", "opted_in", "opted in", "true", "yes", "1"];
const NO: [&str; 9] = [
    "unsubscribed", "never_subscribed", "opted_out", "opted out", "cleaned", "suppressed", "false",
    "no", "0",
];

/// Contacts as the lake has them at the as-of, by id.
struct Known {
    ids: StringArray,
    consent: StringArray,
    /// Unsubscriptions and complaints.
    leaves: Vec<i64>,
    levels: Option<StringArray>,
}

/// The contacts that may be assigned, and how many others there are. `audience` is a segment, `by` the column
/// whose levels are the strata.
///
/// # Errors
///
/// A settings error for an unknown segment or column; a data error if strata are to be segments and there is no
/// proposal.
pub fn candidates(
    session: &Session,
    segments: &mut Segments<'_>,
    (audience, by): (Option<&str>, Option<&str>),
    excluded: &BTreeSet<String>,
) -> Result<(Vec<Candidate>, Audience)> {
    let (name, places) = match audience {
        None => ("everybody".to_owned(), (0..segments.contact_ids().len()).collect()),
        Some(name) => segments.audience(name)?,
    };
    let known = known(session, by.filter(|by| *by != SEGMENT_COLUMN))?;
    let discovered = match by {
        Some(SEGMENT_COLUMN) => Some(segments.discovered_names()?),
        _ => None,
    };
    let is_consent_known =
        known.consent.null_count() < known.consent.len() || known.leaves.iter().any(|n| *n > 0);
    let contacts = places.len();
    let mut found = Audience { name, contacts, is_consent_known, ..Audience::default() };
    let mut candidates = Vec::new();
    for place in places {
        let id = &segments.contact_ids()[place];
        let row = known.row(id);
        if !row.is_some_and(|row| known.may_be_mailed(row)) {
            found.without_consent += 1;
        } else if excluded.contains(id) {
            found.excluded += 1;
        } else {
            let level = match &discovered {
                Some(names) => names[place],
                None => row.and_then(|row| known.level(row)),
            };
            let stratum = level.unwrap_or(if by.is_some() { UNKNOWN_LEVEL } else { "" });
            candidates.push(Candidate { contact: id.clone(), stratum: stratum.to_owned() });
        }
    }
    Ok((candidates, found))
}

impl Known {
    /// The row of a contact; rows are in the order of ids.
    fn row(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.value(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The word on consent decides; where it says neither yes nor no, or there is none, whoever once left is gone.
    fn may_be_mailed(&self, row: usize) -> bool {
        let consent = self.consent.is_valid(row).then(|| self.consent.value(row).to_lowercase());
        let has_left = self.leaves[row] > 0;
        match consent.as_deref() {
            Some(word) if NO.contains(&word) => false,
            Some(word) if YES.contains(&word) => true,
            _ => !has_left,
        }
    }

    fn level(&self, row: usize) -> Option<&str> {
        let levels = self.levels.as_ref()?;
        levels.is_valid(row).then(|| levels.value(row))
    }
}

fn known(session: &Session, by: Option<&str>) -> Result<Known> {
    if let Some(by) = by {
        check_by(session, by)?;
    }
    let level = by.map_or(String::new(), |by| {
        format!(", CAST(c.\"{}\" AS VARCHAR) AS level", by.replace('"', "\"\""))
    });
    let sql = format!(
        "SELECT c.contact_id, CAST(c.consent AS VARCHAR) AS consent, \
         CAST(coalesce(e.leaves, 0) AS BIGINT) AS leaves{level} FROM contacts c LEFT JOIN \
         (SELECT contact_key, count(*) AS leaves FROM events \
         WHERE kind IN ('unsubscribed', 'complained') GROUP BY contact_key) e \
         ON e.contact_key = c.contact_key ORDER BY c.contact_id"
    );
    let batches = session.collect(&sql)?;
    let schema = batches.first().map(|batch| batch.schema());
    let schema = schema.ok_or_else(|| {
        Error::data("nobody is known before the as-of").hint("choose a later --as-of")
    })?;
    let batch = arrow::compute::concat_batches(&schema, &batches)?;
    let text = |place: usize| -> Result<StringArray> {
        Ok(cast(batch.column(place), &DataType::Utf8)?.as_string::<i32>().clone())
    };
    let leaves = batch.column(2).as_primitive::<Int64Type>().values().to_vec();
    let levels = by.map(|_| text(3)).transpose()?;
    Ok(Known { ids: text(0)?, consent: text(1)?, leaves, levels })
}

fn check_by(session: &Session, by: &str) -> Result<()> {
    let mut known = session.columns(Table::Contacts)?;
    if known.iter().any(|column| column == by) {
        return Ok(());
    }
    known.push(SEGMENT_COLUMN.to_owned());
    let known = known.iter().map(String::as_str);
    Err(Error::unknown(Kind::Settings, "breakdown of the experiment", by, known))
}
