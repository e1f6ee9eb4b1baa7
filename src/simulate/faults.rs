//! Faults of the data, planted in finished exports, each with its truth.
//!
//! The exports gain what the faults need: an address and a time of update for every contact, a mark
//! for test orders, and further contacts (ids begin with `f`) that have one fault each and are
//! otherwise in order. `truth/faults.csv` has one row for everything that a check should count: the
//! check's code, and the id of the contact, campaign, order or event.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;

use super::calendar::DAY_S;
use super::shop::Shop;
use super::truth::WrittenFile;
use crate::error::{Error, Result};

/// Days before the end on which planted contacts sign up: long enough for every check.
const SIGNUP: i64 = 300;

/// Rows to be added to the exports and to the truth.
#[derive(Default)]
struct Planted {
    end_s: i64,
    has_flags: bool,
    contacts: String,
    campaigns: String,
    events: String,
    orders: String,
    faults: String,
    machine: String,
    people: u32,
    event_count: u32,
    order_count: u32,
}

/// A planted contact before it is written.
struct Person {
    id: String,
    email: String,
    timezone: &'static str,
    consent: &'static str,
    updated_days: i64,
    is_silent: bool,
}

/// Plants every fault in the finished CSV exports in `folder`, and counts the rows in `files`.
pub(super) fn plant(shop: &Shop, folder: &Path, files: &mut Vec<WrittenFile>) -> Result<()> {
    let mut planted = Planted {
        end_s: shop.calendar.epoch_s(shop.calendar.end_s()),
        has_flags: shop.has_flags(),
        ..Planted::default()
    };
    planted.people_at_fault();
    planted.mails_at_fault();
    planted.rows_at_fault();
    let updated = time(planted.end_s - 30 * DAY_S);
    rewrite(&folder.join("contacts.csv"), "email,updated_at", &planted.contacts, |line| {
        let mut cells = line.split(',');
        let id = cells.next().unwrap_or_default();
        if cells.nth(1) == Some("") {
            planted.faults.push_str(&format!("missing_zones,{id}\n"));
        }
        format!("{id}@example.com,{updated}")
    })?;
    rewrite(&folder.join("orders.csv"), "test", &planted.orders, |_| "false".to_owned())?;
    append(&folder.join("events.csv"), &planted.events)?;
    append(&folder.join("campaigns.csv"), &planted.campaigns)?;
    append(&folder.join("truth").join("machine.csv"), &planted.machine)?;
    let path = folder.join("truth").join("faults.csv");
    std::fs::write(&path, format!("fault,id\n{}", planted.faults))
        .map_err(|cause| Error::io("write", &path, cause))?;
    planted.count(files);
    Ok(())
}

impl Planted {
    fn count(&self, files: &mut Vec<WrittenFile>) {
        files.push(WrittenFile { path: "truth/faults.csv".into(), rows: 0 });
        for (path, more) in [
            ("contacts.csv", &self.contacts),
            ("campaigns.csv", &self.campaigns),
            ("events.csv", &self.events),
            ("orders.csv", &self.orders),
            ("truth/machine.csv", &self.machine),
            ("truth/faults.csv", &self.faults),
        ] {
            let of_path = files.iter_mut().filter(|file| file.path == Path::new(path));
            of_path.for_each(|file| file.rows += more.lines().count() as u64);
        }
    }

    /// A contact without a fault so far.
    fn person(&mut self) -> Person {
        self.people += 1;
        let id = format!("f{:07}", self.people);
        Person {
            email: format!("{id}@example.com"),
            id,
            timezone: "Europe/London",
            consent: "subscribed",
            updated_days: 30,
            is_silent: false,
        }
    }

    /// Writes the contact; one that is not silent visited ten days before the end.
    fn add(&mut self, person: Person) -> String {
        let Person { id, email, timezone, consent, updated_days, is_silent } = person;
        let (created, updated) = (self.days_before(SIGNUP), self.days_before(updated_days));
        let _ = writeln!(
            self.contacts,
            "{id},{created},{timezone},GB,{consent},checkout,,{email},{updated}"
        );
        if !is_silent {
            self.event(&id, 10 * DAY_S, "page_viewed", "");
        }
        id
    }

    fn healthy(&mut self) -> String {
        let person = self.person();
        self.add(person)
    }

    fn days_before(&self, days: i64) -> String {
        time(self.end_s - days * DAY_S)
    }

    fn fault(&mut self, code: &str, id: &str) {
        let _ = writeln!(self.faults, "{code},{id}");
    }

    /// An event so many seconds before the end; gives its id.
    fn event(&mut self, contact: &str, before_end_s: i64, kind: &str, campaign: &str) -> String {
        let flag = if self.has_flags && kind == "clicked" { "false" } else { "" };
        self.flagged(contact, before_end_s, kind, campaign, flag)
    }

    fn flagged(
        &mut self,
        contact: &str,
        before_end_s: i64,
        kind: &str,
        campaign: &str,
        flag: &str,
    ) -> String {
        self.event_count += 1;
        let id = format!("ef{:07}", self.event_count);
        let at = time(self.end_s - before_end_s);
        let client = if kind == "opened" { "Apple Mail" } else { "" };
        let page = if kind == "page_viewed" { "home" } else { "" };
        let _ = writeln!(
            self.events,
            "{id},{contact},{at},{kind},{campaign},,mobile,{client},,,{page},,{flag}"
        );
        id
    }

    /// A mail that arrives after ten seconds.
    fn mail(&mut self, contact: &str, days: i64, campaign: &str) {
        self.event(contact, days * DAY_S, "sent", campaign);
        self.event(contact, days * DAY_S - 10, "delivered", campaign);
    }

    fn order(&mut self, contact: &str, currency: &str, is_test: bool) -> String {
        self.order_count += 1;
        let id = format!("of{:07}", self.order_count);
        let at = self.days_before(20);
        let _ =
            writeln!(self.orders, "{id},{contact},{at},20.00,{currency},0.00,completed,{is_test}");
        id
    }

    fn people_at_fault(&mut self) {
        for pair in 0..3 {
            for _ in 0..2 {
                let email = format!("twice{pair}@example.com");
                let person = Person { email, ..self.person() };
                let id = self.add(person);
                self.fault("duplicate_contacts", &id);
            }
        }
        for (code, email) in [
            ("role_addresses", "info@one.example"),
            ("role_addresses", "no-reply@two.example"),
            ("role_addresses", "support@three.example"),
            ("malformed_addresses", "nobody.example.com"),
            ("malformed_addresses", "two@@example.com"),
            ("malformed_addresses", "no dot@example"),
        ] {
            let person = Person { email: email.to_owned(), ..self.person() };
            let id = self.add(person);
            self.fault(code, &id);
        }
        for _ in 0..3 {
            let person = Person { timezone: "", ..self.person() };
            let id = self.add(person);
            self.fault("missing_zones", &id);
            let person = Person { updated_days: 500, ..self.person() };
            let id = self.add(person);
            self.fault("stale_attributes", &id);
        }
    }

    fn mails_at_fault(&mut self) {
        for kind in ["unsubscribed", "unsubscribed", "unsubscribed", "complained"] {
            let person = Person { consent: "unsubscribed", ..self.person() };
            let id = self.add(person);
            self.mail(&id, 100, "m0001");
            self.event(&id, 99 * DAY_S, kind, "m0001");
            self.mail(&id, 90, "m0002");
            self.fault("left_mailed", &id);
        }
        for _ in 0..3 {
            let id = self.healthy();
            self.mail(&id, 200, "m0001");
            for days in [100, 90, 80, 70] {
                self.event(&id, days * DAY_S, "sent", "m0002");
                self.event(&id, days * DAY_S - 9, "bounced", "m0002");
            }
            self.fault("hard_bounce_mailed", &id);
        }
        self.silent_people();
        let end = self.days_before(20);
        let _ = writeln!(self.campaigns, "x0001,nobody got it,Lost,newsletter,{end}");
        for _ in 0..12 {
            let id = self.healthy();
            self.event(&id, 20 * DAY_S, "sent", "x0001");
        }
        self.fault("undelivered_campaigns", "x0001");
        for clicks in [1, 2] {
            let id = self.healthy();
            for click in 0..clicks {
                self.event(&id, (40 + click) * DAY_S, "clicked", "m0003");
                self.fault("unsent_clicks", &id);
            }
        }
        for _ in 0..2 {
            let id = self.healthy();
            let event = self.event(&id, 15 * DAY_S, "sent", "");
            self.fault("mail_without_campaign", &event);
        }
    }

    /// Mailed to the end and never seen; the second half opens by machine alone.
    fn silent_people(&mut self) {
        let flag = if self.has_flags { "true" } else { "" };
        for by_machine in [false, false, true, true] {
            let person = Person { is_silent: true, ..self.person() };
            let id = self.add(person);
            for days in [160, 130, 100, 70, 40, 20] {
                self.mail(&id, days, "m0001");
                if by_machine {
                    let open = self.flagged(&id, days * DAY_S - 70, "opened", "m0001", flag);
                    let _ = writeln!(self.machine, "{open},{id},apple-open");
                }
            }
            self.fault("sunset", &id);
        }
    }

    fn rows_at_fault(&mut self) {
        for _ in 0..2 {
            let id = self.healthy();
            for days in [20, 30] {
                self.event(&id, (SIGNUP + days) * DAY_S, "page_viewed", "");
                self.fault("before_signup", &id);
            }
            self.event(&id, -DAY_S, "page_viewed", "");
            self.fault("after_as_of", &id);
            let order = self.order(&id, "GBP", true);
            self.fault("test_orders", &order);
            let order = self.order(&id, "USD", false);
            self.fault("mixed_currencies", &order);
        }
        let id = self.healthy();
        for days in 30..34 {
            let before = self.events.len();
            let event = self.event(&id, days * DAY_S, "page_viewed", "");
            let again = self.events[before..].to_owned();
            self.events.push_str(&again);
            self.fault("repeated_rows", &event);
        }
    }
}

/// A time as the exports write it.
fn time(epoch_s: i64) -> String {
    jiff::Timestamp::from_second(epoch_s).map_or_else(|_| String::new(), |at| at.to_string())
}

/// Adds cells to every line of a CSV file, and lines at its end.
fn rewrite(
    path: &Path,
    header: &str,
    more: &str,
    mut cells: impl FnMut(&str) -> String,
) -> Result<()> {
    let failed = |cause| Error::io("rewrite", path, cause);
    let target = path.with_extension("partial");
    let lines = BufReader::new(File::open(path).map_err(failed)?).lines();
    let mut file = BufWriter::new(File::create(&target).map_err(failed)?);
    for (number, line) in lines.enumerate() {
        let line = line.map_err(failed)?;
        let added = if number == 0 { header.to_owned() } else { cells(&line) };
        writeln!(file, "{line},{added}").map_err(failed)?;
    }
    file.write_all(more.as_bytes()).and_then(|()| file.flush()).map_err(failed)?;
    std::fs::rename(&target, path).map_err(failed)
}

fn append(path: &Path, more: &str) -> Result<()> {
    let file = File::options().append(true).open(path);
    file.and_then(|mut file| file.write_all(more.as_bytes()))
        .map_err(|cause| Error::io("write", path, cause))
}
