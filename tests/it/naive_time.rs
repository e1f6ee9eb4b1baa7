//! The time family as plain loops.

use std::f64::consts::PI;
use std::sync::Arc;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::naive::{Oracle, Person, Plain, Step};

/// The shop's share of opens by whole hours after arrival.
pub type Curve = Arc<Vec<f64>>;

/// A mean hour, its interval, and the concentration.
type Mean = (f64, Option<(f64, f64)>, f64);

fn local(at: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_second(at).unwrap().to_zoned(zone.clone())
}

/// Hours since local midnight, with the part of the hour.
fn hour(at: i64, zone: &TimeZone) -> f64 {
    let at = local(at, zone);
    f64::from(at.hour()) + f64::from(at.minute()) / 60.0 + f64::from(at.second()) / 3_600.0
}

/// A vector on the clock face.
#[derive(Clone, Copy, Default)]
struct Vector {
    x: f64,
    y: f64,
}

impl Vector {
    fn of(hour: f64) -> Self {
        Vector { x: (hour * PI / 12.0).cos(), y: (hour * PI / 12.0).sin() }
    }

    fn plus(self, other: Vector, times: f64) -> Self {
        Vector { x: self.x + times * other.x, y: self.y + times * other.y }
    }

    fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn hour(self) -> f64 {
        self.y.atan2(self.x) * 12.0 / PI
    }
}

/// Fisher's 95 % interval of a direction: R, the mean cosine of doubled angles from it, and n.
fn interval(mean: f64, r: f64, doubled: f64, n: f64) -> Option<(f64, f64)> {
    let dispersion = (1.0 - doubled) / (2.0 * r * r);
    let reach = 1.959_963_984_540_054 * (dispersion.max(0.0) / n).sqrt();
    let hours = reach.asin() * 12.0 / PI;
    (reach <= 1.0).then_some((mean - hours, mean + hours))
}

fn round_the_clock(hour: f64) -> f64 {
    hour.rem_euclid(24.0)
}

/// Mean hour, its interval and concentration of all actions.
fn plain_mean(person: &Person) -> Option<Mean> {
    let hours: Vec<f64> = person.actions().iter().map(|s| hour(s.at, &person.zone)).collect();
    if hours.len() < 5 {
        return None;
    }
    let n = hours.len() as f64;
    let sum = hours.iter().fold(Vector::default(), |sum, hour| sum.plus(Vector::of(*hour), 1.0));
    let (mean, r) = (sum.hour(), sum.length() / n);
    let doubled = hours.iter().map(|hour| (2.0 * (hour - mean) * PI / 12.0).cos()).sum::<f64>() / n;
    let occasions = occasions(person).len() as f64;
    Some((mean, interval(mean, r, doubled, occasions), r))
}

/// The actions of the year that follow half an hour or more without any.
fn occasions(person: &Person) -> Vec<&Step> {
    let own = |step: &&Step| {
        !step.by_machine
            && [
                "opened", "clicked", "page_viewed", "product_viewed", "cart_added",
                "checkout_started",
            ]
            .contains(&step.kind.as_str())
    };
    let steps: Vec<&Step> = person.steps.iter().filter(own).collect();
    let is_first = |place: usize| place == 0 || steps[place].at - steps[place - 1].at > 1_800;
    let firsts = (0..steps.len()).filter(|place| is_first(*place)).map(|place| steps[place]);
    firsts.filter(|step| person.is_within(step.at, 365)).collect()
}

fn share(person: &Person, is_meant: impl Fn(&Zoned) -> bool) -> Plain {
    let actions = person.actions();
    let meant = actions.iter().filter(|step| is_meant(&local(step.at, &person.zone))).count();
    Plain::Close((actions.len() >= 5).then(|| meant as f64 / actions.len() as f64))
}

/// What the preference of an hour is read off.
struct Preference {
    hour: f64,
    ends: Option<(f64, f64)>,
    concentration: f64,
    p: f64,
}

/// The expected share of opens in each local hour, for a contact that prefers none.
fn expected_opens(person: &Person, curve: &[f64]) -> Option<Vec<f64>> {
    let arrived = |kind: &str| {
        let mails = person.steps.iter().filter(|step| step.kind == kind);
        mails.filter(|step| person.is_within(step.at, 365)).map(|step| step.at).collect::<Vec<_>>()
    };
    let delivered = arrived("delivered");
    let arrivals = if delivered.is_empty() { arrived("sent") } else { delivered };
    let mut opens = [0.0; 24];
    for at in arrivals {
        let start = hour(at, &person.zone);
        for (delay, share) in curve.iter().enumerate() {
            // From `delay` to `delay` + 1 hours later, evenly: over two hours of the clock.
            let from = start.floor() as usize + delay;
            opens[from % 24] += share * (1.0 - start.fract());
            opens[(from + 1) % 24] += share * start.fract();
        }
    }
    let all: f64 = opens.iter().sum();
    (all > 0.0).then(|| opens.iter().map(|open| open / all).collect())
}

fn preference(person: &Person, curve: &[f64]) -> Option<Preference> {
    let of_mail = expected_opens(person, curve);
    let flat = vec![1.0 / 24.0; 24];
    let (mut seen, mut sum) = (Vec::new(), Vector::default());
    let (mut expected_weight, mut expected_square) = (0.0, 0.0);
    for step in occasions(person) {
        let is_by_mail = step.is(&["opened", "clicked"]) || !step.campaign.is_empty();
        let expected = if is_by_mail { of_mail.as_ref() } else { Some(&flat) };
        let Some(expected) = expected else { continue };
        let smallest = expected.iter().map(|p| 1.0 / 24.0 / p).fold(f64::INFINITY, f64::min);
        let weight = |hour: usize| (1.0 / 24.0 / expected[hour]).min(10.0 * smallest);
        let at = hour(step.at, &person.zone);
        sum = sum.plus(Vector::of(at), weight(at.floor() as usize));
        seen.push((at, weight(at.floor() as usize)));
        for (hour, p) in expected.iter().enumerate() {
            expected_weight += p * weight(hour);
            expected_square += p * weight(hour) * weight(hour);
            sum = sum.plus(Vector::of(hour as f64 + 0.5), -p * weight(hour));
        }
    }
    if seen.len() < 5 {
        return None;
    }
    let all: f64 = seen.iter().map(|(_, weight)| weight).sum();
    let squares: f64 = seen.iter().map(|(_, weight)| weight * weight).sum();
    let (mean, concentration) = (sum.hour(), (sum.length() / all).min(1.0));
    let doubled = seen.iter().map(|(at, weight)| weight * (2.0 * (at - mean) * PI / 12.0).cos());
    let ends = interval(mean, concentration, doubled.sum::<f64>() / all, all * all / squares);
    let n = expected_weight * expected_weight / expected_square;
    let r = (sum.length() / expected_weight).min(1.0);
    let p = ((1.0 + 4.0 * n + 4.0 * (n * n - n * n * r * r)).sqrt() - 1.0 - 2.0 * n).exp().min(1.0);
    Some(Preference { hour: mean, ends, concentration, p })
}

pub fn oracle(curve: &Curve) -> Oracle {
    let mut all = Oracle::new();
    shares(&mut all);
    let hour = |value: Option<f64>| Plain::Hour(value.map(round_the_clock));
    let mut put = |name: &str, value: fn(Mean) -> Option<f64>| {
        let plain = move |person: &Person| hour(plain_mean(person).and_then(value));
        all.insert(name.to_owned(), Box::new(plain));
    };
    put("mean_hour", |(mean, _, _)| Some(mean));
    put("mean_hour_low", |(_, ends, _)| ends.map(|(low, _)| low));
    put("mean_hour_high", |(_, ends, _)| ends.map(|(_, high)| high));
    all.insert(
        "hour_concentration".to_owned(),
        Box::new(|person| Plain::Close(plain_mean(person).map(|(_, _, r)| r))),
    );
    preferred(&mut all, curve);
    all
}

fn shares(all: &mut Oracle) {
    let parts = [("morning", 5..11), ("afternoon", 11..17), ("evening", 17..23)];
    for (part, hours) in parts {
        all.insert(
            format!("{part}_share"),
            Box::new(move |person| share(person, |at| hours.contains(&at.hour()))),
        );
    }
    all.insert(
        "night_share".to_owned(),
        Box::new(|person| share(person, |at| at.hour() == 23 || at.hour() < 5)),
    );
    let is_weekend = |at: &Zoned| at.weekday().to_monday_one_offset() > 5;
    all.insert("weekend_share".to_owned(), Box::new(move |person| share(person, is_weekend)));
    all.insert(
        "weekday_share".to_owned(),
        Box::new(move |person| share(person, |at| !is_weekend(at))),
    );
}

fn preferred(all: &mut Oracle, curve: &Curve) {
    let mut put = |name: &str, plain: fn(Option<Preference>) -> Plain| {
        let curve = Arc::clone(curve);
        let oracle = move |person: &Person| plain(preference(person, &curve));
        all.insert(name.to_owned(), Box::new(oracle));
    };
    put("preferred_hour", |known| hour_if_found(known, |known| Some(known.hour)));
    put("preferred_hour_low", |known| hour_if_found(known, |k| k.ends.map(|(low, _)| low)));
    put("preferred_hour_high", |known| hour_if_found(known, |k| k.ends.map(|(_, high)| high)));
    put("preferred_hour_concentration", |known| Plain::Close(known.map(|k| k.concentration)));
    put("preferred_hour_p", |known| Plain::Close(known.map(|k| k.p)));
    put("has_preferred_hour", |known| {
        Plain::Exact(Some(if known.is_some_and(|k| k.p < 0.05) { 1.0 } else { 0.0 }))
    });
}

fn hour_if_found(known: Option<Preference>, of: fn(&Preference) -> Option<f64>) -> Plain {
    let found = known.filter(|known| known.p < 0.05);
    Plain::Hour(found.and_then(|found| of(&found)).map(round_the_clock))
}

/// The shop's curve: first opens by a human of the mails that arrived in the year, by whole hours after
/// the arrival, up to three days, as shares.
pub fn curve<'a>(people: impl Iterator<Item = &'a Person>) -> Curve {
    let mut counts = vec![0_u32; 72];
    for person in people {
        for mail in person.steps.iter().filter(|step| step.kind == "delivered") {
            let open = person.steps.iter().find(|step| {
                step.kind == "opened"
                    && !step.by_machine
                    && step.campaign == mail.campaign
                    && step.at >= mail.at
            });
            let delay = open.map(|open| ((open.at - mail.at) / 3_600) as usize);
            if let Some(delay) = delay.filter(|delay| *delay < 72 && person.is_within(mail.at, 365))
            {
                counts[delay] += 1;
            }
        }
    }
    let all: u32 = counts.iter().sum();
    Arc::new(counts.into_iter().map(|count| f64::from(count) / f64::from(all)).collect())
}

/// The curve stands on this: each contact gets each campaign at most once, and opens it after arrival.
pub fn is_simple(person: &Person) -> bool {
    let campaigns = |kind: &str| {
        let steps = person.steps.iter().filter(|step| step.kind == kind);
        steps.map(|step| step.campaign.as_str()).collect::<Vec<_>>()
    };
    let delivered = campaigns("delivered");
    let different: std::collections::BTreeSet<&str> = delivered.iter().copied().collect();
    different.len() == delivered.len()
}
