//! Fitted purchase models: published fits, parameters recovered, and what must not change them.

use std::io::Read;

use microseg::predict::orders::{OrderBook, OrderRow};
use microseg::predict::purchase::{
    FittedPurchases, Geometric, History, ModelKind, PurchaseModel, PurchaseParams,
};
use microseg::predict::spend::{self, FittedSpend, Spending};
use rand::Rng;
use rand::distributions::Distribution;
use rand::seq::SliceRandom;
use rand_distr::Gamma;

use crate::buyers::{Process, histories, rng};
use crate::support::real_data;

const MBG: Process = Process::Geometric { p: [0.7, 10.0, 0.5, 0.9], k: 1, first: true };
const BG: Process = Process::Geometric { p: [0.6, 6.0, 0.8, 2.4], k: 1, first: false };
const RHYTHM: Process = Process::Geometric { p: [2.0, 2.0, 0.6, 1.5], k: 3, first: true };
const PARETO: Process = Process::Pareto { p: [0.6, 10.0, 0.6, 12.0] };

fn fit(kind: ModelKind, histories: &[History]) -> FittedPurchases {
    PurchaseParams::new(kind).check().unwrap().fit(histories).unwrap()
}

/// The orders of CDNOW; `None` where the data is not there.
pub fn cdnow(is_sample: bool) -> Option<OrderBook> {
    let text = if is_sample {
        std::fs::read_to_string(real_data("cdnow/CDNOW_sample.txt")?).unwrap()
    } else {
        let file = std::fs::File::open(real_data("cdnow/CDNOW_master.txt.gz")?).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text
    };
    let (mut ids, mut rows) = (Vec::<String>::new(), Vec::new());
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let (Some(id), Some(date), Some(value)) =
            (cells.first(), cells.get(cells.len().saturating_sub(3)), cells.last())
        else {
            continue;
        };
        let Ok(date) = jiff::civil::Date::strptime("%Y%m%d", date) else { continue };
        if ids.last().is_none_or(|last| last != id) {
            ids.push((*id).to_owned());
        }
        rows.push(OrderRow {
            contact: ids.len() as u32 - 1,
            order: rows.len() as u64,
            day: day(date),
            amount_minor: (value.parse::<f64>().unwrap() * 100.0).round() as i64,
            is_completed: true,
        });
    }
    Some(OrderBook::new(ids, &rows))
}

pub fn day(date: jiff::civil::Date) -> i32 {
    date.since(jiff::civil::date(1970, 1, 1)).unwrap().get_days()
}

fn weeks(book: &OrderBook, until: jiff::civil::Date) -> (Vec<History>, Vec<Spending>) {
    let days = book.until(day(until));
    let buyers = days.buyers();
    let histories = buyers.iter().map(|c| days.history(*c, 7.0).unwrap()).collect();
    (histories, buyers.iter().map(|c| days.spending(*c, 100.0)).collect())
}

/// Asserts four digits of the parameters and 1e-6 of the log-likelihood.
fn published(found: &FittedPurchases, parameters: [f64; 4], log_likelihood: f64) {
    for (found, published) in found.model.parameters().iter().zip(parameters) {
        assert!((found / published - 1.0).abs() < 5e-5, "{found} for {published}");
    }
    let error = (found.log_likelihood / log_likelihood - 1.0).abs();
    assert!(error < 1e-6, "{} for {log_likelihood}", found.log_likelihood);
    assert!(found.suspicions.is_empty(), "{:?}", found.suspicions);
}

fn published_spend(found: &FittedSpend, [p, q, v]: [f64; 3]) {
    let m = &found.model;
    for (found, published) in [(m.p, p), (m.q, q), (m.v, v)] {
        assert!((found / published - 1.0).abs() < 5e-5, "{found} for {published}");
    }
}

#[test]
fn the_sample_of_cdnow_gives_the_published_fits() {
    let Some(book) = cdnow(true) else { return };
    let (histories, spendings) = weeks(&book, jiff::civil::date(1997, 9, 30));
    assert_eq!(histories.len(), 2357);
    let bg = fit(ModelKind::BgNbd, &histories);
    published(&bg, [0.242595, 4.413602, 0.792922, 2.425907], -9582.4292);
    // Standard errors of CLVTools.
    for (found, known) in bg.standard_errors.unwrap().iter().zip([0.01256, 0.3782, 0.1857, 0.7054])
    {
        assert!((found / known - 1.0).abs() < 1e-3, "{found} for {known}");
    }
    let mbg = fit(ModelKind::MbgNbd, &histories);
    published(&mbg, [0.524843, 6.183085, 0.891359, 1.614002], -9582.1357);
    let pareto = fit(ModelKind::ParetoNbd, &histories);
    published(&pareto, [0.553277, 10.577683, 0.606240, 11.668735], -9594.9762);
    let spend = spend::fit(&spendings).unwrap();
    published_spend(&spend, [6.249572, 3.744225, 15.443521]);
    assert_eq!(spend.contacts, 946);
    assert!((spend.log_likelihood / -4055.9177 - 1.0).abs() < 1e-6);
    // Nobody buys records in a rhythm.
    let rhythm = fit(ModelKind::MbgCnbdK, &histories);
    assert!(matches!(rhythm.model, PurchaseModel::Geometric(Geometric { k: 1, .. })));
    assert!((rhythm.log_likelihood - mbg.log_likelihood).abs() < 1e-6);
}

#[test]
fn all_of_cdnow_gives_the_published_fits() {
    let Some(book) = cdnow(false) else { return };
    let (histories, spendings) = weeks(&book, jiff::civil::date(1998, 6, 30));
    assert_eq!(histories.len(), 23_570);
    let mbg = fit(ModelKind::MbgNbd, &histories);
    published(&mbg, [0.689419, 9.889383, 0.491600, 0.858515], -173_294.442);
    let pareto = fit(ModelKind::ParetoNbd, &histories);
    published(&pareto, [0.610988, 13.614194, 0.312577, 6.148556], -173_327.996);
    let bg = fit(ModelKind::BgNbd, &histories);
    published(&bg, [0.267128, 5.986492, 0.483517, 2.111608], -173_425.916);
    let spend = spend::fit(&spendings).unwrap();
    published_spend(&spend, [5.086044, 3.995121, 21.252238]);
    assert!((spend.correlation.pearson - 0.069).abs() < 5e-4);
}

/// Asserts that every parameter lies within four standard errors of the truth.
fn recovered(found: &FittedPurchases, truth: [f64; 4]) {
    let errors = found.standard_errors.unwrap_or_else(|| panic!("{:?}", found.suspicions));
    for ((found, error), truth) in found.model.parameters().iter().zip(errors).zip(truth) {
        assert!((found - truth).abs() < 4.0 * error, "{found} ± {error} for {truth}");
        assert!(error < truth, "{error} says nothing of {truth}");
    }
}

#[test]
fn parameters_are_recovered() {
    recovered(&fit(ModelKind::MbgNbd, &histories(MBG, 20_000, 1)), [0.7, 10.0, 0.5, 0.9]);
    recovered(&fit(ModelKind::BgNbd, &histories(BG, 20_000, 2)), [0.6, 6.0, 0.8, 2.4]);
    recovered(&fit(ModelKind::ParetoNbd, &histories(PARETO, 20_000, 3)), [0.6, 10.0, 0.6, 12.0]);
    let rhythm = fit(ModelKind::MbgCnbdK, &histories(RHYTHM, 8_000, 4));
    assert!(matches!(rhythm.model, PurchaseModel::Geometric(Geometric { k: 3, .. })), "{rhythm:?}");
    recovered(&rhythm, [2.0, 2.0, 0.6, 1.5]);
}

#[test]
fn standard_errors_are_those_of_repeated_samples() {
    let fits: Vec<FittedPurchases> =
        (0..60).map(|seed| fit(ModelKind::MbgNbd, &histories(MBG, 1_500, 100 + seed))).collect();
    for place in 0..4 {
        let logs: Vec<f64> = fits.iter().map(|f| f.model.parameters()[place].ln()).collect();
        let mean = logs.iter().sum::<f64>() / 60.0;
        let spread = (logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
        let said =
            fits.iter().map(|f| f.log_covariance.unwrap()[place][place].sqrt()).sum::<f64>() / 60.0;
        assert!((0.65..1.5).contains(&(spread / said)), "{place}: {spread} for {said}");
    }
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_change_no_bit() {
    for kind in [ModelKind::MbgNbd, ModelKind::ParetoNbd] {
        let mut rows = histories(MBG, 6_000, 5);
        let fitted = fit(kind, &rows);
        rows.shuffle(&mut rng(6));
        assert_eq!(fit(kind, &rows), fitted);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(pool.install(|| fit(kind, &rows)), fitted);
    }
}

#[test]
fn weeks_and_days_are_the_same_model() {
    for kind in [ModelKind::MbgNbd, ModelKind::ParetoNbd, ModelKind::MbgCnbdK] {
        let weeks = histories(RHYTHM, 3_000, 7);
        let days: Vec<History> = weeks
            .iter()
            .map(|h| History {
                repeats: h.repeats,
                age_at_last: h.age_at_last * 7.0,
                age: h.age * 7.0,
                log_gaps: h.log_gaps + f64::from(h.repeats) * 7f64.ln(),
            })
            .collect();
        let (week, day) = (fit(kind, &weeks), fit(kind, &days));
        let [alpha_week, alpha_day] = [&week, &day].map(|f| f.model.parameters()[1]);
        assert!((alpha_day / alpha_week / 7.0 - 1.0).abs() < 1e-5, "{kind}");
        let repeats: u32 = weeks.iter().map(|h| h.repeats).sum();
        let expected = week.log_likelihood - f64::from(repeats) * 7f64.ln();
        assert!((day.log_likelihood / expected - 1.0).abs() < 1e-9, "{kind}");
        for (one, other) in weeks.iter().zip(&days).take(50) {
            let (p, q) = (week.model.p_no_order(one, 10.0), day.model.p_no_order(other, 70.0));
            assert!((p - q).abs() < 1e-5, "{kind}: {p} {q}");
        }
    }
}

#[test]
fn a_rhythm_of_one_is_no_rhythm() {
    let rows = histories(BG, 2_000, 8);
    let plain = fit(ModelKind::BgNbd, &rows);
    let params = PurchaseParams { kind: ModelKind::BgCnbdK, k: Some(1) };
    let one = params.check().unwrap().fit(&rows).unwrap();
    assert_eq!(one.model, plain.model);
    assert_eq!(one.log_likelihood, plain.log_likelihood);
}

#[test]
fn likelihoods_of_rows_add_up_to_the_fitted_one() {
    for (kind, process) in [
        (ModelKind::BgNbd, BG),
        (ModelKind::MbgNbd, MBG),
        (ModelKind::ParetoNbd, PARETO),
        (ModelKind::MbgCnbdK, RHYTHM),
    ] {
        let rows = histories(process, 1_500, 9);
        let fitted = fit(kind, &rows);
        let sum: f64 = rows.iter().map(|h| fitted.model.log_likelihood(h)).sum();
        assert!((sum / fitted.log_likelihood - 1.0).abs() < 1e-10, "{kind}: {sum}");
        // At a maximum every step away loses.
        for place in 0..4 {
            for step in [0.99, 1.01] {
                let mut parameters = fitted.model.parameters();
                parameters[place] *= step;
                let other = fitted.model.with(parameters);
                let moved: f64 = rows.iter().map(|h| other.log_likelihood(h)).sum();
                assert!(moved < sum, "{kind} {place} {step}: {moved} {sum}");
            }
        }
    }
}

#[test]
fn values_of_orders_are_recovered_and_money_has_no_unit() {
    let mut rng = rng(10);
    let mut rows = Vec::new();
    for _ in 0..20_000 {
        let repeats = rng.gen_range(1..8u32);
        let rate = Gamma::new(4.0, 1.0 / 15.0).unwrap().sample(&mut rng);
        let value = Gamma::new(6.0, 1.0 / rate).unwrap();
        let sum: f64 = (0..repeats).map(|_| value.sample(&mut rng)).sum();
        rows.push(Spending { repeats, mean_value: sum / f64::from(repeats) });
    }
    let fitted = spend::fit(&rows).unwrap();
    let errors = fitted.standard_errors.unwrap();
    let m = fitted.model;
    for ((found, error), truth) in [m.p, m.q, m.v].iter().zip(errors).zip([6.0, 4.0, 15.0]) {
        assert!((found - truth).abs() < 4.0 * error, "{found} ± {error} for {truth}");
    }
    let pence: Vec<Spending> =
        rows.iter().map(|s| Spending { mean_value: s.mean_value * 100.0, ..*s }).collect();
    let other = spend::fit(&pence).unwrap();
    assert!((other.model.v / m.v / 100.0 - 1.0).abs() < 1e-6);
    assert!((other.model.q / m.q - 1.0).abs() < 1e-6);
}

#[test]
fn hard_data_ends_in_a_sentence() {
    let refused = |rows: &[History]| {
        PurchaseParams::new(ModelKind::MbgNbd).check().unwrap().fit(rows).unwrap_err()
    };
    let three = &histories(MBG, 3, 11)[..];
    assert!(refused(three).to_string().contains("needs 30 buyers, and there are 3"));
    let once = vec![History { repeats: 0, age_at_last: 0.0, age: 50.0, log_gaps: 0.0 }; 500];
    let error = refused(&once);
    assert!(error.to_string().contains("bought on a second day, and there are 0"), "{error}");
    assert!(error.hint_text().is_some());
    let params = PurchaseParams { kind: ModelKind::MbgNbd, k: Some(2) };
    assert!(params.check().is_err());
    let params = PurchaseParams { kind: ModelKind::MbgCnbdK, k: Some(0) };
    assert!(params.check().is_err());
}

#[test]
fn one_contact_with_thousands_of_orders_does_no_harm() {
    let mut rows = histories(MBG, 2_000, 12);
    rows.push(History {
        repeats: 5_000,
        age_at_last: 79.0,
        age: 80.0,
        log_gaps: 5_000.0 * 0.016f64.ln(),
    });
    for kind in ModelKind::ALL {
        let fitted = fit(kind, &rows);
        assert!(fitted.log_likelihood.is_finite());
        let heavy = rows[2_000];
        for t in [0.01, 1.0, 52.0] {
            let (expected, idle) =
                (fitted.model.expected_orders(&heavy, t), fitted.model.p_no_order(&heavy, t));
            assert!(
                expected.is_finite() && (0.0..=1.0).contains(&idle),
                "{kind} {t}: {expected} {idle}"
            );
        }
    }
}
