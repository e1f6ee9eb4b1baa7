//! Why contacts are in a segment, and what keeps others out.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use serde::Serialize;

use crate::error::Result;

use super::ground::Ground;
use super::rule::Rule;
use super::sql::Statement;

/// Members shown.
pub const MEMBERS: usize = 5;

/// Near misses shown.
pub const NEAR_MISSES: usize = 3;

/// One contact, and the tests that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    pub contact_id: String,
    /// For a member the tests that brought it in; for a near miss those that keep it out.
    pub because: Vec<Reason>,
}

/// One test and what it found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The test in words, without any `not` around it.
    pub test: String,
    /// What it found.
    pub found: String,
    pub holds: bool,
}

/// Contacts that miss by one test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearMisses {
    /// How many contacts would belong if one test came out the other way.
    pub contacts: u64,
    pub shown: Vec<Evidence>,
}

impl Ground {
    /// Members and why they belong: those with the smallest keys, which is as good as drawn.
    pub fn members_because(&self, rule: &Rule) -> Result<Vec<Evidence>> {
        let mut asked = Asked::new(self, rule);
        let condition = asked.statement.condition(rule);
        self.evidence(rule, &asked, &condition, MEMBERS)
    }

    /// Contacts that would belong if a single test came out the other way; `None` for a rule of a single
    /// test, which that is true of everybody else.
    pub fn near_misses(&self, rule: &Rule) -> Result<Option<NearMisses>> {
        if rule.tests().len() == 1 {
            return Ok(None);
        }
        let mut asked = Asked::new(self, rule);
        let condition = format!("{} = 1", distance(&mut asked.statement, rule, true));
        let near = asked.statement.select(&[], &condition, "");
        let count = self.session.collect(&format!("SELECT count(*) FROM ({near}) AS near"))?;
        let count = count.first().map(|batch| batch.column(0).as_primitive::<Int64Type>().value(0));
        let shown = self.evidence(rule, &asked, &condition, NEAR_MISSES)?;
        Ok(Some(NearMisses { contacts: count.unwrap_or(0).unsigned_abs(), shown }))
    }

    fn evidence(
        &self,
        rule: &Rule,
        asked: &Asked<'_>,
        condition: &str,
        most: usize,
    ) -> Result<Vec<Evidence>> {
        let tail = format!("ORDER BY contacts.contact_key LIMIT {most}");
        let sql = asked.statement.select(&asked.columns, condition, &tail);
        let tests = rule.tests();
        let mut shown = Vec::new();
        for batch in self.session.collect(&sql)? {
            let ids = cast(batch.column(0), &DataType::Utf8)?;
            for row in 0..batch.num_rows() {
                let holds: Vec<bool> = (0..tests.len())
                    .map(|place| batch.column(2 + 2 * place).as_boolean().value(row))
                    .collect();
                let (_, because) = decided(rule, &holds, &mut 0);
                let reason = |place: usize| {
                    Ok(Reason {
                        test: tests[place].words(self.specs()),
                        found: found(tests[place], batch.column(1 + 2 * place), row)?,
                        holds: holds[place],
                    })
                };
                shown.push(Evidence {
                    contact_id: ids.as_string::<i32>().value(row).to_owned(),
                    because: because.into_iter().map(reason).collect::<Result<_>>()?,
                });
            }
        }
        Ok(shown)
    }
}

/// A statement that gives of every test what it looks at, and whether it holds.
struct Asked<'a> {
    statement: Statement<'a>,
    columns: Vec<String>,
}

impl<'a> Asked<'a> {
    fn new(ground: &'a Ground, rule: &Rule) -> Self {
        let mut statement = Statement::new(ground.surroundings(None)).with_contacts();
        let mut columns = Vec::new();
        for (place, test) in rule.tests().into_iter().enumerate() {
            columns.push(format!("{} AS value_{place}", statement.value(test)));
            columns.push(format!("{} AS holds_{place}", statement.condition(test)));
        }
        Asked { statement, columns }
    }
}

/// How many tests would have to come out the other way for the rule to be `aim`: of all of them, those
/// that do not; of any, the fewest.
fn distance(statement: &mut Statement<'_>, rule: &Rule, aim: bool) -> String {
    match (rule, aim) {
        (Rule::Not(part), aim) => distance(statement, part, !aim),
        (Rule::All(parts), true) | (Rule::Any(parts), false) => {
            let parts: Vec<String> = parts.iter().map(|p| distance(statement, p, aim)).collect();
            format!("({})", parts.join(" + "))
        }
        (Rule::All(parts), false) | (Rule::Any(parts), true) => {
            let parts: Vec<String> = parts.iter().map(|p| distance(statement, p, aim)).collect();
            if parts.len() == 1 { parts.concat() } else { format!("least({})", parts.join(", ")) }
        }
        (test, aim) => {
            let holds = statement.condition(test);
            let (yes, no) = if aim { (0, 1) } else { (1, 0) };
            format!("CASE WHEN {holds} THEN {yes} ELSE {no} END")
        }
    }
}

/// What a rule says, given which of its tests hold, and the places of those because of which it does.
fn decided(rule: &Rule, holds: &[bool], next: &mut usize) -> (bool, Vec<usize>) {
    let (parts, is_all) = match rule {
        Rule::Not(part) => {
            let (found, because) = decided(part, holds, next);
            return (!found, because);
        }
        Rule::All(parts) => (parts, true),
        Rule::Any(parts) => (parts, false),
        _ => {
            *next += 1;
            return (holds[*next - 1], vec![*next - 1]);
        }
    };
    let parts: Vec<(bool, Vec<usize>)> =
        parts.iter().map(|part| decided(part, holds, next)).collect();
    let found = match is_all {
        true => parts.iter().all(|(found, _)| *found),
        false => parts.iter().any(|(found, _)| *found),
    };
    let because = parts.into_iter().filter(|(part, _)| *part == found);
    (found, because.flat_map(|(_, because)| because).collect())
}

/// What a test found, in words. A word that the rule does not name is not named here either: it may be
/// anything that stands in a source.
fn found(test: &Rule, column: &dyn Array, row: usize) -> Result<String> {
    let is_missing = column.is_null(row);
    Ok(match test {
        Rule::Segment(_) => if is_missing { "no member" } else { "a member" }.to_owned(),
        Rule::Event(_) => {
            let times = cast(column, &DataType::Int64)?;
            match times.as_primitive::<Int64Type>().value(row) {
                0 => "never".to_owned(),
                1 => "once".to_owned(),
                times => format!("{times} times"),
            }
        }
        _ if is_missing => "no value".to_owned(),
        Rule::Word(test) => {
            let words = cast(column, &DataType::Utf8)?;
            let word = words.as_string::<i32>().value(row);
            match test.is.iter().any(|known| known == word) {
                true => format!("“{}”", crate::error::shown(word)),
                false => "another word".to_owned(),
            }
        }
        _ => {
            let numbers = cast(column, &DataType::Float64)?;
            format!("{}", numbers.as_primitive::<Float64Type>().value(row))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::rules::SegmentTest;

    #[test]
    fn the_tests_that_decided_are_those_by_hand() {
        let test = || Rule::Segment(SegmentTest { segment: "x".into() });
        let rule = Rule::All(vec![
            test(),
            Rule::Any(vec![test(), test()]),
            Rule::Not(Box::new(Rule::All(vec![test(), test()]))),
        ]);
        let deciding = |holds: [bool; 5]| {
            let mut next = 0;
            decided(&rule, &holds, &mut next)
        };
        assert_eq!(deciding([true, false, true, true, false]), (true, vec![0, 2, 4]));
        assert_eq!(deciding([true, true, true, false, false]), (true, vec![0, 1, 2, 3, 4]));
        assert_eq!(deciding([false, true, false, true, true]), (false, vec![0, 3, 4]));
    }
}
