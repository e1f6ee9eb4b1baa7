//! The best hour of a send-time experiment.

use crate::experiments::send_time::{self, SendTime};
use crate::experiments::{Readout, SegmentReadout};

use super::super::{
    BestHour, Block, Cell, Chart, Column, Figure, HourCurve, HourRate, Table, number,
};
use super::section::slug;
use super::segments::column_slug;

/// The wave through the day, for everybody.
pub(super) fn overall(readout: &Readout) -> Vec<Block> {
    let hours = readout.send_time.as_ref().filter(|_| readout.is_trustworthy());
    let Some(hours) = hours else { return Vec::new() };
    let mut blocks = vec![Block::Figure(Figure {
        name: format!("{}-hours", slug(&readout.name)),
        title: format!("{} by local hour of sending", readout.decision_metric),
        caption: format!(
            "Dots are the hours that were tested, with {} intervals; the curve is one wave through the day.",
            number::percent(readout.level, 0)
        ),
        chart: Chart::HourCurve(curve(readout, hours)),
    })];
    blocks.extend(hours.notes.iter().map(|note| Block::Text(sentence(note))));
    blocks
}

fn curve(readout: &Readout, hours: &SendTime) -> HourCurve {
    const STEPS: usize = 96;
    let point = |hour: &send_time::HourRate| {
        hour.rate.as_ref().map(|rate| HourRate {
            hour: hour.hour,
            rate: rate.point,
            interval: Some((rate.low, rate.high)),
        })
    };
    let wave = hours.wave(STEPS).into_iter().map(|(hour, rate)| HourRate {
        hour,
        rate: rate.point,
        interval: Some((rate.low, rate.high)),
    });
    HourCurve {
        metric: format!("{} rate", readout.decision_metric),
        level: readout.level,
        points: hours.hours.iter().filter_map(point).collect(),
        wave: wave.collect(),
        best: best(hours),
        mean: None,
    }
}

fn best(hours: &SendTime) -> Option<BestHour> {
    let send_time::BestHour::Found { hour, .. } = &hours.best else { return None };
    let clock = |hour: f64| hour.rem_euclid(24.0);
    Some(BestHour { hour: clock(hour.point), interval: Some((clock(hour.low), clock(hour.high))) })
}

/// The best hour of every level.
pub(super) fn by_level(readout: &Readout, column: &SegmentReadout) -> Option<Block> {
    let rows: Vec<Vec<Cell>> = column
        .levels
        .iter()
        .filter_map(|level| {
            let hours = level.send_time.as_ref()?;
            let flat = hours.against_flat.as_ref();
            let unordered = hours.unordered.as_ref();
            Some(vec![
                Cell::text(&*level.level),
                Cell::text(sentence(&hours.answer)),
                flat.map_or(Cell::missing("no curve"), |test| Cell::PValue(test.p)),
                unordered.map_or(Cell::missing("no test"), |test| Cell::PValue(test.p)),
            ])
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table {
            name: format!("{}-{}-hours", slug(&readout.name), column_slug(&column.column)),
            caption: format!("The best hour by {}", column.column),
            columns: vec![
                Column::text("Segment"),
                Column::text("Best hour"),
                Column::number("p, wave against flat"),
                Column::number("p, hours unordered"),
            ],
            rows,
        })
    })
}

/// With a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
