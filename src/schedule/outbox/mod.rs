//! From refreshes and digests on disk to delivered messages.
//!
//! - [`Outbox::deliver`]: queues what is new, and attempts what is due.
//! - [`queue`]: which messages there are to be; [`compose`]: what they say; [`dead_letter`]: those given up, as files.
//!
//! A message refers to what is on disk, which never changes, and has an id that follows from it: queueing twice queues
//! once, and every attempt sends the same bytes under the same id. A message is marked as sent after it was: killed in
//! between, it is sent again, and the receiver knows it by its id.

mod compose;
mod dead_letter;
mod dispatch;
mod queue;

pub use dispatch::{Delivered, Outbox};
