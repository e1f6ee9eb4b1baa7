//! `cluster` on the command line: its options, and its numbers in the file's units.

use serde_json::Value;

use crate::support::{Dir, all_right, refusal, run_line};

/// Three heaps in two columns far apart in size, a constant column, ids out of order.
fn points(dir: &Dir) -> String {
    let mut text = "id,visits,spend,same\n".to_owned();
    for row in 0..90_u32 {
        let (number, heap) = (row * 37 % 90, row % 3);
        let (visits, spend) = (heap * 10 + row / 3 % 3, 100 * heap + 7 * (row / 9 % 3));
        text.push_str(&format!("c{number:02},{visits},{spend},4\n"));
    }
    dir.write("points.csv", text)
}

fn json(file: &str, more: &str) -> Value {
    let line = format!("cluster {file} --id id --columns visits,spend --format json -q {more}");
    run_line(&line).fine().json()
}

fn table(file: &str) -> Vec<(f64, f64)> {
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[1].parse().unwrap(), cells[2].parse().unwrap())
    });
    rows.collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn without_scale_the_inertia_is_that_of_the_file_s_numbers() {
    let dir = Dir::new();
    let file = points(&dir);
    let found = json(&file, "--k 3 --scale none");
    let centroids: Vec<(f64, f64)> = found["centroids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (number(&c["visits"]), number(&c["spend"])))
        .collect();
    let squares = table(&file).into_iter().map(|(x, y)| {
        let square = |c: &(f64, f64)| (x - c.0).powi(2) + (y - c.1).powi(2);
        centroids.iter().map(square).fold(f64::INFINITY, f64::min)
    });
    let inertia: f64 = squares.sum();
    assert!((number(&found["inertia"]) - inertia).abs() < 1e-6 * inertia, "{inertia}");
    assert_eq!(found["sizes"], serde_json::json!([30, 30, 30]));
    // Numbered by the last column, the largest first: heap 2 has visits 20 to 22, spend 200 to 214.
    assert_eq!((centroids[0].0, centroids[2].0), (21.0, 1.0));
    assert!(number(&found["iterations"]) >= 1.0 && number(&found["fit_seconds"]) >= 0.0);
}

#[test]
fn a_constant_column_adds_nothing_and_keeps_its_place_in_the_centroids() {
    let dir = Dir::new();
    let file = points(&dir);
    let line = format!("cluster {file} --id id --k 3 --scale none --format json -q --columns");
    let with = run_line(&format!("{line} visits,same,spend"));
    assert!(with.stderr.contains("`same`"), "{}", with.stderr);
    let with: Value = serde_json::from_str(&with.stdout).unwrap();
    let without = json(&file, "--k 3 --scale none");
    assert_eq!(with["inertia"], without["inertia"]);
    assert_eq!(with["membership"], without["membership"]);
    assert_eq!(with["centroids"][1]["same"], 4.0);
}

#[test]
fn a_named_scale_is_taken_alone_and_without_one_columns_are_bent() {
    let dir = Dir::new();
    let file = points(&dir);
    let transform = |more: &str| {
        let found = json(&file, &format!("--k 3 {more}"));
        let column = &found["preparation"]["columns"][0];
        (column["transform"].clone(), column["center"].clone())
    };
    assert_eq!(transform("").0, "asinh");
    assert_eq!(transform("--transform none").0, "none");
    assert_eq!(transform("--scale robust").0, "none");
    assert_eq!(transform("--scale none --transform asinh"), ("asinh".into(), 0.0.into()));
    // Standard, as in StandardScaler: the mean of visits is 11, the divisor is n.
    let found = json(&file, "--k 3 --scale standard");
    let column = &found["preparation"]["columns"][0];
    let rows = table(&file);
    let variance = rows.iter().map(|(x, _)| (x - 11.0).powi(2)).sum::<f64>() / 90.0;
    assert!((number(&column["center"]) - 11.0).abs() < 1e-12);
    assert!((number(&column["spread"]) - variance.sqrt()).abs() < 1e-12);
    // Centroids are in the file's units whatever the scale.
    for more in ["", "--scale standard", "--scale robust --transform asinh"] {
        let found = json(&file, &format!("--k 3 {more}"));
        assert!((number(&found["centroids"][0]["visits"]) - 21.0).abs() < 0.1, "{more}");
    }
}

#[test]
fn starting_centroids_come_from_a_file_in_the_file_s_units() {
    let dir = Dir::new();
    let file = points(&dir);
    let init = dir.write("init.csv", "spend,visits\n7,1\n107,11\n207,21\n");
    for scale in ["--scale none", "--scale standard", ""] {
        let found = json(&file, &format!("--init {init} {scale}"));
        assert_eq!((&found["k"], &found["iterations"]), (&3.into(), &2.into()), "{scale}");
        let drawn = json(&file, &format!("--k 3 {scale}"));
        assert_eq!(found["membership"], drawn["membership"]);
    }
    // One step from starting centroids that are not settled is another result than many.
    let poor = dir.write("poor.csv", "visits,spend\n0,0\n1,7\n");
    let (one, many) = (
        json(&file, &format!("--init {poor} --scale none --max-iter 1")),
        json(&file, &format!("--init {poor} --scale none --tolerance 0")),
    );
    assert!(one["iterations"] == 1 && number(&many["iterations"]) > 1.0);
    assert!(number(&one["inertia"]) > number(&many["inertia"]));
}

#[test]
fn mini_batches_and_starts_can_be_asked_for() {
    let dir = Dir::new();
    let file = points(&dir);
    let (full, batch) = (json(&file, "--k 3"), json(&file, "--k 3 --batch 40 --starts 2"));
    assert_eq!(full["membership"], batch["membership"]);
    assert!(number(&batch["iterations"]) > number(&full["iterations"]));
}

#[test]
fn a_mixture_gives_the_probabilities_of_every_row() {
    let dir = Dir::new();
    let file = points(&dir);
    let found = json(&file, "--k 3 --method mixture --scale standard");
    assert_eq!((&found["method"], &found["iterations"]), (&"mixture".into(), &Value::Null));
    for member in found["membership"].as_array().unwrap() {
        let probabilities: Vec<f64> =
            member["probabilities"].as_array().unwrap().iter().map(number).collect();
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let cluster = number(&member["cluster"]) as usize - 1;
        assert!(probabilities.iter().all(|p| *p <= probabilities[cluster]));
    }
    assert_eq!(found["membership"][0].as_object().unwrap().len(), 3);
    assert_eq!(json(&file, "--k 3")["membership"][0].as_object().unwrap().len(), 2);
    let csv = format!("cluster {file} --id id --columns visits,spend --k 3 --method mixture");
    let csv = run_line(&format!("{csv} --format csv")).fine().stdout;
    let head = "id,cluster,probability_1,probability_2,probability_3";
    assert_eq!(csv.lines().next(), Some(head));
}

/// What is typed, exit code, words.
const REFUSED: &[(&str, i32, &[&str])] = &[
    ("--columns visits,spend,visits --k 2", 2, &["named twice", "visits"]),
    ("--init {d}/two.csv --k 3", 2, &["k == 3", "2 starting centroids"]),
    ("--init {d}/two.csv --k auto", 2, &["--init", "--k auto"]),
    ("--init {d}/two.csv --starts 3", 2, &["--starts", "--init"]),
    ("--init {d}/gap.csv", 3, &["gap.csv", "starting centroid 2 has a gap", "`spend`"]),
    ("--init {d}/word.csv", 3, &["word.csv", "not a number"]),
    ("--init {d}/other.csv", 2, &["other.csv", "unknown column `spend`"]),
    ("--init {d}/none.csv", 3, &["none.csv"]),
    ("--batch 10", 2, &["--batch", "--k auto"]),
    ("--method mixture", 2, &["--method mixture", "--k auto"]),
    ("--method mixture --k 3 --batch 10", 2, &["--batch", "mixture"]),
    ("--method mixture --k 3 --tolerance 0", 2, &["tolerance"]),
    ("--k 3 --starts 0", 2, &["at least one start"]),
    ("--k 3 --batch 0", 2, &["at least one row"]),
    ("--k 3 --max-iter 0", 2, &["iteration"]),
    ("--k 3 --tolerance NaN", 2, &["tolerance"]),
    ("--k 3 --columns visits,spend,twice --method mixture", 3, &["singular", "twice", "k-means"]),
    ("--k 3 --columns visits,huge --scale none", 3, &["single precision", "`huge`", "--scale"]),
];

#[test]
fn options_that_do_not_fit_are_refused() {
    let dir = Dir::new();
    let file = points(&dir);
    let text = std::fs::read_to_string(&file).unwrap();
    let more = text.lines().enumerate().map(|(row, line)| {
        let visits = line.split(',').nth(1).unwrap();
        match row {
            0 => format!("{line},twice,huge\n"),
            row => format!("{line},{},{row}e300\n", 2.0 * visits.parse::<f64>().unwrap()),
        }
    });
    let file = dir.write("more.csv", more.collect::<String>());
    dir.write("two.csv", "visits,spend\n1,2\n3,4\n");
    dir.write("gap.csv", "visits,spend\n1,2\n3,\n");
    dir.write("word.csv", "visits,spend\n1,x\n3,y\n");
    dir.write("other.csv", "visits,sum\n1,2\n");
    dir.write("none.csv", "visits,spend\n");
    all_right(REFUSED.iter().map(|(typed, code, words)| {
        let typed = typed.replace("{d}", dir.path().to_str().unwrap());
        let columns = if typed.contains("--columns") { "" } else { "--columns visits,spend" };
        refusal(&run_line(&format!("cluster {file} --id id {columns} {typed}")), *code, words)
    }));
}
