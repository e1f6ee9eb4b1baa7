//! The families of features, one a file, each declared and measured side by side.
//!
//! Every measure is a plain function of one contact's sorted rows. Counts and money are added as
//! integers; sums of fractions follow the order of the rows, so that the same rows give the same bits.

mod bought;
mod circular;
mod closing;
mod device;
mod email;
mod exposure;
mod occasions;
mod purchase;
mod relationship;
#[cfg(test)]
mod sample;
mod shares;
mod time;
mod visits;
mod web;
mod windows;

pub use closing::{Closing, close, of_numbers};
pub use device::Device;
pub use email::{Email, matched_open_delays_us};
pub use purchase::Purchase;
pub use relationship::Relationship;
pub use time::Time;
pub use web::Web;

use super::{FeatureSpec, Kind, Places, Word};

/// Kinds of event that a person, not a mail server, brings about.
fn is_action(kind: Kind) -> bool {
    matches!(kind, Kind::Opened | Kind::Clicked) || is_web(kind)
}

/// Kinds of event on the site.
fn is_web(kind: Kind) -> bool {
    is_view(kind) || matches!(kind, Kind::CartAdded | Kind::CheckoutStarted)
}

fn is_view(kind: Kind) -> bool {
    matches!(kind, Kind::PageViewed | Kind::ProductViewed)
}

/// Fills places in the order in which the specs were declared: numbers and labels each in a row.
struct InOrder<'a, 'b> {
    places: &'a mut Places<'b>,
    numbers: usize,
    labels: usize,
}

impl<'a, 'b> InOrder<'a, 'b> {
    fn new(places: &'a mut Places<'b>) -> Self {
        InOrder { places, numbers: 0, labels: 0 }
    }

    fn number(&mut self, value: f64) {
        self.some(Some(value));
    }

    fn some(&mut self, value: Option<f64>) {
        self.places.some(self.numbers, value);
        self.numbers += 1;
    }

    fn label(&mut self, word: Option<Word>) {
        self.places.label(self.labels, word.unwrap_or(Word::NONE));
        self.labels += 1;
    }
}

/// How segments with much and with little of a feature are described.
struct Description(&'static str, &'static str, &'static str);

/// Gives the features named first in each description its words.
fn describe(specs: &mut [FeatureSpec], descriptions: &[Description]) {
    for Description(name, high, low) in descriptions {
        for spec in specs.iter_mut().filter(|spec| spec.name == *name) {
            *spec = spec.clone().words(*high, *low);
        }
    }
}

/// Puts these features into the default set.
fn take_by_default(specs: &mut [FeatureSpec], names: &[&str]) {
    for spec in specs.iter_mut().filter(|spec| names.contains(&spec.name.as_str())) {
        spec.is_default = true;
    }
}
