//! From traits to plays: what to do with a segment, and which two experiments are worth running.
//!
//! The table is read from the top; the first play whose condition holds is suggested. Conditions look
//! at the segment's means on the natural scale, so that they can be checked by hand.

use serde::Serialize;

use super::profile::SegmentProfile;

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Play {
    pub name: &'static str,
    /// For which segments, in words.
    pub when: &'static str,
    pub advice: &'static str,
    pub experiments: [&'static str; 2],
}

/// Facts of a segment that plays are chosen by.
#[derive(Debug, Clone, Copy)]
struct Facts {
    /// Share of members with an order.
    buyers: f64,
    /// Means over members with a value; NaN if nobody has.
    orders: f64,
    recency: f64,
    tenure: f64,
    everybodys_tenure: f64,
    discount: f64,
    everybodys_discount: f64,
    carts: f64,
    everybodys_carts: f64,
    views: f64,
    everybodys_views: f64,
    opens: f64,
    sunset: f64,
    money: f64,
    everybodys_money: f64,
    lapse: f64,
}

type Condition = fn(&Facts) -> bool;

/// The table, from the most to the least particular.
const TABLE: [(Play, Condition); 9] = [
    (
        Play {
            name: "Sunset",
            when: "at least half of the members are sunset candidates: at least five mails and no \
                   sign of life in 180 days",
            advice: "Ask once whether they want to stay, then stop mailing who does not answer: they \
                     cost deliverability and bring nothing.",
            experiments: [
                "a last message with a plain question against one with an offer; count answers",
                "stopping at once against stopping after the last message; count complaints",
            ],
        },
        |f| f.sunset >= 0.5,
    ),
    (
        Play {
            name: "Win back",
            when: "most members have ordered, and on average longer ago than this shop's lapse",
            advice: "Remind of what they bought and show what is new in those categories; an offer \
                     only where reminders fail.",
            experiments: [
                "reminder with their category against a general one; count orders in 30 days",
                "offer against no offer, with a hold-out; count margin, not only orders",
            ],
        },
        |f| f.buyers >= 0.5 && f.recency > f.lapse,
    ),
    (
        Play {
            name: "Welcome and usage tips",
            when: "most members have ordered, and they are known for less than half as long as \
                   everybody",
            advice: "Help with the first purchase: tips for use, what goes with it, and the second \
                     order made easy. No discount yet.",
            experiments: [
                "usage tips against a product suggestion in the first mail after the order; count \
                 second orders in 60 days",
                "a series of three mails against one; count unsubscribes and second orders",
            ],
        },
        |f| f.buyers >= 0.5 && f.tenure < f.everybodys_tenure / 2.0,
    ),
    (
        Play {
            name: "Discount with care",
            when: "members buy on discount far more than everybody (20 points)",
            advice: "Keep offers for them and spare everybody else; try smaller ones, and thresholds \
                     in place of percentages.",
            experiments: [
                "10% against 15%; count margin per recipient",
                "offer in the subject line against in the mail only; count clicks and orders",
            ],
        },
        |f| f.buyers >= 0.5 && f.discount >= f.everybodys_discount + 0.2,
    ),
    (
        Play {
            name: "Upsell and early access",
            when: "most members have ordered, twice or more on average, and spent a quarter more than \
                   everybody",
            advice: "First look at new things, larger sets, replenishment on time; no discounts, they \
                     buy without.",
            experiments: [
                "early access against a plain announcement; count revenue per recipient",
                "two mails a week against one; count revenue and unsubscribes",
            ],
        },
        |f| f.buyers >= 0.5 && f.orders >= 2.0 && f.money > 1.25 * f.everybodys_money,
    ),
    (
        Play {
            name: "Save the cart",
            when: "few members have ordered, and they fill carts at least one and a half times as often as \
                   everybody",
            advice: "Answer what keeps them from ordering: delivery cost, returns, payment; remind of \
                     the cart within hours.",
            experiments: [
                "reminder after 1 hour against after 20; count orders in 7 days",
                "free delivery against a discount of equal cost; count orders",
            ],
        },
        |f| f.buyers < 0.5 && f.carts > 0.0 && f.carts >= 1.5 * f.everybodys_carts,
    ),
    (
        Play {
            name: "From looking to buying",
            when: "few members have ordered, and they look at products at least as much as everybody",
            advice: "Lower the step to a first order: samples, best sellers of the categories they look \
                     at, what others say.",
            experiments: [
                "best sellers of their category against new arrivals; count first orders",
                "reviews in the mail against none; count clicks and first orders",
            ],
        },
        |f| f.buyers < 0.5 && f.views > 0.0 && f.views >= f.everybodys_views,
    ),
    (
        Play {
            name: "Second order",
            when: "most members have ordered, and about once",
            advice: "Give a reason to come back that is not the one that brought them: the next \
                     category, the next occasion.",
            experiments: [
                "cross-category suggestion against the same category; count second orders",
                "mail at the shop's usual gap between orders against 14 days after the first; count \
                 second orders",
            ],
        },
        |f| f.buyers >= 0.5 && f.orders < 2.0,
    ),
    (
        Play {
            name: "Wake interest",
            when: "members open less than one mail in ten",
            advice: "Mail less, and only what is news; ask what they want to hear about.",
            experiments: [
                "half as many mails against as many as now; count opens per mail and unsubscribes",
                "a question in the subject line against a statement; count human opens",
            ],
        },
        |f| f.opens < 0.1,
    ),
];

/// For whom no row of the table speaks.
pub const OTHERS: Play = Play {
    name: "Keep and learn",
    when: "nothing in the table speaks for another play",
    advice: "Nothing sets them apart that calls for a message of its own; use them to learn what \
             works for everybody.",
    experiments: ["two subject lines; count clicks", "two send hours; count clicks"],
};

/// All plays, in the order in which they are tried.
pub fn table() -> impl Iterator<Item = Play> {
    TABLE.into_iter().map(|(play, _)| play).chain([OTHERS])
}

/// The play for a segment. `lapse_days` is the shop's own.
pub fn play(profile: &SegmentProfile, lapse_days: f64) -> Play {
    let facts = facts(profile, lapse_days);
    TABLE.iter().find(|(_, holds)| holds(&facts)).map_or(OTHERS, |(play, _)| *play)
}

fn facts(profile: &SegmentProfile, lapse: f64) -> Facts {
    let feature = |name: &str| profile.key_facts.get(name);
    let mean = |name: &str| feature(name).and_then(|f| f.mean).unwrap_or(f64::NAN);
    let all = |name: &str| feature(name).and_then(|f| f.mean_of_all).unwrap_or(f64::NAN);
    let buyers = feature("recency_days").map_or(0.0, |f| f.present as f64);
    Facts {
        buyers: buyers / profile.contacts.max(1) as f64,
        orders: mean("frequency"),
        recency: mean("recency_days"),
        tenure: mean("tenure_days"),
        everybodys_tenure: all("tenure_days"),
        discount: mean("discount_share"),
        everybodys_discount: all("discount_share"),
        carts: mean("carts_90d"),
        everybodys_carts: all("carts_90d"),
        views: mean("product_views_90d"),
        everybodys_views: all("product_views_90d"),
        opens: mean("human_open_rate_90d"),
        sunset: profile.flags.sunset_share.unwrap_or(0.0),
        money: mean("monetary_minor"),
        everybodys_money: all("monetary_minor"),
        lapse,
    }
}
