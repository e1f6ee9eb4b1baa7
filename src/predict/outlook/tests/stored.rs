//! Models that are stored and read back score as the fit did.

use super::shop::{END, UNTIL, book, fitted, more};
use crate::error::Result;
use crate::predict::churn::{Candidate, RawColumn};
use crate::predict::orders::OrderBook;
use crate::predict::outlook::history::MoreColumns;
use crate::predict::outlook::{ContactOutlook, OutlookParams, ScoreInput, StoredModels};
use crate::predict::purchase::ModelKind;

fn params(model: ModelKind, unit_days: u32) -> OutlookParams {
    OutlookParams { model: Some(model), churn_days: Some(60), unit_days, ..Default::default() }
}

fn score(
    models: &StoredModels,
    book: &OrderBook,
    until: i32,
    more: &MoreColumns<'_>,
) -> Result<Vec<ContactOutlook>> {
    models.score(&ScoreInput { book, until, more, progress: &|_| {} })
}

fn read_back(models: &StoredModels) -> StoredModels {
    let json = serde_json::to_string_pretty(models).unwrap();
    let back: StoredModels = serde_json::from_str(&json).unwrap();
    assert_eq!(&back, models);
    assert_eq!(serde_json::to_string_pretty(&back).unwrap(), json);
    back
}

/// Texts of floats tell every bit but the sign of what is not a number.
fn told(contacts: &[ContactOutlook]) -> String {
    serde_json::to_string(contacts).unwrap()
}

#[test]
fn the_fit_s_own_contacts_come_back_bit_by_bit() {
    let book = book(500, 1);
    for (kind, unit) in
        [(ModelKind::MbgNbd, 1), (ModelKind::ParetoNbd, 7), (ModelKind::MbgCnbdK, 7)]
    {
        let found = fitted(&book, params(kind, unit));
        let models = read_back(&found.models);
        assert!(found.contacts.len() > 300 && found.spend.is_some());
        assert!(models.purchases.log_covariance.is_some());
        let scored = score(&models, &book, UNTIL, &more).unwrap();
        assert_eq!(told(&scored), told(&found.contacts), "{kind}");
        let input = ScoreInput { book: &book, until: UNTIL, more: &more, progress: &|_| {} };
        let brief = models.risks_and_values(&input).unwrap();
        assert_eq!(brief.len(), scored.len());
        for (brief, whole) in brief.iter().zip(&scored) {
            assert_eq!(brief.contact_id, whole.contact_id);
            assert_eq!((brief.churn_risk, brief.band), (whole.churn_risk, whole.band));
            let value = whole.score.customer_lifetime_value.map(|value| value.point);
            assert_eq!((brief.lifetime_value, brief.value_at_risk), (value, whole.value_at_risk));
        }
    }
}

#[test]
fn every_way_to_a_risk_scores_the_same_when_read_back() {
    let book = book(400, 2);
    let found = fitted(&book, params(ModelKind::MbgNbd, 1));
    let days: Vec<_> = [UNTIL - 180, UNTIL - 120, UNTIL - 60, UNTIL].map(|d| book.until(d)).into();
    let cutoff = |i: usize, after: Option<usize>| {
        let after = after.map(|after| &days[after]);
        let model = &found.purchases.model;
        crate::predict::outlook::history::known(&book, &days[i], after, model, (60, 1.0), &more)
            .unwrap()
            .cutoff
    };
    let closed = [cutoff(2, Some(3)), cutoff(1, Some(2)), cutoff(0, Some(1))];
    let train: Vec<_> = closed.iter().collect();
    for candidate in Candidate::ALL {
        let risk = crate::predict::churn::fit(candidate, &train).unwrap();
        assert!(risk.is_some(), "{candidate:?}");
        let models = StoredModels { risk, ..found.models.clone() };
        let here = score(&models, &book, END, &more).unwrap();
        let back = score(&read_back(&models), &book, END, &more).unwrap();
        assert_eq!(told(&back), told(&here), "{candidate:?}");
    }
}

#[test]
fn a_later_day_is_scored_by_the_parameters_of_the_fit() {
    let book = book(500, 3);
    let found = fitted(&book, params(ModelKind::MbgNbd, 1));
    let models = StoredModels { risk: None, ..read_back(&found.models) };
    let later = UNTIL + 90;
    let scored = score(&models, &book, later, &more).unwrap();
    let days = book.until(later);
    assert_eq!(scored.len(), days.buyers().len());
    assert!(scored.len() > found.contacts.len());
    for (contact, scored) in days.buyers().into_iter().zip(&scored) {
        let history = days.history(contact, 1.0).unwrap();
        let model = &found.purchases.model;
        assert_eq!(scored.churn_risk, model.p_no_order(&history, 60.0));
        assert_eq!(scored.score.p_alive.point, model.p_alive(&history));
        let value =
            found.spend.as_ref().unwrap().model.expected_value(&days.spending(contact, 100.0));
        assert_eq!(scored.score.expected_order_value, Some(value));
    }
}

#[test]
fn what_cannot_be_scored_says_why() {
    let book = book(400, 4);
    let found = fitted(&book, params(ModelKind::MbgNbd, 1));
    let days = [book.until(UNTIL - 60), book.until(UNTIL)];
    let model = &found.purchases.model;
    let all_there = |day: i32, ids: &[&str]| -> Result<Vec<RawColumn>> {
        let mut columns = more(day, ids)?;
        columns[0].values.iter_mut().for_each(|v| *v = if v.is_nan() { 0.0 } else { *v });
        Ok(columns)
    };
    let cutoff = crate::predict::outlook::history::known(
        &book,
        &days[0],
        Some(&days[1]),
        model,
        (60, 1.0),
        &all_there,
    )
    .unwrap()
    .cutoff;
    let risk = crate::predict::churn::fit(Candidate::Regression, &[&cutoff]).unwrap();
    let models = StoredModels { risk, ..found.models };
    let refused = |until: i32, more: &MoreColumns<'_>| {
        let error = score(&models, &book, until, more).unwrap_err();
        assert!(error.hint_text().unwrap().contains("run `microseg predict`"));
        error.to_string()
    };
    assert!(score(&models, &book, END, &all_there).is_ok());
    let earlier = refused(UNTIL - 12, &more);
    assert!(earlier.contains("fitted to 12 days more"), "{earlier}");
    let gone = refused(END, &|_, _| Ok(Vec::new()));
    assert!(gone.contains("trained on `opens`, which is not there"), "{gone}");
    let empty = refused(END, &|_, ids| {
        Ok(vec![RawColumn::new("opens", "opens", vec![f64::NAN; ids.len()])])
    });
    assert!(empty.contains("`opens`, which now is missing for everybody"), "{empty}");
}

#[test]
fn damaged_models_are_refused() {
    let found = fitted(&book(400, 5), params(ModelKind::MbgCnbdK, 1));
    let json = serde_json::to_value(&found.models).unwrap();
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        serde_json::from_value::<StoredModels>(json).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|json| json["more"] = 1.into()));
    assert!(refused(|json| json["level"] = 0.8.into()));
    assert!(refused(|json| json["level"] = "1.5".into()));
    assert!(refused(|json| json["bands"] = vec!["0.7", "0.3"].into()));
    assert!(refused(|json| json["unit_days"] = 0.into()));
    assert!(refused(|json| json["minor_per_major"] = "0".into()));
    assert!(refused(|json| json["purchases"]["k"] = 99.into()));
    assert!(refused(|json| json["purchases"]["parameters"][2] = "-1".into()));
    assert!(refused(|json| json["purchases"]["parameters"] = vec!["1", "2", "3"].into()));
    assert!(refused(|json| json["purchases"]["log_covariance"][3][3] = "inf".into()));
    assert!(refused(|json| json["spend"][1] = "1".into()));
}
