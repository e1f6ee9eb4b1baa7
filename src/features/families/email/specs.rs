//! What the features of mail are.

use super::super::super::{Family, FeatureSpec, Kind, Missing, Presence, Unit};
use super::super::windows::{self, Sum, WINDOWS, span};
use super::super::{Description, describe, take_by_default};

/// Windows of mails a week: in seven days the number of mails says it.
pub const WEEKLY: [u32; 3] = [30, 90, 365];

/// The window of delays, shares by type, and events that belong to no mail.
pub const YEAR: u32 = 365;

/// Where the data hold neither, nobody can say what was ignored.
const MAIL: Presence = Presence::kind(Kind::Sent).or(Presence::kind(Kind::Delivered));

const SUMS: [(Sum, Presence); 9] = [
    sum("sends", "mails sent", "number of `sent` with a campaign", Presence::kind(Kind::Sent)),
    sum(
        "deliveries",
        "mails delivered",
        "number of `delivered` with a campaign",
        Presence::kind(Kind::Delivered),
    ),
    sum("bounces", "mails bounced", "number of `bounced`", MAIL.or(Presence::kind(Kind::Bounced))),
    sum("unsubscribes", "unsubscriptions", "number of `unsubscribed`", Presence(0)),
    sum("complaints", "spam complaints", "number of `complained`", Presence(0)),
    sum("mails_received", "mails received", "number of mails, by when they were received,", MAIL),
    sum(
        "human_opens",
        "received mails opened by a human",
        "number of mails with an `opened` by a human, by when they were received,",
        MAIL,
    ),
    sum(
        "all_opens",
        "received mails opened by anybody, machines too",
        "number of mails with an `opened`, by when they were received,",
        MAIL,
    ),
    sum(
        "clicks",
        "received mails clicked by a human",
        "number of mails with a `clicked` by a human, by when they were received,",
        MAIL,
    ),
];

const fn sum(
    name: &'static str,
    meaning: &'static str,
    formula: &'static str,
    requires: Presence,
) -> (Sum, Presence) {
    (Sum { name, unit: Unit::Count, meaning, formula }, requires)
}

/// Name, meaning, numerator and denominator of a rate.
const RATES: [[&str; 4]; 4] = [
    [
        "human_open_rate",
        "share of received mails opened by a human",
        "human_opens",
        "mails_received",
    ],
    [
        "all_open_rate",
        "share of received mails opened by anybody, machines too",
        "all_opens",
        "mails_received",
    ],
    ["click_rate", "share of received mails clicked by a human", "clicks", "mails_received"],
    [
        "click_to_open_rate",
        "share of mails opened by a human that a human also clicked",
        "mails opened and clicked by a human",
        "human_opens",
    ],
];

const DESCRIPTIONS: [Description; 8] = [
    Description("human_open_rate_90d", "opens mail", "ignores mail"),
    Description("human_open_rate", "opens mail", "ignores mail"),
    Description("click_rate_90d", "clicks in mail", "never clicks in mail"),
    Description("click_rate", "clicks in mail", "never clicks in mail"),
    Description("days_since_human_open", "has not opened for long", "opened recently"),
    Description("days_since_click", "has not clicked for long", "clicked recently"),
    Description("ignored_streak", "ignores the latest mails", ""),
    Description("mails_per_week_90d", "gets much mail", "gets little mail"),
];

const DEFAULTS: [&str; 2] = ["human_open_rate_90d", "click_rate_90d"];

/// All features, in the order in which they are measured.
pub fn specs(campaign_types: &[String]) -> Vec<FeatureSpec> {
    let mut specs = Vec::new();
    for (sum, requires) in &SUMS {
        let sums = windows::windowed_and_all(Family::Email, sum);
        specs.extend(sums.into_iter().map(|spec| spec.requires(*requires)));
    }
    for rate_of in RATES {
        specs.extend(WINDOWS.map(Some).into_iter().chain([None]).map(|days| rate(rate_of, days)));
    }
    specs.extend([
        since("days_since_human_open", "a human last opened a mail", "`opened` by a human"),
        since("days_since_click", "a human last clicked in a mail", "`clicked` by a human"),
        streak(),
    ]);
    specs.extend([delay("open", "first open"), delay("click", "first click")]);
    specs.extend(WEEKLY.map(weekly));
    specs.extend(campaign_types.iter().map(|of| type_share(of)));
    specs.extend([without_campaign(), unmatched()]);
    for (name, of, high, low) in [
        (
            "mails_received", "mails received", "gets more mail than before",
            "gets less mail than before",
        ),
        ("human_opens", "mails opened", "opens more than before", "opens less than before"),
        ("clicks", "mails clicked", "clicks more than before", "clicks less than before"),
    ] {
        let trends = windows::trends(Family::Email, name, of, high, low);
        specs.extend(trends.into_iter().map(|spec| spec.requires(MAIL)));
    }
    describe(&mut specs, &DESCRIPTIONS);
    take_by_default(&mut specs, &DEFAULTS);
    specs
}

fn spec(name: impl Into<String>, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Email, name, unit)
}

fn rate([name, meaning, part, all]: [&str; 4], days: Option<u32>) -> FeatureSpec {
    let (suffix, window) = match days {
        Some(days) => (format!("_{days}d"), format!(" of the last {days} days")),
        None => (String::new(), String::new()),
    };
    let spec = spec(format!("{name}{suffix}"), Unit::Share)
        .means(format!("{meaning},{window} from 5 such mails on", window = or_ever(&window)))
        .formula(
            Missing::TooLittle,
            format!("{part}{suffix} / {all}{suffix}; missing where that is below 5"),
        )
        .requires(MAIL);
    match days {
        Some(days) => spec.window(days),
        None => spec,
    }
}

fn or_ever(window: &str) -> String {
    if window.is_empty() { " ever,".to_owned() } else { format!("{window},") }
}

fn since(name: &str, meaning: &str, of: &str) -> FeatureSpec {
    spec(name, Unit::Days).means(format!("calendar days since {meaning}")).formula(
        Missing::Never,
        format!("date of the as-of - date of the last {of}, dates in the shop's time zone"),
    )
}

fn streak() -> FeatureSpec {
    spec("ignored_streak", Unit::Count)
        .means("latest received mails in a row that no human opened or clicked")
        .formula(
            Missing::Zero,
            "number of received mails sent after the last one with an `opened` or `clicked` by a human",
        )
        .requires(MAIL)
}

fn delay(of: &str, what: &str) -> FeatureSpec {
    spec(format!("median_{of}_delay_s"), Unit::Seconds)
        .window(YEAR)
        .means(format!(
            "median time from sending a mail to its {what} by a human, last {YEAR} days"
        ))
        .formula(
            Missing::TooLittle,
            format!(
                "median of time of the {what} - time of sending (of delivery where that is not \
                 known) over mails received in {}; missing below 5 such mails",
                span(YEAR)
            ),
        )
        .requires(MAIL)
}

fn weekly(days: u32) -> FeatureSpec {
    spec(format!("mails_per_week_{days}d"), Unit::Number)
        .window(days)
        .means(format!("mails received a week in the last {days} days, or since the contact is known"))
        .formula(
            Missing::Zero,
            format!(
                "mails_received_{days}d / weeks, weeks = (the smaller of {days} and the days, at least \
                 7, since the contact is known) / 7"
            ),
        )
        .requires(MAIL)
}

fn type_share(of: &str) -> FeatureSpec {
    spec(format!("mail_share_{of}_{YEAR}d"), Unit::Share)
        .window(YEAR)
        .means(format!("share of received mails of the last {YEAR} days that are of type `{of}`"))
        .formula(
            Missing::TooLittle,
            format!(
                "mails of campaigns of that type / mails of campaigns with a type, by when they were \
                 received over {}; missing below 5 such mails",
                span(YEAR)
            ),
        )
        .requires(MAIL)
}

fn without_campaign() -> FeatureSpec {
    spec(format!("sends_without_campaign_{YEAR}d"), Unit::Count)
        .window(YEAR)
        .means(format!(
            "mails sent in the last {YEAR} days that name no campaign; nothing can be matched to them, \
             and they count nowhere else"
        ))
        .formula(Missing::Zero, format!("number of `sent` without a campaign over {}", span(YEAR)))
        .requires(Presence::kind(Kind::Sent))
}

fn unmatched() -> FeatureSpec {
    spec(format!("unmatched_reactions_{YEAR}d"), Unit::Count)
        .window(YEAR)
        .means(format!("opens and clicks by a human in the last {YEAR} days that belong to no mail"))
        .formula(
            Missing::Zero,
            format!(
                "number of `opened` and `clicked` by a human over {} without a mail of their campaign \
                 in the 30 days before",
                span(YEAR)
            ),
        )
        .requires(MAIL)
}
