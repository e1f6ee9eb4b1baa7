//! Clocks that go forward and back: both zones, both years, both kinds of pattern.

use super::*;

/// A fixed local time every day, and what it is in UTC around a change.
fn daily(cron: &str, zone: &str, day_before: &str, expected: [&str; 3]) {
    let start = at(&format!("{day_before}T12:00:00Z")).checked_sub(SignedDuration::from_hours(24));
    let start = start.expect("a time").to_string();
    let timetable = table(cron, zone);
    let mut next = at(&start);
    for expected in expected {
        next = timetable.next_after(next).expect("a next");
        assert_eq!(next, at(expected), "{cron} {zone}");
    }
}

#[test]
fn a_time_in_the_gap_runs_once_at_its_end() {
    for (day_before, expected) in [
        ("2026-03-28", ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        ("2027-03-27", ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]),
    ] {
        daily("30 1 * * *", LONDON, day_before, expected);
    }
    for (day_before, expected) in [
        ("2026-03-07", ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
        ("2027-03-13", ["2027-03-13T07:30:00Z", "2027-03-14T07:00:00Z", "2027-03-15T06:30:00Z"]),
    ] {
        daily("30 2 * * *", NEW_YORK, day_before, expected);
    }
}

#[test]
fn a_repeated_time_runs_once_the_first_time() {
    for (day_before, expected) in [
        ("2026-10-24", ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        ("2027-10-30", ["2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"]),
    ] {
        daily("30 1 * * *", LONDON, day_before, expected);
    }
    for (day_before, expected) in [
        ("2026-10-31", ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        ("2027-11-06", ["2027-11-06T05:30:00Z", "2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"]),
    ] {
        daily("30 1 * * *", NEW_YORK, day_before, expected);
    }
}

/// The changes of the clocks in UTC: spring and autumn, 2026 and 2027.
const CHANGES: [(&str, [&str; 4]); 2] = [
    (
        LONDON,
        [
            "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2027-03-28T01:00:00Z",
            "2027-10-31T01:00:00Z",
        ],
    ),
    (
        NEW_YORK,
        [
            "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2027-03-14T07:00:00Z",
            "2027-11-07T06:00:00Z",
        ],
    ),
];

#[test]
fn wildcards_and_steps_run_by_elapsed_time() {
    for (zone, changes) in CHANGES {
        for change in changes {
            let (from, to) = (at(change) - minutes(180), at(change) + minutes(180));
            for (cron, step) in [("*/15 * * * *", 15), ("0 * * * *", 60), ("* */1 * * *", 1)] {
                let expected: Vec<Timestamp> =
                    (1..=360 / step).map(|count| from + minutes(count * step)).collect();
                assert_eq!(occurrences(&table(cron, zone), from, to), expected, "{cron} {change}");
            }
        }
    }
}

#[test]
fn several_times_in_one_gap_are_one_occurrence() {
    let half_hours = table("0,30 1 * * *", LONDON);
    assert_eq!(
        between(&half_hours, "2026-03-28T02:00:00Z", "2026-03-30T00:30:00Z"),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"]
    );
    // The hour at the end of the gap is in the pattern as well, and is the same moment.
    let hours = table("0 1-2 * * *", LONDON);
    assert_eq!(
        between(&hours, "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z"),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]
    );
    // Both minutes of the repeated hour occur, the first time only.
    assert_eq!(
        between(&half_hours, "2026-10-24T12:00:00Z", "2026-10-26T01:00:00Z"),
        ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"]
    );
}

#[test]
fn a_start_in_the_second_pass_does_not_repeat_the_first() {
    let times = table("*/20 1 * * *", LONDON);
    for second_pass in ["2026-10-25T01:00:00Z", "2026-10-25T01:10:00Z", "2026-10-25T01:40:00Z"] {
        let next = times.next_after(at(second_pass));
        assert_eq!(next, Some(at("2026-10-26T01:00:00Z")), "{second_pass}");
    }
    assert_eq!(times.next_after(at("2026-10-25T00:39:59Z")), Some(at("2026-10-25T00:40:00Z")));
}

#[test]
fn a_gap_that_ends_on_another_date_loses_nothing() {
    // Clocks in Nuuk go from Saturday 23:00 to Sunday 00:00.
    let saturdays = table("30 23 * * SAT", "America/Nuuk");
    assert_eq!(
        between(&saturdays, "2026-03-22T12:00:00Z", "2026-04-05T12:00:00Z"),
        ["2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"]
    );
    // Samoa had no 30 December 2011 at all.
    let friday = table("0 12 30 12 *", "Pacific/Apia");
    assert_eq!(friday.next_after(at("2011-12-01T00:00:00Z")), Some(at("2011-12-30T10:00:00Z")));
    let quarter = table("15 * 30 12 *", "Pacific/Apia");
    assert_eq!(quarter.next_after(at("2011-12-01T00:00:00Z")), Some(at("2012-12-29T10:15:00Z")));
}

#[test]
fn half_hours_of_change_are_kept_apart() {
    // Lord Howe Island moves by half an hour: 02:00 to 02:30 on 4 October 2026.
    let fixed = table("15 2 * * *", "Australia/Lord_Howe");
    assert_eq!(fixed.next_after(at("2026-10-03T00:00:00Z")), Some(at("2026-10-03T15:30:00Z")));
    let hourly = table("15 * * * *", "Australia/Lord_Howe");
    assert_eq!(
        between(&hourly, "2026-10-03T14:00:00Z", "2026-10-03T17:00:00Z"),
        ["2026-10-03T14:45:00Z", "2026-10-03T16:15:00Z"]
    );
}

/// Where the two rules are one, croner's own search answers the same.
#[test]
fn croner_agrees_where_its_rule_is_the_same() {
    for zone in [LONDON, NEW_YORK] {
        for cron in ["30 1 * * *", "30 2 * * *", "0 0 * * *", "*/15 * * * *", "0 */2 * * MON"] {
            let (ours, theirs) = (table(cron, zone), cron.parse::<croner::Cron>().expect("good"));
            let mut next = at("2026-01-01T00:00:00Z");
            let end = at("2028-01-01T00:00:00Z");
            let tz = jiff::tz::TimeZone::get(zone).expect("a zone");
            while next < end {
                let expected = theirs.find_next_occurrence(&next.to_zoned(tz.clone()), false);
                next = ours.next_after(next).expect("a next");
                assert_eq!(next, expected.expect("a next").timestamp(), "{cron} {zone}");
            }
        }
    }
}
