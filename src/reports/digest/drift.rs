//! Whether the stored models still fit.

use crate::segments::drift::{Drift, DriftedFeature};

use super::super::{
    Block, Cell, Chart, Column, DriftBars, DriftRow, Figure, Notice, Section, Severity, Table,
    number,
};

/// Features that the figure shows, the most drifted.
const MOST_BARS: usize = 15;

/// The drift of one model.
pub fn section(drift: &Drift) -> Section {
    let watched = drift.features.iter().filter(|f| f.stability.index >= drift.params.watch).count();
    let answer = match drift.refit.is_empty() {
        true => format!(
            "The segments of {} still fit: {} of {} features are worth watching, {} have drifted.",
            drift.fitted_as_of,
            watched,
            drift.features.len(),
            drift.drifted
        ),
        false => format!("The segments of {} should be fitted anew.", drift.fitted_as_of),
    };
    let mut blocks: Vec<Block> = Vec::new();
    for reason in &drift.refit {
        blocks.push(Block::Notice(Notice {
            severity: Severity::Warning,
            text: format!("{reason}."),
            hint: Some("Run `microseg run`, look at the report, and accept again.".to_owned()),
        }));
    }
    blocks.push(Block::Figure(figure(drift)));
    blocks.push(Block::Folded(table(drift)));
    blocks.push(Block::Method(format!(
        "Population stability index of every feature of the model, over ten groups that were of equal size at the fit \
         and one of contacts without a value. The mark on each bar is what chance alone stays below in 95 of 100 \
         cases. A contact is far if it is farther from every centre than 99 of 100 were at the fit: {} are now, {} \
         were then.",
        number::percent(drift.far_share, 1),
        number::percent(drift.far_share_at_fit, 1)
    )));
    Section {
        id: "drift".to_owned(),
        heading: "Does the model still fit?".to_owned(),
        answer: Some(answer),
        blocks,
    }
}

fn figure(drift: &Drift) -> Figure {
    let row = |f: &DriftedFeature| DriftRow {
        label: f.name.clone(),
        psi: f.stability.index,
        noise: f.stability.noise,
    };
    Figure {
        name: "drift".to_owned(),
        title: format!("Drift of features since {}", drift.fitted_as_of),
        caption: format!(
            "Population stability index; from {} worth watching, from {} drifted.",
            number::shortest(drift.params.watch),
            number::shortest(drift.params.refit)
        ),
        chart: Chart::DriftBars(DriftBars {
            watch: drift.params.watch,
            refit: drift.params.refit,
            rows: drift.features.iter().take(MOST_BARS).map(row).collect(),
        }),
    }
}

fn table(drift: &Drift) -> Table {
    let number = |value| Cell::Number { value, decimals: 3 };
    let row = |f: &DriftedFeature| {
        vec![Cell::text(&*f.name), number(f.stability.index), number(f.stability.noise)]
    };
    Table {
        name: "drift".to_owned(),
        caption: format!("Drift of all {} features of the model", drift.features.len()),
        columns: vec![
            Column::text("Feature"),
            Column::number("Stability index"),
            Column::number("Noise"),
        ],
        rows: drift.features.iter().map(row).collect(),
    }
}
