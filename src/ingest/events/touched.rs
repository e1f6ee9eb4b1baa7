//! Which slices new rows change, and which stay.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{
    IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
};
use rustc_hash::FxHashSet;

use crate::error::Result;
use crate::lake::{Lake, Month, Slice, Span};

use super::super::machine::REACH_US;
use super::intake::EventIntake;
use super::stored::Stored;

/// The slices of a lake that are kept as they are, and the stretches that are written.
#[derive(Debug, Default)]
pub struct Touched {
    /// The latest month that any row was ever read of.
    pub latest: Option<Month>,
    pub kept: Vec<Slice>,
    rewritten: Vec<Slice>,
    pub spans: Vec<Span>,
}

impl Touched {
    /// All that new rows of `months` and with these ids change in `stored`.
    ///
    /// Verdicts on machines look [`REACH_US`] back and ahead, so that a row near the end of a month
    /// also touches the next one. An event's id may correct a row of any time: slices that hold one
    /// are found by reading that one column of the others.
    pub fn new(
        lake: Option<&Lake>,
        months: &BTreeMap<Month, (i64, i64)>,
        hashes: &FxHashSet<u64>,
    ) -> Result<Self> {
        let stored = lake.map_or(&[][..], Lake::slices);
        let known = lake.and_then(Lake::latest);
        let Some(latest) = months.keys().copied().chain(known).max() else {
            return Ok(Touched::default());
        };
        let mut touched: Vec<bool> = stored.iter().map(|s| is_moved(s, latest)).collect();
        let near = near(months);
        for (slice, touched) in stored.iter().zip(&mut touched) {
            *touched |= near.iter().any(|month| holds(slice.span, *month));
        }
        if let Some(lake) = lake
            && !hashes.is_empty()
        {
            by_id(lake, hashes, &mut touched)?;
        }
        let mut parts = Touched { latest: Some(latest), ..Touched::default() };
        for (slice, touched) in stored.iter().zip(touched) {
            if touched {
                parts.rewritten.push(slice.clone())
            } else {
                parts.kept.push(slice.clone())
            }
        }
        let rewritten = parts.rewritten.iter().flat_map(|slice| months_of(slice.span));
        let spans: BTreeSet<Span> =
            rewritten.chain(months.keys().copied()).map(|m| Span::of(m, latest)).collect();
        parts.spans = spans.into_iter().collect();
        Ok(parts)
    }

    /// Sets the rows down that are written again, and those that verdicts on them depend on.
    pub fn read_back(&self, lake: &Lake, intakes: &mut [EventIntake]) -> Result<()> {
        let written: Vec<(&Slice, bool)> = self.rewritten.iter().map(|s| (s, false)).collect();
        let context = self.kept.iter().filter(|s| self.is_context(s)).map(|s| (s, true));
        let jobs: Vec<(&Slice, bool)> = written.into_iter().chain(context).collect();
        let threads = intakes.len();
        intakes.par_iter_mut().enumerate().try_for_each(|(worker, intake)| {
            jobs.iter().skip(worker).step_by(threads).try_for_each(|(slice, is_context)| {
                let path = lake.slice_path(slice);
                let keep = |us| !is_context || self.is_near(us);
                Stored { path: &path }.read(intake, *is_context, &keep)
            })
        })
    }

    /// Whether a verdict on a written row may depend on a row of this time.
    fn is_near(&self, us: i64) -> bool {
        self.spans.iter().any(|span| {
            let span = span.us();
            (span.start - REACH_US..span.end.saturating_add(REACH_US)).contains(&us)
        })
    }

    fn is_context(&self, slice: &Slice) -> bool {
        self.spans.iter().any(|span| {
            let span = span.us();
            slice.last_us >= span.start - REACH_US
                && slice.first_us < span.end.saturating_add(REACH_US)
        })
    }
}

fn months_of(span: Span) -> impl Iterator<Item = Month> {
    (span.first.0..span.first.0 + span.months).map(Month)
}

fn holds(span: Span, month: Month) -> bool {
    (span.first.0..span.first.0 + span.months).contains(&month.0)
}

/// Whether the rows of a slice belong to another one now that `latest` is the latest month.
fn is_moved(slice: &Slice, latest: Month) -> bool {
    Span::of(slice.span.first, latest) != slice.span
}

/// The months of new rows, and those that the rules reach from them.
fn near(months: &BTreeMap<Month, (i64, i64)>) -> BTreeSet<Month> {
    let reached = months.values().flat_map(|(first, last)| {
        [Month::of(first - REACH_US), Month::of(last.saturating_add(REACH_US))]
    });
    months.keys().copied().chain(reached).collect()
}

/// Touches the slices that hold an event of one of these ids, and their neighbours.
fn by_id(lake: &Lake, hashes: &FxHashSet<u64>, touched: &mut [bool]) -> Result<()> {
    let holds = |slice: &Slice| {
        let path = lake.slice_path(slice);
        Stored { path: &path }.holds(hashes)
    };
    let holding: Vec<bool> = lake.slices().par_iter().map(holds).collect::<Result<_>>()?;
    for place in (0..holding.len()).filter(|&place| holding[place]) {
        let last = holding.len() - 1;
        touched[place.saturating_sub(1)..=(place + 1).min(last)].fill(true);
    }
    Ok(())
}
