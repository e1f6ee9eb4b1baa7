//! One contact from signup to the end of the history.

use std::ops::Range;

use super::contact::Contact;
use super::dice::Dice;
use super::event::{Assignment, Event, Kind, Order};
use super::persona::Persona;
use super::shop::Shop;
use super::turn::Turn;

/// A contact and all that it did, in order of time.
pub(super) struct Life<'a> {
    pub(super) shop: &'a Shop,
    pub(super) dice: Dice,
    /// From 1; the id's number. Personas are drawn contact by contact, so it tells nothing.
    pub number: u32,
    pub contact: Contact,
    pub events: Vec<Event>,
    pub orders: Vec<Order>,
    pub assignments: Vec<Assignment>,
    /// From when on no email is sent: an unsubscribe, a complaint or a hard bounce.
    pub(super) suppressed_t: Option<i64>,
    /// Whether the platform shows the contact as subscribed at the end.
    pub subscribed: bool,
    pub turn: Option<Turn>,
    /// From the signup to the turn, or from the turn on: when visits that no email caused are kept.
    pub(super) visits_t: Range<i64>,
}

impl<'a> Life<'a> {
    /// Lives the life of the contact with this number.
    pub fn simulate(shop: &'a Shop, number: u32) -> Self {
        let life = Life::live(shop, number, None);
        match shop.turns() > 0.0 {
            true => Turn::draw(&life).map_or(life, |turn| Life::live(shop, number, Some(turn))),
            false => life,
        }
    }

    /// The same contact with and without a turn: until then the same life.
    pub(super) fn live(shop: &'a Shop, number: u32, turn: Option<Turn>) -> Self {
        let mut dice = Dice::new(shop.seed(), u64::from(number));
        let contact = Contact::draw(&shop.calendar, &mut dice);
        let subscribed = contact.consented;
        let visits_t = contact.created_t..turn.map_or(i64::MAX, |turn| turn.t);
        let mut life = Life {
            shop,
            dice,
            number,
            contact,
            events: Vec::with_capacity(128),
            orders: Vec::new(),
            assignments: Vec::new(),
            suppressed_t: None,
            subscribed,
            turn,
            visits_t,
        };
        life.browse(life.contact.persona.traits().buy_at_signup);
        life.receive();
        life.close();
        life
    }

    /// The persona as drawn, before any turn.
    pub fn first_persona(&self) -> Persona {
        self.turn.map_or(self.contact.persona, |turn| turn.from)
    }

    /// The persona that answers an email of a time.
    pub(super) fn persona_at(&self, t: i64) -> Persona {
        match self.turn {
            Some(turn) if t >= turn.t => turn.to,
            _ => self.first_persona(),
        }
    }

    /// Leaves out what the export could not have seen yet, and puts the rest in order.
    fn close(&mut self) {
        let end = self.shop.calendar.end_s();
        self.events.retain(|event| event.t < end);
        self.events.sort_by_key(|event| event.t);
        self.orders.retain(|order| order.t < end);
        self.orders.sort_by_key(|order| order.t);
        for order in &mut self.orders {
            order.refunded_t = order.refunded_t.filter(|t| *t < end);
        }
    }

    /// Adds an event that carries nothing but its email.
    pub(super) fn note(&mut self, t: i64, kind: Kind, origin: Option<super::event::Origin>) {
        self.events.push(Event::new(t, kind, origin));
    }
}
