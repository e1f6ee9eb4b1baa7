//! Second looks on rows whose answers are known.

use super::super::*;
use super::*;
use crate::error::Kind;

/// 400 recipients in two arms: spend before, clicks, opens, and revenue that follows spend.
fn rows() -> Rows {
    let n = 400;
    let arm = |row: usize| (row % 2) as u32;
    let before = |row: usize| ((row * 37) % 101) as f64;
    let revenue = |row: usize| before(row) * 0.8 + f64::from(arm(row)) * 2.0 + (row % 7) as f64;
    let arms = Levels {
        names: vec!["control".to_owned(), "b".to_owned()],
        codes: (0..n).map(arm).collect(),
    };
    let column = |name: &str, value: &dyn Fn(usize) -> f64| {
        (name.to_owned(), (0..n).map(value).collect::<Vec<f64>>())
    };
    let columns = vec![
        column("before", &|row| if row == 0 { f64::NAN } else { before(row) }),
        column("revenue", &revenue),
        column("opens", &|row| f64::from(u8::from(row % 3 > 0))),
        column("clicks", &|row| f64::from(u8::from(row % 6 == 5))),
        column("rare", &|row| f64::from(u8::from(row % 40 < 2))),
        column("nothing", &|_| 0.0),
    ];
    Rows::new(arms, columns).expect("columns of one length")
}

fn looks() -> SecondLooks {
    SecondLooks::new("control", Level::DEFAULT, 1)
}

#[test]
fn a_covariate_takes_the_noise_out() {
    let found = looks().covariate("revenue", "before").take(&rows()).expect("known columns");
    let look = &found[0];
    assert_eq!((look.way, found.len()), (Way::Adjusted, 1));
    assert!(look.variance_reduction.expect("a covariate that varies") > 0.9);
    let estimate = look.estimate.as_ref().expect("two full arms");
    assert!(estimate.low < 2.0 && 2.0 < estimate.high, "{estimate:?}");
    assert!(look.note.contains("1 recipients without it stand at its mean"), "{}", look.note);
}

#[test]
fn a_ratio_says_when_it_is_not_to_be_decided_on() {
    let found = looks().ratio("clicks", "opens").take(&rows()).expect("known columns");
    assert!(found[0].note.contains("not to be decided on"), "{}", found[0].note);
    assert!(found[0].p.is_some());
    let found = looks().ratio("clicks", "nothing").take(&rows()).expect("known columns");
    assert_eq!(found[0].estimate, None);
    assert!(found[0].note.starts_with("no estimate"), "{}", found[0].note);
}

#[test]
fn means_are_capped_resampled_where_skewed_and_ranked() {
    let ways = |metric: &str| {
        let found = looks().mean(metric).take(&rows()).expect("known columns");
        found.iter().map(|look| look.way).collect::<Vec<Way>>()
    };
    assert_eq!(ways("revenue"), [Way::Capped, Way::Ranks]);
    // One in twenty: n is far below 355 times its squared skewness.
    assert_eq!(ways("rare"), [Way::Capped, Way::Bootstrap, Way::Ranks]);
    let found = looks().mean("nothing").take(&rows()).expect("known columns");
    assert!(found.iter().all(|look| look.estimate.is_some()), "{found:?}");
}

#[test]
fn a_quantile_and_a_subset_are_read() {
    let looks = looks().quantile("revenue", 0.9).expect("a share");
    let found = looks.delivered("clicks", "clicks").take(&rows()).expect("known columns");
    assert_eq!(found.iter().map(|l| l.way).collect::<Vec<_>>(), [Way::Delivered, Way::Quantile]);
    assert_eq!(found[1].with.as_deref(), Some("0.9"));
    assert!(found.iter().all(|look| look.estimate.is_some()));
    assert!(self::looks().quantile("revenue", 1.0).is_err());
}

#[test]
fn the_order_of_rows_does_not_show() {
    let all = looks().covariate("revenue", "before").ratio("clicks", "opens").mean("rare");
    let plain = all.take(&rows()).expect("known columns");
    let turned = all.take(&rows().reversed()).expect("known columns");
    assert_eq!(plain, turned);
}

#[test]
fn names_are_checked() {
    for looks in
        [looks().mean("revenu"), SecondLooks::new("contrl", Level::DEFAULT, 1).mean("revenue")]
    {
        let error = looks.take(&rows()).expect_err("a slip");
        assert_eq!(error.kind(), Kind::Settings);
        assert!(error.hint_text().is_some_and(|hint| hint.starts_with("did you mean")));
    }
}
