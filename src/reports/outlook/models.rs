//! The models of orders and of their values.

use super::notice;
use super::shown::{count, day, decimal, sentence, sum};
use crate::predict::maximum::Suspicion;
use crate::predict::outlook::{ModelTried, Outlook};
use crate::predict::purchase::{FittedPurchases, ModelKind, PurchaseModel};
use crate::predict::spend::FittedSpend;
use crate::reports::{Block, Cell, Column, Section, Severity, Table, number};

pub fn section(outlook: &Outlook, currency: &str) -> Section {
    let purchases = &outlook.purchases;
    let mut blocks = suspicions("purchase model", &purchases.suspicions);
    match &outlook.spend {
        Some(spend) => {
            blocks.extend(suspicions("model of values", &spend.suspicions));
            blocks.push(correlated(spend));
        }
        None => blocks.push(Block::Text(format!(
            "There is no model of values, so there are no lifetime values: {}",
            sentence(outlook.no_spend.as_deref().unwrap_or("none was fitted"))
        ))),
    }
    if !outlook.choice.tried.is_empty() {
        blocks.push(Block::Table(tried(outlook)));
    }
    blocks.push(Block::Table(purchase_parameters(outlook)));
    blocks.extend(
        outlook.spend.as_ref().map(|spend| Block::Table(spend_parameters(spend, currency))),
    );
    blocks.push(Block::Method(method(outlook)));
    Section {
        id: "outlook-models".to_owned(),
        heading: "The models behind".to_owned(),
        answer: Some(answer(outlook, currency)),
        blocks,
    }
}

fn answer(outlook: &Outlook, currency: &str) -> String {
    let (purchases, choice) = (&outlook.purchases, &outlook.choice);
    let values = outlook.spend.as_ref().map_or(String::new(), |spend| {
        format!(
            " An order is expected to be worth {} on average.",
            sum(spend.model.mean(), currency)
        )
    });
    format!(
        "Orders: {}, chosen {}; fitted to {} buyers from {} to {}, {} of them with a second order.{values}",
        purchases.kind.title(),
        choice.how,
        count(purchases.contacts),
        day(outlook.first_order),
        day(outlook.until),
        count(purchases.repeat_buyers)
    )
}

/// What is suspicious about a fit, in plain words.
fn suspicions(model: &str, suspicions: &[Suspicion]) -> Vec<Block> {
    let at_edge = suspicions.iter().filter_map(|suspicion| match suspicion {
        Suspicion::AtBoundary { parameter } => Some(parameter.as_str()),
        _ => None,
    });
    let at_edge: Vec<&str> = at_edge.collect();
    let mut words = Vec::new();
    if !at_edge.is_empty() {
        words.push(format!(
            "The {model} would be best with 0 or infinity for its {} {}: contacts differ less than it \
             assumes, nobody seems to be lost, or too little was seen to tell.",
            if at_edge.len() == 1 { "parameter" } else { "parameters" },
            at_edge.join(" and ")
        ));
    }
    words.extend(suspicions.iter().filter_map(|suspicion| match suspicion {
        Suspicion::AtBoundary { .. } => None,
        Suspicion::Ridge { .. } => Some(format!(
            "Some parameters of the {model} can move together without fitting worse: only what they say \
             together is known, so they have no standard errors."
        )),
        Suspicion::NotConverged => Some(format!(
            "The fit of the {model} ended before it stood still: its parameters may be off."
        )),
    }));
    let hint = "The backtest judges what it predicts all the same; look at it before acting.";
    words.iter().map(|words| notice(Severity::Warning, words, Some(hint))).collect()
}

/// Correlations of ranks nearer to 0 than the first change little, and beyond the second much.
const WEAK: f64 = 0.1;
const STRONG: f64 = 0.3;

/// What it means that the number and the value of orders go together, or that they do not.
fn correlated(spend: &FittedSpend) -> Block {
    let found = &spend.correlation;
    let numbers = format!(
        "Spearman’s correlation of a contact’s number of repeat orders and their mean value is {} ({}; \
         Pearson {}; {} contacts).",
        number::signed(found.spearman, 2),
        number::p_value(found.p_value),
        number::signed(found.pearson, 2),
        count(spend.contacts)
    );
    let (more, seldom, frequent) = match found.spearman > 0.0 {
        true => ("more", "too high", "too low"),
        false => ("less", "too low", "too high"),
    };
    let means = format!(
        "who orders more often spends {more} an order. The model takes the two to have nothing to do with \
         each other, so lifetime values tend to be {seldom} for contacts with few orders, and {frequent} \
         for those with many"
    );
    match found.spearman.abs() {
        size if size < WEAK => Block::Text(format!(
            "{numbers} The model of values takes the two to have nothing to do with each other, and here \
             that is near enough."
        )),
        size if size < STRONG => Block::Text(format!("{numbers} To a small extent, {means}.")),
        _ => notice(
            Severity::Warning,
            &format!("{numbers} That is much: {means}."),
            Some("Use lifetime values to rank contacts rather than as budgets."),
        ),
    }
}

fn tried(outlook: &Outlook) -> Table {
    let used = outlook.choice.kind;
    let row = |model: &ModelTried| {
        let why = model.why_not.as_deref();
        let number = |value: Option<f64>, decimals| match value {
            Some(value) => decimal(value, decimals),
            None => Cell::missing(why.unwrap_or("no holdout")),
        };
        let verdict = match why {
            Some(why) => format!("could not be tried: {why}"),
            None if model.kind == used => "used".to_owned(),
            None => "not used".to_owned(),
        };
        vec![
            Cell::text(model.kind.title()),
            number(model.log_score, 4),
            number(model.log_likelihood, 1),
            Cell::text(verdict),
        ]
    };
    Table {
        name: "outlook-models".to_owned(),
        caption: sentence(&format!("models tried, chosen {}", outlook.choice.how)),
        columns: vec![
            Column::text("Model"),
            Column::number("Log score of the holdout").unit("nearer 0 is better"),
            Column::number("Log-likelihood"),
            Column::text("Verdict"),
        ],
        rows: outlook.choice.tried.iter().map(row).collect(),
    }
}

fn purchase_parameters(outlook: &Outlook) -> Table {
    let purchases = &outlook.purchases;
    let errors = purchases.standard_errors;
    let unit = if outlook.params.unit_days == 7 { "weeks" } else { "days" };
    let names = purchases.kind.parameters().into_iter().zip(meanings(purchases.kind, unit));
    let values = purchases.model.parameters();
    let row = |(place, (name, meaning)): (usize, (&str, String))| {
        parameter(name, values[place], errors.map(|errors| errors[place]), &meaning)
    };
    let mut rows: Vec<Vec<Cell>> = names.enumerate().map(row).collect();
    if let PurchaseModel::Geometric(model) = &purchases.model
        && model.k > 1
    {
        let meaning = "regularity of the gaps between orders; 1 is none";
        rows.push(parameter("k", f64::from(model.k), None, meaning));
    }
    let caption = format!(
        "{}, log-likelihood {}",
        purchases.kind.title(),
        number::decimal(purchases.log_likelihood, 1)
    );
    parameters_table("outlook-purchases", caption, rows)
}

fn meanings(kind: ModelKind, unit: &str) -> [String; 4] {
    let rate = "how alike the contacts’ rates of ordering are; small: a few order most";
    let time = format!("time scale of those rates, in {unit}");
    match kind {
        ModelKind::ParetoNbd => [
            rate.to_owned(),
            time,
            "how alike the contacts’ rates of being lost are".to_owned(),
            format!("time scale of those rates, in {unit}"),
        ],
        _ => [
            rate.to_owned(),
            time,
            "with b: the chance of being lost after an order, a / (a + b) on average".to_owned(),
            "see a; both small: some are lost at once and others never".to_owned(),
        ],
    }
}

fn spend_parameters(spend: &FittedSpend, currency: &str) -> Table {
    let model = &spend.model;
    let scale = format!("scale of the values over contacts, in {currency}");
    let meanings = [
        ("p", model.p, "how alike one contact’s orders are in value; large: alike"),
        ("q", model.q, "how alike contacts are in the value of their orders; large: alike"),
        ("v", model.v, scale.as_str()),
    ];
    let row = |(place, (name, value, meaning)): (usize, (&str, f64, &str))| {
        parameter(name, value, spend.standard_errors.map(|errors| errors[place]), meaning)
    };
    let caption = format!(
        "Gamma-gamma model of the value of an order, log-likelihood {}",
        number::decimal(spend.log_likelihood, 1)
    );
    let rows = meanings.into_iter().enumerate().map(row).collect();
    parameters_table("outlook-spend", caption, rows)
}

fn parameters_table(name: &str, caption: String, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        name: name.to_owned(),
        caption,
        columns: vec![
            Column::text("Parameter"),
            Column::number("Value"),
            Column::number("Standard error"),
            Column::text("What it says"),
        ],
        rows,
    }
}

fn parameter(name: &str, value: f64, error: Option<f64>, meaning: &str) -> Vec<Cell> {
    let decimals = |value: f64| if value.abs() >= 100.0 { 1 } else { 3 };
    let error = match error {
        Some(error) => decimal(error, decimals(value)),
        None => Cell::missing("the curvature of the likelihood says nothing"),
    };
    vec![Cell::text(name), decimal(value, decimals(value)), error, Cell::text(meaning)]
}

fn method(outlook: &Outlook) -> String {
    let values = match outlook.spend {
        Some(_) => {
            " Values: the gamma-gamma model (Fader, Hardie and Lee 2005) of the mean value of a contact’s \
             repeat orders; of contacts with few of them it takes more from everybody’s mean."
        }
        None => "",
    };
    format!(
        "{} Parameters by maximum likelihood from several starts, in {}; standard errors from its \
         curvature. Log score: mean ln of the probability of the number of orders that came.{}{values}",
        cited(outlook.purchases.kind),
        if outlook.params.unit_days == 7 { "weeks" } else { "days" },
        rhythms(&outlook.purchases)
    )
}

fn cited(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::BgNbd => {
            "BG/NBD (Fader, Hardie and Lee 2005): contacts order at rates of their own, and may be lost \
             after every order but the first."
        }
        ModelKind::MbgNbd => {
            "MBG/NBD (Batislam, Denizel and Filiztekin 2007): contacts order at rates of their own, and may \
             be lost after every order."
        }
        ModelKind::ParetoNbd => {
            "Pareto/NBD (Schmittlein, Morrison and Colombo 1987): contacts order at rates of their own, and \
             may be lost at any time."
        }
        ModelKind::BgCnbdK => {
            "BG/CNBD-k (Reutterer, Platzer and Schröder 2021): contacts order in rhythms of their own, and \
             may be lost after every order but the first."
        }
        ModelKind::MbgCnbdK => {
            "MBG/CNBD-k (Reutterer, Platzer and Schröder 2021): contacts order in rhythms of their own, and \
             may be lost after every order."
        }
    }
}

fn rhythms(purchases: &FittedPurchases) -> String {
    if purchases.rhythms.is_empty() {
        return String::new();
    }
    let one = |(k, log): &(u32, f64)| format!("{k} ({})", number::decimal(*log, 1));
    let all: Vec<String> = purchases.rhythms.iter().map(one).collect();
    format!(" k tried, with log-likelihoods: {}.", all.join(", "))
}
