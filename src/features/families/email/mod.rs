//! What a contact does with the mail it receives.
//!
//! A mail is received when it is delivered, or when it is sent and nothing says that it bounced. What
//! is counted of mails falls into the window in which the mail was received, whenever it was opened.

mod mails;
mod specs;

use super::super::family::Family as FeatureFamily;
use super::super::{Event, FeatureParams, FeatureSpec, Kind, Moments, Needs, Places, Timeline};
use super::InOrder;
use super::windows::{Ages, ByAge, WINDOWS};
use mails::Mail;
pub use mails::Mails;
use specs::{WEEKLY, YEAR};

const DAY_US: f64 = 86_400_000_000.0;

/// Sends, opens, clicks, rates, delays, streaks.
pub struct Email {
    campaign_types: Vec<String>,
    /// Whether anything is asked for that needs events to be matched to mails.
    is_matched: bool,
}

/// Features that are read off events one by one: these need no mails.
const OF_EVENTS: [&str; 7] = [
    "sends", "deliveries", "bounces", "unsubscribes", "complaints", "days_since_human_open",
    "days_since_click",
];

impl Email {
    /// Types of campaign that shares are measured of, by the places that [`Moments`] has.
    pub fn new(campaign_types: Vec<String>) -> Self {
        Email { campaign_types, is_matched: true }
    }
}

impl FeatureFamily for Email {
    fn specs(&self) -> Vec<FeatureSpec> {
        specs::specs(&self.campaign_types)
    }

    fn needs(&self) -> Needs {
        Needs { events: true, campaign: true, machine: true, ..Needs::default() }
    }

    fn narrow(&mut self, wanted: &[bool]) {
        let is_of_events = |name: &str| {
            let stem = WINDOWS.iter().find_map(|days| name.strip_suffix(&format!("_{days}d")));
            OF_EVENTS.contains(&stem.unwrap_or(name))
        };
        let specs = self.specs();
        let mut asked = specs.iter().zip(wanted).filter(|(_, is)| **is);
        self.is_matched = asked.any(|(spec, _)| !is_of_events(&spec.name));
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let ages = Ages::new(moments);
        let single = Singles::new(timeline, moments, &ages);
        let mut received = Received::new(self.campaign_types.len());
        let mut mails = Mails::default();
        if self.is_matched {
            mails = Mails::of(timeline.events, moments.params.attribution_us);
            let first =
                mails.mails.partition_point(|m| m.start_us < timeline.closed.mails_until_us);
            mails.mails.drain(..first);
            mails.mails.iter().for_each(|mail| received.add(mail, moments, &ages));
        }
        let mut out = InOrder::new(places);
        single.put(timeline, &mut out);
        received.put(timeline, moments.params, &mut out);
        out.some(single.last_human_open_us.map(|us| moments.days_since(us)));
        out.some(single.last_click_us.map(|us| moments.days_since(us)));
        out.number(streak(&mails.mails, timeline.closed.ignored_streak) as f64);
        received.put_delays(moments.params, &mut out);
        received.put_weekly(timeline, moments, &mut out);
        received.put_types(moments.params, &mut out);
        out.number(single.without_campaign as f64);
        let year = moments.from(YEAR);
        out.number(mails.unmatched_us.iter().filter(|us| **us >= year).count() as f64);
        for counted in [&received.mails, &received.human_opens, &received.clicks] {
            counted.put_trends(&mut out);
        }
    }
}

/// Latest received mails that no human noticed, in a row.
fn streak(mails: &[Mail], closed: u64) -> u64 {
    let received = mails.iter().rev().filter(|mail| mail.received_us().is_some());
    let mut ignored = 0;
    for mail in received {
        if mail.is_noticed() {
            return ignored;
        }
        ignored += 1;
    }
    ignored + closed
}

/// What is counted of events one by one.
#[derive(Default)]
struct Singles {
    sends: ByAge,
    deliveries: ByAge,
    bounces: ByAge,
    unsubscribes: ByAge,
    complaints: ByAge,
    without_campaign: u64,
    last_human_open_us: Option<i64>,
    last_click_us: Option<i64>,
}

impl Singles {
    fn new(timeline: &Timeline<'_>, moments: &Moments<'_>, ages: &Ages) -> Self {
        let closed = timeline.closed;
        let mut single = Singles {
            last_human_open_us: closed.last_human_open_us,
            last_click_us: closed.last_click_us,
            ..Singles::default()
        };
        let year = moments.from(YEAR);
        let open = timeline.events.partition_point(|event| event.us < closed.until_us);
        timeline.events[open..].iter().for_each(|event| single.add(event, ages, year));
        single
    }

    fn add(&mut self, event: &Event, ages: &Ages, year: i64) {
        let has_campaign = event.campaign.is_some();
        match event.kind {
            Kind::Sent if has_campaign => self.sends.add(ages, event.us, 1),
            Kind::Sent => self.without_campaign += u64::from(event.us >= year),
            Kind::Delivered if has_campaign => self.deliveries.add(ages, event.us, 1),
            Kind::Bounced => self.bounces.add(ages, event.us, 1),
            Kind::Unsubscribed => self.unsubscribes.add(ages, event.us, 1),
            Kind::Complained => self.complaints.add(ages, event.us, 1),
            // Events are in order of time: the last one stays.
            Kind::Opened if !event.is_machine => self.last_human_open_us = Some(event.us),
            Kind::Clicked if !event.is_machine => self.last_click_us = Some(event.us),
            _ => {}
        }
    }

    fn put(&self, timeline: &Timeline<'_>, out: &mut InOrder<'_, '_>) {
        let closed = timeline.closed;
        self.sends.put_all(closed.sends, 1.0, out);
        self.deliveries.put_all(closed.deliveries, 1.0, out);
        self.bounces.put_all(closed.bounces, 1.0, out);
        self.unsubscribes.put_all(closed.unsubscribes, 1.0, out);
        self.complaints.put_all(closed.complaints, 1.0, out);
    }
}

/// What is counted of received mails, by when they were received.
struct Received {
    mails: ByAge,
    human_opens: ByAge,
    all_opens: ByAge,
    clicks: ByAge,
    opened_and_clicked: ByAge,
    open_delays_us: Vec<i64>,
    click_delays_us: Vec<i64>,
    types: Vec<u64>,
}

impl Received {
    fn new(types: usize) -> Self {
        Received {
            mails: ByAge::default(),
            human_opens: ByAge::default(),
            all_opens: ByAge::default(),
            clicks: ByAge::default(),
            opened_and_clicked: ByAge::default(),
            open_delays_us: Vec::new(),
            click_delays_us: Vec::new(),
            types: vec![0; types],
        }
    }

    fn add(&mut self, mail: &Mail, moments: &Moments<'_>, ages: &Ages) {
        let Some(us) = mail.received_us() else { return };
        let (opened, clicked) = (mail.human_open_us.is_some(), mail.click_us.is_some());
        self.mails.add(ages, us, 1);
        self.human_opens.add(ages, us, i64::from(opened));
        self.all_opens.add(ages, us, i64::from(mail.is_opened));
        self.clicks.add(ages, us, i64::from(clicked));
        self.opened_and_clicked.add(ages, us, i64::from(opened && clicked));
        if us < moments.from(YEAR) {
            return;
        }
        self.open_delays_us.extend(mail.human_open_us.map(|at| at - mail.start_us));
        self.click_delays_us.extend(mail.click_us.map(|at| at - mail.start_us));
        let of = moments.campaign_types.get(mail.campaign.0 as usize);
        if let Some(count) = of.and_then(|place| self.types.get_mut(usize::from(*place))) {
            *count += 1;
        }
    }

    /// Counts, then rates.
    fn put(&self, timeline: &Timeline<'_>, params: &FeatureParams, out: &mut InOrder<'_, '_>) {
        let closed = timeline.closed;
        let mails = (&self.mails, closed.mails_received);
        let human_opens = (&self.human_opens, closed.human_opens);
        let all_opens = (&self.all_opens, closed.all_opens);
        let clicks = (&self.clicks, closed.clicks);
        let both = (&self.opened_and_clicked, closed.opened_and_clicked);
        for (counted, closed) in [mails, human_opens, all_opens, clicks] {
            counted.put_all(closed, 1.0, out);
        }
        let rates =
            [(human_opens, mails), (all_opens, mails), (clicks, mails), (both, human_opens)];
        for ((part, part_closed), (all, all_closed)) in rates {
            for days in WINDOWS {
                out.some(rate(part.within(days), all.within(days), params));
            }
            let (part, all) = (part.all() + part_closed as i64, all.all() + all_closed as i64);
            out.some(rate(part, all, params));
        }
    }

    fn put_delays(&mut self, params: &FeatureParams, out: &mut InOrder<'_, '_>) {
        out.some(median_s(&mut self.open_delays_us, params));
        out.some(median_s(&mut self.click_delays_us, params));
    }

    fn put_weekly(
        &self,
        timeline: &Timeline<'_>,
        moments: &Moments<'_>,
        out: &mut InOrder<'_, '_>,
    ) {
        let known = timeline.known_us.map(|us| ((moments.now_us - us) as f64 / DAY_US).max(7.0));
        for days in WEEKLY {
            let most = f64::from(days);
            let days_known = known.map_or(most, |known| known.min(most));
            out.number(self.mails.within(days) as f64 / (days_known / 7.0));
        }
    }

    fn put_types(&self, params: &FeatureParams, out: &mut InOrder<'_, '_>) {
        let all: u64 = self.types.iter().sum();
        for count in &self.types {
            out.some(rate(*count as i64, all as i64, params));
        }
    }
}

/// Times from arrival to the first open by a human, of mails received since `from_us`.
pub fn matched_open_delays_us(
    timeline: &Timeline<'_>,
    moments: &Moments<'_>,
    from_us: i64,
) -> Vec<i64> {
    let mails = Mails::of(timeline.events, moments.params.attribution_us).mails.into_iter();
    let delays = mails.filter_map(|mail| {
        let received_us = mail.received_us().filter(|us| *us >= from_us)?;
        mail.human_open_us.map(|at| (at - received_us).max(0))
    });
    delays.collect()
}

fn rate(part: i64, all: i64, params: &FeatureParams) -> Option<f64> {
    (all > 0 && all >= i64::from(params.fewest_mails)).then(|| part as f64 / all as f64)
}

/// The median in seconds; of an even number the mean of the two in the middle.
fn median_s(delays_us: &mut [i64], params: &FeatureParams) -> Option<f64> {
    let n = delays_us.len();
    if n == 0 || n < params.fewest_actions as usize {
        return None;
    }
    delays_us.sort_unstable();
    let twice_us = delays_us[(n - 1) / 2] + delays_us[n / 2];
    Some(twice_us as f64 / 2_000_000.0)
}

#[cfg(test)]
mod tests;
