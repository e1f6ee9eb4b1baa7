//! When a contact is active, in its own time zone.
//!
//! The mean hour is the direction of the mean of unit vectors on the clock face, and its
//! concentration their mean length R in 0..1 (Mardia & Jupp 2000, chapter 2): 23:00 and 01:00
//! average to midnight, and two opposite hours to nothing. Sines and cosines are summed as integers
//! of 1e-9, so that the sum does not depend on the order of rows.

use super::super::{Family, FeatureSpec, Missing, Relation, Unit};

/// Fewest actions for a statement about hours: with fewer, R of a random clock exceeds 0.5 often.
const FEWEST_ACTIONS: u32 = 5;

const ANGLE: &str = "2.0 * pi() * CAST(week_second % 86400 AS DOUBLE) / 86400.0";

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Time, name, unit).window(365).measure(
        Relation::Activity,
        "actions",
        count("TRUE"),
    )
}

fn count(condition: &str) -> String {
    format!("count(*) FILTER (WHERE us >= {{from:365}} AND {condition})")
}

fn vector(function: &str) -> String {
    let part = format!("CAST(round({function}({ANGLE}) * 1e9) AS BIGINT)");
    format!("sum({part}) FILTER (WHERE us >= {{from:365}})")
}

fn enough(value: &str) -> String {
    format!("CASE WHEN actions >= {FEWEST_ACTIONS} THEN {value} END")
}

const LENGTH: &str = "sqrt(CAST(hour_cos AS DOUBLE) * hour_cos + CAST(hour_sin AS DOUBLE) * hour_sin) / 1e9 / actions";

pub fn specs() -> Vec<FeatureSpec> {
    let hour = "CASE WHEN atan2(CAST(hour_sin AS DOUBLE), CAST(hour_cos AS DOUBLE)) < 0 THEN 24.0 \
                ELSE 0.0 END + atan2(CAST(hour_sin AS DOUBLE), CAST(hour_cos AS DOUBLE)) * 12.0 / pi()";
    let mut specs = vec![
        spec("mean_hour", Unit::Hour)
            .means("circular mean of the local hour of what the contact did")
            .measure(Relation::Activity, "hour_cos", vector("cos"))
            .measure(Relation::Activity, "hour_sin", vector("sin"))
            .formula(Missing::TooLittle, enough(hour)),
        spec("hour_concentration", Unit::Share)
            .means("how concentrated the local hours are: 0 all round the clock, 1 one moment")
            .measure(Relation::Activity, "hour_cos", vector("cos"))
            .measure(Relation::Activity, "hour_sin", vector("sin"))
            .formula(Missing::TooLittle, enough(LENGTH))
            .words("keeps to its hours", "no preferred hour"),
    ];
    let parts = [
        ("morning_share", "hours 5 to 11", "BETWEEN 18000 AND 39599", "active in the morning"),
        ("afternoon_share", "hours 11 to 17", "BETWEEN 39600 AND 61199", "active in the afternoon"),
        ("evening_share", "hours 17 to 23", "BETWEEN 61200 AND 82799", "active in the evening"),
    ];
    for (name, hours, range, high) in parts {
        let actions = format!("{name}_actions");
        let part = spec(name, Unit::Share)
            .means(format!("share of actions in local {hours}"))
            .measure(Relation::Activity, &actions, count(&format!("week_second % 86400 {range}")))
            .formula(Missing::TooLittle, enough(&format!("CAST({actions} AS DOUBLE) / actions")))
            .words(high, "");
        specs.push(part.default_set());
    }
    let weekend = spec("weekend_share", Unit::Share)
        .means("share of actions on Saturday and Sunday, local time")
        .measure(Relation::Activity, "weekend_actions", count("week_second >= 432000"))
        .formula(Missing::TooLittle, enough("CAST(weekend_actions AS DOUBLE) / actions"))
        .words("active at weekends", "active on workdays");
    specs.push(weekend);
    specs
}
