//! A range of a feature, and drafts of rules made of ranges.

use crate::segments::rules::{MissingMeans, NumberTest, Rule};

use super::column::Column;

/// A range of one column, with or without the missing values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Condition {
    /// Place among the sample's columns.
    pub column: usize,
    /// Values from here on.
    pub from: Option<f64>,
    /// Values below this.
    pub below: Option<f64>,
    pub with_values: bool,
    pub with_missing: bool,
}

/// Conditions that must all hold.
pub(super) type Alternative = Vec<Condition>;

/// Alternatives of which one must hold.
pub(super) type Draft = Vec<Alternative>;

impl Condition {
    pub(super) fn holds(&self, value: f64) -> bool {
        if value.is_nan() {
            return self.with_missing;
        }
        self.with_values
            && self.from.is_none_or(|from| value >= from)
            && self.below.is_none_or(|below| value < below)
    }

    /// Both at once; of the same column.
    fn and(&self, other: &Condition) -> Condition {
        let tighter = |a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(choose(a, b)),
            (a, b) => a.or(b),
        };
        Condition {
            column: self.column,
            from: tighter(self.from, other.from, f64::max),
            below: tighter(self.below, other.below, f64::min),
            with_values: self.with_values && other.with_values,
            with_missing: self.with_missing && other.with_missing,
        }
    }

    /// The smallest range that holds both; of the same column.
    fn or(&self, other: &Condition) -> Condition {
        let wider = |a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64| {
            a.zip(b).map(|(a, b)| choose(a, b))
        };
        // A side without values bounds nothing.
        let (a, b) = match (self.with_values, other.with_values) {
            (true, false) => (self, self),
            (false, true) => (other, other),
            _ => (self, other),
        };
        Condition {
            column: self.column,
            from: wider(a.from, b.from, f64::min),
            below: wider(a.below, b.below, f64::max),
            with_values: a.with_values || b.with_values,
            with_missing: self.with_missing || other.with_missing,
        }
    }

    /// True if it holds for everything.
    fn says_nothing(&self) -> bool {
        self.with_values && self.with_missing && self.from.is_none() && self.below.is_none()
    }

    fn rule(&self, column: &Column) -> Rule {
        let has_value = NumberTest {
            feature: column.name.clone(),
            above: None,
            at_least: Some(column.floor),
            below: None,
            at_most: None,
            missing: MissingMeans::Fails,
        };
        if !self.with_values {
            return Rule::Not(Box::new(Rule::Number(has_value)));
        }
        if self.from.is_none() && self.below.is_none() {
            return Rule::Number(has_value);
        }
        let missing = if self.with_missing { MissingMeans::Matches } else { MissingMeans::Fails };
        let (below, at_most) = match column.is_counted {
            true => (None, self.below.map(|below| below - 1.0)),
            false => (self.below, None),
        };
        Rule::Number(NumberTest { at_least: self.from, below, at_most, missing, ..has_value })
    }
}

/// `alternative` with one condition more; ranges of the same column become one.
pub(super) fn narrowed(alternative: &[Condition], condition: Condition) -> Alternative {
    let mut narrowed = alternative.to_vec();
    match narrowed.iter_mut().find(|known| known.column == condition.column) {
        Some(known) => *known = known.and(&condition),
        None => narrowed.push(condition),
    }
    narrowed
}

/// The conditions that hold wherever one of the two alternatives does, as far as ranges can say it.
pub(super) fn hull(one: &[Condition], other: &[Condition]) -> Alternative {
    let both = one.iter().filter_map(|condition| {
        let same = other.iter().find(|o| o.column == condition.column)?;
        Some(condition.or(same))
    });
    both.filter(|condition| !condition.says_nothing()).collect()
}

/// The draft as a rule; within an alternative the test of the strongest feature comes first.
pub(super) fn rule(draft: &Draft, columns: &[Column]) -> Rule {
    let alternatives = draft.iter().map(|alternative| {
        let mut conditions = alternative.clone();
        conditions.sort_by(|a, b| columns[a.column].by_separation(&columns[b.column]));
        joined(conditions.iter().map(|c| c.rule(&columns[c.column])).collect(), Rule::All)
    });
    joined(alternatives.collect(), Rule::Any)
}

fn joined(mut parts: Vec<Rule>, join: fn(Vec<Rule>) -> Rule) -> Rule {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(
        column: usize,
        from: Option<f64>,
        below: Option<f64>,
        with_missing: bool,
    ) -> Condition {
        Condition { column, from, below, with_values: true, with_missing }
    }

    #[test]
    fn ranges_of_one_column_become_one() {
        let known = [range(0, Some(1.0), None, true), range(1, None, Some(5.0), false)];
        let found = narrowed(&known, range(0, Some(2.0), Some(9.0), false));
        assert_eq!(found, [range(0, Some(2.0), Some(9.0), false), known[1]]);
    }

    #[test]
    fn the_hull_holds_wherever_one_of_two_does() {
        let one = [range(0, Some(3.0), Some(5.0), false), range(1, Some(1.0), None, false)];
        let other = [range(0, Some(4.0), None, true), range(2, None, Some(1.0), true)];
        assert_eq!(hull(&one, &other), [range(0, Some(3.0), None, true)]);
        let nothing = Condition { with_values: false, ..range(0, None, None, true) };
        assert_eq!(hull(&[nothing], &one), [range(0, Some(3.0), Some(5.0), true)]);
        let below = [range(0, None, Some(2.0), true)];
        assert_eq!(hull(&below, &[range(0, Some(2.0), None, false)]), []);
    }

    #[test]
    fn a_condition_and_its_rule_hold_for_the_same_values() {
        let values = [-4.0, 0.0, 2.0, 3.0, 7.0, 8.0, f64::NAN];
        let spec = crate::features::FeatureSpec::new(
            crate::features::Family::Custom,
            "n",
            crate::features::Unit::Count,
        );
        let all = ndarray::ArrayView1::from(&values);
        let column = Column::new(&spec, all, &[0, 1, 2, 3, 4, 5, 6], &[true; 7])
            .for_everybody(spec.unit, all);
        let matrix = all.to_owned().insert_axis(ndarray::Axis(1));
        let ids = (0..7).map(|i| i.to_string()).collect();
        let table = crate::features::FeatureTable::new(ids, vec![spec], matrix, vec![], vec![]);
        for (from, below) in
            [(None, Some(3.0)), (Some(2.0), None), (Some(0.0), Some(8.0)), (None, None)]
        {
            for (with_values, with_missing) in [(true, true), (true, false), (false, true)] {
                let condition = Condition { with_values, ..range(0, from, below, with_missing) };
                if condition.says_nothing() {
                    continue;
                }
                let rule = rule(&vec![vec![condition]], std::slice::from_ref(&column));
                let expected: Vec<bool> = values.iter().map(|v| condition.holds(*v)).collect();
                let found = super::super::matching::matching(&rule, &table).expect("a rule");
                assert_eq!(found, expected, "{rule:?}");
            }
        }
    }
}
