//! A simulated online shop with a known truth.
//!
//! [`ShopParams`] are checked into a [`Shop`], which writes a year and a half of contacts,
//! emails, visits, orders and experiments in the form of an email platform's exports. Every
//! contact is drawn as one of six [`Persona`]s; the experiments in [`EXPERIMENTS`] carry planted
//! effects. What was planted is written to the folder `truth/` beside the exports, so that
//! segmentation, experiment readouts and the marking of machines can be held against it.
//!
//! | file | rows |
//! |---|---|
//! | `contacts` | one a contact |
//! | `campaigns` | newsletters, promotions, the welcome flow, one campaign an experiment |
//! | `events` | emails and web visits, by contact and then by time |
//! | `orders` | completed orders; a refund is a later row, same id, negative amount |
//! | `order_items` | lines of completed orders, adding up to what was paid |
//! | `assignments` | who was in which arm, as logged |
//! | `truth/personas` | the persona of each contact |
//! | `truth/effects` | [`planted_effects`] |
//! | `truth/send_hours` | [`Persona::best_hour`] |
//! | `truth/machine` | the opens and clicks of machines, by event id |
//! | `truth/faults` | only with faults: what each check of the data should count |
//! | `truth/turns` | only with turns: who changed from which persona to which, when, in which week |
//! | `truth/params.json` | contacts, seed, end, days; with turns, their share |
//!
//! With [`ShopParams::turns`], a share of the contacts of two personas changes in each of the last twelve
//! weeks, Monday to Sunday in UTC, counted back from the last Monday that is not after the end.
//! `truth/personas` has the persona that a contact was drawn as; from `turned_at` on its visits, orders
//! and answers to emails, also those of experiments, are those of the persona in `truth/turns`. Its arm
//! in each experiment, and everything before the turn, is as it would have been without one.

mod block;
mod browsing;
mod calendar;
mod campaign;
mod catalogue;
mod contact;
mod dice;
mod event;
mod experiment;
mod faults;
mod life;
mod mailing;
mod ordering;
mod persona;
mod record;
mod shop;
mod staging;
mod table;
mod truth;
mod turn;
mod writer;

#[cfg(test)]
mod tests;

pub use experiment::{
    AA_TEST, BROKEN_SPLIT, EXPERIMENTS, Experiment, LOST_SHARE, PlantedEffect, Response,
    SEND_HOURS, SEND_TIME, SUBJECT_LINE, URGENT, planted_effects,
};
pub use persona::Persona;
pub use shop::{Format, Shop, ShopParams};
pub use truth::{Written, WrittenFile};
