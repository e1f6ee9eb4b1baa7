//! `demo`: an invented shop from exports to report.

use std::path::Path;

use crate::error::{Error, Result};
use crate::simulate::{Format, Shop, ShopParams};
use crate::workspace::{SETTINGS_FILE, atomic};

use super::args::{DemoArgs, Global};
use super::printer::Printer;
use super::{Verdict, run, simulate};

/// A year of history: every window that a default feature looks back over is filled.
const DAYS: u16 = 365;

const SETTINGS: &str = include_str!("demo.toml");
const EXPORTS: &str = "exports";

pub fn run(args: &DemoArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let seed = global.seed.unwrap_or(simulate::DEFAULT_SEED);
    let shop = ShopParams::new(args.contacts, seed).days(DAYS).check()?;
    let settings = SETTINGS.replace("SEED", &seed.to_string());
    if is_this_demo(&args.dir, &shop, &settings) {
        printer.say("the shop is there already");
    } else {
        refuse_foreign(&args.dir)?;
        simulate::write(&shop, &args.dir.join(EXPORTS), Format::Csv, printer)?;
        atomic::write_file(&args.dir.join(SETTINGS_FILE), settings.as_bytes())?;
        printer.say(&format!(
            "a shop of {} contacts is in {}",
            shop.contacts(),
            args.dir.display()
        ));
    }
    let global = Global { workspace: args.dir.clone(), ..global.clone() };
    run::run(&global, printer)
}

/// True if the folder holds this very shop, so that a second demo only does what is out of date.
fn is_this_demo(dir: &Path, shop: &Shop, settings: &str) -> bool {
    let params = dir.join(EXPORTS).join("truth").join("params.json");
    let Ok(text) = std::fs::read_to_string(params) else { return false };
    let Ok(params) = serde_json::from_str::<serde_json::Value>(&text) else { return false };
    let same_settings =
        std::fs::read_to_string(dir.join(SETTINGS_FILE)).is_ok_and(|s| s == settings);
    same_settings
        && params["contacts"] == shop.contacts()
        && params["seed"] == shop.seed()
        && params["days"] == shop.days()
        && params["end"] == shop.end().to_string()
}

/// A demo never touches a folder that holds anything else.
fn refuse_foreign(dir: &Path) -> Result<()> {
    let is_empty = std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return Ok(());
    }
    Err(Error::settings("the folder is not empty and holds no such demo")
        .at_file(dir)
        .hint("name another folder: microseg demo DIR"))
}
