//! The fitted cut points and names, which score contacts that were not there.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::RfmPreset;

use super::cycle::Cycle;
use super::naming::Naming;
use super::params::RfmParams;
use super::purchases::{NO_ORDER, Purchases, Scored, Scores};
use super::rule::Rule;
use super::scale::{Better, Scale};

/// The form of the file, raised when a reader of the last one would misread it.
const FORMAT: &str = "microseg rfm 1";

/// A fitted RFM. Its scores of the contacts that it was fitted on are the rules' own, ties and all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RfmModel {
    format: String,
    /// ISO 4217 code of the cut points of money; amounts in another cannot be scored.
    pub currency: String,
    /// Contacts with an order that it was fitted on.
    pub buyers: usize,
    pub naming: Naming,
    /// Days.
    pub recency: Scale,
    /// Orders.
    pub frequency: Scale,
    /// Minor units.
    pub monetary: Scale,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Cycle>,
}

impl RfmModel {
    pub(super) fn fit(
        params: &RfmParams,
        naming: Naming,
        contacts: &[Purchases],
        gap_days: &[f64],
    ) -> Result<Self> {
        let buyers: Vec<(i64, &Purchases)> =
            contacts.iter().filter_map(|c| Some((c.recency_days?, c))).collect();
        if buyers.is_empty() {
            return Err(Error::data("nobody has an order before the as-of date")
                .hint("check the as-of date, and that amounts are above zero"));
        }
        let column = |value: &dyn Fn(&(i64, &Purchases)) -> i64| -> Vec<(i64, &str)> {
            buyers.iter().map(|buyer| (value(buyer), buyer.1.contact_id.as_str())).collect()
        };
        let is_cycle = params.preset == RfmPreset::Cycle;
        let cycle = is_cycle.then(|| Cycle::fit(gap_days)).transpose()?;
        let bands = cycle.as_ref().map(|cycle| Rule::Fixed(cycle.days.to_vec()));
        let recency = bands.as_ref().unwrap_or(&params.recency);
        let recency = recency.fit(&column(&|b| b.0), Better::Lower, params.bins);
        let frequency =
            params.frequency.fit(&column(&|b| b.1.orders()), Better::Higher, params.bins);
        let monetary =
            params.monetary.fit(&column(&|b| b.1.monetary_minor), Better::Higher, params.bins);
        Ok(RfmModel {
            format: FORMAT.to_owned(),
            currency: params.currency.clone(),
            buyers: buyers.len(),
            naming,
            recency,
            frequency,
            monetary,
            cycle,
        })
    }

    /// The scores of a contact; `None` without an order.
    ///
    /// # Cost
    /// Three binary searches among at most nine cut points.
    pub fn score(&self, contact: &Purchases) -> Option<Scores> {
        let id = &contact.contact_id;
        Some(Scores {
            recency: self.recency.score(contact.recency_days?, id),
            frequency: self.frequency.score(contact.orders(), id),
            monetary: self.monetary.score(contact.monetary_minor, id),
        })
    }

    /// Scores and names contacts, in their order.
    pub fn apply(&self, contacts: Vec<Purchases>) -> Vec<Scored> {
        let scored = contacts.into_iter().map(|purchases| {
            let scores = self.score(&purchases);
            let segment = scores.map_or(NO_ORDER, |scores| self.naming.name(scores));
            Scored { purchases, scores, segment }
        });
        scored.collect()
    }

    pub fn bins(&self) -> u8 {
        self.naming.bins
    }

    /// The names, from the best to the worst, those without an order last.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.naming.names().iter().copied().chain([NO_ORDER])
    }

    /// The scales with their names.
    pub fn scales(&self) -> [(&'static str, &Scale); 3] {
        [("recency", &self.recency), ("frequency", &self.frequency), ("monetary", &self.monetary)]
    }

    /// # Errors
    /// If amounts in `currency` cannot be held against the cut points.
    pub fn check_currency(&self, currency: &str) -> Result<()> {
        if self.currency == currency {
            return Ok(());
        }
        let (own, other) = (&self.currency, currency);
        Err(Error::settings(format!("the RFM model is for amounts in {own}, not in {other}"))
            .hint(format!("pass --currency {own} if the amounts are in it, or fit another model")))
    }

    /// The model as JSON with a line end.
    pub fn json(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self)
            .map_err(|e| Error::internal("the RFM model could not be written").caused_by(e))?;
        json.push(b'\n');
        Ok(json)
    }

    /// Reads what [`RfmModel::json`] wrote.
    ///
    /// # Errors
    /// If it is no such JSON, or its parts do not fit together.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).map_err(|e| Error::io("read the RFM model", path, e))?;
        Self::parse(&text).map_err(|e| e.at_file(path))
    }

    /// Reads the bytes of [`RfmModel::json`].
    pub fn parse(json: &[u8]) -> Result<Self> {
        let again = "write it with `microseg rfm --model`";
        let model: RfmModel = serde_json::from_slice(json)
            .map_err(|e| Error::data("not an RFM model").caused_by(e).hint(again))?;
        if model.format != FORMAT {
            return Err(Error::data("an RFM model of another version")
                .with_value(model.format)
                .hint(again));
        }
        model.naming.check()?;
        for (name, scale) in model.scales() {
            let better = if name == "recency" { Better::Lower } else { Better::Higher };
            scale.check(name, better, model.bins())?;
        }
        Ok(model)
    }
}
