//! Running the checks.

use crate::error::Result;
use crate::ingest::IngestReport;
use crate::lake::{Lake, Session};
use crate::workspace::{AsOf, Settings};

use super::checks::{CHECKS, Check, Test};
use super::facts::{Facts, integers, number};
use super::finding::{Audit, Finding, NotChecked, Rates, Status};

const MOST_EXAMPLES: usize = 5;

/// No row is later than this.
const END_OF_TIME: &str = "9999-01-01T00:00:00Z";

/// What an audit looks at.
pub struct AuditInput<'a> {
    pub lake: &'a Lake,
    /// What became of the source rows of that lake.
    pub report: &'a IngestReport,
    pub settings: &'a Settings,
    pub as_of: &'a AsOf,
    pub threads: usize,
}

/// Runs all checks.
pub fn audit(input: &AuditInput<'_>) -> Result<Audit> {
    let session = Session::new(input.lake, input.as_of, input.threads)?;
    let facts = Facts::read(&session, input.as_of, input.report, input.settings)?;
    let findings = CHECKS.iter().enumerate().map(|(place, check)| {
        let outcome = run(check, &facts, &session, input)?;
        Ok(finding(check, place + 1, outcome))
    });
    Ok(Audit { as_of: input.as_of.to_string(), findings: findings.collect::<Result<Vec<_>>>()? })
}

/// What came out of a check.
enum Outcome {
    Counted(Counted),
    NotChecked(NotChecked),
}

#[derive(Default)]
struct Counted {
    count: u64,
    of: u64,
    examples: Vec<String>,
    rates: Option<Rates>,
}

fn run(
    check: &Check,
    facts: &Facts<'_>,
    session: &Session,
    input: &AuditInput<'_>,
) -> Result<Outcome> {
    let counted = match (check.test)(facts) {
        Test::Cannot { why, needs } => return Ok(cannot(why, needs)),
        Test::Count { count, of } => Counted { count, of, ..Counted::default() },
        Test::Query { faulty, of } => query(session, &faulty, &of)?,
        Test::Everything { faulty, of } => {
            let end = AsOf::parse(END_OF_TIME, jiff::tz::TimeZone::UTC)?;
            query(&Session::new(input.lake, &end, input.threads)?, &faulty, &of)?
        }
        Test::Both { faulty, count, of } => {
            let (more, examples) = faults(session, &faulty)?;
            Counted { count: count + more, of, examples, rates: None }
        }
        Test::Machines { kind, received } => machines(session, kind, received)?,
    };
    Ok(match counted.of {
        0 => cannot("no row before the as-of could have this fault", "rows that could"),
        _ => Outcome::Counted(counted),
    })
}

fn cannot(why: &str, needs: &str) -> Outcome {
    Outcome::NotChecked(NotChecked { why: why.to_owned(), needs: needs.to_owned() })
}

fn query(session: &Session, faulty: &str, of: &str) -> Result<Counted> {
    let (count, examples) = faults(session, faulty)?;
    Ok(Counted { count, of: number(&session.collect(of)?), examples, rates: None })
}

/// The number of faults, and whose they are.
fn faults(session: &Session, faulty: &str) -> Result<(u64, Vec<String>)> {
    // One pass for both: the total stands beside each of the few rows that are shown.
    let shown = format!(
        "SELECT id, n, SUM(n) OVER () AS total FROM ({faulty}) ORDER BY n DESC, id \
         LIMIT {MOST_EXAMPLES}"
    );
    let batches = session.collect(&shown)?;
    let total = integers(&batches, 2).first().copied().flatten().unwrap_or(0);
    let mut examples = Vec::new();
    for batch in &batches {
        let ids = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8)?;
        let ids = arrow::array::AsArray::as_string::<i32>(&ids);
        examples.extend(ids.iter().flatten().map(str::to_owned));
    }
    Ok((total.max(0) as u64, examples))
}

fn machines(session: &Session, kind: &str, received: Option<&str>) -> Result<Counted> {
    let faulty = format!(
        "SELECT c.contact_id AS id, CAST(COUNT(*) AS BIGINT) AS n FROM events e \
         JOIN contacts c ON c.contact_key = e.contact_key \
         WHERE e.kind = '{kind}' AND e.machine GROUP BY c.contact_id"
    );
    let of = format!("SELECT COUNT(*) FROM events WHERE kind = '{kind}'");
    let rates = match received {
        Some(received) => rates(session, kind, received)?,
        None => None,
    };
    Ok(Counted { rates, ..query(session, &faulty, &of)? })
}

/// Mails received, and those of them that anybody and that people reacted to.
fn rates(session: &Session, kind: &str, received: &str) -> Result<Option<Rates>> {
    let batches = session.collect(&format!(
        "SELECT COUNT(*), SUM(anybody), SUM(people) FROM (SELECT \
         MAX(CASE WHEN kind = '{received}' THEN 1 ELSE 0 END) AS mails, \
         MAX(CASE WHEN kind = '{kind}' THEN 1 ELSE 0 END) AS anybody, \
         MAX(CASE WHEN kind = '{kind}' AND machine IS NOT TRUE THEN 1 ELSE 0 END) AS people \
         FROM events WHERE kind IN ('{received}', '{kind}') AND campaign_id IS NOT NULL \
         GROUP BY contact_key, campaign_id) WHERE mails = 1"
    ))?;
    let value = |column: usize| {
        integers(&batches, column).first().copied().flatten().unwrap_or(0).max(0) as u64
    };
    Ok(Rates::new(value(0), value(1), value(2)))
}

fn finding(check: &Check, cost_rank: usize, outcome: Outcome) -> Finding {
    let (status, counted, not_checked) = match outcome {
        Outcome::Counted(counted) if counted.count > 0 => (Status::Found, Some(counted), None),
        Outcome::Counted(counted) => (Status::Clean, Some(counted), None),
        Outcome::NotChecked(reason) => (Status::NotChecked, None, Some(reason)),
    };
    let count = counted.as_ref().map(|c| c.count);
    let of = counted.as_ref().map(|c| c.of);
    Finding {
        code: check.code,
        title: check.title,
        status,
        unit: check.unit,
        count,
        of,
        share: count.zip(of).map(|(count, of)| count as f64 / of.max(1) as f64),
        rates: counted.as_ref().and_then(|c| c.rates),
        examples: counted.map(|c| c.examples).unwrap_or_default(),
        cost_rank,
        what_it_costs: check.what_it_costs,
        what_to_do: check.what_to_do,
        not_checked,
    }
}
