//! What a contact does with the mail it receives.

use super::super::{Family, FeatureSpec, Missing, Relation, Unit};

/// Fewest mails received for a rate: below it one open more or less moves the rate by a fifth.
const FEWEST_MAILS: u32 = 5;

fn spec(name: String, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Email, name, unit)
}

pub fn specs() -> Vec<FeatureSpec> {
    let mut specs = Vec::new();
    for days in [Some(90), None] {
        specs.push(count(days, "mails_received", "received", "mails received", "TRUE"));
        let opened = count(
            days, "human_opens", "human_opened", "received mails opened by a human",
            "opened_us IS NOT NULL",
        );
        specs.push(opened);
        let any = count(
            days,
            "all_opens",
            "any_opened",
            "received mails opened by anybody, machines too",
            "any_opened_us IS NOT NULL",
        );
        specs.push(any);
        let clicked = count(
            days, "clicks", "human_clicked", "received mails clicked by a human",
            "clicked_us IS NOT NULL",
        );
        specs.push(clicked);
        let open_rate = rate(
            days, "human_open_rate", "human_opened", "opened by a human", "opened_us IS NOT NULL",
        )
        .words("opens mail", "ignores mail");
        specs.push(if days.is_some() { open_rate.default_set() } else { open_rate });
        let click_rate = rate(
            days, "click_rate", "human_clicked", "clicked by a human", "clicked_us IS NOT NULL",
        )
        .words("clicks in mail", "never clicks in mail");
        specs.push(if days.is_some() { click_rate.default_set() } else { click_rate });
    }
    specs.push(
        since("days_since_human_open", "opened", "opened a mail by hand")
            .words("has not opened for long", "opened recently"),
    );
    specs.push(
        since("days_since_click", "clicked", "clicked in a mail")
            .words("has not clicked for long", "clicked recently"),
    );
    specs
}

fn suffix(days: Option<u32>) -> String {
    days.map_or(String::new(), |d| format!("_{d}d"))
}

fn span(days: Option<u32>) -> String {
    days.map_or(" ever".to_owned(), |d| format!(" of the last {d} days"))
}

fn measure(days: Option<u32>, name: &str, condition: &str) -> (String, String) {
    let window = days.map_or(String::new(), |d| format!(" AND received_us >= {{from:{d}}}"));
    let sql = format!("count(*) FILTER (WHERE received_us IS NOT NULL AND {condition}{window})");
    (format!("{name}{}", suffix(days)), sql)
}

fn windowed(spec: FeatureSpec, days: Option<u32>) -> FeatureSpec {
    match days {
        Some(days) => spec.window(days),
        None => spec,
    }
}

fn count(days: Option<u32>, name: &str, part: &str, meaning: &str, condition: &str) -> FeatureSpec {
    let (measure, sql) = measure(days, part, condition);
    let spec = spec(format!("{name}{}", suffix(days)), Unit::Count)
        .means(format!("{meaning},{}", span(days)))
        .formula(Missing::Zero, format!("coalesce({measure}, 0)"))
        .measure(Relation::Mailings, &measure, sql);
    windowed(spec, days)
}

fn rate(days: Option<u32>, name: &str, part: &str, meaning: &str, condition: &str) -> FeatureSpec {
    let (part, part_sql) = measure(days, part, condition);
    let (all, all_sql) = measure(days, "received", "TRUE");
    let spec = spec(format!("{name}{}", suffix(days)), Unit::Share)
        .means(format!(
            "share of received mails{} {meaning}; from {FEWEST_MAILS} mails on",
            span(days)
        ))
        .formula(
            Missing::TooLittle,
            format!("CASE WHEN {all} >= {FEWEST_MAILS} THEN CAST({part} AS DOUBLE) / {all} END"),
        )
        .measure(Relation::Mailings, &part, part_sql)
        .measure(Relation::Mailings, &all, all_sql);
    windowed(spec, days)
}

fn since(name: &str, what: &str, meaning: &str) -> FeatureSpec {
    let measure = format!("last_{what}_us");
    spec(name.to_owned(), Unit::Days)
        .means(format!("calendar days since the contact last {meaning}"))
        .measure(Relation::Mailings, &measure, format!("max(last_{what}_us)"))
        .formula(Missing::Never, format!("{{today}} - {{day:{measure}}}"))
}
