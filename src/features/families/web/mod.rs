//! What a contact does on the site.
//!
//! A visit (session) ends after 30 minutes of silence and belongs to the window that its first step is
//! in. A visit's cart is abandoned if no order above zero, whatever became of it, follows within a day
//! of the last thing put into the cart; a cart so young that the day is not over yet is not judged.
//! A lake without orders makes every cart look abandoned.

mod specs;

use super::super::family::Family as FeatureFamily;
use super::super::{Event, FeatureSpec, Kind, Moments, Needs, Order, Places, Timeline};
use super::shares::Shares;
use super::visits::{Visit, visits};
use super::windows::{Ages, ByAge, WINDOWS};
use super::{InOrder, is_view, is_web};

/// Windows of what needs many visits or views.
const LONG: [u32; 2] = [90, 365];

const MS_PER_S: f64 = 1_000.0;

/// Page views, products, carts, checkouts, visits and time on the site.
#[derive(Debug, Clone, Copy)]
pub struct Web {
    /// Whether anything is asked for that depends on visits, on their carts, or on categories.
    visits: bool,
    carts: bool,
    categories: bool,
}

impl Web {
    /// All features.
    pub const ALL: Web = Web { visits: true, carts: true, categories: true };
}

impl FeatureFamily for Web {
    fn specs(&self) -> Vec<FeatureSpec> {
        specs::specs()
    }

    fn narrow(&mut self, wanted: &[bool]) {
        let specs = self.specs();
        let asked = specs.iter().zip(wanted).filter(|(_, is)| **is).map(|(spec, _)| &spec.name);
        let any = |parts: &[&str]| asked.clone().any(|name| parts.iter().any(|p| name.contains(p)));
        self.carts = any(&["abandoned_carts"]);
        self.visits = self.carts || any(&["sessions", "bounce_share"]);
        self.categories = any(&["categor"]);
    }

    fn needs(&self) -> Needs {
        let needs = Needs { events: true, duration: true, ..Needs::default() };
        Needs { category: self.categories, orders: self.carts, ..needs }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let ages = Ages::new(moments);
        let visits = match self.visits {
            true => visits(timeline.events, moments.params.session_gap_us),
            false => Vec::new(),
        };
        let open = timeline.events.iter().filter(|e| is_web(e.kind));
        let steps = Steps::new(open.filter(|e| e.us >= timeline.closed.until_us), &ages);
        let mut sessions = ByAge::default();
        for visit in visits.iter().filter(|v| v.start_us >= timeline.closed.until_us) {
            sessions.add(&ages, visit.start_us, 1);
        }
        let abandoned = abandoned(&visits, timeline.orders, moments, &ages);
        let viewed = match self.categories {
            true => WINDOWS.map(|days| categories(timeline.events, moments.from(days))),
            false => Default::default(),
        };

        let out = &mut InOrder::new(places);
        let closed = timeline.closed;
        steps.pages.put_all(closed.page_views, 1.0, out);
        steps.products.put_all(closed.product_views, 1.0, out);
        steps.carts.put_all(closed.carts, 1.0, out);
        steps.checkouts.put_all(closed.checkouts, 1.0, out);
        sessions.put_all(closed.sessions, 1.0, out);
        steps.ms.put_all(closed.web_ms, MS_PER_S, out);
        abandoned.put(1.0, out);
        viewed.iter().for_each(|shares| out.number(shares.different() as f64));
        for (days, shares) in LONG.iter().zip(&viewed[2..]) {
            out.some(bounced(&visits, moments, *days));
            out.some(shares.top_share());
            out.some(shares.entropy());
        }
        let last_us = timeline.events.iter().rev().find(|e| is_web(e.kind)).map(|e| e.us);
        out.some(last_us.or(closed.last_visit_us).map(|us| moments.days_since(us)));
        steps.views.put_trends(out);
        sessions.put_trends(out);
        viewed[2..].iter().for_each(|shares| out.label(shares.top().map(|(word, _)| word)));
    }
}

/// Sums over steps on the site.
#[derive(Default)]
struct Steps {
    pages: ByAge,
    products: ByAge,
    views: ByAge,
    carts: ByAge,
    checkouts: ByAge,
    ms: ByAge,
}

impl Steps {
    fn new<'a>(events: impl Iterator<Item = &'a Event>, ages: &Ages) -> Self {
        let mut steps = Steps::default();
        for event in events {
            let kind = match event.kind {
                Kind::PageViewed => &mut steps.pages,
                Kind::ProductViewed => &mut steps.products,
                Kind::CartAdded => &mut steps.carts,
                _ => &mut steps.checkouts,
            };
            kind.add(ages, event.us, 1);
            if is_view(event.kind) {
                steps.views.add(ages, event.us, 1);
            }
            steps.ms.add(ages, event.us, event.duration_ms.unwrap_or(0));
        }
        steps
    }
}

/// Abandoned carts by the age of the last thing put in.
fn abandoned(visits: &[Visit], orders: &[Order], moments: &Moments<'_>, ages: &Ages) -> ByAge {
    let wait_us = moments.params.abandoned_after_us;
    let mut sum = ByAge::default();
    for cart_us in visits.iter().filter_map(|visit| visit.last_cart_us) {
        let next = orders.partition_point(|order| order.us < cart_us);
        let mut soon = orders[next..].iter().take_while(|order| order.us <= cart_us + wait_us);
        let is_judged = cart_us + wait_us <= moments.now_us;
        if is_judged && !soon.any(|order| order.amount_minor > 0) {
            sum.add(ages, cart_us, 1);
        }
    }
    sum
}

/// Share of bounces among the visits of the last `days`.
fn bounced(visits: &[Visit], moments: &Moments<'_>, days: u32) -> Option<f64> {
    let first = visits.partition_point(|visit| visit.start_us < moments.from(days));
    let recent = &visits[first..];
    let bounces = recent.iter().filter(|visit| visit.is_bounce()).count();
    (recent.len() >= moments.params.fewest_actions as usize)
        .then(|| bounces as f64 / recent.len() as f64)
}

/// Views by category since `from_us`.
fn categories(events: &[Event], from_us: i64) -> Shares {
    let mut shares = Shares::default();
    let first = events.partition_point(|event| event.us < from_us);
    events[first..].iter().filter(|e| is_view(e.kind)).for_each(|e| shares.add(e.category));
    shares
}

#[cfg(test)]
mod tests {
    use super::super::super::{Closed, Kind};
    use super::super::sample::{DAY, HOUR, MINUTE, Shop, event, sale, word};
    use super::*;

    /// Two visits eight days ago, one with a cart; one view a hundred days ago; one 40 days ago.
    fn steps(now_us: i64) -> Vec<Event> {
        let mut events = Vec::new();
        let mut step = |ago_us: i64, kind, category: &str| {
            let category = word(category);
            events.push(Event {
                category,
                duration_ms: Some(1_500),
                ..event(now_us - ago_us, kind)
            });
        };
        step(100 * DAY, Kind::PageViewed, "shirts");
        step(40 * DAY, Kind::ProductViewed, "shoes");
        step(8 * DAY + 2 * HOUR, Kind::PageViewed, "");
        step(8 * DAY + HOUR, Kind::ProductViewed, "shoes");
        step(8 * DAY + 30 * MINUTE, Kind::ProductViewed, "shirts");
        step(8 * DAY + 20 * MINUTE, Kind::CartAdded, "shirts");
        step(8 * DAY, Kind::CheckoutStarted, "");
        events
    }

    #[test]
    fn steps_visits_and_categories_are_counted_in_their_windows() {
        let shop = Shop::new();
        let found = shop.measure(&Web::ALL, (&steps(shop.now_us), &[], &[]));
        let number = |name: &str| found.number(name);
        assert_eq!((number("page_views_90d"), number("page_views")), (Some(1.0), Some(2.0)));
        assert_eq!(
            (number("product_views_7d"), number("product_views_30d")),
            (Some(0.0), Some(2.0))
        );
        assert_eq!((number("carts_30d"), number("checkouts_30d")), (Some(1.0), Some(1.0)));
        // Two hours ago; an hour ago, half an hour later and on: exactly 30 minutes are no silence.
        assert_eq!((number("sessions_30d"), number("sessions")), (Some(2.0), Some(4.0)));
        assert_eq!((number("seconds_30d"), number("seconds")), (Some(7.5), Some(10.5)));
        assert_eq!((number("categories_30d"), number("categories_90d")), (Some(2.0), Some(2.0)));
        assert_eq!(number("top_category_share_90d"), Some(2.0 / 3.0));
        assert_eq!(
            (found.label("top_category_90d"), found.label("top_category_365d")),
            (Some("shoes"), Some("shirts"))
        );
        assert_eq!(number("category_entropy_365d"), Some(1.0));
        assert_eq!(number("bounce_share_365d"), None);
        assert_eq!(number("days_since_visit"), Some(8.0));
        // Views: 3 in thirty days, 1 in the thirty before; visits: 2 and 1.
        assert_eq!(number("web_views_trend_30d"), Some(0.5));
        assert_eq!(number("sessions_trend_30d"), Some(1.0 / 3.0));
        assert_eq!(number("sessions_trend_90d"), Some(0.5));
    }

    #[test]
    fn a_cart_is_abandoned_unless_an_order_follows_within_a_day() {
        let shop = Shop::new();
        let events = steps(shop.now_us);
        let cart_us = shop.now_us - 8 * DAY - 20 * MINUTE;
        let carts = |orders: &[Order]| {
            let found = shop.measure(&Web::ALL, (&events, orders, &[]));
            (found.number("abandoned_carts_7d"), found.number("abandoned_carts_30d"))
        };
        assert_eq!(carts(&[]), (Some(0.0), Some(1.0)));
        assert_eq!(carts(&[sale(cart_us + DAY, 100)]), (Some(0.0), Some(0.0)));
        let others = [sale(cart_us - 1, 100), sale(cart_us, -100), sale(cart_us + DAY + 1, 100)];
        assert_eq!(carts(&others), (Some(0.0), Some(1.0)));
        let young = [event(shop.now_us - DAY + 1, Kind::CartAdded)];
        let found = shop.measure(&Web::ALL, (&young, &[], &[]));
        assert_eq!(found.number("abandoned_carts_7d"), Some(0.0));
    }

    #[test]
    fn bounces_are_visits_of_one_view() {
        let shop = Shop::new();
        let mut events: Vec<Event> =
            (1..6).rev().map(|day| event(shop.now_us - day * DAY, Kind::PageViewed)).collect();
        events.push(event(shop.now_us - DAY + MINUTE, Kind::CartAdded));
        let found = shop.measure(&Web::ALL, (&events, &[], &[]));
        assert_eq!(found.number("bounce_share_90d"), Some(0.8));
    }

    #[test]
    fn nothing_is_a_zero_and_closed_history_is_added() {
        let empty = Shop::new().measure(&Web::ALL, (&[], &[], &[]));
        assert_eq!(
            (empty.number("page_views"), empty.number("days_since_visit")),
            (Some(0.0), None)
        );
        let now_us = Shop::new().now_us;
        let closed = Closed {
            until_us: now_us - 400 * DAY,
            mails_until_us: now_us - 430 * DAY,
            page_views: 10,
            sessions: 4,
            web_ms: 9_000,
            last_visit_us: Some(now_us - 401 * DAY),
            ..Closed::default()
        };
        let shop = Shop::with_closed(closed);
        // The first view is in the sums already, and its visit goes on after they end.
        let events = [
            event(now_us - 400 * DAY - 10 * MINUTE, Kind::PageViewed),
            event(now_us - 400 * DAY + 10 * MINUTE, Kind::PageViewed),
        ];
        let found = shop.measure(&Web::ALL, (&events, &[], &[]));
        assert_eq!((found.number("page_views"), found.number("sessions")), (Some(11.0), Some(4.0)));
        assert_eq!(
            (found.number("seconds"), found.number("days_since_visit")),
            (Some(9.0), Some(400.0))
        );
        let nothing_new = shop.measure(&Web::ALL, (&[], &[], &[]));
        assert_eq!(nothing_new.number("days_since_visit"), Some(401.0));
    }
}
