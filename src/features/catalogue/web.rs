//! What a contact does on the site.

use super::super::{Family, FeatureSpec, Missing, Relation, Unit};

const DAYS: u32 = 90;

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Web, name, unit).window(DAYS)
}

fn count(name: &str, meaning: &str, condition: &str) -> FeatureSpec {
    let measure = format!("{name}_web");
    spec(name, Unit::Count)
        .means(format!("{meaning} in the last {DAYS} days"))
        .measure(
            Relation::Web,
            &measure,
            format!("count(*) FILTER (WHERE us >= {{from:{DAYS}}} AND {condition})"),
        )
        .formula(Missing::Zero, format!("coalesce({measure}, 0)"))
}

pub fn specs() -> Vec<FeatureSpec> {
    vec![
        count("page_views_90d", "pages viewed", "kind = 'page_viewed'"),
        count("product_views_90d", "products viewed", "kind = 'product_viewed'")
            .words("browses a lot", "hardly browses")
            .default_set(),
        count("carts_90d", "times something was put into the cart", "kind = 'cart_added'")
            .words("fills carts", "fills no carts")
            .default_set(),
        count("checkouts_90d", "checkouts started", "kind = 'checkout_started'"),
        count("sessions_90d", "visits, which end after 30 minutes of silence", "starts_session")
            .words("visits often", "hardly visits")
            .default_set(),
        spec("seconds_90d", Unit::Seconds)
            .means("seconds spent on pages and products in the last 90 days")
            .measure(
                Relation::Web,
                "web_ms_90d",
                format!("sum(duration_ms) FILTER (WHERE us >= {{from:{DAYS}}})"),
            )
            .formula(Missing::Zero, "coalesce(web_ms_90d, 0) / 1000.0")
            .words("stays long", "leaves quickly"),
        spec("categories_90d", Unit::Count)
            .means("different categories viewed in the last 90 days")
            .measure(Relation::Categories, "categories_viewed", "count(*)")
            .formula(Missing::Zero, "coalesce(categories_viewed, 0)")
            .words("looks at many categories", "looks at few categories"),
        spec("top_category_share_90d", Unit::Share)
            .means("share of views that went to the most viewed category in the last 90 days")
            .measure(Relation::Categories, "top_views", "max(views)")
            .measure(Relation::Categories, "category_views", "sum(views)")
            .formula(Missing::Never, "CAST(top_views AS DOUBLE) / nullif(category_views, 0)")
            .words("keeps to one category", "looks around"),
        FeatureSpec::new(Family::Web, "days_since_visit", Unit::Days)
            .means("calendar days since the last visit")
            .measure(Relation::Web, "last_visit_us", "max(us)")
            .formula(Missing::Never, "{today} - {day:last_visit_us}")
            .words("no visit for long", "visited recently")
            .default_set(),
    ]
}
