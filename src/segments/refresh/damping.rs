//! Which moves between discovered segments wait, because they may be noise.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::workspace::DampingStrategy;

/// Damping with checked parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Damping {
    strategy: DampingStrategy,
    margin: f64,
    consecutive: u8,
}

impl Damping {
    /// # Errors
    /// A settings error for a margin that is no share, or fewer than two refreshes in a row.
    pub fn new(strategy: DampingStrategy, margin: f64, consecutive: u8) -> Result<Self> {
        if !(0.0..1.0).contains(&margin) {
            return Err(Error::settings("the margin must lie between 0 and 1")
                .with_value(margin.to_string())
                .hint("0.1: a contact moves at once if the new segment is nearer by a tenth"));
        }
        if consecutive < 2 {
            return Err(Error::settings("consecutive must be 2 or more")
                .with_value(consecutive.to_string())
                .hint("write damping = \"none\" to let every move count at once"));
        }
        Ok(Damping { strategy, margin, consecutive })
    }

    /// Whether a contact moves that is now `new` from the segment it would move to and `old` from its own, and has been
    /// nearest to the new one at `seen` refreshes in a row, this one counted.
    pub fn moves(&self, new: f64, old: f64, seen: u8) -> bool {
        let is_clear = new < (1.0 - self.margin) * old;
        let is_lasting = seen >= self.consecutive;
        match self.strategy {
            DampingStrategy::None => true,
            DampingStrategy::Margin => is_clear,
            DampingStrategy::Consecutive => is_lasting,
            DampingStrategy::Either => is_clear || is_lasting,
        }
    }
}
