//! `[segments.rfm]`: how recency, frequency and money are scored, and how the scores are named.

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};

/// Numbers of scores that can be asked for.
pub const RFM_BINS: [u8; 4] = [3, 4, 5, 10];

/// What `microseg.toml` says about RFM. What is left out follows from the preset.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RfmSettings {
    /// Scores run from 1 to this: 3, 4, 5 or 10.
    #[serde(default)]
    pub bins: Option<u8>,
    /// One rule for all three, or three: for recency, frequency and money.
    #[serde(default, deserialize_with = "one_or_three")]
    pub scoring: Vec<RfmScoring>,
    /// Most days since the last order for each score but the lowest, ascending.
    #[serde(default)]
    pub recency_cuts: Vec<i64>,
    /// Fewest orders for each score but the lowest, ascending.
    #[serde(default)]
    pub frequency_cuts: Vec<i64>,
    /// Least money spent for each score but the lowest, ascending, in major units such as 12.50.
    #[serde(default)]
    pub monetary_cuts: Vec<f64>,
    #[serde(default)]
    pub preset: Option<RfmPreset>,
    #[serde(default)]
    pub axis: RfmAxis,
}

/// How values become scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RfmScoring {
    /// By the share of contacts below and half of those alike; ties share a score.
    MidRank,
    /// By quantiles of the values; ties share a score.
    ValueEdges,
    /// Groups of equal size; of contacts that tie, the smaller id scores lower.
    Ntile,
    /// Groups of equal size; of contacts that tie, the larger id scores lower.
    NtileDesc,
    /// By cut points that are given.
    Fixed,
}

/// What combinations of scores are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RfmPreset {
    /// Ten cells over recency and frequency.
    Grid10,
    /// The same, with the lowest of them split in two.
    Grid11,
    /// Klaviyo's six groups over all 27 combinations of three scores.
    Klaviyo27,
    /// Four bands of recency, by how long this shop's buyers usually take to come back.
    Cycle,
    /// No names.
    None,
}

/// What the grids hold against recency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RfmAxis {
    #[default]
    Frequency,
    /// The mean of the scores of frequency and money, half a point rounded up.
    FrequencyMonetary,
}

impl RfmScoring {
    pub const ALL: [Self; 5] =
        [Self::MidRank, Self::ValueEdges, Self::Ntile, Self::NtileDesc, Self::Fixed];

    /// The word in settings and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::MidRank => "mid-rank",
            Self::ValueEdges => "value-edges",
            Self::Ntile => "ntile",
            Self::NtileDesc => "ntile-desc",
            Self::Fixed => "fixed",
        }
    }
}

impl RfmPreset {
    pub const ALL: [Self; 5] =
        [Self::Grid10, Self::Grid11, Self::Klaviyo27, Self::Cycle, Self::None];

    /// The word in settings and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Grid10 => "grid10",
            Self::Grid11 => "grid11",
            Self::Klaviyo27 => "klaviyo27",
            Self::Cycle => "cycle",
            Self::None => "none",
        }
    }
}

impl RfmAxis {
    pub const ALL: [Self; 2] = [Self::Frequency, Self::FrequencyMonetary];

    /// The word in settings and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Frequency => "frequency",
            Self::FrequencyMonetary => "frequency-monetary",
        }
    }
}

impl RfmSettings {
    pub fn is_default(&self) -> bool {
        *self == RfmSettings::default()
    }

    /// Checks what can be checked without data.
    ///
    /// # Errors
    /// If the number of bins or of rules is none of those allowed, or cut points do not ascend.
    pub fn check(&self) -> Result<()> {
        if let Some(bins) = self.bins.filter(|bins| !RFM_BINS.contains(bins)) {
            return Err(Error::settings(format!("{bins} bins of RFM scores"))
                .hint("choose 3, 4, 5 or 10 bins"));
        }
        if ![0, 1, 3].contains(&self.scoring.len()) {
            return Err(Error::settings(format!("{} rules of RFM scoring", self.scoring.len()))
                .hint("give one rule, or three: for recency, frequency and money"));
        }
        ascending("recency", &self.recency_cuts)?;
        ascending("frequency", &self.frequency_cuts)?;
        if self.monetary_cuts.iter().any(|cut| !cut.is_finite()) {
            return Err(Error::settings("a monetary cut point that is not a finite number"));
        }
        ascending("monetary", &self.monetary_cuts)
    }

    /// Cut points of each of the three that has any.
    pub fn cut_counts(&self) -> impl Iterator<Item = usize> {
        let counts = [self.recency_cuts.len(), self.frequency_cuts.len(), self.monetary_cuts.len()];
        counts.into_iter().filter(|count| *count > 0)
    }
}

fn ascending<T: PartialOrd + std::fmt::Debug>(name: &str, cuts: &[T]) -> Result<()> {
    match cuts.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::settings(format!(
            "{name} cut points must ascend, but {:?} comes before {:?}",
            pair[0], pair[1]
        ))
        .hint("write each once, the smallest first")),
    }
}

/// A word, or a list of words.
fn one_or_three<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RfmScoring>, D::Error> {
    struct Rules;

    impl<'de> Visitor<'de> for Rules {
        type Value = Vec<RfmScoring>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a rule of scoring, or a list of three")
        }

        fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
            RfmScoring::deserialize(de::value::StrDeserializer::new(word)).map(|rule| vec![rule])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
        }
    }

    from.deserialize_any(Rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<RfmSettings, String> {
        toml::from_str(text).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn a_rule_is_one_word_or_three() {
        assert_eq!(parsed("scoring = 'ntile'").unwrap().scoring, [RfmScoring::Ntile]);
        let three = parsed("scoring = ['value-edges', 'ntile-desc', 'fixed']").unwrap();
        assert_eq!(three.scoring.len(), 3);
        assert!(three.check().is_ok());
        assert!(parsed("scoring = ['ntile', 'ntile']").unwrap().check().is_err());
        let wrong = parsed("scoring = 'median'").unwrap_err();
        assert!(wrong.contains("median") && wrong.contains("mid-rank"), "{wrong}");
    }

    #[test]
    fn words_are_those_of_the_settings() {
        for rule in RfmScoring::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.word());
        }
        for preset in RfmPreset::ALL {
            assert_eq!(serde_json::to_value(preset).unwrap(), preset.word());
        }
        for axis in RfmAxis::ALL {
            assert_eq!(serde_json::to_value(axis).unwrap(), axis.word());
        }
    }

    #[test]
    fn cut_points_ascend_and_money_may_have_pence() {
        let fine = parsed("monetary_cuts = [50, 199.99]\nrecency_cuts = [30, 90]").unwrap();
        assert!(fine.check().is_ok());
        for text in ["recency_cuts = [90, 30]", "frequency_cuts = [2, 2]", "bins = 7"] {
            assert!(parsed(text).unwrap().check().is_err(), "{text}");
        }
        assert!(parsed("monetary_cuts = [nan]").unwrap().check().is_err());
    }
}
