//! What the figures of a segment proposal say, and numbers far outside of what is usual.

use super::*;

fn texts(chart: Chart) -> Vec<String> {
    let marks = figure(chart).scene(Width::Wide).marks;
    let text = |mark: Mark| if let Mark::Text { text, .. } = mark { Some(text) } else { None };
    marks.into_iter().filter_map(text).collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

fn candidate(k: u32, silhouette: f64, ruled_out: Option<&str>) -> CandidatePoint {
    CandidatePoint {
        k,
        silhouette,
        silhouette_interval: None,
        stability_lowest: f64::NAN,
        stability_mean: f64::NAN,
        prediction_strength: f64::NAN,
        ruled_out: ruled_out.map(str::to_owned),
    }
}

#[test]
fn panels_without_values_are_left_out_and_reasons_name_their_numbers() {
    let (small, unstable) = (Some("too small to test"), Some("unstable"));
    let reasons = [None, small, unstable, small, small, small, None, small];
    let candidates = (2..).zip(reasons).map(|(k, reason)| candidate(k, 0.3, reason)).collect();
    let texts = texts(Chart::ChoiceByK(ChoiceByK { candidates, chosen: Some(8) }));
    assert!(has(&texts, "mean silhouette") && has(&texts, "chosen: 8"));
    assert!(!has(&texts, "stability") && !has(&texts, "prediction strength"));
    assert!(has(&texts, "3, 5–7, 9: too small to test") && has(&texts, "4: unstable"));
}

#[test]
fn a_number_that_was_no_candidate_is_not_marked_as_chosen() {
    let candidates = vec![candidate(3, 0.2, None)];
    let texts = texts(Chart::ChoiceByK(ChoiceByK { candidates, chosen: Some(4) }));
    assert!(!has(&texts, "chosen"));
}

#[test]
fn only_segments_beyond_the_wanted_lift_are_too_small() {
    let segment = |lift| SegmentLift { name: "s".to_owned(), n: String::new(), lift };
    let lifts = [0.04, 0.1, 0.25, f64::INFINITY, f64::NAN].map(segment).to_vec();
    let chart = |wanted| DetectableLift {
        metric: "click rate".to_owned(),
        power: 0.8,
        wanted,
        segments: lifts.clone(),
    };
    let some = texts(Chart::DetectableLift(chart(Some(0.1))));
    let too_small: Vec<_> = some.iter().filter(|text| text.contains("too small")).collect();
    assert_eq!(too_small, ["25%: too small to test alone", "too small to test alone"]);
    assert!(has(&some, "wanted: 10%") && has(&some, "80% power") && has(&some, "not computed"));
    let none = texts(Chart::DetectableLift(chart(None)));
    assert_eq!(none.iter().filter(|text| text.contains("too small")).count(), 1);
    assert!(!has(&none, "wanted"));
}

#[test]
fn hollow_dots_stand_for_segments_that_are_not_stable() {
    let dots = |jaccard| {
        let (name, n) = ("s".to_owned(), String::new());
        let segments = vec![SegmentStability { name, n, jaccard, interval: None }];
        let scene = figure(Chart::StabilityBars(StabilityBars { segments })).scene(Width::Wide);
        scene.marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count()
    };
    // A hollow dot is paper on an edge.
    assert_eq!([dots(0.9), dots(0.75), dots(0.74)], [1, 1, 2]);
}

/// A map of `n` segments on a line, `step` apart.
fn line_of_segments(n: usize, step: f64) -> SegmentMap {
    let segment = |i: usize| MapSegment {
        name: format!("segment {}", i + 1),
        x: step * i as f64,
        y: -step * i as f64,
        contacts: 1_000 - 10 * i as u64,
        share: 1.0 / n as f64,
        spread: (1.0, 1.0, 0.0),
    };
    SegmentMap {
        segments: (0..n).map(segment).collect(),
        points: Vec::new(),
        axes: ["more orders →".to_owned(), "more opens →".to_owned()],
        explained: [0.5, 0.25],
    }
}

#[test]
fn every_segment_is_numbered_on_the_map_and_in_the_list() {
    for step in [0.0, 0.1, 1.0, 10.0] {
        for width in [Width::Wide, Width::Narrow] {
            let figure = figure(Chart::SegmentMap(line_of_segments(15, step)));
            let scene = figure.scene(width);
            check_layout(&figure, &scene);
            for number in 1..=15 {
                let number = number.to_string();
                let named = format!("{number} segment {number}");
                let says = |mark: &&Mark| {
                    matches!(mark, Mark::Text { text, face, .. }
                        if face.bold && (*text == number || *text == named))
                };
                assert_eq!(scene.marks.iter().filter(says).count(), 2, "{number} at {step}");
            }
        }
    }
}

#[test]
fn axes_of_the_map_say_what_they_are() {
    let texts = texts(Chart::SegmentMap(line_of_segments(3, 1.0)));
    assert!(has(&texts, "component 1 (50% of the variance): more orders →"));
    assert!(has(&texts, "component 2 (25% of the variance): more opens →"));
    assert!(has(&texts, "1,000 contacts · 33.3%"));
}

#[test]
fn circles_have_areas_as_the_numbers_of_contacts() {
    let mut map = line_of_segments(2, 30.0);
    map.segments[0].contacts = 40_000;
    map.segments[1].contacts = 10_000;
    let marks = figure(Chart::SegmentMap(map)).scene(Width::Wide).marks;
    let radius = |mark: &Mark| match mark {
        Mark::Dot { radius, fill, .. } if *fill != theme::PAPER => Some(*radius),
        _ => None,
    };
    let radii: Vec<f64> = marks.iter().filter_map(radius).collect();
    // The third is the sign of the first segment in the list.
    assert_eq!(radii[..2], [30.0, 15.0]);
}

#[test]
fn no_more_points_than_are_of_use_are_drawn() {
    let mut map = line_of_segments(1, 1.0);
    map.points = (0..4_000).map(|i| (f64::from(i % 7), f64::from(i % 5), 0)).collect();
    let texts = texts(Chart::SegmentMap(map));
    assert!(has(&texts, "1,334 sampled contacts"), "{texts:?}");
}

#[test]
fn features_stand_under_their_family_those_that_differ_most_first() {
    let names = |names: [&str; 4]| names.map(str::to_owned).to_vec();
    let map = ProfileHeatmap {
        segments: vec!["one".to_owned(), "two".to_owned()],
        features: names(["orders", "opens", "revenue", "clicks"]),
        families: names(["Buying", "Reading", "Buying", "Reading"]),
        values: vec![vec![0.1, f64::NAN, 0.3, 0.2], vec![0.2, 0.9, -1.4, 0.3]],
    };
    let texts = texts(Chart::ProfileHeatmap(map));
    let wanted = ["Buying", "revenue", "orders", "Reading", "opens", "clicks"];
    let found: Vec<&String> = texts.iter().filter(|text| wanted.contains(&text.as_str())).collect();
    assert_eq!(found, wanted);
}

fn wheel(mean_hour: Option<f64>, mean_interval: Option<(f64, f64)>) -> Chart {
    let hours = HourPanel {
        name: "s".to_owned(),
        n: "n = 240".to_owned(),
        shares: (0..24).map(|hour| if hour == 6 { 0.77 } else { 0.01 }).collect(),
        mean_hour,
    };
    let panels = vec![WheelPanel { hours, mean_interval }];
    Chart::HourWheel(HourWheel { activity: "clicks".to_owned(), panels })
}

#[test]
fn a_wheel_has_midnight_at_the_top_and_areas_as_the_shares() {
    let marks = figure(wheel(Some(6.5), None)).scene(Width::Wide).marks;
    let sectors: Vec<&Vec<(f64, f64)>> = marks
        .iter()
        .filter_map(|mark| if let Mark::Area { points, .. } = mark { Some(points) } else { None })
        .collect();
    assert_eq!(sectors.len(), 24);
    // Twice the area of a polygon (the shoelace formula).
    let area = |points: &[(f64, f64)]| {
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs()
    };
    let ratio = area(sectors[6]) / area(sectors[0]);
    assert!((ratio - 77.0).abs() < 1.0, "{ratio}");
    let reach = |points: &[(f64, f64)]| points.iter().map(|p| p.0).fold(0.0, f64::max);
    let top = |points: &[(f64, f64)]| points.iter().map(|p| p.1).fold(1e9, f64::min);
    let rightmost = (0..24).max_by(|a, b| reach(sectors[*a]).total_cmp(&reach(sectors[*b])));
    assert_eq!(rightmost, Some(6));
    assert!(top(sectors[0]) < top(sectors[12]) && reach(sectors[0]) > reach(sectors[23]));
}

#[test]
fn a_wheel_names_the_mean_with_its_interval_also_across_midnight() {
    let some = texts(wheel(Some(23.5), Some((22.75, 0.25))));
    assert!(has(&some, "mean hour 23:30") && has(&some, "(22:45 to 00:15)"));
    assert!(has(&some, "arc: its confidence interval"));
    let none = texts(wheel(None, Some((22.75, 0.25))));
    assert!(has(&none, "no preferred hour") && !has(&none, "22:45") && !has(&none, "hand"));
}

#[test]
fn numbers_far_outside_of_what_is_usual_are_drawn() {
    let far = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    for value in far {
        let mut map = line_of_segments(3, 1.0);
        map.segments[1].x = value;
        map.segments[2].spread = (value, value.abs(), 1.0);
        map.points = vec![(value, 0.0, usize::MAX), (0.0, value, 1)];
        let segment = |lift| SegmentLift { name: name(1), n: name(2), lift };
        let lifts = DetectableLift {
            metric: name(2),
            power: value,
            wanted: Some(value),
            segments: vec![segment(value), segment(0.1)],
        };
        let mut one = candidate(u32::MAX, value, None);
        one.silhouette_interval = Some((-value, value));
        let candidates = vec![one, candidate(0, 0.1, Some("small"))];
        let choice = ChoiceByK { candidates, chosen: Some(u32::MAX) };
        let charts = [
            Chart::SegmentMap(map),
            Chart::DetectableLift(lifts),
            Chart::ChoiceByK(choice),
            wheel(Some(value), Some((value, -value))),
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
