//! The best hour to send, or why there is none.

use serde::Serialize;

use super::harmonic_curve::{HarmonicCurve, Peak};
use super::readout::LikelihoodRatio;
use crate::estimate::Estimate;

/// The answer to "when should we send?".
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum BestHour {
    Found {
        /// Local hour in [0, 24). The bounds are counted from the point without wrapping: 23.5 may
        /// reach from 22.5 to 24.5, which is half past midnight.
        hour: Estimate,
        /// The rate that the curve has there.
        rate: Estimate,
        /// The next-best crest of the curve, if it has several.
        rival: Option<RivalHour>,
    },
    None {
        #[serde(flatten)]
        reason: NoBestHour,
    },
}

/// A second crest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RivalHour {
    pub hour: f64,
    /// Log odds at the best hour less those at this one.
    pub difference: Estimate,
}

/// Why no hour is named.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum NoBestHour {
    #[error("no best hour: the rates of the hours differ by no more than chance")]
    Flat,
    #[error("no best hour: its interval spans half the day or more")]
    Vague,
    #[error("no best hour: the curve has two crests, and neither is clearly the higher one")]
    TwoCrests { hour: f64, other: f64 },
    #[error("no best hour: three hours are fitted by a wave whatever they are; test four or more")]
    TooFewHours,
    #[error(
        "no best hour: the hours differ, but not like a wave through the day; compare them one by one"
    )]
    NotAWave,
    #[error("no best hour: nobody acted, or everybody did")]
    NoVariation,
    #[error("no best hour: too few successes for a curve through the day")]
    TooFewSuccesses,
}

impl BestHour {
    /// The answer as a sentence, hours as on a clock.
    pub fn sentence(&self) -> String {
        match self {
            BestHour::None { reason } => reason.to_string(),
            BestHour::Found { hour, rate, .. } => format!(
                "the best local hour is {} ({:.0}% interval {} to {}), with a rate of {:.2}%",
                clock(hour.point),
                100.0 * hour.level,
                clock(hour.low),
                clock(hour.high),
                100.0 * rate.point
            ),
        }
    }
}

/// An hour as on a clock: 24.5 is 00:30.
pub(super) fn clock(hour: f64) -> String {
    let minutes = (hour.rem_euclid(24.0) * 60.0).round() as u32 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads the best hour off the curve: the test against a flat day must reject at the curve's level,
/// the interval must be shorter than half the day, and a second crest must be lower for sure.
pub(super) fn best_hour(curve: &HarmonicCurve, against_flat: &LikelihoodRatio, z: f64) -> BestHour {
    const HALF_A_DAY: f64 = 12.0;
    let no = |reason| BestHour::None { reason };
    let peaks = curve.peaks();
    let Some(first) = peaks.first().filter(|_| against_flat.rejects) else {
        return no(NoBestHour::Flat);
    };
    let half = z * first.std_error;
    // Not finite where the crest is flat.
    if half.is_nan() || 2.0 * half >= HALF_A_DAY {
        return no(NoBestHour::Vague);
    }
    let rate = curve.rate(first.hour);
    let rival = peaks.get(1).map(|second| RivalHour {
        hour: second.hour,
        difference: curve.difference(first.hour, second.hour),
    });
    if let Some(rival) = rival.as_ref().filter(|rival| !rival.difference.excludes(0.0)) {
        return no(NoBestHour::TwoCrests { hour: first.hour, other: rival.hour });
    }
    BestHour::Found { hour: hour(first, half, rate.level), rate, rival }
}

fn hour(peak: &Peak, half: f64, level: f64) -> Estimate {
    Estimate {
        point: peak.hour,
        std_error: Some(peak.std_error),
        low: peak.hour - half,
        high: peak.hour + half,
        level,
        method: "delta",
    }
}
