//! What the figures of an outlook say, and numbers far outside of what is usual.

use super::*;

fn texts(chart: Chart) -> Vec<String> {
    let marks = figure(chart).scene(Width::Wide).marks;
    let text = |mark: Mark| if let Mark::Text { text, .. } = mark { Some(text) } else { None };
    marks.into_iter().filter_map(text).collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

fn dot(predicted: f64, observed: f64, contacts: u64) -> CalibrationDot {
    CalibrationDot { contacts, predicted, observed, interval: None }
}

fn plot(dots: Vec<CalibrationDot>) -> Chart {
    let event = "no order within 90 days".to_owned();
    Chart::CalibrationPlot(CalibrationPlot { event, level: 0.95, dots })
}

#[test]
fn a_dot_that_came_true_lies_on_the_line() {
    let marks =
        figure(plot(vec![dot(0.25, 0.25, 100), dot(0.75, 0.75, 50)])).scene(Width::Wide).marks;
    let places = marks.iter().filter_map(|mark| match mark {
        Mark::Dot { x, y, .. } => Some((*x, *y)),
        _ => None,
    });
    let places: Vec<(f64, f64)> = places.collect();
    // The line is the only thick one that rises.
    let line = marks.iter().find_map(|mark| match mark {
        Mark::Line { points, stroke, .. } if *stroke == 2.0 && points[0].0 != points[1].0 => {
            Some((points[0], points[1]))
        }
        _ => None,
    });
    let (from, to) = line.unwrap();
    let slope = (to.1 - from.1) / (to.0 - from.0);
    assert!(slope < 0.0 && places.len() == 2);
    for (x, y) in places {
        assert!((from.1 + slope * (x - from.0) - y).abs() < 1e-9);
    }
}

#[test]
fn calibration_says_what_was_predicted_and_of_how_many() {
    let texts = texts(plot(vec![dot(0.31, 0.35, 1_204), dot(0.62, 0.58, 900)]));
    for wanted in ["no order within 90 days", "95% intervals", "contacts a dot", "1,204", "30%"] {
        assert!(has(&texts, wanted), "{wanted} in {texts:?}");
    }
    // Nothing lies outside of these tenths.
    assert!(!has(&texts, "20%") && !has(&texts, "80%"));
}

#[test]
fn tenths_show_their_rate_their_lift_and_what_they_hold() {
    let tenth = |rate: f64, lift, captured| LiftTenth { contacts: 10, rate, lift, captured };
    let tenths = vec![tenth(0.9, 1.8, 0.9), tenth(0.1, 0.2, 1.0)];
    let event = "no order within 90 days".to_owned();
    let texts = texts(Chart::LiftByTenth(LiftByTenth { event, overall: 0.5, tenths }));
    for wanted in ["90.0%", "10.0%", "×1.80", "×0.20", "all contacts: 50.0%", "90%", "100%"] {
        assert!(texts.iter().any(|text| text == wanted), "{wanted} in {texts:?}");
    }
}

#[test]
fn expected_and_actual_are_joined_by_their_error() {
    let row = ExpectedRow {
        name: "1997-01".to_owned(),
        n: "7,846 contacts".to_owned(),
        expected: 50.0,
        actual: 100.0,
    };
    let chart = ExpectedActual { unit: "orders".to_owned(), rows: vec![row] };
    let marks = figure(Chart::ExpectedActual(chart.clone())).scene(Width::Wide).marks;
    let joined = marks.iter().find_map(|mark| match mark {
        Mark::Line { points, stroke, .. } if *stroke == 3.0 => Some(points[1].0 - points[0].0),
        _ => None,
    });
    let levels: Vec<f64> = marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { points, .. } if points[0].0 == points[1].0 => Some(points[0].0),
            _ => None,
        })
        .collect();
    let whole = levels.last().unwrap() - levels[0];
    assert!((joined.unwrap() - whole / 2.0).abs() < 1e-9);
    assert!(has(&texts(Chart::ExpectedActual(chart)), "50 expected, 100 came"));
}

fn heat(contacts: u64) -> Chart {
    let tile = AliveTile { contacts, p_alive: 0.96 };
    let empty = AliveTile { contacts: 0, p_alive: f64::NAN };
    Chart::AliveHeatmap(AliveHeatmap {
        days: ["0–89", "90+"].map(str::to_owned).to_vec(),
        repeats: ["0", "1+"].map(str::to_owned).to_vec(),
        cells: vec![vec![tile, empty], vec![empty, empty]],
    })
}

#[test]
fn cells_without_contacts_stay_blank() {
    let some = texts(heat(11_342));
    for wanted in ["96%", "11,342", "0–89", "90+", "1+", "days since the last order"] {
        assert!(some.iter().any(|text| text == wanted), "{wanted} in {some:?}");
    }
    assert_eq!(some.iter().filter(|text| text.ends_with('%') && *text != "96%").count(), 3);
    assert!(has(&texts(heat(0)), "because nobody has bought"));
}

#[test]
fn ranges_of_value_say_from_where_to_where() {
    let range = |from, to, contacts| ValueRange {
        from,
        to,
        contacts,
        share_of_contacts: 0.5,
        share_of_value: 0.25,
    };
    let ranges =
        vec![range(0.0, Some(0.5), 7), range(0.5, Some(2_000.0), 1_204), range(2_000.0, None, 3)];
    let texts = texts(Chart::ValueSpread(ValueSpread { currency: "EUR".to_owned(), ranges }));
    for wanted in ["under 0.50 (7)", "0.50 to 2,000 (1,204)", "2,000 or more (3)", "EUR"] {
        assert!(has(&texts, wanted), "{wanted} in {texts:?}");
    }
}

#[test]
fn numbers_far_outside_of_what_is_usual_are_drawn() {
    let far = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    for value in far {
        let mut wild = dot(value, 0.5, u64::MAX);
        wild.interval = Some((-value, value));
        let tenth = LiftTenth { contacts: 0, rate: value, lift: value, captured: value };
        let row = ExpectedRow { name: name(2), n: name(3), expected: value, actual: -value };
        let Chart::AliveHeatmap(mut heat) = heat(u64::MAX) else { unreachable!() };
        heat.cells[0][1] = AliveTile { contacts: 1, p_alive: value };
        let range = ValueRange {
            from: value.clamp(-1e12, 1e12),
            to: Some(1.0),
            contacts: u64::MAX,
            share_of_contacts: 0.1,
            share_of_value: 0.2,
        };
        let charts = [
            plot(vec![wild, dot(0.5, 0.25, 1)]),
            Chart::LiftByTenth(LiftByTenth {
                event: name(1),
                overall: value.clamp(-1e12, 1e12),
                tenths: vec![tenth; 3],
            }),
            Chart::ExpectedActual(ExpectedActual { unit: name(2), rows: vec![row] }),
            Chart::AliveHeatmap(heat),
            Chart::ValueSpread(ValueSpread { currency: name(2), ranges: vec![range] }),
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
