//! Survival curves.

use super::*;

fn spell(days: u32, contacts: u64, has_ended: bool) -> Spell {
    Spell { days, contacts, has_ended }
}

/// Freireich's patients under 6-MP (Freireich et al. 1963; Kalbfleisch & Prentice 1980, table 1.2): remission in weeks,
/// a censored time being one that goes on.
#[test]
fn a_published_curve_comes_out() {
    let ended = [(6, 3), (7, 1), (10, 1), (13, 1), (16, 1), (22, 1), (23, 1)];
    let going_on = [
        (6, 1),
        (9, 1),
        (10, 1),
        (11, 1),
        (17, 1),
        (19, 1),
        (20, 1),
        (25, 1),
        (32, 2),
        (34, 1),
        (35, 1),
    ];
    let mut spells: Vec<Spell> = ended.iter().map(|(d, n)| spell(*d, *n, true)).collect();
    spells.extend(going_on.iter().map(|(d, n)| spell(*d, *n, false)));
    let made = survival(&spells, 0.95).unwrap();
    let shares = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448];
    assert_eq!(made.points.len(), shares.len());
    for (point, share) in made.points.iter().zip(shares) {
        assert!((point.share - share).abs() < 5e-4, "{point:?}");
        assert!(point.low < point.share && point.share < point.high);
    }
    let at_risk: Vec<u64> = made.points.iter().map(|p| p.at_risk).collect();
    assert_eq!(at_risk, [21, 17, 15, 12, 11, 7, 6]);
    assert_eq!((made.entered, made.left, made.median_days), (21, 9, Some(23)));
    // R: survfit(..., conf.type = "log-log") at 10 weeks: 0.7529 (0.5032, 0.8894).
    let ten = &made.points[2];
    assert!((ten.low - 0.5032).abs() < 5e-4 && (ten.high - 0.8894).abs() < 5e-4, "{ten:?}");
}

#[test]
fn order_and_grouping_of_spells_do_not_matter() {
    let apart = [spell(7, 1, true), spell(14, 1, false), spell(7, 1, true), spell(21, 1, true)];
    let together = [spell(21, 1, true), spell(7, 2, true), spell(14, 1, false)];
    assert_eq!(survival(&apart, 0.95), survival(&together, 0.95));
}

#[test]
fn nobody_and_everybody_are_no_trouble() {
    assert!(survival(&[], 0.95).is_none());
    let all_left = survival(&[spell(7, 4, true)], 0.95).unwrap();
    assert_eq!((all_left.points[0].share, all_left.points[0].high), (0.0, 0.0));
    let none_left = survival(&[spell(7, 4, false)], 0.95).unwrap();
    assert_eq!((none_left.points.len(), none_left.median_days), (0, None));
}
