//! On which devices and with which programs a contact opens, clicks and browses.

use super::super::family::Family as FeatureFamily;
use super::super::{
    Event, Family, FeatureSpec, Missing, Moments, Needs, Places, Timeline, Unit, Word,
};
use super::shares::Shares;
use super::windows::span;
use super::{Description, InOrder, describe, is_action, take_by_default};

/// A habit needs a year.
const DAYS: u32 = 365;

/// A device belongs to the class with whose name its own begins, in any case of letters.
const CLASSES: [&str; 3] = ["mobile", "desktop", "tablet"];

/// Devices and clients of actions: opens and clicks by a human, and steps on the site.
pub struct Device;

impl FeatureFamily for Device {
    fn specs(&self) -> Vec<FeatureSpec> {
        let mut specs: Vec<FeatureSpec> = CLASSES.map(share).into();
        specs.extend([entropy("device"), entropy("client"), main("device"), main("client")]);
        let descriptions = [
            Description("mobile_share", "on the phone", ""),
            Description("desktop_share", "on the desktop", ""),
            Description("tablet_share", "on a tablet", ""),
            Description("device_entropy", "on many devices", "on one device"),
        ];
        describe(&mut specs, &descriptions);
        take_by_default(&mut specs, &["mobile_share"]);
        specs
    }

    fn needs(&self) -> Needs {
        Needs { events: true, device: true, client: true, machine: true, ..Needs::default() }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let from_us = moments.from(DAYS);
        let first = timeline.events.partition_point(|event| event.us < from_us);
        let actions = &timeline.events[first..];
        let devices = shares(actions, |event| event.device);
        let clients = shares(actions, |event| event.client);
        let fewest = u64::from(moments.params.fewest_actions);
        let out = &mut InOrder::new(places);
        for class in CLASSES {
            let share = of_class(&devices, class, moments) as f64 / devices.total() as f64;
            out.some((devices.total() >= fewest).then_some(share));
        }
        for words in [&devices, &clients] {
            out.some(words.entropy().filter(|_| words.total() >= fewest));
        }
        for words in [&devices, &clients] {
            out.label(words.top().map(|(word, _)| word));
        }
    }
}

fn shares(events: &[Event], word: impl Fn(&Event) -> Word) -> Shares {
    let mut shares = Shares::default();
    let actions = events.iter().filter(|e| is_action(e.kind) && !e.is_machine);
    actions.for_each(|event| shares.add(word(event)));
    shares
}

/// Actions on devices of a class.
fn of_class(devices: &Shares, class: &str, moments: &Moments<'_>) -> u64 {
    let is_meant = |word: Word| {
        let start = moments.text(word).and_then(|text| text.get(..class.len()));
        start.is_some_and(|start| start.eq_ignore_ascii_case(class))
    };
    devices.counts().iter().filter(|(word, _)| is_meant(*word)).map(|(_, count)| count).sum()
}

const ACTIONS: &str = "opened and clicked by a human, page_viewed, product_viewed, cart_added and \
                       checkout_started";

fn spec(name: String, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Device, name, unit).window(DAYS)
}

fn share(class: &str) -> FeatureSpec {
    spec(format!("{class}_share"), Unit::Share)
        .means(format!("share of the actions with a known device that were on {class}"))
        .formula(
            Missing::TooLittle,
            format!(
                "n({class}) / n, n = number of {ACTIONS} with a device over {}, n({class}) those \
                 whose device begins with `{class}`; missing where n < 5",
                span(DAYS)
            ),
        )
}

fn entropy(of: &str) -> FeatureSpec {
    spec(format!("{of}_entropy"), Unit::Bits)
        .means(format!("how evenly the actions with a known {of} spread over {of}s"))
        .formula(
            Missing::TooLittle,
            format!(
                "-sum over {of}s of p log2 p, p = share of {ACTIONS} with a {of} over {}; missing \
                 where there are fewer than 5",
                span(DAYS)
            ),
        )
}

fn main(of: &str) -> FeatureSpec {
    spec(format!("main_{of}"), Unit::Label).means(format!("the {of} of most actions")).formula(
        Missing::Never,
        format!("{of} of most of {ACTIONS} over {}, the first in text order of equals", span(DAYS)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::Kind;
    use super::super::sample::{DAY, Shop, event, word};
    use super::*;

    #[test]
    fn shares_main_device_and_entropy_follow_what_a_person_did() {
        let shop = Shop::new();
        let mut events = vec![Event {
            device: word("desktop"),
            is_machine: true,
            ..event(shop.now_us - 9 * DAY, Kind::Opened)
        }];
        let sent = Event { device: word("desktop"), ..event(shop.now_us - 9 * DAY, Kind::Sent) };
        events.push(sent);
        let mut act = |device: &str, client: &str| {
            let (device, client) = (word(device), word(client));
            events.push(Event { device, client, ..event(shop.now_us - DAY, Kind::Clicked) });
        };
        for _ in 0..3 {
            act("mobile", "Safari");
        }
        act("desktop", "");
        let four = shop.measure(&Device, (&events, &[], &[]));
        assert_eq!((four.number("mobile_share"), four.number("device_entropy")), (None, None));
        assert_eq!(four.label("main_device"), Some("mobile"));
        let last = Event { device: word("desktop"), ..event(shop.now_us - 1, Kind::PageViewed) };
        events.push(last);
        let found = shop.measure(&Device, (&events, &[], &[]));
        assert_eq!(found.number("mobile_share"), Some(0.6));
        assert_eq!(
            (found.number("desktop_share"), found.number("tablet_share")),
            (Some(0.4), Some(0.0))
        );
        let bits = -(0.6 * 0.6_f64.log2() + 0.4 * 0.4_f64.log2());
        assert!(found.number("device_entropy").is_some_and(|found| (found - bits).abs() < 1e-12));
        assert_eq!(
            (found.number("client_entropy"), found.label("main_client")),
            (None, Some("Safari"))
        );
        let empty = shop.measure(&Device, (&[], &[], &[]));
        assert_eq!((empty.number("mobile_share"), empty.label("main_device")), (None, None));
    }
}
