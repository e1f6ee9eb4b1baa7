//! Whether a rule can be evaluated on the data at hand. One that cannot is an error: an audience that
//! is empty because a source is not mapped looks like one that nobody belongs to.

use crate::error::{Error, Kind, Result};
use crate::features::{self, FeatureSpec, Presence, Unit};
use crate::lake::schema::EVENT_KINDS;

use super::ground::Ground;
use super::quoting::{name, text};
use super::rule::{EventTest, NumberTest, Rule, SegmentTest, WordTest};
use super::sql::Home;

/// Levels of all, any and not. The query engine's parser takes no more than about fifty.
pub const MOST_LEVELS: usize = 12;

/// Tests of one rule.
pub const MOST_TESTS: usize = 100;

/// Days of the longest window, a century: what is longer is all of history, and the query engine's
/// moments do not reach back for ever.
const MOST_DAYS: u32 = 36_525;

/// A word is named in a message where at least this share of contacts has it, and at least
/// [`NAMED_CONTACTS`]: rarer ones may be somebody's name.
const NAMED_SHARE: f64 = 0.01;

const NAMED_CONTACTS: f64 = 10.0;

impl Ground {
    /// Checks that a rule can be evaluated; remarks on what can but looks like a slip.
    ///
    /// # Errors
    ///
    /// A settings error for what the rule names and nothing is called, and for bounds that are none; a
    /// data error for what these data do not hold.
    pub fn check(&self, rule: &Rule) -> Result<Vec<String>> {
        check_size(rule)?;
        let remarks = rule.tests().into_iter().map(|test| self.check_test(test));
        Ok(remarks.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Checks one test.
    pub(super) fn check_test(&self, test: &Rule) -> Result<Option<String>> {
        match test {
            Rule::Number(test) => self.check_number(test).map(|()| None),
            Rule::Word(test) => self.check_word(test),
            Rule::Event(test) => self.check_event(test).map(|()| None),
            Rule::Segment(SegmentTest { segment }) if self.has_segment(segment) => Ok(None),
            Rule::Segment(SegmentTest { segment }) => {
                Err(Error::unknown(Kind::Settings, "segment", segment, self.segment_ids()))
            }
            // Only tests are given.
            Rule::All(_) | Rule::Any(_) | Rule::Not(_) => Ok(None),
        }
    }

    fn check_number(&self, test: &NumberTest) -> Result<()> {
        self.check_number_feature(&test.feature)?;
        check_bounds(test)
    }

    /// Checks that a feature is a number that somebody has.
    pub(super) fn check_number_feature(&self, feature: &str) -> Result<()> {
        match self.spec(feature) {
            Some(spec) if spec.unit == Unit::Label => Err(is_a_word(feature)),
            Some(spec) => self.check_covered(spec),
            None if self.is_word_column(feature) => Err(is_a_word(feature)),
            None => Err(self.unknown_feature(feature)),
        }
    }

    /// Refuses a feature that nobody has.
    fn check_covered(&self, spec: &FeatureSpec) -> Result<()> {
        if self.covered(&spec.name) > 0.0 {
            return Ok(());
        }
        let needs = match needs(spec.requires) {
            Some(needs) => format!("needs {needs}"),
            None => format!("nobody has a value ({})", spec.missing.words()),
        };
        Err(Error::data(format!(
            "a test on `{}` cannot be evaluated on this data: {needs}",
            spec.name
        ))
        .hint("map a source that has it, or leave the test out"))
    }

    fn check_word(&self, test: &WordTest) -> Result<Option<String>> {
        let feature = &test.feature;
        self.check_word_feature(feature)?;
        if test.is.is_empty() {
            return Err(Error::settings(format!("the test on `{feature}` names no word"))
                .hint("write is = [\"…\"]"));
        }
        let counts = self.word_counts(feature)?;
        if counts.is_empty() {
            let needs = self.spec(feature).and_then(|spec| needs(spec.requires));
            let needs = needs.unwrap_or("contacts with a word in that column".to_owned());
            return Err(Error::data(format!(
                "a test on `{feature}` cannot be evaluated on this data: needs {needs}"
            ))
            .hint("map a source that has it, or leave the test out"));
        }
        let unheard: Vec<&String> =
            test.is.iter().filter(|word| !counts.iter().any(|(known, _)| known == *word)).collect();
        match unheard.first() {
            Some(word) if unheard.len() == test.is.len() => {
                let known = self.namable(&counts);
                let what = format!("word of `{feature}`");
                let is_any = !known.is_empty();
                let error =
                    Error::unknown(Kind::Settings, &what, &crate::error::shown(word), known);
                Err(if is_any { error } else { error.hint(too_rare(counts.len())) })
            }
            Some(word) => Ok(Some(format!(
                "nobody has the word `{}` in `{feature}`",
                crate::error::shown(word)
            ))),
            None => Ok(None),
        }
    }

    /// Checks that a feature or column holds words.
    pub(super) fn check_word_feature(&self, feature: &str) -> Result<()> {
        match self.home(feature) {
            Home::Features => Ok(()),
            Home::Contacts if self.is_word_column(feature) => Ok(()),
            Home::Contacts if self.spec(feature).is_some() => {
                Err(Error::settings(format!("the feature `{feature}` is a number, not a word"))
                    .hint("compare it with above, at_least, below or at_most"))
            }
            Home::Contacts => Err(self.unknown_feature(feature)),
        }
    }

    /// How many contacts have each word.
    fn word_counts(&self, feature: &str) -> Result<Vec<(String, i64)>> {
        let column = name(feature);
        let table = match self.home(feature) {
            Home::Features => "features",
            Home::Contacts => "contacts",
        };
        let word = format!("nullif(CAST({column} AS VARCHAR), '')");
        let sql = format!(
            "SELECT {word} AS word, count(*) AS n FROM {table} WHERE {word} IS NOT NULL \
             GROUP BY 1 ORDER BY 2 DESC, 1"
        );
        super::audience::counted(&self.session.collect(&sql)?)
    }

    /// The words that may be named in a message.
    fn namable<'a>(&self, counts: &'a [(String, i64)]) -> Vec<&'a str> {
        let fewest = NAMED_CONTACTS.max(NAMED_SHARE * self.ids().len() as f64);
        let often = counts.iter().filter(|(_, count)| *count as f64 >= fewest);
        often.map(|(word, _)| word.as_str()).filter(|w| !crate::error::has_address(w)).collect()
    }

    fn check_event(&self, test: &EventTest) -> Result<()> {
        let is_order = test.event == EventTest::ORDERED;
        if !is_order && !EVENT_KINDS.contains(&test.event.as_str()) {
            let known = EVENT_KINDS.into_iter().chain([EventTest::ORDERED]);
            return Err(Error::unknown(Kind::Settings, "event", &test.event, known));
        }
        check_counts(test)?;
        let (table, rows) = match is_order {
            true => ("orders", "TRUE".to_owned()),
            false => ("events", format!("kind = {}", text(&test.event))),
        };
        if !self.holds(table, &rows)? {
            return Err(Error::data(format!(
                "a test on `{}` cannot be evaluated on this data: there is none at all",
                test.event
            ))
            .hint("map a source that has such events, or leave the test out"));
        }
        if let Some(of) = &test.campaign_type {
            if is_order {
                return Err(Error::settings("orders have no campaign_type")
                    .hint("leave campaign_type out, or test another event"));
            }
            self.check_among("campaign_type", of, "campaigns", "campaign_type")?;
        }
        match (&test.category, is_order) {
            (Some(category), true) => {
                self.check_among("category", category, "order_items", "category")
            }
            (Some(category), false) => self.check_among("category", category, table, "category"),
            (None, _) => Ok(()),
        }
    }

    fn check_among(&self, key: &str, word: &str, table: &str, column: &str) -> Result<()> {
        if self.holds(table, &format!("{column} = {}", text(word)))? {
            return Ok(());
        }
        let known = self.session.words(&format!(
            "SELECT DISTINCT CAST({column} AS VARCHAR) AS word FROM {table} \
             WHERE {column} IS NOT NULL ORDER BY word"
        ))?;
        let known = known.iter().map(String::as_str).filter(|w| !crate::error::has_address(w));
        Err(Error::unknown(Kind::Settings, key, &crate::error::shown(word), known))
    }

    fn holds(&self, table: &str, condition: &str) -> Result<bool> {
        let sql = format!("SELECT 1 FROM {table} WHERE {condition} LIMIT 1");
        Ok(self.session.collect(&sql)?.iter().any(|batch| batch.num_rows() > 0))
    }
}

/// A rule that the query engine takes; groups have parts.
pub fn check_size(rule: &Rule) -> Result<()> {
    let (levels, tests) = (rule.depth(), rule.tests().len());
    if levels > MOST_LEVELS || tests > MOST_TESTS {
        return Err(Error::settings(format!(
            "the rule has {tests} tests on {levels} levels; {MOST_TESTS} on {MOST_LEVELS} can be read"
        ))
        .hint("make a part of it a segment of its own, and ask for that with { segment = \"…\" }"));
    }
    if has_empty_group(rule) {
        return Err(Error::settings("an `all` or `any` is empty")
            .hint("put at least one test into it, or take it out"));
    }
    Ok(())
}

fn has_empty_group(rule: &Rule) -> bool {
    match rule {
        Rule::All(parts) | Rule::Any(parts) => {
            parts.is_empty() || parts.iter().any(has_empty_group)
        }
        Rule::Not(part) => has_empty_group(part),
        _ => false,
    }
}

fn check_bounds(test: &NumberTest) -> Result<()> {
    let feature = &test.feature;
    let bounds = [test.above, test.at_least, test.below, test.at_most];
    let mut set = bounds.into_iter().flatten().peekable();
    if set.peek().is_none() {
        return Err(Error::settings(format!("the test on `{feature}` has no bound"))
            .hint("add above, at_least, below or at_most"));
    }
    if set.any(|bound| !bound.is_finite()) {
        return Err(Error::settings(format!("a bound on `{feature}` is not a finite number"))
            .hint("leave the bound out where there is none"));
    }
    let low = [test.above, test.at_least].into_iter().flatten().reduce(f64::max);
    let high = [test.below, test.at_most].into_iter().flatten().reduce(f64::min);
    let (Some(low), Some(high)) = (low, high) else { return Ok(()) };
    let is_strict = test.above == Some(low) || test.below == Some(high);
    if low > high || (low == high && is_strict) {
        return Err(no_room(feature, low, high));
    }
    Ok(())
}

fn check_counts(test: &EventTest) -> Result<()> {
    let event = &test.event;
    match (test.at_least, test.at_most) {
        (None, None) => Err(Error::settings(format!("the test on `{event}` has no bound"))
            .hint("add at_least or at_most")),
        (Some(least), Some(most)) if least > most => Err(no_room(event, least as f64, most as f64)),
        (Some(0), None) => {
            Err(Error::settings(format!("`{event}` at least 0 times holds for everybody"))
                .hint("write at_least = 1, or at_most = 0 for never"))
        }
        _ => match test.within_days {
            Some(0) => Err(Error::settings(format!("`{event}` within 0 days never happens"))
                .hint("write within_days = 1 for the last 24 hours")),
            Some(days) if days > MOST_DAYS => Err(Error::settings(format!(
                "`{event}` within {days} days reaches back further than {MOST_DAYS} days"
            ))
            .hint("leave within_days out for all of history")),
            _ => Ok(()),
        },
    }
}

fn no_room(what: &str, low: f64, high: f64) -> Error {
    Error::settings(format!("nothing lies between the bounds {low} and {high} on `{what}`"))
        .hint("swap the bounds, or make two tests under `any`")
}

fn too_rare(words: usize) -> String {
    format!("there are {words} different words, each too rare to be named here")
}

fn is_a_word(feature: &str) -> Error {
    Error::settings(format!("the feature `{feature}` is a word, not a number"))
        .hint("compare it with is = [\"…\"]")
}

/// What data must hold for a feature, in words; `None` if it asks for nothing.
fn needs(requires: Presence) -> Option<String> {
    let kinds = features::Kind::ALL.into_iter().zip(EVENT_KINDS);
    let mut needs: Vec<String> = kinds
        .filter(|(kind, _)| requires.0 & Presence::kind(*kind).0 != 0)
        .map(|(_, word)| format!("`{word}` events"))
        .collect();
    let columns = [
        (Presence::DISCOUNT, "orders with a discount"),
        (Presence::DURATION, "events with a duration"),
        (Presence::BOUGHT_CATEGORY, "lines of orders with a category"),
        (Presence::VIEWED_CATEGORY, "views with a category"),
    ];
    let asked = columns.into_iter().filter(|(column, _)| requires.0 & column.0 != 0);
    needs.extend(asked.map(|(_, words)| words.to_owned()));
    (!needs.is_empty()).then(|| needs.join(" or "))
}
