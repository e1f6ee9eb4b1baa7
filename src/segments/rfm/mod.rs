//! RFM: recency, frequency and monetary scores, and names for their combinations.
//!
//! A purchase is a completed order above zero. Orders of zero count for nothing; a refund lowers the
//! money spent and changes neither recency nor frequency, so that a contact who sent everything back is
//! still one who ordered, with the money at zero. Contacts without a purchase have no scores: they are
//! [`NO_ORDER`], and nobody's score depends on them.
//!
//! - [`purchases`]: what is scored, and the scores.
//! - [`rule`]: how values become cut points: mid-ranks, quantiles, groups of equal size, fixed points.
//! - [`scale`]: cut points, and the score of a value.
//! - [`cycle`]: bands of recency from the time between orders.
//! - [`naming`]: what combinations of scores are called.
//! - [`params`]: what is asked for, checked once.
//! - [`model`]: the fitted cut points and names, which score contacts that were not there.
//! - [`summary`]: contacts counted by name and by score.
//! - [`scoring`]: all of it in one step.

pub mod cycle;
pub mod model;
pub mod naming;
pub mod params;
pub mod purchases;
pub mod rule;
pub mod scale;
pub mod scoring;
pub mod summary;

pub use cycle::Cycle;
pub use model::RfmModel;
pub use naming::Naming;
pub use params::{RfmParams, RfmValidParams};
pub use purchases::{NO_ORDER, Purchases, Scored, Scores};
pub use rule::Rule;
pub use scale::{Better, Cut, Scale};
pub use scoring::score;
pub use summary::{RfmCode, RfmSegment, RfmSummary, summary};
