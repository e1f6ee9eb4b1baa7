//! A model of silence that is stored and read back.

use crate::predict::churn::{Bands, Cutoff, RawColumn};
use crate::predict::outlook::{EngagementInput, StoredSilence, engagement};

/// Contacts whose silence rises with the days since they did something.
fn cutoff(until: i32, contacts: usize) -> Cutoff {
    let since = |i: usize| match (i * 37 + until as usize) % 400 {
        days if days % 5 == 0 => f64::NAN,
        days => days as f64 / 3.0,
    };
    let since: Vec<f64> = (0..contacts).map(since).collect();
    let opens =
        since.iter().enumerate().map(|(i, s)| if s.is_nan() { 0.0 } else { (i % 9) as f64 });
    let lost = |(i, since): (usize, &f64)| since.is_nan() || (i * 61 % 140) as f64 <= *since;
    Cutoff {
        until,
        lost: since.iter().enumerate().map(lost).collect(),
        columns: vec![
            RawColumn::new("opens_90d", "opens in 90 days", opens.collect()),
            RawColumn {
                is_longest_if_missing: true,
                ..RawColumn::new("days_since_last_engagement", "days since the last open", since)
            },
        ],
        model_risk: None,
        rate_risk: None,
    }
}

#[test]
fn the_fit_s_own_contacts_come_back_bit_by_bit() {
    // One closed horizon proves nothing: the fallback is used.
    for closed in
        [vec![cutoff(910, 300)], vec![cutoff(910, 400), cutoff(820, 300), cutoff(730, 250)]]
    {
        let input = EngagementInput {
            ids: (0..350).map(|i| format!("c{i:03}")).collect(),
            now: cutoff(1000, 350),
            closed,
            horizon_days: 90,
            bands: Bands::default(),
            reasons: 2,
        };
        let found = engagement(&input).unwrap().unwrap();
        let json = serde_json::to_string(&found.model).unwrap();
        let model: StoredSilence = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&model).unwrap(), json);
        let scored = model.score(&input.ids, &input.now).unwrap();
        let told = |contacts| serde_json::to_string(contacts).unwrap();
        assert_eq!(told(&scored), told(&found.contacts));
        assert!(scored.iter().any(|contact| !contact.reasons.is_empty()));
        let gone = Cutoff { columns: vec![input.now.columns[0].clone()], ..input.now.clone() };
        let error = model.score(&input.ids, &gone).unwrap_err().to_string();
        assert!(error.contains("`days_since_last_engagement`, which is not there"), "{error}");
        assert!(model.score(&input.ids, &Cutoff { until: 999, ..input.now }).is_err());
    }
}
