//! How large segments are, and whether they grew or shrank beyond noise.

use serde::{Deserialize, Serialize};

use crate::experiments::exact::binomial_two_sided;
use crate::experiments::holm;

use super::change::{Cause, Change, ChangeKind};
use super::observed::Tracked;
use super::standing::Standing;

/// Chance of calling a change of any segment that is none.
const ALPHA: f64 = 0.05;

/// One tracked segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentSize {
    #[serde(flatten)]
    pub segment: Tracked,
    pub size: u64,
    /// Share of all contacts.
    pub share: f64,
    /// Members at the refresh before; `None` where there was none, or the segment was not tracked in this version.
    pub before: Option<u64>,
    pub entered: u64,
    pub left: u64,
    /// Of these, for a changed definition: they say nothing of the contacts.
    pub by_definition: u64,
    /// Chance of entries and exits as unequal as these, if each were as likely an entry as an exit (McNemar's exact
    /// test), corrected over the segments. `None` without a refresh before.
    pub p_adjusted: Option<f64>,
    /// True if that is below 0.05.
    pub is_beyond_noise: bool,
}

/// All tracked segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sizes(pub Vec<SegmentSize>);

impl Sizes {
    /// Counts members and changes. Entries and exits of contacts are taken for a sample: were a segment neither growing
    /// nor shrinking, each change would be either with the same chance (McNemar 1947, *Psychometrika* 12, 153-157).
    /// Holm's adjustment holds the chance of calling any wrongly.
    pub fn of(
        before: Option<&Standing>,
        standing: &Standing,
        tracked: &[Tracked],
        changes: &[Change],
    ) -> Self {
        let sizes = standing.sizes();
        let sizes_before = before.map(Standing::sizes);
        let contacts = standing.ids.len().max(1) as f64;
        let mut all: Vec<SegmentSize> = tracked
            .iter()
            .zip(sizes)
            .map(|(segment, size)| {
                let old = before.and_then(|b| {
                    b.segments
                        .iter()
                        .position(|s| s.id == segment.id && s.version == segment.version)
                });
                let before = old.and_then(|place| sizes_before.as_ref().map(|s| s[place]));
                SegmentSize {
                    segment: segment.clone(),
                    size,
                    share: size as f64 / contacts,
                    before,
                    entered: 0,
                    left: 0,
                    by_definition: 0,
                    p_adjusted: None,
                    is_beyond_noise: false,
                }
            })
            .collect();
        for change in changes {
            let of_it = all.iter_mut().find(|s| s.segment.id == change.segment_id);
            let Some(segment) = of_it else { continue };
            match change.kind {
                ChangeKind::Entered => segment.entered += 1,
                ChangeKind::Left => segment.left += 1,
            }
            if matches!(change.cause, Cause::Definition | Cause::FirstRefresh) {
                segment.by_definition += 1;
            }
        }
        judge(&mut all);
        Sizes(all)
    }

    /// Several refreshes as one, the oldest first: sizes are those of the last, changes those of all. `None` without any.
    pub fn over(all: &[&Sizes]) -> Option<Self> {
        let mut sizes = (*all.last()?).clone();
        for size in &mut sizes.0 {
            let of_it = |other: &&SegmentSize| other.segment.id == size.segment.id;
            let each: Vec<&SegmentSize> =
                all.iter().filter_map(|sizes| sizes.0.iter().find(of_it)).collect();
            let is_whole = each.len() == all.len();
            size.before = each.first().filter(|_| is_whole).and_then(|first| first.before);
            size.entered = each.iter().map(|s| s.entered).sum();
            size.left = each.iter().map(|s| s.left).sum();
            size.by_definition = each.iter().map(|s| s.by_definition).sum();
            (size.p_adjusted, size.is_beyond_noise) = (None, false);
        }
        judge(&mut sizes.0);
        Some(sizes)
    }
}

fn judge(all: &mut [SegmentSize]) {
    let judged: Vec<usize> = (0..all.len())
        .filter(|&place| all[place].before.is_some() && all[place].by_definition == 0)
        .collect();
    let p = |&place: &usize| {
        let (entered, left) = (all[place].entered, all[place].left);
        match entered + left {
            0 => 1.0,
            changes => binomial_two_sided(entered, changes, 0.5),
        }
    };
    let p: Vec<f64> = judged.iter().map(p).collect();
    for (place, p) in judged.into_iter().zip(holm(&p).p) {
        all[place].p_adjusted = Some(p);
        all[place].is_beyond_noise = p < ALPHA;
    }
}
