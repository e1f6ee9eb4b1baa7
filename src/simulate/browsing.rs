//! Visits to the web shop.

use super::calendar::{DAY_S, MOST_BUSY};
use super::event::{Event, Kind, Origin};
use super::life::Life;

pub(super) const DEVICES: [&str; 3] = ["mobile", "desktop", "tablet"];
const PAGES: [&str; 6] = ["home", "category", "search", "sale", "help", "story"];
const PAGE_WEIGHTS: [f64; 6] = [0.35, 0.30, 0.15, 0.10, 0.05, 0.05];

/// How a visit starts, and how likely it ends in an order.
pub(super) struct Visit {
    pub t: i64,
    pub origin: Option<Origin>,
    pub device: &'static str,
    pub buy: f64,
}

impl Life<'_> {
    /// All visits that no email caused, after the one with which they begin.
    pub(super) fn browse(&mut self, buy_at_once: f64) {
        let traits = self.contact.persona.traits();
        self.visit_now(self.visits_t.start, buy_at_once);
        let calendar = &self.shop.calendar;
        let rate_per_day = traits.visits_per_day * self.contact.vigour;
        // Thinning: draw at the busiest day's rate, keep what the day and the habit allow.
        let mut t = self.visits_t.start as f64;
        loop {
            t += self.dice.wait(DAY_S as f64 / (rate_per_day * MOST_BUSY));
            if t >= calendar.end_s() as f64 {
                return;
            }
            let day = t as i64 / DAY_S;
            let kept = calendar.busy(day) / MOST_BUSY * self.contact.habit(t as i64);
            if self.dice.chance(kept) {
                let second = self.contact.active_second(&mut self.dice);
                self.visit_now(calendar.utc(self.contact.zone, day, second), traits.buy_per_visit);
            }
        }
    }

    fn visit_now(&mut self, t: i64, buy: f64) {
        // Moving a visit to the contact's own hour may move it before the first.
        if t >= self.visits_t.start && self.contact.stop_t.is_none_or(|stop| t < stop) {
            let kept = (self.events.len(), self.orders.len());
            let device = DEVICES[self.dice.pick(&self.contact.devices)];
            self.visit(Visit { t, origin: None, device, buy });
            if t >= self.visits_t.end {
                // Drawn all the same, so that what comes before the turn is as it would have been.
                self.events.truncate(kept.0);
                self.orders.truncate(kept.1);
            }
        }
    }

    /// Pages, then products, perhaps a cart, a checkout and an order.
    pub(super) fn visit(&mut self, visit: Visit) {
        let traits = self.contact.persona.traits();
        let client = browser(visit.device, self.dice.uniform());
        let bought = self.dice.chance(visit.buy);
        let carted = bought || self.dice.chance(traits.cart_per_visit);
        let mut t = visit.t;
        for _ in 0..1 + self.dice.count(traits.pages_per_visit) {
            let page = PAGES[self.dice.pick(&PAGE_WEIGHTS)];
            t = self.view(&visit, client, t, Kind::PageViewed, Some(page), None);
        }
        let products = self.dice.count(traits.products_per_visit).max(u32::from(carted));
        let mut last = None;
        for _ in 0..products {
            last = Some(self.shop.catalogue.choose(traits, &mut self.dice));
            t = self.view(&visit, client, t, Kind::ProductViewed, None, last);
        }
        if carted {
            self.step(&visit, client, t, Kind::CartAdded, last);
        }
        if bought || (carted && self.dice.chance(0.12)) {
            self.step(&visit, client, t + 30, Kind::CheckoutStarted, None);
        }
        if let (true, Some(product)) = (bought, last) {
            self.order(t + 120, product);
        }
    }

    /// A view with the time spent on it; answers when it is over.
    fn view(
        &mut self,
        visit: &Visit,
        client: &'static str,
        t: i64,
        kind: Kind,
        page: Option<&'static str>,
        product: Option<u16>,
    ) -> i64 {
        let mean_s = self.contact.persona.traits().seconds_per_view;
        let seconds = (2.0 + self.dice.wait(mean_s)).min(900.0) as u16;
        self.events.push(Event {
            device: Some(visit.device),
            client: Some(client),
            page,
            product,
            seconds: Some(seconds),
            ..Event::new(t, kind, visit.origin)
        });
        t + i64::from(seconds)
    }

    fn step(
        &mut self,
        visit: &Visit,
        client: &'static str,
        t: i64,
        kind: Kind,
        product: Option<u16>,
    ) {
        self.events.push(Event {
            device: Some(visit.device),
            client: Some(client),
            product,
            ..Event::new(t, kind, visit.origin)
        });
    }
}

fn browser(device: &str, luck: f64) -> &'static str {
    match device {
        "desktop" if luck < 0.60 => "Chrome",
        "desktop" if luck < 0.75 => "Edge",
        "desktop" if luck < 0.88 => "Safari",
        "desktop" => "Firefox",
        _ if luck < 0.55 => "Safari",
        _ => "Chrome",
    }
}
