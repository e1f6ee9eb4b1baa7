//! The declared features, one family a file.
//!
//! In the SQL, `us` is a row's time in microseconds UTC, `{now}` the as-of, `{from:90}` the moment
//! ninety days of 24 hours before it, `{today}` the as-of's day number in the shop's time zone, and
//! `{day:x}` the day number of the time `x` there. Sums are of integers, so that the order in which
//! rows are added changes nothing.

mod device;
mod email;
mod purchase;
mod relationship;
mod time;
mod web;

use crate::error::{Error, Kind, Result};

use super::FeatureSpec;

/// All features, in the order of the table's columns.
pub fn catalogue() -> Vec<FeatureSpec> {
    let mut specs = purchase::specs();
    specs.extend(email::specs());
    specs.extend(time::specs());
    specs.extend(device::specs());
    specs.extend(web::specs());
    specs.extend(relationship::specs());
    specs
}

/// The spec of the feature called `name`.
pub fn find<'a>(specs: &'a [FeatureSpec], name: &str) -> Result<&'a FeatureSpec> {
    specs.iter().find(|s| s.name == name).ok_or_else(|| {
        Error::unknown(Kind::Settings, "feature", name, specs.iter().map(|s| s.name.as_str()))
    })
}
