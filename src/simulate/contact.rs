//! One person on the list: what is fixed about them.

use jiff::civil::Date;

use super::calendar::{Calendar, DAY_S, ZONES};
use super::dice::Dice;
use super::persona::Persona;

const SOURCES: [&str; 4] = ["checkout", "popup", "social", "referral"];
const SOURCE_WEIGHTS: [f64; 4] = [0.45, 0.30, 0.15, 0.10];
/// The last shopping days before Valentine's Day, Mother's Day, Black Friday and Christmas.
const HOLIDAYS: [(i8, i8); 4] = [(2, 12), (3, 20), (11, 28), (12, 20)];
const HOLIDAY_WEIGHTS: [f64; 4] = [0.15, 0.15, 0.25, 0.45];
/// A lapsing loyal fades over this many days.
const FADE_S: i64 = 120 * DAY_S;
/// Standard deviation of the personal mean hour around the persona's, in hours.
const HOUR_SPREAD: f64 = 0.6;
const MISSING_ZONE: f64 = 0.04;
const MISSING_BIRTH_YEAR: f64 = 0.35;

/// A contact's fixed facts and personal variation around the persona.
pub(super) struct Contact {
    pub persona: Persona,
    /// Signup, in seconds since the start of the history; nothing happens before it.
    pub created_t: i64,
    /// Index into [`ZONES`].
    pub zone: usize,
    pub zone_known: bool,
    pub consented: bool,
    pub source: &'static str,
    pub birth_year: Option<u16>,
    /// Factor on the email rates: mean 1, within 0.6 and 1.4, so that a persona's mean rate is
    /// exactly the planted one and no probability passes 1.
    pub appetite: f64,
    /// Factor on the visits: mean 1.
    pub vigour: f64,
    /// Personal mean local hour of activity.
    pub hour: f64,
    pub devices: [f64; 3],
    /// Device on which the emails are read.
    pub mail_device: &'static str,
    pub mail_client: &'static str,
    pub apple_privacy: bool,
    /// Behind a company's link scanner.
    pub scanned: bool,
    /// When a lapsing loyal stops visiting.
    pub stop_t: Option<i64>,
}

impl Contact {
    pub fn draw(calendar: &Calendar, dice: &mut Dice) -> Self {
        let persona = Persona::ALL[dice.pick(&Persona::ALL.map(Persona::weight))];
        let traits = persona.traits();
        let zone_known = !dice.chance(MISSING_ZONE);
        let zone = if zone_known { dice.pick(&ZONES.map(|zone| zone.weight)) } else { 0 };
        let hour = dice.normal(traits.hour, HOUR_SPREAD);
        let stop_t = stop(persona, calendar, dice);
        let created_t = signup(persona, stop_t, zone, hour, calendar, dice);
        let apple_privacy = dice.chance(0.35);
        let devices = traits.devices.map(|share| share * dice.factor(8.0));
        Contact {
            persona,
            created_t,
            zone,
            zone_known,
            consented: !dice.chance(traits.no_consent),
            source: SOURCES[dice.pick(&SOURCE_WEIGHTS)],
            birth_year: birth_year(dice),
            appetite: 0.6 + 0.4 * (dice.uniform() + dice.uniform()),
            vigour: dice.factor(8.0),
            hour,
            devices,
            mail_device: super::browsing::DEVICES[dice.pick(&devices)],
            mail_client: if apple_privacy { "Apple Mail" } else { mail_client(dice) },
            apple_privacy,
            scanned: dice.chance(0.06),
            stop_t,
        }
    }

    /// From now on the habits of another persona. The person stays, and so does where emails are read.
    pub fn turn_into(&mut self, persona: Persona, dice: &mut Dice) {
        let traits = persona.traits();
        self.persona = persona;
        self.hour = dice.normal(traits.hour, HOUR_SPREAD);
        self.devices = traits.devices.map(|share| share * dice.factor(8.0));
        self.stop_t = None;
    }

    /// How much of the old habit is left at a time: 1 until it fades, 0 from the stop on. Only
    /// lapsing loyals change.
    pub fn habit(&self, t: i64) -> f64 {
        self.stop_t.map_or(1.0, |stop| ((stop - t) as f64 / FADE_S as f64).clamp(0.0, 1.0))
    }

    /// Factors on the open and click rates at a time, on top of the appetite.
    pub fn warmth(&self, t: i64) -> (f64, f64) {
        match self.stop_t {
            Some(_) => (1.0 + 4.5 * self.habit(t), 1.0 + 22.0 * self.habit(t)),
            None => (1.0, 1.0),
        }
    }

    /// A second of the local day at which this contact is active: mostly around the own hour, now
    /// and then at any waking hour.
    pub fn active_second(&self, dice: &mut Dice) -> i64 {
        active_second(self.hour, self.persona.traits().hour_sd, dice)
    }
}

pub(super) fn active_second(hour: f64, hour_sd: f64, dice: &mut Dice) -> i64 {
    let hour = if dice.chance(0.08) { dice.between(7.0, 23.0) } else { dice.normal(hour, hour_sd) };
    ((hour * 3600.0) as i64).rem_euclid(DAY_S)
}

fn birth_year(dice: &mut Dice) -> Option<u16> {
    let year = dice.normal(1984.0, 12.0).clamp(1940.0, 2006.0) as u16;
    (!dice.chance(MISSING_BIRTH_YEAR)).then_some(year)
}

fn mail_client(dice: &mut Dice) -> &'static str {
    const CLIENTS: [&str; 4] = ["Gmail", "Outlook", "Yahoo", "Samsung Mail"];
    CLIENTS[dice.pick(&[0.55, 0.25, 0.12, 0.08])]
}

/// Stops 120 to 300 days before the end, in a short history at most its length less 150.
fn stop(persona: Persona, calendar: &Calendar, dice: &mut Dice) -> Option<i64> {
    let most = (calendar.days() - 150).min(300) as f64;
    let before_end = dice.between(120.0, most);
    (persona == Persona::LapsingLoyal)
        .then(|| calendar.end_s() - (before_end * DAY_S as f64) as i64)
}

fn signup(
    persona: Persona,
    stop_t: Option<i64>,
    zone: usize,
    hour: f64,
    calendar: &Calendar,
    dice: &mut Dice,
) -> i64 {
    let days = calendar.days();
    let day = match (persona, stop_t) {
        (Persona::GiftBuyer, _) => holiday(calendar, dice),
        (Persona::NewArrival, _) => dice.whole(days - 75, days - 10),
        // Time enough before the stop to have been a regular.
        (_, Some(stop)) => (stop / DAY_S - dice.whole(140, 240)).max(0),
        // A growing list: most signed up in the last year.
        _ => days - 100 - ((days - 100) as f64 * dice.uniform().powi(3)) as i64,
    };
    let second = active_second(hour, persona.traits().hour_sd, dice);
    calendar.utc(zone, day, second).clamp(0, calendar.end_s() - 5 * DAY_S)
}

/// A day in the two weeks before a holiday of the history.
fn holiday(calendar: &Calendar, dice: &mut Dice) -> i64 {
    let (month, day) = HOLIDAYS[dice.pick(&HOLIDAY_WEIGHTS)];
    let before = dice.whole(0, 14);
    let (first, last) = (calendar.date(0).year(), calendar.date(calendar.days()).year());
    let within = |year: i16| {
        let day = calendar.day_of(Date::new(year, month, day).ok()?) - before;
        (0..calendar.days() - 60).contains(&day).then_some(day)
    };
    let days: Vec<i64> = (first..=last).filter_map(within).collect();
    match days.len() {
        0 => dice.whole(0, calendar.days() - 60),
        n => days[dice.whole(0, n as i64) as usize],
    }
}
