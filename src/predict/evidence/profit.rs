//! What a retention campaign earns when it goes to those who score best.
//!
//! Verbraken, T., Verbeke, W. & Baesens, B. (2013), A novel profit maximizing metric for measuring
//! classification performance of customer churn prediction models, *IEEE Transactions on Knowledge and
//! Data Engineering* 25, 961-973: MPC and EMPC. With values of single customers: Janssens, B. et al.
//! (2022), B2Boost, *Annals of Operations Research* (EMPB). Labels are true for those who churn.

use serde::Serialize;
use statrs::function::beta::beta_reg;

use crate::error::{Error, Result};

use super::input;
use super::ranking::{self, Ranking};

/// What a campaign to keep customers costs and brings, in one currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetentionOffer {
    /// Value of a customer who stays, above `incentive_cost`.
    pub clv: f64,
    /// What the offer costs if it is taken; who would have stayed takes it.
    pub incentive_cost: f64,
    pub contact_cost: f64,
}

/// The distribution Beta(α, β) of the share of churners who accept the offer and stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Acceptance {
    pub alpha: f64,
    pub beta: f64,
}

impl Default for Acceptance {
    /// Beta(6, 14), mean 0.3, as Verbraken et al.
    fn default() -> Self {
        Acceptance { alpha: 6.0, beta: 14.0 }
    }
}

/// An offer that costs a share of each customer's own value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueOffer {
    /// Cost of the offer as a share of the customer's value, in [0, 1).
    pub incentive_share: f64,
    pub contact_cost: f64,
}

/// The best campaign that a ranking allows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Profit {
    /// A customer of the whole base, contacted or not; never below 0, since nobody need be contacted.
    pub profit: f64,
    /// Share of the base to contact (for the expected profit: its mean).
    pub rate: f64,
    /// The lowest score that is contacted at that share; `None` if nobody is.
    pub threshold: Option<f64>,
}

/// MPC: the largest profit over all cuts, where the share `accept_rate` of churners accepts.
///
/// Contacting the churners tp and the others fp earns (tp [γ (CLV - d) - f] - fp [d + f]) / n, with
/// incentive d and contact cost f. Equal scores are contacted together; of equal profits the smaller
/// campaign is taken. `None` without rows.
///
/// # Errors
/// If the slices differ in length, a score is not finite, a cost is negative, the value of a customer
/// does not exceed the incentive, or `accept_rate` lies outside [0, 1].
pub fn maximum_profit(
    labels: &[bool],
    scores: &[f64],
    offer: &RetentionOffer,
    accept_rate: f64,
) -> Result<Option<Profit>> {
    offer.check()?;
    check_rate(accept_rate)?;
    let ranking = Ranking::new(labels, scores, None)?;
    let rows = labels.len() as f64;
    let mut best = Profit { profit: 0.0, rate: 0.0, threshold: None };
    for (tier, (churners, others)) in ranking.tiers.iter().zip(ranking.cumulative().iter().skip(1))
    {
        let profit = offer.earned(accept_rate, *churners, *others) / rows;
        if profit > best.profit {
            let rate = (churners + others) / rows;
            best = Profit { profit, rate, threshold: Some(tier.score) };
        }
    }
    Ok((!labels.is_empty()).then_some(best))
}

/// EMPC: the mean over the share of accepting churners, drawn from `acceptance`, of the largest profit
/// at that share. In closed form over the corners of the ROC curve's convex hull: from one to the next
/// the best cut moves on at γ = (f Δtp + (d + f) Δfp) / ((CLV - d) Δtp). `None` without rows.
///
/// # Errors
/// As of [`maximum_profit`]; also if a parameter of `acceptance` is not above 0.
pub fn expected_maximum_profit(
    labels: &[bool],
    scores: &[f64],
    offer: &RetentionOffer,
    acceptance: &Acceptance,
) -> Result<Option<Profit>> {
    offer.check()?;
    acceptance.check()?;
    let ranking = Ranking::new(labels, scores, None)?;
    if labels.is_empty() {
        return Ok(None);
    }
    let rows = labels.len() as f64;
    let hull = hull(&ranking.cumulative());
    let (mut profit, mut rate, mut low) = (0.0, 0.0, 0.0);
    for (k, &(churners, others)) in hull.iter().enumerate() {
        let next = hull.get(k + 1).map(|n| offer.turning(n.0 - churners, n.1 - others));
        let high: f64 = next.unwrap_or(1.0).clamp(low, 1.0);
        let chance = acceptance.below(high, 0.0) - acceptance.below(low, 0.0);
        let share = acceptance.below(high, 1.0) - acceptance.below(low, 1.0);
        let accepted = acceptance.mean() * share;
        profit += (offer.earned(0.0, churners, others) * chance
            + accepted * (offer.clv - offer.incentive_cost) * churners)
            / rows;
        rate += chance * (churners + others) / rows;
        low = high;
    }
    let threshold = threshold(scores, rate);
    Ok(Some(Profit { profit: profit.max(0.0), rate, threshold }))
}

/// EMPB: the largest profit where each customer has a value of their own, `clv`, and the offer costs a
/// share of it. A churner who is contacted brings γ (1 - δ) CLV - f, anybody else costs δ CLV + f.
///
/// `None` without rows.
///
/// # Errors
/// If the slices differ in length, a number is not finite, a value or cost is negative,
/// `incentive_share` lies outside [0, 1), or `accept_rate` outside [0, 1].
pub fn maximum_profit_by_value(
    labels: &[bool],
    scores: &[f64],
    clv: &[f64],
    offer: &ValueOffer,
    accept_rate: f64,
) -> Result<Option<Profit>> {
    input::scored(labels, scores)?;
    input::paired(scores, clv)?;
    offer.check(clv)?;
    check_rate(accept_rate)?;
    let rows = labels.len() as f64;
    let order = ranking::descending(scores);
    let mut best = Profit { profit: 0.0, rate: 0.0, threshold: None };
    let (mut contacted, mut sum) = (0, 0.0);
    for run in ranking::ties(&order, scores) {
        contacted += run.len();
        sum += run.iter().map(|&row| offer.earned(labels[row], clv[row], accept_rate)).sum::<f64>();
        if sum / rows > best.profit {
            let rate = contacted as f64 / rows;
            best = Profit { profit: sum / rows, rate, threshold: Some(scores[run[0]]) };
        }
    }
    Ok((!labels.is_empty()).then_some(best))
}

impl RetentionOffer {
    fn check(&self) -> Result<()> {
        check_cost("incentive_cost", self.incentive_cost)?;
        check_cost("contact_cost", self.contact_cost)?;
        if self.clv.is_finite() && self.clv > self.incentive_cost {
            return Ok(());
        }
        let (clv, cost) = (self.clv, self.incentive_cost);
        Err(Error::settings(format!("a customer worth {clv} is offered an incentive of {cost}"))
            .hint("the value of a kept customer must exceed the incentive"))
    }

    fn earned(&self, accept_rate: f64, churners: f64, others: f64) -> f64 {
        let kept = accept_rate * (self.clv - self.incentive_cost) - self.contact_cost;
        churners * kept - others * (self.incentive_cost + self.contact_cost)
    }

    /// The share of accepting churners from which it pays to contact these as well.
    fn turning(&self, churners: f64, others: f64) -> f64 {
        if churners == 0.0 {
            return f64::INFINITY;
        }
        let cost = self.incentive_cost + self.contact_cost;
        (self.contact_cost * churners + cost * others)
            / ((self.clv - self.incentive_cost) * churners)
    }
}

impl Acceptance {
    fn check(&self) -> Result<()> {
        let is_shape = |v: f64| v.is_finite() && v > 0.0;
        if is_shape(self.alpha) && is_shape(self.beta) {
            return Ok(());
        }
        let (alpha, beta) = (self.alpha, self.beta);
        Err(Error::settings(format!("Beta({alpha}, {beta}) is not a distribution"))
            .hint("both parameters must be above 0, such as 6 and 14"))
    }

    fn mean(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// P(γ ≤ x) under Beta(α + `more`, β).
    fn below(&self, x: f64, more: f64) -> f64 {
        match x {
            x if x <= 0.0 => 0.0,
            x if x >= 1.0 => 1.0,
            x => beta_reg(self.alpha + more, self.beta, x),
        }
    }
}

impl ValueOffer {
    fn check(&self, clv: &[f64]) -> Result<()> {
        check_cost("contact_cost", self.contact_cost)?;
        if !(0.0..1.0).contains(&self.incentive_share) {
            let message = format!("{} is not a share of a customer's value", self.incentive_share);
            return Err(Error::settings(message).hint("give 0.05 for five per cent"));
        }
        match clv.iter().position(|value| *value < 0.0) {
            None => Ok(()),
            Some(row) => Err(Error::data(format!("the value of row {row} is {}", clv[row]))
                .hint("the value of a customer who stays is not below 0")),
        }
    }

    fn earned(&self, is_churner: bool, clv: f64, accept_rate: f64) -> f64 {
        if is_churner {
            accept_rate * (1.0 - self.incentive_share) * clv - self.contact_cost
        } else {
            -self.incentive_share * clv - self.contact_cost
        }
    }
}

fn check_cost(name: &str, cost: f64) -> Result<()> {
    if cost.is_finite() && cost >= 0.0 {
        return Ok(());
    }
    Err(Error::settings(format!("{name} = {cost}")).hint("a cost is a number, not below 0"))
}

fn check_rate(rate: f64) -> Result<()> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    Err(Error::settings(format!("{rate} is not a share of churners who accept"))
        .hint("a share lies between 0 and 1, such as 0.3"))
}

/// The corners of the upper hull of (churners, others), from (0, 0).
fn hull(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for &(churners, others) in points {
        while let [.., before, last] = hull[..] {
            let first = (last.0 - before.0) * (others - before.1);
            let second = (churners - before.0) * (last.1 - before.1);
            // A corner stays only where the curve bends to the right.
            if first > second {
                break;
            }
            hull.pop();
        }
        hull.push((churners, others));
    }
    hull
}

/// The score of the last contact when the share `rate` is contacted, to the nearest whole contact.
fn threshold(scores: &[f64], rate: f64) -> Option<f64> {
    let contacts = (rate * scores.len() as f64).round() as usize;
    let order = ranking::descending(scores);
    contacts.checked_sub(1).and_then(|last| order.get(last)).map(|&row| scores[row])
}
