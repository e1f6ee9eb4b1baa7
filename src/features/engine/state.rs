//! The rows of a group as bytes, so that a partial result can travel.
//!
//! Each row is its cells in the order of the layout: a byte that says whether the cell is filled, then
//! eight bytes of a number, one of a flag or an origin, or the length and bytes of a text. Rows follow
//! each other; their order means nothing.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanBuilder, Int8Builder,
    Int64Builder, StringBuilder, StringDictionaryBuilder,
};
use arrow::datatypes::{Int8Type, Int32Type, Int64Type};
use datafusion::common::exec_err;
use datafusion::error::Result;

use super::rows::{Batch, Rows};
use super::{Layout, Slot};

/// One value a group.
pub fn encode(rows: &Rows) -> BinaryArray {
    let (runs, starts) = rows.by_group();
    let mut values = BinaryBuilder::new();
    let mut bytes = Vec::new();
    for group in 0..rows.groups {
        bytes.clear();
        for run in &runs[starts[group]..starts[group + 1]] {
            let batch = &rows.batches[run.batch as usize];
            for row in run.start..run.start + run.rows {
                push_row(&mut bytes, &rows.layout, batch, row as usize);
            }
        }
        values.append_value(&bytes);
    }
    values.finish()
}

fn push_row(bytes: &mut Vec<u8>, layout: &Layout, batch: &Batch, row: usize) {
    for (slot, column) in layout.slots.iter().zip(&batch.columns) {
        bytes.push(u8::from(column.is_valid(row)));
        if column.is_null(row) {
            continue;
        }
        match slot {
            Slot::Origin => bytes.push(column.as_primitive::<Int8Type>().value(row) as u8),
            Slot::Time | Slot::Number(_) => {
                bytes.extend(column.as_primitive::<Int64Type>().value(row).to_le_bytes());
            }
            Slot::Flag => bytes.push(u8::from(column.as_boolean().value(row))),
            Slot::Text => push_text(bytes, column.as_string::<i32>().value(row)),
            Slot::Word(_) => {
                let words = column.as_dictionary::<Int32Type>();
                let key = words.keys().value(row) as usize;
                push_text(bytes, words.values().as_string::<i32>().value(key));
            }
        }
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
}

/// The columns of the rows in `values`, and the group of each row.
pub fn decode(
    layout: &Layout,
    values: &BinaryArray,
    groups: &[usize],
) -> Result<(Vec<ArrayRef>, Vec<usize>)> {
    let mut builders: Vec<Builder> = layout.slots.iter().map(|slot| Builder::new(*slot)).collect();
    let mut of = Vec::new();
    for (bytes, group) in values.iter().zip(groups) {
        let mut rest = bytes.unwrap_or_default();
        while !rest.is_empty() {
            builders.iter_mut().try_for_each(|builder| builder.read(&mut rest))?;
            of.push(*group);
        }
    }
    Ok((builders.into_iter().map(Builder::finish).collect(), of))
}

enum Builder {
    Origin(Int8Builder),
    Number(Int64Builder),
    Flag(BooleanBuilder),
    Text(StringBuilder),
    Word(StringDictionaryBuilder<Int32Type>),
}

impl Builder {
    fn new(slot: Slot) -> Self {
        match slot {
            Slot::Origin => Builder::Origin(Int8Builder::new()),
            Slot::Time | Slot::Number(_) => Builder::Number(Int64Builder::new()),
            Slot::Flag => Builder::Flag(BooleanBuilder::new()),
            Slot::Text => Builder::Text(StringBuilder::new()),
            Slot::Word(_) => Builder::Word(StringDictionaryBuilder::new()),
        }
    }

    /// Takes one cell off the front of `rest`.
    fn read(&mut self, rest: &mut &[u8]) -> Result<()> {
        let is_filled = take::<1>(rest)?[0] == 1;
        match self {
            Builder::Origin(to) => {
                to.append_option(if is_filled { Some(take::<1>(rest)?[0] as i8) } else { None });
            }
            Builder::Number(to) => {
                let value = if is_filled { Some(i64::from_le_bytes(take(rest)?)) } else { None };
                to.append_option(value);
            }
            Builder::Flag(to) => {
                to.append_option(if is_filled { Some(take::<1>(rest)?[0] == 1) } else { None });
            }
            Builder::Text(to) => to.append_option(if is_filled { Some(text(rest)?) } else { None }),
            Builder::Word(to) => to.append_option(if is_filled { Some(text(rest)?) } else { None }),
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Builder::Origin(mut from) => Arc::new(from.finish()),
            Builder::Number(mut from) => Arc::new(from.finish()),
            Builder::Flag(mut from) => Arc::new(from.finish()),
            Builder::Text(mut from) => Arc::new(from.finish()),
            Builder::Word(mut from) => Arc::new(from.finish()),
        }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let Some((front, back)) = rest.split_first_chunk::<N>() else {
        return exec_err!("a partial result is cut off");
    };
    *rest = back;
    Ok(*front)
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    let Some((front, back)) = rest.split_at_checked(length) else {
        return exec_err!("a partial result is cut off");
    };
    *rest = back;
    match std::str::from_utf8(front) {
        Ok(text) => Ok(text),
        Err(_) => exec_err!("a partial result holds a text that is none"),
    }
}
