//! The experiments that assignment files speak of.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::Array;

use crate::error::Result;
use crate::workspace::ExperimentSettings;

use super::super::cell::Cells;
use super::super::source;

/// More experiments than this are no experiments but a column mapped wrongly.
const MOST: usize = 100;

/// An experiment, and how its control was chosen.
pub struct Experiment {
    pub settings: ExperimentSettings,
    pub variants: Vec<String>,
    /// False if no variant is named like a control, and the first by name stands in.
    pub is_control_named: bool,
}

/// Reads two columns of all rows: an experiment may begin anywhere in the file.
pub fn experiments(files: &[PathBuf], experiment: &str, variant: &str) -> Result<Vec<Experiment>> {
    let wanted = [experiment.to_owned(), variant.to_owned()];
    let mut found: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for file in files {
        source::stream(file, &wanted, &mut |batch| {
            let cells = |place: usize| Cells::of(batch.columns[place].as_ref() as &dyn Array);
            let (experiments, variants) = (cells(0), cells(1));
            for row in 0..batch.rows() {
                if let (Some(id), Some(variant)) = (experiments.text(row), variants.text(row)) {
                    let variants = found.entry(id.into_owned()).or_default();
                    *variants.entry(variant.into_owned()).or_insert(0) += 1;
                }
            }
            Ok(())
        })?;
    }
    let experiments = found.into_iter().take(MOST);
    Ok(experiments.map(|(id, arms)| Experiment::new(id, arms.into_keys().collect())).collect())
}

impl Experiment {
    fn new(id: String, variants: Vec<String>) -> Self {
        let named = ["control", "a", "default"].iter().find_map(|name| {
            variants.iter().find(|variant| variant.eq_ignore_ascii_case(name)).cloned()
        });
        let is_control_named = named.is_some();
        let control = named.or_else(|| variants.first().cloned()).unwrap_or_default();
        let metrics = ["human_open", "click", "conversion", "revenue"].map(str::to_owned).to_vec();
        let by = vec!["segment".to_owned()];
        let settings = ExperimentSettings { by, ..ExperimentSettings::new(id, control, metrics) };
        Experiment { settings, variants, is_control_named }
    }

    /// What to look at by hand.
    pub fn check(&self) -> Option<String> {
        let (id, control) = (&self.settings.id, &self.settings.control);
        let text = || {
            format!(
                "experiment {id}: no variant is named control, a or default; {control}, the first \
                 by name, is taken for the control"
            )
        };
        (!self.is_control_named).then(text)
    }
}
