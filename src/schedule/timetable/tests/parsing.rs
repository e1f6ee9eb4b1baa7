//! What a pattern may say.

use super::*;
use crate::error::Kind;

fn refused(cron: &str, zone: &str) -> String {
    let error = Timetable::parse(cron, zone).expect_err(cron);
    assert_eq!(error.kind(), Kind::Settings, "{cron}");
    let hint = error.hint_text().expect("a hint");
    assert!(hint.contains("example"), "{cron}: {hint}");
    error.to_string()
}

#[test]
fn names_and_numbers_mean_the_same() {
    for (named, numbered) in [
        ("0 6 * JAN,Dec MON-FRI", "0 6 * 1,12 1-5"),
        ("0 6 * * SUN", "0 6 * * 0"),
        ("0 6 * * SUN", "0 6 * * 7"),
        ("0 6 * * sat-SUN", "0 6 * * 6,7"),
        ("  0   6 ? * mon ", "0 6 * * 1"),
    ] {
        let (named, numbered) = (table(named, LONDON), table(numbered, LONDON));
        let year = |table: &Timetable| {
            occurrences(table, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))
        };
        assert_eq!(year(&named), year(&numbered));
        assert!(year(&named).len() > 8);
    }
}

#[test]
fn what_is_no_pattern_of_five_fields_is_refused_with_an_example() {
    for bad in [
        "", "hourly", "* * * *", "0 0 6 * * *", "0 6 * * * 2026", "60 * * * *", "0 24 * * *",
        "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "0 0 * * FRI-MON", "*/0 * * * *", "1,,2 * * * *",
        ", * * * *", "5, * * * *", "0 JAN * * *", "MON 6 * * *", "0 6 * MON *", "0 6 * * JAN",
        "5/10 * * * *", "0 6 * * MONDAY", "0 6 32 * *", "x 6 * * *", "0 6 * * é", "-1 6 * * *",
    ] {
        refused(bad, LONDON);
    }
    assert_eq!(
        refused("0 0 6 * * *", LONDON),
        "a cron pattern has five fields, without seconds or years: \"0 0 6 * * *\""
    );
    assert!(refused("@daily", LONDON).contains("@daily"));
    assert!(!refused("a@b.example * * * *", LONDON).contains("b.example"));
}

#[test]
fn days_that_never_come_are_refused() {
    for bad in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 FEB *", "0 0 * * L"] {
        assert!(refused(bad, LONDON).contains("never occurs"), "{bad}");
    }
    // Either day suffices, so that the 30th does not have to come.
    table("0 0 30 2 MON", LONDON);
    // At most 40 years apart.
    table("0 0 29 2 +MON", LONDON);
}

#[test]
fn an_unknown_zone_is_refused_with_an_example() {
    assert_eq!(refused("0 0 * * *", "Europe/Atlantis"), "unknown time zone: \"Europe/Atlantis\"");
    refused("0 0 * * *", "");
    assert_eq!(table("0 0 * * *", "europe/london").zone_name(), LONDON);
    assert_eq!(table(" 0 0 * * *", "UTC").cron(), "0 0 * * *");
}

#[test]
fn leap_days_and_the_turn_of_the_year() {
    assert_eq!(
        between(&table("0 12 29 2 *", "UTC"), "2026-01-01T00:00:00Z", "2033-01-01T00:00:00Z"),
        ["2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"]
    );
    // 2100 is no leap year.
    let leap = table("0 12 29 2 *", "UTC");
    assert_eq!(leap.next_after(at("2096-03-01T00:00:00Z")), Some(at("2104-02-29T12:00:00Z")));
    let monday = table("0 12 29 2 +MON", "UTC");
    assert_eq!(monday.next_after(at("2026-01-01T00:00:00Z")), Some(at("2044-02-29T12:00:00Z")));
    assert_eq!(
        between(&table("30 23,0 * * *", NEW_YORK), "2026-12-31T12:00:00Z", "2027-01-02T05:00:00Z"),
        ["2027-01-01T04:30:00Z", "2027-01-01T05:30:00Z", "2027-01-02T04:30:00Z"]
    );
    assert_eq!(
        between(&table("59 23 L 12 *", "UTC"), "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
        ["2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"]
    );
}

#[test]
fn an_occurrence_is_never_its_own_next() {
    let table = table("0 6 * * *", "UTC");
    let six = at("2026-05-01T06:00:00Z");
    assert_eq!(table.next_after(at("2026-05-01T05:59:59.999999999Z")), Some(six));
    assert_eq!(table.next_after(six), Some(at("2026-05-02T06:00:00Z")));
    assert_eq!(table.next_after(at("2026-05-01T06:00:00.000000001Z")), table.next_after(six));
    assert_eq!(table.next_after(Timestamp::MAX), None);
    // The clock of 1900, when local times were not whole minutes away from UTC.
    assert!(table.next_after(at("1899-12-31T23:59:30Z")).is_some());
}
