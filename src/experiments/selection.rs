//! Intervals of what was selected.

use super::level::Level;
use crate::error::{Error, Result};

/// The level at which intervals of `selected` findings out of `tested` hold the expected share of those
/// that miss at `rate`: 1 − R q/m, after Benjamini and Hochberg's selection at q (Benjamini & Yekutieli
/// 2005, *JASA* 100, 71-81). With nothing selected there is no interval to give: `None`.
///
/// # Errors
///
/// A settings error if more are selected than tested, or the rate is not between 0 and 1.
pub fn selected_level(selected: usize, tested: usize, rate: f64) -> Result<Option<Level>> {
    if selected > tested {
        return Err(Error::settings(format!("{selected} selected of only {tested}"))
            .hint("the selected are part of the tested"));
    }
    if !(rate > 0.0 && rate < 1.0) {
        return Err(Error::settings("a false coverage rate lies between 0 and 1")
            .with_value(rate.to_string())
            .hint("usual: 0.05"));
    }
    if selected == 0 {
        return Ok(None);
    }
    // So near to 1 that no float is between: no interval but the whole line.
    Ok(Level::new(1.0 - rate * selected as f64 / tested as f64).ok())
}
