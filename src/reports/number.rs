//! Numbers as people read them: thousands separators, a true minus sign, infinity as ∞.

/// What stands where a number is undefined.
pub const NONE: &str = "–";

/// A whole number: `1,234,567`.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A number with `decimals` digits after the point: `−1,234.50`.
pub fn decimal(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return NONE.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
    }
    let digits = format!("{:.*}", decimals.min(12), value.abs());
    let (whole, rest) = match digits.find('.') {
        Some(point) => digits.split_at(point),
        None => (digits.as_str(), ""),
    };
    // A value that rounds to nothing has no sign.
    let negative = value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b));
    format!("{}{}{rest}", if negative { "−" } else { "" }, grouped(whole))
}

/// A number with as few decimals as it needs, at most four: `0.5`, `−0.25`, `3`.
pub fn shortest(value: f64) -> String {
    let suffices = |decimals: &usize| {
        let scale = 10f64.powi(*decimals as i32);
        (value * scale - (value * scale).round()).abs() <= 1e-9 * (value * scale).abs().max(1.0)
    };
    decimal(value, (0..4).find(suffices).unwrap_or(4))
}

/// A number that always shows its sign: `+1.2`, `−1.2`, `0.0`.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = decimal(value, decimals);
    let positive = value > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c) || c == '∞');
    if positive { format!("+{text}") } else { text }
}

/// A fraction as a percentage: 0.123 is `12.3%`.
pub fn percent(fraction: f64, decimals: usize) -> String {
    let text = decimal(fraction * 100.0, decimals);
    if fraction.is_finite() { format!("{text}%") } else { text }
}

/// An amount of money from its minor units: `EUR 1,234.50`.
pub fn money(minor: i64, exponent: u8, currency: &str) -> String {
    let (whole, rest) = split_minor(minor, exponent);
    let sign = if minor < 0 { "−" } else { "" };
    let amount = format!("{sign}{}{rest}", grouped(&whole));
    if currency.is_empty() { amount } else { format!("{currency} {amount}") }
}

/// An amount of money as a plain machine number: `-1234.50`.
pub fn plain_money(minor: i64, exponent: u8) -> String {
    let (whole, rest) = split_minor(minor, exponent);
    format!("{}{whole}{rest}", if minor < 0 { "-" } else { "" })
}

/// A p-value to three decimals, and never as zero.
pub fn p_value(p: f64) -> String {
    if p.is_nan() {
        NONE.to_owned()
    } else if p < 0.001 {
        "p < 0.001".to_owned()
    } else if p > 0.9995 && p < 1.0 {
        "p > 0.999".to_owned()
    } else {
        format!("p = {}", decimal(p, 3))
    }
}

/// A number as machines read it: the shortest text that gives the same value again.
pub fn plain(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".to_owned() } else { "-inf".to_owned() }
    } else if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{}", value + 0.0)
    }
}

fn split_minor(minor: i64, exponent: u8) -> (String, String) {
    let width = usize::from(exponent);
    let digits = format!("{:0>1$}", minor.unsigned_abs(), width + 1);
    let (whole, rest) = digits.split_at(digits.len() - width);
    let rest = if width == 0 { String::new() } else { format!(".{rest}") };
    (whole.to_owned(), rest)
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
