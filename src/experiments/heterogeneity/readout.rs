//! One metric over the segments of one column, as plain data.

use serde::Serialize;

use super::super::effect::Side;
use super::super::level::Level;
use super::super::rates::compare_rates;
use super::cochran_q::{CochranQ, cochran_q};
use super::effects::SegmentEffects;
use super::interaction::{CommonOdds, InteractionTest, breslow_day, logistic_interaction};
use super::mantel_haenszel::{MantelHaenszel, mantel_haenszel};
use super::pooled::{Pooled, pooled};
use super::post_stratified::{PostStratified, post_stratified};
use super::rate_prior::RatePrior;
use super::rest::{AgainstRest, against_rest};
use super::segments::{LeftOut, Segment, Segments};
use super::shrunken::{ShrunkenEffect, shrink};
use super::tau_squared::TauMethod;
use super::winner::{Winner, winner};
use crate::estimate::Estimate;

/// How an effect varies over segments: pooled first, then whether it varies at all, then each
/// segment by itself and shrunken. Every effect is treatment less control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Heterogeneity {
    pub pooled: Option<Pooled>,
    /// The overall effect at equal shares of the segments in both arms.
    pub post_stratified: Option<PostStratified>,
    pub mantel_haenszel: Option<MantelHaenszel>,
    pub tests: InteractionTests,
    /// In the order of the input.
    pub segments: Vec<SegmentFinding>,
    /// How the control's rates vary over segments, and the treatment's.
    pub control_rates: Option<RatePrior>,
    pub treatment_rates: Option<RatePrior>,
    /// The segment with the highest effect.
    pub best: Option<Winner>,
    pub left_out: Vec<LeftOut>,
    /// In plain words: what was pooled, left out or merged.
    pub notes: Vec<String>,
}

/// Tests that the effect is the same in all segments: of the difference, and of the odds ratio.
///
/// With a handful of successes an arm the likelihood ratio alarms too often (9 % at a level of 5 %
/// where two to five are expected); Breslow and Day's test with Tarone's correction does not.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct InteractionTests {
    pub cochran_q: Option<CochranQ>,
    pub logistic: Option<InteractionTest>,
    pub common_odds: Option<CommonOdds>,
    pub breslow_day: Option<InteractionTest>,
    pub breslow_day_tarone: Option<InteractionTest>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentFinding {
    pub segment: String,
    pub alone: Estimate,
    /// `None` where there is nothing to shrink towards.
    pub shrunken: Option<ShrunkenEffect>,
    pub rates: Option<SegmentRates>,
    pub against_rest: Option<AgainstRest>,
}

/// The rate of each arm in one segment, shrunken over the segments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentRates {
    pub control: Option<Estimate>,
    pub treatment: Option<Estimate>,
}

/// Reads a rate over segments. Nothing is estimated from a single segment; two are pooled without
/// shrinking. A few hundred evaluations of a likelihood per segment, whatever the counts.
pub fn heterogeneity(segments: &Segments, level: Level) -> Heterogeneity {
    let many = segments.used().len() > 1;
    let prior = |side| RatePrior::fit(&segments.arm(side));
    let (control, treatment) = rayon::join(|| prior(Side::Control), || prior(Side::Treatment));
    let priors = control.zip(treatment);
    let effects = priors.as_ref().and_then(|(c, t)| SegmentEffects::at_rates(segments, c, t));
    let mut found = match &effects {
        Some(effects) => heterogeneity_of_effects(effects, level),
        None => Heterogeneity::none(),
    };
    (found.control_rates, found.treatment_rates) = priors.filter(|_| many).unzip();
    found.segments = findings(segments, &found, level);
    if many {
        found.post_stratified = post_stratified(segments, level);
        found.mantel_haenszel = mantel_haenszel(segments, level);
    }
    found.tests.test_odds(segments);
    found.left_out = segments.left_out().to_vec();
    let of_rates = rate_notes(segments, &found, effects.is_some());
    found.notes.extend(of_rates);
    found
}

/// Reads any effect over segments, such as a difference of means, from its standard errors.
pub fn heterogeneity_of_effects(effects: &SegmentEffects, level: Level) -> Heterogeneity {
    const FEWEST: usize = 3;
    let pooled = pooled(effects, TauMethod::default(), level);
    let tau_squared = pooled.as_ref().map_or(0.0, |pooled| pooled.tau_squared);
    let kept = if effects.len() < FEWEST { 0.0 } else { tau_squared };
    let mut shrunken = shrink(effects, kept, level).unwrap_or_default().into_iter();
    let segments = effects.all().iter().map(|effect| SegmentFinding {
        segment: effect.name.clone(),
        alone: effect.estimate(level),
        shrunken: shrunken.next(),
        rates: None,
        against_rest: None,
    });
    Heterogeneity {
        segments: segments.collect(),
        tests: InteractionTests { cochran_q: cochran_q(effects), ..Default::default() },
        best: winner(effects, level),
        notes: pooling_note(effects.len(), kept).into_iter().collect(),
        pooled,
        ..Heterogeneity::none()
    }
}

impl Heterogeneity {
    fn none() -> Self {
        Heterogeneity {
            pooled: None,
            post_stratified: None,
            mantel_haenszel: None,
            tests: InteractionTests::default(),
            segments: Vec::new(),
            control_rates: None,
            treatment_rates: None,
            best: None,
            left_out: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl InteractionTests {
    fn test_odds(&mut self, segments: &Segments) {
        if let Some((test, common)) = logistic_interaction(segments) {
            (self.logistic, self.common_odds) = (Some(test), common);
        }
        if let Some((plain, tarone)) = breslow_day(segments) {
            (self.breslow_day, self.breslow_day_tarone) = (Some(plain), Some(tarone));
        }
    }
}

/// Each segment by its counts, with what was found from the effects.
fn findings(segments: &Segments, found: &Heterogeneity, level: Level) -> Vec<SegmentFinding> {
    let rate = |prior: &Option<RatePrior>, segment: &Segment, side| {
        prior.as_ref().and_then(|prior| prior.posterior(segment.arm(side), level))
    };
    let mut rest = against_rest(segments, level).into_iter();
    let mut shrunken = found.segments.iter().map(|finding| finding.shrunken.clone());
    let finding = |segment: &Segment| {
        let (rest, shrunken) = (rest.next(), shrunken.next().flatten());
        let effect = compare_rates(&segment.control, &segment.treatment, level).ok()?;
        Some(SegmentFinding {
            segment: segment.name.clone(),
            alone: effect.difference,
            shrunken,
            rates: found.control_rates.is_some().then(|| SegmentRates {
                control: rate(&found.control_rates, segment, Side::Control),
                treatment: rate(&found.treatment_rates, segment, Side::Treatment),
            }),
            against_rest: rest,
        })
    };
    segments.used().iter().filter_map(finding).collect()
}

fn pooling_note(segments: usize, tau_squared: f64) -> Option<String> {
    match segments {
        0 => None,
        1 => Some("one segment only: there is nothing to pool or to compare".to_owned()),
        2 => Some("two segments say too little about their spread: fully pooled".to_owned()),
        _ if tau_squared == 0.0 => Some(
            "the effects vary no more than chance makes them: every shrunken effect is the pooled \
             one"
            .to_owned(),
        ),
        _ => None,
    }
}

fn rate_notes(segments: &Segments, found: &Heterogeneity, varies: bool) -> Vec<String> {
    let used = segments.used();
    let left_out: Vec<&str> = segments.left_out().iter().map(|l| l.segment.as_str()).collect();
    let merged = found.post_stratified.as_ref().map_or(&[][..], |p| &p.merged);
    let merged: Vec<&str> = merged.iter().map(String::as_str).collect();
    let silent = used.iter().filter(|segment| !segment.is_informative()).count();
    let pooled = |prior: &Option<RatePrior>| prior.as_ref().is_some_and(|p| p.strength.is_none());
    let notes = [
        (!left_out.is_empty())
            .then(|| format!("left out, because an arm has no rows: {}", listed(&left_out))),
        (!used.is_empty() && !varies)
            .then(|| "no rate varies at all, so that no effect has a standard error".to_owned()),
        (silent > 0).then(|| {
            format!(
                "{silent} of {} segments have only successes or only failures: they say nothing \
                 about odds",
                used.len()
            )
        }),
        pooled(&found.control_rates).then(|| all_alike("control")),
        pooled(&found.treatment_rates).then(|| all_alike("treatment")),
        (!merged.is_empty()).then(|| {
            let names = listed(&merged);
            format!("post-stratified as one, because a rate does not vary in one of them: {names}")
        }),
    ];
    notes.into_iter().flatten().collect()
}

fn all_alike(arm: &str) -> String {
    format!("the {arm}'s rates vary no more than chance makes them: fully pooled")
}

fn listed(names: &[&str]) -> String {
    const MOST: usize = 6;
    let mut text = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(&format!(" and {} more", names.len() - MOST));
    }
    text
}
