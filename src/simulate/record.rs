//! A life as rows of the exported tables.

use super::block::{Block, Rows, push_number};
use super::calendar::{Calendar, DAY_S, ZONES};
use super::catalogue::CATEGORIES;
use super::event::{Cause, Event, Order};
use super::life::Life;
use super::persona::Persona;
use super::shop::{Format, Shop};
use super::table::{
    ASSIGNMENTS, CONTACTS, EVENTS, MACHINE, ORDER_ITEMS, ORDERS, PERSONAS, TURNS, Table,
};
use super::turn::Turn;

/// The tables with rows for every contact, in the order of [`Record::finish`]. The last has a file only
/// in a shop with turns.
const STREAMED: [&Table; 8] =
    [&CONTACTS, &EVENTS, &ORDERS, &ORDER_ITEMS, &ASSIGNMENTS, &PERSONAS, &MACHINE, &TURNS];

/// The streamed tables that a shop has.
pub(super) fn streamed(shop: &Shop) -> &'static [&'static Table] {
    static ALL: [&Table; STREAMED.len()] = STREAMED;
    if shop.turns() > 0.0 { &ALL } else { &ALL[..STREAMED.len() - 1] }
}

/// The rows of some contacts.
pub(super) struct Record<'a> {
    shop: &'a Shop,
    contacts: Block<'a>,
    events: Block<'a>,
    orders: Block<'a>,
    items: Block<'a>,
    assignments: Block<'a>,
    personas: Block<'a>,
    machine: Block<'a>,
    turns: Block<'a>,
    /// Contacts of each persona, in the order of [`Persona::ALL`].
    drawn: [u64; 6],
}

/// Finished rows of the tables in [`STREAMED`], and the contacts of each persona.
pub(super) struct Recorded {
    pub tables: [(Rows, u64); STREAMED.len()],
    pub drawn: [u64; 6],
}

impl<'a> Record<'a> {
    pub fn new(shop: &'a Shop, format: Format) -> Self {
        let calendar: &'a Calendar = &shop.calendar;
        let block = |table: &Table| Block::new(table, format, calendar);
        let truth = |table: &Table| Block::new(table, Format::Csv, calendar);
        Record {
            shop,
            contacts: block(&CONTACTS),
            events: block(&EVENTS),
            orders: block(&ORDERS),
            items: block(&ORDER_ITEMS),
            assignments: block(&ASSIGNMENTS),
            personas: truth(&PERSONAS),
            machine: truth(&MACHINE),
            turns: truth(&TURNS),
            drawn: [0; 6],
        }
    }

    pub fn add(&mut self, life: &Life<'_>) {
        let contact_id = Label::new("c", u64::from(life.number), 7);
        self.add_contact(life, contact_id.as_str());
        for (place, event) in life.events.iter().enumerate() {
            let event_id = numbered("e", life.number, place);
            self.add_event(event, event_id.as_str(), contact_id.as_str());
        }
        for (place, order) in life.orders.iter().enumerate() {
            let order_id = numbered("o", life.number, place);
            self.add_order(order, order_id.as_str(), contact_id.as_str());
        }
        for assignment in &life.assignments {
            let row = &mut self.assignments;
            row.text(assignment.experiment);
            row.text(contact_id.as_str());
            row.text(assignment.variant);
            row.time(assignment.assigned_t);
            row.time(assignment.sent_t);
            row.end_row();
        }
    }

    fn add_contact(&mut self, life: &Life<'_>, contact_id: &str) {
        let contact = &life.contact;
        let zone = &ZONES[contact.zone];
        let row = &mut self.contacts;
        row.text(contact_id);
        row.time(contact.created_t);
        row.text(contact.zone_known.then_some(zone.name));
        row.text(zone.country);
        row.text(if life.subscribed { "subscribed" } else { "unsubscribed" });
        row.text(contact.source);
        row.whole(contact.birth_year);
        row.end_row();
        self.personas.text(contact_id);
        self.personas.text(life.first_persona().name());
        self.personas.end_row();
        if let Some(place) = Persona::ALL.iter().position(|one| *one == life.first_persona()) {
            self.drawn[place] += 1;
        }
        if let Some(turn) = &life.turn {
            self.add_turn(turn, contact_id);
        }
    }

    fn add_turn(&mut self, turn: &Turn, contact_id: &str) {
        let monday = self.shop.calendar.date(turn.week_t / DAY_S).to_string();
        let row = &mut self.turns;
        row.text(contact_id);
        row.text(monday.as_str());
        row.time(turn.t);
        row.text(turn.from.name());
        row.text(turn.to.name());
        row.end_row();
    }

    fn add_event(&mut self, event: &Event, event_id: &str, contact_id: &str) {
        let product = event.product.map(|index| self.shop.catalogue.product(index));
        let campaign = event
            .origin
            .map(|origin| self.shop.campaigns[usize::from(origin.campaign)].id.as_str());
        let said = event.cause.filter(|_| self.shop.has_flags());
        let machine = said.map(|cause| cause != Cause::Person);
        let row = &mut self.events;
        row.text(event_id);
        row.text(contact_id);
        row.time(event.t);
        row.text(event.kind.name());
        row.text(campaign);
        row.text(event.origin.and_then(|origin| origin.variant));
        row.text(event.device);
        row.text(event.client);
        row.text(product.map(|product| product.id.as_str()));
        row.text(product.map(|product| CATEGORIES[product.category]));
        row.text(event.page);
        row.whole(event.seconds);
        row.flag(machine);
        row.end_row();
        if let Some(cause @ (Cause::ApplePrivacy | Cause::Scanner)) = event.cause {
            self.machine.text(event_id);
            self.machine.text(contact_id);
            self.machine.text(cause.name());
            self.machine.end_row();
        }
    }

    fn add_order(&mut self, order: &Order, order_id: &str, contact_id: &str) {
        let paid = (order.t, order.amount(), order.discount, "completed");
        let refund = order.refunded_t.map(|t| (t, -order.amount(), 0, "refunded"));
        for (t, amount, discount, status) in std::iter::once(paid).chain(refund) {
            let row = &mut self.orders;
            row.text(order_id);
            row.text(contact_id);
            row.time(t);
            row.money(amount);
            row.text("GBP");
            row.money(discount);
            row.text(status);
            row.end_row();
        }
        for item in &order.items {
            let product = self.shop.catalogue.product(item.product);
            let row = &mut self.items;
            row.text(order_id);
            row.text(contact_id);
            row.time(order.t);
            row.text(product.id.as_str());
            row.text(CATEGORIES[product.category]);
            row.whole(item.quantity);
            row.money(item.amount);
            row.end_row();
        }
    }

    pub fn finish(self) -> Recorded {
        let blocks = [
            self.contacts, self.events, self.orders, self.items, self.assignments, self.personas,
            self.machine, self.turns,
        ];
        Recorded { tables: blocks.map(Block::finish), drawn: self.drawn }
    }
}

/// An id: a letter and a number with leading zeros.
struct Label {
    bytes: Vec<u8>,
}

impl Label {
    fn new(prefix: &str, number: u64, digits: usize) -> Self {
        let mut bytes = Vec::with_capacity(24);
        bytes.extend_from_slice(prefix.as_bytes());
        push_number(number, digits, &mut bytes);
        Label { bytes }
    }

    fn as_str(&self) -> &str {
        // Digits and a letter: always valid.
        std::str::from_utf8(&self.bytes).unwrap_or("")
    }
}

/// The id of a contact's event or order: unique without a counter across contacts.
fn numbered(prefix: &str, number: u32, place: usize) -> Label {
    let mut label = Label::new(prefix, u64::from(number), 7);
    label.bytes.push(b'-');
    push_number(place as u64 + 1, 3, &mut label.bytes);
    label
}
