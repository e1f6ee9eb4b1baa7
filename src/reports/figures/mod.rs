//! Figures: finished numbers drawn with plotters, as SVG and PNG, for a page and for a phone.
//!
//! Each kind of figure is a struct of numbers in a file of its own. It is laid out once as a
//! scene, with every text measured in the embedded font, and then painted as SVG or PNG. A
//! figure without data says why instead of failing.

mod alive_heatmap;
mod apart;
mod axis;
mod calibration_plot;
mod choice_by_k;
mod choice_panel;
mod detectable_lift;
mod dot_rows;
mod drift_bars;
mod expected_actual;
mod family_heatmap;
mod figure;
mod font;
mod forest_axis;
mod forest_legend;
mod forest_plot;
mod forest_row;
mod hour_curve;
mod hour_panel;
mod hour_wheel;
mod legend;
mod lift_by_tenth;
mod lines;
mod map_frame;
mod map_labels;
mod maturing;
mod maturing_panel;
mod maturing_time;
mod migration_matrix;
mod p_value_axis;
mod p_value_plot;
mod paint;
mod pair_bars;
mod png;
mod profile_heatmap;
mod ramp;
mod ratio_columns;
mod ratio_row;
mod rfm_grid;
mod rfm_words;
mod sample_ratio;
mod scene;
mod segment_key;
mod segment_map;
mod segment_sizes;
mod sign;
mod sizes_over_time;
mod stability_bars;
mod survival_curves;
mod theme;
mod tint;
mod value_spread;

pub use alive_heatmap::{AliveHeatmap, AliveTile};
pub use calibration_plot::{CalibrationDot, CalibrationPlot};
pub use choice_by_k::{CandidatePoint, ChoiceByK};
pub use detectable_lift::{DetectableLift, SegmentLift};
pub use drift_bars::{DriftBars, DriftRow};
pub use expected_actual::{ExpectedActual, ExpectedRow};
pub use figure::{Chart, Figure};
pub use font::{FAMILY, font_faces};
pub use forest_plot::{
    ForestGroup, ForestPlot, ForestRow, ForestUnit, ForestValue, ShrunkenEffect,
};
pub use hour_curve::{BestHour, HourCurve, HourRate};
pub use hour_panel::HourPanel;
pub use hour_wheel::{HourWheel, WheelPanel};
pub use lift_by_tenth::{LiftByTenth, LiftTenth};
pub use maturing::{DifferencePoint, Maturing, MaturingArm, MaturingDifference, TimeUnit};
pub use migration_matrix::MigrationMatrix;
pub use p_value_plot::{PValueDot, PValuePlot};
pub use profile_heatmap::ProfileHeatmap;
pub use rfm_grid::{RfmCell, RfmGrid, RfmPart};
pub use sample_ratio::{ArmShare, RatioGroup, RatioRow, SampleRatio};
pub use scene::Width;
pub use segment_map::{MapSegment, SegmentMap};
pub use segment_sizes::{SegmentSize, SegmentSizes};
pub use sizes_over_time::{SegmentLine, SizesOverTime};
pub use stability_bars::{SegmentStability, StabilityBars};
pub use survival_curves::{SurvivalCurves, SurvivalLine, SurvivalPoint};
pub use theme::BREAKPOINT;
pub use value_spread::{ValueRange, ValueSpread};

#[cfg(test)]
mod tests;
