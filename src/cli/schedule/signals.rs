//! Being asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::error::{Error, Result};

/// Set by SIGTERM and SIGINT; the second of either ends the process at once.
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    pub fn watch() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGINT] {
            let failed =
                |e: std::io::Error| Error::internal("signals cannot be watched").caused_by(e);
            flag::register_conditional_default(signal, Arc::clone(&asked)).map_err(failed)?;
            flag::register(signal, Arc::clone(&asked)).map_err(failed)?;
        }
        Ok(Signals(asked))
    }

    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
