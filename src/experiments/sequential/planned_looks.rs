//! Group-sequential bounds.

use serde::Serialize;

use super::super::level::Level;
use super::super::root::root;
use super::super::tail;
use super::random_walk::RandomWalk;
use super::spending::Spending;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// Whether an effect counts in either direction or only upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    One,
    Two,
}

/// The bounds of a few looks that were planned before the send.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedLooks {
    spending: Spending,
    sides: Sides,
    level: Level,
    looks: Vec<LookBound>,
}

/// One planned look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LookBound {
    /// Share of the planned information (recipients with a closed window), in (0, 1].
    pub information: f64,
    /// Stop if z reaches this; if |z| does, for two sides. Infinite if nothing may be spent yet.
    pub z: f64,
    /// The same as a p-value of this look alone.
    pub nominal_p: f64,
    /// Error probability used up to and with this look, over the sides together.
    pub alpha_spent: f64,
}

impl PlannedLooks {
    /// The bounds for looks at these shares of the planned information, by recursive numerical
    /// integration (Armitage, McPherson & Rowe 1969; Lan & DeMets 1983). α = 1 - level over all
    /// looks; with two sides, each gets half. If the last share is below 1, the rest of α stays
    /// unspent.
    ///
    /// # Errors
    ///
    /// A settings error unless the shares increase within (0, 1], and are at most fifty.
    pub fn new(
        information: &[f64],
        spending: Spending,
        sides: Sides,
        level: Level,
    ) -> Result<Self> {
        check(information)?;
        let mut plan = PlannedLooks { spending, sides, level, looks: Vec::new() };
        let mut walk = RandomWalk::start();
        let mut before = 0.0;
        for (i, share) in information.iter().enumerate() {
            let step = share - before;
            let next = information.get(i + 1).map_or(step, |next| next - share);
            let look = plan.bound(&walk, *share, step);
            // Beyond eight standard deviations nothing is left to integrate.
            let reach = 8.0 * share.sqrt();
            let high = (look.z * share.sqrt()).min(reach);
            let low = if sides == Sides::Two { -high } else { -reach };
            walk = walk.advance(step, low, high, step.min(next).sqrt());
            before = *share;
            plan.looks.push(look);
        }
        Ok(plan)
    }

    pub fn looks(&self) -> &[LookBound] {
        &self.looks
    }

    fn side_count(&self) -> f64 {
        if self.sides == Sides::Two { 2.0 } else { 1.0 }
    }

    fn bound(&self, walk: &RandomWalk, share: f64, step: f64) -> LookBound {
        let alpha = (1.0 - self.level.get()) / self.side_count();
        let spent = self.spending.spent(alpha, share);
        let before = self.looks.last().map_or(0.0, |look| look.alpha_spent / self.side_count());
        let z = bound_for(walk, share, step, spent - before);
        LookBound {
            information: share,
            z,
            nominal_p: match self.sides {
                Sides::One => tail::normal_above(z),
                Sides::Two => tail::normal(z).p,
            },
            alpha_spent: spent * self.side_count(),
        }
    }

    /// The first look whose z reaches its bound, counted from zero.
    pub fn first_crossing(&self, z: &[f64]) -> Option<usize> {
        let size = |z: f64| if self.sides == Sides::Two { z.abs() } else { z };
        self.looks.iter().zip(z).position(|(look, z)| size(*z) >= look.z)
    }

    /// The repeated confidence interval at a look (Jennison & Turnbull 1989): estimate ± bound ×
    /// se, right at all planned looks at once. `None` if there is no such look. With one side the
    /// upper end is infinite.
    pub fn interval(&self, look: usize, effect: f64, std_error: f64) -> Option<Estimate> {
        let half = self.looks.get(look)?.z * std_error;
        Some(Estimate {
            point: effect,
            std_error: Some(std_error),
            low: effect - half,
            high: if self.sides == Sides::Two { effect + half } else { f64::INFINITY },
            level: self.level.get(),
            method: "repeated confidence interval",
        })
    }
}

/// The z that is reached for the first time at this look with probability `chance`.
fn bound_for(walk: &RandomWalk, share: f64, step: f64, chance: f64) -> f64 {
    const HIGHEST: f64 = 38.0;
    let sd = share.sqrt();
    let short = |z: f64| chance.ln() - walk.exit_above(step, z * sd).ln();
    if chance <= 0.0 || short(HIGHEST) <= 0.0 {
        return f64::INFINITY;
    }
    root(short, -HIGHEST, HIGHEST)
}

fn check(information: &[f64]) -> Result<()> {
    const MOST: usize = 50;
    let hint = "give the share of the final recipients at each look, such as 0.25, 0.5, 1";
    if information.is_empty() || information.len() > MOST {
        let message = format!("{} planned looks; between 1 and {MOST} can be", information.len());
        return Err(Error::settings(message).hint(hint));
    }
    let mut before = 0.0;
    for share in information {
        // Shares that hardly differ are one look.
        if !(*share > before + 1e-6 && *share <= 1.0) {
            return Err(Error::settings("planned looks must increase within 0 to 1")
                .with_value(share.to_string())
                .hint(hint));
        }
        before = *share;
    }
    Ok(())
}
