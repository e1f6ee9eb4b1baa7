//! How lifetime value is spread over contacts: many who are worth little, few who are worth much.

use serde::Serialize;

use super::pair_bars::{PairBars, PairRow};
use super::scene::Scene;
use crate::reports::number;

/// Share of contacts beside share of value, a pair of bars a range of lifetime values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueSpread {
    /// ISO 4217 code of the amounts.
    pub currency: String,
    /// Lowest first.
    pub ranges: Vec<ValueRange>,
}

/// The contacts whose lifetime value lies between two amounts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueRange {
    /// Major units.
    pub from: f64,
    /// `None` for the last.
    pub to: Option<f64>,
    pub contacts: u64,
    /// Of all contacts, a fraction.
    pub share_of_contacts: f64,
    /// Of the value of all, a fraction.
    pub share_of_value: f64,
}

impl ValueSpread {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_empty = self.ranges.iter().all(|range| range.contacts == 0);
        is_empty.then(|| "there are no lifetime values".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let row = |range: &ValueRange| PairRow {
            label: range.label(),
            shares: [range.share_of_contacts, range.share_of_value],
        };
        let note = format!("lifetime value of a contact, {} (number of contacts)", self.currency);
        scene.paragraph(&note, scene.small(), 2);
        let bars = PairBars {
            names: ["share of contacts", "share of value"],
            rows: self.ranges.iter().map(row).collect(),
            axis: "share of the total".to_owned(),
        };
        bars.draw(scene);
    }
}

impl ValueRange {
    /// "20 to 50 (2,957)".
    fn label(&self) -> String {
        let amounts = match self.to {
            None => format!("{} or more", amount(self.from)),
            Some(to) if self.from == 0.0 => format!("under {}", amount(to)),
            Some(to) => format!("{} to {}", amount(self.from), amount(to)),
        };
        format!("{amounts} ({})", number::count(self.contacts))
    }
}

/// Whole, or with the decimals that a small amount needs.
fn amount(value: f64) -> String {
    let decimals = match value.abs() {
        value if value >= 1.0 || value == 0.0 => 0,
        value if value >= 0.01 => 2,
        _ => 4,
    };
    number::decimal(value, decimals)
}
