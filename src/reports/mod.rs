//! Reports for people: plain-data documents and their writers.
//!
//! A [`Document`] is finished numbers and words in reading order. [`write()`] turns it into a folder
//! with one self-contained page, its pictures and its tables; [`html`], [`markdown`], [`json`] and
//! [`csv`] make one format each, [`mail`] what is sent. [`digest`] is what changed. [`proposal`], [`outlook`], [`readout`], [`hygiene`] and [`data`] put
//! results into sections. Nothing here computes a statistic or reads the clock: the same document gives
//! the same bytes.

mod cell;
pub mod csv;
pub mod data;
pub mod dictionary;
pub mod digest;
mod document;
mod figures;
mod folder;
pub mod html;
pub mod hygiene;
pub mod json;
pub mod mail;
pub mod markdown;
mod names;
pub mod number;
pub mod outlook;
pub mod portfolio;
pub mod proposal;
pub mod readout;
pub mod rfm;
mod style;

pub use cell::Cell;
pub use document::{
    Align, Block, Card, Column, Document, Link, Notice, Section, Severity, Stamp, Table,
};
pub use figures::{
    AliveHeatmap, AliveTile, ArmShare, BestHour, CalibrationDot, CalibrationPlot, CandidatePoint,
    Chart, ChoiceByK, DetectableLift, DifferencePoint, DriftBars, DriftRow, ExpectedActual,
    ExpectedRow, Figure, ForestGroup, ForestPlot, ForestRow, ForestUnit, ForestValue, HourCurve,
    HourPanel, HourRate, HourWheel, LiftByTenth, LiftTenth, MapSegment, Maturing, MaturingArm,
    MaturingDifference, MigrationMatrix, PValueDot, PValuePlot, ProfileHeatmap, RatioGroup,
    RatioRow, RfmCell, RfmGrid, RfmPart, SampleRatio, SegmentLift, SegmentLine, SegmentMap,
    SegmentSize, SegmentSizes, SegmentStability, ShrunkenEffect, SizesOverTime, StabilityBars,
    SurvivalCurves, SurvivalLine, SurvivalPoint, TimeUnit, ValueRange, ValueSpread, WheelPanel,
    Width,
};
pub use folder::{Written, write};

#[cfg(test)]
mod tests;
