//! How one free attribute becomes features.

use std::collections::BTreeMap;

use super::super::{Family, FeatureSpec, Missing, Unit};

/// Most values of an attribute that become columns: with more, columns say less than they cost.
pub const MOST_CATEGORIES: usize = 12;

/// A value of fewer contacts than one in this many is rare.
const FREQUENT_ONE_IN: u64 = 100;

/// What becomes of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// Every value is a number.
    Number,
    /// A column for each frequent value, in text order, and one for all others if there are any.
    Categories {
        frequent: Vec<String>,
        has_rare: bool,
    },
    LeftOut {
        why: String,
    },
}

impl Encoding {
    /// Decides from how many of all `contacts` have each value.
    pub fn of(counts: &BTreeMap<&str, u64>, contacts: u64) -> Self {
        if counts.is_empty() {
            return Encoding::LeftOut { why: "it is empty for every contact".to_owned() };
        }
        if counts.keys().all(|text| number(text).is_some()) {
            return Encoding::Number;
        }
        let is_frequent = |count: u64| count * FREQUENT_ONE_IN >= contacts;
        let frequent: Vec<String> = counts
            .iter()
            .filter(|(_, count)| is_frequent(**count))
            .map(|(text, _)| (*text).to_owned())
            .collect();
        if frequent.is_empty() || frequent.len() > MOST_CATEGORIES {
            let why = format!(
                "{} different values, {} of them of at least 1 % of contacts; 1 to {MOST_CATEGORIES} \
                 such values become features",
                counts.len(),
                frequent.len()
            );
            return Encoding::LeftOut { why };
        }
        let has_rare = frequent.len() < counts.len();
        Encoding::Categories { frequent, has_rare }
    }

    /// The features of the lake's `column`, in the order of [`Encoding::value`]'s places.
    /// Values that look alike in a name have the same one here.
    pub fn specs(&self, column: &str) -> Vec<FeatureSpec> {
        let name = part_of_name(column);
        match self {
            Encoding::LeftOut { .. } => Vec::new(),
            Encoding::Number => vec![
                FeatureSpec::new(Family::Relationship, name, Unit::Number)
                    .means(format!("the contact's `{column}`, a number"))
                    .formula(Missing::Unknown, format!("contacts.{column}")),
            ],
            Encoding::Categories { frequent, has_rare } => {
                let one = |value: &String| {
                    let name = format!("{name}_is_{}", part_of_name(value));
                    one_value(name, column, value)
                };
                let mut specs: Vec<FeatureSpec> = frequent.iter().map(one).collect();
                if *has_rare {
                    specs.push(rare(format!("{name}_is_rare"), column, frequent));
                }
                specs
            }
        }
    }

    /// The value of the feature at `place` for a contact with this `text`.
    pub fn value(&self, place: usize, text: &str) -> f64 {
        match self {
            Encoding::Number => number(text).unwrap_or(f64::NAN),
            Encoding::Categories { frequent, .. } => {
                // The place behind the last frequent value is that of the rare ones.
                let own = frequent.iter().position(|value| value == text).unwrap_or(frequent.len());
                f64::from(u8::from(own == place))
            }
            Encoding::LeftOut { .. } => f64::NAN,
        }
    }
}

/// A finite decimal number. `007` is a code, not a seven.
fn number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    (is_plain && !is_code).then_some(value)
}

fn one_value(name: String, column: &str, value: &str) -> FeatureSpec {
    FeatureSpec::new(Family::Relationship, name, Unit::Flag)
        .means(format!("whether the contact's `{column}` is `{value}`"))
        .formula(Missing::Unknown, format!("1 where contacts.{column} = '{value}', else 0"))
}

fn rare(name: String, column: &str, frequent: &[String]) -> FeatureSpec {
    let list: Vec<String> = frequent.iter().map(|value| format!("'{value}'")).collect();
    FeatureSpec::new(Family::Relationship, name, Unit::Flag)
        .means(format!("whether the contact's `{column}` is a value of less than 1 % of contacts"))
        .formula(
            Missing::Unknown,
            format!("1 where contacts.{column} is none of {}, else 0", list.join(", ")),
        )
}

/// Lower case; what is neither a letter nor a digit becomes one `_`.
fn part_of_name(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c.is_alphanumeric() { c } else { '_' };
        if c != '_' || !part.ends_with('_') {
            part.push(c);
        }
    }
    part.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(counts: &[(&str, u64)], contacts: u64) -> Encoding {
        Encoding::of(&counts.iter().copied().collect(), contacts)
    }

    fn feature_names(encoding: &Encoding) -> Vec<String> {
        encoding.specs("attr_plan").into_iter().map(|spec| spec.name).collect()
    }

    #[test]
    fn numbers_stay_numbers_and_codes_are_categories() {
        let years = encoding(&[("1970", 1), ("-1.5", 1), ("0", 2), ("0.25", 1)], 1_000);
        assert_eq!(years, Encoding::Number);
        assert_eq!(years.value(0, "-1.5"), -1.5);
        assert_eq!(feature_names(&years), ["attr_plan"]);
        for text in ["007", "NaN", "inf", "12a", ""] {
            assert_ne!(encoding(&[(text, 500), ("1", 500)], 1_000), Encoding::Number, "{text}");
        }
    }

    #[test]
    fn frequent_values_get_columns_and_rare_ones_share_one() {
        let plans =
            encoding(&[("Gold", 10), ("Gold!", 500), ("old", 9), ("Free & easy", 400)], 1_000);
        let expected = [
            "attr_plan_is_free_easy", "attr_plan_is_gold", "attr_plan_is_gold", "attr_plan_is_rare",
        ];
        assert_eq!(feature_names(&plans), expected);
        let row = |text: &str| (0..4).map(|place| plans.value(place, text)).collect::<Vec<_>>();
        assert_eq!(row("Gold!"), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(row("old"), [0.0, 0.0, 0.0, 1.0]);
        let all_frequent = encoding(&[("no", 10), ("yes", 10)], 1_000);
        assert_eq!(feature_names(&all_frequent).len(), 2);
    }

    #[test]
    fn too_many_values_none_frequent_and_none_at_all_are_left_out() {
        let letters: Vec<String> = (b'a'..b'n').map(|c| char::from(c).to_string()).collect();
        let many: Vec<(&str, u64)> = letters.iter().map(|text| (text.as_str(), 50)).collect();
        for (counts, why) in
            [(&many[..], "13 different values"), (&[("x", 9)][..], "0 of them"), (&[][..], "empty")]
        {
            let Encoding::LeftOut { why: found } = encoding(counts, 1_000) else {
                panic!("{counts:?} is kept");
            };
            assert!(found.contains(why), "{found}");
        }
        assert!(matches!(encoding(&many[..12], 1_000), Encoding::Categories { .. }));
    }
}
