//! Contacts put into the arms of an experiment, before it is sent.
//!
//! - [`question`]: what is asked, and what came out.
//! - [`audience`]: who may be mailed at all, and the stratum of each.
//! - [`id_list`]: contacts that are kept out.
//! - [`baseline`]: the decision metric before the send.
//! - [`file`](mod@file): the assignment file; [`run`]: all of it.

mod audience;
mod baseline;
mod file;
mod id_list;
mod question;
mod run;

pub use question::{AssignQuestion, Assigned, Audience};
