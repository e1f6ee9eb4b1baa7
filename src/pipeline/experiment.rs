//! One experiment of the settings, read from the lake.

use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::experiments::{Readout, ReadoutParams, lake as units};
use crate::reports;
use crate::workspace::ExperimentSettings;

/// One experiment's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExperimentResult {
    pub id: String,
    pub question: Option<String>,
    pub units: units::Intake,
    /// `None` while there is nobody to read; `not_yet` says why.
    pub readout: Option<Readout>,
    pub not_yet: Option<String>,
}

impl ExperimentResult {
    /// True if the split itself is broken.
    pub fn is_broken(&self) -> bool {
        self.readout.as_ref().is_some_and(|r| r.sample_ratio.mismatch)
    }
}

/// Why an experiment cannot be read yet. An id that no assignment has, while others do, is a slip.
pub fn not_yet(
    known: &[String],
    experiment: &ExperimentSettings,
    units: &units::Intake,
) -> Result<Option<String>> {
    if units.assigned == 0 {
        if !known.contains(&experiment.id) {
            let known = known.iter().map(String::as_str);
            return Err(Error::unknown(Kind::Settings, "experiment", &experiment.id, known));
        }
        return Ok(Some("Nobody was assigned before the as-of date.".to_owned()));
    }
    let (low, high) = units.mature_shares;
    let is_early = units.immature == units.assigned || high - low > UNEVEN;
    Ok(is_early.then(|| {
        format!(
            "{} of {} recipients have not had the full {} hours yet, and not evenly over the arms.",
            reports::number::count(units.immature),
            reports::number::count(units.assigned),
            units.window_hours
        )
    }))
}

/// Where arms differ by more than this in the share of recipients whose window is over, those left
/// are no longer a random split: the early senders of a send-time test would look like a broken one.
const UNEVEN: f64 = 0.02;

/// Compares the arms.
pub fn read(experiment: &ExperimentSettings, units: &units::Intake) -> Result<Readout> {
    let tally = units.units.tally()?;
    let mut params = ReadoutParams::new(&experiment.id, &experiment.control);
    if !experiment.shares.is_empty() {
        let shares = experiment.shares.iter().map(|(arm, share)| (arm.clone(), *share));
        params = params.planned_shares(shares.collect::<Vec<_>>());
    }
    params.check(tally.spec())?.read(&tally)
}

/// File name of an experiment's readout: its id, without what file systems dislike.
pub fn file_stem(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// What a reader must know about the units of an experiment.
pub fn facts(result: &ExperimentResult) -> Vec<String> {
    let units = &result.units;
    let count = reports::number::count;
    let mail = match &units.campaign {
        Some(campaign) => {
            format!("Mail events of campaign {campaign}, found from the sends, count")
        }
        None => "Events of any mail count".to_owned(),
    };
    let mut facts = vec![format!(
        "{mail} for {} hours after each recipient’s own send; orders count whatever brought them. \
         Everybody assigned is in the denominator: {} contacts, {} of them never sent.",
        units.window_hours,
        count(units.assigned - units.immature),
        count(units.never_sent)
    )];
    if result.readout.as_ref().is_some_and(|r| r.segments.iter().any(|s| s.column == "segment")) {
        facts.push(
            "Segments are those of the as-of date, made in part from what contacts did after the \
             send: take differences between segments as leads for a next test."
                .to_owned(),
        );
    }
    if units.immature > 0 {
        facts.push(format!(
            "{} recipients whose window was not over are left out.",
            count(units.immature)
        ));
    }
    facts
}
