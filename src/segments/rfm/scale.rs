//! Cut points, and the score of a value.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::RfmScoring;

/// Which values score higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Days since the last order.
    Lower,
    /// Orders, money.
    Higher,
}

/// The worst value that still has some score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    pub value: i64,
    /// Where contacts with that value are split: the first of them, by the rule's order of ids, that
    /// has the score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<String>,
}

/// The cut points of one of the three, fitted or given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub rule: RfmScoring,
    pub better: Better,
    /// For the scores from 2 on, from the worst to the best. There are fewer than the bins less one
    /// where groups of equal size were asked of fewer contacts than groups: the highest scores are
    /// then nobody's.
    pub cuts: Vec<Cut>,
}

impl Scale {
    /// The score of a value: one more than the cut points that it reaches.
    pub fn score(&self, value: i64, contact_id: &str) -> u8 {
        1 + self.cuts.partition_point(|cut| self.reaches(value, contact_id, cut)) as u8
    }

    fn reaches(&self, value: i64, contact_id: &str, cut: &Cut) -> bool {
        match (self.goodness(value, cut.value), &cut.contact_id) {
            (Ordering::Equal, Some(first)) if self.rule == RfmScoring::NtileDesc => {
                contact_id <= first.as_str()
            }
            (Ordering::Equal, Some(first)) => contact_id >= first.as_str(),
            (goodness, _) => goodness.is_ge(),
        }
    }

    /// How good `a` is, beside `b`.
    fn goodness(&self, a: i64, b: i64) -> Ordering {
        match self.better {
            Better::Lower => b.cmp(&a),
            Better::Higher => a.cmp(&b),
        }
    }

    /// True if ties may be split.
    pub fn splits_ties(&self) -> bool {
        matches!(self.rule, RfmScoring::Ntile | RfmScoring::NtileDesc)
    }

    /// Checks a scale that was read from a file.
    pub(super) fn check(&self, name: &str, better: Better, bins: u8) -> Result<()> {
        let is_ascending = self.cuts.windows(2).all(|pair| {
            self.goodness(pair[0].value, pair[1].value).is_le()
                && pair[0].contact_id.is_some() == pair[1].contact_id.is_some()
        });
        let ids = self.cuts.iter().all(|cut| cut.contact_id.is_some() == self.splits_ties());
        if self.better != better || !is_ascending || !ids || self.cuts.len() >= usize::from(bins) {
            return Err(Error::data(format!("the cut points of {name} are not those of a model"))
                .hint("write the model again with `microseg rfm --model`"));
        }
        Ok(())
    }
}
