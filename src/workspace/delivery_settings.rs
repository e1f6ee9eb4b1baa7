//! `[[delivery]]`: where finished reports and changes of segments go.

mod address;
mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;

pub use address::SmtpAddress;
pub(super) use check::check;

/// One `[[delivery]]`. Which keys go with which kind is checked when the settings are read.
///
/// Credentials are never written here: `…_env` keys name the variables of the environment that hold
/// them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverySettings {
    /// How messages and errors call it.
    pub name: String,
    pub kind: DeliveryKind,
    /// What is sent; changes by a webhook and digests by all others, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<Vec<Content>>,

    /// Email: `smtps://host:465`, or `smtp://host:587` with STARTTLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<String>,
    /// Email: `Name <address>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Email: the recipients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<String>>,
    /// Email: `none` leaves `smtp://` without encryption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSetting>,
    /// Email: file of PEM certificates that are trusted besides the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// Email: whether a user name and a password are sent; yes if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<bool>,
    /// Email: variable that holds the user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_env: Option<String>,
    /// Email: variable that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,

    /// Webhook and chat: the address that is posted to. Store: `s3://`, `gs://` or `az://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Webhook and chat: variable that holds the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// Webhook: variable that holds the key of the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<String>,
    /// Webhook: changes in one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// Chat: whose format the message has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<ChatStyle>,
    /// Email, webhook and chat: allows hosts elsewhere to be spoken to without encryption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_plain: Option<bool>,

    /// Folder: absolute, or relative to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,

    /// Store: options of the service, such as `endpoint` and `region`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Store: the machine's own identity at its cloud is used instead of credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_identity: Option<bool>,

    /// Seconds that one step on the network may take.
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u32,
    /// Attempts until a message is given up.
    #[serde(default = "default_attempts")]
    pub attempts: u32,
    /// Seconds from the first failure to the second attempt; doubled after each further failure.
    #[serde(default = "default_first_retry")]
    pub first_retry_seconds: u32,
    /// The most seconds between two attempts.
    #[serde(default = "default_longest_retry")]
    pub longest_retry_seconds: u32,
}

/// The ways out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryKind {
    Email,
    /// Signed requests to a program.
    Webhook,
    /// A channel of Slack or Teams.
    Chat,
    Folder,
    /// A bucket at a cloud.
    Store,
}

impl DeliveryKind {
    /// The word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryKind::Email => "email",
            DeliveryKind::Webhook => "webhook",
            DeliveryKind::Chat => "chat",
            DeliveryKind::Folder => "folder",
            DeliveryKind::Store => "store",
        }
    }
}

/// What can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// The report of what is new.
    Digest,
    /// Contacts who joined and left segments.
    Changes,
}

/// Encryption of `smtp://`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsSetting {
    #[default]
    Required,
    None,
}

/// Whose messages a chat reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChatStyle {
    Slack,
    Teams,
}

fn default_timeout() -> u32 {
    30
}

/// With the default waits, given up after something between half an hour and an hour.
fn default_attempts() -> u32 {
    8
}

fn default_first_retry() -> u32 {
    30
}

fn default_longest_retry() -> u32 {
    3600
}

impl DeliverySettings {
    /// Whether messages of this content go here.
    pub fn carries(&self, content: Content) -> bool {
        match &self.what {
            Some(what) => what.contains(&content),
            None if self.kind == DeliveryKind::Webhook => content == Content::Changes,
            None => content == Content::Digest,
        }
    }

    /// Changes in one request.
    pub fn batch(&self) -> usize {
        self.batch.unwrap_or(500) as usize
    }

    pub fn logs_in(&self) -> bool {
        self.login.unwrap_or(true)
    }

    /// Whether connections to `host` may go without encryption.
    pub fn may_be_plain(&self, host: &str) -> bool {
        self.allow_plain == Some(true) || address::is_loopback(host)
    }

    /// Variable that holds the user name of the mail server.
    pub fn username_env(&self) -> &str {
        self.username_env.as_deref().unwrap_or("MICROSEG_SMTP_USERNAME")
    }

    /// Variable that holds the password of the mail server.
    pub fn password_env(&self) -> &str {
        self.password_env.as_deref().unwrap_or("MICROSEG_SMTP_PASSWORD")
    }

    /// Variable that holds the key of the signature.
    pub fn secret_env(&self) -> &str {
        self.secret_env.as_deref().unwrap_or("MICROSEG_WEBHOOK_SECRET")
    }

    /// An error of this block, with its name before it.
    pub(crate) fn wrong(&self, what: impl std::fmt::Display) -> Error {
        Error::settings(format!("delivery {}: {what}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    #[derive(Debug, Deserialize)]
    struct Blocks {
        delivery: Vec<DeliverySettings>,
    }

    fn read(text: &str) -> Result<Vec<DeliverySettings>> {
        let blocks: Blocks =
            toml::from_str(text).map_err(|e| Error::settings(e.message().to_owned()))?;
        check(&blocks.delivery, text)?;
        Ok(blocks.delivery)
    }

    fn block(kind: &str, keys: &str) -> Result<DeliverySettings> {
        let text = format!("\n\n[[delivery]]\nname = \"team\"\nkind = \"{kind}\"\n{keys}\n");
        read(&text).map(|mut blocks| blocks.remove(0))
    }

    const EMAIL: &str = "smtp = \"smtps://mail.example.com:465\"\n\
         from = \"Reports <reports@example.com>\"\nto = [\"ann@example.com\"]\n";
    const HOOK: &str = "url = \"https://example.com/hook\"\n";
    const CHAT: &str = "url_env = \"CHAT_URL\"\nstyle = \"slack\"\n";
    const FOLDER: &str = "path = \"out\"\n";
    const STORE: &str = "url = \"s3://bucket/prefix\"\n";

    #[test]
    fn each_kind_needs_little() -> Result<()> {
        let blocks = [
            ("email", EMAIL),
            ("webhook", HOOK),
            ("chat", CHAT),
            ("folder", FOLDER),
            ("store", STORE),
        ];
        for (kind, keys) in blocks {
            let read = block(kind, keys)?;
            assert_eq!(read.kind.word(), kind);
            assert_eq!(read.carries(Content::Changes), kind == "webhook", "{kind}");
            assert_eq!(read.carries(Content::Digest), kind != "webhook", "{kind}");
            assert_eq!((read.timeout_seconds, read.attempts, read.batch()), (30, 8, 500));
        }
        Ok(())
    }

    #[test]
    fn encryption_is_left_out_only_where_that_was_said() {
        let mail = |smtp: &str, rest: &str| {
            let to = "from = \"a@example.com\"\nto = [\"b@example.com\"]\n";
            block("email", &format!("smtp = \"{smtp}\"\n{to}{rest}"))
        };
        assert!(mail("smtp://mail.example.com", "").is_ok());
        assert!(mail("smtp://localhost:2525", "tls = \"none\"").is_ok());
        assert!(mail("smtp://[::1]:2525", "tls = \"none\"").is_ok());
        assert!(mail("smtp://mail.example.com", "tls = \"none\"").is_err());
        assert!(mail("smtp://mail.example.com", "tls = \"none\"\nallow_plain = true").is_ok());
        assert!(mail("smtps://localhost", "tls = \"none\"").is_err());
        assert!(block("webhook", "url = \"http://127.0.0.1:8080/hook\"").is_ok());
        assert!(block("webhook", "url = \"http://example.com/hook\"").is_err());
        assert!(block("webhook", "url = \"http://example.com/\"\nallow_plain = true").is_ok());
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line_and_without_addresses() {
        let email = |keys: &str| ("email", format!("{EMAIL}{keys}"));
        let to = |list: &str| {
            let from = "smtp = \"smtp://h\"\nfrom = \"a@example.com\"\n";
            ("email", format!("{from}to = {list}"))
        };
        let wrong = [
            ("email", "smtp = \"smtps://mail.example.com\"".to_owned()),
            to("[]"),
            to("[\"ann@example.com\", \"secret.person@\"]"),
            to("[\"ann@example.com\", \"ann@example.com\"]"),
            email("what = [\"changes\"]"),
            email("what = []"),
            email("url = \"https://example.com\""),
            email("password_env = \"not a name\""),
            email("login = false\nusername_env = \"X\""),
            email("timeout_seconds = 0"),
            email("timeout_seconds = 601"),
            email("attempts = 0"),
            email("first_retry_seconds = 60\nlongest_retry_seconds = 30"),
            ("webhook", String::new()),
            ("webhook", format!("{HOOK}url_env = \"HOOK\"")),
            ("webhook", format!("{HOOK}batch = 0")),
            ("webhook", format!("{HOOK}batch = 10001")),
            ("webhook", format!("{HOOK}style = \"slack\"")),
            ("webhook", "url = \"https://user:secret@example.com/hook\"".to_owned()),
            ("webhook", "url = \"ftp://example.com/secret\"".to_owned()),
            ("chat", format!("{CHAT}what = [\"changes\"]")),
            ("chat", "url_env = \"CHAT\"".to_owned()),
            ("folder", "path = \"\"".to_owned()),
            ("folder", format!("{FOLDER}url = \"s3://bucket\"")),
            ("store", "url = \"https://example.com/secret\"".to_owned()),
            ("store", "url = \"s3://\"".to_owned()),
            ("store", format!("{STORE}options = {{ secret_access_key = \"secret\" }}")),
            ("store", format!("{STORE}options = {{ timeout = \"1h\" }}")),
        ];
        for (kind, keys) in wrong {
            let error = block(kind, &keys).unwrap_err();
            let said = format!("{error} {:?}", error.hint_text());
            assert_eq!(error.place().line, Some(3), "{keys}: {said}");
            assert!(error.to_string().contains("delivery team: "), "{said}");
            assert!(error.hint_text().is_some(), "{said}");
            assert!(!said.contains("ann@") && !said.contains("secret.person"), "{said}");
            assert!(!said.contains(":secret") && !said.contains("/secret"), "{said}");
        }
    }

    #[test]
    fn names_are_plain_and_their_own() {
        let one =
            |name: &str| format!("[[delivery]]\nname = \"{name}\"\nkind = \"folder\"\n{FOLDER}");
        assert!(read(&one("Team_2-b")).is_ok());
        assert!(read(&one("ann@example.com")).is_err());
        assert!(read(&one("")).is_err());
        let error = read(&format!("{}{}", one("a"), one("a"))).unwrap_err();
        assert_eq!(error.place().line, Some(5), "{error}");
    }
}
