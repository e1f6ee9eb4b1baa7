//! The purchase models by name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// Which purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Lost after a purchase, never after the first (Fader, Hardie & Lee 2005).
    BgNbd,
    /// Lost after any purchase (Batislam, Denizel & Filiztekin 2007).
    MbgNbd,
    /// Lost at any time (Schmittlein, Morrison & Colombo 1987).
    ParetoNbd,
    /// BG/NBD with gaps in a rhythm (Reutterer, Platzer & Schröder 2021).
    BgCnbdK,
    /// MBG/NBD with gaps in a rhythm (Reutterer, Platzer & Schröder 2021).
    MbgCnbdK,
}

impl ModelKind {
    pub const ALL: [ModelKind; 5] = [
        ModelKind::BgNbd,
        ModelKind::MbgNbd,
        ModelKind::ParetoNbd,
        ModelKind::BgCnbdK,
        ModelKind::MbgCnbdK,
    ];

    /// The model called `name`.
    pub fn named(name: &str) -> Result<Self> {
        let known = ModelKind::ALL.map(ModelKind::word);
        ModelKind::ALL
            .into_iter()
            .find(|kind| kind.word() == name)
            .ok_or_else(|| Error::unknown(Kind::Settings, "purchase model", name, known))
    }

    /// As it is typed.
    pub fn word(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "bg-nbd",
            ModelKind::MbgNbd => "mbg-nbd",
            ModelKind::ParetoNbd => "pareto-nbd",
            ModelKind::BgCnbdK => "bg-cnbd-k",
            ModelKind::MbgCnbdK => "mbg-cnbd-k",
        }
    }

    /// As it is printed.
    pub fn title(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "BG/NBD",
            ModelKind::MbgNbd => "MBG/NBD",
            ModelKind::ParetoNbd => "Pareto/NBD",
            ModelKind::BgCnbdK => "BG/CNBD-k",
            ModelKind::MbgCnbdK => "MBG/CNBD-k",
        }
    }

    /// Names of the parameters, in the order in which they are fitted.
    pub fn parameters(self) -> [&'static str; 4] {
        match self {
            ModelKind::ParetoNbd => ["r", "alpha", "s", "beta"],
            _ => ["r", "alpha", "a", "b"],
        }
    }

    pub(super) fn may_drop_at_first(self) -> bool {
        matches!(self, ModelKind::MbgNbd | ModelKind::MbgCnbdK)
    }

    /// Whether k is to be found.
    pub fn has_rhythm(self) -> bool {
        matches!(self, ModelKind::BgCnbdK | ModelKind::MbgCnbdK)
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
