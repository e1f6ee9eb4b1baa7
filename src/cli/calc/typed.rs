//! Arms and lists as they are typed.

use crate::error::{Error, Kind, Result};
use crate::experiments::{Counts, Level, Sample};

/// `2262/21306`: successes out of recipients.
pub fn counts(option: &str, text: &str) -> Result<Counts> {
    let wrong = || {
        Error::settings(format!("--{option} is not successes out of recipients"))
            .with_value(text)
            .hint(format!("write --{option} X/N, such as --{option} 2262/21306"))
    };
    let (x, n) = text.split_once('/').ok_or_else(wrong)?;
    let (x, n) = (whole(x).ok_or_else(wrong)?, whole(n).ok_or_else(wrong)?);
    Counts::new(n, x).map_err(|error| as_usage(option, &error))
}

/// `2.1,14.5,5000`: mean, standard deviation and number.
pub fn sample(option: &str, text: &str) -> Result<Sample> {
    let wrong = || {
        Error::settings(format!("--{option} is not mean, standard deviation and number"))
            .with_value(text)
            .hint(format!("write --{option} MEAN,SD,N, such as --{option} 2.1,14.5,5000"))
    };
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [mean, sd, n] = parts[..] else { return Err(wrong()) };
    let number = |text: &str| text.parse::<f64>().ok().filter(|v| v.is_finite());
    let (mean, sd) = (number(mean).ok_or_else(wrong)?, number(sd).ok_or_else(wrong)?);
    let n = whole(n).ok_or_else(wrong)?;
    if sd < 0.0 {
        return Err(wrong());
    }
    Sample::new(n, mean, sd * sd).map_err(|error| as_usage(option, &error))
}

/// `21306,21307`: whole numbers.
pub fn wholes(option: &str, text: &str) -> Result<Vec<u64>> {
    let one = |part: &str| {
        whole(part).ok_or_else(|| {
            Error::settings(format!("--{option} is not a list of whole numbers"))
                .with_value(part.trim())
                .hint(format!("write --{option} 21306,21307,21387"))
        })
    };
    text.split(',').map(one).collect()
}

/// `0.5,0.25,0.25`: numbers.
pub fn numbers(option: &str, text: &str) -> Result<Vec<f64>> {
    let one = |part: &str| {
        part.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| {
            Error::settings(format!("--{option} is not a list of numbers"))
                .with_value(part.trim())
                .hint(format!("write --{option} 0.5,0.25,0.25"))
        })
    };
    text.split(',').map(one).collect()
}

/// `0.01,NA,0.2`: p-values, NaN where there is none.
pub fn p_values(text: &str) -> Result<Vec<f64>> {
    let one = |part: &str| {
        let part = part.trim();
        if part.eq_ignore_ascii_case("na") || part.eq_ignore_ascii_case("nan") {
            return Ok(f64::NAN);
        }
        part.parse::<f64>().ok().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| {
            Error::settings("--p is not a list of p-values")
                .with_value(part)
                .hint("write --p 0.01,0.04,0.2; NA where a test gave none")
        })
    };
    text.split(',').map(one).collect()
}

/// The level of intervals that belong to an alpha.
pub fn level(alpha: f64) -> Result<Level> {
    checked_alpha(alpha)?;
    Level::new(1.0 - alpha)
}

pub fn checked_alpha(alpha: f64) -> Result<()> {
    let is_share = alpha > 0.0 && alpha < 1.0 && 1.0 - alpha < 1.0;
    is_share.then_some(()).ok_or_else(|| {
        Error::settings("--alpha must lie between 0 and 1")
            .with_value(alpha.to_string())
            .hint("usual: --alpha 0.05")
    })
}

/// What is wrong with typed numbers is wrong usage, whatever it would be in a file.
pub fn as_usage(option: &str, error: &Error) -> Error {
    let usage = Error::settings(format!("--{option}: {error}"));
    match error.hint_text() {
        Some(hint) => usage.hint(hint),
        None => usage.hint("see --help for the form"),
    }
}

/// The same for an error that belongs to no single option.
pub fn usage(error: Error) -> Error {
    if error.kind() == Kind::Settings {
        return error;
    }
    let usage = Error::settings(error.to_string());
    usage.hint(error.hint_text().unwrap_or("see --help for the form"))
}

/// A whole number, with or without separators: 21306, 21_306.
fn whole(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().filter(|c| *c != '_').collect();
    digits.parse().ok()
}
