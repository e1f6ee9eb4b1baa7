//! When a contact is active, in its own time zone.
//!
//! The plain mean hour and the shares describe when the contact acts, whatever the reason; they follow
//! the hours at which mail is sent. What the contact prefers is in the preferred hour, which is
//! corrected for that: see [`super::exposure`].
//!
//! Actions of one visit come together, so the interval of the mean hour counts occasions (actions
//! without a silence longer than the session gap), not actions.

use super::super::family::Family as FeatureFamily;
use super::super::{Family, FeatureSpec, Missing, Moments, Needs, Places, Timeline, Unit};
use super::circular::Circle;
use super::exposure::{Preference, preference};
use super::occasions::occasions;
use super::windows::span;
use super::{Description, InOrder, describe, is_action, take_by_default};

/// A habit needs a year.
const DAYS: u32 = 365;

const DAY_S: i64 = 86_400;
const WEEK_S: i64 = 7 * DAY_S;

/// 1970-01-01 was a Thursday: this many seconds after a Monday.
const THURSDAY_S: i64 = 3 * DAY_S;

/// The parts of a day: name, first and last hour, and the words for much of it.
const PARTS: [(&str, i64, i64, &str); 4] = [
    ("morning", 5, 11, "active in the morning"),
    ("afternoon", 11, 17, "active in the afternoon"),
    ("evening", 17, 23, "active in the evening"),
    ("night", 23, 5, "active at night"),
];

/// Hours and days of actions: opens and clicks by a human, and steps on the site.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// Whether the preferred hour is asked for, which needs the shop's curve of delays.
    prefers: bool,
}

impl Time {
    /// All features.
    pub const ALL: Time = Time { prefers: true };
}

impl FeatureFamily for Time {
    fn specs(&self) -> Vec<FeatureSpec> {
        let mut specs: Vec<FeatureSpec> = mean_hour().into();
        specs.extend(PARTS.map(|(part, from, to, _)| part_share(part, from, to)));
        specs.extend(week_shares());
        specs.extend(preferred_hour());
        let parts = ["morning_share", "afternoon_share", "evening_share", "night_share"];
        for (name, (_, _, _, high)) in parts.into_iter().zip(PARTS) {
            describe(&mut specs, &[Description(name, high, "")]);
        }
        let descriptions = [
            Description("hour_concentration", "keeps to its hours", "no preferred hour"),
            Description("weekend_share", "active at weekends", "active on workdays"),
            Description("weekday_share", "active on workdays", "active at weekends"),
            Description("has_preferred_hour", "has a preferred hour", "has no preferred hour"),
        ];
        describe(&mut specs, &descriptions);
        take_by_default(&mut specs, &parts[..3]);
        specs
    }

    fn narrow(&mut self, wanted: &[bool]) {
        let first = self.specs().len() - preferred_hour().len();
        self.prefers = wanted[first..].contains(&true);
    }

    fn needs(&self) -> Needs {
        let prefers = self.prefers;
        let needs = Needs { events: true, machine: true, ..Needs::default() };
        Needs { open_delays: prefers, campaign: prefers, ..needs }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let from_us = moments.from(DAYS);
        let clock = Clock::new(timeline, from_us);
        let enough = clock.actions >= moments.params.fewest_actions;
        let share = |part: u32| enough.then(|| f64::from(part) / f64::from(clock.actions));
        let count = occasions(timeline, moments, from_us).len() as f64;
        let interval = clock.circle.interval(count).filter(|_| enough);

        let out = &mut InOrder::new(places);
        out.some(clock.circle.mean_hour().filter(|_| enough));
        out.some(interval.map(|(low, _)| low));
        out.some(interval.map(|(_, high)| high));
        out.some(clock.circle.concentration().filter(|_| enough));
        clock.parts.iter().for_each(|part| out.some(share(*part)));
        out.some(share(clock.weekend));
        out.some(share(clock.actions - clock.weekend));
        if self.prefers {
            put_preference(preference(timeline, moments, from_us), out);
        }
    }
}

/// Actions by the wall clock.
#[derive(Default)]
struct Clock {
    circle: Circle,
    actions: u32,
    /// In the order of [`PARTS`].
    parts: [u32; 4],
    weekend: u32,
}

impl Clock {
    fn new(timeline: &Timeline<'_>, from_us: i64) -> Self {
        let mut found = Clock::default();
        let first = timeline.events.partition_point(|event| event.us < from_us);
        let recent = timeline.events[first..].iter();
        for event in recent.filter(|e| is_action(e.kind) && !e.is_machine) {
            let second = (timeline.clock.second(event.us) + THURSDAY_S).rem_euclid(WEEK_S);
            let of_day = second % DAY_S;
            found.circle.add(of_day as f64, 1.0);
            found.actions += 1;
            found.weekend += u32::from(second >= 5 * DAY_S);
            let hour = of_day / 3_600;
            for (part, (_, from, to, _)) in found.parts.iter_mut().zip(PARTS) {
                let is_in =
                    if from < to { (from..to).contains(&hour) } else { hour >= from || hour < to };
                *part += u32::from(is_in);
            }
        }
        found
    }
}

/// Sets the places of [`preferred_hour`].
fn put_preference(measured: Option<Preference>, out: &mut InOrder<'_, '_>) {
    let found = measured.filter(Preference::is_found);
    let interval = found.and_then(|found| found.interval);
    out.some(found.and_then(|found| found.hour));
    out.some(interval.map(|(low, _)| low));
    out.some(interval.map(|(_, high)| high));
    out.some(measured.map(|measured| measured.concentration));
    out.some(measured.map(|measured| measured.p));
    out.number(f64::from(u8::from(found.is_some())));
}

const ACTIONS: &str = "local times of opened and clicked by a human, page_viewed, product_viewed, \
                       cart_added and checkout_started";

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Time, name, unit).window(DAYS)
}

fn mean_hour() -> [FeatureSpec; 4] {
    let angles = format!(
        "a = 2 pi seconds of the day / 86,400 of {ACTIONS}, n of them over {}; missing where n < 5",
        span(DAYS)
    );
    let interval = |sign: &str| {
        format!(
            "mean_hour {sign} 12 / pi asin(1.96 sqrt(d / k)), around the clock, with d = (1 - mean of \
             cos(2 (a - mean))) / (2 R^2), R = hour_concentration, k = actions without another in the \
             30 minutes before; missing where 1.96 sqrt(d / k) > 1; {angles}"
        )
    };
    [
        spec("mean_hour", Unit::Hour)
            .means("circular mean of the local hour of what the contact did")
            .formula(
                Missing::TooLittle,
                format!("12 / pi atan2(sum sin a, sum cos a) around the clock, {angles}, or where R <= 1e-6"),
            ),
        spec("mean_hour_low", Unit::Hour)
            .means("beginning of the 95 % interval of the mean hour; the interval may span midnight")
            .formula(Missing::TooLittle, interval("-")),
        spec("mean_hour_high", Unit::Hour)
            .means("end of the 95 % interval of the mean hour")
            .formula(Missing::TooLittle, interval("+")),
        spec("hour_concentration", Unit::Share)
            .means("how concentrated the local hours are: 0 all round the clock, 1 one moment")
            .formula(
                Missing::TooLittle,
                format!("R = sqrt((sum cos a)^2 + (sum sin a)^2) / n, {angles}"),
            ),
    ]
}

fn share(name: &str, meaning: String, condition: &str) -> FeatureSpec {
    spec(name, Unit::Share).means(meaning).formula(
        Missing::TooLittle,
        format!(
            "n({condition}) / n, n = number of {ACTIONS} over {}; missing where n < 5",
            span(DAYS)
        ),
    )
}

fn part_share(part: &str, from: i64, to: i64) -> FeatureSpec {
    let is_in = if from < to {
        format!("{from}:00 <= local time < {to}:00")
    } else {
        format!("local time >= {from}:00 or < {to}:00")
    };
    share(
        &format!("{part}_share"),
        format!("share of actions in local hours {from} to {to}"),
        &is_in,
    )
}

fn week_shares() -> [FeatureSpec; 2] {
    [
        share(
            "weekend_share",
            "share of actions on Saturday and Sunday, local time".to_owned(),
            "local Saturday or Sunday",
        ),
        share(
            "weekday_share",
            "share of actions from Monday to Friday, local time".to_owned(),
            "local Monday to Friday",
        ),
    ]
}

/// The weighting in one line; the whole of it is in [`super::exposure`].
fn weighted() -> String {
    format!(
        "over occasions (actions without another in the 30 minutes before) of {}: w = (1/24) / p(h), at \
         most 10 times the smallest w, h the local hour, p(h) = share of hour h expected without \
         preference: for an occasion that begins with an open, a click or a campaign the contact's \
         arrivals of mail moved by the shop's curve of delays to opens, else 1/24; z = sum of w u - sum \
         of E, u the unit vector of the local time, E = sum over h of p w u(h)",
        span(DAYS)
    )
}

fn preferred_hour() -> [FeatureSpec; 6] {
    let weighted = weighted();
    let only = "missing without a preferred hour (has_preferred_hour = 0)";
    let interval = |sign: &str| {
        format!(
            "preferred_hour {sign} 12 / pi asin(1.96 sqrt(d / k)), around the clock, with d = (1 - m) / \
             (2 R^2), m = weighted mean of cos(2 (a - preferred)), R = preferred_hour_concentration, k = \
             (sum w)^2 / sum w^2; {only}, or where 1.96 sqrt(d / k) > 1; {weighted}"
        )
    };
    [
        spec("preferred_hour", Unit::Hour)
            .means("the local hour that the contact prefers, corrected for when its mail arrived")
            .formula(Missing::TooLittle, format!("direction of z in hours; {only}; {weighted}")),
        spec("preferred_hour_low", Unit::Hour)
            .means("beginning of the 95 % interval of the preferred hour; it may span midnight")
            .formula(Missing::TooLittle, interval("-")),
        spec("preferred_hour_high", Unit::Hour)
            .means("end of the 95 % interval of the preferred hour")
            .formula(Missing::TooLittle, interval("+")),
        spec("preferred_hour_concentration", Unit::Share)
            .means("how concentrated the corrected hours are: 0 all round the clock, 1 one moment")
            .formula(
                Missing::TooLittle,
                format!("|z| / sum w, at most 1; missing below 5 occasions; {weighted}"),
            ),
        spec("preferred_hour_p", Unit::Share)
            .means(
                "how often chance alone would give a concentration like this to a contact without a \
                 preferred hour (Rayleigh's test)",
            )
            .formula(
                Missing::TooLittle,
                format!(
                    "exp(sqrt(1 + 4n + 4(n^2 - (n r)^2)) - (1 + 2n)), n = W^2 / V, r = |z| / W, W and V \
                     the sums over occasions of the expected w and w^2, sum over h of p w and p w^2; \
                     missing below 5 occasions; {weighted}"
                ),
            ),
        spec("has_preferred_hour", Unit::Flag)
            .means("whether there is a preferred hour; 0 also where too little is known")
            .formula(Missing::Zero, "1 where preferred_hour_p < 0.05, else 0"),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::{Event, Kind};
    use super::super::sample::{DAY, HOUR, MINUTE, Shop, event};
    use super::*;

    #[test]
    fn hours_and_days_follow_the_wall_clock() {
        let shop = Shop::new();
        // Wednesday minus 3, 4, 5, 10 and 12 days: Sunday, Saturday, Friday, Sunday, Friday.
        let at =
            |days: i64, hour: i64| event(shop.now_us - days * DAY + hour * HOUR, Kind::PageViewed);
        let mut events = vec![at(12, 23), at(10, 4), at(5, 5), at(4, 11)];
        let machine =
            Event { is_machine: true, ..event(shop.now_us - 4 * DAY + 12 * HOUR, Kind::Opened) };
        events.push(machine);
        let four = shop.measure(&Time::ALL, (&events, &[], &[]));
        assert_eq!((four.number("mean_hour"), four.number("night_share")), (None, None));
        events.push(at(3, 17));
        let found = shop.measure(&Time::ALL, (&events, &[], &[]));
        let shares = ["night", "morning", "afternoon", "evening"];
        let shares = shares.map(|part| found.number(&format!("{part}_share")));
        assert_eq!(shares, [Some(0.4), Some(0.2), Some(0.2), Some(0.2)]);
        assert_eq!(
            (found.number("weekend_share"), found.number("weekday_share")),
            (Some(0.6), Some(0.4))
        );
        assert_eq!(found.number("has_preferred_hour"), Some(0.0));
        assert_eq!(found.number("preferred_hour"), None);
        assert!(found.number("preferred_hour_p").is_some_and(|p| p > 0.05));
    }

    #[test]
    fn around_midnight_the_mean_is_midnight_and_the_interval_spans_it() {
        let shop = Shop::new();
        let events: Vec<Event> = (1..=10)
            .rev()
            .flat_map(|day| {
                [-HOUR, HOUR].map(|off| event(shop.now_us - day * DAY + off, Kind::Clicked))
            })
            .collect();
        let found = shop.measure(&Time::ALL, (&events, &[], &[]));
        let number = |name: &str| found.number(name).unwrap_or(f64::NAN);
        let mean = number("mean_hour");
        assert!(mean.min(24.0 - mean) < 1e-9, "{mean}");
        // cos 15 degrees.
        assert!((number("hour_concentration") - 0.965_925_826_289_068).abs() < 1e-12);
        let (low, high) = (number("mean_hour_low"), number("mean_hour_high"));
        assert!((low + high - 24.0).abs() < 1e-9 && high > 0.3 && high < 0.6, "{low} {high}");
        // Clicks without any mail say nothing about a preference.
        assert_eq!(found.number("preferred_hour_p"), None);
    }

    #[test]
    fn an_interval_counts_occasions_not_actions() {
        let shop = Shop::new();
        let once: Vec<Event> = (1..=8)
            .rev()
            .map(|day| event(shop.now_us - day * DAY + (8 + day % 3) * HOUR, Kind::PageViewed))
            .collect();
        let again = |event: &Event| [*event, Event { us: event.us + MINUTE, ..*event }];
        let twice: Vec<Event> = once.iter().flat_map(again).collect();
        let width = |events: &[Event]| {
            let found = shop.measure(&Time::ALL, (events, &[], &[]));
            let end = |name: &str| found.number(name).unwrap_or(f64::NAN);
            end("mean_hour_high") - end("mean_hour_low")
        };
        assert!((width(&once) / width(&twice) - 1.0).abs() < 0.01);
    }
}
