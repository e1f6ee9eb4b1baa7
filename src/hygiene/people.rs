//! Checks of contacts.

use crate::lake::Table;

use super::checks::{Check, Test};
use super::facts::Facts;

const STALE_DAYS: i64 = 365;

const NO_ADDRESS: Test = Test::Cannot {
    why: "no address is mapped",
    needs: "the column `email` of contacts; it is stored as a code",
};

pub const DUPLICATE_CONTACTS: Check = Check {
    code: "duplicate_contacts",
    title: "Contacts that share an address with another one",
    unit: "contacts",
    what_it_costs: "One person is mailed and paid for twice, counts twice in every rate, and can be \
                    in both arms of an experiment.",
    what_to_do: "Merge them in the platform and export again.",
    test: |facts| {
        if facts.known("address_code") == 0 {
            return NO_ADDRESS;
        }
        Test::Query {
            faulty: "SELECT c.contact_id AS id, CAST(1 AS BIGINT) AS n FROM contacts c JOIN \
                     (SELECT CAST(address_code AS VARCHAR) AS code FROM contacts \
                     WHERE address_code IS NOT NULL GROUP BY CAST(address_code AS VARCHAR) \
                     HAVING COUNT(*) > 1) d ON d.code = CAST(c.address_code AS VARCHAR)"
                .to_owned(),
            of: "SELECT COUNT(address_code) FROM contacts".to_owned(),
        }
    },
};

pub const MALFORMED_ADDRESSES: Check = Check {
    code: "malformed_addresses",
    title: "Addresses that cannot exist",
    unit: "contacts",
    what_it_costs: "Every send to them bounces.",
    what_to_do: "Correct them where the slip is plain, otherwise suppress them; check addresses \
                 where they are typed in.",
    test: |facts| address_fault(facts, "malformed"),
};

pub const ROLE_ADDRESSES: Check = Check {
    code: "role_addresses",
    title: "Addresses of functions rather than people",
    unit: "contacts",
    what_it_costs: "Several people read them, or nobody; they complain more often, and one \
                    behaviour is no longer one person's.",
    what_to_do: "Keep those that signed up themselves and confirmed; suppress the others.",
    test: |facts| address_fault(facts, "role"),
};

fn address_fault(facts: &Facts<'_>, fault: &str) -> Test {
    if facts.known("address_code") == 0 {
        return NO_ADDRESS;
    }
    Test::Query {
        faulty: contacts_where(&format!("address_fault = '{fault}'")),
        of: "SELECT COUNT(address_code) FROM contacts".to_owned(),
    }
}

fn contacts_where(condition: &str) -> String {
    format!("SELECT contact_id AS id, CAST(1 AS BIGINT) AS n FROM contacts WHERE {condition}")
}

pub const MISSING_ZONES: Check = Check {
    code: "missing_zones",
    title: "Contacts without a time zone",
    unit: "contacts",
    what_it_costs: "Their hours are read on the shop's clock, so that send times and day parts are \
                    off by the difference.",
    what_to_do: "Map a time zone, or have the platform fill it in from the place of the opens.",
    test: |facts| {
        if !facts.is_mapped(Table::Contacts, "timezone") {
            return Test::Cannot {
                why: "no time zone is mapped",
                needs: "the column `timezone` of contacts",
            };
        }
        Test::Query {
            faulty: contacts_where("timezone IS NULL"),
            of: "SELECT COUNT(*) FROM contacts".to_owned(),
        }
    },
};

pub const STALE_ATTRIBUTES: Check = Check {
    code: "stale_attributes",
    title: "Attributes not updated for a year",
    unit: "contacts",
    what_it_costs: "Segments by attribute describe who these people were.",
    what_to_do: "Ask them again, or leave their attributes out of rules.",
    test: |facts| {
        if facts.known("updated_at") == 0 {
            return Test::Cannot {
                why: "nothing says when a contact was last updated",
                needs: "the column `updated_at` of contacts",
            };
        }
        let cut = facts.days_before(STALE_DAYS);
        Test::Query {
            faulty: contacts_where(&format!("updated_at < {cut}")),
            of: "SELECT COUNT(updated_at) FROM contacts".to_owned(),
        }
    },
};
