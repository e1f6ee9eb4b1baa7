//! What is shown of clusters.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::features::Preparation;
use crate::reports::{Cell, Column, Table, number};
use crate::segments::verdict::Structure;

use super::super::args::Format;
use super::super::printer::Printer;
use super::fit::Fitted;
use super::input::{Input, kept};

pub struct ClusterResult<'a> {
    pub names: &'a [String],
    pub input: Input,
    pub preparation: Preparation,
    pub fitted: Fitted,
    pub rejected: usize,
}

/// The result as JSON; the membership is written row by row.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    head: Map<String, Value>,
    membership: Members<'a>,
}

struct Members<'a>(&'a ClusterResult<'a>);

#[derive(Serialize)]
struct Member<'a> {
    id: &'a str,
    cluster: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    probabilities: Option<Vec<f64>>,
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ClusterResult { input, fitted, .. } = self.0;
        let rows = input.ids.iter().zip(&fitted.clustering.labels).enumerate();
        serializer.collect_seq(rows.map(|(row, (id, label))| Member {
            id,
            cluster: label + 1,
            probabilities: fitted.soft.as_ref().map(|s| s.probabilities.row(row).to_vec()),
        }))
    }
}

impl ClusterResult<'_> {
    pub fn show(&self, printer: &Printer) -> Result<()> {
        self.say(printer);
        match printer.format {
            Format::Json => printer.json(&Json { head: self.head(), membership: Members(self) }),
            Format::Csv => printer.table(&self.membership()),
            Format::Text => {
                printer.line(&self.summary())?;
                printer.table(&self.sizes())
            }
        }
    }

    fn say(&self, printer: &Printer) {
        if self.input.missing > 0 {
            printer.warn(&format!(
                "{} missing values stand at their column's median",
                number::count(self.input.missing as u64)
            ));
        }
        if let Some(Structure::Weak { why } | Structure::NotJudged { why }) =
            self.fitted.choice.as_ref().filter(|c| !c.candidates.is_empty()).map(|c| &c.structure)
        {
            printer.warn(&format!("the clusters are not certain: {why}"));
        }
        for name in &self.preparation.constant {
            printer.warn(&format!("column `{name}` is the same in every row and takes no part"));
        }
    }

    fn summary(&self) -> String {
        let silhouette = self.fitted.silhouette.as_ref();
        if let Some(Structure::None { why }) = self.fitted.choice.as_ref().map(|c| &c.structure) {
            return format!("There is no structure worth segmenting: {why}.");
        }
        format!(
            "k = {}, mean silhouette {} on {} rows, inertia {}",
            self.fitted.clustering.clusters(),
            silhouette.map_or("undefined".to_owned(), |s| number::decimal(s.mean, 4)),
            number::count(silhouette.map_or(0, |s| s.rows) as u64),
            number::decimal(self.fitted.clustering.inertia, 2)
        )
    }

    fn head(&self) -> Map<String, Value> {
        let Fitted { clustering, silhouette, soft, choice, seconds } = &self.fitted;
        let structure = choice.as_ref().map_or_else(
            || json!({ "verdict": "not_judged", "why": "the number of clusters was given" }),
            |c| json!(c.structure),
        );
        let head = json!({
            "k": clustering.clusters(),
            "method": if soft.is_some() { "mixture" } else { "kmeans" },
            "structure": structure,
            "silhouette": silhouette.as_ref().map(|s| s.mean),
            "silhouette_rows": silhouette.as_ref().map_or(0, |s| s.rows),
            "stability": choice.as_ref().map(|c| &c.stability),
            "inertia": clustering.inertia,
            "iterations": soft.is_none().then_some(clustering.iterations),
            "fit_seconds": seconds,
            "log_likelihood": soft.as_ref().map(|s| s.log_likelihood),
            "fitted_rows": soft.as_ref().map_or(self.input.ids.len(), |s| s.fitted_rows),
            "sizes": clustering.sizes(),
            "centroids": self.centroids(),
            "candidates": choice.as_ref().map_or(&[][..], |c| &c.candidates),
            "preparation": self.preparation,
            "rejected": self.rejected,
            "missing_values": self.input.missing,
        });
        match head {
            Value::Object(head) => head,
            _ => Map::new(),
        }
    }

    /// Centroids in the file's units, by column. A column that takes no part is the same everywhere.
    fn centroids(&self) -> Vec<Map<String, Value>> {
        let kept = kept(&self.preparation, self.names);
        let of = |row: ndarray::ArrayView1<'_, f64>| {
            let value = |(place, name): (usize, &String)| {
                let raw = match kept.iter().position(|(kept, _)| *kept == place) {
                    Some(column) => kept[column].1.raw(row[column]),
                    None => self.constant(place),
                };
                (name.clone(), json!(raw))
            };
            self.names.iter().enumerate().map(value).collect()
        };
        self.fitted.clustering.centroids.rows().into_iter().map(of).collect()
    }

    fn constant(&self, place: usize) -> f64 {
        let mut values = self.input.columns[place].iter().copied();
        values.find(|v| !v.is_nan()).unwrap_or(f64::NAN)
    }

    fn membership(&self) -> Table {
        let soft = self.fitted.soft.as_ref().map(|s| &s.probabilities);
        let row = |(row, (id, label)): (usize, (&String, &usize))| {
            let mut cells = vec![Cell::Id(id.clone()), Cell::Count(*label as u64 + 1)];
            let probabilities = soft.map(|p| p.row(row).to_vec()).unwrap_or_default();
            cells
                .extend(probabilities.into_iter().map(|value| Cell::Number { value, decimals: 6 }));
            cells
        };
        let rows = self.input.ids.iter().zip(&self.fitted.clustering.labels);
        let mut columns = vec![Column::text("id"), Column::number("cluster")];
        let clusters = 1..=soft.map_or(0, |p| p.ncols());
        columns.extend(clusters.map(|c| Column::number(format!("probability_{c}"))));
        Table {
            name: "membership".to_owned(),
            caption: String::new(),
            columns,
            rows: rows.enumerate().map(row).collect(),
        }
    }

    fn sizes(&self) -> Table {
        let sizes = self.fitted.clustering.sizes();
        let all = self.input.ids.len() as f64;
        let means: Vec<Vec<Cell>> = self.input.columns.iter().map(|c| self.means(c)).collect();
        let row = |(number, size): (usize, &usize)| {
            let mut cells = vec![
                Cell::Count(number as u64 + 1),
                Cell::Count(*size as u64),
                Cell::Percent { value: *size as f64 / all, decimals: 1 },
            ];
            cells.extend(means.iter().map(|means| means[number].clone()));
            cells
        };
        let mut columns =
            vec![Column::number("Cluster"), Column::number("Rows"), Column::number("Share")];
        columns.extend(self.names.iter().map(|name| Column::number(format!("Mean {name}"))));
        Table {
            name: "clusters".to_owned(),
            caption: "Clusters, with means on the natural scale".to_owned(),
            columns,
            rows: sizes.iter().enumerate().map(row).collect(),
        }
    }

    /// The mean of a column in each cluster.
    fn means(&self, values: &[f64]) -> Vec<Cell> {
        let mut sums = vec![(0.0, 0u32); self.fitted.clustering.clusters()];
        let rows = values.iter().zip(&self.fitted.clustering.labels);
        for (value, label) in rows.filter(|(value, _)| !value.is_nan()) {
            sums[*label].0 += value;
            sums[*label].1 += 1;
        }
        let cell = |(sum, count): (f64, u32)| match count {
            0 => Cell::missing("no value"),
            n => Cell::Number { value: sum / f64::from(n), decimals: 2 },
        };
        sums.into_iter().map(cell).collect()
    }
}
