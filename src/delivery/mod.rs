//! Leaving the machine: a finished report, or a batch of changes, to one destination, once.
//!
//! A channel makes one attempt and says whether another makes sense. Messages carry an id that
//! stays the same in every attempt, so that receivers can drop repeats. When to try again is for
//! the caller, with [`Backoff`]; so are clock and environment.

mod backoff;
mod bundle;
mod channel;
mod destination;
mod failure;
mod folder;
mod letter;
mod mail;
mod message;
mod post;
mod signature;
mod slack;
mod smtp;
mod store;
mod store_options;
mod teams;
mod trouble;
mod webhook;

#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use channel::Channel;
pub use failure::Failure;
pub use message::{Changes, Figure, Message, Report};
pub use signature::{sign, verify};
