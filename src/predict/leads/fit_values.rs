//! The values that rules of fit look at, of every contact that is known at an as-of.
//!
//! Words come from the contacts' own rows, numbers and labels from the features as they are at the as-of.
//! What a contact's row says has no time: it is what held when it was exported, at every as-of.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, UInt64Type};

use super::board::Ground;
use super::fit::{FitTest, FitValue};
use super::model::{LeadModel, LeadRule, Look};
use crate::error::{Error, Kind, Result};
use crate::features::{self, Extraction, FeatureSpec, Unit};
use crate::lake::schema::ATTRIBUTE_PREFIX;
use crate::lake::{Session, Table};
use crate::workspace::AsOf;

/// Columns of contacts that hold words, beside free attributes.
const WORD_COLUMNS: [&str; 5] = ["consent", "country", "lifecycle_stage", "source", "timezone"];

/// Values by contact.
pub(super) struct FitValues {
    /// Ids of all contacts, ascending.
    pub ids: Vec<String>,
    pub keys: Vec<u64>,
    columns: BTreeMap<Home, Column>,
    specs: Vec<FeatureSpec>,
    word_columns: Vec<String>,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    /// In this column of the contacts.
    Contacts(String),
    Features(String),
}

enum Column {
    Words(Vec<Option<String>>),
    /// NaN where there is no value.
    Numbers(Vec<f64>),
}

impl FitValues {
    /// Reads the values that the rules of `model` look at. Of features that there are not at this as-of
    /// nobody has a value.
    pub fn read(
        session: &Session,
        as_of: &AsOf,
        ground: &Ground<'_>,
        model: &LeadModel,
    ) -> Result<Self> {
        let mut word_columns = session.columns(Table::Contacts)?;
        word_columns.retain(|column| {
            WORD_COLUMNS.contains(&column.as_str()) || column.starts_with(ATTRIBUTE_PREFIX)
        });
        let looks: Vec<(&String, &FitTest)> = model.rules.iter().filter_map(looked_at).collect();
        let homes: BTreeSet<Home> =
            looks.iter().map(|(feature, test)| home(feature, test, &word_columns)).collect();
        let mut values = FitValues {
            ids: Vec::new(),
            keys: Vec::new(),
            columns: BTreeMap::new(),
            specs: Vec::new(),
            word_columns,
        };
        values.read_words(session, &homes)?;
        values.read_features(session, as_of, ground, &homes)?;
        Ok(values)
    }

    fn read_words(&mut self, session: &Session, homes: &BTreeSet<Home>) -> Result<()> {
        let wanted = homes.iter().filter_map(|home| match home {
            Home::Contacts(column) => Some(column),
            Home::Features(_) => None,
        });
        let wanted: Vec<&String> = wanted.collect();
        let selected: String = wanted
            .iter()
            .map(|column| format!(", CAST(\"{}\" AS VARCHAR)", column.replace('"', "\"\"")))
            .collect();
        let sql =
            format!("SELECT contact_id, contact_key{selected} FROM contacts ORDER BY contact_id");
        let mut columns: Vec<Vec<Option<String>>> = wanted.iter().map(|_| Vec::new()).collect();
        for batch in session.collect(&sql)? {
            let ids = cast(batch.column(0), &DataType::Utf8)?;
            let ids = ids.as_string::<i32>().iter();
            self.ids.extend(ids.map(|id| id.unwrap_or_default().to_owned()));
            let keys = cast(batch.column(1), &DataType::UInt64)?;
            self.keys.extend(keys.as_primitive::<UInt64Type>().values());
            for (place, column) in columns.iter_mut().enumerate() {
                let words = cast(batch.column(2 + place), &DataType::Utf8)?;
                // An empty text is as good as none.
                let words = words.as_string::<i32>().iter();
                column.extend(words.map(|w| w.filter(|w| !w.is_empty()).map(str::to_owned)));
            }
        }
        let homes = wanted.into_iter().map(|column| Home::Contacts(column.clone()));
        self.columns.extend(homes.zip(columns.into_iter().map(Column::Words)));
        Ok(())
    }

    fn read_features(
        &mut self,
        session: &Session,
        as_of: &AsOf,
        ground: &Ground<'_>,
        homes: &BTreeSet<Home>,
    ) -> Result<()> {
        let wanted = homes.iter().filter_map(|home| match home {
            Home::Features(name) => Some(name),
            Home::Contacts(_) => None,
        });
        let wanted: Vec<&String> = wanted.collect();
        if wanted.is_empty() {
            return Ok(());
        }
        self.specs = specs(session, ground)?;
        let is_there = |name: &&String| self.specs.iter().any(|spec| spec.name == **name);
        let there: Vec<String> = wanted.into_iter().filter(is_there).cloned().collect();
        if there.is_empty() {
            return Ok(());
        }
        let extraction = Extraction::new(ground.lake, as_of, ground.threads, ground.features);
        let table = features::extract_only(&extraction, &there)?.table;
        let rows: Vec<Option<usize>> =
            self.ids.iter().map(|id| table.ids.binary_search(id).ok()).collect();
        for spec in &table.specs {
            let values = table.column(&spec.name)?;
            let numbers = rows.iter().map(|row| row.map_or(f64::NAN, |row| values[row]));
            let column = Column::Numbers(numbers.collect());
            self.columns.insert(Home::Features(spec.name.clone()), column);
        }
        for spec in &table.label_specs {
            let words = table.label(&spec.name)?;
            let words = rows.iter().map(|row| row.and_then(|row| words[row]).map(str::to_owned));
            let column = Column::Words(words.collect());
            self.columns.insert(Home::Features(spec.name.clone()), column);
        }
        Ok(())
    }

    /// Whether each contact passes a rule of fit.
    pub fn passes(&self, feature: &str, test: &FitTest) -> Vec<bool> {
        match self.columns.get(&home(feature, test, &self.word_columns)) {
            None => vec![test.holds(None); self.ids.len()],
            Some(column) => (0..self.ids.len()).map(|row| test.holds(column.value(row))).collect(),
        }
    }

    /// Checks that a rule can be evaluated on these data; a remark on what can but looks like a slip.
    pub fn check(&self, rule: &LeadRule) -> Result<Option<String>> {
        let Some((feature, test)) = looked_at(rule) else { return Ok(None) };
        let home = home(feature, test, &self.word_columns);
        let spec = self.specs.iter().find(|spec| spec.name == *feature);
        match (&home, spec, test) {
            (Home::Features(_), None, FitTest::Within(_)) if self.is_word_column(feature) => {
                return Err(Error::settings(format!("`{feature}` is a word, not a number"))
                    .hint("compare it with is = [\"…\"]"));
            }
            (Home::Features(_), None, _) => return Err(self.unknown(feature)),
            (Home::Features(_), Some(spec), _) => check_kind(spec, test)?,
            (Home::Contacts(_), ..) => {}
        }
        let column = self.columns.get(&home).filter(|column| column.has_values());
        match (column, test) {
            (None, _) => Err(Error::data(format!(
                "the rule `{}` cannot be evaluated on this data: nobody has a value of `{feature}`",
                rule.id
            ))
            .hint("map a source that has it, or leave the rule out")),
            (Some(Column::Words(words)), FitTest::Is(wanted)) => unheard(feature, wanted, words),
            _ => Ok(None),
        }
    }

    fn is_word_column(&self, name: &str) -> bool {
        self.word_columns.iter().any(|column| column == name)
    }

    fn unknown(&self, feature: &str) -> Error {
        let specs = self.specs.iter().map(|spec| spec.name.as_str());
        let known = specs.chain(self.word_columns.iter().map(String::as_str));
        Error::unknown(Kind::Settings, "feature", feature, known)
    }
}

impl Column {
    fn value(&self, row: usize) -> Option<FitValue<'_>> {
        match self {
            Column::Words(words) => words[row].as_deref().map(FitValue::Word),
            Column::Numbers(numbers) => {
                Some(numbers[row]).filter(|value| !value.is_nan()).map(FitValue::Number)
            }
        }
    }

    fn has_values(&self) -> bool {
        match self {
            Column::Words(words) => words.iter().any(Option::is_some),
            Column::Numbers(numbers) => numbers.iter().any(|value| !value.is_nan()),
        }
    }
}

/// The feature and test of a rule of fit.
fn looked_at(rule: &LeadRule) -> Option<(&String, &FitTest)> {
    match &rule.look {
        Look::Feature { feature, test } => Some((feature, test)),
        Look::Event { .. } => None,
    }
}

/// Numbers are features, also those of free attributes; other words stand in the contacts' rows.
fn home(feature: &str, test: &FitTest, word_columns: &[String]) -> Home {
    let is_word = word_columns.iter().any(|column| column == feature);
    match is_word && !matches!(test, FitTest::Within(_)) {
        true => Home::Contacts(feature.to_owned()),
        false => Home::Features(feature.to_owned()),
    }
}

/// All features at the session's as-of.
fn specs(session: &Session, ground: &Ground<'_>) -> Result<Vec<FeatureSpec>> {
    let families = features::catalogue::families(&features::Facts::read(session)?);
    let measured = families.iter().flat_map(|family| family.specs());
    let described = features::attributes::read(session)?.specs;
    let own = features::custom::specs_of(ground.features)?;
    Ok(measured.chain(described).chain(own).collect())
}

fn check_kind(spec: &FeatureSpec, test: &FitTest) -> Result<()> {
    let name = &spec.name;
    match (spec.unit == Unit::Label, test) {
        (true, FitTest::Within(_)) => {
            Err(Error::settings(format!("the feature `{name}` is a word, not a number"))
                .hint("compare it with is = [\"…\"]"))
        }
        (false, FitTest::Is(_)) => {
            Err(Error::settings(format!("the feature `{name}` is a number, not a word"))
                .hint("compare it with above, at_least, below or at_most"))
        }
        _ => Ok(()),
    }
}

/// A word is named in a message where at least this share of contacts has it, and at least
/// [`NAMED_CONTACTS`]: rarer ones may be somebody's name.
const NAMED_SHARE: f64 = 0.01;

const NAMED_CONTACTS: f64 = 10.0;

/// Refuses words of which nobody has any; remarks on one that nobody has.
fn unheard(feature: &str, wanted: &[String], words: &[Option<String>]) -> Result<Option<String>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    words.iter().flatten().for_each(|word| *counts.entry(word).or_default() += 1);
    let missing: Vec<&String> =
        wanted.iter().filter(|word| !counts.contains_key(word.as_str())).collect();
    let Some(first) = missing.first().map(|word| crate::error::shown(word)) else {
        return Ok(None);
    };
    if missing.len() < wanted.len() {
        return Ok(Some(format!("nobody has the word `{first}` in `{feature}`")));
    }
    let fewest = NAMED_CONTACTS.max(NAMED_SHARE * words.len() as f64);
    let often = counts.iter().filter(|(_, count)| **count as f64 >= fewest);
    let known: Vec<&str> =
        often.map(|(word, _)| *word).filter(|word| !crate::error::has_address(word)).collect();
    let is_any = !known.is_empty();
    let error = Error::unknown(Kind::Settings, &format!("word of `{feature}`"), &first, known);
    let number = counts.len();
    Err(match is_any {
        true => error,
        false => error
            .hint(format!("there are {number} different words, each too rare to be named here")),
    })
}
