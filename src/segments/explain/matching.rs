//! Who a rule selects.

use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::segments::rules::{MissingMeans, NumberTest, Rule, WordTest};

/// Whether the rule holds, for every contact of the table.
///
/// The same contacts as the rule's SQL selects over the same columns: a missing value is a null there,
/// and numbers are compared as numbers, both zeros being equal.
///
/// # Errors
/// If the rule is empty somewhere, names a feature that is not there, or tests events or segments,
/// which a table of features cannot answer.
pub fn matching(rule: &Rule, table: &FeatureTable) -> Result<Vec<bool>> {
    match rule {
        Rule::All(parts) => joined(parts, table, "all", |a, b| a && b),
        Rule::Any(parts) => joined(parts, table, "any", |a, b| a || b),
        Rule::Not(part) => Ok(matching(part, table)?.into_iter().map(|holds| !holds).collect()),
        Rule::Number(test) => number(test, table),
        Rule::Word(test) => word(test, table),
        Rule::Event(test) => Err(elsewhere(&format!("the event `{}`", test.event))),
        Rule::Segment(test) => Err(elsewhere(&format!("the segment `{}`", test.segment))),
    }
}

fn joined(
    parts: &[Rule],
    table: &FeatureTable,
    name: &str,
    join: fn(bool, bool) -> bool,
) -> Result<Vec<bool>> {
    let Some((first, rest)) = parts.split_first() else {
        return Err(Error::settings(format!("`{name}` of no tests at all"))
            .hint("an empty rule selects nobody or everybody; write at least one test"));
    };
    let mut holds = matching(first, table)?;
    for part in rest {
        let next = matching(part, table)?;
        holds.iter_mut().zip(next).for_each(|(holds, next)| *holds = join(*holds, next));
    }
    Ok(holds)
}

fn number(test: &NumberTest, table: &FeatureTable) -> Result<Vec<bool>> {
    let bounds = [test.above, test.at_least, test.below, test.at_most];
    if bounds.iter().all(Option::is_none) {
        return Err(Error::settings(format!("the test on `{}` has no bound", test.feature))
            .hint("write `above`, `at_least`, `below` or `at_most`"));
    }
    if bounds.iter().flatten().any(|bound| bound.is_nan()) {
        return Err(Error::settings(format!("a bound of `{}` is not a number", test.feature)));
    }
    let within = |value: &f64| {
        if value.is_nan() {
            return test.missing == MissingMeans::Matches;
        }
        test.above.is_none_or(|bound| *value > bound)
            && test.at_least.is_none_or(|bound| *value >= bound)
            && test.below.is_none_or(|bound| *value < bound)
            && test.at_most.is_none_or(|bound| *value <= bound)
    };
    Ok(table.column(&test.feature)?.iter().map(within).collect())
}

fn word(test: &WordTest, table: &FeatureTable) -> Result<Vec<bool>> {
    if test.is.is_empty() {
        return Err(Error::settings(format!("the test on `{}` names no word", test.feature))
            .hint("write at least one word in `is`"));
    }
    let holds = |word: &Option<&str>| match word {
        Some(word) => test.is.iter().any(|wanted| wanted == word),
        None => test.missing == MissingMeans::Matches,
    };
    Ok(table.label(&test.feature)?.iter().map(holds).collect())
}

fn elsewhere(what: &str) -> Error {
    Error::settings(format!("{what} is not a feature of the table"))
        .hint("rules with events and segments are run over the lake")
}
