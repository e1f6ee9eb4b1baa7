//! The tree against scikit-learn's.

use super::*;
use crate::segments::explain::partition::Partition;
use crate::segments::explain::sample::Sample;
use crate::segments::explain::tree::grow;

/// Members and others of each node below the root, level by level, of the same growing with
/// scikit-learn 1.9.1: at each node `DecisionTreeClassifier(max_depth=1, class_weight="balanced",
/// min_weight_fraction_leaf=0.01, min_impurity_decrease=0.002)` on the node's rows.
#[rustfmt::skip]
const NODES: [(usize, usize); 30] = [
    (211, 143), (62, 384),
    (29, 110), (182, 33), (9, 149), (53, 235),
    (3, 91), (26, 19), (45, 17), (137, 16), (7, 51), (2, 98), (26, 43), (27, 192),
    (3, 49), (0, 42), (6, 12), (20, 7), (22, 4), (23, 13), (27, 7), (110, 9),
    (4, 47), (3, 4), (0, 38), (2, 60), (10, 39), (16, 4), (26, 153), (1, 39),
];

/// Two overlapping boxes, a tenth of the labels wrong.
fn boxes() -> Case {
    let specs = [("a", Unit::Number), ("b", Unit::Number), ("c", Unit::Number)];
    Case::new(&specs, 800, |draws| {
        let (a, b, c) = (draws.below(60), draws.unit(), draws.below(8));
        let is_inside = a < 25.0 && c >= 3.0 || b > 0.8 && c < 2.0;
        let is_member = if draws.unit() < 0.9 { is_inside } else { !is_inside };
        (vec![a, b, c], usize::from(!is_member))
    })
}

#[test]
fn every_split_is_the_one_that_scikit_learn_makes() -> Result<()> {
    let case = boxes();
    let everybody = Partition { training: (0..800).collect(), is_held_out: vec![false; 800] };
    let is_member = |row: usize| case.labels[row] == 0;
    let sample = Sample::new(&case.table, &case.names(), &everybody, is_member)?;
    let nodes: Vec<_> = grow(&sample)?.iter().map(|n| (n.members, n.others)).collect();
    assert_eq!(nodes, NODES);
    Ok(())
}

#[test]
fn a_run_of_equal_values_that_ends_in_another_branch_is_split_all_the_same() -> Result<()> {
    // Members have a = 0 and b = 1. The last contacts with b = 0 have a = 1.
    let specs = [("a", Unit::Number), ("b", Unit::Number)];
    let mut row = 0;
    let case = Case::new(&specs, 80, |_| {
        let (a, b) = (f64::from(row / 40), f64::from(row % 2));
        row += 1;
        (vec![a, b], usize::from(!(a == 0.0 && b == 1.0)))
    });
    let everybody = Partition { training: (0..80).collect(), is_held_out: vec![false; 80] };
    let is_member = |row: usize| case.labels[row] == 0;
    let sample = Sample::new(&case.table, &case.names(), &everybody, is_member)?;
    let nodes: Vec<_> = grow(&sample)?.iter().map(|n| (n.members, n.others)).collect();
    assert_eq!(nodes, [(20, 20), (0, 40), (0, 20), (20, 0)]);
    Ok(())
}
