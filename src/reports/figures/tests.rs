//! Every figure with no, one, many and nasty numbers: no panic, nothing outside, nothing overlapping.

use super::scene::{Anchor, Mark, Scene};
use super::*;
use crate::estimate::Estimate;

mod experiment;
mod forest_marks;
mod living;
mod meaning;
mod outlook;

const NAMES: [&str; 7] = [
    "Champions",
    "Loyal evening readers",
    "Recent first-time buyers of garden tools & outdoor furniture <new>",
    "Donaudampfschifffahrtsgesellschaftskapitänsverein",
    "",
    "\u{7}bell\nand line",
    "夜の読者",
];

fn name(i: usize) -> String {
    NAMES[i % NAMES.len()].to_owned()
}

fn share(i: usize) -> f64 {
    [0.4, 0.0, 1.0, f64::NAN, 0.123, f64::INFINITY, -0.1][i % 7]
}

fn row(i: usize) -> ForestRow {
    let bounds = [(-0.01, 0.02), (f64::NEG_INFINITY, f64::INFINITY), (-5.0, 9.0), (0.0, 0.0)];
    let (low, high) = bounds[i % bounds.len()];
    let point = [0.01, f64::NAN, 0.0, f64::INFINITY, -0.02][i % 5];
    let estimate = Estimate { point, std_error: None, low, high, level: 0.95, method: "Newcombe" };
    let value = match i % 6 {
        5 => ForestValue::Missing("fewer than 10 recipients in the control group".to_owned()),
        _ => ForestValue::Estimate { estimate, text: "+1.20 pp (−0.30 to ∞)".to_owned() },
    };
    ForestRow {
        label: name(i),
        n: "12,034 vs 11,987".to_owned(),
        value,
        shrunken: [None, Some((-0.004, 0.012)), Some((f64::NAN, f64::INFINITY))][i % 3]
            .map(|(low, high)| ShrunkenEffect { point: share(i) / 100.0, low, high }),
        emphasised: i.is_multiple_of(3),
    }
}

fn forest(rows: usize) -> Chart {
    let rows = (0..rows).map(row).collect();
    let groups = vec![ForestGroup { heading: name(2), rows }];
    let (left, right) = ("control better".to_owned(), "treatment better".to_owned());
    let margins =
        (1..groups[0].rows.len()).map(|i| [0.005, -0.005, f64::NAN, 9.0][i % 4]).collect();
    let unit = ForestUnit::PercentagePoints;
    Chart::ForestPlot(ForestPlot { unit, left, right, margins, groups })
}

fn sizes(n: usize) -> Chart {
    let one = |i| SegmentSize { name: name(i), contacts: share(i), revenue: share(i + 1) };
    Chart::SegmentSizes(SegmentSizes { segments: (0..n).map(one).collect() })
}

fn heatmap(n: usize) -> Chart {
    let names: Vec<String> = (0..n).map(name).collect();
    let row = |i: usize| (0..n).map(|j| 10.0 * share(i + j)).collect();
    let values = (0..n.saturating_sub(1)).map(row).collect();
    Chart::ProfileHeatmap(ProfileHeatmap {
        segments: names.clone(),
        features: names,
        families: Vec::new(),
        values,
    })
}

fn hours(n: usize) -> Vec<HourPanel> {
    let panel = |i: usize| HourPanel {
        name: name(i),
        n: "n = 1,204".to_owned(),
        shares: (0..[24, 3, 30][i % 3]).map(share).collect(),
        mean_hour: [Some(8.5), None, Some(f64::NAN), Some(-30.0)][i % 4],
    };
    (0..n).map(panel).collect()
}

fn grid(n: usize) -> Chart {
    let part = |i: usize| RfmPart {
        monetary: (n % 5 == 2).then_some((i % 3) as u8 + 1),
        segment: name(i),
        share: share(i + 2),
    };
    let one = |i: usize| RfmCell {
        recency: (i % 7) as u8,
        frequency: (i / 5 % 7) as u8,
        parts: (0..n % 4).map(|more| part(i + more)).collect(),
        contacts: 12_345 * i as u64,
        share: share(i),
    };
    let (bins, across) = ([5, 10, 3][n % 3], name(n));
    Chart::RfmGrid(RfmGrid { bins, across, cells: (0..n).map(one).collect() })
}

fn families(n: usize) -> Chart {
    let Chart::ProfileHeatmap(map) = heatmap(n) else { unreachable!() };
    let families = (0..n).map(|i| name(i / 3)).collect();
    Chart::ProfileHeatmap(ProfileHeatmap { families, ..map })
}

fn interval(i: usize) -> Option<(f64, f64)> {
    [Some((0.2, 0.6)), None, Some((f64::NAN, 0.5)), Some((f64::NEG_INFINITY, f64::INFINITY))][i % 4]
}

fn choice(n: usize) -> Chart {
    let one = |i: usize| CandidatePoint {
        k: [2, 3, 4, 5, 6, 7, 7, 9, 90][i % 9] + i as u32,
        silhouette: share(i),
        silhouette_interval: interval(i),
        stability_lowest: share(i + 1),
        stability_mean: share(i + 2),
        prediction_strength: share(i + 3),
        ruled_out: i.is_multiple_of(2).then(|| format!("{} {}", name(i), i % 16)),
    };
    let candidates = (0..n).map(one).collect();
    Chart::ChoiceByK(ChoiceByK { candidates, chosen: Some(2) })
}

fn stability(n: usize) -> Chart {
    let one = |i: usize| SegmentStability {
        name: name(i),
        n: "120,034 contacts".to_owned(),
        jaccard: share(i),
        interval: interval(i),
    };
    Chart::StabilityBars(StabilityBars { segments: (0..n).map(one).collect() })
}

fn lifts(n: usize) -> Chart {
    let one = |i: usize| SegmentLift {
        name: name(i),
        n: "120,034 contacts".to_owned(),
        lift: share(i) * 10f64.powi(i as i32 % 3),
    };
    let segments = (0..n).map(one).collect();
    let metric = "click rate".to_owned();
    Chart::DetectableLift(DetectableLift { metric, power: 0.8, wanted: Some(0.1), segments })
}

fn wheels(n: usize) -> Chart {
    let panel = |(i, hours)| WheelPanel { hours, mean_interval: interval(i) };
    let panels = hours(n).into_iter().enumerate().map(panel).collect();
    Chart::HourWheel(HourWheel { activity: "clicks".to_owned(), panels })
}

fn map(n: usize) -> Chart {
    // Near each other, on one spot, far away, and nowhere.
    let places = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.05), (3.0, -4.0), (f64::NAN, 1.0), (-2.0, 5.0)];
    let segment = |i: usize| MapSegment {
        name: name(i),
        x: places[i % 6].0,
        y: places[i % 6].1,
        contacts: 1_000_000 / (1 + i as u64 * i as u64),
        share: share(i),
        spread: [(1.0, 0.5, 0.9), (0.0, 0.0, f64::NAN), (f64::INFINITY, 1.0, 0.0)][i % 3],
    };
    let point = |i: usize| (share(i) * i as f64, share(i + 1) * 3.0, i % (n + 1));
    Chart::SegmentMap(SegmentMap {
        segments: (0..n).map(segment).collect(),
        points: (0..100 * n).map(point).collect(),
        axes: [name(2), name(3)],
        explained: [0.34, f64::NAN],
    })
}

fn calibration(n: usize) -> Chart {
    let dot = |i: usize| CalibrationDot {
        contacts: 12_345 * i as u64,
        predicted: share(i),
        observed: share(i + 2),
        interval: interval(i),
    };
    let dots = (0..n).map(dot).collect();
    Chart::CalibrationPlot(CalibrationPlot { event: name(n), level: 0.95, dots })
}

fn lift_tenths(n: usize) -> Chart {
    let tenth = |i: usize| LiftTenth {
        contacts: 1_204,
        rate: share(i),
        lift: 10.0 * share(i),
        captured: share(i + 3),
    };
    let (event, tenths) = (name(n), (0..n).map(tenth).collect());
    Chart::LiftByTenth(LiftByTenth { event, overall: share(n), tenths })
}

fn expected(n: usize) -> Chart {
    let row = |i: usize| ExpectedRow {
        name: name(i),
        n: "120,034 contacts".to_owned(),
        expected: 1e6 * share(i),
        actual: 1e6 * share(i + 3),
    };
    Chart::ExpectedActual(ExpectedActual { unit: name(n), rows: (0..n).map(row).collect() })
}

fn alive(n: usize) -> Chart {
    let tile = |i: usize| AliveTile { contacts: 12_345 * i as u64, p_alive: share(i) };
    let row = |i: usize| (0..n + i % 2).map(|j| tile(i + j)).collect();
    let labels: Vec<String> =
        (0..n).map(|i| [name(i), format!("{i}–{i}9")][i % 2].clone()).collect();
    Chart::AliveHeatmap(AliveHeatmap {
        days: labels.clone(),
        repeats: labels,
        cells: (0..n).map(row).collect(),
    })
}

fn values(n: usize) -> Chart {
    let range = |i: usize| ValueRange {
        from: [0.0, 0.005, 1e9, f64::NAN][i % 4],
        to: [Some(0.02), Some(f64::INFINITY), None][i % 3],
        contacts: 1_234_567,
        share_of_contacts: share(i),
        share_of_value: share(i + 1),
    };
    let ranges = (0..n).map(range).collect();
    Chart::ValueSpread(ValueSpread { currency: name(n), ranges })
}

fn figure(chart: Chart) -> Figure {
    let (name, caption) = ("figure".to_owned(), "How to read it.".to_owned());
    Figure { name, title: "Who reads, and who buys?".to_owned(), caption, chart }
}

fn every(n: usize) -> Vec<Figure> {
    let kinds = [
        sizes,
        heatmap,
        families,
        wheels,
        forest,
        grid,
        choice,
        stability,
        lifts,
        map,
        calibration,
        lift_tenths,
        expected,
        alive,
        values,
        experiment::hour_curve,
        experiment::ratio,
        experiment::p_values,
        experiment::maturing,
        living::sizes_over_time,
        living::migration,
        living::drift,
        living::survival,
    ];
    kinds.into_iter().map(|kind| figure(kind(n))).collect()
}

/// The box around a text, as (left, top, right, bottom).
fn bounds(mark: &Mark) -> Option<(f64, f64, f64, f64)> {
    let Mark::Text { x, y, text, face } = mark else { return None };
    let width = face.width(text);
    let before = match face.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => width / 2.0,
        Anchor::End => width,
    };
    let (up, down) = (face.em * theme::CAPITAL, face.em * 0.2);
    Some(match face.turned {
        false => (x - before, y - up, x - before + width, y + down),
        true => (x - up, y + before - width, x + down, y + before),
    })
}

fn check_layout(figure: &Figure, scene: &Scene) {
    let boxes: Vec<_> = scene.marks.iter().filter_map(|m| Some((bounds(m)?, m))).collect();
    for (i, (a, mark)) in boxes.iter().enumerate() {
        let inside = a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= scene.width() && a.3 <= scene.height();
        assert!(inside, "{mark:?} leaves the drawing of {figure:?}");
        for (b, other) in &boxes[i + 1..] {
            let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
            assert!(apart, "{mark:?} and {other:?} overlap");
        }
    }
}

#[test]
fn text_stays_inside_and_never_overlaps() {
    for n in [0, 1, 2, 5, 12, 30] {
        for figure in every(n) {
            for width in [Width::Wide, Width::Narrow] {
                check_layout(&figure, &figure.scene(width));
            }
        }
    }
}

#[test]
fn a_figure_without_data_says_why() {
    for figure in every(0) {
        let svg = figure.svg(Width::Wide).unwrap();
        assert!(svg.contains("Nothing to draw because"), "{figure:?}");
        assert!(figure.label().contains("because"));
    }
}

#[test]
fn nasty_figures_become_png_and_the_same_bytes_again() {
    for figure in every(7) {
        for width in [Width::Wide, Width::Narrow] {
            let png = figure.png(width).unwrap();
            assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
            let pixels = u32::from_be_bytes(png[16..20].try_into().unwrap());
            assert_eq!(f64::from(pixels), figure.scene(width).width() * theme::PNG_DENSITY);
            assert_eq!(png, figure.png(width).unwrap());
            assert_eq!(figure.svg(width).unwrap(), figure.svg(width).unwrap());
        }
    }
}

#[test]
fn svg_carries_labels_and_the_embedded_family() {
    let svg = figure(forest(30)).svg(Width::Wide).unwrap();
    for label in ["Champions", "Loyal evening readers", "← control better", "treatment better →"]
    {
        assert!(svg.contains(label), "{label}");
    }
    assert!(svg.contains("difference, percentage points"));
    assert!(svg.contains(&format!("font-family=\"{FAMILY},")));
    assert!(svg.contains("&lt;new&gt;") && !svg.contains("<new>"));
    assert!(!svg.contains('\u{7}'));
}

#[test]
fn forty_forest_rows_are_as_high_as_they_need() {
    let height = |rows| figure(forest(rows)).scene(Width::Wide).height();
    assert!(height(40) - height(20) >= 20.0 * 28.0);
}

#[test]
fn long_text_is_cut_by_width() {
    let cut = lines::shorten("Donaudampfschifffahrt", 80.0, 13.0, false);
    assert!(cut.ends_with('…') && font::width(&cut, 13.0, false) <= 80.0);
    let wrapped = lines::wrap("one two three four five six", 60.0, 13.0, true, 2);
    assert_eq!(wrapped.len(), 2);
    assert!(wrapped.iter().all(|line| font::width(line, 13.0, true) <= 60.0));
}

#[test]
fn steps_are_round() {
    let steps: Vec<f64> = [0.7, 1.0, 3.0, 4.2, 60.0].map(axis::round_step).to_vec();
    assert_eq!(steps, [1.0, 1.0, 5.0, 5.0, 100.0]);
    assert_eq!(axis::round_step(0.0), 1.0);
}
