//! The digest of a workspace: what changed since the last one.
//!
//! - [`step`]: one digest, from a refresh to its folder, and the index over all.
//! - [`gather`]: everything that a digest says, as numbers.
//! - [`Digests`]: all digests so far, and which of them go.

mod gather;
mod past;
mod step;

pub use past::{ALONE_FILE, Digested, Digests, MAIL_FILE, MailFile, PictureFile};
