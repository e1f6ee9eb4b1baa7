//! What is drawn: arms, their shares, and who is kept out.

use super::assigner::{Arm, Assigner};
use crate::error::{Error, Result};
use crate::experiments::ratio_check::{PlannedArm, planned_shares};

/// The variant of contacts that are in no arm.
pub const HOLDOUT: &str = "holdout";

/// What arms are drawn by, not yet checked.
///
/// ```text
/// AssignmentParams::new("subject-line").arm("plain", 1.0).arm("urgent", 1.0).holdout(0.1).check()?
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AssignmentParams {
    salt: String,
    arms: Vec<(String, f64)>,
    holdout: f64,
    send_hours: bool,
}

impl AssignmentParams {
    /// An experiment; its id is the salt, so that two experiments divide people independently.
    pub fn new(experiment: impl Into<String>) -> Self {
        AssignmentParams {
            salt: experiment.into(),
            arms: Vec::new(),
            holdout: 0.0,
            send_hours: false,
        }
    }

    /// Another salt than the experiment's id: experiments with one salt divide people alike.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<String>) -> Self {
        self.salt = salt.into();
        self
    }

    /// An arm and its share, on any scale.
    #[must_use]
    pub fn arm(mut self, name: impl Into<String>, share: f64) -> Self {
        self.arms.push((name.into(), share));
        self
    }

    #[must_use]
    pub fn arms(mut self, arms: impl IntoIterator<Item = (String, f64)>) -> Self {
        self.arms.extend(arms);
        self
    }

    /// The share of contacts that are in no arm.
    #[must_use]
    pub fn holdout(mut self, share: f64) -> Self {
        self.holdout = share;
        self
    }

    /// The arms are recipients' local hours of sending, named `h00` to `h23`. All 24 with equal shares if
    /// none is named.
    #[must_use]
    pub fn send_hours(mut self, hours: bool) -> Self {
        self.send_hours = hours;
        self
    }

    /// # Errors
    ///
    /// A settings error for an empty salt or one with control characters, a holdout that is no share, an arm
    /// without a name, named twice or named as the holdout, an hour that is none, a share that is negative or not
    /// finite, or fewer than two arms with a share.
    pub fn check(&self) -> Result<Assigner> {
        // The hash keeps its parts apart by a control character.
        if self.salt.is_empty() || self.salt.chars().any(char::is_control) {
            return Err(Error::settings("that cannot be a salt")
                .with_value(self.salt.escape_debug().to_string())
                .hint("a salt is a word or two, without line ends"));
        }
        if !(0.0..1.0).contains(&self.holdout) {
            return Err(Error::settings("the holdout is no share of contacts")
                .with_value(self.holdout.to_string())
                .hint("write a share from 0 to below 1, such as 0.1"));
        }
        let mut arms = self.arms.clone();
        if self.send_hours && arms.is_empty() {
            arms = (0..24).map(|hour| (format!("h{hour:02}"), 1.0)).collect();
        }
        arms.sort_by(|a, b| a.0.cmp(&b.0));
        check_names(&arms)?;
        let planned =
            arms.iter().map(|(name, weight)| PlannedArm { name, rows: 0, weight: *weight });
        let shares = planned_shares(&planned.collect::<Vec<_>>())?;
        let hour = |name: &str| self.send_hours.then(|| send_hour(name)).transpose();
        let arms = arms.into_iter().zip(shares).filter(|(_, share)| *share > 0.0);
        let arms = arms.map(|((name, _), share)| Ok(Arm { hour: hour(&name)?, name, share }));
        let arms = arms.collect::<Result<Vec<_>>>()?;
        Ok(Assigner::new(self.salt.clone(), arms, self.holdout))
    }
}

/// `arms` are in the order of their names.
fn check_names(arms: &[(String, f64)]) -> Result<()> {
    for (name, _) in arms {
        if name.trim().is_empty() {
            return Err(
                Error::settings("an arm has no name").hint("write [experiment.shares] a = 1")
            );
        }
        if name == HOLDOUT {
            return Err(Error::settings(format!("an arm is named `{HOLDOUT}`"))
                .hint("`holdout = 0.1` keeps contacts out of all arms; name the arm otherwise"));
        }
    }
    match arms.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(()),
        Some(pair) => Err(Error::settings(format!("arm `{}` is there twice", pair[0].0))
            .hint("give every arm one share")),
    }
}

fn send_hour(name: &str) -> Result<u8> {
    let digits = name.strip_prefix('h').filter(|digits| digits.len() == 2);
    let hour = digits.and_then(|digits| digits.parse::<u8>().ok()).filter(|hour| *hour < 24);
    hour.ok_or_else(|| {
        Error::settings(format!("arm `{name}` is no local hour of sending"))
            .hint("name the arms of a send-time experiment h00 to h23")
    })
}
