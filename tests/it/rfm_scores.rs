//! RFM scores as a library: reference tables, names, settings.
//!
//! `tests/data/rfm_scores.csv`: a hundred contacts with ties; columns `a` to `e` are codes by pandas 1.5.3 (a: `qcut`
//! on values, frequency through `rank(method="first")`; b: first ranks for all three), SQL's `NTILE(5)`
//! with ties by id (c), quantile edges closed on the right (d) and mid-rank percentiles (e).
//! `tests/data/rfm_one_time_buyers.csv`: sixty contacts, most with one order; scores of frequency.

use std::collections::BTreeMap;

use microseg::segments::rfm::{Cycle, Naming, Purchases, RfmModel, RfmParams, Rule, Scores};
use microseg::workspace::{RfmAxis, RfmPreset, RfmSettings};

pub const TABLE: &str = include_str!("../data/rfm_scores.csv");
pub const ONE_TIME_BUYERS: &str = include_str!("../data/rfm_one_time_buyers.csv");

pub type Row = BTreeMap<String, String>;

pub fn rows(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn purchases(row: &Row) -> Purchases {
    Purchases {
        contact_id: row["id"].clone(),
        recency_days: Some(row["recency_days"].parse().unwrap()),
        frequency: row["orders"].parse().unwrap(),
        monetary_minor: row["revenue"].replace('.', "").parse().unwrap(),
    }
}

pub fn contact(id: impl ToString, days: i64, orders: u64, minor: i64) -> Purchases {
    Purchases {
        contact_id: id.to_string(),
        recency_days: Some(days),
        frequency: orders,
        monetary_minor: minor,
    }
}

pub fn fit(params: RfmParams, contacts: &[Purchases]) -> RfmModel {
    params.check().unwrap().fit(contacts, &[]).unwrap()
}

fn params(rules: [Rule; 3]) -> RfmParams {
    let [recency, frequency, monetary] = rules;
    RfmParams { recency, frequency, monetary, ..RfmParams::new("GBP") }
}

/// "543" for scores 5, 4 and 3.
fn code(scores: Scores) -> String {
    format!("{}{}{}", scores.recency, scores.frequency, scores.monetary)
}

pub fn codes(model: &RfmModel, contacts: &[Purchases]) -> Vec<String> {
    contacts.iter().map(|c| code(model.score(c).unwrap())).collect()
}

/// Every convention of the table, as rules for recency, frequency and money.
fn conventions() -> [(&'static str, [Rule; 3]); 5] {
    use Rule::{MidRank, Ntile, NtileDesc, ValueEdges};
    [
        ("a", [ValueEdges, Ntile, ValueEdges]),
        ("b", [NtileDesc, Ntile, Ntile]),
        ("c", [Ntile, Ntile, Ntile]),
        ("d", [ValueEdges, ValueEdges, ValueEdges]),
        ("e", [MidRank, MidRank, MidRank]),
    ]
}

#[test]
fn scores_are_those_of_the_table_by_every_convention() {
    let rows = rows(TABLE);
    let contacts: Vec<Purchases> = rows.iter().map(purchases).collect();
    assert_eq!(contacts.len(), 100);
    for (column, rules) in conventions() {
        let found = codes(&fit(params(rules), &contacts), &contacts);
        let expected: Vec<&String> = rows.iter().map(|row| &row[column]).collect();
        assert!(found.iter().eq(expected), "convention {column}");
    }
}

#[test]
fn the_ten_cells_of_the_table_are_its_names() {
    let rows = rows(TABLE);
    let contacts: Vec<Purchases> = rows.iter().map(purchases).collect();
    let scored = fit(RfmParams::new("GBP"), &contacts).apply(contacts);
    assert!(scored.iter().zip(&rows).all(|(s, row)| s.segment == row["e_grid10"]));
}

#[test]
fn klaviyo_s_scores_and_groups_are_those_of_the_table() {
    let rows = rows(TABLE);
    let contacts: Vec<Purchases> = rows.iter().map(purchases).collect();
    let settings = RfmSettings { preset: Some(RfmPreset::Klaviyo27), ..RfmSettings::default() };
    let params = RfmParams::from_settings(&settings, "GBP").unwrap();
    let model = fit(params, &contacts);
    for (scored, row) in model.apply(contacts).iter().zip(&rows) {
        assert_eq!(code(scored.scores.unwrap()), row["klaviyo"], "{row:?}");
        assert_eq!(scored.segment, row["klaviyo_group"], "{row:?}");
    }
}

#[test]
fn ties_of_one_time_buyers_are_scored_as_documented() {
    let rows = rows(ONE_TIME_BUYERS);
    let contacts: Vec<Purchases> = rows.iter().map(purchases).collect();
    let rules = [
        ("rank_first", Rule::Ntile),
        ("value_edges", Rule::ValueEdges),
        ("mid_rank", Rule::MidRank),
    ];
    for (column, rule) in rules {
        let model = fit(RfmParams::new("GBP").rule(rule), &contacts);
        for (contact, row) in contacts.iter().zip(&rows) {
            assert_eq!(
                model.score(contact).unwrap().frequency.to_string(),
                row[column],
                "{column}"
            );
        }
    }
}

/// Codes of the six groups as published.
const KLAVIYO: [(&str, &str); 6] = [
    ("Champions", "333 332 323"),
    ("Loyal", "321 322 331 232 233"),
    ("Recent", "312 313 311 222 223"),
    ("Needs attention", "213 221 123 132 133"),
    ("At risk", "231 212 122 131 211"),
    ("Inactive", "111 112 113 121"),
];

#[test]
fn all_27_codes_are_in_their_published_group() {
    let naming = Naming { preset: RfmPreset::Klaviyo27, axis: RfmAxis::Frequency, bins: 3 };
    let mut listed = 0;
    for (group, codes) in KLAVIYO {
        for code in codes.split(' ') {
            let digits: Vec<u8> = code.bytes().map(|b| b - b'0').collect();
            let [recency, frequency, monetary] = digits[..] else { panic!("{code}") };
            assert_eq!(naming.name(Scores { recency, frequency, monetary }), group, "{code}");
            listed += 1;
        }
    }
    assert_eq!(listed, 27);
}

/// The ten cells as they are written in public code: a name, digits of recency, digits of frequency.
const GRID: [(&str, &str, &str); 10] = [
    ("Hibernating", "12", "12"),
    ("At risk", "12", "34"),
    ("Can't lose", "12", "5"),
    ("About to sleep", "3", "12"),
    ("Need attention", "3", "3"),
    ("Loyal", "34", "45"),
    ("Promising", "4", "1"),
    ("New", "5", "1"),
    ("Potential loyalist", "45", "23"),
    ("Champions", "5", "45"),
];

/// The names whose cell holds (recency, across), with the eleventh in the corner of the lowest.
fn grid_names(recency: u8, across: u8, eleven: bool) -> Vec<&'static str> {
    let holds = |digits: &str, score: u8| digits.contains(char::from(b'0' + score));
    let cells = GRID.iter().filter(|(_, r, f)| holds(r, recency) && holds(f, across));
    let lost = eleven && recency == 1;
    cells.map(|(name, ..)| if lost && *name == "Hibernating" { "Lost" } else { name }).collect()
}

#[test]
fn all_125_codes_have_exactly_one_name_in_both_grids_on_both_axes() {
    for (preset, eleven) in [(RfmPreset::Grid10, false), (RfmPreset::Grid11, true)] {
        for axis in RfmAxis::ALL {
            let naming = Naming { preset, axis, bins: 5 };
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            for scores in Scores::all(5) {
                let across = match axis {
                    RfmAxis::Frequency => scores.frequency,
                    // Half a point up: (1+2)/2 is 2.
                    RfmAxis::FrequencyMonetary => {
                        (f64::from(scores.frequency + scores.monetary) / 2.0 + 0.5).floor() as u8
                    }
                };
                let expected = grid_names(scores.recency, across, eleven);
                assert_eq!([naming.name(scores)], expected[..], "{scores:?}");
                *seen.entry(expected[0]).or_default() += 1;
            }
            assert_eq!(seen.values().sum::<usize>(), 125);
            assert_eq!(
                seen.len(),
                naming.names().len(),
                "{preset:?} has names that nobody can have"
            );
            assert!(naming.names().iter().all(|name| seen.contains_key(name)));
        }
    }
}

#[test]
fn tenths_fold_into_the_grids_two_by_two() {
    let naming = |bins| Naming { preset: RfmPreset::Grid11, axis: RfmAxis::Frequency, bins };
    for tenths in Scores::all(10) {
        let fold = |score: u8| score.div_ceil(2);
        let fifths = Scores {
            recency: fold(tenths.recency),
            frequency: fold(tenths.frequency),
            monetary: fold(tenths.monetary),
        };
        assert_eq!(naming(10).name(tenths), naming(5).name(fifths));
    }
}

fn settings(text: &str) -> RfmSettings {
    toml::from_str(text).unwrap()
}

#[test]
fn settings_become_rules() {
    let params = |text| RfmParams::from_settings(&settings(text), "GBP").unwrap();
    assert_eq!(params(""), RfmParams::new("GBP"));
    assert_eq!((params("bins = 4").bins, params("bins = 4").preset), (4, RfmPreset::None));
    assert_eq!(params("bins = 10").preset, RfmPreset::Grid10);
    let mixed = params("scoring = 'ntile'\nrecency_cuts = [30, 90]\nmonetary_cuts = [1, 19.99]");
    assert_eq!((mixed.bins, mixed.recency), (3, Rule::Fixed(vec![30, 90])));
    assert_eq!((mixed.frequency, mixed.monetary), (Rule::Ntile, Rule::Fixed(vec![100, 1_999])));
    let klaviyo = params("preset = 'klaviyo27'\nscoring = 'value-edges'\nrecency_cuts = [60, 120]");
    assert_eq!(
        (klaviyo.recency, klaviyo.frequency),
        (Rule::Fixed(vec![60, 120]), Rule::ValueEdges)
    );
}

#[test]
fn settings_that_do_not_fit_together_are_refused_with_what_to_do() {
    let wrong = [
        ("preset = 'grid10'\nbins = 3", "no names for 3 bins"),
        ("preset = 'klaviyo27'\nbins = 5", "no names for 5 bins"),
        ("bins = 5\nrecency_cuts = [30, 90]", "2 cut points, and 5 bins need 4"),
        ("recency_cuts = [1, 2, 3, 4, 5]", "5 cut points make 6 bins"),
        ("scoring = 'fixed'\nrecency_cuts = [30, 90]", "frequency has no cut points"),
        (
            "scoring = ['ntile', 'ntile', 'ntile']\nrecency_cuts = [1, 2]",
            "cut points and the rule ntile",
        ),
        ("preset = 'klaviyo27'\nscoring = ['ntile', 'ntile', 'ntile']", "by fixed cut points"),
        ("preset = 'cycle'\nrecency_cuts = [1, 2, 3]", "makes its own cut points"),
        ("preset = 'none'\naxis = 'frequency-monetary'", "have an axis"),
        ("monetary_cuts = [1, 2.005]", "no amount of GBP"),
    ];
    for (text, words) in wrong {
        let params = RfmParams::from_settings(&settings(text), "GBP");
        let error = params.and_then(RfmParams::check).map(drop).unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
        assert!(error.hint_text().is_some(), "{text}: {error}");
    }
}

#[test]
fn the_bands_of_the_cycle_end_at_percentiles_of_the_gaps() {
    // Type 7 by hand on 1, 2, … 101 days: the median is 51, then 76, then 91.
    let gaps: Vec<f64> = (1..=101).rev().map(f64::from).chain([f64::NAN, 0.0]).collect();
    assert_eq!(Cycle::fit(&gaps).unwrap(), Cycle { gaps: 101, days: [51, 76, 91] });
    let cycle = settings("preset = 'cycle'");
    let contacts: Vec<Purchases> =
        [51, 52, 76, 77, 91, 92].map(|days| contact(days, days, 1, 1)).to_vec();
    let params = RfmParams::from_settings(&cycle, "GBP").unwrap().check().unwrap();
    let model = params.fit(&contacts, &gaps).unwrap();
    let names: Vec<&str> = model.apply(contacts).iter().map(|s| s.segment).collect();
    assert_eq!(names, ["Active", "Due", "Due", "Overdue", "Overdue", "Lapsed"]);
    assert_eq!(RfmModel::parse(&model.json().unwrap()).unwrap(), model);
}

#[test]
fn a_cycle_that_cannot_be_told_says_what_it_needs() {
    let few = Cycle::fit(&[30.0; 49]).unwrap_err();
    assert!(few.to_string().contains("needs 50 contacts") && few.to_string().contains("are 49"));
    let alike = Cycle::fit(&[30.0; 60]).unwrap_err();
    assert!(alike.to_string().contains("coincide"), "{alike}");
}
