//! One experiment of the settings, read from the lake.

use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::experiments::bayes::{CampaignPrior, campaign_prior};
use crate::experiments::second_look::SecondLooks;
use crate::experiments::sequential::Watching;
use crate::experiments::{Level, Maturing, Reading, Readout, ReadoutParams, lake as units};
use crate::lake::Session;
use crate::reports;
use crate::workspace::{AsOf, ExperimentKind, ExperimentSettings};

/// One experiment's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExperimentResult {
    pub id: String,
    pub question: Option<String>,
    pub units: units::Intake,
    /// `None` while there is nobody to read; `not_yet` says why.
    pub readout: Option<Readout>,
    /// How the decision metric ripened; `None` for a mean, and without any success.
    pub maturing: Option<Maturing>,
    /// The decision metric's rate in past campaigns; `None` where they do not tell it.
    pub prior: Option<CampaignPrior>,
    pub not_yet: Option<String>,
}

impl ExperimentResult {
    /// True if a check failed that stops every verdict.
    pub fn is_broken(&self) -> bool {
        self.readout.as_ref().is_some_and(|readout| !readout.is_trustworthy())
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
            let names = known.iter().map(String::as_str);
            let slip = Error::unknown(Kind::Settings, "experiment", &experiment.id, names);
            if known.is_empty() || slip.hint_text().is_some_and(|h| h.starts_with("did you mean")) {
                return Err(slip);
            }
            let none = format!("no assignment names experiment `{}`", experiment.id);
            return Err(Error::settings(none).hint(format!(
                "assignments name {}; a file of `experiment assign` counts once it is a source of them",
                known.join(", ")
            )));
        }
        return Ok(Some("Nobody was assigned before the as-of date.".to_owned()));
    }
    let any_due = units.immature < units.assigned;
    if !units.any_sent && any_due && units::counts_mail(&experiment.metrics) {
        return Ok(Some(
            "No assignment says when the mail was sent, so that no open or click can be counted: map \
             `sent_at`, or the platform’s own log of the experiment as a second source."
                .to_owned(),
        ));
    }
    let (low, high) = units.mature_shares;
    let is_uneven = high - low > UNEVEN && units.maturity_p.is_some_and(|p| p < UNEVEN_ALPHA);
    let early = || {
        let uneven = if is_uneven { ", and not evenly over the arms" } else { "" };
        format!(
            "{} of {} recipients have not had the full {} hours yet{uneven}.",
            reports::number::count(units.immature),
            reports::number::count(units.assigned),
            units.window_hours
        )
    };
    if units.immature + units.without_time == units.assigned || is_uneven {
        return Ok(Some(early()));
    }
    Ok(missing_arm(experiment, units).map(|arm| format!("Nobody in `{arm}` yet. {}", early())))
}

/// An arm that is planned and of which no window is over yet, while others' are.
fn missing_arm<'a>(experiment: &'a ExperimentSettings, units: &units::Intake) -> Option<&'a str> {
    let planned = experiment.shares.iter().filter(|(_, share)| **share > 0.0).map(|(arm, _)| arm);
    let mut arms = std::iter::once(&experiment.control).chain(planned);
    let missing = arms.find(|arm| !units.units.arms.names.contains(arm));
    missing.filter(|_| units.immature > 0).map(String::as_str)
}

/// A difference in closed windows that chance makes more often than this is chance.
const UNEVEN_ALPHA: f64 = 0.001;

/// Where arms differ by more than this in the share of recipients whose window is over, those left
/// are no longer a random split: the early senders of a send-time test would look like a broken one.
const UNEVEN: f64 = 0.02;

/// Where the middle nine tenths of all recipients start more hours apart than this, they are taken to come
/// in as the experiment runs: nothing fixed their number beforehand.
const ONE_SEND_HOURS: f64 = 48.0;

/// Recipients of a pair of arms at which an always-valid interval is tightest.
const TUNING_N: f64 = 5000.0;

/// The hours that outcomes count at the planned look that is due. `None` if the experiment has
/// no early looks, its windows are closed, or not even the first look is due.
pub fn early_look(
    experiment: &ExperimentSettings,
    starts: Option<units::Starts>,
    as_of: &AsOf,
) -> Option<u32> {
    const HOUR_US: i64 = 3_600_000_000;
    let starts = starts.filter(|starts| !comes_in(experiment, Some(*starts)))?;
    let elapsed_hours = (as_of.micros() - starts.late_us) / HOUR_US;
    if elapsed_hours >= i64::from(experiment.window_hours) {
        return None;
    }
    experiment.looks.iter().copied().rfind(|hours| i64::from(*hours) <= elapsed_hours)
}

/// How the result is protected against reading it more than once.
fn reading(experiment: &ExperimentSettings, units: &units::Intake, alpha: f64) -> Result<Reading> {
    if comes_in(experiment, units.starts) {
        return Ok(Reading::AnyTime { tuning_n: TUNING_N });
    }
    if !experiment.looks.is_empty() {
        let window = experiment.window_hours;
        let early = experiment.looks.iter().filter(|hours| **hours < window);
        let hours: Vec<u32> = early.copied().chain([window]).collect();
        // Most outcomes come early, so that shares of the window understate what is known: the bounds are
        // on the safe side.
        let shares: Vec<f64> = hours.iter().map(|h| f64::from(*h) / f64::from(window)).collect();
        let look = hours.iter().position(|h| *h == units.window_hours).unwrap_or(hours.len() - 1);
        return Reading::planned_look(look, &shares, alpha);
    }
    Ok(Reading::Once)
}

/// True if recipients enter while the experiment runs.
fn comes_in(experiment: &ExperimentSettings, starts: Option<units::Starts>) -> bool {
    let is_spread = starts.is_some_and(|starts| starts.middle_hours > ONE_SEND_HOURS);
    is_spread && experiment.kind == ExperimentKind::Message
}

/// What past campaigns say of the decision metric, where they do.
pub fn prior(
    session: &Session,
    experiment: &ExperimentSettings,
    units: &units::Intake,
) -> Result<Option<CampaignPrior>> {
    let Some(starts) = units.starts else { return Ok(None) };
    let campaign = units.campaign.as_deref();
    let past = units::past_campaigns(session, experiment, campaign, starts.first_us)?;
    Ok(campaign_prior(&past).ok())
}

/// Compares the arms.
pub fn read(
    experiment: &ExperimentSettings,
    units: &units::Intake,
    prior: Option<&CampaignPrior>,
    alpha: f64,
    seed: u64,
) -> Result<Readout> {
    let tally = units.units.tally()?;
    let lower = experiment.metrics.iter().filter(|metric| units::lower_is_better(metric));
    let mut params = ReadoutParams::new(&experiment.id, &experiment.control)
        .alpha(alpha)
        .lower_is_better(lower.cloned())
        .reading(reading(experiment, units, alpha)?)
        .send_hours(experiment.kind == ExperimentKind::SendTime)
        .seed(seed);
    if !experiment.shares.is_empty() {
        // An arm that was planned to be empty, and is, is no arm.
        let is_arm = |arm: &String, share: f64| share > 0.0 || units.units.arms.names.contains(arm);
        let shares = experiment.shares.iter().filter(|(arm, share)| is_arm(arm, **share));
        let shares = shares.map(|(arm, share)| (arm.clone(), *share));
        params = params.planned_shares(shares.collect::<Vec<_>>());
    }
    for (metric, margin) in &experiment.guardrails {
        params = params.guardrail(metric, *margin);
    }
    if let Some(margin) = experiment.margin {
        params = params.margin(margin);
    }
    if let Some(prior) = prior.filter(|_| !units::lower_is_better(&experiment.metrics[0])) {
        params = params.prior(prior.prior);
    }
    let mut readout = params.check(tally.spec())?.read_with(&tally, &units.log)?;
    readout.second_looks = second_looks(experiment, units, seed).take(&units.rows)?;
    Ok(readout)
}

/// What a recipient did before takes noise out of what they did after; money is capped, resampled and ranked;
/// clicks are put over opens for those who want to see it.
fn second_looks(experiment: &ExperimentSettings, units: &units::Intake, seed: u64) -> SecondLooks {
    let has = |metric: &str| experiment.metrics.iter().any(|name| name == metric);
    let mut looks = SecondLooks::new(&experiment.control, Level::DEFAULT, seed);
    for (metric, covariate) in &units.covariates {
        looks = looks.covariate(metric, covariate);
    }
    if let (Some(metric), false) = (experiment.metrics.first(), units.first.is_empty()) {
        looks = looks.delivered(metric, units::DELIVERED);
    }
    if has("click") && has("human_open") {
        looks = looks.ratio("click", "human_open");
    }
    if has("revenue") {
        looks = looks.mean("revenue");
    }
    looks
}

/// How the decision metric ripened.
pub fn maturing(experiment: &ExperimentSettings, units: &units::Intake) -> Option<Maturing> {
    let arms = &units.units.arms.names;
    let control = arms.iter().position(|arm| *arm == experiment.control)?;
    let metric = experiment.metrics.first()?;
    let window = f64::from(units.window_hours);
    Maturing::of(metric, arms, control, &units.first, window, Level::DEFAULT)
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
        count(units.assigned - units.immature - units.without_time),
        count(units.never_sent)
    )];
    if result.readout.as_ref().is_some_and(|r| r.segments.iter().any(|s| s.column == "segment")) {
        facts.push(
            "Segments are those of the as-of date, made in part from what contacts did after the \
             send: take differences between segments as leads for a next test."
                .to_owned(),
        );
    }
    facts.extend(result.readout.as_ref().map(reading_words));
    if let Some(prior) = &result.prior {
        facts.push(format!(
            "Probabilities start from what {} past campaigns say of the rate: {}, worth {} recipients.",
            prior.campaigns,
            reports::number::percent(prior.prior.mean(), 2),
            count(prior.prior.strength().round() as u64)
        ));
    }
    if units.without_time > 0 {
        facts.push(format!(
            "{} recipients of whom no time is known are left out.",
            count(units.without_time)
        ));
    }
    if units.immature > 0 {
        facts.push(format!(
            "{} recipients whose window was not over are left out.",
            count(units.immature)
        ));
    }
    facts
}

fn reading_words(readout: &Readout) -> String {
    match readout.reading {
        Reading::Once => Watching::FixedSend.explanation().to_owned(),
        Reading::PlannedLook { look, looks, nominal_alpha } => format!(
            "{} This is look {} of {looks}; its level is {nominal_alpha:.4}.",
            Watching::PlannedLooks.explanation(),
            look + 1
        ),
        Reading::AnyTime { .. } => Watching::Arriving.explanation().to_owned(),
    }
}
