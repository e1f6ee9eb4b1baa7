//! How amounts are written: the decimal sign and the currency's sign.

use super::super::money::MoneyReader;

/// The sign that a column's amounts put before their decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    Dot,
    Comma,
    /// Only groups of three digits: 1,234 may be a thousand or one and a bit.
    Unclear,
}

impl Decimal {
    /// Decided by the values; whole numbers say nothing, and the dot is usual.
    pub fn of(values: &[&str]) -> Self {
        let (mut dots, mut commas, mut unclear) = (0, 0, 0);
        for value in values {
            match sign_of(value) {
                Some(('.', true)) => dots += 1,
                Some((',', true)) => commas += 1,
                Some((',', false)) => unclear += 1,
                _ => {}
            }
        }
        match (dots, commas, unclear) {
            _ if commas > dots => Decimal::Comma,
            (0, 0, 1..) => Decimal::Unclear,
            _ => Decimal::Dot,
        }
    }

    pub fn sign(self) -> char {
        if self == Decimal::Comma { ',' } else { '.' }
    }
}

/// The last separator of an amount, and whether it must be the decimal sign.
fn sign_of(value: &str) -> Option<(char, bool)> {
    let at = value.rfind(['.', ','])?;
    let sign = if value[at..].starts_with(',') { ',' } else { '.' };
    let other = if sign == ',' { '.' } else { ',' };
    let decimals = value[at + 1..].chars().filter(char::is_ascii_digit).count();
    let repeats = value.matches(sign).count() > 1;
    Some((sign, !repeats && (decimals != 3 || value.contains(other))))
}

/// True if either decimal sign makes an amount of it.
pub fn is_amount(value: &str) -> bool {
    ['.', ','].iter().any(|&decimal| MoneyReader { decimal, exponent: 2 }.text(value).is_ok())
}

/// The currency whose sign or code stands in an amount, and whether others share the sign.
pub fn currency_in(value: &str) -> Option<(String, bool)> {
    let sign = value.chars().find_map(|c| match c {
        '£' => Some(("GBP", false)),
        '€' => Some(("EUR", false)),
        '$' => Some(("USD", true)),
        '¥' => Some(("JPY", true)),
        '₹' => Some(("INR", false)),
        _ => None,
    });
    if let Some((code, is_shared)) = sign {
        return Some((code.to_owned(), is_shared));
    }
    let letters = value.trim_matches(|c: char| !c.is_alphabetic());
    is_currency_code(letters).then(|| (letters.to_uppercase(), false))
}

/// Three letters, as ISO 4217 has them.
pub fn is_currency_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic())
}
