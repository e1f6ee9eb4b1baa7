//! Everybody's stages at an as-of.

use super::crm;
use super::path::{Rules, path};
use super::rows::{self, Person};
use super::stage::Stage;
use super::thresholds::Thresholds;
use crate::error::Result;
use crate::lake::Session;
use crate::workspace::{AsOf, LifecycleSettings, StageSource};

const DAY_US: i64 = 86_400_000_000;

/// What stages are found from.
pub struct LifecycleInput<'a> {
    /// A session that ends at `as_of`.
    pub session: &'a Session,
    pub as_of: &'a AsOf,
    pub settings: &'a LifecycleSettings,
    /// Minor units of the shop's currency in a major one.
    pub minor_per_major: f64,
}

/// The stages of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    pub as_of: AsOf,
    pub source: StageSource,
    /// After how long customers are at risk and lapsed; `None` where nobody ever ordered, and for the
    /// stages of a CRM.
    pub thresholds: Option<Thresholds>,
    /// Names of the stages, in their order.
    pub stages: Vec<String>,
    /// In order of their ids.
    pub contacts: Vec<Staged>,
    /// What a reader should know.
    pub remarks: Vec<String>,
}

/// One contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    pub contact_id: String,
    /// The stages that the contact went through, as far as they are known; the last is the current one.
    /// Empty where it is not known.
    pub path: Vec<Entered>,
}

/// A stage, and when it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered {
    /// Place among the names of the stages.
    pub stage: usize,
    /// Microseconds since 1970 in UTC; `None` where it is not known.
    pub us: Option<i64>,
}

impl Staged {
    /// The current stage.
    pub fn now(&self) -> Option<Entered> {
        self.path.last().copied()
    }

    /// When the contact entered a stage for the last time.
    pub fn entered(&self, stage: usize) -> Option<i64> {
        self.path.iter().rev().find(|entered| entered.stage == stage)?.us
    }
}

/// Finds everybody's stage.
///
/// # Errors
///
/// A settings error, at its line, for an event, stage or attribute that there is not; a data error if the
/// shop has too few gaps between orders for the days that the settings do not name.
pub fn stages(input: &LifecycleInput<'_>) -> Result<Lifecycle> {
    match input.settings.source {
        StageSource::Crm => crm::stages(input),
        StageSource::Behaviour => behaviour(input),
    }
}

fn behaviour(input: &LifecycleInput<'_>) -> Result<Lifecycle> {
    let LifecycleInput { session, as_of, settings, .. } = *input;
    let people = rows::people(session, settings)?;
    let (gaps, orders) = rows::gaps(&people, as_of);
    let thresholds = match orders {
        0 => None,
        _ => Some(Thresholds::of(settings, &gaps)?),
    };
    let rules = rules(input, thresholds.as_ref());
    let contacts = people.into_iter().map(|person| staged(person, &rules, as_of)).collect();
    Ok(Lifecycle {
        as_of: as_of.clone(),
        source: StageSource::Behaviour,
        thresholds,
        stages: Stage::ALL.map(|stage| stage.word().to_owned()).into(),
        contacts,
        remarks: rows::no_leads(session, settings)?.into_iter().collect(),
    })
}

/// Without orders no wait begins.
fn rules(input: &LifecycleInput<'_>, thresholds: Option<&Thresholds>) -> Rules {
    let wait =
        |days: Option<u32>| days.map_or(i64::MAX, |days| i64::from(days).saturating_mul(DAY_US));
    let spend = input.settings.loyal_spend.map(|major| (major * input.minor_per_major).round());
    Rules {
        loyal_orders: input.settings.loyal_orders as usize,
        loyal_spend_minor: spend.map(|minor| minor as i64),
        at_risk_us: wait(thresholds.map(|days| days.at_risk_days)),
        lapsed_us: wait(thresholds.map(|days| days.lapsed_days)),
    }
}

/// Who is known without any date has signed up some time.
fn staged(person: Person, rules: &Rules, as_of: &AsOf) -> Staged {
    let place = |stage| Stage::ALL.iter().position(|known| *known == stage).unwrap_or(0);
    let steps = path(&person.moments, rules, as_of.micros());
    let mut path: Vec<Entered> = steps
        .into_iter()
        .map(|step| Entered { stage: place(step.stage), us: Some(step.us) })
        .collect();
    if path.is_empty() {
        path.push(Entered { stage: place(Stage::Subscriber), us: None });
    }
    Staged { contact_id: person.contact_id, path }
}
