//! From rows set down to slices on disk.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::Int32Type;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use crate::error::Result;
use crate::lake::schema::{self, EVENT_KINDS, MACHINE_BY};
use crate::lake::{KEY_RANGES, Slice, SliceWriter, Span};
use crate::workspace::content_fingerprint;

use super::super::machine::MachineRules;
use super::super::words::NONE;
use super::chunk::{Chunk, MISSING};
use super::settle::{Settled, Settling, SliceRows};
use super::spill::Spill;
use super::vocabulary::Vocabulary;

/// What slices are written from.
pub struct SliceJob<'a> {
    pub spill: &'a Spill,
    pub vocabulary: &'a Vocabulary,
    pub rules: &'a MachineRules,
    /// The slices to write, in order of time. Every row that is not context belongs to one of them.
    pub spans: Vec<Span>,
    /// The folder for their files; it exists.
    pub dir: &'a Path,
}

/// What was written.
pub struct Written {
    pub slices: Vec<Slice>,
    /// Rows that repeat another or were corrected by it.
    pub dropped: u64,
}

/// Writes the slices, one range of keys after the other: while one is written, the next is put in
/// order. Memory: two ranges.
pub fn write_slices(job: &SliceJob<'_>) -> Result<Written> {
    let prefetchers: Vec<bool> =
        job.vocabulary.texts[3].iter().map(|t| job.rules.is_prefetcher(t.unwrap_or(""))).collect();
    let mut parts: Vec<Part> = job.spans.iter().map(|span| Part::new(*span)).collect();
    let mut dropped = 0;
    let mut next = Some(job.range(0, &prefetchers)?);
    for range in 0..KEY_RANGES {
        let Some(settled) = next.take() else { break };
        dropped += settled.dropped;
        let (written, following) = rayon::join(
            || job.write(settled, &mut parts),
            || (range + 1 < KEY_RANGES).then(|| job.range(range + 1, &prefetchers)).transpose(),
        );
        written?;
        next = following?;
    }
    let slices: Vec<Option<Slice>> =
        parts.par_iter_mut().map(|part| part.close(job.dir)).collect::<Result<_>>()?;
    Ok(Written { slices: slices.into_iter().flatten().collect(), dropped })
}

impl SliceJob<'_> {
    fn range(&self, range: usize, prefetchers: &[bool]) -> Result<Settled> {
        let rows = self.spill.take(range, self.vocabulary)?;
        let starts: Vec<i64> = self.spans.iter().map(|span| span.us().start).collect();
        Ok(Settling { rules: self.rules, prefetchers, starts: &starts }.settle(&rows))
    }

    fn write(&self, settled: Settled, parts: &mut [Part]) -> Result<()> {
        let slices = settled.slices.into_par_iter();
        parts.par_iter_mut().zip_eq(slices).try_for_each(|(part, slice)| {
            if slice.rows.is_empty() {
                return Ok(());
            }
            part.note(&slice.rows);
            part.writer(self.dir)?.write_range(&self.batch(slice)?)
        })
    }

    fn batch(&self, slice: SliceRows) -> Result<RecordBatch> {
        let SliceRows { rows, verdicts } = slice;
        let kinds = Arc::new(StringArray::from(EVENT_KINDS.to_vec()));
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(rows.key)),
            Arc::new(TimestampMicrosecondArray::from(rows.ts).with_timezone("UTC")),
            words(rows.kind.iter().map(|kind| u32::from(*kind)), &kinds)?,
        ];
        for (codes, texts) in rows.words.iter().zip(&self.vocabulary.texts) {
            arrays.push(words(codes.iter().copied(), texts)?);
        }
        arrays.push(Arc::new(integers(rows.duration_ms)));
        arrays.push(Arc::new(integers(rows.value_minor)));
        let machine: BooleanArray = verdicts.iter().map(|v| v.map(|v| v.is_machine)).collect();
        arrays.push(Arc::new(machine));
        let by = Arc::new(StringArray::from(MACHINE_BY.to_vec()));
        let code = |word: &str| MACHINE_BY.binary_search(&word).map_or(NONE, |code| code as u32);
        let codes = verdicts.iter().map(|v| v.map_or(NONE, |v| code(v.by.word())));
        arrays.push(words(codes, &by)?);
        let has_id = nulls(rows.hash.iter().map(|hash| *hash != 0));
        arrays.push(Arc::new(UInt64Array::new(rows.hash.into(), has_id)));
        let updated: TimestampMicrosecondArray = integers(rows.updated_us).reinterpret_cast();
        arrays.push(Arc::new(updated.with_timezone("UTC")));
        Ok(RecordBatch::try_new(schema::events(), arrays)?)
    }
}

/// Integers, of which [`MISSING`] is none.
fn integers(values: Vec<i64>) -> Int64Array {
    let nulls = nulls(values.iter().map(|value| *value != MISSING));
    Int64Array::new(values.into(), nulls)
}

/// Dictionary-coded words; a code is a position in `texts` or [`NONE`].
fn words(codes: impl Iterator<Item = u32>, texts: &Arc<StringArray>) -> Result<ArrayRef> {
    let codes: Vec<u32> = codes.collect();
    let nulls = nulls(codes.iter().map(|code| *code != NONE));
    let keys: Vec<i32> =
        codes.iter().map(|code| code.wrapping_add(1).saturating_sub(1) as i32).collect();
    let values: ArrayRef = Arc::clone(texts) as ArrayRef;
    let keys = Int32Array::new(keys.into(), nulls);
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, values)?))
}

/// Which values are there; `None` if all are.
fn nulls(present: impl Iterator<Item = bool>) -> Option<NullBuffer> {
    let present: BooleanBuffer = present.collect();
    let nulls = NullBuffer::new(present);
    (nulls.null_count() > 0).then_some(nulls)
}

/// A slice being written; it gets its file with its first row.
struct Part {
    span: Span,
    writer: Option<SliceWriter>,
    first_us: i64,
    last_us: i64,
}

impl Part {
    fn new(span: Span) -> Self {
        Part { span, writer: None, first_us: i64::MAX, last_us: i64::MIN }
    }

    fn writer(&mut self, dir: &Path) -> Result<&mut SliceWriter> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => SliceWriter::new(&dir.join(self.span.file_name()))?,
        };
        Ok(self.writer.insert(writer))
    }

    fn note(&mut self, rows: &Chunk) {
        for &us in &rows.ts {
            self.first_us = self.first_us.min(us);
            self.last_us = self.last_us.max(us);
        }
    }

    fn close(&mut self, dir: &Path) -> Result<Option<Slice>> {
        let Some(writer) = self.writer.take() else { return Ok(None) };
        let (span, rows) = (self.span, writer.rows);
        let (first_us, last_us) = (self.first_us, self.last_us);
        writer.close()?;
        let fingerprint = content_fingerprint(&dir.join(span.file_name()))?;
        Ok(Some(Slice { span, rows, first_us, last_us, fingerprint }))
    }
}
