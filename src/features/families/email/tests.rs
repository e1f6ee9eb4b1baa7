use super::super::super::{Closed, Event, Kind, Word};
use super::super::sample::{DAY, HOUR, Shop, event};
use super::Email;

fn of(campaign: u32, us: i64, kind: Kind) -> Event {
    Event { campaign: Word(campaign), ..event(us, kind) }
}

fn sorted(mut events: Vec<Event>) -> Vec<Event> {
    events.sort();
    events
}

/// Six mails a week apart, the latest a day ago; those of even number opened two hours after they were
/// sent, the oldest also clicked after three.
fn six_mails(now: i64) -> Vec<Event> {
    let mut events = Vec::new();
    for n in 0..6_u32 {
        let sent = now - DAY - i64::from(5 - n) * 7 * DAY;
        events.extend([of(n, sent, Kind::Sent), of(n, sent + HOUR, Kind::Delivered)]);
        if n % 2 == 0 {
            events.push(of(n, sent + 2 * HOUR, Kind::Opened));
        }
        if n == 0 {
            events.push(of(n, sent + 3 * HOUR, Kind::Clicked));
        }
    }
    events
}

fn email() -> Email {
    Email::new(Vec::new())
}

#[test]
fn six_mails_are_counted_by_hand() {
    let shop = Shop::new();
    let events = sorted(six_mails(shop.now_us));
    let found = shop.measure(&email(), (&events, &[], &[]));
    let number = |name: &str| found.number(name);
    // Ages of the mails: 1, 8, 15, 22, 29 and 36 days.
    assert_eq!(
        (number("sends_7d"), number("sends_30d"), number("sends")),
        (Some(1.0), Some(5.0), Some(6.0))
    );
    assert_eq!((number("deliveries_30d"), number("mails_received_90d")), (Some(5.0), Some(6.0)));
    // Opened: those of 8, 22 and 36 days.
    assert_eq!((number("human_opens_30d"), number("human_opens")), (Some(2.0), Some(3.0)));
    assert_eq!(
        (number("human_open_rate_30d"), number("human_open_rate_90d")),
        (Some(0.4), Some(0.5))
    );
    assert_eq!(number("human_open_rate_7d"), None, "one mail is too little");
    assert_eq!((number("clicks_30d"), number("clicks_90d")), (Some(0.0), Some(1.0)));
    assert_eq!(number("click_rate"), Some(1.0 / 6.0));
    assert_eq!(number("click_to_open_rate"), None, "three opens are too little");
    assert_eq!(number("ignored_streak"), Some(1.0));
    assert_eq!(
        (number("days_since_human_open"), number("days_since_click")),
        (Some(8.0), Some(36.0))
    );
    assert_eq!(number("median_open_delay_s"), None, "three delays are too little");
    assert_eq!(number("mails_per_week_30d"), Some(5.0 / (30.0 / 7.0)));
    // Five in the last thirty days, one in the thirty before.
    assert_eq!(number("mails_received_trend_30d"), Some(4.0 / 6.0));
    assert_eq!(number("clicks_trend_30d"), Some(-1.0));
}

#[test]
fn a_machine_opens_for_nobody() {
    let shop = Shop::new();
    let mut events = six_mails(shop.now_us);
    for event in events.iter_mut().filter(|e| e.kind == Kind::Opened) {
        event.is_machine = true;
    }
    let found = shop.measure(&email(), (&sorted(events), &[], &[]));
    assert_eq!((found.number("all_opens"), found.number("human_opens")), (Some(3.0), Some(0.0)));
    assert_eq!(
        (found.number("all_open_rate"), found.number("human_open_rate")),
        (Some(0.5), Some(0.0))
    );
    assert_eq!(found.number("days_since_human_open"), None);
    // The oldest was clicked by a human, so five are ignored.
    assert_eq!(found.number("ignored_streak"), Some(5.0));
}

#[test]
fn delays_are_medians_from_sending() {
    let shop = Shop::new();
    let mut events = Vec::new();
    for n in 0..6_u32 {
        let sent = shop.now_us - i64::from(n + 1) * DAY;
        events.push(of(n, sent, Kind::Sent));
        events.push(of(n, sent + i64::from(n + 1) * HOUR, Kind::Opened));
    }
    let found = shop.measure(&email(), (&sorted(events), &[], &[]));
    // 1 to 6 hours: three and a half.
    assert_eq!(found.number("median_open_delay_s"), Some(12_600.0));
    assert_eq!(found.number("median_click_delay_s"), None);
}

#[test]
fn what_names_no_campaign_is_counted_apart() {
    let shop = Shop::new();
    let now = shop.now_us;
    let events = [event(now - DAY, Kind::Sent), event(now - HOUR, Kind::Opened)];
    let found = shop.measure(&email(), (&events, &[], &[]));
    assert_eq!((found.number("sends"), found.number("mails_received")), (Some(0.0), Some(0.0)));
    assert_eq!(found.number("sends_without_campaign_365d"), Some(1.0));
    assert_eq!(found.number("unmatched_reactions_365d"), Some(1.0));
    assert_eq!(found.number("days_since_human_open"), Some(1.0));
}

#[test]
fn closed_history_is_added_and_mails_from_before_are_not_counted_twice() {
    let now = Shop::new().now_us;
    let until_us = now - 20 * DAY;
    let closed = Closed {
        until_us,
        mails_until_us: until_us,
        sends: 3,
        mails_received: 3,
        human_opens: 1,
        ignored_streak: 2,
        last_human_open_us: Some(now - 30 * DAY),
        ..Closed::NOTHING
    };
    let shop = Shop::with_closed(closed);
    // The last closed mail is handed down, so that its late delivery and open find it.
    let events = sorted(vec![
        of(1, until_us - HOUR, Kind::Sent),
        of(1, until_us + HOUR, Kind::Delivered),
        of(1, until_us + 2 * HOUR, Kind::Opened),
        of(2, until_us + DAY, Kind::Sent),
    ]);
    let found = shop.measure(&email(), (&events, &[], &[]));
    assert_eq!((found.number("sends"), found.number("mails_received")), (Some(4.0), Some(4.0)));
    assert_eq!(found.number("human_opens"), Some(1.0));
    assert_eq!(found.number("ignored_streak"), Some(3.0));
    assert_eq!(found.number("days_since_human_open"), Some(20.0));
}
