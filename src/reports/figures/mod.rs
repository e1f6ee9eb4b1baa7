//! Figures: finished numbers drawn with plotters, as SVG and PNG, for a page and for a phone.
//!
//! Each kind of figure is a struct of numbers in a file of its own. It is laid out once as a
//! scene, with every text measured in the embedded font, and then painted as SVG or PNG. A
//! figure without data says why instead of failing.

mod axis;
mod figure;
mod font;
mod forest_axis;
mod forest_plot;
mod forest_row;
mod hour_bars;
mod lines;
mod paint;
mod png;
mod profile_heatmap;
mod rfm_grid;
mod rfm_words;
mod scene;
mod segment_sizes;
mod silhouette_by_k;
mod theme;
mod tint;

pub use figure::{Chart, Figure};
pub use font::{FAMILY, font_faces};
pub use forest_plot::{ForestGroup, ForestPlot, ForestRow, ForestUnit, ForestValue};
pub use hour_bars::{HourBars, HourPanel};
pub use profile_heatmap::ProfileHeatmap;
pub use rfm_grid::{RfmCell, RfmGrid, RfmPart};
pub use scene::Width;
pub use segment_sizes::{SegmentSize, SegmentSizes};
pub use silhouette_by_k::SilhouetteByK;
pub use theme::BREAKPOINT;

#[cfg(test)]
mod tests;
