//! Experiment readouts as sections of a report.
//!
//! - [`section`], [`not_yet`]: one experiment;
//! - [`arms_table`], [`comparisons_table`], [`segments_table`], [`all_comparisons_table`]: its numbers;
//! - [`decisions_table`]: what to do; [`second_looks_table`]: the same in other ways.

mod checks;
mod decisions;
mod forest;
mod hours;
mod method;
mod ripening;
mod second_looks;
mod section;
mod segments;
mod tables;

pub use decisions::decisions_table;
pub use second_looks::second_looks_table;
pub use section::{ReadoutContext, advice, not_yet, section};
pub use tables::{all_comparisons_table, arms_table, comparisons_table, segments_table};
