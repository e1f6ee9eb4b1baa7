//! Who is in a segment.

use std::cmp::Ordering;

use crate::error::{Error, Result};

/// The members of a segment, as ascending places in the ascending list of all contacts' ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members(Vec<u32>);

impl Members {
    /// Finds ascending ids among all ascending ids; an id that is not there is an error.
    pub fn find<'a>(ids: impl Iterator<Item = &'a str>, all: &[String]) -> Result<Self> {
        let mut places = Vec::new();
        let mut next = 0;
        for id in ids {
            let place = all[next..].iter().position(|known| known == id);
            let place = place.ok_or_else(|| {
                Error::data("a segment has a member that is no contact")
                    .hint("run `microseg run` to bring features and segments up to date")
            })?;
            next += place + 1;
            places.push(next as u32 - 1);
        }
        Ok(Members(places))
    }

    /// The contacts that `is_member` holds for.
    pub fn of(contacts: usize, is_member: impl Fn(usize) -> bool) -> Self {
        Members((0..contacts).filter(|place| is_member(*place)).map(|place| place as u32).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members' places in the list of all contacts, ascending.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|place| *place as usize)
    }

    /// The members' ids, ascending.
    pub fn ids<'a>(&'a self, all: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|place| all[*place as usize].as_str())
    }

    /// How many are in both.
    pub fn common(&self, other: &Members) -> usize {
        let (mut a, mut b, mut common) = (0, 0, 0);
        while let (Some(one), Some(two)) = (self.0.get(a), other.0.get(b)) {
            match one.cmp(two) {
                Ordering::Less => a += 1,
                Ordering::Greater => b += 1,
                Ordering::Equal => {
                    common += 1;
                    a += 1;
                    b += 1;
                }
            }
        }
        common
    }

    /// Size of the intersection over that of the union (Jaccard 1901); `None` if both are empty.
    pub fn jaccard(&self, other: &Members) -> Option<f64> {
        let common = self.common(other);
        let either = self.len() + other.len() - common;
        (either > 0).then(|| common as f64 / either as f64)
    }

    /// Contacts that are in none of these segments.
    pub fn in_none(contacts: usize, segments: &[&Members]) -> usize {
        let mut is_in = vec![false; contacts];
        for place in segments.iter().flat_map(|segment| &segment.0) {
            is_in[*place as usize] = true;
        }
        is_in.iter().filter(|is_in| !**is_in).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<String> {
        (0..10).map(|n| format!("c{n}")).collect()
    }

    fn members(ids: &[&str]) -> Members {
        Members::find(ids.iter().copied(), &all()).unwrap()
    }

    #[test]
    fn overlaps_are_those_by_hand() {
        let (a, b) = (members(&["c1", "c2", "c5", "c9"]), members(&["c2", "c3", "c9"]));
        assert_eq!((a.common(&b), a.jaccard(&b)), (2, Some(0.4)));
        assert_eq!(Members::default().jaccard(&Members::default()), None);
        assert_eq!(Members::in_none(10, &[&a, &b]), 5);
        assert_eq!(a.ids(&all()).collect::<Vec<_>>(), ["c1", "c2", "c5", "c9"]);
    }

    #[test]
    fn strangers_and_disorder_are_refused() {
        for ids in [["c1", "x"], ["c2", "c1"], ["c1", "c1"]] {
            assert!(Members::find(ids.into_iter(), &all()).is_err(), "{ids:?}");
        }
    }
}
