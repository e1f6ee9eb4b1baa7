//! All families, in the order of the table's columns.

use crate::error::{Error, Kind, Result};

use super::families::{Device, Email, Purchase, Relationship, Time, Web};
use super::{Facts, FeatureFamily, FeatureSpec};

/// The families for a shop with these facts.
pub fn families(facts: &Facts) -> Vec<Box<dyn FeatureFamily>> {
    vec![
        Box::new(Purchase),
        Box::new(Email::new(facts.campaign_types.clone())),
        Box::new(Time::ALL),
        Box::new(Device),
        Box::new(Web::ALL),
        Box::new(Relationship),
    ]
}

/// The specs that do not depend on a shop's data.
pub fn catalogue() -> Vec<FeatureSpec> {
    families(&Facts::default()).iter().flat_map(|family| family.specs()).collect()
}

/// The spec of the feature called `name`.
pub fn find<'a>(specs: &'a [FeatureSpec], name: &str) -> Result<&'a FeatureSpec> {
    specs.iter().find(|s| s.name == name).ok_or_else(|| {
        Error::unknown(Kind::Settings, "feature", name, specs.iter().map(|s| s.name.as_str()))
    })
}
