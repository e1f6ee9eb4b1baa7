//! A figure: its name, its words and the chart.

use serde::Serialize;

use super::scene::{Scene, Width};
use super::theme::{GAP, PANEL};
use super::{
    AliveHeatmap, CalibrationPlot, ChoiceByK, DetectableLift, DriftBars, ExpectedActual,
    ForestPlot, HourCurve, HourWheel, LiftByTenth, Maturing, MigrationMatrix, PValuePlot,
    ProfileHeatmap, RfmGrid, SampleRatio, SegmentMap, SegmentSizes, SizesOverTime, StabilityBars,
    SurvivalCurves, ValueSpread, paint,
};
use crate::error::Result;

/// A chart with its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// File name, without the extension.
    pub name: String,
    /// What is shown, drawn above the chart.
    pub title: String,
    /// How to read it, set below the chart.
    pub caption: String,
    pub chart: Chart,
}

/// The kinds of chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    SegmentSizes(SegmentSizes),
    ProfileHeatmap(ProfileHeatmap),
    HourWheel(HourWheel),
    ForestPlot(ForestPlot),
    RfmGrid(RfmGrid),
    SegmentMap(SegmentMap),
    ChoiceByK(ChoiceByK),
    StabilityBars(StabilityBars),
    DetectableLift(DetectableLift),
    CalibrationPlot(CalibrationPlot),
    LiftByTenth(LiftByTenth),
    ExpectedActual(ExpectedActual),
    AliveHeatmap(AliveHeatmap),
    ValueSpread(ValueSpread),
    HourCurve(HourCurve),
    SampleRatio(SampleRatio),
    PValuePlot(PValuePlot),
    Maturing(Maturing),
    SizesOverTime(SizesOverTime),
    MigrationMatrix(MigrationMatrix),
    DriftBars(DriftBars),
    SurvivalCurves(SurvivalCurves),
}

impl Figure {
    /// The figure as a standalone SVG whose letters are the embedded font's.
    pub fn svg(&self, width: Width) -> Result<String> {
        paint::svg(&self.scene(width))
    }

    /// The figure as a PNG file's bytes, two pixels to a CSS pixel.
    pub fn png(&self, width: Width) -> Result<Vec<u8>> {
        paint::png(&self.scene(width))
    }

    /// What a screen reader says in place of the picture.
    pub fn label(&self) -> String {
        match self.chart.nothing() {
            Some(reason) => format!("{}. {reason}", self.title),
            None => format!("{}. {}", self.title, self.caption),
        }
    }

    pub(super) fn scene(&self, width: Width) -> Scene {
        let mut scene = Scene::new(width);
        let title = scene.title();
        scene.paragraph(&self.title, title, 3);
        scene.y += GAP;
        match self.chart.nothing() {
            Some(reason) => draw_nothing(&mut scene, &reason),
            None => self.chart.draw(&mut scene),
        }
        scene
    }
}

impl Chart {
    /// Why there is nothing to draw, if there is nothing.
    fn nothing(&self) -> Option<String> {
        let reason = match self {
            Chart::SegmentSizes(chart) => chart.nothing(),
            Chart::ProfileHeatmap(chart) => chart.nothing(),
            Chart::HourWheel(chart) => chart.nothing(),
            Chart::ForestPlot(chart) => chart.nothing(),
            Chart::RfmGrid(chart) => chart.nothing(),
            Chart::SegmentMap(chart) => chart.nothing(),
            Chart::ChoiceByK(chart) => chart.nothing(),
            Chart::StabilityBars(chart) => chart.nothing(),
            Chart::DetectableLift(chart) => chart.nothing(),
            Chart::CalibrationPlot(chart) => chart.nothing(),
            Chart::LiftByTenth(chart) => chart.nothing(),
            Chart::ExpectedActual(chart) => chart.nothing(),
            Chart::AliveHeatmap(chart) => chart.nothing(),
            Chart::ValueSpread(chart) => chart.nothing(),
            Chart::HourCurve(chart) => chart.nothing(),
            Chart::SampleRatio(chart) => chart.nothing(),
            Chart::PValuePlot(chart) => chart.nothing(),
            Chart::Maturing(chart) => chart.nothing(),
            Chart::SizesOverTime(chart) => chart.nothing(),
            Chart::MigrationMatrix(chart) => chart.nothing(),
            Chart::DriftBars(chart) => chart.nothing(),
            Chart::SurvivalCurves(chart) => chart.nothing(),
        };
        reason.map(|reason| format!("Nothing to draw because {reason}."))
    }

    fn draw(&self, scene: &mut Scene) {
        match self {
            Chart::SegmentSizes(chart) => chart.draw(scene),
            Chart::ProfileHeatmap(chart) => chart.draw(scene),
            Chart::HourWheel(chart) => chart.draw(scene),
            Chart::ForestPlot(chart) => chart.draw(scene),
            Chart::RfmGrid(chart) => chart.draw(scene),
            Chart::SegmentMap(chart) => chart.draw(scene),
            Chart::ChoiceByK(chart) => chart.draw(scene),
            Chart::StabilityBars(chart) => chart.draw(scene),
            Chart::DetectableLift(chart) => chart.draw(scene),
            Chart::CalibrationPlot(chart) => chart.draw(scene),
            Chart::LiftByTenth(chart) => chart.draw(scene),
            Chart::ExpectedActual(chart) => chart.draw(scene),
            Chart::AliveHeatmap(chart) => chart.draw(scene),
            Chart::ValueSpread(chart) => chart.draw(scene),
            Chart::HourCurve(chart) => chart.draw(scene),
            Chart::SampleRatio(chart) => chart.draw(scene),
            Chart::PValuePlot(chart) => chart.draw(scene),
            Chart::Maturing(chart) => chart.draw(scene),
            Chart::SizesOverTime(chart) => chart.draw(scene),
            Chart::MigrationMatrix(chart) => chart.draw(scene),
            Chart::DriftBars(chart) => chart.draw(scene),
            Chart::SurvivalCurves(chart) => chart.draw(scene),
        }
    }
}

fn draw_nothing(scene: &mut Scene, reason: &str) {
    const HEIGHT: f64 = 120.0;
    let width = scene.right() - scene.left();
    let face = scene.body().muted().middle();
    let lines = face.wrap(reason, width - 4.0 * GAP, 4);
    scene.rect((scene.left(), scene.y), (width, HEIGHT), PANEL);
    scene.centred(scene.width() / 2.0, scene.y + HEIGHT / 2.0, &lines, face);
    scene.y += HEIGHT;
}
