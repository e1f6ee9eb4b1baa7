//! Contacts who turn: what was planted is there, and nobody else notices.

use std::collections::BTreeMap;

use super::super::calendar::DAY_S;
use super::super::event::{Assignment, Cause, Event, Kind as EventKind};
use super::super::life::Life;
use super::*;

type Row = HashMap<String, String>;

fn shop(contacts: u32, seed: u64, share: f64) -> Shop {
    ShopParams::new(contacts, seed).turns(share).check().expect("good settings")
}

fn written(shop: &Shop) -> (Folder, Written) {
    let folder = Folder::new();
    let written = shop.write(&folder.shop(), Format::Csv, &|_| ()).expect("written");
    (folder, written)
}

/// The lives of those who turn, each beside the life without.
fn turned(shop: &Shop) -> Vec<(Life<'_>, Life<'_>)> {
    let lives = (1..=shop.contacts()).map(|number| Life::simulate(shop, number));
    let turned = lives.filter(|life| life.turn.is_some());
    turned.map(|life| (Life::live(shop, life.number, None), life)).collect()
}

fn by_contact(rows: Vec<Row>, keep: impl Fn(&Row) -> bool) -> BTreeMap<String, Vec<String>> {
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.into_iter().filter(keep) {
        let mut cells: Vec<_> = row.iter().map(|(name, cell)| format!("{name}={cell}")).collect();
        cells.sort();
        kept.entry(row["contact_id"].clone()).or_default().push(cells.join(" "));
    }
    kept
}

fn turning_times(dir: &Path) -> HashMap<String, String> {
    let turns = rows(dir, "truth/turns").into_iter();
    turns.map(|row| (row["contact_id"].clone(), row["turned_at"].clone())).collect()
}

#[test]
fn nobody_else_changes_and_nothing_before_the_turn() {
    let (plain, _) = written(&shop(1500, 41, 0.0));
    let (turning, _) = written(&shop(1500, 41, 0.05));
    let times = turning_times(&turning.shop());
    assert!(times.len() > 150);
    for table in [
        "contacts", "events", "orders", "order_items", "assignments", "truth/personas",
        "truth/machine",
    ] {
        // Of those who turn, the rows until then; rows without a time are those of the contact.
        let keep = |row: &Row| match (times.get(&row["contact_id"]), row.get("ts")) {
            (Some(turned_at), Some(ts)) => ts < turned_at,
            (Some(_), None) => table == "truth/personas",
            (None, _) => true,
        };
        let before = by_contact(rows(&plain.shop(), table), keep);
        assert!(before == by_contact(rows(&turning.shop(), table), keep), "{table}");
        assert!(!before.is_empty());
    }
    for table in ["campaigns", "truth/effects", "truth/send_hours"] {
        assert_eq!(rows(&plain.shop(), table), rows(&turning.shop(), table));
    }
}

#[test]
fn arms_stay_as_they_were_drawn() {
    let shop = shop(3000, 43, 0.05);
    let mut compared = 0;
    for (without, with) in turned(&shop) {
        for old in &without.assignments {
            let same = |new: &&Assignment| new.experiment == old.experiment;
            if let Some(new) = with.assignments.iter().find(same) {
                assert_eq!((new.variant, new.assigned_t), (old.variant, old.assigned_t));
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn each_orders_on_the_day_of_the_turn_and_not_since_the_stop() {
    let (folder, _) = written(&shop(4000, 47, 0.03));
    let orders = by_contact(rows(&folder.shop(), "orders"), |row| row["status"] == "completed");
    for (contact, turned_at) in turning_times(&folder.shop()) {
        let day = format!("ts={}", &turned_at[..10]);
        assert!(orders[&contact].iter().any(|order| order.contains(&day)), "{contact} {day}");
    }
    let shop = shop(4000, 47, 0.03);
    for (without, with) in turned(&shop) {
        let turn = with.turn.expect("a turn");
        let first = with.orders.iter().find(|order| order.t >= turn.t).expect("an order");
        assert_eq!(first.t / DAY_S, turn.t / DAY_S);
        if let Some(stop_t) = without.contact.stop_t {
            assert_eq!(turn.from, Persona::LapsingLoyal);
            assert!(stop_t < turn.t);
            assert!(!with.orders.iter().any(|order| (stop_t..turn.t).contains(&order.t)));
        }
        assert!(with.events.iter().all(|event| event.t < shop.calendar.end_s()));
    }
}

#[test]
fn the_truth_says_who_when_and_what() {
    let shop = shop(2000, 53, 0.02);
    let (folder, written) = written(&shop);
    let personas: HashMap<_, _> = rows(&folder.shop(), "truth/personas")
        .into_iter()
        .map(|row| (row["contact_id"].clone(), row["persona"].clone()))
        .collect();
    let turns = rows(&folder.shop(), "truth/turns");
    for row in &turns {
        let week: jiff::civil::Date = row["week"].parse().expect("a date");
        let turned_at: jiff::Timestamp = row["turned_at"].parse().expect("a time");
        let day = turned_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        assert_eq!(week.weekday(), jiff::civil::Weekday::Monday);
        assert!((0..7).contains(&(day - week).get_days()), "{row:?}");
        assert_eq!(personas[&row["contact_id"]], row["from"]);
        let kind = (row["from"].as_str(), row["to"].as_str());
        assert!(matches!(
            kind,
            ("lapsing-loyal", "morning-loyalist") | ("window-shopper", "bargain-hunter")
        ));
    }
    let file = written.files.iter().find(|file| file.path == Path::new("truth/turns.csv"));
    assert_eq!(file.map(|file| file.rows), Some(turns.len() as u64));
    let text = fs::read_to_string(folder.shop().join("truth/params.json")).expect("a file");
    assert!(text.contains("  \"days\": 540,\n  \"turns\": 0.02\n}"), "{text}");
}

#[test]
fn without_turns_nothing_speaks_of_them() {
    let (folder, written) = written(&shop(50, 3, 0.0));
    assert!(written.files.iter().all(|file| file.path != Path::new("truth/turns.csv")));
    assert!(!folder.shop().join("truth/turns.csv").exists());
    let text = fs::read_to_string(folder.shop().join("truth/params.json")).expect("a file");
    assert!(!text.contains("turns"));
}

/// Who may turn in a week: of both kinds, not turned before, no order since the stop.
fn eligible(shop: &Shop, lives: &[(Life<'_>, Option<i64>)], week_t: i64) -> f64 {
    let is_eligible = |(life, turned_week): &&(Life<'_>, Option<i64>)| {
        let waits = turned_week.is_none_or(|turned| turned >= week_t);
        let week_end = week_t + 7 * DAY_S;
        waits
            && match life.contact.persona {
                Persona::WindowShopper => true,
                Persona::LapsingLoyal => !(life.orders.iter())
                    .any(|order| (life.contact.stop_t.unwrap_or(0)..week_end).contains(&order.t)),
                _ => false,
            }
    };
    assert!(week_t < shop.calendar.end_s());
    lives.iter().filter(is_eligible).count() as f64
}

#[test]
fn a_share_of_the_eligible_turns_in_each_of_twelve_weeks() {
    let (shop, share) = (shop(8000, 59, 0.04), 0.04);
    let live = |number| {
        let week = Life::simulate(&shop, number).turn.map(|turn| turn.week_t);
        (Life::live(&shop, number, None), week)
    };
    let lives: Vec<_> = (1..=shop.contacts()).map(live).collect();
    // The end is Wednesday, 1 July 2026: the last full week began on 22 June.
    let mondays: Vec<i64> =
        (1..=12).map(|back| (shop.calendar.days() - 2 - 7 * back) * DAY_S).collect();
    let (mut total, mut expected) = (0.0, 0.0);
    for week_t in &mondays {
        let turns = lives.iter().filter(|(_, week)| week == &Some(*week_t)).count() as f64;
        let n = eligible(&shop, &lives, *week_t);
        let room = 4.0 * (n * share * (1.0 - share)).sqrt() + 1.0;
        assert!((turns - n * share).abs() < room, "{turns} of {n}");
        total += turns;
        expected += n * share;
    }
    assert_eq!(total as usize, lives.iter().filter(|(_, week)| week.is_some()).count());
    assert!((total - expected).abs() < 4.0 * expected.sqrt(), "{total} {expected}");
}

#[test]
fn weeks_count_back_from_the_last_monday() {
    for (end, last_week) in [
        (jiff::civil::date(2026, 6, 29), "2026-06-22"),
        (jiff::civil::date(2026, 6, 28), "2026-06-15"),
        (jiff::civil::date(2026, 7, 5), "2026-06-22"),
    ] {
        let params = ShopParams::new(600, 61).turns(0.1).days(365).end(end);
        let (folder, _) = written(&params.check().expect("good settings"));
        let turns = rows(&folder.shop(), "truth/turns");
        let last = turns.iter().map(|row| row["week"].as_str()).max();
        assert_eq!(last, Some(last_week), "{end}");
    }
    let everyone = shop(400, 61, 1.0);
    let first = (everyone.calendar.days() - 2 - 7 * 12) * DAY_S;
    let turned = turned(&everyone);
    assert!(turned.len() > 100);
    assert!(turned.iter().all(|(_, life)| life.turn.is_some_and(|turn| turn.week_t == first)));
}

/// Sums over contacts after their turn: what was seen, what was planted, and the variance of that.
#[derive(Default)]
struct Sums {
    pages: [f64; 3],
    checkouts: [f64; 3],
    opens: [f64; 3],
}

fn add(sums: &mut [f64; 3], seen: usize, mean: f64, variance: f64) {
    sums[0] += seen as f64;
    sums[1] += mean;
    sums[2] += variance;
}

impl Sums {
    /// From the second day after the turn, so that its own visit is out.
    fn add(&mut self, shop: &Shop, life: &Life<'_>) {
        let turn = life.turn.expect("a turn");
        let traits = turn.to.traits();
        let days = turn.t / DAY_S + 2..shop.calendar.days();
        let busy: f64 = days.clone().map(|day| shop.calendar.busy(day)).sum();
        let visits = traits.visits_per_day * life.contact.vigour * busy;
        let count = |fits: &dyn Fn(&Event) -> bool| {
            let later = life.events.iter().filter(|event| event.t >= days.start * DAY_S);
            later.filter(|event| fits(event)).count()
        };
        let of = |kind| move |event: &Event| event.kind == kind && event.origin.is_none();
        // One page and a Poisson number more: its mean square is the variance of a Poisson sum.
        let pages = 1.0 + traits.pages_per_visit;
        let seen = count(&of(EventKind::PageViewed));
        add(&mut self.pages, seen, visits * pages, visits * (pages * pages + pages - 1.0));
        let buy = traits.buy_per_visit;
        let checkouts = visits * (buy + (1.0 - buy) * traits.cart_per_visit * 0.12);
        add(&mut self.checkouts, count(&of(EventKind::CheckoutStarted)), checkouts, checkouts);
        let plain = |event: &Event| {
            let campaign = event.origin.map(|origin| &shop.campaigns[usize::from(origin.campaign)]);
            campaign.is_some_and(|campaign| campaign.experiment.is_none())
        };
        let delivered = count(&|event| event.kind == EventKind::Delivered && plain(event));
        let opened = |event: &Event| {
            let by_person = event.cause == Some(Cause::Person);
            event.kind == EventKind::Opened && by_person && plain(event)
        };
        let open = delivered as f64 * traits.open_rate * life.contact.appetite;
        add(&mut self.opens, count(&opened), open, open);
    }
}

#[test]
fn rates_after_the_turn_are_those_of_the_new_persona() {
    let shop = shop(6000, 67, 0.2);
    let mut sums: HashMap<&str, Sums> = HashMap::new();
    for (_, life) in turned(&shop) {
        let to = life.turn.expect("a turn").to;
        sums.entry(to.name()).or_default().add(&shop, &life);
    }
    assert_eq!(sums.len(), 2);
    for (to, sums) in sums {
        for (what, [seen, mean, variance]) in
            [("pages", sums.pages), ("checkouts", sums.checkouts), ("opens", sums.opens)]
        {
            // Visits move within their day, and a day's mail is opened on the next: one in fifty.
            let room = 4.0 * variance.sqrt() + 0.02 * mean;
            assert!((seen - mean).abs() < room, "{to} {what}: {seen}, not {mean} ± {room}");
            assert!(mean > 300.0, "{to} {what}: {mean}");
        }
    }
}

#[test]
fn shares_that_are_none_are_refused() {
    for share in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
        let error = ShopParams::new(10, 1).turns(share).check().expect_err("refused");
        assert_eq!((error.kind(), error.hint_text().is_some()), (Kind::Settings, true));
    }
}
