//! Rules at their edges, by hand; what cannot be evaluated; rules in the settings.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use microseg::lake::Lake;
use microseg::segments::rules::Ground;
use microseg::workspace::{AsOf, RuleSettings};

use crate::rules::ids;
use crate::support::{Dir, all_right, no_panic, refusal, refused};

const SETTINGS: &str = r#"
as_of = "2026-04-01"

[shop]
currency = "GBP"

[segments]
k = { min = 2, max = 2 }

[[source]]
table = "contacts"
files = ["contacts.csv"]
columns = { contact = "id", created_at = "joined", country = "land" }
attributes = ["plan", "first \"name\""]

[[source]]
table = "campaigns"
files = ["campaigns.csv"]
columns = { campaign = "id", campaign_type = "type", sent_at = "at" }

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "who", order = "order", time = "at", amount = "total", status = "state" }

[[source]]
table = "events"
files = ["events.csv"]
columns = { contact = "who", time = "at", kind = "what", campaign = "mail", category = "sort", machine = "robot" }

[features.custom.balance]
sql = """SELECT contact_id, CASE attr_plan WHEN 'gold' THEN -0.0 WHEN 'free' THEN 0.0 WHEN 'o''clock' THEN 1e300 END AS x FROM contacts"""
"#;

/// Seven days before the as-of is 2026-03-25T00:00:00Z.
const CONTACTS: &str = "id,joined,land,plan,\"first \"\"name\"\"\"\n\
    ann,2026-01-01,GB,gold,Zebedee\nb'en,2026-01-01,,free,Yolanda\n\"c\"\"at\",2026-01-02,Île,o'clock,\n\
    dot,2026-01-05,IE,,Xanthippe\neve,2026-01-05,GB,gold,Wilhelmina\n";
const CAMPAIGNS: &str =
    "id,type,at\nm1,it's new,2026-03-01T00:00:00Z\nm2,sale,2026-03-01T00:00:00Z\n";
const ORDERS: &str = "who,order,at,total,state\nann,o1,2026-03-25T00:00:00Z,10.00,completed\n\
    ann,o2,2026-03-26T00:00:00Z,0.00,completed\nb'en,o3,2026-03-24T23:59:59Z,20.00,completed\n\
    \"c\"\"at\",o4,2026-03-30T00:00:00Z,7.25,cancelled\n\"c\"\"at\",o5,2026-03-30T00:00:00Z,-7.25,refunded\n\
    dot,o6,2026-04-01T00:00:00Z,5.00,completed\n";
const EVENTS: &str = "who,at,what,mail,sort,robot\n\
    ann,2026-03-25T00:00:00Z,opened,m1,,true\nann,2026-03-26T00:00:00Z,opened,m1,,false\n\
    b'en,2026-03-24T23:59:59Z,opened,m2,,false\nb'en,2026-03-25T00:00:00Z,opened,m2,,\n\
    dot,2026-03-31T23:59:59Z,page_viewed,,it's \"new\",\ndot,2026-04-01T00:00:00Z,page_viewed,,it's \"new\",\n\
    eve,2026-03-02T00:00:00Z,sent,m1,,\n";

fn workspace() -> Dir {
    let dir = Dir::new();
    dir.write("microseg.toml", SETTINGS);
    dir.write("contacts.csv", CONTACTS);
    dir.write("campaigns.csv", CAMPAIGNS);
    dir.write("orders.csv", ORDERS);
    dir.write("events.csv", EVENTS);
    dir.run("ingest -q").fine();
    dir.run("features -q").fine();
    dir
}

static WORKSPACE: LazyLock<Dir> = LazyLock::new(workspace);

/// A rule, and who it selects by hand.
const EDGES: &[(&str, &str)] = &[
    // The edge of the window belongs to it; orders of zero, cancelled ones and refunds are none.
    ("event = \"ordered\"\nat_least = 1\nwithin_days = 7", "ann"),
    ("event = \"ordered\"\nat_least = 1", "ann b'en"),
    ("event = \"ordered\"\nat_least = 1\nat_most = 1", "ann b'en"),
    ("event = \"ordered\"\nat_most = 0\nwithin_days = 7", "b'en c\"at dot eve"),
    ("event = \"ordered\"\nat_least = 2", ""),
    // Opens of machines are none; a window of more days than there are is all of history.
    ("event = \"opened\"\nat_least = 2", "b'en"),
    ("event = \"opened\"\nat_least = 1\nwithin_days = 7", "ann b'en"),
    ("event = \"opened\"\nat_least = 2\nwithin_days = 36525", "b'en"),
    ("event = \"opened\"\nat_least = 1\ncampaign_type = \"it's new\"", "ann"),
    ("event = \"sent\"\nat_least = 1\ncampaign_type = \"it's new\"", "eve"),
    // What is at the as-of is not seen.
    ("event = \"page_viewed\"\nat_least = 1\nat_most = 1\ncategory = \"it's \\\"new\\\"\"", "dot"),
    // Words with quotes and accents; an empty word is none.
    ("feature = \"country\"\nis = \"Île\"\nmissing = \"fails\"", "c\"at"),
    ("feature = \"country\"\nis = [\"Île\", \"GB\"]\nmissing = \"matches\"", "ann b'en c\"at eve"),
    ("not = { feature = \"country\", is = \"GB\", missing = \"fails\" }", "b'en c\"at dot"),
    ("not = { feature = \"country\", is = \"GB\", missing = \"matches\" }", "c\"at dot"),
    ("feature = \"attr_plan\"\nis = \"o'clock\"\nmissing = \"fails\"", "c\"at"),
    ("feature = 'attr_first \"name\"'\nis = \"Zebedee\"\nmissing = \"matches\"", "ann c\"at"),
    // Zero is zero, whatever its sign; a bound is as exact as a float.
    ("feature = \"balance\"\nat_least = 0\nmissing = \"fails\"", "ann b'en c\"at eve"),
    ("feature = \"balance\"\nat_most = 0\nmissing = \"fails\"", "ann b'en eve"),
    ("feature = \"balance\"\nabove = -0.0\nmissing = \"fails\"", "c\"at"),
    ("feature = \"balance\"\nbelow = 0\nmissing = \"fails\"", ""),
    ("feature = \"balance\"\nbelow = 0\nmissing = \"matches\"", "dot"),
    ("feature = \"balance\"\nat_least = 0\nat_most = 0\nmissing = \"fails\"", "ann b'en eve"),
    ("feature = \"balance\"\nat_least = 1e300\nmissing = \"fails\"", "c\"at"),
    ("feature = \"balance\"\nabove = 1e300\nmissing = \"fails\"", ""),
    ("feature = \"balance\"\nbelow = 5e-324\nmissing = \"fails\"", "ann b'en eve"),
    ("feature = \"frequency\"\nat_least = 1", "ann b'en"),
    ("not = { not = { feature = \"frequency\", at_least = 1 } }", "ann b'en"),
    ("all = [ { any = [ { feature = \"frequency\", at_most = 0 } ] } ]", "c\"at dot eve"),
];

fn tested(dir: &Dir, rule: &str) -> crate::support::Output {
    let file = dir.write("mine.toml", rule);
    dir.run(&format!("segments test --rule {file} --format json -q"))
}

#[test]
fn edges_are_as_by_hand() {
    let as_of = AsOf::parse("2026-04-01", TimeZone::UTC).unwrap();
    let lake = Lake::open(&WORKSPACE.path().join("lake")).unwrap();
    let ground = Ground::open(&lake, &as_of, 2, &WORKSPACE.path().join("features")).unwrap();
    all_right(EDGES.iter().map(|(text, members)| {
        let reading =
            ground.read(&RuleSettings::parse(text).unwrap()).map_err(|e| e.to_string())?;
        let found = ids(&ground.members(&reading.rule).unwrap(), &ground).join(" ");
        match found == *members {
            true => Ok(()),
            false => Err(format!("{text}: {found:?} is not {members:?}")),
        }
    }));
}

/// What is refused, with which exit code, and what is said.
const REFUSED: &[(&str, i32, &[&str])] = &[
    (
        "feature = \"frequncy\"\nabove = 1",
        2,
        &[":1:", "unknown feature `frequncy`", "`frequency`?"],
    ),
    (
        "\nall = [\n{ event = \"opend\", at_least = 1 },\n]",
        2,
        &[":3:", "unknown event", "`opened`?"],
    ),
    ("segment = \"nobody\"", 2, &["unknown segment `nobody`"]),
    ("feature = \"recency_days\"\nat_most = 3", 2, &["missing value means", "it never happened"]),
    ("feature = \"country\"\nis = \"GB\"", 2, &["missing value means", "the source does not tell"]),
    ("feature = \"country\"\nabove = 3\nmissing = \"fails\"", 2, &["is a word", "is = ["]),
    ("feature = \"frequency\"\nis = \"GB\"", 2, &["is a number", "above"]),
    (
        "feature = \"country\"\nis = [\"XX\"]\nmissing = \"fails\"",
        2,
        &["unknown word of `country` `XX`"],
    ),
    ("feature = \"country\"\nis = []\nmissing = \"fails\"", 2, &["names no word"]),
    ("feature = \"frequency\"\nmissing = \"fails\"", 2, &["no bound"]),
    ("feature = \"frequency\"\nabove = nan", 2, &[":2:", "NaN"]),
    ("feature = \"frequency\"\nabove = inf", 2, &[":2:", "inf"]),
    ("feature = \"frequency\"\nabove = 3\nbelow = 2", 2, &["nothing lies between"]),
    ("feature = \"frequency\"\nabove = 3\nat_most = 3", 2, &["nothing lies between"]),
    ("feature = \"frequency\"\nabove = \"p0\"", 2, &[":2:", "p1", "p99"]),
    ("feature = \"frequency\"\nabove = \"80%\"", 2, &[":2:", "p99"]),
    ("feature = \"frequency\"\nabov = 1", 2, &[":2:", "did you mean `above`?"]),
    ("feature = \"frequency\"\nabove = 1\nmissing = \"zero\"", 2, &[":3:", "zero"]),
    ("event = \"ordered\"", 2, &["no bound"]),
    ("event = \"ordered\"\nat_least = 0", 2, &["holds for everybody"]),
    ("event = \"ordered\"\nat_least = 1.5", 2, &["not a number of times"]),
    ("event = \"ordered\"\nat_least = -1", 2, &["not a number of times"]),
    ("event = \"ordered\"\nat_least = \"p80\"", 2, &["not a number of times"]),
    ("event = \"ordered\"\nat_least = 3\nat_most = 2", 2, &["nothing lies between"]),
    ("event = \"ordered\"\nat_least = 1\nwithin_days = 0", 2, &["within 0 days"]),
    ("event = \"ordered\"\nat_least = 1\nwithin_days = -1", 2, &[":3:"]),
    ("event = \"ordered\"\nat_least = 1\nwithin_days = 4294967295", 2, &["36525 days"]),
    (
        "event = \"ordered\"\nat_least = 1\ncampaign_type = \"sale\"",
        2,
        &["orders have no campaign_type"],
    ),
    (
        "event = \"opened\"\nat_least = 1\ncampaign_type = \"sales\"",
        2,
        &["campaign_type", "`sale`?"],
    ),
    ("event = \"page_viewed\"\nat_least = 1\ncategory = \"its new\"", 2, &["unknown category"]),
    ("event = \"ordered\"\nat_least = 1\nmissing = \"fails\"", 2, &["does not go with `event`"]),
    (
        "event = \"ordered\"\nat_least = 1\nfeature = \"frequency\"",
        2,
        &["both `feature` and `event`"],
    ),
    ("name = \"x\"", 2, &["none of all"]),
    ("all = []", 2, &["is empty"]),
    ("any = [ { all = [] } ]", 2, &["is empty"]),
    ("all = [ { name = \"x\", event = \"ordered\", at_least = 1 } ]", 2, &["`name` does not go"]),
    ("not = [ { event = \"ordered\", at_least = 1 } ]", 2, &[":1:"]),
    ("feature = ", 2, &[":1:"]),
    // What these data do not hold.
    ("event = \"bounced\"\nat_least = 1", 3, &["`bounced`", "there is none at all"]),
    ("event = \"bounced\"\nat_most = 0", 3, &["`bounced`", "there is none at all"]),
    ("feature = \"carts_30d\"\nat_most = 0", 3, &["`carts_30d`", "needs `cart_added` events"]),
    (
        "feature = \"discount_share\"\nabove = 0\nmissing = \"fails\"",
        3,
        &["orders with a discount"],
    ),
    ("not = { feature = \"carts_30d\", above = 0, missing = \"matches\" }", 3, &["`cart_added`"]),
    (
        "feature = \"lifecycle_stage\"\nis = \"lead\"\nmissing = \"fails\"",
        3,
        &["cannot be evaluated"],
    ),
    ("feature = \"refunds_7d\"\nabove = \"p50\"\nall = []", 2, &["both"]),
];

#[test]
fn what_cannot_be_evaluated_is_refused_and_never_an_empty_audience() {
    all_right(REFUSED.iter().map(|(rule, code, words)| {
        let output = tested(&WORKSPACE, rule);
        no_panic(&output);
        refusal(&output, *code, words).map_err(|wrong| format!("{rule}\n{wrong}"))
    }));
}

#[test]
fn names_of_people_are_not_named() {
    let names = ["Zebedee", "Yolanda", "Xanthippe", "Wilhelmina"];
    let rule = |word: &str| {
        format!(
            "any = [\n{{ feature = 'attr_first \"name\"', is = \"{word}\", missing = \"fails\" }},\n\
             {{ feature = \"frequency\", at_least = 9 }},\n]"
        )
    };
    let file = WORKSPACE.write("unheard.toml", rule("Zebedeh"));
    let said = WORKSPACE.run(&format!("segments test --rule {file}")).stderr;
    assert!(said.contains("Zebedeh") && said.contains("each too rare"), "{said}");
    assert!(names.iter().all(|name| !said.contains(name)), "{said}");
    for format in ["text", "json", "csv"] {
        let file = WORKSPACE.write(&format!("named-{format}.toml"), rule("Zebedee"));
        let output =
            WORKSPACE.run(&format!("segments test --rule {file} --format {format}")).fine();
        let said = format!("{}{}", output.stdout, output.stderr);
        let named: Vec<&&str> = names[1..].iter().filter(|name| said.contains(**name)).collect();
        assert!(named.is_empty(), "{named:?}: {said}");
    }
}

#[test]
fn a_rule_that_is_too_large_is_refused_and_the_largest_is_not() {
    use microseg::segments::rules::{MOST_LEVELS, MOST_TESTS};
    let test = "{ feature = \"frequency\", at_least = 1 }";
    let deep = |levels: usize| {
        let open = "not = { ".repeat(levels - 1);
        format!("{open}not = {test}{}", " }".repeat(levels - 1))
    };
    let deep_groups = |levels: usize| {
        let open = format!("all = [ {test}, {{ any = [ {test}, {{ ").repeat((levels - 1) / 2);
        format!("{open}not = {test}{}", " } ] } ]".repeat((levels - 1) / 2))
    };
    let wide = |tests: usize| format!("any = [ {} ]", vec![test; tests].join(", "));
    for rule in [deep(MOST_LEVELS), deep_groups(MOST_LEVELS), wide(MOST_TESTS)] {
        let output = tested(&WORKSPACE, &rule).fine();
        assert!(output.json()["result"]["size"].is_u64());
    }
    for rule in [deep(MOST_LEVELS + 1), wide(MOST_TESTS + 1)] {
        refused(&tested(&WORKSPACE, &rule), 2, &["can be read", "segment of its own"]);
    }
}

#[test]
fn rules_in_the_settings_are_refused_with_their_line() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[segments.rules.\"A b\"]\nevent = \"ordered\"\nat_least = 1\n",
            &["id of a segment", "A b"],
        ),
        ("[segments.rules.a]\nevent = \"ordered\"\nat_lest = 1\n", &["line 3", "`at_least`?"]),
        (
            "[segments.rules.a]\nsegment = \"b\"\n\n[segments.rules.b]\nsegment = \"a\"\n",
            &["circle", "→"],
        ),
        ("[segments.rules.a]\nnot = { segment = \"a\" }\n", &["circle: a → a", "line 2"]),
        (
            "[segments.rules.a]\nall = [\n  { segment = \"b\" },\n]\n[segments.rules.b]\nevent = \"x\"\nat_least = 1\n",
            &["line 5", "unknown event `x`"],
        ),
    ];
    all_right(cases.iter().map(|(text, words)| {
        let dir = Dir::copy_of(WORKSPACE.path());
        dir.edit("microseg.toml", |settings| format!("{settings}{text}"));
        let before = SETTINGS.lines().count();
        let words = words.iter().map(|word| match word.strip_prefix("line ") {
            Some(line) => format!("microseg.toml:{}:", before + line.parse::<usize>().unwrap()),
            None => (*word).to_owned(),
        });
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = dir.run("segments test a");
        no_panic(&output);
        refusal(&output, 2, &words).map_err(|wrong| format!("{text}\n{wrong}"))
    }));
}

#[test]
fn segments_may_ask_for_one_another() {
    let dir = Dir::copy_of(WORKSPACE.path());
    dir.edit("microseg.toml", |settings| {
        format!(
            "{settings}\n[segments.rules.buyers]\nevent = \"ordered\"\nat_least = 1\n\
             [segments.rules.others]\nnot = {{ segment = \"buyers\" }}\n\
             [segments.rules.all_of_them]\nany = [ {{ segment = \"buyers\" }}, {{ segment = \"others\" }} ]\n"
        )
    });
    let size = |id: &str| {
        let output = dir.run(&format!("segments test {id} --format json -q")).fine();
        output.json()["result"]["size"].as_u64().unwrap()
    };
    assert_eq!(["buyers", "others", "all_of_them"].map(size), [2, 3, 5]);
    // A rule that is edited makes nothing out of date.
    let made = dir.run("features --format json").fine().json();
    assert_eq!(made["steps"][0]["outcome"], "up_to_date");
}

#[test]
fn features_that_are_out_of_date_are_refused() {
    let dir = Dir::copy_of(WORKSPACE.path());
    dir.edit("microseg.toml", |s| s + "\n[segments.rules.a]\nevent = \"ordered\"\nat_least = 1\n");
    let output = dir.run("segments test a --as-of 2026-03-01");
    refused(&output, 3, &["out of date", "microseg features"]);
    refused(&dir.run("segments test b"), 2, &["unknown segment `b`"]);
}
