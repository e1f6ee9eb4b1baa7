//! The text of `microseg.toml`.

use std::path::Path;

use crate::workspace::Settings;

use super::draft::Draft;
use super::experiment::Experiment;
use super::shop::Shop;
use super::source_text;
use super::toml_text::{array, aside, comment, quoted};

/// Everything that goes into the file, in its order.
pub struct Document<'a> {
    pub shop: Shop,
    pub drafts: Vec<Draft>,
    pub experiments: Vec<Experiment>,
    /// Why files fit no table.
    pub strays: Vec<String>,
    pub workspace: &'a Path,
}

impl Document<'_> {
    pub fn text(&self) -> String {
        let mut out = String::new();
        out.push_str("# Written by `microseg init`. Lines to check by hand begin with CHECK.\n\n");
        out.push_str(&head());
        out.push_str(&shop(&self.shop));
        for stray in &self.strays {
            out.push_str(&format!("\n{}", check(stray)));
        }
        for draft in &self.drafts {
            out.push_str(&source_text::source(draft, self.workspace));
        }
        for found in &self.experiments {
            out.push_str(&experiment(found));
        }
        out + &tail()
    }

    /// Everything to be checked by hand, in the order of the text.
    pub fn checks(&self) -> Vec<String> {
        let shop = self.shop.checks.iter().chain(&self.strays);
        let drafts = self.drafts.iter().flat_map(|draft| &draft.reading.checks);
        let experiments = self.experiments.iter().filter_map(Experiment::check);
        shop.chain(drafts).cloned().chain(experiments).collect()
    }
}

/// A comment line that asks for a look.
pub fn check(text: &str) -> String {
    comment(&format!("CHECK: {text}"))
}

fn head() -> String {
    let seed = defaults().seed;
    format!(
        "seed = {seed}  # of everything that draws random numbers\n\
         # as_of = \"2026-01-01\"  # rows from then on do not count; else the midnight after the last\n"
    )
}

fn shop(shop: &Shop) -> String {
    let settings = &shop.settings;
    let mut out = format!("\n[shop]\nname = {}\n", quoted(&settings.name));
    shop.checks.iter().for_each(|text| out.push_str(&check(text)));
    let (key, code) = match &settings.currency {
        Some(code) => ("currency", code.as_str()),
        None => ("# currency", "EUR"),
    };
    out.push_str(&format!("{key} = {}{}\n", quoted(code), aside(&shop.currency_comment)));
    let zone = quoted(&settings.timezone);
    out.push_str(&format!("timezone = {zone}{}\n", aside(&shop.timezone_comment)));
    out
}

fn experiment(found: &Experiment) -> String {
    let settings = &found.settings;
    let variants = found.variants.join(", ");
    let control = match found.is_control_named {
        true => format!("of {variants}"),
        false => format!("the first by name of {variants}"),
    };
    let mut out = format!("\n[[experiment]]\nid = {}\n", quoted(&settings.id));
    out.push_str("# question = \"what was asked, for the report's heading\"\n");
    found.check().iter().for_each(|text| out.push_str(&check(text)));
    out.push_str(&format!("control = {}{}\n", quoted(&settings.control), aside(&control)));
    let metrics = array(settings.metrics.iter().map(String::as_str));
    out.push_str(&format!("metrics = {metrics}  # the first decides\n"));
    out.push_str(&format!(
        "window_hours = {}{}\n",
        settings.window_hours,
        aside("after its own send, outcomes of a recipient count")
    ));
    out.push_str(&format!("by = {}\n", array(settings.by.iter().map(String::as_str))));
    out
}

/// The remaining settings with their defaults.
fn tail() -> String {
    let Settings { ingest, segments, .. } = defaults();
    format!(
        "\n[ingest]\n\
         max_bad_share = {}  # rejected rows of a source, above which ingest stops\n\
         \n# [segments]\n\
         # k = {{ min = {}, max = {} }}  # candidate numbers of segments\n\
         # silhouette_sample = {}\n\
         # features = []  # empty: the default set\n\
         # Segments by rule: `microseg segments starters` prints seven to begin with.\n",
        ingest.max_bad_share, segments.k.min, segments.k.max, segments.silhouette_sample
    )
}

/// What an empty file means.
fn defaults() -> Settings {
    Settings {
        shop: Default::default(),
        seed: 1,
        as_of: None,
        ingest: Default::default(),
        sources: Vec::new(),
        features: Default::default(),
        segments: Default::default(),
        predict: Default::default(),
        leads: None,
        lifecycle: Default::default(),
        experiments: Vec::new(),
        refresh: Default::default(),
        digest: Default::default(),
        schedule: Vec::new(),
        deliveries: Vec::new(),
    }
}
