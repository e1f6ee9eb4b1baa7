//! Rows that arrive in parts, with codes of their own: the tally is that of the rows one by one.

use super::*;
use crate::error::Kind;

const MISSING: u32 = u32::MAX;
const ARMS: [&str; 7] = ["b", "a", "c", "g", "f", "e", "d"];
const LEVELS: [&str; 4] = ["x", "z", "(unknown)", "y"];

/// A row: arm, level of two columns (`None` where there is none), click and spend.
type Row = (usize, [Option<usize>; 2], [f64; 2]);

fn rows() -> Vec<Row> {
    let mut state = 17_u64;
    let mut below = |limit: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    (0..4000)
        .map(|row| {
            // The later arms and levels are not in the first rows.
            let arm = below(if row < 1500 { 2 } else { 7 }) as usize;
            let mut level = || below(5).checked_sub(1).map(|level| level as usize);
            let levels = [level(), level()];
            let click = [0.0, 1.0, f64::NAN][below(3) as usize];
            let spend = [0.0, 1.0, 0.1, 12.5, -7.25, 99.99, f64::NAN, -0.0][below(8) as usize];
            (arm, levels, [click, spend])
        })
        .collect()
}

fn metrics() -> Vec<String> {
    ["click", "spend"].map(str::to_owned).to_vec()
}

/// A part whose codes are in order of appearance, and the names behind them.
fn part(rows: &[Row]) -> (Part, Vec<&'static str>, Vec<Vec<&'static str>>) {
    fn code(names: &mut Vec<&'static str>, name: &'static str) -> u32 {
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        place as u32
    }
    let (mut arms, mut levels) = (Vec::new(), vec![Vec::new(); 2]);
    let arm_codes: Vec<u32> = rows.iter().map(|row| code(&mut arms, ARMS[row.0])).collect();
    let column = |column: usize, names: &mut Vec<&'static str>| -> Vec<u32> {
        let level = |row: &Row| row.1[column].map_or(MISSING, |l| code(names, LEVELS[l]));
        rows.iter().map(level).collect()
    };
    let first = column(0, &mut levels[0]);
    let second = column(1, &mut levels[1]);
    let values = [0, 1].map(|metric| rows.iter().map(|row| row.2[metric]).collect::<Vec<f64>>());
    let mut part = Part::new(metrics(), 2);
    // In two strokes, so that the second meets cells that are there.
    let half = rows.len() / 2;
    for range in [0..half, half..rows.len()] {
        let levels = [&first[range.clone()], &second[range.clone()]];
        let values = [&values[0][range.clone()], &values[1][range.clone()]];
        part.add(&arm_codes[range], &levels, &values).expect("finite values");
    }
    (part, arms, levels)
}

fn in_parts(rows: &[Row], size: usize) -> OpenTally {
    let mut open = OpenTally::new(&metrics(), 2);
    for rows in rows.chunks(size) {
        let (part, arms, levels) = part(rows);
        open.absorb(&part, arms.into_iter(), levels.into_iter());
    }
    open
}

fn columns() -> [String; 2] {
    ["one", "two"].map(str::to_owned)
}

#[test]
fn parts_of_any_size_are_the_rows_one_by_one() {
    let rows = rows();
    let names = |names: &[&str]| {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        names
    };
    let (arms, levels) = (names(&ARMS), names(&LEVELS));
    let column = |name: String| SegmentColumn { name, levels: levels.clone() };
    let kinds = vec![MetricSpec::proportion("click"), MetricSpec::mean("spend")];
    let spec = TallySpec::new(arms.clone(), kinds, columns().map(column).to_vec());
    let mut one_by_one = Tally::new(spec.expect("a valid spec"));
    let place = |names: &[String], name: &str| names.iter().position(|n| n == name).expect("known");
    for (arm, of, values) in &rows {
        let level = |level: Option<usize>| place(&levels, level.map_or("(unknown)", |l| LEVELS[l]));
        let arm = place(&arms, ARMS[*arm]);
        one_by_one.add(arm, &of.map(level), values).expect("a row");
    }
    for size in [1, 7, 999, 4000] {
        let open = in_parts(&rows, size);
        assert_eq!(open.rows(), 4000);
        assert_eq!(open.close(&columns()).expect("a tally"), one_by_one, "parts of {size}");
    }
}

#[test]
fn one_value_makes_a_mean_of_a_proportion() {
    let mut rows = rows();
    let kind = |rows: &[Row]| {
        let tally = in_parts(rows, 500).close(&columns()).expect("a tally");
        tally.spec().metrics()[0].kind
    };
    assert_eq!(kind(&rows), MetricKind::Proportion);
    rows[3999].2[0] = 2.0;
    assert_eq!(kind(&rows), MetricKind::Mean);
}

#[test]
fn too_many_names_are_refused_with_their_number() {
    let names: Vec<String> = (0..2000).map(|i| format!("{i:04}")).collect();
    let read = |arms: u32, levels: u32, parts: u32| {
        let mut open = OpenTally::new(&metrics()[..1], 1);
        for part_number in 0..parts {
            let mut part = Part::new(metrics()[..1].to_vec(), 1);
            let codes: Vec<u32> = (0..arms.max(levels)).collect();
            let (of_arms, of_levels): (Vec<u32>, Vec<u32>) =
                codes.iter().map(|code| (code % arms, code % levels)).unzip();
            part.add(&of_arms, &[&of_levels], &[&vec![1.0; codes.len()]]).expect("plain values");
            let from = |number: u32| (part_number * number) as usize;
            let named = |number: u32| names[from(number)..].iter().map(String::as_str);
            open.absorb(
                &part,
                named(arms).take(arms as usize),
                std::iter::once(named(levels).take(levels as usize).collect()),
            );
        }
        open.close(&["tier".to_owned()]).map(|tally| tally.spec().segments()[0].levels.len())
    };
    assert_eq!(read(2, 200, 1).expect("as many as there may be"), 200);
    assert_eq!(read(500, 100, 2).expect("as many as there may be"), 200);
    for (levels, parts) in [(201, 1), (700, 1), (150, 2), (400, 3)] {
        let error = read(2, levels, parts).expect_err("too many levels");
        let number = levels * parts;
        assert!(error.to_string().contains(&format!("{number} different values")), "{error}");
        assert_eq!((error.kind(), error.place().column.as_deref()), (Kind::Settings, Some("tier")));
    }
    let error = read(1500, 2, 1).expect_err("too many arms");
    assert!(error.to_string().contains("1500 different values are too many variants"), "{error}");
}

fn units(spend: f64, is_proportion: Option<bool>) -> Units {
    let labels = (0..600_000).map(|row| if row % 2 == 0 { "a" } else { "b" });
    let codes = (0..600_000).map(|row| u32::from(row % 2 == 1)).collect();
    let names: std::collections::BTreeSet<&str> = labels.collect();
    let names = names.into_iter().map(str::to_owned).collect();
    let mut values = vec![0.0; 600_000];
    values[599_999] = spend;
    Units {
        arms: Levels { names, codes },
        metrics: vec![MetricValues { name: "spend".to_owned(), is_proportion, values }],
        segments: Vec::new(),
    }
}

#[test]
fn units_name_the_metric_of_a_value_that_cannot_be() {
    let cases =
        [(f64::INFINITY, None, "inf"), (1e200, Some(false), "1000000"), (0.5, Some(true), "0.5")];
    for (spend, is_proportion, shown) in cases {
        let error = units(spend, is_proportion).tally().expect_err("no such value");
        let text = error.to_string();
        assert!(text.contains("`spend`") && text.contains(shown), "{text}");
        assert_eq!(error.kind(), Kind::Data);
    }
    let tally = units(7.5, None).tally().expect("a mean");
    let Sums::Moments(moments) = &tally.overall()[1].metrics[0].sums else { panic!("a mean") };
    assert_eq!((moments.n(), moments.sum(), moments.max()), (300_000, 7.5, Some(7.5)));
    let mut uneven = units(1.0, None);
    uneven.arms.codes[0] = 9;
    assert_eq!(uneven.tally().expect_err("no such arm").kind(), Kind::Internal);
}
