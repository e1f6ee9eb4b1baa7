//! What must hold for any hours, and what is not answered.

use super::*;

/// A day of bins with a crest at `crest`, from a list of counts.
fn day(shift: f64) -> Vec<HourBin> {
    let x =
        [41, 40, 34, 25, 21, 14, 13, 17, 12, 18, 8, 6, 8, 12, 9, 11, 17, 20, 26, 28, 26, 36, 40];
    let hour = |i: usize| (i as f64 + shift).rem_euclid(24.0);
    x.iter().enumerate().map(|(i, x)| bin(hour(i), *x, 400 + i as u64)).collect()
}

#[test]
fn turning_the_clock_turns_the_answer() {
    for harmonics in 1..=3 {
        let still = read(&day(0.0), harmonics);
        for shift in [0.25, 3.0, 11.5, 23.0] {
            let turned = read(&day(shift), harmonics);
            let (a, b) =
                (still.against_flat.expect("a test"), turned.against_flat.expect("a test"));
            close(b.statistic, a.statistic, 1e-9);
            match (&still.best, &turned.best) {
                (BestHour::Found { hour: a, .. }, BestHour::Found { hour: b, .. }) => {
                    assert!(apart(a.point + shift, b.point) < 1e-6, "{a:?} {b:?} {shift}");
                    close(b.high - b.low, a.high - a.low, 1e-6);
                }
                (BestHour::None { reason: a }, BestHour::None { reason: b }) => {
                    assert_eq!(std::mem::discriminant(a), std::mem::discriminant(b));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn order_splits_and_empty_hours_do_not_matter() {
    let mut bins = day(0.0);
    let whole = read(&bins, 1);
    bins.reverse();
    let first = bins[0];
    bins[0] = bin(first.hour, 10, 100);
    bins.push(bin(first.hour, first.counts.successes() - 10, first.counts.n() - 100));
    bins.push(bin(23.5, 0, 0));
    let other = read(&bins, 1);
    assert_eq!((&whole.best, &whole.curve), (&other.best, &other.curve));
    assert!(other.notes.iter().any(|note| note.starts_with("an hour without sends")));
}

#[test]
fn failures_have_their_crest_half_a_day_away() {
    let bins = day(0.0);
    let flipped: Vec<HourBin> =
        bins.iter().map(|b| bin(b.hour, b.counts.failures(), b.counts.n())).collect();
    let (BestHour::Found { hour: one, .. }, BestHour::Found { hour: other, .. }) =
        (read(&bins, 1).best, read(&flipped, 1).best)
    else {
        panic!("no hour")
    };
    assert!((apart(one.point, other.point) - 12.0).abs() < 1e-9);
    close(one.high - one.low, other.high - other.low, 1e-9);
}

fn reason(bins: &[HourBin], harmonics: usize) -> NoBestHour {
    match read(bins, harmonics).best {
        BestHour::None { reason } => reason,
        found => panic!("{found:?}"),
    }
}

#[test]
fn no_hour_is_named_without_reason() {
    let even: Vec<HourBin> = (0..24).map(|h| bin(f64::from(h), 20, 300)).collect();
    assert_eq!(reason(&even, 1), NoBestHour::Flat);
    let none: Vec<HourBin> = (0..24).map(|h| bin(f64::from(h), 0, 300)).collect();
    assert_eq!(reason(&none, 1), NoBestHour::NoVariation);
    let all: Vec<HourBin> = (0..24).map(|h| bin(f64::from(h), 30, 30)).collect();
    assert_eq!(reason(&all, 2), NoBestHour::NoVariation);
    let two: Vec<HourBin> =
        (0..24).map(|h| bin(f64::from(h), u64::from(h == 9 || h == 10), 300)).collect();
    assert_eq!(reason(&two, 1), NoBestHour::TooFewSuccesses);
    let crests = (0..24).map(|h| bin(f64::from(h), if h % 12 < 6 { 60 } else { 20 }, 300));
    let crests = reason(&crests.collect::<Vec<_>>(), 2);
    assert!(matches!(crests, NoBestHour::TwoCrests { .. }), "{crests:?}");
    let three: Vec<HourBin> =
        [(8.0, 40), (12.0, 20), (18.0, 15)].map(|(h, x)| bin(h, x, 300)).to_vec();
    assert_eq!(reason(&three, 1), NoBestHour::TooFewHours);
    // Mornings and evenings, and a wave that is highest at night, when nobody was mailed.
    let rates = [(7.0, 84), (8.0, 77), (12.0, 30), (13.0, 30), (18.0, 72), (19.0, 82), (23.0, 30)];
    let peaks: Vec<HourBin> = rates.map(|(h, x)| bin(h, x, 1000)).to_vec();
    assert_eq!(reason(&peaks, 1), NoBestHour::NotAWave);
}

#[test]
fn hours_that_cannot_carry_a_wave_are_refused() {
    let slots: Vec<HourBin> = [0.0, 6.0, 12.0, 18.0].map(|h| bin(h, 10 + h as u64, 100)).to_vec();
    let bins = HourBins::new(&slots).expect("valid bins");
    let with =
        |harmonics| SendTimeParams::new(harmonics, Level::DEFAULT).expect("valid").read(&bins);
    assert!(with(1).is_ok() && with(2).is_err());
    // Six even hours see the third sine nowhere but at zero.
    let six: Vec<HourBin> = (0..6).map(|i| bin(4.0 * f64::from(i), 9 + i as u64, 90)).collect();
    let six = HourBins::new(&six).expect("valid bins");
    assert!(SendTimeParams::new(3, Level::DEFAULT).expect("valid").read(&six).is_err());
    let wide = [0.0, 0.1, 0.2, 12.0, 12.1, 12.2, 6.0].map(|h| bin(h, 20, 100));
    assert!(HourBins::new(&wide).is_ok());
    assert!(HourBins::new(&[bin(24.0, 1, 2), bin(1.0, 1, 2)]).is_err());
    assert!(HourBins::new(&[bin(f64::NAN, 1, 2), bin(1.0, 1, 2)]).is_err());
    assert!(HourBins::new(&[bin(3.0, 1, 2), bin(3.0, 1, 2)]).is_err());
    assert!(SendTimeParams::new(0, Level::DEFAULT).is_err());
    assert!(SendTimeParams::new(4, Level::DEFAULT).is_err());
}

#[test]
fn a_readout_is_json_with_words() {
    let json = serde_json::to_value(read(&day(0.0), 1)).expect("plain data");
    assert_eq!(json["best"]["answer"], "found");
    assert_eq!(json["best"]["hour"]["method"], "delta");
    let even: Vec<HourBin> = (0..24).map(|h| bin(f64::from(h), 20, 300)).collect();
    let json = serde_json::to_value(read(&even, 1)).expect("plain data");
    assert_eq!(
        (&json["best"]["answer"], &json["best"]["reason"]),
        (&"none".into(), &"flat".into())
    );
    assert!(json["answer"].as_str().expect("words").starts_with("no best hour"));
    let late = read(&day(0.6), 1).best.sentence();
    assert!(late.starts_with("the best local hour is 2") && late.contains(" to 00:"), "{late}");
}

#[test]
fn circular_means_turn_with_the_clock_and_know_when_there_is_none() {
    let hours = [22.0, 23.5, 0.5, 1.0, 2.5, 21.0];
    let of = |shift: f64| {
        let turned: Vec<f64> = hours.iter().map(|h| h + shift).collect();
        CircularSummary::new(&turned, Level::DEFAULT).expect("hours")
    };
    let mean = |summary: &CircularSummary| summary.mean_hour.clone().expect("a mean").point;
    for shift in [0.0, 5.0, -7.5, 48.0] {
        assert!(apart(mean(&of(shift)), mean(&of(0.0)) + shift) < 1e-9);
        close(of(shift).concentration, of(0.0).concentration, 1e-9);
    }
    let none = CircularSummary::new(&[3.0, 15.0], Level::DEFAULT).expect("hours");
    assert!(none.mean_hour.is_none() && none.rayleigh_p > 0.999_999);
    let same = CircularSummary::new(&[7.0; 8], Level::DEFAULT).expect("hours");
    assert!(same.concentration > 1e9 && (mean(&same) - 7.0).abs() < 1e-9);
    let weighted = CircularSummary::weighted(&[(7.0, 3), (9.0, 1)], Level::DEFAULT).expect("hours");
    let plain = CircularSummary::new(&[7.0, 7.0, 7.0, 9.0], Level::DEFAULT).expect("hours");
    close(mean(&weighted), mean(&plain), 1e-12);
    assert!(CircularSummary::new(&[], Level::DEFAULT).is_err());
    assert!(CircularSummary::new(&[f64::NAN], Level::DEFAULT).is_err());
}

#[test]
fn watson_williams_refuses_groups_that_do_not_vary() {
    assert!(watson_williams(&[vec![3.0, 3.0], vec![5.0, 5.0]]).is_err());
    assert!(watson_williams(&[vec![3.0, 4.0]]).is_err());
    assert!(watson_williams(&[vec![3.0, 4.0], vec![]]).is_err());
    let (a, b) = (vec![3.0, 4.0, 6.0], vec![5.0, 7.0]);
    let (one, other) = (watson_williams(&[a.clone(), b.clone()]), watson_williams(&[b, a]));
    close(one.expect("groups").f, other.expect("groups").f, 1e-9);
}
