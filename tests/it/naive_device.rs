//! The device family, and what a contact's own row says, as plain loops.

use std::collections::BTreeMap;

use crate::naive::{Oracle, Person, Plain, Step, entropy, exact, most, tally};

/// The device or the client of a step.
type Part = fn(&Step) -> &str;

/// How often each device, or client, was used in the year.
fn used(person: &Person, of: fn(&Step) -> &str) -> BTreeMap<&str, usize> {
    tally(person.actions().into_iter().map(of))
}

fn device(step: &Step) -> &str {
    &step.device
}

fn client(step: &Step) -> &str {
    &step.client
}

pub fn oracle() -> Oracle {
    let mut all = Oracle::new();
    for class in ["mobile", "desktop", "tablet"] {
        all.insert(
            format!("{class}_share"),
            Box::new(move |person| {
                let used = used(person, device);
                let all: usize = used.values().sum();
                let of_class =
                    used.iter().filter(|(name, _)| name.to_lowercase().starts_with(class));
                let part: usize = of_class.map(|(_, count)| count).sum();
                Plain::Close((all >= 5).then(|| part as f64 / all as f64))
            }),
        );
    }
    let parts: [(&str, Part); 2] = [("device", device), ("client", client)];
    for (name, of) in parts {
        all.insert(
            format!("{name}_entropy"),
            Box::new(move |person| {
                let used = used(person, of);
                let is_enough = used.values().sum::<usize>() >= 5;
                Plain::Close(entropy(&used).filter(|_| is_enough))
            }),
        );
        all.insert(format!("main_{name}"), Box::new(move |person| most(&used(person, of))));
    }
    all.insert(
        "tenure_days".to_owned(),
        Box::new(|person| exact(person.days_since(person.created))),
    );
    all
}
