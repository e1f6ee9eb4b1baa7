//! The web family as plain loops.

use crate::naive::{
    Oracle, Person, Plain, SITE, Step, VIEWS, WINDOWS, entropy, exact, most, tally, trend,
};

/// How many steps of a kind, or what else is added up, over the last `days`; `None` is all of history.
fn over(person: &Person, days: Option<i64>, kinds: &[&str], amount: fn(&Step) -> i64) -> i64 {
    let steps = person.steps.iter().filter(|step| step.is(kinds));
    let recent = steps.filter(|step| days.is_none_or(|days| person.is_within(step.at, days)));
    recent.map(amount).sum()
}

fn one(_: &Step) -> i64 {
    1
}

/// The steps on the site, one list a visit: half an hour of silence is still the same visit.
fn visits(person: &Person) -> Vec<Vec<&Step>> {
    let mut visits: Vec<Vec<&Step>> = Vec::new();
    for step in person.steps.iter().filter(|step| step.is(&SITE)) {
        match visits.last_mut() {
            Some(visit) if step.at - visit[visit.len() - 1].at <= 1_800 => visit.push(step),
            _ => visits.push(vec![step]),
        }
    }
    visits
}

fn sessions(person: &Person, days: i64) -> i64 {
    visits(person).iter().filter(|visit| person.is_within(visit[0].at, days)).count() as i64
}

fn abandoned(person: &Person, days: i64) -> usize {
    let last_cart = |visit: Vec<&Step>| {
        visit.into_iter().rev().find(|step| step.kind == "cart_added").map(|step| step.at)
    };
    let carts = visits(person).into_iter().filter_map(last_cart);
    let is_left = |cart: &i64| {
        let is_order = |at: i64| at >= *cart && at <= cart + 86_400;
        !person.orders.iter().any(|order| order.minor > 0 && is_order(order.at))
    };
    let old_enough = carts.filter(|cart| *cart <= person.as_of - 86_400);
    old_enough.filter(|cart| person.is_within(*cart, days)).filter(is_left).count()
}

fn bounce_share(person: &Person, days: i64) -> Option<f64> {
    let mut visits = visits(person);
    visits.retain(|visit| person.is_within(visit[0].at, days));
    let bounces = visits.iter().filter(|visit| visit.len() == 1 && visit[0].is(&VIEWS)).count();
    (visits.len() >= 5).then(|| bounces as f64 / visits.len() as f64)
}

fn categories(person: &Person, days: i64) -> std::collections::BTreeMap<&str, usize> {
    let views = person.steps.iter().filter(|step| step.is(&VIEWS));
    let recent = views.filter(|step| person.is_within(step.at, days));
    tally(recent.map(|step| step.category.as_str()))
}

pub fn oracle() -> Oracle {
    let mut all = Oracle::new();
    sums(&mut all);
    for days in WINDOWS {
        all.insert(
            format!("abandoned_carts_{days}d"),
            Box::new(move |person| exact(abandoned(person, days))),
        );
        all.insert(
            format!("categories_{days}d"),
            Box::new(move |person| exact(categories(person, days).len())),
        );
        all.insert(
            format!("sessions_{days}d"),
            Box::new(move |person| exact(sessions(person, days))),
        );
    }
    all.insert("sessions".to_owned(), Box::new(|person| exact(visits(person).len())));
    for days in [90, 365] {
        spread(&mut all, days);
    }
    all.insert(
        "days_since_visit".to_owned(),
        Box::new(|person| {
            let last = person.steps.iter().filter(|step| step.is(&SITE)).map(|step| step.at).max();
            Plain::Exact(last.map(|at| person.days_since(at) as f64))
        }),
    );
    for days in [30, 90] {
        all.insert(
            format!("web_views_trend_{days}d"),
            Box::new(move |person| {
                let views = |days| over(person, Some(days), &VIEWS, one);
                Plain::Close(trend(views(days), views(2 * days) - views(days)))
            }),
        );
        all.insert(
            format!("sessions_trend_{days}d"),
            Box::new(move |person| {
                let recent = sessions(person, days);
                Plain::Close(trend(recent, sessions(person, 2 * days) - recent))
            }),
        );
    }
    all
}

/// Counts of steps and seconds, over windows and all of history.
fn sums(all: &mut Oracle) {
    let counts = [
        ("page_views", "page_viewed"),
        ("product_views", "product_viewed"),
        ("carts", "cart_added"),
        ("checkouts", "checkout_started"),
    ];
    let spans = WINDOWS.map(|days| (Some(days), format!("_{days}d")));
    for (days, suffix) in spans.into_iter().chain([(None, String::new())]) {
        for (name, kind) in counts {
            all.insert(
                format!("{name}{suffix}"),
                Box::new(move |person| exact(over(person, days, &[kind], one))),
            );
        }
        all.insert(
            format!("seconds{suffix}"),
            Box::new(move |person| exact(over(person, days, &SITE, |step| step.seconds))),
        );
    }
}

/// How visits and views spread.
fn spread(all: &mut Oracle, days: i64) {
    all.insert(
        format!("bounce_share_{days}d"),
        Box::new(move |person| Plain::Close(bounce_share(person, days))),
    );
    all.insert(
        format!("top_category_{days}d"),
        Box::new(move |person| most(&categories(person, days))),
    );
    all.insert(
        format!("top_category_share_{days}d"),
        Box::new(move |person| {
            let categories = categories(person, days);
            let views: usize = categories.values().sum();
            Plain::Close(categories.values().max().map(|most| *most as f64 / views as f64))
        }),
    );
    all.insert(
        format!("category_entropy_{days}d"),
        Box::new(move |person| Plain::Close(entropy(&categories(person, days)))),
    );
}
