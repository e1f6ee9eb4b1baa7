//! What was planted, written beside the data for tests to check against.

use std::path::{Path, PathBuf};

use super::block::Block;
use super::calendar::Calendar;
use super::experiment::{PlantedEffect, planted_effects};
use super::persona::Persona;
use super::shop::{Format, Shop};
use super::table::{EFFECTS, SEND_HOUR_TRUTH, Table};
use crate::error::{Error, Result};

/// One written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Relative to the shop's folder.
    pub path: PathBuf,
    /// Rows without the header.
    pub rows: u64,
}

/// What [`Shop::write`] wrote, and the truth behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The tables, sorted by path; `truth/params.json` comes on top.
    pub files: Vec<WrittenFile>,
    /// The number of contacts of each persona.
    pub personas: Vec<(Persona, u64)>,
    /// The planted effects, as in `truth/effects.csv`.
    pub effects: Vec<PlantedEffect>,
}

pub(super) fn written(files: Vec<WrittenFile>, drawn: [u64; 6]) -> Written {
    let personas = Persona::ALL.into_iter().zip(drawn).collect();
    Written { files, personas, effects: planted_effects() }
}

/// The truth tables that do not depend on the contacts.
pub(super) fn tables(calendar: &Calendar) -> [(&'static Table, Block<'_>); 2] {
    [(&EFFECTS, effects(calendar)), (&SEND_HOUR_TRUTH, send_hours(calendar))]
}

fn effects(calendar: &Calendar) -> Block<'_> {
    let mut block = Block::new(&EFFECTS, Format::Csv, calendar);
    for planted in planted_effects() {
        block.text(planted.experiment);
        block.text(planted.persona.name());
        block.text(planted.variant);
        block.text(planted.metric);
        block.text(format!("{:.6}", planted.probability).as_str());
        block.text(format!("{:.6}", planted.effect).as_str());
        block.end_row();
    }
    block
}

fn send_hours(calendar: &Calendar) -> Block<'_> {
    let mut block = Block::new(&SEND_HOUR_TRUTH, Format::Csv, calendar);
    for persona in Persona::ALL {
        block.text(persona.name());
        block.whole(u16::from(persona.best_hour()));
        block.end_row();
    }
    block
}

/// The settings that make the same shop again.
pub(super) fn write_params(shop: &Shop, folder: &Path) -> Result<()> {
    let path = folder.join("truth").join("params.json");
    let turns = match shop.turns() > 0.0 {
        true => format!(",\n  \"turns\": {}", shop.turns()),
        false => String::new(),
    };
    let text = format!(
        "{{\n  \"contacts\": {},\n  \"seed\": {},\n  \"end\": \"{}\",\n  \"days\": {}{turns}\n}}\n",
        shop.contacts(),
        shop.seed(),
        shop.end(),
        shop.days()
    );
    std::fs::write(&path, text).map_err(|cause| Error::io("write", &path, cause))
}
