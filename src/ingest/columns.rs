//! Arrow columns from plain vectors, taken in a given row order.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow::datatypes::Int32Type;

use crate::error::Result;

use super::words::NONE;

/// Rows to a written batch.
const BATCH_ROWS: usize = 65_536;

/// Makes the written batches of a row order.
pub fn batches<'a>(
    order: Vec<u32>,
    mut make: impl FnMut(&[u32]) -> Result<RecordBatch> + 'a,
) -> impl Iterator<Item = Result<RecordBatch>> + 'a {
    let mut start = 0;
    std::iter::from_fn(move || {
        let end = (start + BATCH_ROWS).min(order.len());
        let chunk = order.get(start..end).filter(|chunk| !chunk.is_empty())?;
        start = end;
        Some(make(chunk))
    })
}

pub fn keys(values: &[u64], order: &[u32]) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(order.iter().map(|&i| values[i as usize])))
}

pub fn times(values: &[i64], order: &[u32]) -> ArrayRef {
    let array =
        TimestampMicrosecondArray::from_iter_values(order.iter().map(|&i| values[i as usize]));
    Arc::new(array.with_timezone("UTC"))
}

pub fn optional_times(values: &[Option<i64>], order: &[u32]) -> ArrayRef {
    let array: TimestampMicrosecondArray = order.iter().map(|&i| values[i as usize]).collect();
    Arc::new(array.with_timezone("UTC"))
}

pub fn integers(values: &[i64], order: &[u32]) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(order.iter().map(|&i| values[i as usize])))
}

pub fn optional_integers(values: &[Option<i64>], order: &[u32]) -> ArrayRef {
    Arc::new(order.iter().map(|&i| values[i as usize]).collect::<Int64Array>())
}

/// Dictionary-coded words; `texts` are sorted and `codes` are positions in them or [`NONE`].
pub fn words(codes: &[u32], texts: &Arc<StringArray>, order: &[u32]) -> Result<ArrayRef> {
    let codes: Int32Array = order
        .iter()
        .map(|&i| codes[i as usize])
        .map(|code| (code != NONE).then_some(code as i32))
        .collect();
    let values: ArrayRef = Arc::clone(texts) as ArrayRef;
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(codes, values)?))
}

/// The order in which `compare` sorts `rows` rows.
pub fn sorted_order(
    rows: usize,
    compare: impl Fn(usize, usize) -> std::cmp::Ordering + Sync,
) -> Vec<u32> {
    use rayon::slice::ParallelSliceMut;
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.par_sort_by(|&a, &b| compare(a as usize, b as usize));
    order
}
