//! Twelve weeks of a simulated shop by the scheduler, with a clock that jumps: one refresh and one digest a week, and
//! the contacts who change found in the right week.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::Value;

use crate::support::{Dir, Output, run_line};
use crate::tables::{minor, rows};

/// The day of the first refresh, at which segments are proposed and accepted; the last twelve weeks, in which contacts
/// turn, begin with it.
pub const FIRST: &str = "2026-04-06";
pub const REHEARSE: &str = "schedule rehearse --from 2026-04-07 --until 2026-06-30";
const ZONE: &str = "Europe/London";

const SETTINGS: &str = r#"
seed = 7

[shop]
name = "A shop of weeks"
currency = "GBP"
timezone = "Europe/London"

[[source]]
table = "contacts"
files = ["exports/contacts.csv"]
columns = { contact = "contact_id", created_at = "created_at", timezone = "timezone", country = "country", consent = "consent", source = "source" }

[[source]]
table = "campaigns"
files = ["exports/campaigns.csv"]
columns = { campaign = "campaign_id", name = "name", subject = "subject", campaign_type = "campaign_type", sent_at = "sent_at" }

[[source]]
table = "events"
files = ["exports/events.csv"]
columns = { event_id = "event_id", contact = "contact_id", time = "ts", kind = "kind", campaign = "campaign_id", variant = "variant", device = "device", client = "client", product = "product_id", category = "category", page = "page", seconds = "seconds", machine = "machine" }

[[source]]
table = "orders"
files = ["exports/orders.csv"]
columns = { order = "order_id", contact = "contact_id", time = "ts", amount = "amount", currency = "currency", discount = "discount", status = "status" }

[[source]]
table = "order_items"
files = ["exports/order_items.csv"]
columns = { order = "order_id", contact = "contact_id", time = "ts", product = "product_id", category = "category", quantity = "quantity", amount = "amount" }

[[source]]
table = "assignments"
files = ["exports/assignments.csv"]
columns = { experiment = "experiment_id", contact = "contact_id", variant = "variant", assigned_at = "assigned_at", sent_at = "sent_at" }

[[experiment]]
id = "subject-line"
question = "Does an urgent subject line bring more clicks?"
control = "control"
metrics = ["click"]

[segments.rules.comeback]
name = "Ordered within a week"
feature = "recency_days"
at_most = 7
missing = "fails"

[[schedule]]
name = "monday-refresh"
job = "refresh"
cron = "0 5 * * MON"
timezone = "Europe/London"
missed = "all"

[[schedule]]
name = "monday-digest"
job = "digest"
cron = "0 6 * * MON"
timezone = "Europe/London"
missed = "all"

[[delivery]]
name = "shelf"
kind = "folder"
path = "out"
what = ["digest", "changes"]
"#;

/// A shop whose segments are accepted and were refreshed once; to be read or copied, never written.
pub static STARTED: LazyLock<PathBuf> = LazyLock::new(|| started(2_500, 7));

/// The same after twelve weeks.
pub static REHEARSED: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = folder();
    for (path, bytes) in Dir::copy_of(&STARTED).files() {
        fs::create_dir_all(root.join(&path).parent().unwrap()).unwrap();
        fs::write(root.join(path), bytes).unwrap();
    }
    on(&root, &format!("{REHEARSE} -q")).fine();
    root
});

/// A new folder that outlives the test, and goes with the simulated shops of earlier runs.
fn folder() -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tempfile::Builder::new().prefix("shop-").tempdir_in(parent).unwrap().keep()
}

/// Runs a command on the workspace in a folder.
pub fn on(root: &Path, line: &str) -> Output {
    run_line(&format!("{line} --workspace {}", root.display()))
}

/// Exports and settings of a shop, nothing run yet.
pub fn unrun(contacts: u32, seed: u32) -> PathBuf {
    let root = folder();
    let exports = root.join("exports");
    let line = format!("--contacts {contacts} --seed {seed} --days 450 --turns 0.05 -q");
    run_line(&format!("simulate {} {line}", exports.display())).fine();
    fs::write(root.join("microseg.toml"), SETTINGS).unwrap();
    root
}

/// A shop with all its segments accepted, and refreshed once.
pub fn started(contacts: u32, seed: u32) -> PathBuf {
    let root = unrun(contacts, seed);
    for step in ["run", "segments accept --all", "refresh"] {
        on(&root, &format!("{step} --as-of {FIRST} -q")).fine();
    }
    root
}

/// The days of all refreshes: the first, and the Mondays of twelve weeks.
pub fn mondays() -> Vec<Date> {
    let first: Date = FIRST.parse().unwrap();
    (0..=12).map(|week| first + (7 * week).days()).collect()
}

/// The changes of one refresh, as they are on disk.
pub fn feed(root: &Path, day: Date) -> Vec<Value> {
    let path = root.join(format!("refreshes/{day}/changes.ndjson"));
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn report(root: &Path, day: Date) -> Value {
    let path = root.join(format!("refreshes/{day}/refresh.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Who belongs to what, by segment.
pub type Members = BTreeMap<String, BTreeSet<String>>;

/// Follows the changes of one refresh. Nobody enters where it is, or leaves where it is not.
pub fn follow(members: &mut Members, feed: &[Value]) {
    for change in feed {
        let [contact, segment, kind] =
            ["contact_id", "segment_id", "kind"].map(|k| word(change, k));
        let of_it = members.entry(segment.to_owned()).or_default();
        let is_right = match kind {
            "entered" => of_it.insert(contact.to_owned()),
            "left" => of_it.remove(contact),
            _ => false,
        };
        assert!(is_right, "{change}");
    }
}

pub fn word<'a>(change: &'a Value, key: &str) -> &'a str {
    change[key].as_str().unwrap_or_default()
}

/// Names of the folders and files in a folder, but for those that begin with a dot.
fn names(dir: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with('.')).collect()
}

fn set(names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    names.into_iter().collect()
}

#[test]
fn every_week_has_one_refresh_one_digest_and_one_delivery() {
    let root = &*REHEARSED;
    let days = mondays();
    let weeks = &days[1..];
    assert_eq!(names(&root.join("refreshes")), set(days.iter().map(Date::to_string)));
    let pages = weeks.iter().map(Date::to_string).chain(["index.html".to_owned()]);
    assert_eq!(names(&root.join("digests")), set(pages));
    let delivered = weeks.iter().map(|day| format!("digest-{day}-shelf"));
    let delivered = delivered.chain(["changes".to_owned()]);
    assert_eq!(names(&root.join("out")), set(delivered));
    let mut messages = weeks.len();
    for day in weeks {
        let parts = names(&root.join("out/changes")).into_iter();
        let mut parts: Vec<String> =
            parts.filter(|name| name.starts_with(&format!("changes-{day}-shelf-"))).collect();
        parts.sort_by_key(|name| (name.len(), name.clone()));
        let read = |name: &String| fs::read(root.join("out/changes").join(name)).unwrap();
        let sent: Vec<u8> = parts.iter().flat_map(read).collect();
        let made = fs::read(root.join(format!("refreshes/{day}/changes.ndjson"))).unwrap();
        assert!(sent == made, "{day}: {parts:?}");
        messages += parts.len();
    }
    let status = on(root, "schedule status --format json --runs 1000").fine().json();
    assert_eq!(status["messages"]["sent"], messages);
    assert_eq!(status["messages"]["waiting"], 0);
    assert_eq!(status["messages"]["dead"], 0);
    let runs = status["runs"].as_array().unwrap().iter().map(|run| {
        assert_eq!((&run["outcome"], &run["attempts"]), (&"done".into(), &1.into()), "{run}");
        format!("{} {}", word(run, "job"), word(run, "due_at"))
    });
    let runs: Vec<String> = runs.collect();
    let due = weeks.iter().flat_map(|day| {
        ["refresh", "digest"].map(|job| {
            let hour = if job == "refresh" { 5 } else { 6 };
            let at = day.at(hour, 0, 0, 0).in_tz(ZONE).unwrap().timestamp();
            format!("monday-{job} {at}")
        })
    });
    assert_eq!(runs.len(), 24);
    assert_eq!(set(runs), set(due));
}

/// What a page leads to, but for places in itself.
pub fn links(page: &str) -> Vec<&str> {
    let parts = page.split(" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    parts.filter(|link| !link.starts_with('#')).collect()
}

#[test]
fn the_index_leads_to_every_digest_and_each_back_to_it() {
    let digests = REHEARSED.join("digests");
    let index = fs::read_to_string(digests.join("index.html")).unwrap();
    let weeks = mondays().split_off(1);
    let newest_first = weeks.iter().rev().map(|day| format!("{day}/report.html"));
    assert_eq!(links(&index), newest_first.collect::<Vec<_>>());
    for day in weeks {
        let dir = digests.join(day.to_string());
        let page = fs::read_to_string(dir.join("report.html")).unwrap();
        let links = links(&page);
        assert!(links.contains(&"../../digests/index.html"), "{day}: {links:?}");
        for link in links {
            assert!(dir.join(link).is_file(), "{day}: {link} leads nowhere");
        }
    }
}

/// When one day begins in the shop.
fn midnight(day: Date) -> Timestamp {
    day.in_tz(ZONE).unwrap().timestamp()
}

/// Who ordered in the week before a day: sales only, by the shop's calendar.
fn ordered_within_a_week(orders: &[(String, Timestamp)], day: Date) -> BTreeSet<String> {
    let zone = TimeZone::get(ZONE).unwrap();
    let is_recent =
        |at: Timestamp| at < midnight(day) && at.to_zoned(zone.clone()).date() >= day - 7.days();
    let recent = orders.iter().filter(|(_, at)| is_recent(*at));
    recent.map(|(contact, _)| contact.clone()).collect()
}

fn sales(root: &Path) -> Vec<(String, Timestamp)> {
    let text = fs::read_to_string(root.join("exports/orders.csv")).unwrap();
    let sales = rows(&text).into_iter();
    let sales = sales.filter(|row| row["status"] == "completed" && minor(&row["amount"]) > 0);
    sales.map(|row| (row["contact_id"].clone(), row["ts"].parse().unwrap())).collect()
}

/// The contacts who turned, with the Monday (UTC) of the week in which they did.
fn turns(root: &Path) -> BTreeMap<String, Date> {
    let text = fs::read_to_string(root.join("exports/truth/turns.csv")).unwrap();
    let turns = rows(&text).into_iter();
    turns.map(|row| (row["contact_id"].clone(), row["week"].parse().unwrap())).collect()
}

/// The refresh that is the first to know of a contact's order at its turn: the Monday after; or the one after that, if
/// the turn was in the last hour of Sunday (UTC), which is Monday in London.
fn shows_at(week: Date, contact: &str, sales: &[(String, Timestamp)]) -> Date {
    let own = sales.iter().filter(|(of, _)| of == contact).map(|(_, at)| *at);
    let first = own.filter(|at| *at >= midnight(week)).min().unwrap();
    let monday = week + 7.days();
    let is_late = first >= midnight(monday);
    assert!(!is_late || first.duration_since(midnight(monday)).as_hours() < 1, "{contact} {first}");
    if is_late { monday + 7.days() } else { monday }
}

#[test]
fn the_rule_holds_whom_plain_loops_hold_and_the_turned_from_the_monday_after() {
    let root = &*REHEARSED;
    let (sales, turns) = (sales(root), turns(root));
    assert!(turns.len() > 200, "{} contacts turn", turns.len());
    let mut expected: BTreeMap<Date, Vec<&str>> = BTreeMap::new();
    for (contact, week) in &turns {
        expected.entry(shows_at(*week, contact, &sales)).or_default().push(contact);
    }
    let late: usize =
        turns.iter().filter(|(c, w)| shows_at(**w, c, &sales) > **w + 7.days()).count();
    assert!(late < 5, "{late}");
    let mut members = Members::new();
    let mut there = 0;
    for day in mondays() {
        let before = members.get("comeback").cloned().unwrap_or_default();
        follow(&mut members, &feed(root, day));
        let now = &members["comeback"];
        assert_eq!(*now, ordered_within_a_week(&sales, day), "{day}");
        for contact in expected.get(&day).into_iter().flatten() {
            assert!(now.contains(*contact), "{contact} turned in the week before {day}");
            there += usize::from(before.contains(*contact));
        }
    }
    assert!(there * 20 < turns.len(), "{there} of {} were there already", turns.len());
}

/// Who moved between discovered segments by what it did, and when; and the weeks, over all contacts who did not turn,
/// in which they could have.
fn moves(root: &Path, turns: &BTreeMap<String, Date>) -> (BTreeMap<String, Vec<Date>>, usize) {
    let mut moves: BTreeMap<String, Vec<Date>> = BTreeMap::new();
    let (mut members, mut weeks) = (Members::new(), 0);
    for day in mondays() {
        let known = members.iter().filter(|(id, _)| *id != "comeback").flat_map(|(_, all)| all);
        weeks += known.filter(|contact| !turns.contains_key(*contact)).count();
        let feed = feed(root, day);
        for change in &feed {
            let is_move = change["other_segment_id"].is_string() && change["kind"] == "entered";
            if is_move && change["cause"] == "behaviour" {
                moves.entry(word(change, "contact_id").to_owned()).or_default().push(day);
            }
        }
        follow(&mut members, &feed);
    }
    (moves, weeks)
}

/// On shops of 2,500 contacts with seeds 5 to 8, in each of which three segments are found, 0.20 to 0.32 of the turned
/// moved within one refresh, 0.37 to 0.54 within two and 0.39 to 0.61 within three; of the others 0.015 to 0.017 a
/// week. Asserted is three quarters of the least: a turn takes weeks to show in features of 90 days, and not every
/// turn leads from one segment into another.
#[test]
fn most_of_the_turned_move_to_another_segment_within_three_refreshes() {
    let root = &*REHEARSED;
    let turns = turns(root);
    let (moves, other_weeks) = moves(root, &turns);
    let last = mondays()[12];
    let seen: Vec<(&String, Date)> =
        turns.iter().map(|(c, week)| (c, *week)).filter(|(_, w)| *w + 21.days() <= last).collect();
    let share_within = |refreshes: i64| {
        let is_after =
            |week: Date, day: &Date| *day > week && *day <= week + (7 * refreshes).days();
        let moved = seen.iter().filter(|(contact, week)| {
            moves.get(*contact).is_some_and(|days| days.iter().any(|day| is_after(*week, day)))
        });
        moved.count() as f64 / seen.len() as f64
    };
    let within = [1, 2, 3].map(share_within);
    let of_others = moves.iter().filter(|(contact, _)| !turns.contains_key(*contact));
    let a_week = of_others.map(|(_, days)| days.len()).sum::<usize>() as f64 / other_weeks as f64;
    println!(
        "of {} who turned, moved within 1, 2, 3 refreshes: {within:.3?}; others a week: {a_week:.4}",
        seen.len()
    );
    assert!(within[0] > 0.15 && within[1] > 0.27 && within[2] > 0.29, "{within:?}");
    assert!((0.0..0.025).contains(&a_week), "{a_week}");
    for (refreshes, share) in (1..).zip(within) {
        assert!(share > 5.0 * f64::from(refreshes) * a_week, "{within:?} against {a_week}");
    }
}
