//! Planted rules, hand-worked contrasts, and what must not change the result.

mod contrasts;
mod missing;
mod planted;
mod properties;
mod sklearn;

use ndarray::{Array2, ArrayView2};

use crate::error::Result;
use crate::features::{Family, FeatureSpec, FeatureTable, Unit};
use crate::segments::rules::{MissingMeans, NumberTest, Rule};

use super::{ExplainInput, Explanation, FoundRule, explain};

/// Draws that anybody can repeat (Steele, Lea & Flood 2014, "SplitMix64").
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number from 0 to `end` - 1.
    fn below(&mut self, end: u64) -> f64 {
        (self.next() % end) as f64
    }
}

/// A table of numbers with its segments.
#[derive(Clone)]
struct Case {
    table: FeatureTable,
    labels: Vec<usize>,
}

impl Case {
    /// `contacts` rows; `row` draws one row's values and its segment.
    fn new(
        specs: &[(&str, Unit)],
        contacts: usize,
        mut row: impl FnMut(&mut Draws) -> (Vec<f64>, usize),
    ) -> Case {
        let mut draws = Draws(7);
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..contacts {
            let (numbers, label) = row(&mut draws);
            values.extend(numbers);
            labels.push(label);
        }
        let ids = (0..contacts).map(|i| format!("c{i:06}")).collect();
        let specs: Vec<FeatureSpec> = specs
            .iter()
            .map(|(name, unit)| FeatureSpec::new(Family::Custom, *name, *unit))
            .collect();
        let values = Array2::from_shape_vec((contacts, specs.len()), values).expect("whole rows");
        Case { table: FeatureTable::new(ids, specs, values, vec![], vec![]), labels }
    }

    fn names(&self) -> Vec<String> {
        self.table.specs.iter().map(|s| s.name.clone()).collect()
    }

    fn clusters(&self) -> usize {
        self.labels.iter().max().map_or(0, |most| most + 1)
    }

    fn explained(&self) -> Result<Vec<Explanation>> {
        self.explained_from(&self.names())
    }

    /// Distances are on the raw values, missing ones at 0.
    fn explained_from(&self, columns: &[String]) -> Result<Vec<Explanation>> {
        let prepared = self.table.values.mapv(|v| if v.is_nan() { 0.0 } else { v });
        let centroids = centroids(prepared.view(), &self.labels, self.clusters());
        explain(&ExplainInput {
            table: &self.table,
            columns,
            labels: &self.labels,
            clusters: self.clusters(),
            prepared: prepared.view(),
            prepared_names: &self.names(),
            centroids: centroids.view(),
            seed: 11,
            held_out_share: 0.3,
        })
    }

    /// The rule for the segment with this label.
    fn rule_of(&self, segment: usize) -> FoundRule {
        let explained = self.explained().expect("an explanation");
        let outcome = &explained[segment].rule;
        outcome.found().unwrap_or_else(|| panic!("no rule: {outcome:?}")).clone()
    }
}

fn centroids(matrix: ArrayView2<'_, f64>, labels: &[usize], clusters: usize) -> Array2<f64> {
    let mut means = Array2::zeros((clusters, matrix.ncols()));
    for (segment, mut mean) in means.rows_mut().into_iter().enumerate() {
        let members: Vec<usize> = (0..labels.len()).filter(|row| labels[*row] == segment).collect();
        for row in &members {
            mean += &matrix.row(*row);
        }
        mean /= members.len().max(1) as f64;
    }
    means
}

fn test(feature: &str, at_least: Option<f64>, below: Option<f64>, at_most: Option<f64>) -> Rule {
    let missing = MissingMeans::Fails;
    Rule::Number(NumberTest {
        feature: feature.into(),
        above: None,
        at_least,
        below,
        at_most,
        missing,
    })
}

fn with_missing(rule: Rule) -> Rule {
    match rule {
        Rule::Number(test) => Rule::Number(NumberTest { missing: MissingMeans::Matches, ..test }),
        rule => rule,
    }
}
