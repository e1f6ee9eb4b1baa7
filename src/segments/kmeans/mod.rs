//! k-means: Lloyd's steps on single precision rows, with the labels and sums of double precision.
//!
//! Same rows, same starting centroids and same seed give the same bits, whatever the number of
//! threads and the machine's instructions; with given starting centroids also in whatever order rows
//! come. Where starting centroids are drawn, rows must come in a fixed order (by contact id).
//!
//! - [`params`]: what to fit, checked once; linfa's traits.
//! - [`clustering`]: the fitted model; labels of new rows.
//! - [`tiles`]: rows as the kernel reads them.
//! - [`kernel`]: the two nearest centroids of each row, in vector instructions.
//! - [`sums`]: sums that do not depend on the order of rows.
//! - [`lloyd`]: assign, update, and bounds that leave rows out.
//! - [`empty`]: new places for clusters without rows.
//! - [`seeding`]: starting centroids (k-means++).
//! - [`starts`]: several starts, of which the best is kept.
//! - [`batch`]: mini-batches, for more rows than are worth a full pass.

mod batch;
mod clustering;
mod empty;
mod kernel;
mod lloyd;
mod params;
mod seeding;
mod starts;
mod sums;
mod tiles;

pub use batch::MiniBatch;
pub use clustering::{Clustering, distinct_rows, nearest};
pub use params::{KMeansParams, KMeansSettings, KMeansValidParams, Method};
