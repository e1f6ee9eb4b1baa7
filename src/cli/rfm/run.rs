//! Reading, fitting or applying, writing the model.

use crate::error::{Error, Result};
use crate::ingest::flat::{ContactOrders, read_orders};
use crate::segments::rfm::{
    Purchases, RfmModel, RfmParams, RfmSummary, RfmValidParams, Scored, summary,
};
use crate::workspace::{AsOf, SourceSettings, atomic};

use super::super::args::{Global, RfmArgs};
use super::super::printer::Printer;
use super::super::{Verdict, order_file, source};
use super::result::RfmResult;

pub fn run(args: &RfmArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let (shop, zone) = order_file::shop(&args.dialect)?;
    let currency = args.dialect.currency.to_uppercase();
    // What is wrong with the options is said before a large file is read.
    let scoring = Scoring::new(args, &currency)?;
    let latest = if global.as_of.is_some() { None } else { Some(source::latest_us()) };
    let progress = |what: &str, rows: u64| printer.progress(what, rows);
    let orders = read_orders(&mapping(args), &shop, latest, &progress)?;
    let as_of = match (&global.as_of, orders.counts.last_us) {
        (Some(text), _) => AsOf::parse(text, zone)?,
        (None, Some(last)) => AsOf::after(last, zone)?,
        (None, None) => return Err(Error::data("no row has a time")),
    };
    let (contacts, later) = orders.by_contact(as_of.micros());
    let (summary, scored) = scoring.score(contacts, &as_of)?;
    if let Some(path) = &args.scoring.model {
        atomic::write_file(path, &summary.model.json()?)?;
    }
    let result = RfmResult { orders, as_of, later, currency, summary, scored };
    result.show(printer)?;
    Ok(order_file::judge(&result.orders, args.max_bad_share, printer))
}

/// A stored model, or what to fit one by.
enum Scoring {
    Stored(Box<RfmModel>),
    Fitted(RfmValidParams),
}

impl Scoring {
    fn new(args: &RfmArgs, currency: &str) -> Result<Self> {
        let Some(path) = &args.scoring.apply else {
            let params = RfmParams::from_settings(&args.scoring.settings(), currency)?;
            return Ok(Scoring::Fitted(params.check()?));
        };
        let model = RfmModel::read(path)?;
        model.check_currency(currency).map_err(|e| e.at_file(path))?;
        Ok(Scoring::Stored(Box::new(model)))
    }

    fn score(&self, orders: Vec<ContactOrders>, as_of: &AsOf) -> Result<(RfmSummary, Vec<Scored>)> {
        let gaps: Vec<f64> = orders.iter().map(|contact| gap_days(contact, as_of)).collect();
        let contacts: Vec<Purchases> =
            orders.into_iter().map(|contact| purchases(contact, as_of)).collect();
        match self {
            Scoring::Fitted(params) => {
                let model = params.fit(&contacts, &gaps)?;
                let scored = model.apply(contacts);
                Ok((summary(&model, &scored), scored))
            }
            Scoring::Stored(model) => {
                let scored = model.apply(contacts);
                Ok((summary(model, &scored), scored))
            }
        }
    }
}

fn mapping(args: &RfmArgs) -> SourceSettings {
    let columns = [
        ("contact", Some(&args.contact)),
        ("order", args.order.as_ref()),
        ("time", Some(&args.time)),
        ("amount", args.amount.as_ref()),
        ("quantity", args.quantity.as_ref()),
        ("price", args.price.as_ref()),
    ];
    order_file::mapping(&args.file, &args.dialect, &columns)
}

/// Recency counts calendar days in the as-of's zone.
fn purchases(orders: ContactOrders, as_of: &AsOf) -> Purchases {
    Purchases {
        recency_days: orders.last_sale_us.map(|last| as_of.days_since(last)),
        contact_id: orders.contact_id,
        frequency: orders.sales,
        monetary_minor: orders.net_minor,
    }
}

/// Mean calendar days between orders, NaN without two; as the feature `order_gap_mean_days`.
fn gap_days(orders: &ContactOrders, as_of: &AsOf) -> f64 {
    match (orders.first_sale_us, orders.last_sale_us) {
        (Some(first), Some(last)) if orders.sales > 1 => {
            let days = as_of.days_since(first) - as_of.days_since(last);
            days as f64 / (orders.sales - 1) as f64
        }
        _ => f64::NAN,
    }
}
