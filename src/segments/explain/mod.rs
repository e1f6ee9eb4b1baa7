//! What each segment is: the features that set it apart, a rule that finds its members, its neighbours.
//!
//! - [`input`]: what is explained, and the checks.
//! - [`contrast`]: differences from everybody, and their parts in the separation.
//! - `partition`: who teaches a rule and who is held out, by the hash of the id.
//! - `column`: a feature's values as ranks, and how far it alone tells members from others.
//! - `sample`: the contacts that a rule is learnt from.
//! - `tree`: a shallow decision tree, grown split by split with linfa-trees.
//! - `condition`: a range of a feature, and drafts of rules made of ranges.
//! - `simplify`: the best branches, without tests that do no work.
//! - `rounding`: thresholds with the fewest digits.
//! - [`matching`]: who a rule selects.
//! - [`fidelity`]: how well a rule finds a segment, and when it is not shown.
//! - [`explanation`]: all of it together.

mod column;
mod condition;
pub mod contrast;
pub mod explanation;
pub mod fidelity;
pub mod input;
pub mod matching;
mod partition;
mod rounding;
mod sample;
mod simplify;
#[cfg(test)]
mod tests;
mod tree;

pub use contrast::Contrast;
pub use explanation::{Explanation, RuleOutcome, explain};
pub use fidelity::{Found, FoundRule, NoRule};
pub use input::ExplainInput;
pub use matching::matching;
