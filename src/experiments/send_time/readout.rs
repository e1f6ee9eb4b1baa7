//! A send-time experiment read.

use serde::Serialize;

use super::super::arms::{Omnibus, pearson, smallest_expected};
use super::super::level::Level;
use super::super::tail;
use super::best_hour::{BestHour, NoBestHour, best_hour, clock};
use super::harmonic_curve::HarmonicCurve;
use super::harmonic_fit::{HarmonicFit, NoFit, deviance, harmonic_fit};
use super::hour_bins::HourBins;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// The hours' rates, the wave through them, and what it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SendTime {
    /// The best hour as a sentence.
    pub answer: String,
    pub hours: Vec<HourRate>,
    pub best: BestHour,
    /// Where there is a best hour: the hour among those that were tested at which the curve is highest. The
    /// crest itself may lie between hours that nobody tried.
    pub best_tested: Option<f64>,
    /// `None` where no curve can be fitted; `best` says why.
    pub curve: Option<HarmonicCurve>,
    /// The curve against a flat day, two degrees of freedom for each harmonic.
    pub against_flat: Option<LikelihoodRatio>,
    /// The curve against one harmonic less; `None` for a single one.
    pub last_harmonic: Option<LikelihoodRatio>,
    /// A rate for every hour against the curve; `None` if the hours leave no degrees of freedom.
    pub lack_of_fit: Option<LikelihoodRatio>,
    /// The hours as unordered arms: needs no curve, and finds less where there is one.
    pub unordered: Option<Omnibus>,
    pub notes: Vec<String>,
}

/// One hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourRate {
    pub hour: f64,
    pub n: u64,
    pub successes: u64,
    /// The hour by itself.
    pub rate: Option<Estimate>,
    /// By the curve.
    pub fitted: Option<Estimate>,
}

/// A likelihood-ratio test of nested models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LikelihoodRatio {
    pub statistic: f64,
    pub df: u32,
    pub p: f64,
    pub ln_p: f64,
    /// p ≤ 1 - level.
    pub rejects: bool,
}

impl LikelihoodRatio {
    fn new(statistic: f64, df: usize, level: Level) -> Self {
        let statistic = statistic.max(0.0);
        let df = u32::try_from(df).unwrap_or(u32::MAX);
        let tail = tail::chi_squared(statistic, f64::from(df));
        let rejects = tail.p <= 1.0 - level.get();
        LikelihoodRatio { statistic, df, p: tail.p, ln_p: tail.ln_p, rejects }
    }
}

/// Below this p-value of the lack of fit, what the wave says of the best hour is not repeated: that of the
/// usual 5 % would refuse too many days that are nearly waves.
const NOT_A_WAVE: f64 = 0.001;

impl SendTime {
    pub(super) fn read(bins: &HourBins, harmonics: usize, level: Level) -> Result<Self> {
        let unordered = pearson(&bins.counts());
        let mut read = SendTime {
            answer: String::new(),
            hours: hours(bins, level),
            best: BestHour::None { reason: NoBestHour::NoVariation },
            best_tested: None,
            curve: None,
            against_flat: None,
            last_harmonic: None,
            lack_of_fit: None,
            unordered,
            notes: Vec::new(),
        };
        let total = bins.total();
        if bins.bins().len() < 2 * harmonics + 1 {
            return Err(aliased(bins, harmonics));
        }
        if total.successes() > 0 && total.failures() > 0 {
            match harmonic_fit(bins, harmonics) {
                Ok(fit) => read.add_curve(bins, fit, level),
                Err(NoFit::Aliased) => return Err(aliased(bins, harmonics)),
                Err(NoFit::Separated) => {
                    read.best = BestHour::None { reason: NoBestHour::TooFewSuccesses };
                }
            }
        }
        read.answer = match read.best_tested {
            Some(hour) => format!(
                "{}; of the hours that were tested, {} is best",
                read.best.sentence(),
                clock(hour)
            ),
            None => read.best.sentence(),
        };
        read.add_notes(bins);
        Ok(read)
    }

    /// The curve through the day, at `steps` hours from midnight to midnight; empty where there is none.
    pub fn wave(&self, steps: usize) -> Vec<(f64, Estimate)> {
        let hour = |step: usize| 24.0 * step as f64 / steps as f64;
        let curve = self.curve.iter();
        curve.flat_map(|c| (0..=steps).map(move |i| (hour(i), c.rate(hour(i))))).collect()
    }

    fn add_curve(&mut self, bins: &HourBins, fit: HarmonicFit, level: Level) {
        let total = bins.total();
        let flat = (total.successes() as f64 / total.failures() as f64).ln();
        let flat = deviance(bins, &vec![flat; bins.bins().len()]);
        let size = fit.coefficients.len();
        let against_flat = LikelihoodRatio::new(flat - fit.deviance, size - 1, level);
        let rest = bins.bins().len() - size;
        self.lack_of_fit = (rest > 0).then(|| LikelihoodRatio::new(fit.deviance, rest, level));
        let fewer = match size / 2 {
            1 => None,
            harmonics => harmonic_fit(bins, harmonics - 1).ok(),
        };
        self.last_harmonic =
            fewer.map(|less| LikelihoodRatio::new(less.deviance - fit.deviance, 2, level));
        let curve = HarmonicCurve::new(fit, level);
        for hour in &mut self.hours {
            hour.fitted = Some(curve.rate(hour.hour));
        }
        let best = best_hour(&curve, &against_flat, level.normal_critical());
        self.best = match (best, self.lack_of_fit) {
            (BestHour::Found { .. }, None) => BestHour::None { reason: NoBestHour::TooFewHours },
            (BestHour::Found { .. } | BestHour::None { reason: NoBestHour::Flat }, Some(test))
                if test.p < NOT_A_WAVE =>
            {
                BestHour::None { reason: NoBestHour::NotAWave }
            }
            (best, _) => best,
        };
        if matches!(self.best, BestHour::Found { .. }) {
            let highest = bins.bins().iter().map(|bin| bin.hour);
            self.best_tested = highest.max_by(|a, b| curve.logit(*a).total_cmp(&curve.logit(*b)));
        }
        self.against_flat = Some(against_flat);
        self.curve = Some(curve);
    }

    fn add_notes(&mut self, bins: &HourBins) {
        const FEW: f64 = 5.0;
        if self.lack_of_fit.is_some_and(|test| test.rejects) {
            self.notes.push(
                "the hours differ in ways that the curve does not follow: another harmonic may \
                 fit, or single hours stand out"
                    .to_owned(),
            );
        }
        if let Some(expected) = smallest_expected(&bins.counts()).filter(|e| *e < FEW) {
            self.notes.push(format!(
                "the smallest hour has only {expected:.1} expected successes, so the chi-squared \
                 over hours and the lack of fit are rough"
            ));
        }
        match bins.empty() {
            0 => {}
            1 => self.notes.push("an hour without sends is left out".to_owned()),
            empty => self.notes.push(format!("{empty} hours without sends are left out")),
        }
    }
}

fn hours(bins: &HourBins, level: Level) -> Vec<HourRate> {
    let hour = |bin: &super::HourBin| HourRate {
        hour: bin.hour,
        n: bin.counts.n(),
        successes: bin.counts.successes(),
        rate: bin.counts.wilson(level),
        fitted: None,
    };
    bins.bins().iter().map(hour).collect()
}

fn aliased(bins: &HourBins, harmonics: usize) -> Error {
    let message = format!(
        "a curve with {harmonics} harmonics cannot be told from others at these {} hours",
        bins.bins().len()
    );
    Error::data(message).hint(format!(
        "send at {} or more hours spread over the day, or ask for fewer harmonics",
        2 * harmonics + 1
    ))
}
