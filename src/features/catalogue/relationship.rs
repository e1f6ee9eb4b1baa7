//! How long a contact is known.

use super::super::{Family, FeatureSpec, Missing, Unit};

pub fn specs() -> Vec<FeatureSpec> {
    vec![
        FeatureSpec::new(Family::Relationship, "tenure_days", Unit::Days)
            .means("calendar days since the contact became known")
            .formula(Missing::Unknown, "{today} - {day:known_us}")
            .words("known for long", "new")
            .default_set(),
    ]
}
