//! The rules, caps and bands of a score.

use serde::Serialize;

use super::bands::Bands;
use super::fit::FitTest;
use super::points::Points;
use super::starter;
use crate::error::{Error, Kind, Result};
use crate::lake::schema::EVENT_KINDS;
use crate::workspace::{LeadGroup, LeadRuleSettings, LeadSettings};

/// How contacts are scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeadModel {
    /// In order of their ids.
    pub rules: Vec<LeadRule>,
    pub fit_cap: Points,
    pub intent_cap: Points,
    pub bands: Bands,
    /// Earlier weeks that are shown.
    pub weeks: usize,
    /// The rules are those to begin with, and those that the data do not serve are left out.
    pub is_starter: bool,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeadRule {
    pub id: String,
    pub group: LeadGroup,
    /// Of fit: points once; of intent: points for every occurrence.
    pub points: Points,
    /// Most points that the rule gives or takes, where there is a limit.
    pub cap: Option<Points>,
    pub look: Look,
    #[serde(skip)]
    pub line: u64,
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    Feature {
        feature: String,
        test: FitTest,
    },
    Event {
        /// A kind of event, or [`Look::ORDERED`].
        event: String,
        campaign_type: Option<String>,
        category: Option<String>,
        /// Opens and clicks of machines count too.
        machines: bool,
        within_days: Option<u32>,
        half_life_days: Option<f64>,
    },
}

impl Look {
    /// A completed order above zero.
    pub const ORDERED: &'static str = "ordered";
}

impl LeadModel {
    /// The score that the settings declare; the starter rules where they name none.
    ///
    /// # Errors
    /// A settings error for a kind of event that there is not.
    pub fn new(settings: &LeadSettings) -> Result<Self> {
        match settings.rules.is_empty() {
            true => Self::starter(settings),
            false => Self::of(settings, settings, false),
        }
    }

    /// The starter rules, with the caps and bands of the settings.
    ///
    /// # Errors
    /// None: a test reads them.
    pub fn starter(settings: &LeadSettings) -> Result<Self> {
        Self::of(settings, &LeadSettings::parse(starter::TOML)?, true)
    }

    fn of(settings: &LeadSettings, rules: &LeadSettings, is_starter: bool) -> Result<Self> {
        let rules = rules.rules.iter().map(|(id, rule)| LeadRule::of(id, rule.get_ref()));
        Ok(LeadModel {
            rules: rules.collect::<Result<_>>()?,
            fit_cap: Points::of(settings.fit_cap),
            intent_cap: Points::of(settings.intent_cap),
            bands: Bands::of(settings),
            weeks: settings.weeks as usize,
            is_starter,
        })
    }

    /// The points of a group: the sum of its rules, no less than 0 and no more than its cap.
    /// `points` are those of all rules, in their order.
    pub fn group(&self, group: LeadGroup, points: &[Points]) -> Points {
        let of_group = self.rules.iter().zip(points).filter(|(rule, _)| rule.group == group);
        let sum: Points = of_group.map(|(_, points)| *points).sum();
        Points(sum.0.clamp(0, self.cap(group).0))
    }

    pub fn cap(&self, group: LeadGroup) -> Points {
        match group {
            LeadGroup::Fit => self.fit_cap,
            LeadGroup::Intent => self.intent_cap,
        }
    }
}

impl LeadRule {
    fn of(id: &str, rule: &LeadRuleSettings) -> Result<Self> {
        let look = match (&rule.feature, &rule.event) {
            (Some(feature), _) => {
                Look::Feature { feature: feature.clone(), test: FitTest::of(rule) }
            }
            (None, Some(event)) => Look::Event {
                event: known_event(event).map_err(|e| e.at_line(rule.line))?,
                campaign_type: rule.campaign_type.clone(),
                category: rule.category.clone(),
                machines: rule.machines.unwrap_or(false),
                within_days: rule.within_days,
                half_life_days: rule.half_life_days,
            },
            // The keys are checked when the settings are read.
            (None, None) => {
                return Err(Error::internal("a rule without a subject was let through"));
            }
        };
        let (id, group, line) = (id.to_owned(), rule.group, rule.line);
        let (points, cap) = (Points::of(rule.points), rule.cap.map(Points::of));
        Ok(LeadRule { id, group, points, cap, look, line })
    }

    /// What the rule looks at, in words.
    pub fn words(&self) -> String {
        match &self.look {
            Look::Feature { feature, test } => format!("{feature} {}", test.words()),
            Look::Event {
                event,
                campaign_type,
                category,
                machines,
                within_days,
                half_life_days,
            } => {
                let parts = [
                    Some(event.clone()),
                    category.as_ref().map(|word| format!("of category “{word}”")),
                    campaign_type.as_ref().map(|word| format!("of a campaign of type “{word}”")),
                    machines.then(|| "machines too".to_owned()),
                    within_days.map(|days| format!("in {days} days")),
                    half_life_days.map(|days| format!("half after {days} days")),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// No more points than the rule's cap, upwards or downwards.
    pub(super) fn capped(&self, points: Points) -> Points {
        self.cap.map_or(points, |cap| points.within(cap))
    }
}

fn known_event(event: &str) -> Result<String> {
    let known = EVENT_KINDS.into_iter().chain([Look::ORDERED]);
    match known.clone().any(|kind| kind == event) {
        true => Ok(event.to_owned()),
        false => Err(Error::unknown(Kind::Settings, "event", event, known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_capped_and_never_below_zero() {
        let text = "[leads]\nfit_cap = 10\n[leads.rules.a]\ngroup = \"fit\"\nfeature = \"x\"\n\
                    known = true\npoints = 8\n[leads.rules.b]\ngroup = \"fit\"\nfeature = \"y\"\n\
                    known = true\npoints = 4.5\n[leads.rules.c]\ngroup = \"intent\"\n\
                    event = \"unsubscribed\"\npoints = -20\n";
        let model = LeadModel::new(&LeadSettings::parse(text).unwrap()).unwrap();
        let points = [Points::of(8.0), Points::of(4.5), Points::of(-20.0)];
        assert_eq!(model.group(LeadGroup::Fit, &points), Points::of(10.0));
        assert_eq!(model.group(LeadGroup::Intent, &points), Points::ZERO);
    }

    #[test]
    fn an_unknown_event_is_answered_with_the_nearest_at_its_line() {
        let text =
            "[leads]\n[leads.rules.a]\ngroup = \"intent\"\nevent = \"product_view\"\npoints = 1\n";
        let error = LeadModel::new(&LeadSettings::parse(text).unwrap()).unwrap_err();
        assert_eq!(error.place().line, Some(2));
        assert_eq!(error.hint_text(), Some("did you mean `product_viewed`?"));
    }

    #[test]
    fn the_starter_rules_are_read() {
        let model = LeadModel::new(&LeadSettings::default()).unwrap();
        assert!(model.is_starter && model.rules.len() > 8);
        let has = |group| model.rules.iter().any(|rule| rule.group == group);
        assert!(LeadGroup::ALL.into_iter().all(has));
    }
}
