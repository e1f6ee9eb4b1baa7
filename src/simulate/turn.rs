//! Contacts who change: from one persona to another, at a moment of the last weeks.

use super::calendar::{Calendar, DAY_S};
use super::contact::{Contact, active_second};
use super::dice::Dice;
use super::life::Life;
use super::persona::Persona;

/// The full weeks before the end in which contacts turn.
const WEEKS: i64 = 12;
const WEEK_S: i64 = 7 * DAY_S;
/// Whether and when a contact turns, and what it does from then on, are streams of their own: the
/// contact's number is below, so that nobody else's numbers change.
const WHETHER: u64 = 1 << 32;
const AFTERWARDS: u64 = 2 << 32;
/// A turn is at least an hour before midnight UTC, so that its visit ends, and its order is made, on its
/// day.
const LATEST_S: i64 = DAY_S - 3600;

/// A contact's change of persona.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turn {
    /// Midnight UTC of the Monday of its week.
    pub week_t: i64,
    pub t: i64,
    pub from: Persona,
    pub to: Persona,
}

impl Turn {
    /// The turn of a contact whose life without one is given: in each week that it is eligible for, the
    /// contact turns with the shop's probability, once at most.
    pub fn draw(life: &Life<'_>) -> Option<Self> {
        let shop = life.shop;
        let contact = &life.contact;
        let to = contact.persona.may_become()?;
        let mut dice = Dice::new(shop.seed(), WHETHER | u64::from(life.number));
        let weeks = first_week(&shop.calendar)..shop.calendar.days() - 6;
        for monday in weeks.step_by(7).take(WEEKS as usize) {
            let week_t = monday * DAY_S;
            let turns = dice.chance(shop.turns());
            let t = week_t + moment(contact, to, &shop.calendar, &mut dice);
            if turns && contact.created_t < week_t && !has_returned(life, t) {
                return Some(Turn { week_t, t, from: contact.persona, to });
            }
        }
        None
    }
}

impl Persona {
    /// What a contact of this persona may turn into.
    fn may_become(self) -> Option<Persona> {
        match self {
            // Comes back.
            Persona::LapsingLoyal => Some(Persona::MorningLoyalist),
            // Begins to buy.
            Persona::WindowShopper => Some(Persona::BargainHunter),
            _ => None,
        }
    }
}

/// The day on which the first of the weeks begins: they are counted back from the last Monday that is not
/// after the end.
fn first_week(calendar: &Calendar) -> i64 {
    let end = calendar.days();
    let last_monday = end - i64::from(calendar.date(end).weekday().to_monday_zero_offset());
    last_monday - 7 * WEEKS
}

/// A moment of a week, in seconds: any day, at an hour of the persona that the contact becomes.
fn moment(contact: &Contact, to: Persona, calendar: &Calendar, dice: &mut Dice) -> i64 {
    let day = dice.whole(0, WEEK_S / DAY_S);
    let local = active_second(to.traits().hour, to.traits().hour_sd, dice);
    let second = calendar.utc(contact.zone, calendar.days(), local).rem_euclid(DAY_S);
    day * DAY_S + second.min(LATEST_S)
}

/// Whether one who had stopped ordered before the turn, by an email: nobody to come back.
fn has_returned(life: &Life<'_>, turn_t: i64) -> bool {
    let stopped = |stop_t: i64| life.orders.iter().any(|o| (stop_t..turn_t).contains(&o.t));
    life.contact.stop_t.is_some_and(stopped)
}

impl Life<'_> {
    /// From here on the contact is another: an order in a visit at once, then visits as the new persona
    /// makes them.
    pub(super) fn turn_over(&mut self, turn: Turn) {
        self.dice = Dice::new(self.shop.seed(), AFTERWARDS | u64::from(self.number));
        self.contact.turn_into(turn.to, &mut self.dice);
        self.visits_t = turn.t..i64::MAX;
        self.browse(1.0);
    }
}
