//! The email family as plain loops.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::naive::{DAY_S, Oracle, Person, Plain, Step, WINDOWS, exact, trend};
use crate::support::SMALL;
use crate::tables::rows;

/// Whether a mail is of a kind.
type Is = fn(&Mail<'_>) -> bool;

/// How long something took to follow a mail.
type Delay = fn(&Mail<'_>) -> Option<i64>;

/// One mail with what followed it.
struct Mail<'a> {
    sent: i64,
    received: Option<i64>,
    campaign: &'a str,
    opened_by_anybody: bool,
    opened: Option<i64>,
    clicked: Option<i64>,
}

/// The steps of a campaign that come after a mail of it, within 30 days, and before the next mail of it.
fn after<'a>(person: &'a Person, campaign: &str, sent: i64, next: Option<i64>) -> Vec<&'a Step> {
    let of_campaign = person.steps.iter().filter(|step| step.campaign == campaign);
    let in_time = of_campaign.filter(|step| step.at >= sent && step.at <= sent + 30 * DAY_S);
    in_time.filter(|step| next.is_none_or(|next| step.at < next)).collect()
}

fn mails(person: &Person) -> Vec<Mail<'_>> {
    let has_campaign = |step: &&Step| !step.campaign.is_empty();
    let sent: Vec<&Step> =
        person.steps.iter().filter(|s| s.kind == "sent").filter(has_campaign).collect();
    let mut starts: Vec<(i64, &str, bool)> =
        sent.iter().map(|step| (step.at, step.campaign.as_str(), true)).collect();
    for step in person.steps.iter().filter(|s| s.kind == "delivered").filter(has_campaign) {
        let is_sent = sent.iter().any(|s| {
            s.campaign == step.campaign && s.at <= step.at && step.at <= s.at + 30 * DAY_S
        });
        if !is_sent {
            starts.push((step.at, step.campaign.as_str(), false));
        }
    }
    starts.sort_unstable();
    let one = |place: usize| {
        let (at, campaign, is_sent) = starts[place];
        let next = starts[place + 1..].iter().find(|later| later.1 == campaign).map(|l| l.0);
        let followed = after(person, campaign, at, next);
        let first = |kind: &str, by_human: bool| {
            let steps = followed.iter().filter(|s| s.kind == kind && !(by_human && s.by_machine));
            steps.map(|step| step.at).min()
        };
        let is_bounced = first("bounced", false).is_some();
        let unbounced = (is_sent && !is_bounced).then_some(at);
        Mail {
            sent: at,
            received: first("delivered", false).or(unbounced),
            campaign,
            opened_by_anybody: first("opened", false).is_some(),
            opened: first("opened", true),
            clicked: first("clicked", true),
        }
    };
    (0..starts.len()).map(one).collect()
}

/// Received mails of the last days, or of all of history.
fn received(person: &Person, days: Option<i64>) -> Vec<Mail<'_>> {
    let mut mails = mails(person);
    mails.retain(|mail| {
        mail.received.is_some_and(|at| days.is_none_or(|days| person.is_within(at, days)))
    });
    mails
}

fn steps(person: &Person, days: Option<i64>, is_meant: impl Fn(&Step) -> bool) -> usize {
    let recent = person.steps.iter().filter(|s| days.is_none_or(|d| person.is_within(s.at, d)));
    recent.filter(|step| is_meant(step)).count()
}

fn is_reaction(step: &Step) -> bool {
    step.is(&["opened", "clicked"]) && !step.by_machine
}

/// A share of at least five.
fn rate(part: usize, whole: usize) -> Plain {
    Plain::Close((whole >= 5).then(|| part as f64 / whole as f64))
}

fn median(mut delays: Vec<i64>) -> Plain {
    delays.sort_unstable();
    let middle = delays.len() / 2;
    Plain::Close((delays.len() >= 5).then(|| match delays.len() % 2 {
        1 => delays[middle] as f64,
        _ => (delays[middle - 1] as f64 + delays[middle] as f64) / 2.0,
    }))
}

fn counted(mails: &[Mail<'_>], is_meant: impl Fn(&Mail<'_>) -> bool) -> usize {
    mails.iter().filter(|mail| is_meant(mail)).count()
}

/// The type of each campaign that went out before the as-of.
fn types(as_of: i64) -> HashMap<String, String> {
    let campaigns = rows(&SMALL.export("campaigns.csv")).into_iter();
    let known = campaigns.filter(|row| {
        let sent_at = row["sent_at"].parse::<Timestamp>();
        sent_at.map_or(true, |at| at.as_second() < as_of) && !row["campaign_type"].is_empty()
    });
    known.map(|row| (row["campaign_id"].clone(), row["campaign_type"].clone())).collect()
}

pub fn oracle(people: &BTreeMap<String, Person>) -> Oracle {
    let mut all = Oracle::new();
    let spans = WINDOWS.map(|days| (Some(days), format!("_{days}d")));
    for (days, suffix) in spans.into_iter().chain([(None, String::new())]) {
        of_steps(&mut all, days, &suffix);
        of_mails(&mut all, days, &suffix);
    }
    lately(&mut all);
    year(&mut all);
    trends(&mut all);
    let as_of = people.values().next().map_or(0, |person| person.as_of);
    by_type(&mut all, types(as_of));
    all
}

fn of_steps(all: &mut Oracle, days: Option<i64>, suffix: &str) {
    let kinds = [
        ("sends", "sent", true),
        ("deliveries", "delivered", true),
        ("bounces", "bounced", false),
        ("unsubscribes", "unsubscribed", false),
        ("complaints", "complained", false),
    ];
    for (name, kind, is_of_campaign) in kinds {
        let is_meant = move |s: &Step| s.kind == kind && !(is_of_campaign && s.campaign.is_empty());
        all.insert(
            format!("{name}{suffix}"),
            Box::new(move |person| exact(steps(person, days, is_meant))),
        );
    }
}

fn of_mails(all: &mut Oracle, days: Option<i64>, suffix: &str) {
    let kinds: [(&str, Is); 4] = [
        ("mails_received", |_| true),
        ("human_opens", |mail| mail.opened.is_some()),
        ("all_opens", |mail| mail.opened_by_anybody),
        ("clicks", |mail| mail.clicked.is_some()),
    ];
    for (name, is_meant) in kinds {
        all.insert(
            format!("{name}{suffix}"),
            Box::new(move |person| exact(counted(&received(person, days), is_meant))),
        );
    }
    for (name, (_, is_meant)) in
        ["human_open_rate", "all_open_rate", "click_rate"].into_iter().zip(&kinds[1..])
    {
        let is_meant = *is_meant;
        all.insert(
            format!("{name}{suffix}"),
            Box::new(move |person| {
                let mails = received(person, days);
                rate(counted(&mails, is_meant), mails.len())
            }),
        );
    }
    all.insert(
        format!("click_to_open_rate{suffix}"),
        Box::new(move |person| {
            let mails = received(person, days);
            let both = counted(&mails, |mail| mail.opened.is_some() && mail.clicked.is_some());
            rate(both, counted(&mails, |mail| mail.opened.is_some()))
        }),
    );
}

/// Days since, and the streak.
fn lately(all: &mut Oracle) {
    for (name, kind) in [("days_since_human_open", "opened"), ("days_since_click", "clicked")] {
        all.insert(
            name.to_owned(),
            Box::new(move |person| {
                let own = person.steps.iter().filter(|s| s.kind == kind && !s.by_machine);
                Plain::Exact(own.map(|s| s.at).max().map(|at| person.days_since(at) as f64))
            }),
        );
    }
    all.insert(
        "ignored_streak".to_owned(),
        Box::new(|person| {
            let mails = received(person, None);
            let ignored =
                mails.iter().rev().take_while(|m| m.opened.is_none() && m.clicked.is_none());
            exact(ignored.count())
        }),
    );
}

/// What is measured over the year only.
fn year(all: &mut Oracle) {
    let delays: [(&str, Delay); 2] = [
        ("median_open_delay_s", |mail| mail.opened.map(|at| at - mail.sent)),
        ("median_click_delay_s", |mail| mail.clicked.map(|at| at - mail.sent)),
    ];
    for (name, delay) in delays {
        all.insert(
            name.to_owned(),
            Box::new(move |p| median(received(p, Some(365)).iter().filter_map(delay).collect())),
        );
    }
    for days in [30, 90, 365] {
        all.insert(
            format!("mails_per_week_{days}d"),
            Box::new(move |person| {
                let known = (person.as_of - person.created) as f64 / DAY_S as f64;
                let weeks = known.max(7.0).min(days as f64) / 7.0;
                Plain::Close(Some(received(person, Some(days)).len() as f64 / weeks))
            }),
        );
    }
    all.insert(
        "sends_without_campaign_365d".to_owned(),
        Box::new(|person| {
            exact(steps(person, Some(365), |s| s.kind == "sent" && s.campaign.is_empty()))
        }),
    );
    all.insert(
        "unmatched_reactions_365d".to_owned(),
        Box::new(|person| {
            let starts: Vec<(i64, String)> =
                mails(person).iter().map(|m| (m.sent, m.campaign.to_owned())).collect();
            let has_mail = |step: &Step| {
                starts.iter().any(|(at, campaign)| {
                    *campaign == step.campaign && *at <= step.at && step.at <= at + 30 * DAY_S
                })
            };
            exact(steps(person, Some(365), |step| is_reaction(step) && !has_mail(step)))
        }),
    );
}

fn trends(all: &mut Oracle) {
    let kinds: [(&str, Is); 3] = [
        ("mails_received", |_| true),
        ("human_opens", |mail| mail.opened.is_some()),
        ("clicks", |mail| mail.clicked.is_some()),
    ];
    for (name, is_meant) in kinds {
        for days in [30, 90] {
            all.insert(
                format!("{name}_trend_{days}d"),
                Box::new(move |person| {
                    let of = |days| counted(&received(person, Some(days)), is_meant) as i64;
                    Plain::Close(trend(of(days), of(2 * days) - of(days)))
                }),
            );
        }
    }
}

fn by_type(all: &mut Oracle, types: HashMap<String, String>) {
    let names: BTreeSet<String> = types.values().cloned().collect();
    let types = Arc::new(types);
    for name in names {
        let types = Arc::clone(&types);
        all.insert(
            format!("mail_share_{name}_365d"),
            Box::new(move |person| {
                let mails = received(person, Some(365));
                let of: Vec<&String> =
                    mails.iter().filter_map(|mail| types.get(mail.campaign)).collect();
                rate(of.iter().filter(|of| ***of == name).count(), of.len())
            }),
        );
    }
}
