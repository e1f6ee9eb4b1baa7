//! The same arms asked again in other ways: adjusted for what recipients did before, capped, resampled, by
//! ranks, and as ratios of two columns. None of them decides; they say how far the answer depends on the way.
//!
//! - input: [`Rows`], columns by recipient: these methods need more than the sums of one column;
//! - what is asked: [`SecondLooks`]; the answers: [`SecondLook`].

mod answer;
mod rows;
mod take;
#[cfg(test)]
mod tests;

pub use answer::{SecondLook, Way};
pub use rows::Rows;
pub use take::SecondLooks;
