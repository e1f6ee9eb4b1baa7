//! What is asked for, checked once.

use crate::error::{Error, Result};
use crate::ingest::exponent;
use crate::workspace::{RFM_BINS, RfmAxis, RfmPreset, RfmScoring, RfmSettings};

use super::model::RfmModel;
use super::naming::{KLAVIYO_RECENCY, Naming};
use super::purchases::Purchases;
use super::rule::Rule;

/// Unchecked parameters. The default is five bins by mid-rank, named by the grid of ten cells.
#[derive(Debug, Clone, PartialEq)]
pub struct RfmParams {
    pub bins: u8,
    /// Not read with the preset cycle, which makes its own cut points.
    pub recency: Rule,
    pub frequency: Rule,
    pub monetary: Rule,
    pub preset: RfmPreset,
    pub axis: RfmAxis,
    /// ISO 4217 code of the amounts.
    pub currency: String,
}

/// Parameters that fit together.
#[derive(Debug, Clone, PartialEq)]
pub struct RfmValidParams(RfmParams);

impl RfmParams {
    pub fn new(currency: &str) -> Self {
        RfmParams {
            bins: 5,
            recency: Rule::MidRank,
            frequency: Rule::MidRank,
            monetary: Rule::MidRank,
            preset: RfmPreset::Grid10,
            axis: RfmAxis::Frequency,
            currency: currency.to_owned(),
        }
    }

    /// One rule for all three.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.recency = rule.clone();
        self.frequency = rule.clone();
        self.monetary = rule;
        self
    }

    #[must_use]
    pub fn bins(mut self, bins: u8) -> Self {
        self.bins = bins;
        self
    }

    #[must_use]
    pub fn preset(mut self, preset: RfmPreset) -> Self {
        self.preset = preset;
        self
    }

    /// What settings ask for, with amounts in `currency`.
    ///
    /// # Errors
    /// If the settings do not fit together.
    pub fn from_settings(settings: &RfmSettings, currency: &str) -> Result<Self> {
        settings.check()?;
        let bins = bins(settings)?;
        let preset = settings.preset.unwrap_or(match bins {
            5 | 10 => RfmPreset::Grid10,
            _ => RfmPreset::None,
        });
        Naming { preset, axis: settings.axis, bins }.check()?;
        if settings.axis != RfmAxis::default() && !is_grid(preset) {
            return Err(Error::settings("only the RFM presets grid10 and grid11 have an axis")
                .hint("take one of them, or leave the axis out"));
        }
        let monetary = monetary_cuts(&settings.monetary_cuts, currency)?;
        let rule = |place: usize, name: &str, cuts: &[i64]| {
            rule(settings, place, name, cuts).map_err(|e| e.or_hint(REMEDY))
        };
        Ok(RfmParams {
            bins,
            recency: match preset {
                RfmPreset::Klaviyo27 | RfmPreset::Cycle => preset_recency(settings, preset)?,
                _ => rule(0, "recency", &settings.recency_cuts)?,
            },
            frequency: rule(1, "frequency", &settings.frequency_cuts)?,
            monetary: rule(2, "monetary", &monetary)?,
            preset,
            axis: settings.axis,
            currency: currency.to_owned(),
        })
    }

    /// # Errors
    /// If the bins are not 3, 4, 5 or 10 or have no names in the preset, if cut points do not ascend or
    /// are not one fewer than the bins.
    pub fn check(self) -> Result<RfmValidParams> {
        if !RFM_BINS.contains(&self.bins) {
            return Err(Error::settings(format!("{} bins of RFM scores", self.bins))
                .hint("choose 3, 4, 5 or 10 bins"));
        }
        self.naming().check()?;
        if self.preset != RfmPreset::Cycle {
            check_cuts("recency", &self.recency, self.bins)?;
        }
        check_cuts("frequency", &self.frequency, self.bins)?;
        check_cuts("monetary", &self.monetary, self.bins)?;
        Ok(RfmValidParams(self))
    }

    fn naming(&self) -> Naming {
        Naming { preset: self.preset, axis: self.axis, bins: self.bins }
    }
}

const REMEDY: &str = "give cut points for it, or another rule";

impl RfmValidParams {
    /// Fits cut points on the contacts with an order; their order changes nothing. `gap_days`, each
    /// contact's mean days between orders in any order and NaN without, are read by the preset cycle only.
    ///
    /// # Errors
    /// If nobody has an order, or the gaps do not tell a cycle.
    ///
    /// # Cost
    /// Three sorts.
    pub fn fit(&self, contacts: &[Purchases], gap_days: &[f64]) -> Result<RfmModel> {
        let RfmValidParams(params) = self;
        RfmModel::fit(params, params.naming(), contacts, gap_days)
    }
}

/// The number of bins: as asked, else that of a preset that has one only, else one more than the cut
/// points, else five.
fn bins(settings: &RfmSettings) -> Result<u8> {
    let only = settings.preset.and_then(|preset| match Naming::bins_of(preset) {
        [only] => Some(*only),
        _ => None,
    });
    let cuts = settings.cut_counts().next();
    let by_cuts = cuts.map(|count| u8::try_from(count + 1).unwrap_or(u8::MAX));
    let bins = settings.bins.or(only).or(by_cuts).unwrap_or(5);
    if !RFM_BINS.contains(&bins) {
        return Err(Error::settings(format!("{} cut points make {bins} bins", cuts.unwrap_or(0)))
            .hint("give 2, 3, 4 or 9 cut points, for 3, 4, 5 or 10 bins"));
    }
    Ok(bins)
}

fn is_grid(preset: RfmPreset) -> bool {
    matches!(preset, RfmPreset::Grid10 | RfmPreset::Grid11)
}

/// The rule for recency of a preset that brings cut points.
fn preset_recency(settings: &RfmSettings, preset: RfmPreset) -> Result<Rule> {
    let own = (settings.scoring.len() == 3).then(|| settings.scoring[0]);
    if own.is_some_and(|rule| rule != RfmScoring::Fixed) {
        let word = preset.word();
        return Err(Error::settings(format!(
            "the RFM preset {word} scores recency by fixed cut points"
        ))
        .hint("write fixed as the first of the three rules, or give one rule for all"));
    }
    let cuts = &settings.recency_cuts;
    match preset {
        RfmPreset::Cycle if !cuts.is_empty() => {
            Err(Error::settings("the RFM preset cycle makes its own cut points of recency")
                .hint("leave them out, or take another preset"))
        }
        _ if cuts.is_empty() => Ok(Rule::Fixed(KLAVIYO_RECENCY.to_vec())),
        _ => Ok(Rule::Fixed(cuts.clone())),
    }
}

/// Cut points take the place of the one rule for all three.
fn rule(settings: &RfmSettings, place: usize, name: &str, cuts: &[i64]) -> Result<Rule> {
    let own = (settings.scoring.len() == 3).then(|| settings.scoring[place]);
    let word = own.or(settings.scoring.first().copied()).unwrap_or(RfmScoring::MidRank);
    if !cuts.is_empty() {
        return match own {
            Some(word) if word != RfmScoring::Fixed => {
                Err(Error::settings(format!("{name} has cut points and the rule {}", word.word()))
                    .hint("leave one of them out"))
            }
            _ => Ok(Rule::Fixed(cuts.to_vec())),
        };
    }
    match word {
        RfmScoring::MidRank => Ok(Rule::MidRank),
        RfmScoring::ValueEdges => Ok(Rule::ValueEdges),
        RfmScoring::Ntile => Ok(Rule::Ntile),
        RfmScoring::NtileDesc => Ok(Rule::NtileDesc),
        RfmScoring::Fixed => Err(Error::settings(format!("{name} has no cut points"))),
    }
}

fn monetary_cuts(major: &[f64], currency: &str) -> Result<Vec<i64>> {
    let unit = 10f64.powi(exponent(currency) as i32);
    let minor = |cut: &f64| {
        let minor = (cut * unit).round();
        // The nearest float to an amount is within one part in 2^52 of it.
        let is_whole = (cut * unit - minor).abs() <= 1e-9 * minor.abs().max(1.0);
        let is_amount = is_whole && minor.abs() < 1e15;
        is_amount.then_some(minor as i64).ok_or_else(|| {
            Error::settings(format!("the monetary cut point {cut} is no amount of {currency}"))
                .hint("give amounts as they stand in the file, such as 12.50")
        })
    };
    major.iter().map(minor).collect()
}

fn check_cuts(name: &str, rule: &Rule, bins: u8) -> Result<()> {
    let Rule::Fixed(cuts) = rule else { return Ok(()) };
    let needed = usize::from(bins) - 1;
    if cuts.len() != needed {
        return Err(Error::settings(format!(
            "{name} has {} cut points, and {bins} bins need {needed}",
            cuts.len()
        ))
        .hint("all three have the same number of bins, one more than their cut points"));
    }
    match cuts.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(()),
        false => Err(Error::settings(format!("{name} cut points do not ascend"))),
    }
}
