//! The arms as they came out, against the planned shares.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assigner::Assigner;
use super::params::HOLDOUT;
use super::roster::RosterRow;
use crate::error::Result;
use crate::experiments::ratio_check::{PlannedArm, RatioCheck, SRM_ALPHA, ratio_check};

/// Sizes of the arms, overall and by stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Balance {
    /// Names of the planned arms, in the order of [`StratumBalance::arms`].
    pub arms: Vec<String>,
    pub overall: StratumBalance,
    /// The holdout against its share; `None` if there is to be none.
    pub holdout: Option<RatioCheck>,
    /// By name; empty where there is only one.
    pub strata: Vec<StratumBalance>,
}

/// Sizes of the arms in one stratum, or in all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumBalance {
    pub stratum: String,
    /// Contacts in each planned arm.
    pub arms: Vec<u64>,
    pub held_out: u64,
    /// Contacts in arms of an earlier file that are not planned any more; in no check.
    pub elsewhere: u64,
    /// The arms against their shares, exact below 1000 contacts; `None` if nobody is in any.
    pub check: Option<RatioCheck>,
}

impl StratumBalance {
    /// Contacts in planned arms.
    pub fn in_arms(&self) -> u64 {
        self.arms.iter().sum()
    }

    /// All contacts.
    pub fn contacts(&self) -> u64 {
        self.in_arms() + self.held_out + self.elsewhere
    }

    fn add(&mut self, variant: &str, place: Option<usize>) {
        match place {
            Some(place) => self.arms[place] += 1,
            None if variant == HOLDOUT => self.held_out += 1,
            None => self.elsewhere += 1,
        }
    }
}

impl Balance {
    /// Counts the rows of a roster, and checks the arms' sizes as a readout does later: alarm at p < 0.001, divided
    /// among the strata (Bonferroni).
    ///
    /// # Errors
    ///
    /// Those of [`ratio_check`], which checked arms do not have.
    pub fn of(assigner: &Assigner, rows: &[RosterRow]) -> Result<Self> {
        let arms: Vec<String> = assigner.arms().iter().map(|arm| arm.name.clone()).collect();
        let empty = |stratum: &str| StratumBalance {
            stratum: stratum.to_owned(),
            arms: vec![0; arms.len()],
            held_out: 0,
            elsewhere: 0,
            check: None,
        };
        let mut overall = empty("");
        let mut strata: BTreeMap<&str, StratumBalance> = BTreeMap::new();
        for row in rows {
            let place = arms.binary_search(&row.variant).ok();
            overall.add(&row.variant, place);
            let stratum = strata.entry(&row.stratum).or_insert_with(|| empty(&row.stratum));
            stratum.add(&row.variant, place);
        }
        let mut strata: Vec<StratumBalance> = strata.into_values().collect();
        if strata.len() < 2 {
            strata.clear();
        }
        overall.check = check(assigner, &overall, SRM_ALPHA)?;
        let alpha = SRM_ALPHA / strata.len().max(1) as f64;
        for stratum in &mut strata {
            stratum.check = check(assigner, stratum, alpha)?;
        }
        let holdout = holdout(assigner, &overall)?;
        Ok(Balance { arms, overall, holdout, strata })
    }

    /// All checks that alarm, with what they are of.
    pub fn alarms(&self) -> Vec<(&str, &RatioCheck)> {
        let all =
            [("all arms", self.overall.check.as_ref()), ("the holdout", self.holdout.as_ref())];
        let strata = self.strata.iter().map(|s| (s.stratum.as_str(), s.check.as_ref()));
        let checks = all.into_iter().chain(strata);
        let checks = checks.filter_map(|(name, check)| Some((name, check?)));
        checks.filter(|(_, check)| check.mismatch).collect()
    }
}

fn check(assigner: &Assigner, found: &StratumBalance, alpha: f64) -> Result<Option<RatioCheck>> {
    if found.in_arms() == 0 {
        return Ok(None);
    }
    let arms = assigner.arms().iter().zip(&found.arms);
    let planned =
        arms.map(|(arm, rows)| PlannedArm { name: &arm.name, rows: *rows, weight: arm.share });
    ratio_check(&planned.collect::<Vec<_>>(), alpha).map(Some)
}

fn holdout(assigner: &Assigner, overall: &StratumBalance) -> Result<Option<RatioCheck>> {
    let share = assigner.holdout();
    if share == 0.0 || overall.contacts() == 0 {
        return Ok(None);
    }
    let rest = overall.in_arms() + overall.elsewhere;
    let arms = [
        PlannedArm { name: "in arms", rows: rest, weight: 1.0 - share },
        PlannedArm { name: HOLDOUT, rows: overall.held_out, weight: share },
    ];
    ratio_check(&arms, SRM_ALPHA).map(Some)
}
