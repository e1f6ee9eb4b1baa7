//! Outlooks as a library: churn, intervals and values on buyers whose models are known.

use microseg::error::Result;
use microseg::predict::churn::{Candidate, RawColumn};
use microseg::predict::orders::{OrderBook, OrderRow};
use microseg::predict::outlook::{Outlook, OutlookInput, OutlookParams, outlook};
use microseg::predict::purchase::ModelKind;
use microseg::predict::scores::order_count;
use rand::seq::SliceRandom;

use crate::buyers::{self, Process, rng};
use crate::purchase_fits::{cdnow, day};

const MBG: Process = Process::Geometric { p: [0.9, 60.0, 0.6, 1.4], k: 1, first: true };
/// Last day of the invented shops, in days since 1970.
const UNTIL: i32 = 20_000 + 719;

fn params() -> OutlookParams {
    OutlookParams { churn_days: Some(90), ..OutlookParams::default() }
}

fn look(book: &OrderBook, until: i32, params: OutlookParams) -> Result<Outlook> {
    let params = params.check().unwrap();
    outlook(&OutlookInput {
        book,
        until,
        params: &params,
        minor_per_major: 100.0,
        more: &|_, _| Ok(Vec::new()),
        progress: &|_| {},
    })
}

/// Everything but the wall time.
fn told(outlook: &Outlook) -> String {
    let contacts = serde_json::to_string(&outlook.contacts).unwrap();
    serde_json::to_string(outlook).unwrap() + &contacts
}

#[test]
fn churn_on_cdnow_beats_the_published_backtest() {
    let Some(book) = cdnow(false) else { return };
    let until = day(jiff::civil::date(1998, 6, 29));
    let params = OutlookParams { model: Some(ModelKind::MbgNbd), ..params() };
    let found = look(&book, until, params).unwrap();
    let backtest = found.risk.backtest.as_ref().unwrap();
    // Everybody known at the end of March 1998, judged by who ordered in the 90 days after it.
    assert_eq!(backtest.rounds[0].tested_on, day(jiff::civil::date(1998, 3, 31)));
    assert_eq!(backtest.rounds[0].contacts, 23_570);
    assert!((backtest.rounds[0].lost - 0.8599).abs() < 1e-4);
    let newest = &backtest.newest;
    eprintln!(
        "CDNOW, 90 days: log loss {:.4}, AUC {:.4}, calibration error {:.4}, by {:?}",
        newest.log_loss,
        newest.auc.as_ref().unwrap().point,
        newest.calibration_error,
        backtest.winner
    );
    assert!(newest.log_loss <= 0.2973, "{}", newest.log_loss);
    assert!(newest.auc.as_ref().unwrap().point >= 0.8399);
    assert!(newest.calibration_error <= 0.012, "{}", newest.calibration_error);
    // The purchase model by itself has the published numbers, and every baseline is worse.
    let of = |candidate| backtest.candidates.iter().find(|c| c.candidate == candidate).unwrap();
    let model = of(Candidate::PurchaseModel);
    assert!((model.log_loss_by_round[0] - 0.3013).abs() < 1e-4);
    assert!((model.newest_auc.as_ref().unwrap().point - 0.8336).abs() < 1e-4);
    for baseline in
        [Candidate::Hiatus, Candidate::Frequency, Candidate::BaseRate, Candidate::OwnRate]
    {
        assert!(of(baseline).log_loss > of(backtest.winner).log_loss + 0.01, "{baseline:?}");
    }
}

#[test]
fn counts_on_the_sample_of_cdnow_are_those_of_the_published_holdout() {
    let Some(book) = cdnow(true) else { return };
    // 39 weeks to fit, 39 weeks to compare.
    let until = day(jiff::civil::date(1998, 6, 30));
    for (kind, error, ratio) in [
        (ModelKind::BgNbd, 0.7855, 0.8785),
        (ModelKind::MbgNbd, 0.7648, 0.8378),
        (ModelKind::ParetoNbd, 0.7545, 0.8850),
    ] {
        let params = OutlookParams { model: Some(kind), churn_days: Some(273), ..params() };
        let holdout = look(&book, until, params).unwrap().holdout.unwrap();
        assert_eq!(holdout.cutoff, day(jiff::civil::date(1997, 9, 30)));
        eprintln!(
            "{kind}: error {:.4}, of the median {:.4}, ratio {:.4}",
            holdout.mean_absolute_error,
            holdout.mean_absolute_error_of_median,
            holdout.ratio.unwrap()
        );
        assert!((holdout.mean_absolute_error - error).abs() < 2e-4, "{kind}");
        assert!((holdout.ratio.unwrap() - ratio).abs() < 2e-4, "{kind}");
        assert!((holdout.mean_absolute_error_of_own_rate - 1.0237).abs() < 2e-3);
        assert!(holdout.mean_absolute_error_of_median < 0.7545, "{kind}");
    }
}

#[test]
fn intervals_hold_as_often_as_they_say() {
    let (mut inside, mut all, mut dates, mut date_inside) = (0.0, 0.0, 0usize, 0usize);
    let (mut sums, mut sum_inside) = (0usize, 0usize);
    let (mut hits, mut chance) = (0.0, 0.0);
    for seed in 0..4 {
        let book = buyers::book(MBG, 4_000, 720, seed);
        let cutoff = UNTIL - 365;
        let found =
            look(&book, cutoff, OutlookParams { model: Some(ModelKind::MbgNbd), ..params() })
                .unwrap();
        let (before, after) = (book.until(cutoff), book.until(UNTIL));
        let buyers = before.buyers();
        for (contact, score) in buyers.iter().zip(&found.contacts) {
            let came = after.bought_after(*contact, cutoff);
            let range = score.score.expected_orders[2];
            all += 1.0;
            inside += f64::from(u8::from((range.low..=range.high).contains(&(came as f64))));
            // What the interval of whole numbers claims, which is more than its level.
            let history = before.history(*contact, 1.0).unwrap();
            let counts = order_count::distribution(&found.purchases.model, &history, 365.0, 1e-9);
            chance += counts
                .iter()
                .enumerate()
                .filter(|(n, _)| (range.low..=range.high).contains(&(*n as f64)))
                .map(|(_, p)| p)
                .sum::<f64>();
            hits += f64::from(u8::from(came > 0)) - (1.0 - counts[0]);
            if let Some(next) = score.score.next_order
                && let Some(day) = after.days(*contact).iter().find(|day| **day > cutoff)
            {
                dates += 1;
                let wait = f64::from(day - cutoff);
                date_inside += usize::from((next.low.floor()..=next.high.ceil()).contains(&wait));
            }
            // Sums are continuous where there is likely something to sum.
            let value = score.score.customer_lifetime_value.unwrap();
            if value.low > 0.0 {
                sums += 1;
                let spent = after.minor_after(*contact, cutoff) as f64 / 100.0;
                let discount = 1.0 / 1.05;
                sum_inside += usize::from((value.low..=value.high).contains(&(spent * discount)));
            }
        }
    }
    let share = |part: usize, all: usize| part as f64 / all as f64;
    eprintln!(
        "80% intervals: {:.3} of {all} counts (claimed {:.3}), {:.3} of {dates} dates, {:.3} of {sums} sums",
        inside / all,
        chance / all,
        share(date_inside, dates),
        share(sum_inside, sums)
    );
    assert!(inside / all >= 0.8 && (inside / all - chance / all).abs() < 0.015);
    assert!((hits / all).abs() < 0.015);
    assert!(dates > 1_000 && (share(date_inside, dates) - 0.8).abs() < 0.04);
    assert!(sums > 200 && (share(sum_inside, sums) - 0.8).abs() < 0.07);
}

#[test]
fn a_shop_that_follows_the_model_needs_no_second_layer_and_is_calibrated() {
    let book = buyers::book(MBG, 12_000, 720, 21);
    let found = look(&book, UNTIL, params()).unwrap();
    let backtest = found.risk.backtest.as_ref().unwrap();
    let of = |candidate| backtest.candidates.iter().find(|c| c.candidate == candidate).unwrap();
    let best = &backtest.candidates[0];
    // Nothing can say more than the truth; who wins by a hair does not matter.
    assert!(of(Candidate::PurchaseModel).log_loss < best.log_loss + 0.002);
    assert!(of(Candidate::PurchaseModel).calibration_error < 0.02);
    assert!(backtest.newest.against_hiatus.as_ref().unwrap().difference.point > 0.0);
    let slope = &backtest.newest.calibration.as_ref().unwrap().slope.as_ref().unwrap().slope;
    assert!((slope.point - 1.0).abs() < 0.15, "{}", slope.point);
}

#[test]
fn what_helps_is_used_and_what_comes_later_is_not_seen() {
    let book = buyers::book(MBG, 6_000, 720, 22);
    let params = params().check().unwrap();
    // A column that knows who will order: it is only there to show that columns count.
    let after = |until: i32| book.until(until + 90);
    let more = |until: i32, ids: &[&str]| -> Result<Vec<RawColumn>> {
        let after = after(until);
        let place =
            |id: &&str| book.ids().binary_search_by(|known| known.as_str().cmp(id)).unwrap();
        let hint = |id: &&str| {
            let came = after.bought_after(place(id), until) > 0;
            // Right three times in four, by the id's digits.
            let last = id.as_bytes()[id.len() - 1] - b'0';
            f64::from(u8::from(came != (last % 4 == 3)))
        };
        Ok(vec![RawColumn::new("hint", "a hint", ids.iter().map(hint).collect()).straight()])
    };
    let input = OutlookInput {
        book: &book,
        until: UNTIL - 90,
        params: &params,
        minor_per_major: 100.0,
        more: &more,
        progress: &|_| {},
    };
    let with = outlook(&input).unwrap();
    let without = look(&book, UNTIL - 90, (*params).clone()).unwrap();
    let loss = |o: &Outlook| o.risk.backtest.as_ref().unwrap().candidates[0].log_loss;
    assert!(loss(&with) < loss(&without) - 0.05, "{} {}", loss(&with), loss(&without));
    assert!(with.contacts.iter().any(|c| c.reasons.iter().any(|r| r.what == "a hint")));
}

#[test]
fn nothing_after_the_last_day_is_seen() {
    let (ids, rows) = buyers::shop(MBG, 1_500, 720, 23);
    let until = UNTIL - 200;
    let known: Vec<OrderRow> = rows.iter().copied().filter(|row| row.day <= until).collect();
    let with = look(&OrderBook::new(ids.clone(), &rows), until, params()).unwrap();
    let without = look(&OrderBook::new(ids, &known), until, params()).unwrap();
    assert_eq!(told(&with), told(&without));
}

#[test]
fn rows_and_threads_may_come_in_any_order_and_money_in_any_unit() {
    let (ids, mut rows) = buyers::shop(MBG, 1_500, 720, 24);
    let first = look(&OrderBook::new(ids.clone(), &rows), UNTIL, params()).unwrap();
    rows.shuffle(&mut rng(25));
    let shuffled = look(&OrderBook::new(ids.clone(), &rows), UNTIL, params()).unwrap();
    assert_eq!(told(&shuffled), told(&first));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let single =
        pool.install(|| look(&OrderBook::new(ids.clone(), &rows), UNTIL, params())).unwrap();
    assert_eq!(told(&single), told(&first));
    rows.iter_mut().for_each(|row| row.amount_minor *= 100);
    let dear = look(&OrderBook::new(ids, &rows), UNTIL, params()).unwrap();
    for (one, other) in first.contacts.iter().zip(&dear.contacts) {
        assert!((one.churn_risk - other.churn_risk).abs() < 1e-6, "{}", one.contact_id);
        assert_eq!(one.band, other.band);
        let value = |c: &microseg::predict::outlook::ContactOutlook| {
            c.score.customer_lifetime_value.unwrap().point
        };
        assert!((value(other) / value(one) / 100.0 - 1.0).abs() < 1e-4);
    }
}

#[test]
fn refunded_orders_are_no_orders() {
    let (ids, mut rows) = buyers::shop(MBG, 800, 720, 26);
    let plain = look(&OrderBook::new(ids.clone(), &rows), UNTIL, params()).unwrap();
    // Further orders, all paid back on the day after.
    for contact in 0..200 {
        let order = 1_000_000 + u64::from(contact);
        let sale =
            OrderRow { contact, order, day: UNTIL - 30, amount_minor: 5_000, is_completed: true };
        let refund =
            OrderRow { day: UNTIL - 29, amount_minor: -5_000, is_completed: false, ..sale };
        rows.extend([sale, refund]);
    }
    // Who had not bought by then is not made a buyer.
    let back = look(&OrderBook::new(ids, &rows), UNTIL, params()).unwrap();
    let facts = |o: &Outlook| -> Vec<(String, u32, i64)> {
        let fact = |c: &microseg::predict::outlook::ContactOutlook| {
            (c.contact_id.clone(), c.repeat_purchases, c.historic_value_minor)
        };
        o.contacts.iter().map(fact).collect()
    };
    assert_eq!(facts(&back), facts(&plain));
    assert_eq!(back.purchases.log_likelihood, plain.purchases.log_likelihood);
}

#[test]
fn groups_of_contacts_add_up_to_all() {
    let book = buyers::book(MBG, 1_000, 720, 27);
    let found = look(&book, UNTIL, params()).unwrap();
    let group_of = found
        .contacts
        .iter()
        .enumerate()
        .map(|(place, contact)| (contact.contact_id.clone(), place % 3 + 1))
        .collect();
    let groups = microseg::predict::outlook::by_group(&found.contacts, &group_of, 4);
    assert_eq!(groups.iter().map(|g| g.buyers).sum::<usize>(), found.totals.buyers);
    let value: f64 = groups.iter().filter_map(|g| g.lifetime_value).sum();
    assert!((value / found.totals.lifetime_value.unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(groups[3].mean_churn_risk, None);
    assert_eq!(found.totals.bands.iter().sum::<usize>(), found.totals.buyers);
}

#[test]
fn hard_shops_end_in_a_sentence() {
    let refused =
        |book: &OrderBook, until: i32| look(book, until, params()).unwrap_err().to_string();
    let sale = |contact: u32, day: i32| OrderRow {
        contact,
        order: u64::from(contact) * 1000 + day as u64,
        day,
        amount_minor: 1_000,
        is_completed: true,
    };
    let ids = |n: u32| -> Vec<String> { (0..n).map(|i| format!("c{i:04}")).collect() };
    let nobody = OrderBook::new(Vec::new(), &[]);
    assert!(refused(&nobody, 100).contains("there are no orders"));
    let three = OrderBook::new(ids(3), &[sale(0, 0), sale(1, 10), sale(2, 300)]);
    assert!(refused(&three, 400).contains("needs 30 buyers, and there are 3"));
    let once = OrderBook::new(ids(500), &(0..500).map(|c| sale(c, c as i32)).collect::<Vec<_>>());
    assert!(refused(&once, 500).contains("bought on a second day, and there are 0 among 500"));
    let one_day = OrderBook::new(ids(500), &(0..500).map(|c| sale(c, 7)).collect::<Vec<_>>());
    assert!(refused(&one_day, 7).contains("the orders span 1 days, and a purchase model needs 60"));
    let young = buyers::book(MBG, 2_000, 20, 28);
    assert!(refused(&young, 20_019).contains("span"));
    // All money paid back: nobody has bought.
    let mut rows: Vec<OrderRow> = (0..100).map(|c| sale(c, c as i32)).collect();
    let back: Vec<OrderRow> =
        rows.iter().map(|r| OrderRow { day: r.day + 1, amount_minor: -2_000, ..*r }).collect();
    rows.extend(back);
    assert!(refused(&OrderBook::new(ids(100), &rows), 400).contains("there are 0"));
}

#[test]
fn a_short_history_gives_scores_and_says_that_they_are_not_proven() {
    let book = buyers::book(MBG, 4_000, 150, 29);
    let found = look(&book, 20_149, params()).unwrap();
    assert!(found.risk.backtest.is_none());
    assert_eq!(found.risk.used, Candidate::PurchaseModel);
    assert!(found.risk.why.starts_with("not proven"), "{}", found.risk.why);
    for contact in &found.contacts {
        assert_eq!(contact.churn_risk, contact.score.p_no_order.point);
        assert!(!contact.reasons.is_empty() || contact.repeat_purchases == 0);
    }
}

#[test]
fn orders_of_one_value_have_no_model_of_values() {
    let (ids, mut rows) = buyers::shop(MBG, 800, 720, 30);
    rows.iter_mut().for_each(|row| row.amount_minor = 999);
    // Two on one day would be one purchase of twice the value.
    rows.sort_unstable_by_key(|row| (row.contact, row.day));
    rows.dedup_by_key(|row| (row.contact, row.day));
    let found = look(&OrderBook::new(ids, &rows), UNTIL, params()).unwrap();
    assert!(found.spend.is_none());
    assert!(found.no_spend.unwrap().contains("same value"));
    assert!(found.totals.lifetime_value.is_none());
}
