//! What the figures of an experiment say, and numbers far outside of what is usual.

use super::forest_marks::{effect, effects};
use super::*;

/// Nasty charts of about `n` items each.
pub(super) fn hour_curve(n: usize) -> Chart {
    let point = |i: usize| HourRate {
        hour: [9.0, 24.0, -1.5, f64::NAN, 1e9, 0.0][i % 6] + i as f64 / 7.0,
        rate: share(i) * 0.1,
        interval: interval(i),
    };
    let wave = (0..n).map(|i| HourRate { hour: i as f64, rate: share(i), interval: interval(i) });
    let best = BestHour { hour: share(n) * 50.0, interval: interval(n / 2) };
    Chart::HourCurve(HourCurve {
        metric: name(n),
        level: 0.95,
        points: (0..n).map(point).collect(),
        wave: wave.collect(),
        best: (n % 3 != 1).then_some(best),
        mean: [None, Some(0.2), Some(f64::NAN)][n % 3],
    })
}

pub(super) fn ratio(n: usize) -> Chart {
    let arms = [2, 3, 6, 9][n % 4];
    let one = |i: usize| ArmShare {
        planned: [0.5, 0.5, share(i)][n % 3],
        observed: share(i + 2) * 0.7,
        interval: interval(i),
    };
    let row = |i: usize| RatioRow {
        label: name(i),
        n: "1,234,567".to_owned(),
        shares: (0..arms + i % 2).map(|arm| one(i + arm)).collect(),
        text: ["p = 0.431", "", "not tested: nobody was drawn here"][i % 3].to_owned(),
        alarm: i % 5 == 4,
    };
    let rows: Vec<RatioRow> = (0..n).map(row).collect();
    let groups = rows
        .chunks(7)
        .enumerate()
        .map(|(i, rows)| RatioGroup { heading: name(i), rows: rows.to_vec() });
    let arms = (0..arms).map(name).collect();
    Chart::SampleRatio(SampleRatio { level: 0.95, arms, groups: groups.collect() })
}

pub(super) fn p_values(n: usize) -> Chart {
    let dot = |i: usize| PValueDot {
        name: name(i),
        expected: (i as f64 + 0.5) / n as f64,
        observed: [share(i), 0.0, 1e-300, (i as f64 + 0.1) / n as f64][i % 4],
        band: interval(i),
        labelled: i.is_multiple_of(2),
    };
    let dots = (0..n).map(dot).collect();
    Chart::PValuePlot(PValuePlot { compared: name(n), level: 0.95, dots })
}

pub(super) fn maturing(n: usize) -> Chart {
    let time = |i: usize| [i as f64, f64::NAN][usize::from(i % 9 == 7)];
    let arm = |i: usize| MaturingArm {
        name: name(i),
        points: (0..4 * i + 1).map(|j| (time(j), share(i + j))).collect(),
    };
    let point = |i: usize| DifferencePoint {
        time: time(i),
        difference: share(i) - 0.2,
        interval: interval(i),
        sequence: interval(i + 1),
    };
    let difference =
        |i: usize| MaturingDifference { arm: name(i), points: (0..3 * i + 1).map(point).collect() };
    let units = [ForestUnit::PercentagePoints, ForestUnit::Currency("EUR".to_owned())];
    Chart::Maturing(Maturing {
        metric: name(n),
        unit: units[n % 2].clone(),
        time: [TimeUnit::Hours, TimeUnit::Days][n % 2],
        control: name(n + 1),
        level: 0.95,
        arms: (0..n).map(arm).collect(),
        differences: (1..n).map(difference).collect(),
        margins: vec![0.1, f64::NAN, -1e9],
    })
}

fn marks(chart: Chart) -> Vec<Mark> {
    figure(chart).scene(Width::Wide).marks
}

fn texts(chart: Chart) -> Vec<String> {
    let text = |mark: Mark| if let Mark::Text { text, .. } = mark { Some(text) } else { None };
    marks(chart).into_iter().filter_map(text).collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

/// Middle of the one text that says this.
fn place_of(marks: &[Mark], wanted: &str) -> (f64, f64) {
    let boxes =
        marks.iter().filter(|mark| matches!(mark, Mark::Text { text, .. } if text == wanted));
    let (left, top, right, bottom) = boxes.filter_map(bounds).next().unwrap();
    ((left + right) / 2.0, (top + bottom) / 2.0)
}

fn hours(best: Option<BestHour>) -> HourCurve {
    let rate = |hour: f64| 0.03 + 0.01 * ((hour - 23.5) / 24.0 * std::f64::consts::TAU).cos();
    let at = |hour: f64| HourRate {
        hour,
        rate: rate(hour),
        interval: Some((rate(hour) - 0.002, rate(hour) + 0.002)),
    };
    HourCurve {
        metric: "click rate".to_owned(),
        level: 0.9,
        points: [9.0, 15.0, 21.0].map(at).to_vec(),
        wave: (0..48).map(|i| at(f64::from(i) / 2.0)).collect(),
        best,
        mean: Some(0.03),
    }
}

fn grounds(chart: HourCurve) -> Vec<(f64, f64)> {
    let ground = |mark: &Mark| match mark {
        Mark::Rect { x, width, fill, .. } if *fill == theme::PALE_ORANGE => Some((*x, x + width)),
        _ => None,
    };
    marks(Chart::HourCurve(chart)).iter().filter_map(ground).collect()
}

#[test]
fn the_best_hour_is_a_line_on_a_ground_that_goes_through_midnight() {
    let best = |interval| Some(BestHour { hour: 23.5, interval });
    let chart = hours(best(Some((22.0, 1.0))));
    let pieces = grounds(chart.clone());
    let widths: Vec<f64> = pieces.iter().map(|(from, to)| to - from).collect();
    assert!(pieces.len() == 2 && (widths[0] / widths[1] - 2.0).abs() < 1e-9, "{pieces:?}");
    // The first piece ends where the day ends, the second begins where it begins.
    let all = marks(Chart::HourCurve(chart.clone()));
    assert!((place_of(&all, "24").0 - pieces[0].1).abs() < 1e-6);
    assert!((place_of(&all, "0").0 - pieces[1].0).abs() < 1e-6);
    assert_eq!(grounds(hours(best(Some((13.0, 15.0))))).len(), 1);
    assert_eq!(grounds(hours(best(None))).len(), 0);
    let words = texts(Chart::HourCurve(chart));
    assert!(has(&words, "best hour 23:30 (90% interval 22:00 to 01:00)"), "{words:?}");
    assert!(has(&words, "mean of all hours: 3.00%") && has(&words, "local hour of the recipient"));
    let any = texts(Chart::HourCurve(hours(best(Some((0.0, 24.0))))));
    assert!(has(&any, "best hour 23:30, but it may be any hour"));
}

#[test]
fn without_a_best_hour_the_figure_says_so() {
    let words = texts(Chart::HourCurve(hours(None)));
    assert!(words.iter().any(|text| text == "no best hour"));
    assert!(grounds(hours(None)).is_empty());
    let mut bare = hours(None);
    (bare.wave, bare.mean) = (Vec::new(), None);
    let words = texts(Chart::HourCurve(bare));
    assert!(has(&words, "hour tested") && !has(&words, "wave") && !has(&words, "mean"));
}

#[test]
fn a_wave_from_midnight_ends_where_it_began() {
    let all = marks(Chart::HourCurve(hours(None)));
    let wave = all.iter().find_map(|mark| match mark {
        Mark::Line { points, stroke, .. } if *stroke == 2.5 => Some(points),
        _ => None,
    });
    let wave = wave.unwrap();
    assert_eq!(wave.len(), 49);
    assert_eq!(wave[0].1, wave[48].1);
    assert!((place_of(&all, "24").0 - wave[48].0).abs() < 1e-6);
}

fn sizes_of(observed: [f64; 2], alarm: bool) -> SampleRatio {
    let share = |observed: f64| ArmShare {
        planned: 0.5,
        observed,
        interval: Some((observed - 0.01, observed + 0.01)),
    };
    let row = RatioRow {
        label: "all".to_owned(),
        n: "10,000".to_owned(),
        shares: observed.map(share).to_vec(),
        text: "p = 0.031".to_owned(),
        alarm,
    };
    SampleRatio {
        level: 0.95,
        arms: ["control", "short"].map(str::to_owned).to_vec(),
        groups: vec![RatioGroup { heading: "Overall".to_owned(), rows: vec![row] }],
    }
}

#[test]
fn shares_stand_as_far_from_the_plan_as_they_differ() {
    let all = marks(Chart::SampleRatio(sizes_of([0.52, 0.48], false)));
    let dots: Vec<f64> = all
        .iter()
        .filter_map(|mark| match mark {
            Mark::Dot { x, radius, .. } if *radius == 4.0 => Some(*x),
            _ => None,
        })
        .collect();
    let plans: Vec<f64> = all
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { points, stroke, .. } if *stroke == 2.0 && points[0].0 == points[1].0 => {
                Some(points[0].0)
            }
            _ => None,
        })
        .collect();
    // The first upright line is the legend's.
    let (first, second) = (dots[0] - plans[1], dots[1] - plans[2]);
    assert!(first > 10.0 && (first + second).abs() < 1e-9, "{dots:?} {plans:?}");
    let words = texts(Chart::SampleRatio(sizes_of([0.52, 0.48], false)));
    for wanted in ["planned 50.0%", "52.0%", "48.0%", "p = 0.031", "10,000", "percentage points"] {
        assert!(has(&words, wanted), "{wanted} in {words:?}");
    }
}

#[test]
fn an_alarm_has_a_ground_and_a_sign_of_its_own() {
    let count = |alarm| {
        let all = marks(Chart::SampleRatio(sizes_of([0.52, 0.48], alarm)));
        let grounds = all
            .iter()
            .filter(|mark| matches!(mark, Mark::Rect { fill, .. } if *fill == theme::PALE_ORANGE));
        let signs = all
            .iter()
            .filter(|mark| matches!(mark, Mark::Area { fill, .. } if *fill == theme::VERMILLION));
        (grounds.count(), signs.count())
    };
    // The second sign is the legend's.
    assert_eq!((count(true), count(false)), ((1, 2), (0, 0)));
    let words = texts(Chart::SampleRatio(sizes_of([0.52, 0.48], true)));
    assert!(has(&words, "sizes are not as planned"));
}

fn p_dot(name: &str, expected: f64, observed: f64) -> PValueDot {
    let band = Some((expected / 3.0, (expected * 3.0).min(1.0)));
    PValueDot { name: name.to_owned(), expected, observed, band, labelled: !name.is_empty() }
}

fn p_plot(dots: Vec<PValueDot>) -> Chart {
    Chart::PValuePlot(PValuePlot { compared: "segments".to_owned(), level: 0.95, dots })
}

#[test]
fn p_values_as_expected_lie_on_the_line_and_small_ones_above_it() {
    let dots = [0.8, 0.4, 0.1].map(|p| p_dot("", p, p)).to_vec();
    let dots = [dots, vec![p_dot("Loyal", 0.01, 0.0001)]].concat();
    let all = marks(p_plot(dots.clone()));
    let line = all.iter().find_map(|mark| match mark {
        Mark::Line { points, stroke, .. } if *stroke == 2.0 && points[0].1 != points[1].1 => {
            Some((points[0], points[1]))
        }
        _ => None,
    });
    let (from, to) = line.unwrap();
    let above = all.iter().filter_map(|mark| match mark {
        Mark::Dot { x, y, radius, .. } if *radius == 4.0 => {
            Some(from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0) - y)
        }
        _ => None,
    });
    let above: Vec<f64> = above.collect();
    assert_eq!(above.len(), 4);
    // The smallest expected p-value is drawn first.
    assert!(above[0] > 10.0 && above[1..].iter().all(|gap| gap.abs() < 1e-9), "{above:?}");
    let words = texts(p_plot(dots));
    for wanted in ["Loyal", "p < 0.001", "one of 4 segments", "95% probability", "0.5", "0.01"] {
        assert!(has(&words, wanted), "{wanted} in {words:?}");
    }
}

#[test]
fn only_the_smallest_p_values_are_named() {
    let dots: Vec<PValueDot> = (1..=20)
        .map(|i| p_dot(&format!("s{i}"), f64::from(i) / 21.0, f64::from(i) / 500.0))
        .collect();
    let words = texts(p_plot(dots));
    for i in 1..=20 {
        assert_eq!(words.contains(&format!("s{i}")), i <= 8, "{i}");
    }
    assert!(has(&words, "12 more are not named"));
    let tiny = texts(p_plot(vec![p_dot("a", 0.1, 0.0), p_dot("b", 0.5, 1e-60)]));
    assert!(has(&tiny, "smaller than the axis reaches"));
}

fn ripening() -> Maturing {
    let times = [6.0, 12.0, 24.0];
    let arm = |name: &str, rates: [f64; 3]| MaturingArm {
        name: name.to_owned(),
        points: times.into_iter().zip(rates).collect(),
    };
    let point = |(time, difference): (f64, f64)| DifferencePoint {
        time,
        difference,
        interval: Some((difference - 0.002, difference + 0.002)),
        sequence: Some((difference - 0.004, difference + 0.004)),
    };
    Maturing {
        metric: "click rate".to_owned(),
        unit: ForestUnit::PercentagePoints,
        time: TimeUnit::Hours,
        control: "A".to_owned(),
        level: 0.95,
        arms: vec![arm("A", [0.01, 0.02, 0.03]), arm("B", [0.01, 0.019, 0.027])],
        differences: vec![MaturingDifference {
            arm: "B".to_owned(),
            points: times.into_iter().zip([0.0, -0.001, -0.003]).map(point).collect(),
        }],
        margins: vec![-0.005],
    }
}

#[test]
fn lines_carry_their_name_and_the_difference_both_kinds_of_interval() {
    let words = texts(Chart::Maturing(ripening()));
    for wanted in [
        "click rate so far", "3.00%", "2.70%", "hours since the send",
        "difference from A, percentage points", "95% interval of one look",
        "95% confidence sequence", "margin",
    ] {
        assert!(has(&words, wanted), "{wanted} in {words:?}");
    }
    let all = marks(Chart::Maturing(ripening()));
    assert!(place_of(&all, "3.00%").1 < place_of(&all, "2.70%").1);
    // Wings are thin lines of three points around the band.
    let ups = |color, stroke: f64| {
        let line = |mark: &Mark| match mark {
            Mark::Line { points, color: c, stroke: s } if *c == color && *s == stroke => {
                (points.len() == 3).then(|| points[2].1)
            }
            _ => None,
        };
        all.iter().filter_map(line).collect::<Vec<f64>>()
    };
    let wings = ups(theme::INK, 1.0);
    let difference = *ups(theme::BLUE, 2.0).last().unwrap();
    assert_eq!(wings.len(), 2);
    assert!(((wings[0] + wings[1]) / 2.0 - difference).abs() < 1e-6);
    let bare = Maturing { differences: Vec::new(), ..ripening() };
    assert!(!has(&texts(Chart::Maturing(bare)), "difference"));
}

#[test]
fn numbers_far_outside_of_what_is_usual_are_drawn() {
    let far = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e12];
    for value in far {
        let ends = Some((-value, value));
        let mut curve = hours(Some(BestHour { hour: value, interval: ends }));
        curve.points.push(HourRate { hour: value, rate: 0.1, interval: ends });
        curve.points.push(HourRate { hour: 3.0, rate: value, interval: Some((value, value)) });
        let mut ratio = sizes_of([value, 0.5], true);
        ratio.groups[0].rows[0].shares[1] =
            ArmShare { planned: value, observed: 0.5, interval: ends };
        let mut wild = ripening();
        wild.arms[0].points.push((value, value));
        wild.arms[1].points.push((30.0, value));
        wild.differences[0].points.push(DifferencePoint {
            time: value,
            difference: value,
            interval: ends,
            sequence: ends,
        });
        wild.differences[0].points[0].sequence = ends;
        wild.margins = vec![value];
        let dots = vec![p_dot("one", 0.5, value), p_dot("two", value, 0.5), p_dot("", 0.1, 0.2)];
        let mut shrunken = effect(0.01, Some(value));
        shrunken.label = name(3);
        let charts = [
            Chart::HourCurve(curve),
            Chart::SampleRatio(ratio),
            Chart::Maturing(wild),
            p_plot(dots),
            effects(vec![shrunken], vec![value.clamp(-1e12, 1e12), 0.01]),
        ];
        for chart in charts {
            let figure = figure(chart);
            for width in [Width::Wide, Width::Narrow] {
                check_layout(&figure, &figure.scene(width));
                figure.svg(width).unwrap();
            }
        }
    }
}
