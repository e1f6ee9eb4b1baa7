//! Checks of rows: their times, their currencies, their repetition.

use crate::ingest::SourceCounts;
use crate::lake::Table;

use super::checks::{Check, Test};
use super::facts::{Facts, moment};

/// Clocks differ, and a date without a time is a midnight somewhere.
const SIGNUP_GRACE_DAYS: i64 = 1;

pub const MIXED_CURRENCIES: Check = Check {
    code: "mixed_currencies",
    title: "Orders in another currency",
    unit: "orders",
    what_it_costs: "Amounts in different currencies cannot be added; these orders are missing from \
                    all money.",
    what_to_do: "Convert amounts before the export, or read each currency's shop on its own.",
    test: |facts| {
        let aside = total(facts, |s| s.set_aside_other_currency);
        let of = facts.orders + aside;
        let Some(main) = &facts.main_currency else {
            return if of > 0 {
                Test::Cannot {
                    why: "no order names its currency",
                    needs: "the column `currency` of orders",
                }
            } else {
                NO_ORDERS
            };
        };
        let main = main.replace('\'', "''");
        Test::Both {
            faulty: format!(
                "SELECT order_id AS id, CAST(COUNT(*) AS BIGINT) AS n FROM orders \
                 WHERE CAST(currency AS VARCHAR) <> '{main}' GROUP BY order_id"
            ),
            count: aside,
            of,
        }
    },
};

const NO_ORDERS: Test = Test::Cannot { why: "there are no orders", needs: "a source of orders" };

pub const TEST_ORDERS: Check = Check {
    code: "test_orders",
    title: "Test orders",
    unit: "orders",
    what_it_costs: "Money that nobody paid. They are set aside and counted nowhere.",
    what_to_do: "Nothing here; leave them out of the export if their number grows.",
    test: |facts| {
        if !facts.is_mapped(Table::Orders, "test") {
            return Test::Cannot {
                why: "nothing says which orders are tests",
                needs: "the column `test` of orders",
            };
        }
        let count = total(facts, |s| s.set_aside_test);
        Test::Count { count, of: facts.orders + count }
    },
};

pub const REPEATED_ROWS: Check = Check {
    code: "repeated_rows",
    title: "Rows exported twice",
    unit: "rows",
    what_it_costs: "Nothing here: repeated rows are dropped. Any other count over the same files \
                    has them twice.",
    what_to_do: "Check whether exports overlap.",
    test: |facts| Test::Count { count: total(facts, |s| s.repeated), of: total(facts, |s| s.rows) },
};

pub const BEFORE_SIGNUP: Check = Check {
    code: "before_signup",
    title: "Events before the contact's signup",
    unit: "events",
    what_it_costs: "Tenure and time to first order are wrong, and so are rates per day known.",
    what_to_do: "Check the zone and the meaning of `created_at`: an import date is no signup. \
                 Visits joined to the contact afterwards are in order.",
    test: |facts| {
        if facts.known("created_at") == 0 {
            return Test::Cannot {
                why: "no contact has a signup time",
                needs: "the column `created_at` of contacts",
            };
        }
        Test::Query {
            faulty: format!(
                "SELECT c.contact_id AS id, CAST(COUNT(*) AS BIGINT) AS n FROM events e \
                 JOIN contacts c ON c.contact_key = e.contact_key \
                 WHERE e.ts < c.created_at - INTERVAL '{SIGNUP_GRACE_DAYS} day' \
                 GROUP BY c.contact_id"
            ),
            of: "SELECT COUNT(*) FROM events e JOIN contacts c ON c.contact_key = e.contact_key \
                 WHERE c.created_at IS NOT NULL"
                .to_owned(),
        }
    },
};

pub const AFTER_AS_OF: Check = Check {
    code: "after_as_of",
    title: "Events and orders at or after the as-of",
    unit: "rows",
    what_it_costs: "Nothing sees them. With an as-of of today they are dates from the future.",
    what_to_do: "Move the as-of if they should count; otherwise correct the clock that wrote them.",
    test: |facts| {
        if facts.report.last_us.is_none_or(|last| last < facts.as_of_us) {
            let rows = facts.kinds.values().map(|k| k.rows).sum::<u64>() + facts.orders;
            return Test::Count { count: 0, of: rows };
        }
        let from = moment(facts.as_of_us);
        let late = |table: &str| {
            format!(
                "SELECT c.contact_id AS id, CAST(COUNT(*) AS BIGINT) AS n FROM {table} t \
                 JOIN contacts c ON c.contact_key = t.contact_key WHERE t.ts >= {from} \
                 GROUP BY c.contact_id"
            )
        };
        Test::Everything {
            faulty: format!(
                "SELECT id, SUM(n) AS n FROM ({} UNION ALL {}) GROUP BY id",
                late("events"),
                late("orders")
            ),
            of: "SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM orders)".to_owned(),
        }
    },
};

pub const MAIL_WITHOUT_CAMPAIGN: Check = Check {
    code: "mail_without_campaign",
    title: "Mail events without a campaign",
    unit: "events",
    what_it_costs: "They count in no open or click rate: they cannot be matched to a send.",
    what_to_do: "Map the campaign column, or name the flow that sent them.",
    test: |facts| {
        let kinds = ["bounced", "clicked", "delivered", "opened", "sent"].map(|k| facts.kind(k));
        let of: u64 = kinds.iter().map(|k| k.rows).sum();
        let named: u64 = kinds.iter().map(|k| k.with_campaign).sum();
        Test::Count { count: of - named, of }
    },
};

fn total(facts: &Facts<'_>, count: impl Fn(&SourceCounts) -> u64) -> u64 {
    facts.report.sources.iter().map(count).sum()
}
