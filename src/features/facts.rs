//! What the catalogue depends on in a shop's data: the types of its campaigns.

use std::collections::HashMap;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::error::Result;
use crate::lake::Session;

/// Types of campaign that are told apart; the rest are one. More are a list, not a habit.
const MOST_TYPES: usize = 8;

/// Facts about a shop as it is seen at the as-of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Types of campaign, in text order: those of most campaigns, and perhaps [`Facts::OTHER`] last.
    pub campaign_types: Vec<String>,
    /// Campaign to the place of its type in `campaign_types`.
    pub types_by_campaign: HashMap<String, u8>,
}

impl Facts {
    /// What the types beyond the most frequent ones are called together.
    pub const OTHER: &'static str = "other";

    /// Reads the facts off a session.
    pub fn read(session: &Session) -> Result<Facts> {
        let mut campaigns = Vec::new();
        let sql = "SELECT CAST(campaign_id AS VARCHAR), CAST(campaign_type AS VARCHAR) \
                   FROM campaigns WHERE campaign_id IS NOT NULL AND campaign_type IS NOT NULL";
        for batch in session.collect(sql)? {
            let campaign = cast(batch.column(0), &DataType::Utf8)?;
            let of = cast(batch.column(1), &DataType::Utf8)?;
            let (campaign, of) = (campaign.as_string::<i32>(), of.as_string::<i32>());
            let rows = (0..batch.num_rows()).filter(|row| !of.value(*row).trim().is_empty());
            campaigns.extend(rows.map(|row| (campaign.value(row).to_owned(), slug(of.value(row)))));
        }
        Ok(Facts::of(campaigns))
    }

    /// The facts that pairs of campaign and type give.
    pub fn of(campaigns: Vec<(String, String)>) -> Facts {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        campaigns.iter().for_each(|(_, of)| *counts.entry(of).or_default() += 1);
        let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut names: Vec<String> = order
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .filter(|name| name != Facts::OTHER)
            .take(MOST_TYPES)
            .collect();
        names.sort();
        if names.len() < order.len() {
            names.push(Facts::OTHER.to_owned());
        }
        let place = |of: &String| names.iter().position(|n| n == of).unwrap_or(names.len() - 1);
        let places = campaigns.iter().map(|(campaign, of)| (campaign.clone(), place(of) as u8));
        let types_by_campaign = places.collect();
        Facts { campaign_types: names, types_by_campaign }
    }
}

/// A type as a part of a feature's name: small letters and digits.
fn slug(text: &str) -> String {
    let letters = text.trim().to_lowercase();
    letters.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_types_are_eight_and_the_rest() {
        let campaign = |n: usize, of: &str| (format!("m{n}"), of.to_owned());
        let mut campaigns: Vec<_> = (0..9).map(|n| campaign(n, &format!("t{n}"))).collect();
        campaigns.extend((9..12).map(|n| campaign(n, "t8")));
        let facts = Facts::of(campaigns);
        // `t7` is the last of those with one campaign.
        let names = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t8", "other"];
        assert_eq!(facts.campaign_types, names);
        assert_eq!((facts.types_by_campaign["m7"], facts.types_by_campaign["m10"]), (8, 7));
    }

    #[test]
    fn without_types_there_is_nothing() {
        assert_eq!(Facts::of(Vec::new()), Facts::default());
    }
}
