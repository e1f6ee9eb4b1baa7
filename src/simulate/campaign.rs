//! The emails that the shop sends.

use super::calendar::{Calendar, DAY_S};
use super::experiment::{EXPERIMENTS, Experiment};

/// Delays of the welcome flow after the signup: at once, after three days, after a week.
pub(super) const WELCOME_DELAYS_S: [i64; 3] = [600, 3 * DAY_S, 7 * DAY_S];

const WELCOME: [&str; 3] =
    ["Welcome, and thank you", "Three things our customers love", "How can we help?"];
const NEWSLETTERS: [&str; 6] = [
    "What is new this week", "Fresh finds, picked for you", "The weekly edit",
    "Five ideas for the weekend", "Behind the scenes, and new arrivals", "Reader favourites",
];
const PROMOTIONS: [&str; 4] =
    ["20% off, this weekend only", "Free delivery until Sunday", "The sale is on", "Two for one"];

/// One campaign; its index is its id less one.
pub(super) struct Campaign {
    pub id: String,
    pub name: String,
    pub subject: &'static str,
    pub kind: &'static str,
    /// When it starts to go out; a flow has no date of its own.
    pub sent_t: Option<i64>,
    pub experiment: Option<&'static Experiment>,
}

/// The welcome flow, then everything dated, in order of time.
pub(super) fn schedule(calendar: &Calendar) -> Vec<Campaign> {
    let mut dated: Vec<Campaign> = (0..calendar.days()).flat_map(|d| of_day(calendar, d)).collect();
    dated.extend(EXPERIMENTS.iter().map(|experiment| of_experiment(calendar, experiment)));
    dated.sort_by_key(|campaign| campaign.sent_t);
    let mut all: Vec<Campaign> = WELCOME.iter().enumerate().map(welcome).chain(dated).collect();
    for (index, campaign) in all.iter_mut().enumerate() {
        campaign.id = format!("m{:04}", index + 1);
    }
    all
}

fn welcome((step, subject): (usize, &&'static str)) -> Campaign {
    let name = format!("welcome {}", step + 1);
    Campaign { id: String::new(), name, subject, kind: "flow", sent_t: None, experiment: None }
}

/// A newsletter every Tuesday at 09:00 UTC, a promotion every sixth Friday at 16:00 UTC.
fn of_day(calendar: &Calendar, day: i64) -> Option<Campaign> {
    let date = calendar.date(day);
    let week = (day / 7) as usize;
    let (kind, subjects, number, hour): (_, &[&'static str], _, _) = match date.weekday() {
        jiff::civil::Weekday::Tuesday => ("newsletter", &NEWSLETTERS, week, 9),
        jiff::civil::Weekday::Friday if week % 6 == 2 => ("promotion", &PROMOTIONS, week / 6, 16),
        _ => return None,
    };
    Some(Campaign {
        id: String::new(),
        name: format!("{kind} {date}"),
        subject: subjects[number % subjects.len()],
        kind,
        sent_t: Some(day * DAY_S + hour * 3600),
        experiment: None,
    })
}

fn of_experiment(calendar: &Calendar, experiment: &'static Experiment) -> Campaign {
    let day = calendar.days() - i64::from(experiment.days_before_end);
    Campaign {
        id: String::new(),
        name: format!("experiment {}", experiment.id),
        subject: "Something for you",
        kind: "promotion",
        sent_t: Some(day * DAY_S + 10 * 3600),
        experiment: Some(experiment),
    }
}
