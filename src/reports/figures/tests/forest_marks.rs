//! What the second marks and the margins of a forest plot say.

use super::*;

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

pub(super) fn effect(point: f64, shrunken: Option<f64>) -> ForestRow {
    let (low, high) = (point - 0.01, point + 0.01);
    let estimate = Estimate { point, std_error: None, low, high, level: 0.95, method: "Newcombe" };
    ForestRow {
        label: "one".to_owned(),
        n: "12 vs 13".to_owned(),
        value: ForestValue::Estimate { estimate, text: "text".to_owned() },
        shrunken: shrunken.map(|point| ShrunkenEffect { point, low: 0.0, high: point }),
        emphasised: false,
    }
}

pub(super) fn effects(rows: Vec<ForestRow>, margins: Vec<f64>) -> Chart {
    let groups = vec![ForestGroup { heading: "Segment".to_owned(), rows }];
    let (left, right) = ("lower".to_owned(), "higher".to_owned());
    Chart::ForestPlot(ForestPlot {
        unit: ForestUnit::PercentagePoints,
        left,
        right,
        margins,
        groups,
    })
}

#[test]
fn a_second_mark_stands_below_the_first_and_is_explained() {
    let chart = effects(vec![effect(0.02, Some(0.01)), effect(0.0, None)], Vec::new());
    let all = marks(chart.clone());
    let raw = all.iter().rev().find_map(|mark| match mark {
        Mark::Dot { x, y, fill, .. } if *fill == theme::BLUE && *x > 300.0 => Some((*x, *y)),
        _ => None,
    });
    assert!(raw.is_some());
    let hollow: Vec<f64> = all
        .iter()
        .filter_map(|mark| match mark {
            Mark::Area { points, fill } if *fill == theme::VERMILLION => Some(points[1].1),
            _ => None,
        })
        .collect();
    // One in the legend, one in the only row that has it.
    assert_eq!(hollow.len(), 2);
    let dots: Vec<f64> = all
        .iter()
        .filter_map(|mark| match mark {
            Mark::Dot { y, fill, .. } if *fill == theme::BLUE => Some(*y),
            _ => None,
        })
        .collect();
    assert!(dots[1] < hollow[1] && hollow[1] < dots[2], "{dots:?} {hollow:?}");
    let some = texts(chart);
    assert!(has(&some, "as measured") && has(&some, "drawn towards the mean"));
    let none = texts(effects(vec![effect(0.02, None)], Vec::new()));
    assert!(!has(&none, "as measured") && !has(&none, "margin"));
}

#[test]
fn margins_are_named_with_their_unit_and_drawn_where_they_have_room() {
    let said = |margins| texts(effects(vec![effect(0.02, None)], margins));
    assert!(has(&said(vec![0.005, -0.005]), "margin: ±0.5 pp"));
    assert!(has(&said(vec![-0.0025]), "margin: −0.25 pp"));
    assert!(has(&said(vec![-0.01, 0.03]), "margin: −1 and 3 pp"));
    assert!(has(&said(vec![50.0]), "margin: 5,000 pp, beyond the axis"));
    let dashes = |margins| {
        let is_dash = |mark: &&Mark| {
            matches!(mark, Mark::Line { points, stroke, .. }
                if *stroke == 1.5 && points[0].0 == points[1].0)
        };
        marks(effects(vec![effect(0.02, None)], margins)).iter().filter(is_dash).count()
    };
    assert!(dashes(vec![0.005]) > 2);
    assert_eq!(dashes(vec![0.005, -0.005]), 2 * dashes(vec![0.005]));
    assert_eq!([dashes(vec![50.0]), dashes(vec![f64::NAN]), dashes(vec![])], [0; 3]);
}
