//! `cluster`: k-means on the numeric columns of one file.

use ndarray::Array2;
use serde_json::json;

use crate::error::{Error, Result};
use crate::features::{Preparation, Prepared, Scale, Transform};
use crate::ingest::flat::{FlatColumns, read_columns};
use crate::reports::{Cell, Column, Table, number};
use crate::segments::choice::{Choice, ChoiceParams, too_few};
use crate::segments::kmeans::Clustering;

use super::args::{ClusterArgs, Format, Global, ScaleChoice, TransformChoice};
use super::printer::Printer;
use super::{Verdict, check};

/// Candidates of `--k auto`.
const AUTO: (usize, usize) = (2, 10);

/// Rows sampled for the silhouette; see the workspace's setting of the same name.
const SILHOUETTE_SAMPLE: usize = 2_000;

pub fn run(args: &ClusterArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let (min, max) = range(&args.k)?;
    let input = Input::read(args)?;
    let rows = input.ids.len();
    if min != max && rows < 2 * min {
        return Err(too_few(rows, min).at_file(&args.file));
    }
    printer.progress("clustering", 0);
    let transform = match args.transform {
        TransformChoice::None => Transform::None,
        TransformChoice::Asinh => Transform::Asinh,
    };
    let scale = match args.scale {
        ScaleChoice::None => Scale::None,
        ScaleChoice::Standard => Scale::Standard,
        ScaleChoice::Robust => Scale::Robust,
    };
    let prepared = Preparation::fit_matrix(&args.columns, input.matrix.view(), transform, scale)
        .map_err(|e| e.at_file(&args.file))?;
    let mut params = ChoiceParams::new(min, max, global.seed.unwrap_or(1), SILHOUETTE_SAMPLE);
    params.kmeans.max_iterations = args.max_iter;
    params.kmeans.tolerance = args.tolerance;
    let choice = params
        .choose(prepared.matrix.mapv(|v| v as f32).view())
        .map_err(|e| e.at_file(&args.file))?;
    let result = ClusterResult::new(args, input, prepared, choice);
    result.show(printer)?;
    let rejected = &result.input.rejected;
    let share = rejected.quarantine.len() as f64 / rejected.rows as f64;
    Ok(if share > args.max_bad_share { Verdict::No } else { Verdict::Fine })
}

fn range(k: &str) -> Result<(usize, usize)> {
    match k.parse::<usize>() {
        Ok(k) if k > 0 => Ok((k, k)),
        _ if k == "auto" => Ok(AUTO),
        _ => Err(Error::settings("k must be a whole number from 1 on, or auto")
            .with_value(k)
            .hint("pass --k 5, or --k auto")),
    }
}

/// The file's rows in id order: k-means draws rows, so their order must not be the file's.
struct Input {
    ids: Vec<String>,
    matrix: Array2<f64>,
    missing: usize,
    rejected: FlatColumns,
}

impl Input {
    fn read(args: &ClusterArgs) -> Result<Self> {
        let mut columns = read_columns(&args.file, std::slice::from_ref(&args.id), &args.columns)?;
        let ids = std::mem::take(&mut columns.texts);
        let text = |row: usize| match ids[0].codes[row] {
            crate::ingest::words::NONE => None,
            code => Some(ids[0].words.text(code)),
        };
        let rows = ids[0].codes.len();
        if rows == 0 {
            let error = columns.quarantine.unusable(columns.rows, &args.file);
            return Err(error.or_hint("check the columns named with --columns"));
        }
        if let Some(row) = (0..rows).find(|&row| text(row).is_none()) {
            return Err(Error::data(format!("row {} has no id", row + 1))
                .at_file(&args.file)
                .at_column(&*args.id)
                .hint("cluster takes one row per contact, each with an id"));
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| text(a).cmp(&text(b)));
        if let Some(pair) = order.windows(2).find(|pair| text(pair[0]) == text(pair[1])) {
            return Err(Error::data("two rows have the same id")
                .at_file(&args.file)
                .at_column(&*args.id)
                .with_value(text(pair[0]).unwrap_or_default())
                .hint("cluster takes one row per contact"));
        }
        let shape = (rows, args.columns.len());
        let matrix =
            Array2::from_shape_fn(shape, |(row, column)| columns.numbers[column][order[row]]);
        Ok(Input {
            ids: order.iter().map(|&row| text(row).unwrap_or_default().to_owned()).collect(),
            missing: matrix.iter().filter(|v| v.is_nan()).count(),
            matrix,
            rejected: columns,
        })
    }
}

struct ClusterResult {
    columns: Vec<String>,
    input: Input,
    prepared: Prepared,
    choice: Choice,
    clustering: Clustering,
}

impl ClusterResult {
    /// Numbers clusters by the last column, which for an RFM table is the money spent.
    fn new(args: &ClusterArgs, input: Input, prepared: Prepared, choice: Choice) -> Self {
        let last = prepared.matrix.ncols() - 1;
        let value: Vec<f64> = prepared.matrix.column(last).to_vec();
        let clustering = choice.clustering.clone().ordered_by(&value);
        ClusterResult { columns: args.columns.clone(), input, prepared, choice, clustering }
    }

    fn show(&self, printer: &Printer) -> Result<()> {
        self.say(printer);
        match printer.format {
            Format::Json => printer.json(&self.json()),
            Format::Csv => printer.table(&self.membership()),
            Format::Text => {
                printer.line(&format!(
                    "k = {}, mean silhouette {} on {} rows, inertia {}",
                    self.clustering.clusters(),
                    self.choice
                        .silhouette
                        .as_ref()
                        .map(|s| s.mean)
                        .map_or("undefined".to_owned(), |s| number::decimal(s, 4)),
                    number::count(self.choice.silhouette.as_ref().map_or(0, |s| s.rows) as u64),
                    number::decimal(self.clustering.inertia, 2)
                ))?;
                printer.table(&self.sizes())
            }
        }
    }

    fn say(&self, printer: &Printer) {
        let quarantine = &self.input.rejected.quarantine;
        if !quarantine.is_empty() {
            check::examples(quarantine, printer);
        }
        if self.input.missing > 0 {
            printer.warn(&format!(
                "{} missing values stand at their column's median",
                number::count(self.input.missing as u64)
            ));
        }
        for name in &self.prepared.preparation.constant {
            printer.warn(&format!("column `{name}` is the same in every row and takes no part"));
        }
    }

    fn json(&self) -> serde_json::Value {
        let membership: Vec<_> = self
            .input
            .ids
            .iter()
            .zip(&self.clustering.labels)
            .map(|(id, label)| json!({ "id": id, "cluster": label + 1 }))
            .collect();
        json!({
            "k": self.clustering.clusters(),
            "structure": self.choice.structure,
            "silhouette": self.choice.silhouette.as_ref().map(|s| s.mean),
            "silhouette_rows": self.choice.silhouette.as_ref().map_or(0, |s| s.rows),
            "stability": self.choice.stability,
            "inertia": self.clustering.inertia,
            "sizes": self.clustering.sizes(),
            "candidates": self.choice.candidates,
            "preparation": self.prepared.preparation,
            "rejected": self.input.rejected.quarantine.len(),
            "missing_values": self.input.missing,
            "membership": membership,
        })
    }

    fn membership(&self) -> Table {
        let rows = self.input.ids.iter().zip(&self.clustering.labels);
        Table {
            name: "membership".to_owned(),
            caption: String::new(),
            columns: vec![Column::text("id"), Column::number("cluster")],
            rows: rows
                .map(|(id, label)| vec![Cell::Id(id.clone()), Cell::Count(*label as u64 + 1)])
                .collect(),
        }
    }

    fn sizes(&self) -> Table {
        let sizes = self.clustering.sizes();
        let all = self.input.ids.len() as f64;
        let row = |(number, size): (usize, &usize)| {
            let mut cells = vec![
                Cell::Count(number as u64 + 1),
                Cell::Count(*size as u64),
                Cell::Percent { value: *size as f64 / all, decimals: 1 },
            ];
            cells.extend((0..self.columns.len()).map(|column| self.mean(number, column)));
            cells
        };
        let mut columns =
            vec![Column::number("Cluster"), Column::number("Rows"), Column::number("Share")];
        columns.extend(self.columns.iter().map(|name| Column::number(format!("Mean {name}"))));
        Table {
            name: "clusters".to_owned(),
            caption: "Clusters, with means on the natural scale".to_owned(),
            columns,
            rows: sizes.iter().enumerate().map(row).collect(),
        }
    }

    fn mean(&self, number: usize, column: usize) -> Cell {
        let values = self.input.matrix.column(column);
        let members = values.iter().zip(&self.clustering.labels).filter(|(_, l)| **l == number);
        let present = members.map(|(v, _)| *v).filter(|v| !v.is_nan());
        let (sum, count) = present.fold((0.0, 0u32), |(sum, n), v| (sum + v, n + 1));
        match count {
            0 => Cell::missing("no value"),
            n => Cell::Number { value: sum / f64::from(n), decimals: 2 },
        }
    }
}
