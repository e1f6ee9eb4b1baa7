//! The purchase family as plain loops.

use std::collections::BTreeMap;

use crate::naive::{
    Line, Oracle, Order, Person, Plain, WINDOWS, entropy, exact, most, ratio, tally, trend,
};

fn is_sale(order: &&Order) -> bool {
    order.status == "completed" && order.minor > 0
}

/// Sales of the last days, or of all of history.
fn sales(person: &Person, days: Option<i64>) -> Vec<&Order> {
    let sales = person.orders.iter().filter(is_sale);
    sales.filter(|sale| days.is_none_or(|days| person.is_within(sale.at, days))).collect()
}

fn refunds(person: &Person, days: Option<i64>) -> Vec<&Order> {
    let refunds = person.orders.iter().filter(|order| order.minor < 0);
    refunds.filter(|order| days.is_none_or(|days| person.is_within(order.at, days))).collect()
}

fn money(orders: &[&Order]) -> i64 {
    orders.iter().map(|order| order.minor).sum()
}

/// Calendar days from each sale to the next.
fn gaps(person: &Person) -> Vec<f64> {
    let sales = sales(person, None);
    let pairs = sales.windows(2);
    pairs.map(|pair| person.days_between(pair[0].at, pair[1].at) as f64).collect()
}

fn deviation(gaps: &[f64]) -> Option<f64> {
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let squares: f64 = gaps.iter().map(|gap| (gap - mean).powi(2)).sum();
    (gaps.len() >= 2).then(|| (squares / (gaps.len() - 1) as f64).sqrt())
}

/// Order lines that were bought: of a sale, not sent back, with a category.
fn bought(person: &Person, days: Option<i64>) -> Vec<&Line> {
    let is_sold = |line: &&Line| sales(person, None).iter().any(|sale| sale.id == line.order);
    let lines = person.lines.iter().filter(|line| line.minor >= 0 && !line.category.is_empty());
    let recent = lines.filter(|line| days.is_none_or(|days| person.is_within(line.at, days)));
    recent.filter(is_sold).collect()
}

fn categories(person: &Person, days: Option<i64>) -> BTreeMap<&str, usize> {
    tally(bought(person, days).into_iter().map(|line| line.category.as_str()))
}

fn first_category(person: &Person) -> Option<String> {
    let first = sales(person, None).first().map(|sale| sale.id.clone())?;
    let mut lines = bought(person, None);
    lines.retain(|line| line.order == first);
    lines.sort_by(|a, b| b.minor.cmp(&a.minor).then(a.category.cmp(&b.category)));
    lines.first().map(|line| line.category.clone())
}

pub fn oracle() -> Oracle {
    let mut all = Oracle::new();
    let spans = WINDOWS.map(|days| (Some(days), format!("_{days}d")));
    for (days, suffix) in spans.into_iter().chain([(None, String::new())]) {
        sums(&mut all, days, &suffix);
    }
    shares(&mut all, None, "");
    shares(&mut all, Some(365), "_365d");
    all.insert(
        "recency_days".to_owned(),
        Box::new(|person| {
            let last = sales(person, None).last().map(|sale| sale.at);
            Plain::Exact(last.map(|at| person.days_since(at) as f64))
        }),
    );
    time_between(&mut all);
    trends(&mut all);
    what(&mut all);
    all
}

fn sums(all: &mut Oracle, days: Option<i64>, suffix: &str) {
    let orders = if days.is_some() { format!("orders{suffix}") } else { "frequency".to_owned() };
    all.insert(orders, Box::new(move |person| exact(sales(person, days).len())));
    all.insert(
        format!("refunds{suffix}"),
        Box::new(move |person| exact(refunds(person, days).len())),
    );
    all.insert(
        format!("monetary{suffix}_minor"),
        Box::new(move |person| exact(money(&sales(person, days)) + money(&refunds(person, days)))),
    );
}

fn shares(all: &mut Oracle, days: Option<i64>, suffix: &str) {
    all.insert(
        format!("average_order_value{suffix}_minor"),
        Box::new(move |person| {
            let sales = sales(person, days);
            Plain::Close(ratio(money(&sales), sales.len() as i64))
        }),
    );
    all.insert(
        format!("refund_share{suffix}"),
        Box::new(move |person| {
            Plain::Close(ratio(-money(&refunds(person, days)), money(&sales(person, days))))
        }),
    );
    all.insert(
        format!("discount_share{suffix}"),
        Box::new(move |person| {
            let sales = sales(person, days);
            let cheap = sales.iter().filter(|sale| sale.discount_minor > 0).count();
            Plain::Close(ratio(cheap as i64, sales.len() as i64))
        }),
    );
}

fn time_between(all: &mut Oracle) {
    all.insert(
        "order_gap_mean_days".to_owned(),
        Box::new(|person| {
            let gaps = gaps(person);
            Plain::Close((!gaps.is_empty()).then(|| gaps.iter().sum::<f64>() / gaps.len() as f64))
        }),
    );
    all.insert(
        "order_gap_sd_days".to_owned(),
        Box::new(|person| Plain::Close(deviation(&gaps(person)))),
    );
    all.insert(
        "order_gap_last_days".to_owned(),
        Box::new(|person| Plain::Exact(gaps(person).last().copied())),
    );
    all.insert(
        "days_to_second_order".to_owned(),
        Box::new(|person| Plain::Exact(gaps(person).first().copied())),
    );
}

fn trends(all: &mut Oracle) {
    for days in [30, 90] {
        all.insert(
            format!("orders_trend_{days}d"),
            Box::new(move |person| {
                let count = |days| sales(person, Some(days)).len() as i64;
                Plain::Close(trend(count(days), count(2 * days) - count(days)))
            }),
        );
        all.insert(
            format!("monetary_trend_{days}d"),
            Box::new(move |person| {
                let gross = |days| money(&sales(person, Some(days)));
                Plain::Close(trend(gross(days), gross(2 * days) - gross(days)))
            }),
        );
    }
}

fn what(all: &mut Oracle) {
    for (days, suffix) in [(None, ""), (Some(365), "_365d")] {
        all.insert(
            format!("categories_bought{suffix}"),
            Box::new(move |person| exact(categories(person, days).len())),
        );
    }
    all.insert(
        "top_category_bought_share".to_owned(),
        Box::new(|person| {
            let bought = categories(person, None);
            let lines: usize = bought.values().sum();
            Plain::Close(bought.values().max().map(|most| *most as f64 / lines as f64))
        }),
    );
    all.insert(
        "bought_category_entropy".to_owned(),
        Box::new(|person| Plain::Close(entropy(&categories(person, None)))),
    );
    all.insert(
        "top_category_bought".to_owned(),
        Box::new(|person| most(&categories(person, None))),
    );
    all.insert(
        "first_category_bought".to_owned(),
        Box::new(|person| Plain::Text(first_category(person))),
    );
}
