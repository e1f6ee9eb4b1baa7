//! Summing up the part of a contact's history that no window reaches any more.

use super::super::family::Family as FeatureFamily;
use super::super::{
    Closed, Event, Family, FeatureParams, FeatureSpec, Kind, Missing, Moments, Needs, Places,
    Presence, Timeline, Unit,
};
use super::email::Mails;
use super::visits::visits;
use super::{is_view, is_web};

/// Sums up what happened before `until_us`, and the mails that were sent before it with everything that
/// belongs to them. `events` are in order of time and reach at least `params.attribution_us` beyond
/// `until_us`, so that the latest of these mails are complete.
pub fn close(events: &[Event], until_us: i64, params: &FeatureParams) -> Closed {
    let mut closed = Closed { until_us, mails_until_us: until_us, ..Closed::NOTHING };
    let past = &events[..events.partition_point(|event| event.us < until_us)];
    past.iter().for_each(|event| add(&mut closed, event));
    let visits = visits(past, params.session_gap_us);
    closed.sessions = visits.len() as u64;
    let end_us = until_us.saturating_add(params.attribution_us);
    let seen = &events[..events.partition_point(|event| event.us <= end_us)];
    let mut mails = Mails::of(seen, params.attribution_us).mails;
    mails.truncate(mails.partition_point(|mail| mail.start_us < until_us));
    for mail in mails.iter().filter(|mail| mail.received_us().is_some()) {
        let (opened, clicked) = (mail.human_open_us.is_some(), mail.click_us.is_some());
        closed.mails_received += 1;
        closed.human_opens += u64::from(opened);
        closed.all_opens += u64::from(mail.is_opened);
        closed.clicks += u64::from(clicked);
        closed.opened_and_clicked += u64::from(opened && clicked);
        closed.ignored_streak = if mail.is_noticed() { 0 } else { closed.ignored_streak + 1 };
    }
    closed
}

/// The sums as a family of their own, so that the engine computes them like features.
pub struct Closing {
    pub until_us: i64,
}

/// The columns of a closed history, in the order of [`numbers`].
const COLUMNS: [&str; 21] = [
    "sends", "deliveries", "bounces", "mails_received", "human_opens", "opened_and_clicked",
    "all_opens", "clicks", "ignored_streak", "unsubscribes", "complaints", "page_views",
    "product_views", "sessions", "carts", "checkouts", "web_ms", "last_human_open_us",
    "last_click_us", "last_visit_us", "presence",
];

impl FeatureFamily for Closing {
    fn specs(&self) -> Vec<FeatureSpec> {
        let one = |name: &str| {
            FeatureSpec::new(Family::Relationship, name, Unit::Number).formula(Missing::Never, "")
        };
        COLUMNS.map(one).into()
    }

    fn needs(&self) -> Needs {
        let needs = Needs { events: true, campaign: true, machine: true, ..Needs::default() };
        Needs { duration: true, category: true, ..needs }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let closed = close(timeline.events, self.until_us, moments.params);
        places.numbers.copy_from_slice(&numbers(&closed));
    }
}

/// The sums as numbers; times that are not known are NaN. All are whole and below 2^53: no bit is lost.
fn numbers(closed: &Closed) -> [f64; 21] {
    let time = |us: Option<i64>| us.map_or(f64::NAN, |us| us as f64);
    [
        closed.sends as f64,
        closed.deliveries as f64,
        closed.bounces as f64,
        closed.mails_received as f64,
        closed.human_opens as f64,
        closed.opened_and_clicked as f64,
        closed.all_opens as f64,
        closed.clicks as f64,
        closed.ignored_streak as f64,
        closed.unsubscribes as f64,
        closed.complaints as f64,
        closed.page_views as f64,
        closed.product_views as f64,
        closed.sessions as f64,
        closed.carts as f64,
        closed.checkouts as f64,
        closed.web_ms as f64,
        time(closed.last_human_open_us),
        time(closed.last_click_us),
        time(closed.last_visit_us),
        f64::from(closed.presence.0),
    ]
}

/// The sums that [`numbers`] wrote down.
pub fn of_numbers(until_us: i64, numbers: &[f64]) -> Closed {
    let count = |place: usize| numbers.get(place).map_or(0, |value| *value as u64);
    let time = |place: usize| {
        numbers.get(place).filter(|value| !value.is_nan()).map(|value| *value as i64)
    };
    Closed {
        until_us,
        mails_until_us: until_us,
        sends: count(0),
        deliveries: count(1),
        bounces: count(2),
        mails_received: count(3),
        human_opens: count(4),
        opened_and_clicked: count(5),
        all_opens: count(6),
        clicks: count(7),
        ignored_streak: count(8),
        unsubscribes: count(9),
        complaints: count(10),
        page_views: count(11),
        product_views: count(12),
        sessions: count(13),
        carts: count(14),
        checkouts: count(15),
        web_ms: count(16),
        last_human_open_us: time(17),
        last_click_us: time(18),
        last_visit_us: time(19),
        presence: Presence(count(20) as u32),
    }
}

fn add(closed: &mut Closed, event: &Event) {
    let has_campaign = u64::from(event.campaign.is_some());
    match event.kind {
        Kind::Sent => closed.sends += has_campaign,
        Kind::Delivered => closed.deliveries += has_campaign,
        Kind::Bounced => closed.bounces += 1,
        Kind::Unsubscribed => closed.unsubscribes += 1,
        Kind::Complained => closed.complaints += 1,
        Kind::PageViewed => closed.page_views += 1,
        Kind::ProductViewed => closed.product_views += 1,
        Kind::CartAdded => closed.carts += 1,
        Kind::CheckoutStarted => closed.checkouts += 1,
        Kind::Opened if !event.is_machine => closed.last_human_open_us = Some(event.us),
        Kind::Clicked if !event.is_machine => closed.last_click_us = Some(event.us),
        Kind::Opened | Kind::Clicked => {}
    }
    closed.presence = closed.presence.or(Presence::kind(event.kind));
    if event.duration_ms.is_some() {
        closed.presence = closed.presence.or(Presence::DURATION);
    }
    if is_view(event.kind) && event.category.is_some() {
        closed.presence = closed.presence.or(Presence::VIEWED_CATEGORY);
    }
    if is_web(event.kind) {
        closed.web_ms += event.duration_ms.unwrap_or(0).unsigned_abs();
        closed.last_visit_us = Some(event.us);
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::super::super::{FeatureFamily, Kind, Word};
    use super::super::sample::{DAY, HOUR, Shop, event};
    use super::super::{Device, Email, Time, Web};
    use super::*;

    /// Two years of rows of a few campaigns, at whole quarters of an hour, so that moments coincide.
    fn life(now_us: i64, dice: &mut Xoshiro256PlusPlus) -> Vec<Event> {
        let one = |_: usize| {
            let us = now_us - dice.gen_range(1..700 * 96_i64) * (HOUR / 4);
            let kind = Kind::ALL[dice.gen_range(0..Kind::ALL.len())];
            let campaign = if dice.gen_bool(0.9) { Word(dice.gen_range(0..4)) } else { Word::NONE };
            let duration_ms = dice.gen_bool(0.5).then(|| dice.gen_range(0..60_000));
            let is_machine = dice.gen_bool(0.2);
            Event { campaign, duration_ms, is_machine, ..event(us, kind) }
        };
        let mut events: Vec<Event> = (0..600).map(one).collect();
        events.sort();
        events
    }

    /// The earliest row that may still matter to mails sent from the cut on.
    const BEFORE: i64 = 31 * DAY;

    #[test]
    fn any_cut_gives_the_same_bits_as_none() {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(7);
        let families: [&dyn FeatureFamily; 4] =
            [&Email::new(Vec::new()), &Web::ALL, &Time::ALL, &Device];
        let whole = Shop::new();
        for _ in 0..40 {
            let events = life(whole.now_us, &mut dice);
            // Windows reach back a year; a mail's reactions come up to a month after it.
            let cut =
                whole.now_us - dice.gen_range(396..600) * DAY - dice.gen_range(0..96) * (HOUR / 4);
            let closed = close(&events, cut, &whole.params);
            assert_eq!(of_numbers(cut, &numbers(&closed)), closed);
            let shop = Shop::with_closed(closed);
            let open: Vec<Event> =
                events.iter().filter(|event| event.us >= cut - BEFORE).copied().collect();
            assert!(open.len() < events.len(), "nothing is closed");
            for family in families {
                let expected = whole.measure(family, (&events, &[], &[]));
                let found = shop.measure(family, (&open, &[], &[]));
                for spec in
                    family.specs().iter().filter(|s| s.unit != super::super::super::Unit::Label)
                {
                    let bits = |value: Option<f64>| value.map(f64::to_bits);
                    let (found, expected) = (found.number(&spec.name), expected.number(&spec.name));
                    assert_eq!(bits(found), bits(expected), "{} at {cut}", spec.name);
                }
            }
        }
    }
}
