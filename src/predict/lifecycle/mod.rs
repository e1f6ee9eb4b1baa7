//! Lifecycle stages: where every contact stands between signing up and lapsing, and since when.
//!
//! From behaviour, the stage is decided by what is known just before a moment:
//!
//! | what is known | stage |
//! |---|---|
//! | signed up, no order that counts, fewer than `lead_after` lead events | subscriber |
//! | no order that counts, `lead_after` lead events or more | lead |
//! | the last order is more than `lapsed_days` ago | lapsed |
//! | the last order is more than `at_risk_days` ago | at risk |
//! | the last order came more than `lapsed_days` after the one before it | won back |
//! | `loyal_orders` orders; or two, and `loyal_spend` spent | loyal |
//! | two orders or more | repeat buyer |
//! | one order | first-time buyer |
//!
//! The first row that holds decides. Followed through time, these are the transitions:
//!
//! | from | what happens | to |
//! |---|---|---|
//! | nothing | signs up | subscriber |
//! | subscriber | the `lead_after`-th lead event | lead |
//! | subscriber, lead | an order | first-time buyer |
//! | first-time buyer, repeat buyer | an order | repeat buyer, or loyal by number or money |
//! | loyal | an order | loyal: still since when it became so |
//! | first-time buyer, repeat buyer, loyal, won back | `at_risk_days` pass | at risk |
//! | at risk | an order | repeat buyer, or loyal by number or money |
//! | at risk | `lapsed_days` pass since the last order | lapsed |
//! | lapsed | an order | won back |
//! | won back | an order within `lapsed_days` | repeat buyer, or loyal by number or money |
//! | any | an order is refunded in full | what the other orders give, since the refund |
//!
//! An order is a completed one above zero. Once its refunds come to its amount it no longer counts; before
//! that moment nothing knows of it. Days are of 24 hours. A stage is entered when what decides on it becomes
//! known, so that following the timeline and looking at one moment give the same stage and the same date.
//!
//! Without settings a customer is at risk after the 90th percentile of the shop's own gaps between orders,
//! counted in calendar days, and lapsed after twice that: see [`Thresholds`]. They are those of the as-of.
//!
//! From a CRM, the stage is its own word: see [`crm`].

pub mod crm;
mod frame;
mod path;
mod purchases;
mod rows;
mod stage;
mod stages;
mod summary;
mod thresholds;

pub use path::{Rules, Step, path};
pub use purchases::{Happening, Moment};
pub use stage::Stage;
pub use stages::{Entered, Lifecycle, LifecycleInput, Staged, stages};
pub use summary::{StageSummary, summary};
pub use thresholds::{Origin, Thresholds};
