//! The stages.

use serde::Serialize;

/// A stage that follows from behaviour, in the order of a customer's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Subscriber,
    Lead,
    FirstTimeBuyer,
    RepeatBuyer,
    Loyal,
    AtRisk,
    Lapsed,
    WonBack,
}

impl Stage {
    pub const ALL: [Stage; 8] = [
        Stage::Subscriber,
        Stage::Lead,
        Stage::FirstTimeBuyer,
        Stage::RepeatBuyer,
        Stage::Loyal,
        Stage::AtRisk,
        Stage::Lapsed,
        Stage::WonBack,
    ];

    /// The word in results.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Subscriber => "subscriber",
            Stage::Lead => "lead",
            Stage::FirstTimeBuyer => "first_time_buyer",
            Stage::RepeatBuyer => "repeat_buyer",
            Stage::Loyal => "loyal",
            Stage::AtRisk => "at_risk",
            Stage::Lapsed => "lapsed",
            Stage::WonBack => "won_back",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_json() {
        for stage in Stage::ALL {
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.word());
        }
    }
}
