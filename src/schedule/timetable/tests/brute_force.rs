//! Random patterns against a scan of every minute.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::*;

/// The text of a pattern, and the values that it stands for, read by nobody else.
struct Drawn {
    text: String,
    minutes: Vec<i8>,
    hours: Vec<i8>,
    days: Option<Vec<i8>>,
    months: Vec<i8>,
    weekdays: Option<Vec<i8>>,
    by_elapsed_time: bool,
}

impl Drawn {
    fn new(draws: &mut Draws) -> Self {
        let (minute, minutes, _) = field(draws, 0, 59, 8);
        let (hour, hours, by_elapsed_time) = field(draws, 0, 23, 3);
        // Rarely restricted, so that the hours around the change do occur.
        let (day, days, any_day) = field(draws, 1, 31, 1);
        let (month, months, _) = ("*".to_owned(), (1..=12).collect(), true);
        let (weekday, weekdays, any_weekday) = field(draws, 0, 6, 1);
        Drawn {
            text: format!("{minute} {hour} {day} {month} {weekday}"),
            minutes,
            hours,
            days: (!any_day || day != "*").then_some(days),
            months,
            weekdays: (!any_weekday || weekday != "*").then_some(weekdays),
            by_elapsed_time,
        }
    }

    fn fits(&self, local: DateTime) -> bool {
        let weekday = local.weekday().to_sunday_zero_offset();
        let day = match (&self.days, &self.weekdays) {
            (None, None) => true,
            (Some(days), None) => days.contains(&local.day()),
            (None, Some(weekdays)) => weekdays.contains(&weekday),
            (Some(days), Some(weekdays)) => {
                days.contains(&local.day()) || weekdays.contains(&weekday)
            }
        };
        let time = self.minutes.contains(&local.minute()) && self.hours.contains(&local.hour());
        day && time && self.months.contains(&local.month())
    }

    /// Every minute in turn, with the local clock beside it. A local time occurs when the clock first
    /// reaches or passes it; by elapsed time, whenever the clock shows it.
    fn scan(&self, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
        let mut found = Vec::new();
        let mut reached = zone.to_datetime(from);
        let mut now = from;
        while now < until {
            now += minutes(1);
            let local = zone.to_datetime(now);
            let occurs = if self.by_elapsed_time {
                self.fits(local)
            } else {
                let passed = reached.series(jiff::Span::new().minutes(1)).skip(1);
                passed.take_while(|time| *time <= local).any(|time| self.fits(time))
            };
            if occurs {
                found.push(now);
            }
            reached = reached.max(local);
        }
        found
    }
}

/// A field's text, its values, and whether it has a wildcard or a step.
fn field(draws: &mut Draws, low: i8, high: i8, most: u64) -> (String, Vec<i8>, bool) {
    let span = (high - low + 1) as u64;
    match draws.whole(5) {
        0 => ("*".to_owned(), (low..=high).collect(), true),
        1 => {
            let step = 1 + draws.whole(span.min(20)) as usize;
            (format!("*/{step}"), (low..=high).step_by(step).collect(), true)
        }
        2 => {
            let first = low + draws.whole(span) as i8;
            let last = first + draws.whole((high - first + 1) as u64) as i8;
            (format!("{first}-{last}"), (first..=last).collect(), false)
        }
        _ => {
            let count = 1 + draws.whole(most);
            // Half of them near the hours at which clocks change.
            let value = |draws: &mut Draws| match draws.whole(2) {
                0 => low + draws.whole(span.min(4)) as i8,
                _ => low + draws.whole(span) as i8,
            };
            let values: Vec<i8> = (0..count).map(|_| value(draws)).collect();
            let texts: Vec<String> = values.iter().map(|value| value.to_string()).collect();
            (texts.join(","), values, false)
        }
    }
}

/// Three weeks around every change of the clocks in 2026 and 2027.
fn windows(zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
    let changes = zone.following(at("2026-01-01T00:00:00Z")).map(|change| change.timestamp());
    let half = minutes(21 * 24 * 60 / 2);
    changes.take(4).map(|change| (change - half, change + half)).collect()
}

#[test]
fn occurrences_are_those_of_a_scan_minute_by_minute() {
    let mut draws = Draws(20_260_329);
    let zones = [LONDON, NEW_YORK, LONDON, NEW_YORK, "Australia/Lord_Howe", "America/Nuuk"];
    let (mut local, mut elapsed, mut total) = (0, 0, 0);
    for round in 0..120 {
        let drawn = Drawn::new(&mut draws);
        let name = zones[round % zones.len()];
        let zone = TimeZone::get(name).expect("a zone");
        let Ok(timetable) = Timetable::parse(&drawn.text, name) else { panic!("{}", drawn.text) };
        let (from, until) = windows(&zone)[draws.whole(4) as usize];
        let found = occurrences(&timetable, from, until);
        assert_eq!(found, drawn.scan(&zone, from, until), "{} {name} {from}", drawn.text);
        *(if drawn.by_elapsed_time { &mut elapsed } else { &mut local }) += 1;
        total += found.len();
    }
    assert!(local > 30 && elapsed > 30 && total > 10_000, "{local} {elapsed} {total}");
}

#[test]
fn the_next_is_later_and_is_reached_from_a_second_before() {
    let mut draws = Draws(7);
    for round in 0..300 {
        let drawn = Drawn::new(&mut draws);
        let zone = [LONDON, NEW_YORK, "Asia/Tehran", "UTC"][round % 4];
        let timetable = table(&drawn.text, zone);
        let start = at("2026-03-01T00:00:00Z") + minutes(draws.whole(700 * 1440) as i64);
        let mut before = start + SignedDuration::from_nanos(draws.whole(60_000_000_000) as i64);
        for _ in 0..20 {
            let next = timetable.next_after(before).expect("a next");
            assert!(next > before, "{} {zone} {before}", drawn.text);
            let second = SignedDuration::from_secs(1);
            assert_eq!(timetable.next_after(next - second), Some(next), "{} {zone}", drawn.text);
            assert_eq!(timetable.last_within(start - second, next), Some(next));
            let none = timetable.last_within(before, next - SignedDuration::from_nanos(1));
            assert_eq!(none, None, "{} {zone} {before}", drawn.text);
            before = next;
        }
        let last = timetable.last_within(start - minutes(1), before + minutes(0));
        assert_eq!(last, Some(before));
    }
}
