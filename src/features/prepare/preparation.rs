//! A fitted preparation, and the matrices it makes.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::column::{ColumnParams, fill, fit_column, has_tail, median_of};
use super::weights::{correlated, twins, weights};
use super::{Components, Correlated, PreparedColumn, Scale, Transform, Weighing};
use crate::error::{Error, Result};
use crate::features::{Family, FeatureTable};

/// Unchecked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparationParams {
    /// How columns with a long tail (counts, days, money, seconds) are bent.
    pub transform: Transform,
    pub scale: Scale,
    /// Share of a tailed column's values that is clipped at each end.
    pub winsorise: f64,
    pub weighing: Weighing,
    /// |r| from which two columns say the same and share one weight. 0.95: nine tenths of the variance
    /// of one are in the other.
    pub twin_correlation: f64,
    /// Distances are taken on the principal components that explain this share of the variance;
    /// without it on the columns.
    pub components: Option<f64>,
}

impl Default for PreparationParams {
    fn default() -> Self {
        PreparationParams {
            transform: Transform::Asinh,
            scale: Scale::Standard,
            winsorise: 0.0,
            weighing: Weighing::Columns,
            twin_correlation: 0.95,
            components: None,
        }
    }
}

impl PreparationParams {
    fn check(&self) -> Result<()> {
        let share =
            |name: &str, value: f64, low: f64, high: f64| match value >= low && value <= high {
                true => Ok(()),
                false => Err(Error::settings(format!("{name} must lie between {low} and {high}"))
                    .with_value(value.to_string())),
            };
        share("winsorise", self.winsorise, 0.0, 0.25)?;
        share("the correlation of twins", self.twin_correlation, 0.5, 1.0)?;
        self.components.map_or(Ok(()), |c| share("the share of the components", c, 0.05, 1.0))?;
        if let Weighing::Families(numbers) = &self.weighing
            && numbers.values().any(|w| !w.is_finite() || *w < 0.0)
        {
            return Err(Error::settings("a family's weight must be a number from 0 on")
                .hint("1 is as much as the others, 2 twice as much, 0 not at all"));
        }
        Ok(())
    }
}

/// A fitted preparation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    pub columns: Vec<PreparedColumn>,
    /// Features left out because they are the same for everybody.
    pub constant: Vec<String>,
    /// Features that say the same as another, and share its weight.
    pub correlated: Vec<Correlated>,
    /// The components that distances are taken on, if any.
    pub components: Option<Components>,
}

/// What a preparation makes of some contacts.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub preparation: Preparation,
    /// Shape (contacts, columns): standard scale, not weighed.
    pub standard: Array2<f64>,
    /// Shape (contacts, columns or components): what distances are taken on.
    pub matrix: Array2<f64>,
}

impl Preparation {
    /// Fits on `table`: columns with a long tail are bent and clipped, shares and flags are not.
    ///
    /// # Errors
    /// If a parameter is out of range, a value is infinite, or nothing tells contacts apart.
    pub fn fit(table: &FeatureTable, params: &PreparationParams) -> Result<Prepared> {
        params.check()?;
        let columns = table.specs.iter().zip(table.values.columns()).map(|(spec, values)| {
            let tail = has_tail(spec.unit);
            let transform = if tail { params.transform } else { Transform::None };
            let winsorise = if tail { params.winsorise } else { 0.0 };
            let fill = fill(spec, values);
            let params = ColumnParams { transform, scale: params.scale, winsorise, fill };
            fit_column(&spec.name, values, params)
        });
        let families: Vec<Family> = table.specs.iter().map(|s| s.family).collect();
        Self::collect(columns.collect::<Result<_>>()?, &families, table.values.view(), params)
    }

    /// Of contacts that nothing tells apart: no columns, and all at one point.
    pub fn alike(table: &FeatureTable) -> Prepared {
        let constant = table.specs.iter().map(|s| s.name.clone()).collect();
        let preparation =
            Preparation { columns: Vec::new(), constant, correlated: Vec::new(), components: None };
        Prepared {
            preparation,
            standard: Array2::zeros((table.contacts(), 0)),
            matrix: Array2::zeros((table.contacts(), 1)),
        }
    }

    /// Fits on plain columns, NaN where missing, with one transform and scale for all and no weights.
    /// [`PreparedColumn::standard`] then prepares their values.
    ///
    /// # Errors
    /// If a value is infinite, or nothing tells rows apart.
    pub fn fit_columns(
        names: &[String],
        columns: &[Vec<f64>],
        transform: Transform,
        scale: Scale,
    ) -> Result<Self> {
        let fit = |(name, values): (&String, &Vec<f64>)| {
            let values = ArrayView1::from(values);
            let fill = median_of(values);
            fit_column(name, values, ColumnParams { transform, scale, winsorise: 0.0, fill })
        };
        let columns: Vec<Result<PreparedColumn>> = names.par_iter().zip(columns).map(fit).collect();
        let columns = columns.into_iter().collect::<Result<Vec<_>>>()?;
        let (columns, constant) = without_constant(columns)?;
        let constant = constant.into_iter().map(|c| c.name).collect();
        Ok(Preparation { columns, constant, correlated: Vec::new(), components: None })
    }

    fn collect(
        columns: Vec<PreparedColumn>,
        families: &[Family],
        values: ArrayView2<'_, f64>,
        params: &PreparationParams,
    ) -> Result<Prepared> {
        let keep: Vec<usize> = (0..columns.len()).filter(|&c| columns[c].spread > 0.0).collect();
        let (mut columns, constant) = without_constant(columns)?;
        let constant = constant.into_iter().map(|c| c.name).collect();
        let mut standard = values.select(Axis(1), &keep);
        for (column, mut values) in columns.iter().zip(standard.columns_mut()) {
            values.mapv_inplace(|v| column.standard(v));
        }
        let families: Vec<Family> = keep.iter().map(|&c| families[c]).collect();
        let correlated = weigh(&mut columns, &families, standard.view(), params);
        let mut preparation = Preparation { columns, constant, correlated, components: None };
        let mut matrix = preparation.weighed(&standard);
        if let Some(share) = params.components {
            let components = Components::fit(matrix.view())?.explaining(share);
            matrix = components.project(matrix.view());
            preparation.components = Some(components);
        }
        Ok(Prepared { preparation, standard, matrix })
    }

    /// Rows on the standard scale with the columns' weights: what distances are taken on before any
    /// projection.
    pub fn weighed(&self, standard: &Array2<f64>) -> Array2<f64> {
        let mut matrix = standard.clone();
        for (column, mut values) in self.columns.iter().zip(matrix.columns_mut()) {
            if column.weight != 1.0 {
                values.mapv_inplace(|v| v * column.weight);
            }
        }
        matrix
    }

    /// Prepares other contacts as those it was fitted on.
    ///
    /// # Errors
    /// If `table` lacks one of the columns.
    pub fn apply(&self, table: &FeatureTable) -> Result<Array2<f64>> {
        let names: Vec<String> = self.columns.iter().map(|c| c.name.clone()).collect();
        let mut standard = table.select(&names)?.values;
        for (column, mut values) in self.columns.iter().zip(standard.columns_mut()) {
            values.mapv_inplace(|v| column.standard(v));
        }
        let matrix = self.weighed(&standard);
        Ok(self.components.as_ref().map_or(matrix.clone(), |c| c.project(matrix.view())))
    }
}

/// Columns that vary, and those that do not.
///
/// # Errors
/// If none varies.
fn without_constant(
    columns: Vec<PreparedColumn>,
) -> Result<(Vec<PreparedColumn>, Vec<PreparedColumn>)> {
    let (varying, constant): (Vec<_>, Vec<_>) = columns.into_iter().partition(|c| c.spread > 0.0);
    if varying.is_empty() {
        return Err(Error::data("every feature is the same for everybody")
            .hint("there is nothing to tell contacts apart by; add features or contacts"));
    }
    Ok((varying, constant))
}

/// Sets the columns' weights; says which columns share one.
fn weigh(
    columns: &mut [PreparedColumn],
    families: &[Family],
    standard: ArrayView2<'_, f64>,
    params: &PreparationParams,
) -> Vec<Correlated> {
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    let pairs = match params.twin_correlation.is_finite() {
        true => correlated(&names, standard, params.twin_correlation),
        false => Vec::new(),
    };
    let weights = weights(families, &twins(&names, &pairs), &params.weighing);
    columns.iter_mut().zip(weights).for_each(|(column, weight)| column.weight = weight);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pounds_and_pence_prepare_alike() -> Result<()> {
        let pounds = vec![12.5, 0.0, -3.0, 999.0, f64::NAN];
        let pence: Vec<f64> = pounds.iter().map(|v| v * 100.0).collect();
        let names = ["spend".to_owned()];
        for scale in [Scale::Standard, Scale::Robust] {
            let prepared = |values: &Vec<f64>| -> Result<Vec<f64>> {
                let columns = std::slice::from_ref(values);
                let fitted = Preparation::fit_columns(&names, columns, Transform::Asinh, scale)?;
                Ok(values.iter().map(|v| fitted.columns[0].standard(*v)).collect())
            };
            for (a, b) in prepared(&pounds)?.into_iter().zip(prepared(&pence)?) {
                assert!((a - b).abs() < 1e-12, "{a} {b}");
            }
        }
        Ok(())
    }

    #[test]
    fn constant_columns_are_left_out_and_named() -> Result<()> {
        let columns = [vec![1.0, 2.0, 3.0], vec![7.0; 3]];
        let names = ["a".to_owned(), "b".to_owned()];
        let fit = |names: &[String], columns: &[Vec<f64>]| {
            Preparation::fit_columns(names, columns, Transform::None, Scale::Standard)
        };
        let fitted = fit(&names, &columns)?;
        assert_eq!(fitted.constant, ["b"]);
        assert_eq!(fitted.columns.len(), 1);
        assert!(fit(&names[1..], &columns[1..]).is_err());
        Ok(())
    }
}
