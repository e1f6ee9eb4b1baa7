//! The stages of a CRM: its word for every contact, as it is.
//!
//! A word has no time. Where the contact's row was changed at or after the as-of, what it said before is not
//! known, and neither is the stage. Dates of stages, in free attributes, are known for what they are: one
//! before the as-of says that the stage was reached.
//!
//! With `forward_only` a contact is in the furthest of the listed stages that it has reached, by word or by
//! date: it does not go back. A word that is not listed stands beside that order, and is taken as it is.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use jiff::{Timestamp, civil};

use super::stages::{Entered, Lifecycle, LifecycleInput, Staged};
use crate::error::{Error, Kind, Result};
use crate::lake::Table;
use crate::lake::schema::ATTRIBUTE_PREFIX;
use crate::workspace::{AsOf, LifecycleSettings, StageSource};

/// What a CRM says of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Said {
    contact_id: String,
    word: Option<String>,
    /// The row was changed at the as-of or later.
    is_later: bool,
    /// Place among the listed stages, and the date on which the stage was entered.
    dates: Vec<(usize, i64)>,
}

/// Finds everybody's stage by the CRM's word.
pub(super) fn stages(input: &LifecycleInput<'_>) -> Result<Lifecycle> {
    let LifecycleInput { session, as_of, settings, .. } = *input;
    let listed: Vec<String> =
        settings.forward_only.iter().map(|stage| stage.get_ref().clone()).collect();
    check_attributes(&session.columns(Table::Contacts)?, settings)?;
    let columns: String = settings
        .stage_dates
        .values()
        .map(|column| format!(", CAST(\"{}\" AS VARCHAR)", column.get_ref().replace('"', "\"\"")))
        .collect();
    let sql = format!(
        "SELECT contact_id, CAST(lifecycle_stage AS VARCHAR), CAST(updated_at AS BIGINT){columns} \
         FROM contacts ORDER BY contact_id"
    );
    let mut reader = Reader { settings, as_of, listed: &listed, unreadable: 0 };
    let mut said = Vec::new();
    for batch in session.collect(&sql)? {
        reader.take(&batch, &mut said)?;
    }
    let unreadable = reader.unreadable;
    let names = names(&listed, &said)?;
    let contacts = said.iter().map(|said| said.staged(&listed, &names, as_of)).collect();
    Ok(Lifecycle {
        as_of: as_of.clone(),
        source: StageSource::Crm,
        thresholds: None,
        stages: names,
        contacts,
        remarks: remarks(&listed, &said, unreadable, as_of),
    })
}

fn check_attributes(columns: &[String], settings: &LifecycleSettings) -> Result<()> {
    let free = || {
        let columns = columns.iter().map(String::as_str);
        columns.filter(|column| column.starts_with(ATTRIBUTE_PREFIX))
    };
    for (column, line) in settings.stage_dates.values().zip(&settings.stage_date_lines) {
        let column = column.get_ref();
        if !free().any(|known| known == column) {
            let error = Error::unknown(Kind::Settings, "attribute", column, free());
            return Err(error.at_line(*line));
        }
    }
    Ok(())
}

struct Reader<'a> {
    settings: &'a LifecycleSettings,
    as_of: &'a AsOf,
    listed: &'a [String],
    /// Dates that could not be read.
    unreadable: usize,
}

impl Reader<'_> {
    fn take(&mut self, batch: &RecordBatch, said: &mut Vec<Said>) -> Result<()> {
        let texts = |column: usize| cast(batch.column(column), &DataType::Utf8);
        let (ids, words) = (texts(0)?, texts(1)?);
        let updated = cast(batch.column(2), &DataType::Int64)?;
        let updated = updated.as_primitive::<Int64Type>();
        let text = |array: &dyn Array, row: usize| -> Option<String> {
            let array = array.as_string::<i32>();
            let is_set = array.is_valid(row) && !array.value(row).trim().is_empty();
            is_set.then(|| array.value(row).trim().to_owned())
        };
        let first = said.len();
        said.extend((0..batch.num_rows()).map(|row| Said {
            contact_id: ids.as_string::<i32>().value(row).to_owned(),
            word: text(&words, row),
            is_later: updated.is_valid(row) && updated.value(row) >= self.as_of.micros(),
            dates: Vec::new(),
        }));
        for (place, stage) in self.settings.stage_dates.keys().enumerate() {
            let Some(rank) = self.listed.iter().position(|known| known == stage) else { continue };
            let dates = texts(3 + place)?;
            for row in 0..batch.num_rows() {
                match text(&dates, row).map(|text| moment(&text, self.as_of)) {
                    None => {}
                    Some(Some(us)) => said[first + row].dates.push((rank, us)),
                    Some(None) => self.unreadable += 1,
                }
            }
        }
        Ok(())
    }
}

/// A day, a moment with or without a zone, or milliseconds since 1970.
fn moment(text: &str, as_of: &AsOf) -> Option<i64> {
    const MILLISECOND_DIGITS: usize = 13;
    if text.len() == MILLISECOND_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_millisecond(text.parse().ok()?).ok().map(|at| at.as_microsecond());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let local = match text.parse::<civil::DateTime>() {
        Ok(local) => local,
        Err(_) => text.parse::<civil::Date>().ok()?.at(0, 0, 0, 0),
    };
    as_of.zone().to_zoned(local).ok().map(|at| at.timestamp().as_microsecond())
}

/// A CRM has a handful of stages; more words than this may be names, and are not named.
const MOST_NAMED: usize = 24;

/// The stages in order: those that are listed, then all other words in text order.
///
/// # Errors
/// If stages are listed and nobody is in any of them.
fn names(listed: &[String], said: &[Said]) -> Result<Vec<String>> {
    let words: BTreeSet<&str> = said.iter().filter_map(|said| said.word.as_deref()).collect();
    let is_dated = said.iter().any(|said| !said.dates.is_empty());
    let is_heard = |stage: &&String| words.contains(stage.as_str());
    if words.is_empty() && !is_dated {
        return Err(Error::data("no contact has a lifecycle_stage")
            .hint("map lifecycle_stage in a source of contacts, or set source = \"behaviour\""));
    }
    if let (Some(first), false, false) =
        (listed.first(), is_dated, listed.iter().any(|s| is_heard(&s)))
    {
        let first = crate::error::shown(first);
        let is_few = words.len() <= MOST_NAMED;
        let known = words.into_iter().filter(|word| is_few && !crate::error::has_address(word));
        let error = Error::unknown(Kind::Settings, "stage of the CRM", &first, known);
        return Err(match is_few {
            true => error,
            false => error.hint("lifecycle_stage has too many different words to be one of stages"),
        });
    }
    let others: Vec<&str> =
        words.into_iter().filter(|word| !listed.iter().any(|stage| stage == word)).collect();
    if others.len() > MOST_NAMED {
        return Err(Error::data(format!(
            "lifecycle_stage has {} different words, which are too many to be stages",
            others.len()
        ))
        .hint("map the column of the stage; stages in forward_only are not counted"));
    }
    Ok(listed.iter().cloned().chain(others.into_iter().map(str::to_owned)).collect())
}

impl Said {
    /// The CRM's word, if it is of before the as-of.
    fn known_word(&self, listed: &[String], as_of: &AsOf) -> Option<&str> {
        let word = self.word.as_deref().filter(|_| !self.is_later)?;
        let rank = listed.iter().position(|stage| stage == word);
        let date = rank.and_then(|rank| self.date(rank));
        date.is_none_or(|us| us < as_of.micros()).then_some(word)
    }

    fn date(&self, rank: usize) -> Option<i64> {
        self.dates.iter().find(|(stage, _)| *stage == rank).map(|(_, us)| *us)
    }

    fn staged(&self, listed: &[String], names: &[String], as_of: &AsOf) -> Staged {
        let word = self.known_word(listed, as_of);
        let reached = (0..listed.len()).filter(|rank| {
            word == Some(listed[*rank].as_str())
                || self.date(*rank).is_some_and(|us| us < as_of.micros())
        });
        let mut path: Vec<Entered> =
            reached.map(|stage| Entered { stage, us: self.date(stage) }).collect();
        forward(&mut path);
        let beside = word.filter(|word| !listed.iter().any(|stage| stage == word));
        let place = beside.and_then(|word| names.iter().position(|name| name == word));
        path.extend(place.map(|stage| Entered { stage, us: None }));
        Staged { contact_id: self.contact_id.clone(), path }
    }
}

/// Leaves out stages that were entered after a later one: that would be a step back.
fn forward(path: &mut Vec<Entered>) {
    let mut earliest = i64::MAX;
    let mut kept: Vec<Entered> = Vec::with_capacity(path.len());
    for entered in path.iter().rev() {
        if entered.us.is_none_or(|us| us <= earliest) {
            earliest = entered.us.map_or(earliest, |us| us.min(earliest));
            kept.push(*entered);
        }
    }
    kept.reverse();
    *path = kept;
}

fn remarks(listed: &[String], said: &[Said], unreadable: usize, as_of: &AsOf) -> Vec<String> {
    let later = said.iter().filter(|said| said.is_later && said.word.is_some()).count();
    let is_heard = |stage: &&String| {
        let rank = listed.iter().position(|known| known == *stage);
        said.iter().any(|said| {
            said.word.as_ref() == Some(*stage) || rank.is_some_and(|r| said.date(r).is_some())
        })
    };
    let silent: Vec<&str> =
        listed.iter().filter(|stage| !is_heard(stage)).map(String::as_str).collect();
    let remarks = [
        (later > 0).then(|| {
            format!(
                "the rows of {later} contacts were changed at or after {as_of}: what their stage was \
                 before is not known"
            )
        }),
        (unreadable > 0).then(|| {
            format!(
                "{unreadable} dates of stages could not be read; write them like 2026-07-01 or \
                 2026-07-01T12:00:00Z"
            )
        }),
        (!silent.is_empty()).then(|| format!("nobody is in the stages {}", silent.join(", "))),
    ];
    remarks.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn as_of() -> AsOf {
        AsOf::parse("2026-07-01", TimeZone::UTC).unwrap()
    }

    fn day(text: &str) -> i64 {
        moment(text, &as_of()).unwrap()
    }

    fn path(said: &Said) -> Vec<(usize, Option<i64>)> {
        let listed = ["subscriber", "lead", "customer"].map(str::to_owned);
        let names = [listed.to_vec(), vec!["other".to_owned()]].concat();
        let staged = said.staged(&listed, &names, &as_of());
        staged.path.into_iter().map(|entered| (entered.stage, entered.us)).collect()
    }

    fn said(word: &str, dates: &[(usize, &str)]) -> Said {
        let dates = dates.iter().map(|(rank, text)| (*rank, day(text))).collect();
        Said { word: Some(word.to_owned()), dates, ..Said::default() }
    }

    #[test]
    fn a_contact_does_not_go_back() {
        let (may, june) = (day("2026-05-01"), day("2026-06-01"));
        assert_eq!(path(&said("lead", &[])), [(1, None)]);
        assert_eq!(path(&said("lead", &[(2, "2026-06-01")])), [(1, None), (2, Some(june))]);
        let back = said("lead", &[(1, "2026-06-01"), (2, "2026-05-01")]);
        assert_eq!(path(&back), [(2, Some(may))]);
        assert_eq!(path(&said("other", &[(1, "2026-06-01")])), [(1, Some(june)), (3, None)]);
    }

    #[test]
    fn what_is_of_the_as_of_or_later_is_not_known() {
        let june = day("2026-06-01");
        let next = said("customer", &[(1, "2026-06-01"), (2, "2026-07-01")]);
        assert_eq!(path(&next), [(1, Some(june))]);
        let later = Said { is_later: true, ..said("customer", &[(1, "2026-06-01")]) };
        assert_eq!(path(&later), [(1, Some(june))]);
        assert_eq!(path(&Said { is_later: true, ..said("customer", &[]) }), []);
    }

    #[test]
    fn dates_are_read_as_they_are_usually_written() {
        let noon = day("2026-05-01T12:00:00Z");
        for text in ["2026-05-01 12:00", "2026-05-01T12:00:00+00:00", "1777636800000"] {
            assert_eq!(moment(text, &as_of()), Some(noon), "{text}");
        }
        assert_eq!(moment("2026-05-01", &as_of()), Some(noon - 43_200_000_000));
        for text in ["", "soon", "01/05/2026"] {
            assert_eq!(moment(text, &as_of()), None, "{text}");
        }
    }
}
