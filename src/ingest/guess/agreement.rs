//! Whether the files name contacts in one way, so that a contact's rows meet.

use crate::lake::Table;

use super::column::Column;
use super::reading::Reading;

/// How a column names contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    Address,
    Number,
    Text,
}

impl Naming {
    fn of(column: &Column) -> Self {
        match column {
            c if c.is_address() || c.key == "recipient" => Naming::Address,
            c if c.number_share() == 1.0 => Naming::Number,
            _ => Naming::Text,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Naming::Address => "by address",
            Naming::Number => "by number",
            Naming::Text => "by a code",
        }
    }
}

/// Lets order files know of each other, and all files agree on the contact where they can.
pub fn agree(readings: &mut [Reading]) {
    let has_totals =
        readings.iter().any(|r| r.table() == Table::Orders && !r.matching.is_by_line());
    if has_totals {
        let by_line = readings.iter_mut().filter(|r| r.matching.is_by_line());
        by_line.for_each(Reading::turn_into_items);
    }
    tell_of_twins(readings);
    let namings = namings(readings);
    if namings.iter().all(|(_, naming)| Some(naming) == namings.first().map(|n| &n.1)) {
        return;
    }
    if !settle_on_addresses(readings) {
        tell(readings, &namings);
    }
}

/// Files of two shapes for orders, or for contacts, may hold the same ones.
fn tell_of_twins(readings: &mut [Reading]) {
    for table in [Table::Contacts, Table::Orders] {
        let places: Vec<usize> =
            (0..readings.len()).filter(|&place| readings[place].table() == table).collect();
        if let [_, .., last] = places.as_slice() {
            let names: Vec<String> = places.iter().map(|&p| readings[p].shape.name()).collect();
            readings[*last].checks.push(format!(
                "{} come from files of several shapes ({}): keep one if they hold the same",
                table.name(),
                names.join(", ")
            ));
        }
    }
}

fn namings(readings: &[Reading]) -> Vec<(usize, Naming)> {
    let naming = |(place, r): (usize, &Reading)| Some((place, Naming::of(r.column("contact")?)));
    let filled = |&(place, _): &(usize, Naming)| {
        readings[place].column("contact").is_some_and(|c| !c.is_empty())
    };
    readings.iter().enumerate().filter_map(naming).filter(filled).collect()
}

/// Where some files have only addresses and all others have addresses as well, addresses are the
/// one name that all know.
fn settle_on_addresses(readings: &mut [Reading]) -> bool {
    let mut switches = Vec::new();
    let mut has_addresses_only = false;
    for (place, reading) in readings.iter().enumerate() {
        let Some(contact) = reading.column("contact") else { continue };
        if contact.has_addresses() {
            has_addresses_only = true;
            continue;
        }
        let full = |c: &Column| c.has_addresses() && c.filled >= 0.9 * contact.filled;
        match reading.columns.iter().position(full) {
            Some(column) => switches.push((place, column)),
            None => return false,
        }
    }
    if !has_addresses_only {
        return false;
    }
    for (place, column) in switches {
        readings[place].name_contacts_by(column);
        let comment = "contacts are named by address, because another file has nothing else";
        readings[place].comments.push(comment.to_owned());
    }
    true
}

fn tell(readings: &mut [Reading], namings: &[(usize, Naming)]) {
    let part = |&(place, naming): &(usize, Naming)| {
        let reading = &readings[place];
        let column = reading.column("contact").map_or("", |c| c.name.as_str());
        format!("{} in {} (`{column}`)", naming.words(), reading.shape.name())
    };
    let parts: Vec<String> = namings.iter().map(part).collect();
    let check = format!(
        "contacts are named {}: rows of one contact meet only where the names are the same",
        parts.join(", ")
    );
    if let Some(&(place, _)) = namings.last() {
        readings[place].checks.push(check);
    }
}
