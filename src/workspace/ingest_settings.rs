//! What `[ingest]` may say.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The longest duration that a rule on machines may have. An append is read together with this much
/// of what came before it, and no more.
pub const MACHINE_REACH_SECONDS: u32 = 3_600;

/// How strict `ingest` is, and what it takes for a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestSettings {
    /// Above this share of rejected rows in any one source, `ingest` stops with exit code 1.
    /// 1 %: an export that breaks more rows than that is mapped wrongly more often than it is dirty.
    #[serde(default = "default_max_bad_share")]
    pub max_bad_share: f64,
    #[serde(default)]
    pub machine: MachineSettings,
}

impl Default for IngestSettings {
    fn default() -> Self {
        IngestSettings {
            max_bad_share: default_max_bad_share(),
            machine: MachineSettings::default(),
        }
    }
}

fn default_max_bad_share() -> f64 {
    0.01
}

/// When an open or a click is a machine's. Used only where the platform itself says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineSettings {
    /// An open by one of `prefetch_clients` sooner than this after the delivery is the proxy's; 0
    /// switches the rule off. Ten minutes: proxies mostly fetch within minutes of the delivery, and
    /// only about a tenth of what people open is opened by then.
    pub prefetch_seconds: u32,
    /// Clients that load pictures before a person looks, in lower case. An entry matches a client
    /// whose name holds it; with `=` in front, a client whose whole name it is.
    pub prefetch_clients: Vec<String>,
    /// A click sooner than this after the delivery is a scanner's; 0 switches the rule off. Ten
    /// seconds: a person has to be told of the email, open it, find the link and press it.
    pub fastest_human_click_seconds: u32,
    /// This many clicks within `burst_seconds` on different links of one campaign are a scanner's.
    /// Three: people press a link twice, and now and then two links one after the other.
    pub burst_clicks: u32,
    /// 0 switches the rule off. Ten seconds: too short to read three pages.
    pub burst_seconds: u32,
}

impl Default for MachineSettings {
    fn default() -> Self {
        MachineSettings {
            prefetch_seconds: 600,
            prefetch_clients: default_prefetch_clients(),
            fastest_human_click_seconds: 10,
            burst_clicks: 3,
            burst_seconds: 10,
        }
    }
}

/// Apple Mail, whose Mail Privacy Protection fetches the pictures of nearly every email, under the
/// names that platforms give it and as the bare user agent of its proxy; and the user agent with
/// which Gmail fetches pictures ahead in an open session. The ordinary picture proxies of Google and
/// Yahoo are not on the list: they fetch when a person opens.
fn default_prefetch_clients() -> Vec<String> {
    ["apple mail", "apple privacy", "=mozilla/5.0", "edge/12.246 mozilla/5.0"]
        .map(str::to_owned)
        .to_vec()
}

impl IngestSettings {
    pub(super) fn check(&self) -> Result<()> {
        let share = self.max_bad_share;
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::settings(format!(
                "max_bad_share == {share}, must be between 0 and 1"
            ))
            .hint("0.01 allows one row in a hundred"));
        }
        self.machine.check()
    }
}

impl MachineSettings {
    fn check(&self) -> Result<()> {
        let durations = [
            ("prefetch_seconds", self.prefetch_seconds),
            ("fastest_human_click_seconds", self.fastest_human_click_seconds),
            ("burst_seconds", self.burst_seconds),
        ];
        for (name, seconds) in durations {
            if seconds > MACHINE_REACH_SECONDS {
                return Err(Error::settings(format!(
                    "ingest.machine.{name} == {seconds}, must be at most {MACHINE_REACH_SECONDS}"
                ))
                .hint("an append is judged together with one hour of what came before it"));
            }
        }
        if self.burst_clicks < 2 {
            return Err(Error::settings(format!(
                "ingest.machine.burst_clicks == {}, must be at least 2",
                self.burst_clicks
            ))
            .hint("one click is no burst; burst_seconds = 0 switches the rule off"));
        }
        self.check_clients()
    }

    fn check_clients(&self) -> Result<()> {
        for client in &self.prefetch_clients {
            let name = client.strip_prefix('=').unwrap_or(client);
            if name.trim().is_empty() || client.chars().any(char::is_uppercase) {
                return Err(Error::settings(
                    "ingest.machine.prefetch_clients: an entry is empty or not in lower case",
                )
                .with_value(client.as_str())
                .hint("write it in lower case; names of clients are compared in lower case"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    fn message(text: &str) -> Option<String> {
        Settings::parse(text).err().map(|error| error.to_string())
    }

    #[test]
    fn durations_beyond_the_reach_of_an_append_are_refused() {
        assert_eq!(message("[ingest.machine]\nprefetch_seconds = 3600\n"), None);
        let error = message("[ingest.machine]\nburst_seconds = 3601\n").unwrap_or_default();
        assert!(error.contains("burst_seconds == 3601, must be at most 3600"), "{error}");
    }

    #[test]
    fn a_burst_of_one_a_capital_letter_and_an_unknown_key_are_refused() {
        assert!(message("[ingest.machine]\nburst_clicks = 1\n").is_some());
        assert!(message("[ingest.machine]\nprefetch_clients = [\"Apple Mail\"]\n").is_some());
        assert!(message("[ingest.machine]\nprefetch_clients = [\"=\"]\n").is_some());
        assert!(message("[ingest.machine]\nprefetch = 3\n").is_some());
    }
}
