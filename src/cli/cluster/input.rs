//! The file's rows in id order: k-means draws rows, so their order must not be the file's.

use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::{Preparation, PreparedColumn};
use crate::ingest::flat::{FlatColumns, read_columns};
use crate::ingest::words::NONE;

use super::super::args::ClusterArgs;

pub struct Input {
    pub ids: Vec<String>,
    /// The columns that were asked for; NaN where missing.
    pub columns: Vec<Vec<f64>>,
    pub missing: usize,
    /// What is left of the reading: counts and faults.
    pub rejected: FlatColumns,
}

impl Input {
    pub fn read(args: &ClusterArgs) -> Result<Self> {
        let mut read = read_columns(&args.file, std::slice::from_ref(&args.id), &args.columns)?;
        let ids = std::mem::take(&mut read.texts);
        let text = |row: usize| match ids[0].codes[row] {
            NONE => None,
            code => Some(ids[0].words.text(code)),
        };
        let rows = ids[0].codes.len();
        if rows == 0 {
            let error = read.quarantine.unusable(read.rows, &args.file);
            return Err(error.or_hint("check the columns named with --columns"));
        }
        if let Some(row) = (0..rows).find(|&row| text(row).is_none()) {
            return Err(Error::data(format!("row {} has no id", row + 1))
                .at_file(&args.file)
                .at_column(&*args.id)
                .hint("cluster takes one row per contact, each with an id"));
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.par_sort_by(|&a, &b| text(a).cmp(&text(b)));
        if let Some(pair) = order.windows(2).find(|pair| text(pair[0]) == text(pair[1])) {
            return Err(Error::data("two rows have the same id")
                .at_file(&args.file)
                .at_column(&*args.id)
                .with_value(text(pair[0]).unwrap_or_default())
                .hint("cluster takes one row per contact"));
        }
        let mut columns = std::mem::take(&mut read.numbers);
        columns.par_iter_mut().for_each(|values| {
            *values = order.iter().map(|&row| values[row]).collect();
        });
        let missing = columns.par_iter().map(|c| c.iter().filter(|v| v.is_nan()).count()).sum();
        let ids = order.iter().map(|&row| text(row).unwrap_or_default().to_owned()).collect();
        Ok(Input { ids, columns, missing, rejected: read })
    }
}

/// The varying columns, prepared, shape (rows, columns of the preparation).
///
/// # Errors
/// If a value is too large for single precision.
pub fn matrix(
    preparation: &Preparation,
    names: &[String],
    columns: &[Vec<f64>],
) -> Result<Array2<f32>> {
    let kept = kept(preparation, names);
    let rows = columns.first().map_or(0, Vec::len);
    let mut matrix = Array2::<f32>::zeros((rows, kept.len()));
    let fill = |(row, mut to): (usize, ndarray::ArrayViewMut1<'_, f32>)| {
        for (value, (place, column)) in to.iter_mut().zip(&kept) {
            *value = column.standard(columns[*place][row]) as f32;
        }
    };
    matrix.outer_iter_mut().into_par_iter().enumerate().for_each(fill);
    match matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), _)) => {
            let (place, column) = &kept[column];
            Err(Error::data("a value too large for single precision")
                .at_column(&*column.name)
                .with_value(columns[*place][row].to_string())
                .hint("pass --scale standard, or leave the column out"))
        }
        None => Ok(matrix),
    }
}

/// The columns of the preparation, with their places among those asked for.
pub fn kept<'a>(
    preparation: &'a Preparation,
    names: &[String],
) -> Vec<(usize, &'a PreparedColumn)> {
    let place = |column: &PreparedColumn| names.iter().position(|name| *name == column.name);
    preparation.columns.iter().filter_map(|c| Some((place(c)?, c))).collect()
}

/// Starting centroids as they are in a file, a row each.
pub fn centroids(file: &Path, columns: &[String]) -> Result<Vec<Vec<f64>>> {
    let read = read_columns(file, &[], columns)?;
    if !read.quarantine.is_empty() {
        let error = read.quarantine.unusable(read.rows, file);
        return Err(error.or_hint("every starting centroid needs a number in every column"));
    }
    let row = |row: usize| read.numbers.iter().map(|column| column[row]).collect::<Vec<f64>>();
    let rows: Vec<Vec<f64>> = (0..read.rows as usize).map(row).collect();
    let gap = rows.iter().enumerate().find_map(|(number, row)| {
        row.iter().position(|v| v.is_nan()).map(|column| (number, column))
    });
    match gap {
        Some((row, column)) => Err(Error::data(format!("starting centroid {} has a gap", row + 1))
            .at_file(file)
            .at_column(&*columns[column])
            .hint("every starting centroid needs a number in every column")),
        None => Ok(rows),
    }
}

/// Starting centroids prepared as the rows are.
pub fn prepared(preparation: &Preparation, names: &[String], rows: &[Vec<f64>]) -> Array2<f64> {
    let kept = kept(preparation, names);
    Array2::from_shape_fn((rows.len(), kept.len()), |(row, column)| {
        let (place, column) = kept[column];
        column.standard(rows[row][place])
    })
}
