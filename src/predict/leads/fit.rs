//! What a rule of fit asks of a contact.

use serde::Serialize;

use crate::workspace::LeadRuleSettings;

/// A test on one feature. A contact without a value passes none but `Known(false)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitTest {
    /// One of these words.
    Is(Vec<String>),
    /// Within the bounds that there are: above, at least, below, at most.
    Within([Option<f64>; 4]),
    /// Whether there is a value.
    Known(bool),
}

/// A value of a contact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FitValue<'a> {
    Word(&'a str),
    Number(f64),
}

impl FitTest {
    /// The test of a rule that was checked.
    pub(super) fn of(rule: &LeadRuleSettings) -> Self {
        match (&rule.is, rule.known) {
            (Some(words), _) => FitTest::Is(words.0.clone()),
            (None, Some(known)) => FitTest::Known(known),
            (None, None) => FitTest::Within([rule.above, rule.at_least, rule.below, rule.at_most]),
        }
    }

    /// Whether a contact passes.
    pub fn holds(&self, value: Option<FitValue<'_>>) -> bool {
        match (self, value) {
            (FitTest::Known(known), value) => value.is_some() == *known,
            (FitTest::Is(words), Some(FitValue::Word(word))) => words.iter().any(|w| w == word),
            (FitTest::Within(bounds), Some(FitValue::Number(value))) => {
                let [above, at_least, below, at_most] = *bounds;
                above.is_none_or(|bound| value > bound)
                    && at_least.is_none_or(|bound| value >= bound)
                    && below.is_none_or(|bound| value < bound)
                    && at_most.is_none_or(|bound| value <= bound)
            }
            _ => false,
        }
    }

    /// The test in words, after the name of the feature.
    pub fn words(&self) -> String {
        match self {
            FitTest::Is(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
                format!("is {}", words.join(" or "))
            }
            FitTest::Known(true) => "is known".to_owned(),
            FitTest::Known(false) => "is not known".to_owned(),
            FitTest::Within(bounds) => {
                let names = ["above", "at least", "below", "at most"];
                let set = names.into_iter().zip(bounds);
                let set = set.filter_map(|(name, bound)| Some(format!("{name} {}", (*bound)?)));
                set.collect::<Vec<_>>().join(" and ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_as_they_are_written_and_no_value_passes_nothing() {
        let test = FitTest::Within([Some(1.0), None, None, Some(3.0)]);
        let holds = |value: f64| test.holds(Some(FitValue::Number(value)));
        assert_eq!([1.0, 1.5, 3.0, 3.5].map(holds), [false, true, true, false]);
        assert!(!test.holds(None) && !test.holds(Some(FitValue::Word("2"))));
        assert!(FitTest::Known(false).holds(None) && !FitTest::Known(true).holds(None));
        let test = FitTest::Is(vec!["GB".to_owned(), "IE".to_owned()]);
        assert!(test.holds(Some(FitValue::Word("IE"))) && !test.holds(Some(FitValue::Word("ie"))));
        assert_eq!(test.words(), "is “GB” or “IE”");
    }
}
