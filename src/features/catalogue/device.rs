//! On which devices a contact opens, clicks and browses.

use super::super::{Family, FeatureSpec, Missing, Relation, Unit};

/// Fewest actions with a known device for a share.
const FEWEST_ACTIONS: u32 = 5;

pub fn specs() -> Vec<FeatureSpec> {
    let devices = [
        ("mobile", "on the phone", ""),
        ("desktop", "on the desktop", ""),
        ("tablet", "on a tablet", ""),
    ];
    devices.map(|(device, high, low)| share(device).words(high, low)).into()
}

fn share(device: &str) -> FeatureSpec {
    let actions = format!("{device}_actions");
    let recent = "us >= {from:365}";
    let spec = FeatureSpec::new(Family::Device, format!("{device}_share"), Unit::Share)
        .window(365)
        .means(format!("share of the actions with a known device that were on {device}"))
        .measure(
            Relation::Activity,
            "device_actions",
            format!("count(*) FILTER (WHERE {recent} AND device IS NOT NULL)"),
        )
        .measure(
            Relation::Activity,
            &actions,
            format!("count(*) FILTER (WHERE {recent} AND lower(device) LIKE '{device}%')"),
        )
        .formula(
            Missing::TooLittle,
            format!(
                "CASE WHEN device_actions >= {FEWEST_ACTIONS} \
                 THEN CAST({actions} AS DOUBLE) / device_actions END"
            ),
        );
    if device == "mobile" { spec.default_set() } else { spec }
}
