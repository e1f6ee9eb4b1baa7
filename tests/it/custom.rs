//! Features in SQL: what they give, what they see, and what is refused.

use std::collections::BTreeMap;

use microseg::features::{FeatureTable, read};

use crate::support::{Dir, SMALL, all_right, no_panic, refusal, refused, shuffled};

const SETTINGS: &str = r#"
as_of = "2026-04-01"

[shop]
currency = "GBP"

[[source]]
table = "contacts"
files = ["contacts.csv"]
columns = { contact = "id", created_at = "joined" }
attributes = ["plan"]

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "who", order = "order", time = "at", amount = "total", discount = "off" }

[[source]]
table = "events"
files = ["events.csv"]
columns = { contact = "who", time = "at", kind = "what", value = "worth" }
"#;

const CONTACTS: &str = "id,joined,plan\nann,2026-01-01,gold\nben,2026-01-01,free\ncat,2026-01-02,gold\n\
    dot,2026-01-05,free\neve,2026-06-01,gold\n";
const ORDERS: &str = "who,order,at,total,off\nann,o1,2026-02-01,10.00,0\nann,o2,2026-03-20,5.50,1.00\n\
    ben,o3,2026-03-02,20.00,0\ncat,o4,2026-03-30,7.25,0\n";
const EVENTS: &str = "who,at,what,worth\nann,2026-03-01T08:00:00Z,page_viewed,0.1\n\
    ann,2026-03-05T08:00:00Z,page_viewed,0.2\nben,2026-03-06T08:00:00Z,opened,0.3\n\
    eve,2026-03-07T08:00:00Z,page_viewed,0.4\n";

fn workspace() -> Dir {
    let dir = Dir::new();
    dir.write("microseg.toml", SETTINGS);
    dir.write("contacts.csv", CONTACTS);
    dir.write("orders.csv", ORDERS);
    dir.write("events.csv", EVENTS);
    dir
}

/// The settings of one feature.
fn feature(name: &str, sql: &str, more: &str) -> String {
    format!("\n[features.custom.{name}]\nsql = '''\n{sql}\n'''\n{more}\n")
}

fn with(features: &[String]) -> Dir {
    let dir = workspace();
    dir.edit("microseg.toml", |text| text + &features.concat());
    dir
}

fn table(dir: &Dir) -> FeatureTable {
    read(&dir.path().join("features")).unwrap()
}

/// A feature's values by contact; the missing ones are left out.
fn values(table: &FeatureTable, name: &str) -> BTreeMap<String, f64> {
    let column = table.column(name).unwrap().to_vec();
    table.ids.iter().cloned().zip(column).filter(|(_, value)| !value.is_nan()).collect()
}

/// Runs one feature; its values.
fn computed(sql: &str, more: &str) -> BTreeMap<String, f64> {
    let dir = with(&[feature("mine", sql, more)]);
    dir.run("ingest -q").fine();
    dir.run("features -q").fine();
    values(&table(&dir), "mine")
}

fn expected(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    pairs.iter().map(|(id, value)| ((*id).to_owned(), *value)).collect()
}

/// SQL, further settings, and the values by hand. `eve` joins after the as-of.
type Case = (&'static str, &'static str, &'static [(&'static str, f64)]);

const CASES: &[Case] = &[
    (
        "SELECT contact_key, sum(amount_minor) AS minor FROM orders GROUP BY contact_key",
        "",
        &[("ann", 1550.0), ("ben", 2000.0), ("cat", 725.0)],
    ),
    (
        "SELECT contact_key, count(*) AS n FROM orders GROUP BY contact_key;",
        "missing = \"zero\"",
        &[("ann", 2.0), ("ben", 1.0), ("cat", 1.0), ("dot", 0.0)],
    ),
    (
        "SELECT contact_id, attr_plan = 'gold' AS is_gold FROM contacts",
        "unit = \"share\"",
        &[("ann", 1.0), ("ben", 0.0), ("cat", 1.0), ("dot", 0.0)],
    ),
    (
        "WITH last AS (SELECT contact_key, max(ts) AS ts FROM orders GROUP BY contact_key)
         SELECT c.contact_id, (CAST(as_of() AS BIGINT) - CAST(l.ts AS BIGINT)) / 86400000000 AS days
         FROM contacts c JOIN last l ON c.contact_key = l.contact_key",
        "unit = \"days\"",
        &[("ann", 12.0), ("ben", 30.0), ("cat", 2.0)],
    ),
    (
        "SELECT contact_key, count(*) AS n FROM orders
         WHERE ts >= as_of() - INTERVAL '30 days' GROUP BY contact_key",
        "",
        &[("ann", 1.0), ("ben", 1.0), ("cat", 1.0)],
    ),
    (
        "SELECT contact_key, local_second(CAST(max(ts) AS BIGINT), 'Europe/London') / 3600 % 24 AS hour
         FROM events GROUP BY contact_key",
        "unit = \"hour\"",
        &[("ann", 8.0), ("ben", 8.0)],
    ),
    (
        "SELECT contact_key, CASE WHEN sum(discount_minor) > 0 THEN 1 END AS some FROM orders
         GROUP BY contact_key",
        "missing = \"zero\"",
        &[("ann", 1.0), ("ben", 0.0), ("cat", 0.0), ("dot", 0.0)],
    ),
];

#[test]
fn the_values_are_those_by_hand() {
    all_right(CASES.iter().map(|(sql, more, values)| {
        let found = computed(sql, more);
        if found == expected(values) { Ok(()) } else { Err(format!("{sql}: {found:?}")) }
    }));
}

/// Whole settings of features that are refused, and what is said. The file's other lines end before.
fn refusals() -> Vec<(String, &'static [&'static str])> {
    let of = |sql: &str| feature("mine", sql, "");
    let named = |name: &str| feature(name, "SELECT contact_key, 1 AS one FROM contacts", "");
    let more = |more: &str| feature("mine", "SELECT contact_key, 1 AS one FROM contacts", more);
    vec![
        (of("SELECT contact_key, 1 AS x FROM ordrs"), &["unknown table `ordrs`", "`orders`?"]),
        (of("SELECT contact_key, 1 AS x FROM 'orders.csv'"), &["unknown table", "orders.csv"]),
        (of("SELECT contact_key, amount_minr FROM orders"), &["`amount_minr`", "`amount_minor`?"]),
        (
            of("SELECT contact_id, attr_pln = 'x' AS x FROM contacts"),
            &["`attr_pln`", "`attr_plan`?"],
        ),
        (
            of(
                "SELECT contact_key, 1 AS x FROM contacts WHERE contact_key IN (SELECT o.ky FROM orders o)",
            ),
            &["unknown column `ky`"],
        ),
        (of("SELEC contact_key FROM orders"), &["`mine`", "fails"]),
        (of(""), &["not exactly one statement"]),
        (of("SELECT contact_key, 1 AS x FROM orders; SELECT 1"), &["not exactly one statement"]),
        (of("DELETE FROM orders"), &["not a SELECT"]),
        (of("INSERT INTO orders SELECT * FROM orders"), &["not a SELECT"]),
        (of("UPDATE orders SET amount_minor = 1"), &["not a SELECT"]),
        (of("CREATE TABLE x AS SELECT contact_key, 1 AS x FROM orders"), &["not a SELECT"]),
        (of("DROP TABLE orders"), &["not a SELECT"]),
        (of("COPY orders TO 'stolen.csv'"), &["not a SELECT"]),
        (of("SET datafusion.execution.batch_size = 1"), &["not a SELECT"]),
        (of("EXPLAIN SELECT contact_key, 1 AS x FROM orders"), &["not a SELECT"]),
        (of("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc'"), &["not a SELECT"]),
        (of("SELECT contact_key, 1 AS x INTO stolen FROM orders"), &["`mine`"]),
        (of("SELECT contact_key, random() AS x FROM contacts"), &["random()"]),
        (
            of("SELECT contact_key, count(*) AS n FROM orders WHERE ts < now() GROUP BY 1"),
            &["now()"],
        ),
        (
            of(
                "SELECT contact_key, 1 AS x FROM contacts WHERE EXISTS (SELECT 1 FROM orders WHERE current_date > DATE '2026-01-01')",
            ),
            &["current_date()"],
        ),
        (of("SELECT contact_key, $1 AS x FROM contacts"), &["`mine`"]),
        (of("SELECT contact_key FROM orders"), &["gives 0 values"]),
        (of("SELECT contact_key, 1 AS a, 2 AS b FROM orders"), &["gives 2 values"]),
        (of("SELECT 1 AS a FROM orders"), &["gives 0 columns called contact_id or contact_key"]),
        (of("SELECT contact_key, max(ts) AS at FROM orders GROUP BY 1"), &["not a number"]),
        (of("SELECT contact_key, min(order_id) AS o FROM orders GROUP BY 1"), &["not a number"]),
        (of("SELECT campaign_id AS contact_id, 1 AS x FROM events"), &["another contact_id"]),
        (of("SELECT contact_key, sum(order_id) AS x FROM orders GROUP BY 1"), &["`mine`", "fails"]),
        (of("SELECT contact_key, 1 AS x FROM events WHERE page = 'a@b.com'"), &["has an @"]),
        (named("Mine"), &["`Mine` cannot be the name"]),
        (named("2nd"), &["`2nd` cannot be the name"]),
        (named("frequency"), &["there is a `frequency` already"]),
        (named("contact_id"), &["there is a `contact_id` already"]),
        (more("unit = \"dayz\""), &["unknown unit `dayz`", "did you mean `days`?"]),
    ]
}

#[test]
fn what_cannot_work_is_refused_with_its_line_before_anything_is_done() {
    let line = 1 + SETTINGS.matches('\n').count() + 2;
    let line = format!("microseg.toml:{line}: ");
    all_right(refusals().into_iter().flat_map(|(settings, words)| {
        let dir = with(std::slice::from_ref(&settings));
        let before = dir.files();
        let words: Vec<&str> = words.iter().copied().chain([line.as_str()]).collect();
        let found = ["check", "ingest", "run"].map(|command| {
            let output = dir.run(command);
            no_panic(&output);
            refusal(&output, 2, &words).map_err(|e| format!("{settings}: {e}"))
        });
        assert!(before == dir.files(), "something was written: {settings}");
        found
    }));
}

#[test]
fn unknown_keys_and_words_of_a_feature_are_refused() {
    let plain = "SELECT contact_key, 1 AS one FROM contacts";
    let cases: [(&str, &[&str]); 2] = [
        ("unti = \"days\"", &["did you mean `unit`?"]),
        ("missing = \"nought\"", &["`nought`", "`zero`", "`unknown`"]),
    ];
    all_right(cases.iter().map(|(more, words)| {
        refusal(&with(&[feature("mine", plain, more)]).run("check"), 2, words)
    }));
    let dir = workspace();
    dir.edit("microseg.toml", |text| text + "\n[features.custm.mine]\nsql = 'SELECT 1'\n");
    refused(&dir.run("check"), 2, &["did you mean `custom`?"]);
}

/// SQL that only rows can show to be wrong, and what is said.
const AT_RUN: &[(&str, &[&str])] = &[
    (
        "SELECT contact_key, amount_minor FROM orders",
        &["2 rows for one contact", "ann", "GROUP BY"],
    ),
    (
        "SELECT contact_key, sum(discount_minor) / 0.0 AS x FROM orders GROUP BY 1 \
         HAVING sum(discount_minor) > 0",
        &["`mine` is", "for a contact", "ann", "nullif"],
    ),
    (
        "SELECT contact_key, sum(amount_minor) / 0 AS x FROM orders GROUP BY 1",
        &["`mine` fails", "zero"],
    ),
    (
        "SELECT o.contact_key, c.contact_key IS NULL AS x FROM contacts c LEFT JOIN orders o \
         ON c.contact_key = o.contact_key AND o.amount_minor < 0",
        &["a value for nobody", "NOT NULL"],
    ),
];

#[test]
fn what_only_rows_show_is_refused_with_a_contact() {
    all_right(AT_RUN.iter().map(|(sql, words)| {
        let dir = with(&[feature("mine", sql, "")]);
        dir.run("ingest -q").fine();
        let output = dir.run("features");
        no_panic(&output);
        assert!(!dir.path().join("features").exists());
        let words: Vec<&str> = words.iter().copied().chain(["microseg.toml:"]).collect();
        refusal(&output, 2, &words)
    }));
}

/// Every table of the lake, read in full.
const GREEDY: &str = "SELECT c.contact_id, count(*) + max(o.n) + max(e.n)
        + max(CAST(latest.ts AS BIGINT)) AS n FROM contacts c
    JOIN (SELECT contact_key, count(*) + sum(amount_minor) + max(CAST(ts AS BIGINT)) AS n
          FROM orders GROUP BY contact_key) o ON o.contact_key = c.contact_key
    LEFT JOIN (SELECT contact_key, count(*) + max(CAST(ts AS BIGINT)) AS n
          FROM events GROUP BY contact_key) e ON e.contact_key = c.contact_key
    CROSS JOIN (SELECT max(ts) AS ts FROM orders) AS latest
    GROUP BY c.contact_id";

#[test]
fn rows_from_the_future_change_nothing() {
    let features = [feature("greedy", GREEDY, "")];
    let (plain, planted) = (with(&features), with(&features));
    planted.edit("orders.csv", |text| {
        text + "ann,o9,2026-04-01T00:00:00Z,99.00,9\ndot,o10,2026-05-01,1.00,0\nfay,o11,2026-05-02,1.00,0\n"
    });
    planted.edit("events.csv", |text| text + "ben,2026-04-01T00:00:00Z,clicked,5\n");
    planted.edit("contacts.csv", |text| text + "gus,2026-04-02,gold\n");
    let tables = [plain, planted].map(|dir| {
        dir.run("ingest -q").fine();
        dir.run("features -q").fine();
        table(&dir)
    });
    assert_eq!(tables[0].ids, ["ann", "ben", "cat", "dot"]);
    assert_eq!(tables[0].ids, tables[1].ids);
    let found = tables.each_ref().map(|table| values(table, "greedy"));
    assert_eq!(found[0].len(), 2, "{found:?}");
    assert_eq!(found[0], found[1]);
}

/// Sums of floats over a join, and over a union whose parts are read side by side.
const FLOATS: [&str; 2] = [
    "SELECT e.contact_key, sum(sqrt(e.value_minor + o.amount_minor) * 0.1) AS x
     FROM events e JOIN orders o ON e.contact_key = o.contact_key GROUP BY e.contact_key",
    "SELECT contact_key, sum(x) AS x FROM (
        SELECT contact_key, sqrt(CAST(ts AS BIGINT)) * 0.1 AS x FROM events
        UNION ALL SELECT contact_key, 1.0 / (amount_minor + 0.3) AS x FROM orders
        UNION ALL SELECT contact_key, -sqrt(CAST(ts AS BIGINT)) * 0.3 AS x FROM order_items
     ) GROUP BY contact_key",
];

#[test]
fn neither_threads_nor_the_order_of_rows_change_a_byte() {
    let features = FLOATS.iter().enumerate();
    let features: String =
        features.map(|(n, sql)| feature(&format!("floats_{n}"), sql, "")).collect();
    let bytes = |is_shuffled: bool, threads: u32| {
        let dir = SMALL.fresh();
        dir.edit("microseg.toml", |text| text + &features);
        if is_shuffled {
            for file in ["events", "orders", "order_items", "contacts"] {
                dir.edit(&format!("exports/{file}.csv"), |text| shuffled(&text));
            }
        }
        dir.run(&format!("ingest -q --threads {threads}")).fine();
        dir.run(&format!("features -q --threads {threads}")).fine();
        let found = table(&dir);
        assert!(values(&found, "floats_1").len() > 1_000);
        std::fs::read(dir.path().join("features/features.parquet")).unwrap()
    };
    let first = bytes(false, 1);
    assert!(first == bytes(false, 2), "threads");
    assert!(first == bytes(false, 2), "twice");
    assert!(first == bytes(true, 2), "order");
}

#[test]
fn a_feature_in_sql_makes_segments_and_stands_in_the_report() {
    let dir = SMALL.fresh();
    let sql =
        "SELECT contact_key, count(DISTINCT category) AS n FROM order_items GROUP BY contact_key";
    let more = "missing = \"zero\"\nmeaning = \"categories bought from\"\nhigh = \"buys across the shop\"\n\
                low = \"keeps to one corner\"";
    dir.edit("microseg.toml", |text| {
        assert!(!text.contains("[segments]"), "the demo has settings of segments");
        let chosen = "\n[segments]\nk = { min = 2, max = 2 }\nfeatures = [\"breadth\"]\n";
        text + &feature("breadth", sql, more) + chosen
    });
    let first = dir.run("run").fine();
    assert!(first.stderr.contains("features  done"), "{}", first.stderr);
    let proposal: serde_json::Value =
        serde_json::from_str(&dir.read("segments/proposal.json")).unwrap();
    assert_eq!(proposal["features"], serde_json::json!(["breadth"]));
    let names: Vec<&str> = proposal["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"Buys across the shop"), "{names:?}");
    let page = dir.read("report/report.html");
    assert!(page.contains("categories bought from") && page.contains("count(DISTINCT category)"));
    assert!(dir.read("features/dictionary.csv").contains("\nbreadth,custom,all,count,"));
    assert!(dir.read("report/tables/dictionary.csv").contains("categories bought from"));

    let again = dir.run("run").fine();
    assert!(again.stderr.contains("features  up to date"), "{}", again.stderr);
    dir.edit("microseg.toml", |text| text.replace("DISTINCT category", "DISTINCT product_id"));
    let changed = dir.run("run").fine();
    assert!(changed.stderr.contains("ingest    up to date"), "{}", changed.stderr);
    assert!(changed.stderr.contains("features  done"), "{}", changed.stderr);
    dir.edit("microseg.toml", |text| text.replace("[\"breadth\"]", "[\"bredth\"]"));
    refused(&dir.run("propose"), 2, &["unknown feature `bredth`", "did you mean `breadth`?"]);
}
