//! The email family as plain loops.

use std::collections::{BTreeMap, BTreeSet};

use crate::naive::{DAY_S, Oracle, Person, Plain, Step, WINDOWS, exact, trend};
use crate::tables::rows;

/// Campaign to its type.
pub type Types = BTreeMap<String, String>;

/// The types of the campaigns in an export.
pub fn types(campaigns: &str) -> Types {
    let rows = rows(campaigns).into_iter();
    rows.map(|row| (row["campaign_id"].clone(), row["campaign_type"].to_lowercase())).collect()
}

/// A mail, and what of its campaign followed in thirty days or until the campaign's next mail.
struct Mail<'a> {
    sent: &'a Step,
    received: Option<i64>,
    human_open: Option<i64>,
    any_open: bool,
    click: Option<i64>,
}

fn mails(person: &Person) -> Vec<Mail<'_>> {
    let sends = person.steps.iter().filter(|step| step.kind == "sent" && !step.campaign.is_empty());
    sends.map(|sent| mail(person, sent)).collect()
}

fn mail<'a>(person: &'a Person, sent: &'a Step) -> Mail<'a> {
    let of_campaign = || person.steps.iter().filter(|step| step.campaign == sent.campaign);
    let later = of_campaign().filter(|step| step.kind == "sent" && step.at > sent.at);
    let end = later.map(|step| step.at - 1).min().unwrap_or(i64::MAX);
    let end = end.min(sent.at + 30 * DAY_S);
    let first = |kind: &str, by_machine_too: bool| {
        let steps = of_campaign().filter(|step| step.kind == kind && step.at >= sent.at);
        let meant = steps.filter(|step| by_machine_too || !step.by_machine);
        meant.map(|step| step.at).filter(|at| *at <= end).min()
    };
    let kept = first("bounced", true).is_none().then_some(sent.at);
    Mail {
        sent,
        received: first("delivered", true).or(kept),
        human_open: first("opened", false),
        any_open: first("opened", true).is_some(),
        click: first("clicked", false),
    }
}

/// Mails received in the last days, or ever, that are as asked.
fn count(person: &Person, days: Option<i64>, is_meant: fn(&Mail) -> bool) -> i64 {
    let is_recent = |at: i64| days.is_none_or(|days| person.is_within(at, days));
    let received = mails(person).into_iter().filter(|mail| mail.received.is_some_and(is_recent));
    received.filter(is_meant).count() as i64
}

const COUNTS: [(&str, fn(&Mail) -> bool); 4] = [
    ("mails_received", |_| true),
    ("human_opens", |mail| mail.human_open.is_some()),
    ("all_opens", |mail| mail.any_open),
    ("clicks", |mail| mail.click.is_some()),
];

const RATES: [(&str, fn(&Mail) -> bool, fn(&Mail) -> bool); 4] = [
    ("human_open_rate", |_| true, |mail| mail.human_open.is_some()),
    ("all_open_rate", |_| true, |mail| mail.any_open),
    ("click_rate", |_| true, |mail| mail.click.is_some()),
    (
        "click_to_open_rate",
        |mail| mail.human_open.is_some(),
        |mail| mail.human_open.is_some() && mail.click.is_some(),
    ),
];

const EVENTS: [(&str, &str); 5] = [
    ("sends", "sent"),
    ("deliveries", "delivered"),
    ("bounces", "bounced"),
    ("unsubscribes", "unsubscribed"),
    ("complaints", "complained"),
];

/// A part of five or more.
fn rate(part: i64, all: i64) -> Plain {
    Plain::Close((all >= 5).then(|| part as f64 / all as f64))
}

fn median(mut values: Vec<i64>) -> Plain {
    values.sort_unstable();
    let n = values.len();
    let middle = (n >= 5).then(|| (values[(n - 1) / 2] + values[n / 2]) as f64 / 2.0);
    Plain::Close(middle)
}

fn last_by_human(person: &Person, kind: &str) -> Option<f64> {
    let steps = person.steps.iter().filter(|step| step.kind == kind && !step.by_machine);
    steps.map(|step| step.at).max().map(|at| person.days_since(at) as f64)
}

pub fn oracle(types: &Types) -> Oracle {
    let mut all = Oracle::new();
    let spans = WINDOWS.map(|days| (Some(days), format!("_{days}d")));
    for (days, suffix) in spans.into_iter().chain([(None, String::new())]) {
        windowed(&mut all, days, &suffix);
    }
    for (name, kind) in [("human_open", "opened"), ("click", "clicked")] {
        let plain = move |person: &Person| Plain::Exact(last_by_human(person, kind));
        all.insert(format!("days_since_{name}"), Box::new(plain));
    }
    delays_and_streak(&mut all);
    for days in [30, 90] {
        for (name, is_meant) in [COUNTS[0], COUNTS[1], COUNTS[3]] {
            let plain = move |person: &Person| {
                let of = |days| count(person, Some(days), is_meant);
                Plain::Close(trend(of(days), of(2 * days) - of(days)))
            };
            all.insert(format!("{name}_trend_{days}d"), Box::new(plain));
        }
    }
    for days in [30, 90, 365] {
        let plain = move |person: &Person| {
            let known = (person.as_of - person.created) as f64 / DAY_S as f64;
            let weeks = known.max(7.0).min(days as f64) / 7.0;
            Plain::Close(Some(count(person, Some(days), |_| true) as f64 / weeks))
        };
        all.insert(format!("mails_per_week_{days}d"), Box::new(plain));
    }
    by_type(&mut all, types);
    unmatched(&mut all);
    all
}

fn windowed(all: &mut Oracle, days: Option<i64>, suffix: &str) {
    for (name, kind) in EVENTS {
        let plain = move |person: &Person| {
            let steps = person.steps.iter().filter(|step| step.kind == kind);
            let has_campaign =
                |step: &Step| !["sent", "delivered"].contains(&kind) || !step.campaign.is_empty();
            let meant = steps.filter(|step| has_campaign(step));
            let is_recent = |at: i64| days.is_none_or(|days| person.is_within(at, days));
            exact(meant.filter(|step| is_recent(step.at)).count())
        };
        all.insert(format!("{name}{suffix}"), Box::new(plain));
    }
    for (name, is_meant) in COUNTS {
        let plain = move |person: &Person| exact(count(person, days, is_meant));
        all.insert(format!("{name}{suffix}"), Box::new(plain));
    }
    for (name, of, part) in RATES {
        let plain = move |person: &Person| rate(count(person, days, part), count(person, days, of));
        all.insert(format!("{name}{suffix}"), Box::new(plain));
    }
}

fn delays_and_streak(all: &mut Oracle) {
    let delays: [(&str, fn(&Mail) -> Option<i64>); 2] =
        [("open", |mail| mail.human_open), ("click", |mail| mail.click)];
    for (name, of) in delays {
        let plain = move |person: &Person| {
            let mails = mails(person).into_iter();
            let year =
                mails.filter(|mail| mail.received.is_some_and(|at| person.is_within(at, 365)));
            median(year.filter_map(|mail| of(&mail).map(|at| at - mail.sent.at)).collect())
        };
        all.insert(format!("median_{name}_delay_s"), Box::new(plain));
    }
    let streak = |person: &Person| {
        let mails = mails(person);
        let received = mails.iter().rev().filter(|mail| mail.received.is_some());
        exact(received.take_while(|m| m.human_open.is_none() && m.click.is_none()).count())
    };
    all.insert("ignored_streak".to_owned(), Box::new(streak));
}

fn by_type(all: &mut Oracle, types: &Types) {
    let names: BTreeSet<&String> = types.values().filter(|of| !of.is_empty()).collect();
    for of in names {
        let (types, name) = (types.clone(), of.clone());
        let plain = move |person: &Person| {
            let mails = mails(person).into_iter();
            let year =
                mails.filter(|mail| mail.received.is_some_and(|at| person.is_within(at, 365)));
            let known: Vec<&String> = year
                .filter_map(|mail| types.get(&mail.sent.campaign))
                .filter(|t| !t.is_empty())
                .collect();
            let part = known.iter().filter(|of| **of == &name).count();
            rate(part as i64, known.len() as i64)
        };
        all.insert(format!("mail_share_{of}_365d"), Box::new(plain));
    }
}

fn unmatched(all: &mut Oracle) {
    let without = |person: &Person| {
        let sent = person.steps.iter().filter(|step| step.kind == "sent");
        let nameless = sent.filter(|step| step.campaign.is_empty());
        exact(nameless.filter(|step| person.is_within(step.at, 365)).count())
    };
    all.insert("sends_without_campaign_365d".to_owned(), Box::new(without));
    let unmatched = |person: &Person| {
        let is_of_mail = |step: &Step| {
            !step.campaign.is_empty()
                && person.steps.iter().any(|mail| {
                    mail.is(&["sent", "delivered"])
                        && mail.campaign == step.campaign
                        && (mail.at..=mail.at + 30 * DAY_S).contains(&step.at)
                })
        };
        let actions = person.actions().into_iter().filter(|step| step.is(&["opened", "clicked"]));
        exact(actions.filter(|step| !is_of_mail(step)).count())
    };
    all.insert("unmatched_reactions_365d".to_owned(), Box::new(unmatched));
}
