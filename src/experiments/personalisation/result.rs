//! What personalising is worth, as plain data.

use serde::Serialize;

use super::super::spec::MetricKind;
use super::super::tail;
use super::answer::answer;
use super::cells::PolicyCells;
use super::learnt::Learnt;
use super::notes::notes;
use super::params::PersonalisationParams;
use super::value::ForwardFit;
use crate::error::Result;
use crate::estimate::Estimate;

/// The gain of an arm for each segment over the one best arm for all, and whether to take it.
///
/// Values are means per recipient. The gain is that of the rule of choosing: the policy and the
/// best single arm are learnt on the folds before each fold and compared on it. Held fixed are
/// those learnt choices, the segments and the shares of the arms; what is estimated is how much
/// more the learnt policies would bring, on average, to recipients like these. The policy that is
/// handed over is learnt on everybody, knows more than those valued, and tends to bring more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Personalisation {
    pub metric: String,
    pub kind: MetricKind,
    pub control: String,
    /// The best single arm, learnt on everybody.
    pub best_for_all: String,
    /// Value of the policy less value of the best single arm, per recipient.
    pub gain: Estimate,
    /// One-sided: of a gain at least this high if there is none.
    pub p: f64,
    pub p_method: &'static str,
    pub value_best_for_all: Estimate,
    pub value_policy: Estimate,
    /// The policy learnt on everybody, in the order of the input.
    pub segments: Vec<SegmentChoice>,
    /// The share of the valued choices whose best single arm is the same.
    pub best_agreement: f64,
    pub folds: usize,
    /// The folds that only teach; the others are valued.
    pub first_folds: usize,
    /// `None` where the folds were given. Another seed splits otherwise and moves the gain by a
    /// standard error or so: choose it before looking.
    pub seed: Option<u64>,
    pub recipients: u64,
    /// Kish's effective number of the recipients that decide the gain: those that got one of the
    /// two arms in segments where they differ.
    pub effective_n: f64,
    /// The gain's interval is above zero, at least [`Personalisation::FEWEST`] effective
    /// recipients decide it, and the policy has at least two arms.
    pub recommended: bool,
    pub answer: String,
    /// In plain words: what limits the answer.
    pub notes: Vec<String>,
}

/// The arm of one segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentChoice {
    pub segment: String,
    pub recipients: u64,
    pub arm: String,
    /// The arm's shrunken effect against the control. It chose the arm, so that it is lucky on
    /// average; the gain is not. `None` where an arm has no rows in the segment.
    pub effect: Option<f64>,
    /// The same against the best single arm; never below zero.
    pub over_best: Option<f64>,
    /// The share of the policies valued that choose this arm.
    pub agreement: f64,
}

impl Personalisation {
    /// The effective recipients that a recommendation asks for.
    pub const FEWEST: f64 = 100.0;

    /// True if two segments get different arms.
    pub fn is_personal(&self) -> bool {
        self.segments.windows(2).any(|pair| pair[0].arm != pair[1].arm)
    }
}

/// Learns the best arm for all and the best arm for each segment, and values the difference on
/// recipients that took no part in learning.
///
/// One fit for each fold, linear in the number of segments and arms, whatever the number of
/// recipients.
///
/// # Errors
///
/// A settings error for an arm that `cells` has not, a level outside (0, 1), or planned shares that
/// are not above zero, name an arm twice or leave one out.
pub fn personalisation(
    cells: &PolicyCells,
    params: &PersonalisationParams,
) -> Result<Personalisation> {
    let plan = params.check(cells)?;
    let fit = ForwardFit::new(cells, &plan);
    let total = cells.total();
    let learnt = Learnt::from(&total, cells.kind(), cells.arms(), plan.control);
    let name = |arm: usize| cells.arms().get(arm).cloned().unwrap_or_default();
    let gain = fit.gain(plan.level);
    let of_folds = |same: &dyn Fn(&Learnt) -> bool| {
        fit.learnt.iter().filter(|fold| same(fold)).count() as f64 / fit.learnt.len() as f64
    };
    let choice = |(s, segment): (usize, &String)| SegmentChoice {
        segment: segment.clone(),
        recipients: total.segment_n(s),
        arm: name(learnt.arms[s]),
        effect: learnt.effects[s].as_ref().map(|effects| effects[learnt.arms[s]]),
        over_best: learnt.effects[s].as_ref().map(|e| e[learnt.arms[s]] - e[learnt.best]),
        agreement: of_folds(&|fold| fold.arms[s] == learnt.arms[s]),
    };
    let mut result = Personalisation {
        metric: plan.metric.clone(),
        kind: cells.kind(),
        control: name(plan.control),
        best_for_all: name(learnt.best),
        p: one_sided(&gain),
        gain,
        p_method: "normal, one-sided",
        value_best_for_all: fit.value_of_best(plan.level),
        value_policy: fit.value_of_policy(plan.level),
        segments: cells.segments().iter().enumerate().map(choice).collect(),
        best_agreement: of_folds(&|fold| fold.best == learnt.best),
        folds: cells.folds().len(),
        first_folds: ForwardFit::first(cells.folds().len()),
        seed: cells.seed(),
        recipients: total.n(),
        effective_n: fit.effective_n(),
        recommended: false,
        answer: String::new(),
        notes: Vec::new(),
    };
    result.recommended = result.gain.low > 0.0
        && result.effective_n >= Personalisation::FEWEST
        && result.is_personal();
    result.notes = notes(&result, &fit.learnt, &learnt, &total, cells);
    result.answer = answer(&result);
    Ok(result)
}

/// Where no recipient's term differs from the others, there is nothing that chance could explain.
fn one_sided(gain: &Estimate) -> f64 {
    match gain.std_error {
        Some(se) if se > 0.0 => tail::normal_above(gain.point / se),
        Some(_) if gain.point > 0.0 => 0.0,
        _ => 1.0,
    }
}
