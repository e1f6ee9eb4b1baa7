//! What scores are called.

use serde::Serialize;

use super::points::Points;
use crate::workspace::LeadSettings;

/// Share of all points from which a contact is hot, and warm.
const HOT_AND_WARM: [f64; 2] = [0.6, 0.3];

/// Shares of a group's cap from which the letter is A, B and C, and the digit 1, 2 and 3.
const QUARTERS: [f64; 3] = [0.75, 0.5, 0.25];

/// How scores are named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bands {
    /// Hot from here, warm from there, cold below; of the whole score.
    Temperature { hot: f64, warm: f64 },
    /// Fewest points of fit for A, B and C, D below; of intent for 1, 2 and 3, 4 below.
    Grid { fit: [f64; 3], intent: [f64; 3] },
}

const LETTERS: [&str; 4] = ["A", "B", "C", "D"];

impl Bands {
    /// The bands of the settings; shares of the caps where they name none.
    pub fn of(settings: &LeadSettings) -> Self {
        let (fit, intent) = (settings.fit_cap, settings.intent_cap);
        if let Some(grid) = &settings.grid {
            let grid = grid.get_ref();
            return Bands::Grid {
                fit: grid.fit.unwrap_or(QUARTERS.map(|share| share * fit)),
                intent: grid.intent.unwrap_or(QUARTERS.map(|share| share * intent)),
            };
        }
        let [hot, warm] = HOT_AND_WARM.map(|share| share * (fit + intent));
        match &settings.bands {
            Some(bands) => {
                Bands::Temperature { hot: bands.get_ref().hot, warm: bands.get_ref().warm }
            }
            None => Bands::Temperature { hot, warm },
        }
    }

    /// The names of all bands, the best first.
    pub fn names(&self) -> Vec<String> {
        match self {
            Bands::Temperature { .. } => ["hot", "warm", "cold"].map(str::to_owned).into(),
            Bands::Grid { .. } => {
                let row =
                    |letter: &'static str| (1..=4).map(move |digit| format!("{letter}{digit}"));
                LETTERS.into_iter().flat_map(row).collect()
            }
        }
    }

    /// The place of a contact's band among [`Bands::names`].
    pub fn place(&self, fit: Points, intent: Points) -> usize {
        match self {
            Bands::Temperature { hot, warm } => below(&[*hot, *warm], fit + intent),
            Bands::Grid { fit: letters, intent: digits } => {
                LETTERS.len() * below(letters, fit) + below(digits, intent)
            }
        }
    }
}

/// How many of falling bounds are above some points.
fn below(bounds: &[f64], points: Points) -> usize {
    bounds.iter().take_while(|bound| points.value() < **bound).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(text: &str) -> Bands {
        Bands::of(&LeadSettings::parse(&format!("[leads]\n{text}\n")).unwrap())
    }

    fn name(bands: &Bands, fit: f64, intent: f64) -> String {
        bands.names()[bands.place(Points::of(fit), Points::of(intent))].clone()
    }

    #[test]
    fn a_bound_belongs_to_the_band_above_it() {
        let default = bands("");
        assert_eq!(default, Bands::Temperature { hot: 60.0, warm: 30.0 });
        let named = |fit, intent| name(&default, fit, intent);
        assert_eq!([named(10.0, 50.0), named(9.99, 50.0)], ["hot", "warm"]);
        assert_eq!([named(0.0, 30.0), named(0.0, 29.99)], ["warm", "cold"]);
        assert_eq!(bands("fit_cap = 30\nintent_cap = 70"), default);
    }

    #[test]
    fn letters_are_of_fit_and_digits_of_intent() {
        let grid = bands("[leads.grid]\nfit = [40, 30, 20]");
        assert_eq!(grid.names().len(), 16);
        assert_eq!(name(&grid, 40.0, 37.5), "A1");
        assert_eq!(name(&grid, 39.0, 25.0), "B2");
        assert_eq!(name(&grid, 20.0, 12.5), "C3");
        assert_eq!(name(&grid, 0.0, 0.0), "D4");
    }
}
