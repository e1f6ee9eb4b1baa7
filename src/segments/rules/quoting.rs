//! Names, texts, numbers and moments as SQL wants them.

use jiff::Timestamp;

/// A name: `"it's ""so"""`.
pub fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text: `'it''s'`.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A finite number, so that reading it gives the same bits.
pub fn number(value: f64) -> String {
    // The shortest digits that read back as the value, and always a point or an exponent.
    format!("{value:?}")
}

/// A moment in UTC, to the microsecond.
pub fn moment(us: i64) -> String {
    match Timestamp::from_microsecond(us) {
        Ok(at) => format!("TIMESTAMP '{at}'"),
        // Before the year -9999: nothing is before it either.
        Err(_) => format!("TIMESTAMP '{}'", Timestamp::MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(text("O'Hara; --"), "'O''Hara; --'");
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for value in [0.1, 1.0 / 3.0, 1e300, 5e-324, -0.0, 123_456_789.125, f64::MAX, 2e16] {
            let back: f64 = number(value).parse().unwrap();
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn moments_are_whole_seconds_or_microseconds() {
        assert_eq!(moment(1_782_864_000_000_000), "TIMESTAMP '2026-07-01T00:00:00Z'");
        assert_eq!(moment(1), "TIMESTAMP '1970-01-01T00:00:00.000001Z'");
    }
}
