//! The checks, those whose faults cost most first.

use super::facts::Facts;
use super::{mail, people, rows};

/// One check.
pub struct Check {
    pub code: &'static str,
    pub title: &'static str,
    pub unit: &'static str,
    pub what_it_costs: &'static str,
    pub what_to_do: &'static str,
    pub test: fn(&Facts<'_>) -> Test,
}

/// How a check is run on this data.
pub enum Test {
    /// A query for `id` and `n`, the faults of that id; and one for the number that they are of.
    Query {
        faulty: String,
        of: String,
    },
    /// Counted already, without ids.
    Count {
        count: u64,
        of: u64,
    },
    /// A query, and faults without ids on top of it.
    Both {
        faulty: String,
        count: u64,
        of: u64,
    },
    /// The same over all rows, also those at and after the as-of.
    Everything {
        faulty: String,
        of: String,
    },
    /// Machines: opens or clicks of this kind, and their rates over mails of that kind.
    Machines {
        kind: &'static str,
        received: Option<&'static str>,
    },
    Cannot {
        why: &'static str,
        needs: &'static str,
    },
}

/// In the order of what a fault costs: the law and the sender's good name first, then numbers that
/// mislead every decision, then money and mails spent twice, then what blurs single results.
pub static CHECKS: [Check; 18] = [
    mail::LEFT_MAILED,
    mail::HARD_BOUNCE_MAILED,
    mail::SUNSET,
    mail::MACHINE_OPENS,
    mail::BOT_CLICKS,
    rows::MIXED_CURRENCIES,
    rows::TEST_ORDERS,
    people::DUPLICATE_CONTACTS,
    rows::REPEATED_ROWS,
    mail::UNDELIVERED_CAMPAIGNS,
    mail::UNSENT_CLICKS,
    people::MALFORMED_ADDRESSES,
    people::ROLE_ADDRESSES,
    rows::BEFORE_SIGNUP,
    rows::AFTER_AS_OF,
    people::MISSING_ZONES,
    people::STALE_ATTRIBUTES,
    rows::MAIL_WITHOUT_CAMPAIGN,
];
