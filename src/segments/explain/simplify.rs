//! The best branches, without tests that do no work.

use super::condition::{Condition, Draft, hull};
use super::rounding::rounder;
use super::sample::Sample;
use super::tree::Node;

/// A second alternative must gain this much F1: it doubles what has to be read.
const SECOND_WORTH: f64 = 0.03;

/// F1 that may be given up for fewer tests, in all.
const FEWER_TESTS_WORTH: f64 = 0.01;

/// F1 that may be given up for fewer digits, in all.
const FEWER_DIGITS_WORTH: f64 = 0.005;

/// A rule from the nodes of a tree: the node, or the two nodes, with the highest F1, then with fewer
/// tests and fewer digits as long as that costs little. `None` if the tree has no node.
pub(super) fn simplified(nodes: &[Node], sample: &Sample) -> Option<Draft> {
    let draft = pruned(best_nodes(nodes, sample)?, sample);
    Some(without_missing(rounded(draft, sample), sample))
}

fn best_nodes(nodes: &[Node], sample: &Sample) -> Option<Draft> {
    let one = |at: usize| sample.f1_of(nodes[at].members, nodes[at].others);
    let (single, alone) = best((0..nodes.len()).map(|at| (at, one(at))))?;
    let pairs = (0..nodes.len()).flat_map(|a| (a + 1..nodes.len()).map(move |b| (a, b)));
    let apart = pairs.filter(|(a, b)| !is_above(nodes, *a, *b));
    let together = |(a, b): (usize, usize)| {
        let (a, b) = (&nodes[a], &nodes[b]);
        sample.f1_of(a.members + b.members, a.others + b.others)
    };
    let pair = best(apart.map(|pair| (pair, together(pair))));
    Some(match pair {
        Some(((a, b), both)) if both >= alone + SECOND_WORTH => {
            vec![nodes[a].conditions.clone(), nodes[b].conditions.clone()]
        }
        _ => vec![nodes[single].conditions.clone()],
    })
}

/// The highest score; the first of equals.
fn best<T>(scored: impl Iterator<Item = (T, f64)>) -> Option<(T, f64)> {
    scored.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// True if `a` is on the way to `b`.
fn is_above(nodes: &[Node], a: usize, b: usize) -> bool {
    std::iter::successors(nodes[b].parent, |at| nodes[*at].parent).any(|at| at == a)
}

/// Takes away what costs least, one alternative, condition or bound at a time.
fn pruned(draft: Draft, sample: &Sample) -> Draft {
    let least = sample.f1(&draft) - FEWER_TESTS_WORTH;
    let mut draft = draft;
    while let Some((shorter, f1)) = best(shorter(&draft).into_iter().map(|d| {
        let f1 = sample.f1(&d);
        (d, f1)
    })) {
        if f1 < least {
            break;
        }
        draft = shorter;
    }
    draft
}

/// The draft without one alternative, one condition or one bound, or with its two alternatives as one.
fn shorter(draft: &Draft) -> Vec<Draft> {
    let mut shorter = Vec::new();
    if let [one, other] = &draft[..] {
        let both = hull(one, other);
        shorter.extend((!both.is_empty()).then(|| vec![both]));
    }
    for at in 0..draft.len() {
        if draft.len() > 1 {
            let mut without = draft.clone();
            without.remove(at);
            shorter.push(without);
        }
        for place in 0..draft[at].len() {
            if draft[at].len() > 1 {
                let mut without = draft.clone();
                without[at].remove(place);
                shorter.push(without);
            }
            let condition = draft[at][place];
            shorter.extend(
                fewer_bounds(condition).into_iter().map(|fewer| with(draft, at, place, fewer)),
            );
        }
    }
    shorter
}

/// The condition with one of two bounds, or with nothing but the missing values of a bound and them.
fn fewer_bounds(condition: Condition) -> Vec<Condition> {
    let (without_from, without_below) =
        (Condition { from: None, ..condition }, Condition { below: None, ..condition });
    match (condition.from, condition.below) {
        (Some(_), Some(_)) => vec![without_from, without_below],
        (None, None) => vec![],
        _ if condition.with_missing => {
            vec![Condition { from: None, below: None, with_values: false, ..condition }]
        }
        _ => vec![],
    }
}

fn with(draft: &Draft, at: usize, place: usize, condition: Condition) -> Draft {
    let mut changed = draft.clone();
    changed[at][place] = condition;
    changed
}

/// Every threshold with as few digits as it can have.
fn rounded(draft: Draft, sample: &Sample) -> Draft {
    let least = sample.f1(&draft) - FEWER_DIGITS_WORTH;
    let mut draft = draft;
    for at in 0..draft.len() {
        for place in 0..draft[at].len() {
            let condition = draft[at][place];
            let is_counted = sample.columns[condition.column].is_counted;
            let from = condition.from.into_iter().flat_map(rounder);
            let from = from.map(|from| Condition { from: Some(from), ..condition });
            keep_first(&mut draft, (at, place), from.collect(), least, sample);
            let condition = draft[at][place];
            let step = if is_counted { 1.0 } else { 0.0 };
            let below = condition.below.into_iter().flat_map(|below| rounder(below - step));
            let below = below.map(|b| Condition { below: Some(b + step), ..condition });
            keep_first(&mut draft, (at, place), below.collect(), least, sample);
        }
    }
    draft
}

/// Takes the first of `tried` that leaves the draft at least at `least`, if there is one.
fn keep_first(
    draft: &mut Draft,
    (at, place): (usize, usize),
    tried: Vec<Condition>,
    least: f64,
    sample: &Sample,
) {
    let kept = tried.into_iter().find(|c| sample.f1(&with(draft, at, place, *c)) >= least);
    if let Some(condition) = kept {
        draft[at][place] = condition;
    }
}

/// Missing values fail a test wherever that costs nothing.
fn without_missing(draft: Draft, sample: &Sample) -> Draft {
    let mut draft = draft;
    for at in 0..draft.len() {
        for place in 0..draft[at].len() {
            let condition = draft[at][place];
            if condition.with_missing && condition.with_values {
                let least = sample.f1(&draft);
                let tried = vec![Condition { with_missing: false, ..condition }];
                keep_first(&mut draft, (at, place), tried, least, sample);
            }
        }
    }
    draft
}
