//! Metrics at an address, for Prometheus.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tiny_http::{Header, Response, Server};

use crate::error::{Error, Result};
use crate::pipeline::refresh::History;
use crate::schedule::metrics;
use crate::workspace::Workspace;
use crate::workspace::journal::Journal;

/// The text that is served.
pub struct MetricsPage {
    text: Arc<Mutex<String>>,
}

impl MetricsPage {
    /// Listens at `address`, on a thread of its own.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let server = Server::http(address).map_err(|e| {
            Error::settings("metrics cannot be served there")
                .with_value(address.to_string())
                .caused_by(e)
                .hint("choose a free port, such as --metrics 127.0.0.1:9464")
        })?;
        let text = Arc::new(Mutex::new(String::new()));
        let served = Arc::clone(&text);
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                let answer = match request.url() {
                    "/metrics" => page(&served),
                    _ => Response::from_string("see /metrics\n").with_status_code(404),
                };
                // A reader that went away has no use for the answer.
                let _ = request.respond(answer);
            }
        });
        Ok(MetricsPage { text })
    }

    /// Renews the text; what cannot be read is told in the log, and the last text stays.
    pub fn renew(&self, journal: &Journal, workspace: &Workspace) {
        let last = History::read_latest(workspace);
        match last.and_then(|last| metrics::render(journal, last.as_ref())) {
            Ok(text) => {
                *self.text.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = text;
            }
            Err(error) => tracing::warn!("metrics cannot be renewed: {error}"),
        }
    }
}

fn page(text: &Mutex<String>) -> Response<std::io::Cursor<Vec<u8>>> {
    const OPEN_METRICS: &str =
        "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = text.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let response = Response::from_string(text);
    match OPEN_METRICS.parse::<Header>() {
        Ok(header) => response.with_header(header),
        Err(()) => response,
    }
}
