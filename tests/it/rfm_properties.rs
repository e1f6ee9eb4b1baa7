//! RFM scores against a plain second implementation, and what holds for any contacts.

use microseg::segments::rfm::{Better, Purchases, RfmModel, RfmParams, Rule, Scores, summary};
use microseg::workspace::{RFM_BINS, RfmPreset};

use crate::rfm_scores::{codes, contact, fit};

// The second implementation: plain loops over all pairs, one value at a time.

fn plain_mid_rank(values: &[i64], value: i64, bins: u8) -> u8 {
    let below = values.iter().filter(|v| **v < value).count() as u128;
    let alike = values.iter().filter(|v| **v == value).count() as u128;
    let doubled = u128::from(bins) * (2 * below + alike);
    (1..=bins).rev().find(|s| doubled >= u128::from(s - 1) * 2 * values.len() as u128).unwrap()
}

/// Compares with the edges as fractions over `bins`.
fn plain_value_edges(values: &[i64], value: i64, better: Better, bins: u8) -> u8 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let k = i128::from(bins);
    let is_above = |j: &i128| {
        let h = (sorted.len() - 1) as i128 * j;
        let low = i128::from(sorted[(h / k) as usize]);
        let high =
            i128::from(*sorted.get((h / k) as usize + 1).unwrap_or(&sorted[sorted.len() - 1]));
        i128::from(value) * k > low * k + h % k * (high - low)
    };
    let above = (1..k).filter(is_above).count() as u8;
    match better {
        Better::Higher => above + 1,
        Better::Lower => bins - above,
    }
}

/// Hands contacts out to groups one by one, the worst first.
fn plain_ntile(mut order: Vec<(i64, usize)>, bins: u8) -> Vec<u8> {
    order.sort_unstable();
    let n = order.len();
    let mut scores = vec![0; n];
    let mut rest = order.iter();
    for group in 0..usize::from(bins) {
        let size = n / usize::from(bins) + usize::from(group < n % usize::from(bins));
        rest.by_ref().take(size).for_each(|(_, place)| scores[*place] = group as u8 + 1);
    }
    scores
}

/// Numbers that repeat without a pattern.
fn noise(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// Contacts with many ties, ids in order.
fn crowd(n: usize, seed: u64) -> Vec<Purchases> {
    let mut next = noise(seed);
    let mut one = |i: usize| {
        let orders = 1 + next(3) * next(4);
        let minor = next(900) as i64 * 100 - 5_000 * i64::from(next(9) == 0);
        contact(format!("{i:05}"), next(60) as i64 * 7, orders, minor)
    };
    (0..n).map(&mut one).collect()
}

const SIZES: [usize; 8] = [1, 2, 3, 7, 23, 60, 101, 500];

fn column(contacts: &[Purchases], place: usize) -> Vec<i64> {
    let value =
        |c: &Purchases| [c.recency_days.unwrap(), c.frequency as i64, c.monetary_minor][place];
    contacts.iter().map(value).collect()
}

fn three(scores: Scores) -> [u8; 3] {
    [scores.recency, scores.frequency, scores.monetary]
}

const BETTER: [Better; 3] = [Better::Lower, Better::Higher, Better::Higher];

fn all_bins(rule: Rule) -> impl Iterator<Item = RfmParams> {
    let params = move |bins| RfmParams::new("GBP").rule(rule.clone()).bins(bins);
    RFM_BINS.into_iter().map(move |bins| params(bins).preset(RfmPreset::None))
}

#[test]
fn a_second_implementation_scores_alike() {
    for (seed, n) in SIZES.into_iter().enumerate() {
        let contacts = crowd(n, seed as u64 + 1);
        for params in all_bins(Rule::MidRank) {
            let (bins, model) = (params.bins, fit(params, &contacts));
            for (place, better) in BETTER.into_iter().enumerate() {
                let turn = |v: i64| if better == Better::Lower { -v } else { v };
                let values: Vec<i64> = column(&contacts, place).into_iter().map(turn).collect();
                for (i, c) in contacts.iter().enumerate() {
                    let expected = plain_mid_rank(&values, values[i], bins);
                    assert_eq!(three(model.score(c).unwrap())[place], expected, "{bins} {c:?}");
                }
            }
        }
        for params in all_bins(Rule::ValueEdges) {
            let (bins, model) = (params.bins, fit(params, &contacts));
            for (place, better) in BETTER.into_iter().enumerate() {
                let values = column(&contacts, place);
                for (i, c) in contacts.iter().enumerate() {
                    let expected = plain_value_edges(&values, values[i], better, bins);
                    assert_eq!(three(model.score(c).unwrap())[place], expected, "{bins} {c:?}");
                }
            }
        }
    }
}

#[test]
fn groups_of_equal_size_are_those_of_handing_out() {
    for (seed, n) in SIZES.into_iter().enumerate() {
        let contacts = crowd(n, seed as u64 + 1);
        for (rule, is_descending) in [(Rule::Ntile, false), (Rule::NtileDesc, true)] {
            for params in all_bins(rule.clone()) {
                let (bins, model) = (params.bins, fit(params, &contacts));
                for (place, better) in BETTER.into_iter().enumerate() {
                    let turn = |v: i64| if better == Better::Lower { -v } else { v };
                    let tie = |i: usize| if is_descending { n - 1 - i } else { i };
                    let values = column(&contacts, place).into_iter().enumerate();
                    let order = values.map(|(i, v)| (turn(v), tie(i))).collect();
                    let expected = plain_ntile(order, bins);
                    for (i, c) in contacts.iter().enumerate() {
                        assert_eq!(three(model.score(c).unwrap())[place], expected[tie(i)]);
                    }
                }
            }
        }
    }
}

/// The rules under which ties share a score.
fn sharing() -> [Rule; 3] {
    [Rule::MidRank, Rule::ValueEdges, Rule::Fixed(vec![1, 3, 9, 2_000])]
}

#[test]
fn a_better_contact_never_scores_lower_and_an_equal_one_scores_the_same() {
    let contacts = crowd(300, 5);
    for rule in sharing().into_iter().chain([Rule::Ntile, Rule::NtileDesc]) {
        let model = fit(RfmParams::new("GBP").rule(rule.clone()), &contacts);
        let scores: Vec<Scores> = contacts.iter().map(|c| model.score(c).unwrap()).collect();
        for (a, sa) in contacts.iter().zip(&scores) {
            for (b, sb) in contacts.iter().zip(&scores) {
                assert!(a.recency_days >= b.recency_days || sa.recency >= sb.recency, "{rule:?}");
                assert!(a.frequency <= b.frequency || sa.frequency >= sb.frequency, "{rule:?}");
                assert!(a.monetary_minor <= b.monetary_minor || sa.monetary >= sb.monetary);
                if sharing().contains(&rule) {
                    assert!(a.frequency != b.frequency || sa.frequency == sb.frequency, "{rule:?}");
                }
            }
        }
    }
}

#[test]
fn neither_row_order_nor_pence_change_a_score() {
    let contacts = crowd(211, 9);
    let mut other: Vec<Purchases> = contacts.iter().rev().cloned().collect();
    other.rotate_left(77);
    let pence = |c: &Purchases| Purchases { monetary_minor: 100 * c.monetary_minor, ..c.clone() };
    let hundredfold: Vec<Purchases> = contacts.iter().map(pence).collect();
    for rule in [Rule::MidRank, Rule::ValueEdges, Rule::Ntile, Rule::NtileDesc] {
        for params in all_bins(rule) {
            let model = fit(params.clone(), &contacts);
            assert_eq!(model, fit(params.clone(), &other));
            let scaled = fit(params, &hundredfold);
            assert_eq!(codes(&model, &contacts), codes(&scaled, &hundredfold));
        }
    }
}

#[test]
fn everybody_twice_changes_no_mid_rank_and_twins_share_their_score() {
    let contacts = crowd(97, 3);
    let doubled: Vec<Purchases> = contacts.iter().chain(&contacts).cloned().collect();
    for params in all_bins(Rule::MidRank) {
        let (once, twice) = (fit(params.clone(), &contacts), fit(params, &doubled));
        assert_eq!(codes(&once, &contacts), codes(&twice, &contacts));
    }
    let model = fit(RfmParams::new("GBP").rule(Rule::Ntile), &doubled);
    assert_eq!(codes(&model, &contacts), codes(&model, &doubled)[97..]);
}

#[test]
fn few_contacts_and_contacts_who_are_all_alike_are_scored() {
    // By hand: one contact, or contacts all alike, have p = 1/2, so ⌊5/2⌋ + 1; an edge at the value
    // leaves orders and money at the bottom and days at the top; NTILE fills groups from the first.
    let alike: Vec<Purchases> = (0..4).map(|i| contact(i, 10, 2, 500)).collect();
    let expected = [(Rule::MidRank, "333"), (Rule::ValueEdges, "511"), (Rule::Ntile, "111")];
    for (rule, first) in expected {
        let params = RfmParams::new("GBP").rule(rule.clone());
        assert_eq!(codes(&fit(params.clone(), &alike[..1]), &alike[..1]), [first], "{rule:?}");
        let found = codes(&fit(params, &alike), &alike);
        match rule {
            Rule::Ntile => assert_eq!(found, ["111", "222", "333", "444"]),
            _ => assert!(found.iter().all(|code| code == first), "{rule:?}: {found:?}"),
        }
    }
    let nobody = Purchases { recency_days: None, ..contact("n", 0, 0, -5) };
    let error = RfmParams::new("GBP").check().unwrap().fit(&[nobody], &[]).unwrap_err();
    assert!(error.to_string().contains("nobody has an order"), "{error}");
}

#[test]
fn contacts_without_an_order_have_no_score_and_change_nobody_s() {
    let mut contacts = crowd(50, 2);
    let params = RfmParams::new("GBP");
    let model = fit(params.clone(), &contacts);
    // A refund without a sale: money below zero, and still no order.
    contacts.extend(
        (0..30).map(|i| Purchases { recency_days: None, ..contact(format!("x{i}"), 0, 0, -100) }),
    );
    assert_eq!(fit(params, &contacts), model);
    let scored = model.apply(contacts);
    assert!(scored[50..].iter().all(|s| s.scores.is_none() && s.segment == "No order yet"));
    let counted = summary(&model, &scored);
    assert_eq!((counted.buyers, counted.without_order), (50, 30));
    assert_eq!(counted.cells.iter().flatten().sum::<usize>(), 50);
    assert_eq!(counted.segments.iter().map(|s| s.contacts).sum::<usize>(), 80);
}

#[test]
fn numbers_at_the_end_of_their_range_are_scored() {
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    let one = |(i, value): (usize, &i64)| contact(i, value.saturating_abs(), u64::MAX, *value);
    let contacts: Vec<Purchases> = ends.iter().enumerate().map(one).collect();
    for rule in [Rule::MidRank, Rule::ValueEdges, Rule::Ntile] {
        for params in all_bins(rule) {
            let model = fit(params, &contacts);
            let money = contacts.iter().map(|c| model.score(c).unwrap().monetary);
            assert!(money.clone().is_sorted() && money.clone().max() > money.min());
        }
    }
}

#[test]
fn a_stored_model_scores_as_the_fitted_one_and_between_its_values_in_order() {
    let contacts = crowd(150, 4);
    let mut rules = vec![Rule::MidRank, Rule::ValueEdges, Rule::Ntile, Rule::NtileDesc];
    rules.push(Rule::Fixed(vec![10, 100, 1_000, 10_000]));
    for rule in rules {
        let model = fit(RfmParams::new("GBP").rule(rule), &contacts);
        let stored = RfmModel::parse(&model.json().unwrap()).unwrap();
        assert_eq!(stored, model);
        assert_eq!(codes(&stored, &contacts), codes(&model, &contacts));
        let new = (-100..1_000).map(|i| stored.score(&contact("00077", i, i as u64, i * 90)));
        let new: Vec<Scores> = new.map(Option::unwrap).collect();
        assert!(new.iter().map(|s| s.monetary).is_sorted());
        assert!(new.iter().rev().map(|s| s.recency).is_sorted());
    }
}

#[test]
fn a_new_value_has_the_mid_rank_it_would_have_had_among_the_old_ones() {
    let contacts = crowd(83, 6);
    let money = column(&contacts, 2);
    for params in all_bins(Rule::MidRank) {
        let (bins, model) = (params.bins, fit(params, &contacts));
        for value in -6_000..91_000 {
            let found = model.score(&contact("new", 1, 1, value)).unwrap().monetary;
            assert_eq!(found, plain_mid_rank(&money, value, bins), "{value}");
        }
    }
}

#[test]
fn what_is_no_model_is_refused() {
    let model = fit(RfmParams::new("GBP"), &crowd(40, 8));
    let text = String::from_utf8(model.json().unwrap()).unwrap();
    let changes = [
        ("microseg rfm 1", "microseg rfm 9"),
        ("\"grid10\"", "\"grid12\""),
        ("\"bins\": 5", "\"bins\": 4"),
        ("\"bins\": 5", "\"bins\": 0"),
        ("\"better\": \"lower\"", "\"better\": \"higher\""),
        ("\"mid-rank\"", "\"ntile\""),
        ("\"buyers\"", "\"byers\""),
        ("\"cuts\": [", "\"cuts\": [{ \"value\": -99 },"),
    ];
    for (old, new) in changes {
        assert!(text.contains(old), "{old}: {text}");
        assert!(RfmModel::parse(text.replacen(old, new, 1).as_bytes()).is_err(), "{old}");
    }
    assert!(model.check_currency("GBP").is_ok());
    let error = model.check_currency("EUR").unwrap_err();
    assert!(error.hint_text().unwrap().contains("--currency GBP"));
}
