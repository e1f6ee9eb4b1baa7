//! Which opens and clicks are a machine's.
//!
//! Where the platform says so itself, it is believed. Where it says nothing, three rules decide, on
//! one contact's mail rows alone:
//! - *prefetch*: an open sooner than `prefetch_seconds` after the latest delivery of its campaign,
//!   by a client that loads pictures before a person looks;
//! - *fast click*: a click sooner than `fastest_human_click_seconds` after that delivery;
//! - *click burst*: at least `burst_clicks` clicks on different links of one campaign within
//!   `burst_seconds`: all clicks of that campaign in that time. Where none of them names a link,
//!   every click counts as one.
//!
//! Where a campaign has sends and no deliveries, its sends stand in. Rows without a campaign are not
//! judged. No rule looks further than [`REACH_US`] back or ahead: a row's verdict depends on the
//! rows within that time of it alone.

use crate::lake::schema::EVENT_KINDS;
use crate::workspace::{MACHINE_REACH_SECONDS, MachineSettings};

/// How far a verdict looks back or ahead, in microseconds.
pub const REACH_US: i64 = MACHINE_REACH_SECONDS as i64 * SECOND_US;

/// The code of an empty campaign, link or client.
pub const NONE: u32 = u32::MAX;

const SECOND_US: i64 = 1_000_000;

/// Codes of the kinds that take part: positions in [`EVENT_KINDS`].
pub const CLICKED: u8 = code_of("clicked");
pub const DELIVERED: u8 = code_of("delivered");
pub const OPENED: u8 = code_of("opened");
pub const SENT: u8 = code_of("sent");

/// The position of a word in [`EVENT_KINDS`]; a word that is not there does not compile.
const fn code_of(word: &str) -> u8 {
    let mut code = 0;
    while !is_same(EVENT_KINDS[code], word) {
        code += 1;
    }
    code as u8
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// A send, delivery, open or click of one contact. Rows of other kinds are let through unjudged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailRow {
    /// Microseconds since 1970 in UTC.
    pub us: i64,
    /// A position in [`EVENT_KINDS`].
    pub kind: u8,
    pub campaign: u32,
    /// The page that a click led to.
    pub link: u32,
    pub client: u32,
    /// What the platform says: a machine's or not.
    pub flag: Option<bool>,
}

/// What is known of an open or a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub is_machine: bool,
    pub by: By,
}

/// Who or what decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Platform,
    Prefetch,
    FastClick,
    ClickBurst,
}

impl By {
    /// The word in the lake.
    pub fn word(self) -> &'static str {
        match self {
            By::Platform => "platform",
            By::Prefetch => "prefetch",
            By::FastClick => "fast_click",
            By::ClickBurst => "click_burst",
        }
    }
}

/// The rules' parameters, ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineRules {
    prefetch_us: i64,
    fastest_click_us: i64,
    burst_us: i64,
    burst_clicks: usize,
    prefetch_clients: Vec<String>,
}

impl MachineRules {
    pub fn new(settings: &MachineSettings) -> Self {
        let us = |seconds: u32| i64::from(seconds) * SECOND_US;
        MachineRules {
            prefetch_us: us(settings.prefetch_seconds),
            fastest_click_us: us(settings.fastest_human_click_seconds),
            burst_us: us(settings.burst_seconds),
            burst_clicks: settings.burst_clicks as usize,
            prefetch_clients: settings.prefetch_clients.clone(),
        }
    }

    /// True for the name of a client that loads pictures before a person looks.
    pub fn is_prefetcher(&self, client: &str) -> bool {
        let client = client.trim().to_lowercase();
        self.prefetch_clients.iter().any(|entry| match entry.strip_prefix('=') {
            Some(whole) => client == whole,
            None => client.contains(entry.as_str()),
        })
    }
}

/// Judges one contact's rows, which must be in order of time; `verdicts` becomes as long as `rows`.
///
/// `None` where nothing says that a machine or a person did it, and for all other kinds of row.
pub fn mark(
    rows: &[MailRow],
    rules: &MachineRules,
    is_prefetcher: &dyn Fn(u32) -> bool,
    verdicts: &mut Vec<Option<Verdict>>,
) {
    verdicts.clear();
    for (at, row) in rows.iter().enumerate() {
        verdicts.push(match (row.flag, row.kind) {
            (Some(is_machine), OPENED | CLICKED) => Some(Verdict { is_machine, by: By::Platform }),
            (None, OPENED) => judge_open(rows, at, rules, is_prefetcher),
            (None, CLICKED) => judge_click(rows, at, rules),
            _ => None,
        });
    }
    mark_bursts(rows, rules, verdicts);
}

fn machine(by: By) -> Verdict {
    Verdict { is_machine: true, by }
}

fn judge_open(
    rows: &[MailRow],
    at: usize,
    rules: &MachineRules,
    is_prefetcher: &dyn Fn(u32) -> bool,
) -> Option<Verdict> {
    let client = rows[at].client;
    let is_prefetched =
        client != NONE && is_prefetcher(client) && arrived_within(rows, at, rules.prefetch_us);
    is_prefetched.then_some(machine(By::Prefetch))
}

fn judge_click(rows: &[MailRow], at: usize, rules: &MachineRules) -> Option<Verdict> {
    arrived_within(rows, at, rules.fastest_click_us).then_some(machine(By::FastClick))
}

/// True if the row's campaign reached the contact less than `within_us` before the row. Its latest
/// delivery or send decides: a send always precedes its delivery. Rows of the same moment may stand
/// behind the row.
fn arrived_within(rows: &[MailRow], at: usize, within_us: i64) -> bool {
    let row = rows[at];
    let is_arrival =
        |other: &&MailRow| matches!(other.kind, SENT | DELIVERED) && other.campaign == row.campaign;
    let before = rows[..at].iter().rev().take_while(|other| row.us - other.us < within_us);
    let same_moment = rows[at..].iter().take_while(|other| other.us == row.us);
    row.campaign != NONE
        && within_us > 0
        && before.chain(same_moment).any(|other| is_arrival(&other))
}

/// Marks every click of a burst that has no verdict yet.
fn mark_bursts(rows: &[MailRow], rules: &MachineRules, verdicts: &mut [Option<Verdict>]) {
    let mut links = Vec::with_capacity(rules.burst_clicks);
    for (at, first) in rows.iter().enumerate() {
        if !is_unflagged_click(first) || first.campaign == NONE {
            continue;
        }
        let ahead = rows[at..].iter().take_while(|row| row.us - first.us < rules.burst_us);
        let burst = ahead
            .enumerate()
            .filter(|(_, row)| is_unflagged_click(row) && row.campaign == first.campaign);
        if is_burst(burst.clone().map(|(_, row)| row.link), rules.burst_clicks, &mut links) {
            for (behind, _) in burst {
                verdicts[at + behind].get_or_insert(machine(By::ClickBurst));
            }
        }
    }
}

fn is_unflagged_click(row: &MailRow) -> bool {
    row.kind == CLICKED && row.flag.is_none()
}

/// True if there are at least `least` different links, or, where no click names one, clicks.
/// `seen` is a buffer that never grows beyond `least`.
fn is_burst(links: impl Iterator<Item = u32>, least: usize, seen: &mut Vec<u32>) -> bool {
    seen.clear();
    let mut unnamed = 0;
    for link in links {
        if link == NONE {
            unnamed += 1;
        } else if seen.len() < least && !seen.contains(&link) {
            seen.push(link);
        }
        if seen.len() == least {
            return true;
        }
    }
    seen.is_empty() && unnamed >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLE: u32 = 7;
    const GMAIL: u32 = 8;

    fn row(seconds: i64, kind: u8) -> MailRow {
        let us = seconds * SECOND_US;
        MailRow { us, kind, campaign: 1, link: NONE, client: NONE, flag: None }
    }

    fn open(seconds: i64, client: u32) -> MailRow {
        MailRow { client, ..row(seconds, OPENED) }
    }

    fn click(seconds: i64, link: u32) -> MailRow {
        MailRow { link, ..row(seconds, CLICKED) }
    }

    fn marked(rows: &[MailRow]) -> Vec<Option<By>> {
        let mut verdicts = vec![None; 3];
        let rules = MachineRules::new(&MachineSettings::default());
        mark(rows, &rules, &|client| client == APPLE, &mut verdicts);
        assert_eq!(verdicts.len(), rows.len());
        verdicts.iter().map(|v| v.filter(|v| v.is_machine).map(|v| v.by)).collect()
    }

    #[test]
    fn codes_are_those_of_the_lake() {
        let words = [CLICKED, DELIVERED, OPENED, SENT].map(|code| EVENT_KINDS[usize::from(code)]);
        assert_eq!(words, ["clicked", "delivered", "opened", "sent"]);
    }

    #[test]
    fn an_open_is_the_proxy_s_until_ten_minutes_after_the_latest_delivery() {
        let rows = [
            row(0, DELIVERED),
            open(599, APPLE),
            open(600, APPLE),
            row(5000, DELIVERED),
            open(5599, APPLE),
            open(5600, APPLE),
        ];
        let by = Some(By::Prefetch);
        assert_eq!(marked(&rows), [None, by, None, None, by, None]);
    }

    #[test]
    fn an_open_by_another_client_or_of_another_campaign_or_of_none_is_not_judged() {
        let other = MailRow { campaign: 2, ..open(5, APPLE) };
        let none = MailRow { campaign: NONE, ..open(5, APPLE) };
        let lost = MailRow { campaign: NONE, ..row(0, DELIVERED) };
        let rows = [row(0, DELIVERED), lost, open(5, GMAIL), open(5, NONE), other, none];
        assert_eq!(marked(&rows), [None; 6]);
    }

    #[test]
    fn a_send_stands_in_for_a_delivery() {
        assert_eq!(marked(&[row(0, SENT), click(9, NONE)])[1], Some(By::FastClick));
        let late = [row(0, SENT), row(30, DELIVERED), click(35, NONE), click(40, NONE)];
        assert_eq!(marked(&late), [None, None, Some(By::FastClick), None]);
    }

    #[test]
    fn a_click_in_the_second_of_the_delivery_is_fast_though_it_stands_before_it() {
        assert_eq!(marked(&[click(3, NONE), row(3, DELIVERED)])[0], Some(By::FastClick));
        assert_eq!(marked(&[click(2, NONE), row(3, DELIVERED)])[0], None);
    }

    #[test]
    fn three_links_in_ten_seconds_are_a_burst_and_a_person_s_double_click_is_not() {
        let by = Some(By::ClickBurst);
        let rows = [
            row(0, DELIVERED),
            click(60, 1),
            click(61, 1),
            click(64, 2),
            click(69, 3),
            click(70, 4),
            click(300, 1),
            click(301, 1),
            click(302, 1),
            click(303, 2),
        ];
        // From 60 to 69 three links; from 61 to 70 four; at 300 only two.
        assert_eq!(marked(&rows), [None, by, by, by, by, by, None, None, None, None]);
    }

    #[test]
    fn where_no_click_names_a_link_clicks_are_counted() {
        let by = Some(By::ClickBurst);
        let three = [click(60, NONE), click(60, NONE), click(69, NONE)];
        assert_eq!(marked(&three), [by; 3]);
        let wide = [click(60, NONE), click(60, NONE), click(70, NONE)];
        assert_eq!(marked(&wide), [None; 3]);
        // One link is named, so clicks without a link say nothing of how many links there were.
        let mixed = [click(60, 1), click(60, NONE), click(61, NONE)];
        assert_eq!(marked(&mixed), [None; 3]);
    }

    #[test]
    fn the_platform_is_believed_and_takes_no_part_in_bursts() {
        let mut rows = vec![row(0, DELIVERED), open(5, APPLE), click(1, 1)];
        rows.extend([click(60, 1), click(61, 2), click(62, 3)]);
        rows[1].flag = Some(false);
        rows[2].flag = Some(false);
        rows[3].flag = Some(true);
        let rules = MachineRules::new(&MachineSettings::default());
        let mut verdicts = Vec::new();
        mark(&rows, &rules, &|client| client == APPLE, &mut verdicts);
        let said = |is_machine| Some(Verdict { is_machine, by: By::Platform });
        assert_eq!(verdicts, [None, said(false), said(false), said(true), None, None]);
    }

    #[test]
    fn zero_switches_a_rule_off() {
        let off = MachineSettings {
            prefetch_seconds: 0,
            fastest_human_click_seconds: 0,
            burst_seconds: 0,
            ..MachineSettings::default()
        };
        let rows = [row(0, DELIVERED), open(0, APPLE), click(0, 1), click(0, 2), click(0, 3)];
        let mut verdicts = Vec::new();
        mark(&rows, &MachineRules::new(&off), &|_| true, &mut verdicts);
        assert_eq!(verdicts, [None; 5]);
    }

    #[test]
    fn a_verdict_depends_on_the_rows_within_reach_alone() {
        let mut rows = vec![row(0, DELIVERED)];
        for burst in 1..40 {
            let at = burst * 97;
            rows.extend([open(at, APPLE), click(at + 1, NONE), click(at + 4, NONE)]);
            rows.extend((burst % 3 == 0).then(|| row(at + 6, DELIVERED)));
            rows.extend((burst % 4 == 0).then(|| click(at + 8, NONE)));
        }
        let whole = marked(&rows);
        let cut = rows.len() / 2;
        let from = rows.iter().position(|r| r.us >= rows[cut].us - REACH_US).unwrap_or(0);
        let later = marked(&rows[from..]);
        assert_eq!(whole[cut..], later[cut - from..]);
        assert!(whole.contains(&Some(By::ClickBurst)) && whole.contains(&Some(By::Prefetch)));
    }

    #[test]
    fn clients_are_matched_in_lower_case_by_part_or_as_a_whole() {
        let rules = MachineRules::new(&MachineSettings::default());
        for client in ["Apple Mail Privacy Protection", "Apple Mail", "Mozilla/5.0"] {
            assert!(rules.is_prefetcher(client), "{client}");
        }
        for client in ["Gmail", "Mozilla/5.0 (Windows NT 10.0)", "GoogleImageProxy", ""] {
            assert!(!rules.is_prefetcher(client), "{client}");
        }
    }
}
