//! Groups within which finer segments are looked for.
//!
//! By buying: a contact is not yet a buyer, bought once, buys again, or has lapsed. Lapsed is who has
//! not ordered for longer than the last gap between orders of nine in ten contacts, or [`LAPSED_DAYS`] where
//! too few contacts have ordered twice to say.

use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::workspace::Strata;

use super::rfm::Scored;

/// Days without an order after which a buyer has lapsed, if the shop's own gaps do not say: half a
/// year, the first recency border of Klaviyo's groups.
pub const LAPSED_DAYS: f64 = 180.0;

/// Contacts with a gap between orders that are needed to use the shop's own gaps.
pub const FEWEST_GAPS: usize = 100;

/// The share of gaps that are shorter than a lapse.
const LONG_GAP: f64 = 0.9;

/// A division of all contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratification {
    pub names: Vec<String>,
    /// What each name means.
    pub meanings: Vec<String>,
    /// Stratum of each contact.
    pub labels: Vec<usize>,
}

/// Divides the contacts of `table`; `None` for [`Strata::None`].
///
/// # Errors
/// If the data do not hold what the strata are made of.
pub fn stratify(
    table: &FeatureTable,
    strata: Strata,
    scored: &[Scored],
) -> Result<Option<Stratification>> {
    match strata {
        Strata::None => Ok(None),
        Strata::Buying => by_buying(table).map(Some),
        Strata::LifecycleStage => {
            let stages = table.label("lifecycle_stage").map_err(|e| {
                e.or_hint(
                    "map lifecycle_stage of the contacts, or set segments.strata = \"buying\"",
                )
            })?;
            if stages.iter().all(Option::is_none) {
                return Err(Error::data("no contact has a lifecycle_stage").hint(
                    "map lifecycle_stage of the contacts, or set segments.strata = \"buying\"",
                ));
            }
            let words = stages.into_iter().map(|s| s.unwrap_or("No stage").to_owned());
            Ok(Some(by_words(words.collect(), "lifecycle_stage of the contacts")))
        }
        Strata::Rfm if scored.is_empty() => {
            Err(Error::data("strata by RFM need orders").hint("set segments.strata = \"none\""))
        }
        Strata::Rfm => {
            let words = scored.iter().map(|s| s.segment.to_string());
            Ok(Some(by_words(words.collect(), "cell of the RFM grid")))
        }
    }
}

fn by_words(words: Vec<String>, meaning: &str) -> Stratification {
    let mut names = words.clone();
    names.sort();
    names.dedup();
    let place = |word: &String| names.binary_search(word).unwrap_or_default();
    Stratification {
        labels: words.iter().map(place).collect(),
        meanings: names.iter().map(|_| meaning.to_owned()).collect(),
        names,
    }
}

fn by_buying(table: &FeatureTable) -> Result<Stratification> {
    let orders = table.column("frequency")?;
    let recency = table.column("recency_days")?;
    let (lapse, source) = lapse_days(table);
    let of = |(orders, recency): (&f64, &f64)| match *orders {
        n if n < 1.0 || recency.is_nan() => 0,
        _ if *recency > lapse => 3,
        n if n < 2.0 => 1,
        _ => 2,
    };
    let days = lapse.round();
    Ok(Stratification {
        labels: orders.iter().zip(recency).map(of).collect(),
        names: ["Not yet buyers", "Bought once", "Buying again", "Lapsed buyers"]
            .map(str::to_owned)
            .to_vec(),
        meanings: vec![
            "no order".to_owned(),
            format!("one order, at most {days} days ago"),
            format!("two orders or more, the last at most {days} days ago"),
            format!("no order for more than {days} days: {source}"),
        ],
    })
}

/// Days after which a buyer has lapsed, and where the number is from.
pub fn lapse_days(table: &FeatureTable) -> (f64, String) {
    let gaps = table.column("order_gap_last_days");
    let mut gaps: Vec<f64> =
        gaps.map_or(Vec::new(), |gaps| gaps.iter().copied().filter(|g| !g.is_nan()).collect());
    if gaps.len() < FEWEST_GAPS {
        let text = format!("the usual half year, since only {} contacts ordered twice", gaps.len());
        return (LAPSED_DAYS, text);
    }
    gaps.sort_unstable_by(f64::total_cmp);
    let place = ((gaps.len() - 1) as f64 * LONG_GAP).round() as usize;
    (
        gaps[place].max(1.0),
        "longer than the last gap between orders of nine in ten contacts".to_owned(),
    )
}
