//! A planned test, as it is shown.

use serde::Serialize;

use crate::error::Result;
use crate::experiments::design::{Design, Sides};
use crate::reports::{Cell, Column, Table, number};

use super::super::args::Format;
use super::super::printer::Printer;
use super::comparison::shown;

/// Which of the three was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    Recipients,
    Power,
    SmallestLift,
}

/// A treatment against its control.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Effect {
    control: Option<f64>,
    treatment: Option<f64>,
    difference: f64,
    /// Difference over the control's size.
    lift: Option<f64>,
}

impl Effect {
    pub fn of(control: f64, difference: f64) -> Self {
        Effect::maybe(Some(control), difference)
    }

    pub fn maybe(control: Option<f64>, difference: f64) -> Self {
        Effect {
            control,
            treatment: control.map(|control| control + difference),
            difference,
            lift: control.filter(|c| *c != 0.0).map(|control| difference / control.abs()),
        }
    }
}

/// Effect, recipients and power that belong together.
#[derive(Debug)]
pub struct Solved {
    pub power: f64,
    /// In control, not rounded.
    pub n: f64,
    /// `None` where no effect is found, however large.
    pub effect: Option<Effect>,
    /// The smallest fall, where that was asked for.
    pub fall: Option<Effect>,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
pub struct PowerAnswer {
    asked: Asked,
    metric: &'static str,
    test: &'static str,
    sides: Sides,
    alpha: f64,
    /// The alpha of one comparison.
    alpha_each: f64,
    comparisons: usize,
    arms: usize,
    segments: usize,
    #[serde(flatten)]
    found: Found,
    /// The same where a significant difference of the wrong sign counts as found too.
    either_way: Option<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    power: f64,
    #[serde(flatten)]
    effect: Option<Effect>,
    /// The smallest fall that is found, beside the smallest rise.
    fall: Option<Effect>,
    /// In control, not rounded.
    n_control_exact: Option<f64>,
    n_control: Option<u64>,
    /// The smallest treatment.
    n_treatment: Option<u64>,
    /// Of every arm, the control first.
    n_by_arm: Option<Vec<u64>>,
    n_total: Option<u64>,
    n_all_segments: Option<u64>,
}

impl Found {
    fn of(design: &Design, solved: Solved) -> Self {
        let by_arm = design.sizes().recipients(solved.n);
        let total = by_arm.as_ref().map(|by_arm| by_arm.iter().sum::<u64>());
        let segments = design.segments() as u64;
        Found {
            power: solved.power,
            effect: solved.effect,
            fall: solved.fall,
            n_control_exact: solved.n.is_finite().then_some(solved.n),
            n_control: by_arm.as_ref().and_then(|by_arm| by_arm.first().copied()),
            n_treatment: by_arm.as_ref().and_then(|by_arm| by_arm.iter().skip(1).min().copied()),
            n_by_arm: by_arm,
            n_total: total,
            n_all_segments: total.and_then(|total| total.checked_mul(segments)),
        }
    }
}

impl PowerAnswer {
    pub fn new(
        asked: Asked,
        (metric, test): (&'static str, &'static str),
        design: &Design,
        alpha: f64,
        solved: Solved,
        either_way: Option<Solved>,
    ) -> Self {
        PowerAnswer {
            asked,
            metric,
            test,
            sides: design.sides(),
            alpha,
            alpha_each: design.alpha_each(),
            comparisons: design.comparisons(),
            arms: design.sizes().arms(),
            segments: design.segments(),
            found: Found::of(design, solved),
            either_way: either_way.map(|solved| Found::of(design, solved)),
        }
    }

    pub fn show(&self, printer: &Printer) -> Result<()> {
        match printer.format {
            Format::Json => printer.json(self),
            Format::Csv => printer.table(&self.table()),
            Format::Text => {
                printer.line(&self.sentence())?;
                printer.line("")?;
                printer.table(&self.table())
            }
        }
    }

    fn sentence(&self) -> String {
        let found = &self.found;
        let power = number::percent(found.power, 1);
        let effect = found.effect.as_ref().map(|effect| self.change(effect));
        let recipients = self.recipients();
        let answer = match (self.asked, effect) {
            (Asked::Recipients, Some(effect)) => {
                format!("{recipients} find {effect} with a power of {power}")
            }
            (Asked::Power, Some(effect)) => {
                format!("{recipients} find {effect} with a power of {power}")
            }
            (_, Some(effect)) => {
                format!("{recipients} find {effect} or more with a power of {power}")
            }
            (_, None) => {
                format!("{recipients} find no rise, however large, with a power of {power}")
            }
        };
        let fall = found
            .fall
            .as_ref()
            .map_or(String::new(), |fall| format!("; of falls, {} or more", self.change(fall)));
        let sides = match self.sides {
            Sides::One => "one-sided",
            Sides::Two => "two-sided",
        };
        let shared = match self.comparisons {
            1 => String::new(),
            m => format!(" (alpha {} over {m} comparisons)", self.alpha),
        };
        let alpha = shown(self.alpha_each);
        format!("{answer}{fall}, by the {} test at {alpha} {sides}{shared}.", self.test)
    }

    fn recipients(&self) -> String {
        let Some(by_arm) = &self.found.n_by_arm else {
            return "more recipients than can be counted".to_owned();
        };
        let together = number::count(by_arm.iter().sum());
        let equal = by_arm.windows(2).all(|pair| pair[0] == pair[1]);
        let sizes: Vec<String> = by_arm.iter().map(|n| number::count(*n)).collect();
        let each = match (equal, sizes.first()) {
            (true, Some(one)) => format!("{one} recipients in each of {} arms", sizes.len()),
            _ => format!("{} recipients in the arms", sizes.join(" and ")),
        };
        match (self.segments, self.found.n_all_segments) {
            (1, _) | (_, None) => format!("{each} ({together} together)"),
            (segments, Some(all)) => format!(
                "{each} ({together} together) in each of {segments} segments ({} in all)",
                number::count(all)
            ),
        }
    }

    fn change(&self, effect: &Effect) -> String {
        let direction = if effect.difference > 0.0 { "rise" } else { "fall" };
        let value = |v: f64| match self.metric {
            "rate" => format!("{}%", shown(100.0 * v)),
            _ => shown(v),
        };
        let lift =
            effect.lift.map_or(String::new(), |l| format!(" ({}%)", number::signed(100.0 * l, 2)));
        match (effect.control, effect.treatment) {
            (Some(from), Some(to)) => {
                format!("a {direction} from {} to {}{lift}", value(from), value(to))
            }
            _ => format!("a {direction} of {}", shown(effect.difference.abs())),
        }
    }

    fn table(&self) -> Table {
        let found = std::iter::once(("in the lift's direction", &self.found));
        let either = self.either_way.iter().map(|found| ("on either side", found));
        let value = |value: Option<f64>| match value {
            Some(value) => Cell::Number { value, decimals: 6 },
            None => Cell::missing("none is found, or none is defined"),
        };
        let count = |n: Option<u64>| n.map_or(Cell::missing("too many to count"), Cell::Count);
        let row = |(name, found): (&str, &Found)| {
            let effect = found.effect;
            vec![
                Cell::text(name),
                value(effect.and_then(|e| e.control)),
                value(effect.and_then(|e| e.treatment)),
                value(effect.map(|e| e.difference)),
                value(effect.and_then(|e| e.lift)),
                Cell::Number { value: found.power, decimals: 6 },
                count(found.n_control),
                count(found.n_treatment),
                count(found.n_total),
            ]
        };
        let numbers = [
            "Control", "Treatment", "Difference", "Lift", "Power", "Control n", "Treatment n",
            "Total n",
        ];
        Table {
            name: "power".to_owned(),
            caption: "What counts as found".to_owned(),
            columns: std::iter::once(Column::text("Finding"))
                .chain(numbers.map(Column::number))
                .collect(),
            rows: found.chain(either).map(row).collect(),
        }
    }
}
