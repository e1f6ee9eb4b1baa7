//! Recency, frequency, monetary, and what the orders looked like.
//!
//! A sale is a completed order above zero: orders of zero are samples and replacements. Money is sales,
//! less everything that was paid back. An empty discount is none.

use super::super::family::Family as FeatureFamily;
use super::super::{
    Family, FeatureSpec, Missing, Moments, Needs, Order, Places, Presence, Timeline, Unit,
};
use super::bought::{self, Bought};
use super::windows::{self, Ages, ByAge, Sum, span};
use super::{Description, InOrder, describe, take_by_default};

/// The window of values of an order and of refunds beside all of history.
const YEAR: u32 = 365;

/// Orders, money, gaps, refunds and what was bought.
pub struct Purchase;

impl FeatureFamily for Purchase {
    fn specs(&self) -> Vec<FeatureSpec> {
        let mut specs = vec![recency()];
        specs.extend(windows::windowed(Family::Purchase, &ORDERS));
        specs.push(frequency());
        specs.extend(windows::windowed_and_all(Family::Purchase, &MONETARY));
        specs.extend(windows::windowed_and_all(Family::Purchase, &REFUNDS));
        for days in [Some(YEAR), None] {
            specs.extend([order_value(days), refund_share(days), discount_share(days)]);
        }
        specs.extend(gaps());
        let sales = "sales before refunds";
        specs.extend(trends(
            "orders", "orders", "orders more than before", "orders less than before",
        ));
        specs.extend(trends(
            "monetary", sales, "spends more than before", "spends less than before",
        ));
        specs.extend(bought::specs());
        describe(&mut specs, &DESCRIPTIONS);
        take_by_default(&mut specs, &DEFAULTS);
        specs
    }

    fn needs(&self) -> Needs {
        Needs { orders: true, items: true, category: true, ..Needs::default() }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let ages = Ages::new(moments);
        let sums = Sums::new(timeline.orders, &ages);
        let sales: Vec<&Order> = timeline.orders.iter().filter(|order| is_sale(order)).collect();
        let days: Vec<i64> = sales
            .iter()
            .map(|order| moments.shop_clock.second(order.us).div_euclid(86_400))
            .collect();

        let out = &mut InOrder::new(places);
        out.some(days.last().map(|day| (moments.today - day) as f64));
        sums.orders.put_all(0, 1.0, out);
        sums.net.put_all(0, 1.0, out);
        sums.refunds.put_all(0, 1.0, out);
        for of in [ByAge::year, ByAge::all] {
            out.some(ratio(of(&sums.gross), of(&sums.orders)));
            out.some(ratio(of(&sums.refunded), of(&sums.gross)));
            out.some(ratio(of(&sums.discounted), of(&sums.orders)));
        }
        put_gaps(&days, out);
        sums.orders.put_trends(out);
        sums.gross.put_trends(out);
        Bought::new(&sales, timeline.items).put(moments.from(YEAR), out);
    }
}

fn is_sale(order: &Order) -> bool {
    order.is_completed && order.amount_minor > 0
}

/// A part of a whole above zero.
fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Sums over orders; money in minor units.
#[derive(Default)]
struct Sums {
    orders: ByAge,
    discounted: ByAge,
    gross: ByAge,
    refunds: ByAge,
    refunded: ByAge,
    net: ByAge,
}

impl Sums {
    fn new(orders: &[Order], ages: &Ages) -> Self {
        let mut sums = Sums::default();
        for order in orders {
            let amount = order.amount_minor;
            if is_sale(order) {
                sums.orders.add(ages, order.us, 1);
                sums.gross.add(ages, order.us, amount);
                let is_discounted = order.discount_minor.is_some_and(|minor| minor > 0);
                sums.discounted.add(ages, order.us, i64::from(is_discounted));
            } else if amount < 0 {
                sums.refunds.add(ages, order.us, 1);
                sums.refunded.add(ages, order.us, -amount);
            } else {
                continue;
            }
            sums.net.add(ages, order.us, amount);
        }
        sums
    }
}

impl ByAge {
    fn year(&self) -> i64 {
        self.within(YEAR)
    }
}

/// Sets the places of [`gaps`], from the days of the sales in order.
fn put_gaps(days: &[i64], out: &mut InOrder<'_, '_>) {
    let gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let number = gaps.len() as i64;
    let sum: i64 = gaps.iter().sum();
    let squares: i64 = gaps.iter().map(|gap| gap * gap).sum();
    out.some(ratio(sum, number));
    // (sum g^2 - (sum g)^2 / m) / (m - 1), with one division.
    let deviation = ratio(number * squares - sum * sum, number * (number - 1)).map(f64::sqrt);
    out.some(deviation);
    out.some(gaps.last().map(|gap| *gap as f64));
    out.some(gaps.first().map(|gap| *gap as f64));
}

const ORDERS: Sum = Sum {
    name: "orders",
    unit: Unit::Count,
    meaning: "orders",
    formula: "number of completed orders with amount > 0",
};

const MONETARY: Sum = Sum {
    name: "monetary_minor",
    unit: Unit::MinorUnits,
    meaning: "money spent less refunds",
    formula: "sum of amount of completed orders with amount > 0 and of all orders with amount < 0",
};

const REFUNDS: Sum = Sum {
    name: "refunds",
    unit: Unit::Count,
    meaning: "refunds and cancellations that took money back",
    formula: "number of orders with amount < 0",
};

const DESCRIPTIONS: [Description; 14] = [
    Description("recency_days", "no order for long", "ordered recently"),
    Description("frequency", "buys often", "rarely buys"),
    Description("monetary_minor", "spends a lot", "spends little"),
    Description("orders_90d", "buying now", "not buying now"),
    Description("monetary_90d_minor", "spending now", "not spending now"),
    Description("average_order_value_minor", "large orders", "small orders"),
    Description("discount_share", "buys on discount", "buys at full price"),
    Description("refunds", "returns things", "keeps what it buys"),
    Description("refund_share", "returns much of what it buys", "keeps what it buys"),
    Description("order_gap_mean_days", "long between orders", "short between orders"),
    Description("order_gap_sd_days", "orders irregularly", "orders regularly"),
    Description("days_to_second_order", "came back late", "came back soon"),
    Description("categories_bought", "buys from many categories", "buys from few categories"),
    Description("bought_category_entropy", "buys all over the shop", "buys one category"),
];

const DEFAULTS: [&str; 6] = [
    "recency_days", "frequency", "monetary_minor", "orders_90d", "average_order_value_minor",
    "discount_share",
];

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Purchase, name, unit)
}

fn trends(name: &str, of: &str, high: &'static str, low: &'static str) -> Vec<FeatureSpec> {
    windows::trends(Family::Purchase, name, of, high, low)
}

fn recency() -> FeatureSpec {
    spec("recency_days", Unit::Days).means("calendar days since the last order").formula(
        Missing::Never,
        "date of the as-of - date of the last completed order with amount > 0, dates in the shop's time \
         zone",
    )
}

fn frequency() -> FeatureSpec {
    spec("frequency", Unit::Count)
        .means("orders")
        .formula(Missing::Zero, format!("{} over all of history", ORDERS.formula))
}

/// A share of sales, over a window or all of history.
fn of_sales(
    stem: &str,
    unit: Unit,
    days: Option<u32>,
    meaning: &str,
    formula: &str,
) -> FeatureSpec {
    let Some(days) = days else {
        return spec(stem, unit)
            .means(meaning)
            .formula(Missing::Never, format!("{formula} over all of history"));
    };
    let name = match stem.strip_suffix("_minor") {
        Some(stem) => format!("{stem}_{days}d_minor"),
        None => format!("{stem}_{days}d"),
    };
    spec(&name, unit)
        .window(days)
        .means(format!("{meaning} in the last {days} days"))
        .formula(Missing::Never, format!("{formula} over {}", span(days)))
}

fn order_value(days: Option<u32>) -> FeatureSpec {
    of_sales(
        "average_order_value_minor",
        Unit::MinorUnits,
        days,
        "mean value of an order before refunds",
        "sum of amount / number of completed orders with amount > 0",
    )
}

fn refund_share(days: Option<u32>) -> FeatureSpec {
    of_sales(
        "refund_share",
        Unit::Share,
        days,
        "money paid back as a share of the value of the orders; above 1 where older orders are paid back",
        "-sum of amounts < 0 / sum of amounts > 0 of completed orders",
    )
}

fn discount_share(days: Option<u32>) -> FeatureSpec {
    of_sales(
        "discount_share",
        Unit::Share,
        days,
        "share of orders bought with a discount",
        "number with discount > 0 / number, of completed orders with amount > 0",
    )
    .requires(Presence::DISCOUNT)
}

fn gaps() -> [FeatureSpec; 4] {
    let gap = "g = days from the date of a completed order with amount > 0 to that of the next, dates in \
               the shop's time zone";
    let one = |name: &str, meaning: &str, missing, formula: &str| {
        spec(name, Unit::Days).means(meaning).formula(missing, format!("{formula}, {gap}"))
    };
    [
        one(
            "order_gap_mean_days",
            "mean of the calendar days between one order and the next",
            Missing::Never,
            "mean of g",
        ),
        one(
            "order_gap_sd_days",
            "standard deviation of the calendar days between orders; from three orders on",
            Missing::TooLittle,
            "sqrt(sum of (g - mean of g)^2 / (m - 1)), m the number of g",
        ),
        one(
            "order_gap_last_days",
            "calendar days between the last two orders",
            Missing::Never,
            "last g",
        ),
        one(
            "days_to_second_order",
            "calendar days from the first order to the second",
            Missing::Never,
            "first g",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample::{DAY, Shop, sale, word};
    use super::*;
    use crate::features::{Item, Word};

    fn orders(now_us: i64) -> Vec<Order> {
        let discounted =
            Order { discount_minor: Some(5), order: word("o1"), ..sale(now_us - 400 * DAY, 1_000) };
        let cancelled = Order { is_completed: false, ..sale(now_us - 395 * DAY, 7_777) };
        let refund = Order { is_completed: false, ..sale(now_us - 380 * DAY, -250) };
        let second = Order { order: word("o2"), ..sale(now_us - 100 * DAY, 3_000) };
        let sample = sale(now_us - 99 * DAY, 0);
        let third = Order { discount_minor: Some(0), ..sale(now_us - 40 * DAY, 500) };
        vec![discounted, cancelled, refund, second, sample, third, sale(now_us - 10 * DAY, 1_500)]
    }

    #[test]
    fn orders_money_gaps_and_trends_are_those_of_the_sales() {
        let shop = Shop::new();
        let found = shop.measure(&Purchase, (&[], &orders(shop.now_us), &[]));
        let number = |name: &str| found.number(name);
        assert_eq!((number("recency_days"), number("frequency")), (Some(10.0), Some(4.0)));
        assert_eq!((number("orders_7d"), number("orders_30d")), (Some(0.0), Some(1.0)));
        assert_eq!((number("orders_90d"), number("orders_365d")), (Some(2.0), Some(3.0)));
        assert_eq!(
            (number("monetary_minor"), number("monetary_90d_minor")),
            (Some(5_750.0), Some(2_000.0))
        );
        assert_eq!(number("average_order_value_minor"), Some(1_500.0));
        assert_eq!(number("average_order_value_365d_minor"), Some(5_000.0 / 3.0));
        assert_eq!(
            (number("discount_share"), number("discount_share_365d")),
            (Some(0.25), Some(0.0))
        );
        assert_eq!((number("refunds"), number("refunds_365d")), (Some(1.0), Some(0.0)));
        assert_eq!(
            (number("refund_share"), number("refund_share_365d")),
            (Some(250.0 / 6_000.0), Some(0.0))
        );
        // Gaps of 300, 60 and 30 days: mean 130, squares of deviations 28,900 + 4,900 + 10,000.
        assert_eq!(number("order_gap_mean_days"), Some(130.0));
        assert_eq!(number("order_gap_sd_days"), Some(21_900.0_f64.sqrt()));
        assert_eq!(
            (number("order_gap_last_days"), number("days_to_second_order")),
            (Some(30.0), Some(300.0))
        );
        assert_eq!(
            (number("orders_trend_30d"), number("monetary_trend_30d")),
            (Some(0.0), Some(0.5))
        );
        // 2,000 in ninety days, 3,000 in the ninety before.
        assert_eq!(number("monetary_trend_90d"), Some(-0.2));
    }

    #[test]
    fn without_orders_counts_are_zero_and_the_rest_is_missing() {
        let found = Shop::new().measure(&Purchase, (&[], &[], &[]));
        let number = |name: &str| found.number(name);
        assert_eq!((number("frequency"), number("monetary_minor")), (Some(0.0), Some(0.0)));
        assert_eq!((number("recency_days"), number("discount_share")), (None, None));
        assert_eq!((number("order_gap_mean_days"), number("orders_trend_30d")), (None, None));
        assert_eq!(
            (number("categories_bought"), found.label("first_category_bought")),
            (Some(0.0), None)
        );
        let shop = Shop::new();
        let one = shop.measure(&Purchase, (&[], &[sale(shop.now_us - DAY, 1)], &[]));
        assert_eq!(
            (one.number("days_to_second_order"), one.number("order_gap_sd_days")),
            (None, None)
        );
    }

    #[test]
    fn what_was_bought_is_in_the_lines_of_sales() {
        let shop = Shop::new();
        let line = |us, order: &str, category: &str, amount| Item {
            us,
            order: word(order),
            product: Word::NONE,
            category: word(category),
            amount_minor: amount,
        };
        let (first_us, second_us) = (shop.now_us - 400 * DAY, shop.now_us - 100 * DAY);
        let items = [
            line(first_us, "o1", "shirts", Some(10)),
            line(first_us, "o1", "shoes", Some(990)),
            // Of no order, and sent back.
            line(first_us, "", "shirts", Some(5)),
            line(shop.now_us - 380 * DAY, "o1", "shoes", Some(-990)),
            line(second_us, "o2", "shirts", None),
        ];
        let found = shop.measure(&Purchase, (&[], &orders(shop.now_us), &items));
        assert_eq!(
            (found.number("categories_bought"), found.number("categories_bought_365d")),
            (Some(2.0), Some(1.0))
        );
        assert_eq!(found.label("first_category_bought"), Some("shoes"));
        assert_eq!(found.label("top_category_bought"), Some("shirts"));
        assert_eq!(found.number("top_category_bought_share"), Some(2.0 / 3.0));
        let bits = -(2.0 / 3.0 * (2.0_f64 / 3.0).log2() + 1.0 / 3.0 * (1.0_f64 / 3.0).log2());
        assert!(found.number("bought_category_entropy").is_some_and(|b| (b - bits).abs() < 1e-12));
    }
}
