//! What the features of the site are.

use super::super::super::{Family, FeatureSpec, Kind, Missing, Presence, Unit};
use super::super::windows::{self, Sum, span};
use super::super::{Description, describe, take_by_default};
use super::LONG;

/// All features, numbers first, in the order in which they are measured.
pub fn specs() -> Vec<FeatureSpec> {
    let mut specs: Vec<FeatureSpec> =
        SUMS.iter().flat_map(|sum| windows::windowed_and_all(Family::Web, sum)).collect();
    specs.extend(windows::windowed(Family::Web, &ABANDONED));
    specs.extend(windows::windowed(Family::Web, &CATEGORIES));
    for days in LONG {
        specs.extend([bounce_share(days), top_category_share(days), category_entropy(days)]);
    }
    specs.push(days_since_visit());
    let views = "page and product views";
    specs
        .extend(trends("web_views", views, "browses more than before", "browses less than before"));
    specs
        .extend(trends("sessions", "visits", "visits more than before", "visits less than before"));
    specs.extend(LONG.map(top_category));
    let mut specs: Vec<FeatureSpec> = specs.into_iter().map(with_presence).collect();
    describe(&mut specs, &DESCRIPTIONS);
    take_by_default(&mut specs, &DEFAULTS);
    specs
}

const fn sum(name: &'static str, meaning: &'static str, formula: &'static str) -> Sum {
    Sum { name, unit: Unit::Count, meaning, formula }
}

const SUMS: [Sum; 6] = [
    sum("page_views", "pages viewed", "number of page_viewed"),
    sum("product_views", "products viewed", "number of product_viewed"),
    sum("carts", "times something was put into the cart", "number of cart_added"),
    sum("checkouts", "checkouts started", "number of checkout_started"),
    sum(
        "sessions",
        "visits, which end after 30 minutes of silence",
        "number of page_viewed, product_viewed, cart_added and checkout_started without another of \
         these in the 30 minutes before",
    ),
    Sum {
        unit: Unit::Seconds,
        ..sum(
            "seconds",
            "seconds spent on pages and products",
            "sum of duration_ms / 1000 of the site's events",
        )
    },
];

const ABANDONED: Sum = sum(
    "abandoned_carts",
    "visits whose cart no order followed within a day",
    "number of visits with a cart_added whose last one, at time t <= as-of - 24 hours, has no order \
     with amount > 0 at t <= time <= t + 24 hours; t",
);

const CATEGORIES: Sum = sum(
    "categories",
    "different categories viewed",
    "number of different categories of page_viewed and product_viewed",
);

/// What the shop's data must hold for a feature, by how its name begins.
const REQUIRED: [(&str, Presence); 11] = [
    ("page_views", Presence::kind(Kind::PageViewed)),
    ("product_views", Presence::kind(Kind::ProductViewed)),
    ("carts", Presence::kind(Kind::CartAdded)),
    ("abandoned_carts", Presence::kind(Kind::CartAdded)),
    ("checkouts", Presence::kind(Kind::CheckoutStarted)),
    ("seconds", Presence::DURATION),
    ("categories", Presence::VIEWED_CATEGORY),
    ("category_entropy", Presence::VIEWED_CATEGORY),
    ("top_category", Presence::VIEWED_CATEGORY),
    ("web_views", VIEWS),
    // Visits, bounces, and what is left.
    ("", VIEWS.or(Presence::kind(Kind::CartAdded)).or(Presence::kind(Kind::CheckoutStarted))),
];

const VIEWS: Presence = Presence::kind(Kind::PageViewed).or(Presence::kind(Kind::ProductViewed));

fn with_presence(spec: FeatureSpec) -> FeatureSpec {
    match REQUIRED.iter().find(|(start, _)| spec.name.starts_with(start)) {
        Some((_, any)) => spec.requires(*any),
        None => spec,
    }
}

const DESCRIPTIONS: [Description; 10] = [
    Description("product_views_90d", "browses a lot", "hardly browses"),
    Description("carts_90d", "fills carts", "fills no carts"),
    Description("sessions_90d", "visits often", "hardly visits"),
    Description("seconds_90d", "stays long", "leaves quickly"),
    Description("categories_90d", "looks at many categories", "looks at few categories"),
    Description("top_category_share_90d", "keeps to one category", "looks around"),
    Description("days_since_visit", "no visit for long", "visited recently"),
    Description("abandoned_carts_90d", "leaves carts behind", "leaves no carts behind"),
    Description("bounce_share_90d", "leaves after one page", "stays for more than a page"),
    Description("category_entropy_90d", "looks around evenly", "keeps to a category"),
];

const DEFAULTS: [&str; 4] = ["product_views_90d", "carts_90d", "sessions_90d", "days_since_visit"];

fn spec(name: String, unit: Unit, days: u32) -> FeatureSpec {
    FeatureSpec::new(Family::Web, name, unit).window(days)
}

fn trends(name: &str, of: &str, high: &'static str, low: &'static str) -> Vec<FeatureSpec> {
    windows::trends(Family::Web, name, of, high, low)
}

fn bounce_share(days: u32) -> FeatureSpec {
    spec(format!("bounce_share_{days}d"), Unit::Share, days)
        .means(format!(
            "share of the visits of the last {days} days that were a single view and nothing else; \
             from 5 visits on"
        ))
        .formula(
            Missing::TooLittle,
            format!(
                "visits with 1 page_viewed or product_viewed and no other step / visits, by their \
                 first step over {}; missing below 5 visits",
                span(days)
            ),
        )
}

fn top_category_share(days: u32) -> FeatureSpec {
    spec(format!("top_category_share_{days}d"), Unit::Share, days)
        .means(format!(
            "share of views that went to the most viewed category in the last {days} days"
        ))
        .formula(Missing::Never, format!("max over categories of v / sum of v, {}", views(days)))
}

fn category_entropy(days: u32) -> FeatureSpec {
    spec(format!("category_entropy_{days}d"), Unit::Bits, days)
        .means(format!("how evenly the views of the last {days} days spread over categories"))
        .formula(
            Missing::Never,
            format!("-sum over categories of p log2 p, p = v / sum of v, {}", views(days)),
        )
}

fn top_category(days: u32) -> FeatureSpec {
    spec(format!("top_category_{days}d"), Unit::Label, days)
        .means(format!("the category viewed most in the last {days} days"))
        .formula(
            Missing::Never,
            format!(
                "category with the largest v, the first in text order of equals, {}",
                views(days)
            ),
        )
}

fn views(days: u32) -> String {
    format!("v = number of page_viewed and product_viewed with that category over {}", span(days))
}

fn days_since_visit() -> FeatureSpec {
    FeatureSpec::new(Family::Web, "days_since_visit", Unit::Days)
        .means("calendar days since the last visit")
        .formula(
            Missing::Never,
            "date of the as-of - date of the last page_viewed, product_viewed, cart_added or \
             checkout_started, dates in the shop's time zone",
        )
}
