//! Amounts as exports write them, to integer minor units. No float touches an amount that is text.

use super::quarantine::Rule;

/// Amounts above this many minor units (ten billion pounds) are taken for a mistake in the unit.
const MOST_MINOR: i128 = 1_000_000_000_000;

/// How a source writes amounts, and the currency's number of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyReader {
    pub decimal: char,
    pub exponent: u32,
}

/// A decimal number: `digits` × 10^−`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: i128,
    scale: u32,
}

impl MoneyReader {
    /// Reads an amount such as `1,234.50`, `£12`, `-3.10` or `12.5 GBP`, rounding half away from zero.
    pub fn text(&self, text: &str) -> Result<i64, Rule> {
        self.minor(self.decimal(text)?)
    }

    /// Reads quantity × price exactly and rounds once.
    pub fn product(&self, quantity: &str, price: &str) -> Result<i64, Rule> {
        let (a, b) = (self.decimal(quantity)?, self.decimal(price)?);
        let digits = a.digits.checked_mul(b.digits).ok_or(Rule::TooLarge)?;
        self.minor(Decimal { digits, scale: a.scale + b.scale })
    }

    /// Takes a float from a typed column, rounding half away from zero.
    pub fn float(&self, value: f64) -> Result<i64, Rule> {
        if !value.is_finite() {
            return Err(Rule::NotFinite);
        }
        let minor = (value * 10f64.powi(self.exponent as i32)).round();
        if minor.abs() <= MOST_MINOR as f64 { Ok(minor as i64) } else { Err(Rule::TooLarge) }
    }

    fn minor(&self, value: Decimal) -> Result<i64, Rule> {
        let minor = if value.scale <= self.exponent {
            value
                .digits
                .checked_mul(10i128.pow(self.exponent - value.scale))
                .ok_or(Rule::TooLarge)?
        } else {
            // More decimals than fit are of nothing.
            let Some(unit) = 10i128.checked_pow(value.scale - self.exponent) else { return Ok(0) };
            (value.digits + value.digits.signum() * unit / 2) / unit
        };
        if minor.abs() > MOST_MINOR { Err(Rule::TooLarge) } else { Ok(minor as i64) }
    }

    fn decimal(&self, text: &str) -> Result<Decimal, Rule> {
        match text.to_ascii_lowercase().trim_start_matches(['-', '+']) {
            "nan" | "inf" | "infinity" => return Err(Rule::NotFinite),
            _ => {}
        }
        let (text, negative) = signed(text.trim());
        let bare =
            text.trim_matches(|c: char| c.is_alphabetic() || c.is_whitespace() || is_sign(c));
        let (bare, inner_negative) = signed(bare);
        let mut parser = Digits { decimal: self.decimal, digits: 0, scale: None, any: false };
        bare.chars().try_for_each(|c| parser.push(c))?;
        if !parser.any {
            return Err(Rule::NotAnAmount);
        }
        let sign = if negative != inner_negative { -1 } else { 1 };
        Ok(Decimal { digits: sign * parser.digits, scale: parser.scale.unwrap_or(0) })
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '£' | '$' | '€' | '¥' | '₹')
}

/// Splits off a leading minus, or the accountant's parentheses.
fn signed(text: &str) -> (&str, bool) {
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return (inner, true);
    }
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

struct Digits {
    decimal: char,
    digits: i128,
    scale: Option<u32>,
    any: bool,
}

impl Digits {
    fn push(&mut self, c: char) -> Result<(), Rule> {
        let grouping = if self.decimal == '.' { ',' } else { '.' };
        if let Some(digit) = c.to_digit(10) {
            self.any = true;
            self.scale = self.scale.map(|s| s + 1);
            let grown = self.digits.checked_mul(10).and_then(|d| d.checked_add(i128::from(digit)));
            self.digits = grown.filter(|d| *d < 10i128.pow(18)).ok_or(Rule::TooLarge)?;
            return Ok(());
        }
        match c {
            c if c == self.decimal && self.scale.is_none() => self.scale = Some(0),
            c if c == grouping && self.scale.is_none() && self.any => {}
            ' ' | '\u{a0}' | '\'' if self.any => {}
            _ => return Err(Rule::NotAnAmount),
        }
        Ok(())
    }
}

/// Decimals of a currency's minor unit (ISO 4217): 2 but for those named here.
pub fn exponent(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POUNDS: MoneyReader = MoneyReader { decimal: '.', exponent: 2 };

    #[test]
    fn amounts_are_read_exactly() {
        for (text, minor) in [
            ("12.5", 1250),
            ("£1,234.56", 123_456),
            ("-0.1", -10),
            ("(3.10)", -310),
            ("12.00 GBP", 1200),
            ("-£2", -200),
            ("0.005", 1),
            ("-0.005", -1),
            ("0.001", 0),
            ("7", 700),
        ] {
            assert_eq!(POUNDS.text(text), Ok(minor), "{text}");
        }
        let euros = MoneyReader { decimal: ',', exponent: 2 };
        assert_eq!(euros.text("1.234,50 €"), Ok(123_450));
        assert_eq!(MoneyReader { decimal: '.', exponent: 0 }.text("1200"), Ok(1200));
        assert_eq!(POUNDS.product("-6", "2.55"), Ok(-1530));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in ["", "abc", "1.2.3", "--", "1e5", "12-3"] {
            assert_eq!(POUNDS.text(text), Err(Rule::NotAnAmount), "{text}");
        }
        for text in ["NaN", "inf", "-Infinity"] {
            assert_eq!(POUNDS.text(text), Err(Rule::NotFinite), "{text}");
        }
        assert_eq!(POUNDS.float(f64::NAN), Err(Rule::NotFinite));
        assert_eq!(POUNDS.text("99999999999999999"), Err(Rule::TooLarge));
    }
}
