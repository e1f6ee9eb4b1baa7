//! Recency, frequency, monetary and what the orders looked like.

use super::super::{Family, FeatureSpec, Missing, Relation, Unit};

/// A sale: completed and above zero. Zero-value orders are samples and replacements, not purchases.
const SALE: &str = "status = 'completed' AND amount_minor > 0";

/// What counts as money: sales, less everything that was paid back.
const MONEY: &str = "(status = 'completed' AND amount_minor > 0) OR amount_minor < 0";

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Purchase, name, unit)
}

pub fn specs() -> Vec<FeatureSpec> {
    let orders = Relation::Orders;
    vec![
        spec("recency_days", Unit::Days)
            .means("calendar days since the last order")
            .measure(orders, "last_sale_us", format!("max(us) FILTER (WHERE {SALE})"))
            .formula(Missing::Never, "{today} - {day:last_sale_us}")
            .words("no order for long", "ordered recently")
            .default_set(),
        spec("frequency", Unit::Count)
            .means("orders")
            .measure(orders, "sales", format!("count(*) FILTER (WHERE {SALE})"))
            .formula(Missing::Zero, "coalesce(sales, 0)")
            .words("buys often", "rarely buys")
            .default_set(),
        spec("monetary_minor", Unit::MinorUnits)
            .means("money spent, refunds taken off")
            .measure(orders, "net_minor", format!("sum(amount_minor) FILTER (WHERE {MONEY})"))
            .formula(Missing::Zero, "coalesce(net_minor, 0)")
            .words("spends a lot", "spends little")
            .default_set(),
        windowed_count(90).default_set(),
        windowed_money(90),
        spec("average_order_value_minor", Unit::MinorUnits)
            .means("mean value of an order before refunds")
            .measure(orders, "sales", format!("count(*) FILTER (WHERE {SALE})"))
            .measure(orders, "gross_minor", format!("sum(amount_minor) FILTER (WHERE {SALE})"))
            .formula(Missing::Never, "CAST(gross_minor AS DOUBLE) / nullif(sales, 0)")
            .words("large orders", "small orders")
            .default_set(),
        spec("discount_share", Unit::Share)
            .means("share of orders bought with a discount")
            .measure(orders, "sales", format!("count(*) FILTER (WHERE {SALE})"))
            .measure(
                orders,
                "discounted_sales",
                format!("count(*) FILTER (WHERE {SALE} AND discount_minor > 0)"),
            )
            .formula(Missing::Never, "CAST(discounted_sales AS DOUBLE) / nullif(sales, 0)")
            .words("buys on discount", "buys at full price")
            .default_set(),
        spec("refunds", Unit::Count)
            .means("refunds and cancellations that took money back")
            .measure(orders, "refunds_made", "count(*) FILTER (WHERE amount_minor < 0)")
            .formula(Missing::Zero, "coalesce(refunds_made, 0)")
            .words("returns things", "keeps what it buys"),
    ]
}

fn windowed_count(days: u32) -> FeatureSpec {
    let measure = format!("sales_{days}d");
    spec(&format!("orders_{days}d"), Unit::Count)
        .window(days)
        .means(format!("orders in the last {days} days"))
        .measure(
            Relation::Orders,
            &measure,
            format!("count(*) FILTER (WHERE {SALE} AND us >= {{from:{days}}})"),
        )
        .formula(Missing::Zero, format!("coalesce({measure}, 0)"))
        .words("buying now", "not buying now")
}

fn windowed_money(days: u32) -> FeatureSpec {
    let measure = format!("net_{days}d_minor");
    spec(&format!("monetary_{days}d_minor"), Unit::MinorUnits)
        .window(days)
        .means(format!("money spent in the last {days} days, refunds taken off"))
        .measure(
            Relation::Orders,
            &measure,
            format!("sum(amount_minor) FILTER (WHERE ({MONEY}) AND us >= {{from:{days}}})"),
        )
        .formula(Missing::Zero, format!("coalesce({measure}, 0)"))
        .words("spending now", "not spending now")
}
