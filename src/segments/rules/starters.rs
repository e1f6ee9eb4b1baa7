//! Rules to begin with. Their numbers are a start: each says why it is what it is, and percentiles are
//! numbers of the shop's own.

use crate::error::Result;
use crate::workspace::RuleSettings;

/// One rule to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Starter {
    pub id: &'static str,
    /// What goes below `[segments.rules.ID]`, with comments.
    pub toml: &'static str,
}

impl Starter {
    /// The rule as it is written.
    ///
    /// # Errors
    ///
    /// None: a test reads them all.
    pub fn rule(&self) -> Result<RuleSettings> {
        RuleSettings::parse(self.toml)
    }

    /// The whole section of a settings file.
    pub fn section(&self) -> String {
        format!("[segments.rules.{}]\n{}", self.id, self.toml)
    }
}

/// The starters, in the order of a customer's life.
pub const STARTERS: [Starter; 7] = [
    Starter { id: "active_browsers", toml: ACTIVE_BROWSERS },
    Starter { id: "cart_abandoners", toml: CART_ABANDONERS },
    Starter { id: "first_time_buyers", toml: FIRST_TIME_BUYERS },
    Starter { id: "high_value_shoppers", toml: HIGH_VALUE_SHOPPERS },
    Starter { id: "discount_seekers", toml: DISCOUNT_SEEKERS },
    Starter { id: "lapsed_loyals", toml: LAPSED_LOYALS },
    Starter { id: "sunset_candidates", toml: SUNSET_CANDIDATES },
];

const ACTIVE_BROWSERS: &str = r#"name = "Active browsers"
description = "Three visits or more in a month, and nothing bought meanwhile"
all = [
  { feature = "sessions_30d", at_least = 3 },
  { event = "ordered", at_most = 0, within_days = 30 },
]
"#;

const CART_ABANDONERS: &str = r#"name = "Cart abandoners"
description = "Put something into the cart this week and ordered nothing this week"
all = [
  { event = "cart_added", at_least = 1, within_days = 7 },
  { not = { event = "ordered", at_least = 1, within_days = 7 } },
]
"#;

const FIRST_TIME_BUYERS: &str = r#"name = "First-time buyers"
description = "One order so far, in the last 60 days: the second is what to win"
all = [
  { feature = "frequency", at_least = 1, at_most = 1 },
  { feature = "recency_days", at_most = 60, missing = "fails" },
]
"#;

const HIGH_VALUE_SHOPPERS: &str = r#"name = "High-value shoppers"
description = "The top fifth by money of those who spent anything in the last year"
# p80 is the number that four fifths of these contacts do not exceed.
feature = "monetary_365d_minor"
above = "p80"
"#;

const DISCOUNT_SEEKERS: &str = r#"name = "Discount seekers"
description = "Two orders or more, at least half of them with a discount"
all = [
  { feature = "frequency", at_least = 2 },
  { feature = "discount_share", at_least = 0.5, missing = "fails" },
]
"#;

const LAPSED_LOYALS: &str = r#"name = "Lapsed loyals"
description = "Three orders or more, the last longer ago than that of three quarters of the buyers"
all = [
  { feature = "frequency", at_least = 3 },
  { feature = "recency_days", above = "p75", missing = "fails" },
]
"#;

const SUNSET_CANDIDATES: &str = r#"name = "Sunset candidates"
description = "Mailed for a quarter without an open or a click by a human, and no order in half a year"
all = [
  { feature = "mails_received_90d", at_least = 5 },
  { feature = "human_opens_90d", at_most = 0 },
  { feature = "clicks_90d", at_most = 0 },
  { event = "ordered", at_most = 0, within_days = 180 },
]
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::rules::toml_form::toml_of;

    #[test]
    fn every_starter_is_read_and_written_again() {
        for starter in STARTERS {
            let rule = starter.rule().unwrap();
            assert!(rule.name.is_some() && rule.description.is_some(), "{}", starter.id);
            let again = RuleSettings::parse(&toml_of(&rule)).unwrap();
            assert_eq!(toml_of(&again), toml_of(&rule));
        }
    }
}
