//! Which further columns of contacts are worth keeping, and which must not be kept.

use std::net::IpAddr;

use super::super::words::is_address_code;
use super::column::Column;

/// More distinct words than this describe nobody in particular.
const MOST_WORDS: usize = 30;
/// Longer texts, or texts of more words, are notes.
const LONGEST: usize = 40;
const MOST_SPACES: usize = 3;

/// Parts of names of columns that identify a person or say where they live.
const PERSONAL: [&str; 33] = [
    "email", "phone", "mobile", "fax", "firstname", "lastname", "fname", "lname", "fullname",
    "surname", "address", "street", "addr", "zip", "postal", "postcode", "latitude", "longitude",
    "birthday", "birthdate", "dateofbirth", "note", "password", "token", "url", "image", "iban",
    "organization", "company", "ipsignup", "optinip", "confirmip", "ipopt",
];
/// Names that are personal only as a whole.
const PERSONAL_NAMES: [&str; 5] = ["name", "ip", "title", "dob", "givenname"];
/// Parts of names of totals kept by the platform: they know what came after any past moment.
const TOTALS: [&str; 11] = [
    "total", "spent", "orders", "lifetime", "ltv", "predicted", "historic", "expected", "average",
    "revenue", "score",
];

/// What to do with a column that no field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    /// It identifies people.
    Personal,
    /// It is a total as of the export.
    KnowsTheFuture,
    /// Ids, times, free text, one value only, or no value.
    Useless,
}

impl Verdict {
    pub fn of(column: &Column) -> Self {
        let key = column.key.as_str();
        let says = |parts: &[&str]| parts.iter().any(|part| key.contains(part));
        if says(&PERSONAL) || PERSONAL_NAMES.contains(&key) || key.ends_with("name") {
            return Verdict::Personal;
        }
        if column.share(is_personal) > 0.0 {
            return Verdict::Personal;
        }
        if says(&TOTALS) && column.number_share() > 0.9 {
            return Verdict::KnowsTheFuture;
        }
        if is_useful(column) { Verdict::Keep } else { Verdict::Useless }
    }
}

/// Addresses, telephone numbers and IP addresses, whatever the column is called.
fn is_personal(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_phone = digits >= 9
        && text.chars().all(|c| c.is_ascii_digit() || "+()- ./".contains(c))
        && text.contains(['+', '(', '-', ' ']);
    is_address_code(text) || is_phone || text.parse::<IpAddr>().is_ok()
}

fn is_useful(column: &Column) -> bool {
    let is_bookkeeping = column.name.starts_with('_') || column.key.ends_with("id");
    let (distinct, values) = (column.distinct(), column.values().len());
    if is_bookkeeping || distinct < 2 || is_long(column) {
        return false;
    }
    // Years and other small numbers read as times in no format, but 20260101 does.
    if column.number_share() == 1.0 {
        return column.time.is_none() && column.share(|t| t.len() <= 9) == 1.0;
    }
    column.time.is_none() && distinct <= MOST_WORDS && 2 * distinct <= values
}

fn is_long(column: &Column) -> bool {
    column.share(|t| t.chars().count() > LONGEST || t.matches(' ').count() > MOST_SPACES) > 0.0
}
