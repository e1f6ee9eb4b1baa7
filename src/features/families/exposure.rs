//! When a contact prefers to act, corrected for when its mail arrived.
//!
//! An open soon after a mail of 9:00 says little about a preference for 9:00. So what a contact did is
//! held against what a contact without preference would have done with the same mail:
//!
//! 1. *Occasions.* Actions without a silence longer than the session gap count once, at the first.
//! 2. *Expected hours.* For occasions that mail brought about, the share p(h) of each local hour h is
//!    the contact's own arrivals, moved by the shop's curve of delays from arrival to open (whole hours,
//!    all contacts together, or the first range of keys of a large lake; within its hour a delay is
//!    taken as even). Arrivals are the `delivered`
//!    events of the year, or the `sent` ones where the contact has none. For visits of the contact's
//!    own accord p(h) = 1/24.
//! 3. *Weights.* w(h) = (1/24) / p(h), at most [`MOST_WEIGHT`] times the smallest w, so that one open
//!    in an hour that hardly had a chance does not decide.
//! 4. *Direction.* The sum of w times the unit vector of each occasion's time of day, less its
//!    expectation sum over h of p(h) w(h) u(h), u(h) the middle of hour h; without the limit of 3 that
//!    expectation is 0. Its direction is the preferred hour; its length over the sum of w the
//!    concentration.
//! 5. *Test.* Rayleigh's p with the effective number n = W^2 / V and R = length / W, where W and V are
//!    the sums over occasions of the expectations of w and w^2 under p. They are taken under p, not
//!    from the weights that came out: ten opens within the hour of ten mails of 9:00 all have the same
//!    small weight, and would otherwise look like ten pieces of evidence for 9:00.
//! 6. *Interval.* Fisher's, with Kish's effective number of the weights that came out.
//!
//! Limits: occasions of mail that no arrival explains are left out; a change of the clocks between
//! arrival and open is ignored; all contacts are taken to have the same curve, so a contact that is
//! quicker than the others and gets all mail at one hour looks a little like one that prefers it; an
//! hour in which nothing ever arrives soon enough cannot show up.

use std::f64::consts::TAU;
use std::sync::LazyLock;

use super::super::{Kind, Moments, Timeline};
use super::circular::{Circle, rayleigh_p};
use super::occasions::occasions;

/// Most weight of an hour, in multiples of the smallest: ten opens of a busy hour weigh one of a rare
/// one. With more, the rarest occasion decides; with less, little is corrected.
const MOST_WEIGHT: f64 = 10.0;

/// Below this p a contact has a preferred hour.
const P_LIMIT: f64 = 0.05;

/// What is known of a contact's preferred hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preference {
    pub hour: Option<f64>,
    pub interval: Option<(f64, f64)>,
    /// Between 0 and 1.
    pub concentration: f64,
    pub p: f64,
}

impl Preference {
    pub fn is_found(&self) -> bool {
        self.p < P_LIMIT && self.hour.is_some()
    }
}

/// Measures the preference since `from_us`; `None` with too few occasions.
pub fn preference(
    timeline: &Timeline<'_>,
    moments: &Moments<'_>,
    from_us: i64,
) -> Option<Preference> {
    let occasions = occasions(timeline, moments, from_us);
    if occasions.len() < moments.params.fewest_actions as usize {
        return None;
    }
    let mail = Expectation::of_mail(&arrivals(timeline, from_us), moments.open_delay_curve);
    let own = Expectation::EVEN;
    let mut circle = Circle::default();
    let (mut number, mut weight, mut squared) = (0u32, 0.0, 0.0);
    for occasion in occasions {
        let expected = if occasion.is_by_mail { mail.as_ref() } else { Some(&own) };
        let Some(expected) = expected else { continue };
        let second = timeline.clock.second(occasion.us).rem_euclid(86_400);
        circle.add(second as f64, expected.weights[(second / 3_600) as usize]);
        circle.take_off(expected.cos, expected.sin);
        number += 1;
        weight += expected.weight;
        squared += expected.squared_weight;
    }
    if number < moments.params.fewest_actions {
        return None;
    }
    Some(Preference {
        hour: circle.mean_hour(),
        interval: circle.interval(circle.effective()),
        concentration: circle.concentration()?,
        p: rayleigh_p(weight * weight / squared, (circle.length() / weight).min(1.0)),
    })
}

/// Arrivals of mail by local hour; one at 9:15 counts three quarters for 9 and a quarter for 10, as
/// does a delay of whole hours and an even rest.
fn arrivals(timeline: &Timeline<'_>, from_us: i64) -> [f64; 24] {
    let of = |kind: Kind| timeline.events.iter().filter(move |e| e.kind == kind && e.us >= from_us);
    let kind = match of(Kind::Delivered).next() {
        Some(_) => Kind::Delivered,
        None => Kind::Sent,
    };
    let mut hours = [0.0; 24];
    for event in of(kind) {
        let second = timeline.clock.second(event.us).rem_euclid(86_400);
        let (hour, part) = ((second / 3_600) as usize, (second % 3_600) as f64 / 3_600.0);
        hours[hour] += 1.0 - part;
        hours[(hour + 1) % 24] += part;
    }
    hours
}

/// Sine and cosine of the middle of each hour.
static DIRECTIONS: LazyLock<[(f64, f64); 24]> =
    LazyLock::new(|| std::array::from_fn(|hour| (TAU * (hour as f64 + 0.5) / 24.0).sin_cos()));

/// What an occasion of a contact without preference looks like.
#[derive(Debug, Clone, PartialEq)]
struct Expectation {
    /// By local hour.
    weights: [f64; 24],
    /// Expected weight, squared weight, and weighted unit vector.
    weight: f64,
    squared_weight: f64,
    cos: f64,
    sin: f64,
}

impl Expectation {
    const EVEN: Expectation =
        Expectation { weights: [1.0; 24], weight: 1.0, squared_weight: 1.0, cos: 0.0, sin: 0.0 };

    /// `None` without mail or without a curve.
    fn of_mail(arrivals: &[f64; 24], curve: &[f64]) -> Option<Self> {
        // Whole days of delay change no hour.
        let mut by_hour = [0.0; 24];
        curve.iter().enumerate().for_each(|(delay, share)| by_hour[delay % 24] += share);
        let mut opens = [0.0; 24];
        for (delay, share) in by_hour.iter().enumerate() {
            let (until_midnight, after) = arrivals.split_at(24 - delay);
            let hours = after.iter().chain(until_midnight);
            opens.iter_mut().zip(hours).for_each(|(open, mails)| *open += mails * share);
        }
        let total: f64 = opens.iter().sum();
        (total > 0.0).then(|| Expectation::of_shares(&opens.map(|open| open / total)))
    }

    fn of_shares(shares: &[f64; 24]) -> Self {
        let even = 1.0 / 24.0;
        let smallest = even / shares.iter().copied().fold(0.0, f64::max);
        let weights = shares.map(|p| (even / p).min(MOST_WEIGHT * smallest));
        let mut expected =
            Expectation { weights, weight: 0.0, squared_weight: 0.0, cos: 0.0, sin: 0.0 };
        for ((share, weight), (sin, cos)) in shares.iter().zip(weights).zip(*DIRECTIONS) {
            expected.weight += share * weight;
            expected.squared_weight += share * weight * weight;
            expected.cos += share * weight * cos;
            expected.sin += share * weight * sin;
        }
        expected
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Event;
    use super::super::sample::{DAY, HOUR, MINUTE, Shop, event};
    use super::*;

    /// A mail at 9:00 on each of `n` days, each opened `delay_us` later.
    fn mails_of_nine(shop: &Shop, n: i64, delay_us: i64) -> Vec<Event> {
        let midnight = shop.now_us - 100 * DAY;
        let mut events = Vec::new();
        for day in 0..n {
            let sent_us = midnight + day * 2 * DAY + 9 * HOUR;
            events.push(event(sent_us, Kind::Delivered));
            events.push(event(sent_us + delay_us + day % 7 * MINUTE, Kind::Opened));
        }
        events
    }

    fn found(shop: &Shop, events: &[Event]) -> Option<Preference> {
        let moments = shop.moments();
        preference(&shop.timeline(events, &[], &[]), &moments, moments.from(365))
    }

    #[test]
    fn quick_opens_of_one_hour_are_no_preference_and_late_ones_are() {
        let shop = Shop::new();
        let quick = found(&shop, &mails_of_nine(&shop, 10, 5 * MINUTE));
        assert!(quick.is_some_and(|found| !found.is_found() && found.p > 0.2), "{quick:?}");
        let late = found(&shop, &mails_of_nine(&shop, 10, 11 * HOUR + 10 * MINUTE));
        assert!(late.is_some_and(|found| found.is_found()), "{late:?}");
        let hour = late.and_then(|found| found.hour).unwrap_or(f64::NAN);
        assert!((hour - 20.2).abs() < 1.0, "{hour}");
        assert_eq!(found(&shop, &mails_of_nine(&shop, 4, 5 * MINUTE)), None);
    }

    /// The next number of a sequence that looks random, from 0 to below 1.
    fn draw(state: &mut u64) -> f64 {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A delay from the shop's curve: what a contact without preference does.
    fn delay_us(shop: &Shop, state: &mut u64) -> i64 {
        let mut left = draw(state);
        let curve = shop.moments().open_delay_curve;
        let spent = |share: &&f64| {
            left -= **share;
            left >= 0.0
        };
        let hours = curve.iter().take_while(spent).count() as f64;
        ((hours + draw(state)) * HOUR as f64) as i64
    }

    #[test]
    fn one_in_twenty_contacts_without_preference_is_told_to_have_one() {
        let shop = Shop::new();
        let mut state = 1;
        let is_found = |_: &u32| {
            let mut events = Vec::new();
            for day in 0..12 {
                let sent_us = shop.now_us - 100 * DAY + day * 4 * DAY + 9 * HOUR;
                events.push(event(sent_us, Kind::Delivered));
                events.push(event(sent_us + delay_us(&shop, &mut state), Kind::Opened));
            }
            found(&shop, &events).is_some_and(|found| found.is_found())
        };
        let share = f64::from((0..4_000).filter(is_found).count() as u32) / 4_000.0;
        // Three standard errors of a share of 5 % among 4,000 are 0.0103.
        assert!((share - 0.05).abs() < 0.0103, "{share}");
    }

    #[test]
    fn visits_of_ones_own_accord_are_taken_as_they_are() {
        let shop = Shop::new();
        let visit = |day: i64| event(shop.now_us - day * DAY + 22 * HOUR, Kind::PageViewed);
        let events: Vec<Event> = (10..16).rev().map(visit).collect();
        let visits = found(&shop, &events);
        assert!(visits.is_some_and(|found| found.is_found() && found.concentration > 0.999));
        let hour = visits.and_then(|found| found.hour).unwrap_or(f64::NAN);
        assert!((hour - 22.0).abs() < 1e-9, "{hour}");
    }

    #[test]
    fn opens_without_any_arrival_say_nothing() {
        let shop = Shop::new();
        let open = |day: i64| event(shop.now_us - day * DAY, Kind::Opened);
        let events: Vec<Event> = (10..20).rev().map(open).collect();
        assert_eq!(found(&shop, &events), None);
    }

    #[test]
    fn without_a_limit_weights_undo_what_was_expected() {
        let mut shares = [1.0 / 36.0; 24];
        shares[..12].fill(1.0 / 18.0);
        let expected = Expectation::of_shares(&shares);
        assert!((expected.weight - 1.0).abs() < 1e-12);
        assert!(expected.cos.abs() < 1e-12 && expected.sin.abs() < 1e-12);
        assert!((expected.weights[0] - 0.75).abs() < 1e-12);
        assert!((expected.weights[12] - 1.5).abs() < 1e-12);
    }
}
