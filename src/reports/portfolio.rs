//! Many experiments on one page.

use crate::estimate::Estimate;
use crate::experiments::{MetricKind, Portfolio, PortfolioEntry};

use super::{Block, Cell, Chart, Column, Figure, PValueDot, PValuePlot, Section, Table, number};

/// What was found over all experiments, with the share of false findings held.
pub fn section(portfolio: &Portfolio) -> Section {
    Section {
        id: "portfolio".to_owned(),
        heading: "All experiments together".to_owned(),
        answer: Some(portfolio.answer.clone()),
        blocks: vec![
            Block::Figure(p_values(portfolio)),
            Block::Table(table(portfolio)),
            Block::Method(format!(
                "Each experiment’s decision metric, every arm against its control; {} over {} tests. The \
                 interval after selection is that of Benjamini and Yekutieli (2005): of the findings, no more \
                 than {} are expected to lie outside of theirs.",
                portfolio.method,
                portfolio.tested,
                number::percent(portfolio.rate, 0)
            )),
        ],
    }
}

fn p_values(portfolio: &Portfolio) -> Figure {
    const NAMED: usize = 5;
    let dots = portfolio.p_values.iter().enumerate().map(|(place, ranked)| PValueDot {
        name: format!("{}: {}", ranked.segment, ranked.arm),
        expected: ranked.expected,
        observed: ranked.p,
        band: Some((ranked.low, ranked.high)),
        labelled: place < NAMED && ranked.p < ranked.low,
    });
    Figure {
        name: "portfolio-p-values".to_owned(),
        title: "P-values of all experiments against chance".to_owned(),
        caption: "Dots along the line are what chance gives where no experiment has an effect."
            .to_owned(),
        chart: Chart::PValuePlot(PValuePlot {
            compared: "comparisons".to_owned(),
            level: 0.95,
            dots: dots.collect(),
        }),
    }
}

/// Every arm of every experiment, the clearest first.
pub fn table(portfolio: &Portfolio) -> Table {
    Table {
        name: "portfolio".to_owned(),
        caption: format!(
            "Experiments by adjusted p-value, false discovery rate {}",
            number::percent(portfolio.rate, 0)
        ),
        columns: vec![
            Column::text("Experiment"),
            Column::text("Arm"),
            Column::text("Metric"),
            Column::number("Difference"),
            Column::number("p"),
            Column::number("p, adjusted"),
            Column::text("Found"),
            Column::number("Interval after selection"),
        ],
        rows: portfolio.entries.iter().map(row).collect(),
    }
}

fn row(entry: &PortfolioEntry) -> Vec<Cell> {
    let not_tested = || Cell::missing("not tested");
    vec![
        Cell::text(&*entry.experiment),
        Cell::text(&*entry.arm),
        Cell::text(&*entry.metric),
        entry.difference.as_ref().map_or(Cell::missing("no estimate"), |e| difference(entry, e)),
        entry.p.map_or_else(not_tested, Cell::PValue),
        entry.p_adjusted.map_or_else(not_tested, Cell::PValue),
        Cell::text(match (entry.found, entry.p_adjusted) {
            (true, _) => "yes",
            (false, Some(_)) => "no",
            (false, None) => "not tested",
        }),
        entry.after_selection.as_ref().map_or(Cell::missing("nothing found"), |estimate| {
            let percent = entry.kind == MetricKind::Proportion;
            let decimals = if percent { 2 } else { 4 };
            Cell::Interval { low: estimate.low, high: estimate.high, percent, decimals }
        }),
    ]
}

fn difference(entry: &PortfolioEntry, estimate: &Estimate) -> Cell {
    match entry.kind {
        MetricKind::Proportion => Cell::Percent { value: estimate.point, decimals: 2 },
        MetricKind::Mean => Cell::Number { value: estimate.point, decimals: 4 },
    }
}
