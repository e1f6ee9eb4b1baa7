//! What the figures of a digest say, and numbers far outside of what is usual.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::*;

/// Nasty charts of about `n` items each.
pub(super) fn sizes_over_time(n: usize) -> Chart {
    let size = |i: usize| [Some(40_000), None, Some(0), Some(u64::MAX), Some(12)][i % 5];
    let segment = |i: usize| SegmentLine {
        id: format!("s{i}"),
        name: name(i),
        sizes: (0..[n, n / 2, 2 * n][i % 3]).map(|j| size(i + j)).collect(),
        is_beyond_noise: i.is_multiple_of(3),
    };
    Chart::SizesOverTime(SizesOverTime { dates: dates(n), segments: (0..n).map(segment).collect() })
}

pub(super) fn migration(n: usize) -> Chart {
    let count = |i: usize| [0, 7, 12_345, 3_000_000, u64::MAX / 64][i % 5];
    let row = |i: usize| (0..[n, n / 2, n + 3][i % 3]).map(|j| count(i + j + 1)).collect();
    Chart::MigrationMatrix(MigrationMatrix {
        from: (0..n + n.min(1)).map(name).collect(),
        to: (0..n).map(name).collect(),
        counts: (0..n).map(row).collect(),
        from_total: (0..n).map(|i| count(i + 3)).collect(),
    })
}

pub(super) fn drift(n: usize) -> Chart {
    let row = |i: usize| DriftRow { label: name(i), psi: share(i), noise: share(i + 2) * 0.1 };
    let rows = (0..n).map(row).collect();
    let (watch, refit) = [(0.1, 0.25), (0.3, 0.2), (f64::NAN, f64::INFINITY)][n % 3];
    Chart::DriftBars(DriftBars { watch, refit, rows })
}

pub(super) fn survival(n: usize) -> Chart {
    let point = |i: usize| SurvivalPoint {
        time_days: [7.0, 0.0, 400.0, f64::NAN, -3.0, f64::INFINITY, 30.0][i % 7],
        share: share(i),
        low: share(i + 3),
        high: share(i + 1),
        at_risk: [1_204, 0, u64::MAX][i % 3],
    };
    let segment =
        |i: usize| SurvivalLine { name: name(i), points: (0..n).map(|j| point(i + j)).collect() };
    let unit = ["weeks since entry", "Months", "", NAMES[2]][n % 4].to_owned();
    Chart::SurvivalCurves(SurvivalCurves { unit, segments: (0..n).map(segment).collect() })
}

fn dates(n: usize) -> Vec<Date> {
    (0..n as i64).map(|week| date(2025, 9, 1) + (7 * week).days()).collect()
}

fn marks(chart: Chart, width: Width) -> Vec<Mark> {
    figure(chart).scene(width).marks
}

fn texts(chart: Chart, width: Width) -> Vec<String> {
    let text = |mark: Mark| if let Mark::Text { text, .. } = mark { Some(text) } else { None };
    marks(chart, width).into_iter().filter_map(text).collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

fn check(chart: Chart) {
    let figure = figure(chart);
    for width in [Width::Wide, Width::Narrow] {
        check_layout(&figure, &figure.scene(width));
        figure.svg(width).unwrap();
    }
}

fn line(name: &str, sizes: &[Option<u64>], is_beyond_noise: bool) -> SegmentLine {
    let (id, name) = (name.to_owned(), name.to_owned());
    SegmentLine { id, name, sizes: sizes.to_vec(), is_beyond_noise }
}

fn lines(segments: Vec<SegmentLine>) -> Chart {
    let dates = dates(segments[0].sizes.len());
    Chart::SizesOverTime(SizesOverTime { dates, segments })
}

/// Points of the lines with this thickness.
fn stroked(marks: &[Mark], wanted: f64) -> Vec<Vec<(f64, f64)>> {
    let line = |mark: &Mark| match mark {
        Mark::Line { points, stroke, .. } if *stroke == wanted => Some(points.clone()),
        _ => None,
    };
    marks.iter().filter_map(line).collect()
}

#[test]
fn a_change_beyond_noise_is_thick_bold_and_filled() {
    let flat = [Some(1_000), Some(1_000), Some(1_000)];
    let chart = lines(vec![
        line("steady", &flat, false),
        line("grown", &[Some(100), Some(100), Some(400)], true),
    ]);
    let marks = marks(chart.clone(), Width::Wide);
    let (thick, thin) = (stroked(&marks, 3.5), stroked(&marks, 1.5));
    assert_eq!((thick.len(), thin.len()), (1, 1));
    assert_eq!(thin[0][0].1, thin[0][2].1);
    // From 0: 400 is two fifths as high as 1,000, and 100 a quarter of that.
    let rise = thick[0][1].1 - thick[0][2].1;
    let above = thick[0][2].1 - thin[0][0].1;
    assert!((above / rise - 2.0).abs() < 1e-9, "{above} {rise}");
    let is_bold = |wanted: &str| {
        marks.iter().any(
            |mark| matches!(mark, Mark::Text { text, face, .. } if text == wanted && face.bold),
        )
    };
    assert!(is_bold("grown") && !is_bold("steady"));
    let texts = texts(chart, Width::Wide);
    for wanted in ["400", "beyond noise", "within noise", "contacts in the segment", "2025-09-15"] {
        assert!(has(&texts, wanted), "{wanted} in {texts:?}");
    }
}

#[test]
fn a_segment_that_did_not_exist_has_a_gap_and_its_last_date() {
    let gone = line("gone", &[Some(5), Some(6), None, Some(8), Some(9), None], false);
    let marks = marks(lines(vec![gone.clone()]), Width::Wide);
    let pieces = stroked(&marks, 1.5);
    assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    assert!(has(&texts(lines(vec![gone]), Width::Wide), "9 until 2025-09-29"));
    assert!(has(&texts(lines(vec![line("never", &[None], true)]), Width::Wide), "because"));
}

#[test]
fn many_segments_and_long_names_have_panels_of_their_own() {
    let long = "Recent first-time buyers of garden tools and outdoor seats";
    let several = |n: usize, name: &str, dates: usize| {
        lines((0..n).map(|i| line(name, &vec![Some(1_000 + i as u64); dates], i == 0)).collect())
    };
    let own = "scale of its own";
    assert!(!has(&texts(several(5, "Dormant", 8), Width::Narrow), own));
    assert!(has(&texts(several(6, "Dormant", 8), Width::Wide), own));
    assert!(!has(&texts(several(5, long, 8), Width::Wide), own));
    let narrow = texts(several(5, long, 8), Width::Narrow);
    assert!(has(&narrow, own) && has(&narrow, "1,000, change beyond noise"));
    for (n, dates) in [(1, 1), (1, 60), (5, 2), (12, 1), (12, 60)] {
        check(several(n, long, dates));
        check(several(n, "Loyal", dates));
    }
}

fn moves() -> MigrationMatrix {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    MigrationMatrix {
        from: names(&["Loyal", "Dormant", "new contact"]),
        to: names(&["Loyal", "Dormant", "no segment"]),
        counts: vec![vec![900, 99, 1], vec![40, 3_960, 0], vec![10, 0, 30]],
        from_total: vec![1_000, 4_000, 40],
    }
}

#[test]
fn moves_have_a_colour_and_those_who_stay_have_none() {
    let chart = Chart::MigrationMatrix(moves());
    let fills: Vec<_> = marks(chart.clone(), Width::Wide)
        .into_iter()
        .filter_map(|mark| if let Mark::Rect { fill, .. } = mark { Some(fill) } else { None })
        .take(9)
        .collect();
    let neutral: Vec<usize> = (0..9).filter(|place| fills[*place] == theme::GRID).collect();
    assert_eq!(neutral, [0, 4]);
    // The largest share that moved is the darkest, none the lightest.
    assert_eq!((fills[8], fills[5]), (theme::SEQUENTIAL[5], theme::SEQUENTIAL[0]));
    let wide = texts(chart.clone(), Width::Wide);
    for wanted in ["900", "90.0%", "9.9%", "0.1%", "3,960", "75.0%", "new contact", "no segment"] {
        assert!(wide.iter().any(|text| text == wanted), "{wanted} in {wide:?}");
    }
    assert!(!wide.iter().any(|text| text == "0"));
    let narrow = texts(chart, Width::Narrow);
    assert!(has(&narrow, "900") && !has(&narrow, "90.0%"));
}

fn drifted(psi: f64, noise: f64) -> Chart {
    let rows = vec![DriftRow { label: "orders".to_owned(), psi, noise }];
    Chart::DriftBars(DriftBars { watch: 0.1, refit: 0.25, rows })
}

#[test]
fn drift_is_measured_against_noise_and_two_lines() {
    let ends = |chart| {
        let marks = marks(chart, Width::Wide);
        let mut bars = marks.iter().filter_map(|mark| match mark {
            Mark::Rect { x, width, fill, height, .. } if *height == 14.0 => {
                Some((*x, *width, *fill))
            }
            _ => None,
        });
        (bars.next_back().unwrap(), stroked(&marks, 2.0).last().unwrap()[0].0)
    };
    let ((left, width, fill), tick) = ends(drifted(0.2, 0.05));
    assert_eq!(fill, theme::BLUE);
    assert!((width / (tick - left) - 4.0).abs() < 1e-9);
    assert_eq!(ends(drifted(0.02, 0.05)).0.2, theme::SKY);
    let texts = texts(drifted(0.2, 0.05), Width::Wide);
    for wanted in ["watch from 0.1", "refit from 0.25", "0.200", "noise 0.050", "stability index"] {
        assert!(has(&texts, wanted), "{wanted} in {texts:?}");
    }
}

#[test]
fn survival_goes_down_in_steps_with_the_contacts_at_risk() {
    let point = |time_days, share: f64, at_risk| SurvivalPoint {
        time_days,
        share,
        low: share - 0.1,
        high: share + 0.1,
        at_risk,
    };
    let points = vec![point(7.0, 0.8, 1_000), point(14.0, 0.5, 700)];
    let segments = vec![SurvivalLine { name: "Loyal".to_owned(), points }];
    let chart = |unit: &str| {
        let (unit, segments) = (unit.to_owned(), segments.clone());
        Chart::SurvivalCurves(SurvivalCurves { unit, segments })
    };
    let marks = marks(chart("weeks since entry"), Width::Wide);
    let steps = stroked(&marks, 2.0).into_iter().find(|points| points.len() > 2).unwrap();
    assert_eq!(steps.len(), 5);
    // Level for half of the time, down by a fifth, level, down by three tenths.
    assert_eq!((steps[0].1, steps[1].0), (steps[1].1, steps[2].0));
    assert!(((steps[4].1 - steps[3].1) / (steps[2].1 - steps[1].1) - 1.5).abs() < 1e-9);
    let weeks = texts(chart("weeks since entry"), Width::Wide);
    for wanted in ["weeks since entry", "1,000", "700", "at risk", "2.0", "100%"] {
        assert!(weeks.iter().any(|text| text == wanted), "{wanted} in {weeks:?}");
    }
    assert!(has(&texts(chart("time since entry"), Width::Wide), "time since entry, in days"));
}

#[test]
fn numbers_far_outside_of_what_is_usual_are_drawn() {
    let far = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    for value in far {
        check(drifted(value, 0.1));
        check(drifted(0.1, value));
        let rows = vec![DriftRow { label: name(2), psi: value, noise: -value }; 15];
        check(Chart::DriftBars(DriftBars { watch: value, refit: value, rows }));
        let point =
            SurvivalPoint { time_days: value, share: value, low: -value, high: value, at_risk: 1 };
        let points = vec![point, SurvivalPoint { time_days: 1.0, ..point }, point];
        let segments = vec![SurvivalLine { name: name(2), points }; 8];
        check(Chart::SurvivalCurves(SurvivalCurves { unit: name(3), segments }));
    }
    let ends = vec![Date::MIN, Date::MAX, Date::ZERO, Date::MAX];
    for size in [0, 1, 999_999_999_999, u64::MAX] {
        let segments = vec![line(&name(3), &[Some(size); 4], true); 12];
        check(Chart::SizesOverTime(SizesOverTime { dates: ends.clone(), segments }));
        let segments = vec![line("s", &[Some(size), None], false); 5];
        check(Chart::SizesOverTime(SizesOverTime { dates: ends.clone(), segments }));
        let mut matrix = moves();
        matrix.counts = vec![vec![size; 3]; 3];
        check(Chart::MigrationMatrix(matrix));
    }
}
