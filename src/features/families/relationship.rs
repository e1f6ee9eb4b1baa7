//! How long a contact is known. What the contact's own row says is in [`super::super::attributes`].

use super::super::family::Family as FeatureFamily;
use super::super::{Family, FeatureSpec, Missing, Moments, Needs, Places, Timeline, Unit};
use super::InOrder;

/// Tenure.
pub struct Relationship;

impl FeatureFamily for Relationship {
    fn specs(&self) -> Vec<FeatureSpec> {
        vec![
            FeatureSpec::new(Family::Relationship, "tenure_days", Unit::Days)
                .means("calendar days since the contact became known")
                .formula(
                    Missing::Unknown,
                    "date of the as-of - date of created_at, or of the contact's first row where that \
                     is empty, dates in the shop's time zone",
                )
                .words("known for long", "new")
                .default_set(),
        ]
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        let days = timeline.known_us.map(|us| moments.days_since(us));
        InOrder::new(places).some(days);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Shop;
    use super::*;

    #[test]
    fn tenure_is_in_calendar_days() {
        let found = Shop::new().measure(&Relationship, (&[], &[], &[]));
        assert_eq!(found.number("tenure_days"), Some(400.0));
    }
}
