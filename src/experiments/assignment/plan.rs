//! What the arms will be able to show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assigner::Assigner;
use crate::error::{Error, Kind, Result};
use crate::experiments::design::{
    Design, DesignParams, MeanDesign, MeanTest, NullVariance, RateDesign, Spread,
};

/// What is known of the decision metric before the send.
#[derive(Debug, Clone, PartialEq)]
pub enum Baseline {
    /// A rate per contact.
    Rate(f64),
    /// A mean per contact, and the standard deviation of contacts.
    Mean { mean: f64, deviation: f64 },
    /// Nothing, and why.
    Unknown(String),
}

/// The arms of a comparison with the control, and the error rates it is planned for.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedArms {
    /// The control first.
    arms: Vec<(String, f64)>,
    alpha: f64,
    power: f64,
}

/// The planned arms of one stratum, or of all contacts, and the smallest lift that they show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedReach {
    /// `None`: everybody in arms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// The decision metric beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// Smallest relative lift of any one arm over the control that is found with the planned power, all arms
    /// being compared with the control at the planned alpha together (Bonferroni).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_relative_lift: Option<f64>,
    /// The same where all strata are read as one family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_relative_lift_together: Option<f64>,
    /// Why there is no smallest lift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
    /// Planned contacts by arm.
    pub contacts: BTreeMap<String, u64>,
}

impl PlannedArms {
    /// # Errors
    ///
    /// A settings error if the control is no arm with a share, or alpha or power is no share that can be planned
    /// for.
    pub fn new(assigner: &Assigner, control: &str, alpha: f64, power: f64) -> Result<Self> {
        let mut arms: Vec<(String, f64)> =
            assigner.arms().iter().map(|arm| (arm.name.clone(), arm.share)).collect();
        let Some(place) = arms.iter().position(|arm| arm.0 == control) else {
            let known = arms.iter().map(|arm| arm.0.as_str());
            return Err(Error::unknown(Kind::Settings, "control", control, known));
        };
        arms[..=place].rotate_right(1);
        let planned = PlannedArms { arms, alpha, power };
        planned.design(1)?;
        Ok(planned)
    }

    /// What `contacts` in arms can show of a metric with this baseline; `strata` are all that are read.
    ///
    /// # Errors
    ///
    /// A settings error if there are so many strata that no alpha is left.
    pub fn reach(
        &self,
        stratum: Option<&str>,
        contacts: u64,
        baseline: &Baseline,
        strata: usize,
    ) -> Result<PlannedReach> {
        let size =
            |(arm, share): &(String, f64)| (arm.clone(), (contacts as f64 * share).round() as u64);
        let mut reach = PlannedReach {
            stratum: stratum.map(str::to_owned),
            baseline: None,
            smallest_relative_lift: None,
            smallest_relative_lift_together: None,
            why_not: None,
            contacts: self.arms.iter().map(size).collect(),
        };
        let in_control = contacts as f64 * self.arms[0].1;
        match lift(&self.design(1)?, in_control, baseline) {
            Err(why) => reach.why_not = Some(why),
            Ok(lift) => {
                reach.smallest_relative_lift = Some(lift);
                if stratum.is_some() && strata > 1 {
                    let together = lift_of(&self.design(strata)?, in_control, baseline);
                    reach.smallest_relative_lift_together = together;
                }
            }
        }
        reach.baseline = match baseline {
            Baseline::Rate(value) | Baseline::Mean { mean: value, .. } => Some(*value),
            Baseline::Unknown(_) => None,
        };
        Ok(reach)
    }

    fn design(&self, strata: usize) -> Result<Design> {
        let shares: Vec<f64> = self.arms.iter().map(|arm| arm.1).collect();
        DesignParams::new()
            .alpha(self.alpha)
            .power(self.power)
            .arms(self.arms.len())
            .allocation(shares)
            .segments(strata)
            .check()
    }
}

/// The smallest relative lift, or why there is none.
fn lift(design: &Design, in_control: f64, baseline: &Baseline) -> std::result::Result<f64, String> {
    match baseline {
        Baseline::Unknown(why) => return Err(why.clone()),
        Baseline::Rate(rate) if *rate <= 0.0 => return Err("nobody did it before".to_owned()),
        Baseline::Rate(rate) if *rate >= 1.0 => return Err("everybody did it before".to_owned()),
        Baseline::Mean { mean, .. } if *mean <= 0.0 => {
            return Err(
                "the mean before was not above 0, so that no lift is relative to it".to_owned()
            );
        }
        Baseline::Mean { deviation, .. } if *deviation <= 0.0 => {
            return Err("all contacts had the same value before".to_owned());
        }
        _ => {}
    }
    lift_of(design, in_control, baseline)
        .ok_or_else(|| "no lift is found, however large".to_owned())
}

fn lift_of(design: &Design, in_control: f64, baseline: &Baseline) -> Option<f64> {
    match *baseline {
        Baseline::Rate(rate) => {
            let design = RateDesign::new(design.clone(), rate, NullVariance::Pooled).ok()?;
            design.smallest_rise(in_control).map(|treatment| treatment / rate - 1.0)
        }
        Baseline::Mean { mean, deviation } => {
            let spread = Spread::new(deviation, deviation).ok()?;
            let design = MeanDesign::new(design.clone(), spread, MeanTest::Welch);
            design.smallest_difference(in_control).map(|difference| difference / mean)
        }
        Baseline::Unknown(_) => None,
    }
}
