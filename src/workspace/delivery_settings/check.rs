//! Which settings of deliveries go together.

use lettre::message::Mailbox;
use serde::Deserialize;
use toml::Spanned;

use super::super::rule_settings::line_of;
use super::{ChatStyle, Content, DeliveryKind, DeliverySettings, TlsSetting};
use crate::error::{Error, Result};

/// Checks all deliveries; what is wrong is told with the line at which its `[[delivery]]` begins in
/// `text`.
pub(in super::super) fn check(deliveries: &[DeliverySettings], text: &str) -> Result<()> {
    for (place, delivery) in deliveries.iter().enumerate() {
        let is_taken = deliveries[..place].iter().any(|other| other.name == delivery.name);
        let checked = match is_taken {
            true => Err(delivery.wrong("there is another one of this name").hint("rename one")),
            false => delivery.check(),
        };
        checked.map_err(|error| match line(text, place) {
            Some(line) => error.at_line(line),
            None => error,
        })?;
    }
    Ok(())
}

fn line(text: &str, place: usize) -> Option<u64> {
    #[derive(Deserialize)]
    struct Blocks {
        delivery: Vec<Spanned<toml::Table>>,
    }
    let blocks: Blocks = toml::from_str(text).ok()?;
    blocks.delivery.get(place).map(|block| line_of(text, block.span().start))
}

impl DeliverySettings {
    /// Checks what can be checked without a network, an environment or files.
    pub fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        self.check_keys()?;
        self.check_content()?;
        self.check_times()?;
        for (key, name) in [
            ("username_env", &self.username_env),
            ("password_env", &self.password_env),
            ("url_env", &self.url_env),
            ("secret_env", &self.secret_env),
        ] {
            name.as_deref().map_or(Ok(()), |name| self.check_variable(key, name))?;
        }
        match self.kind {
            DeliveryKind::Email => self.check_email(),
            DeliveryKind::Webhook => self.check_webhook(),
            DeliveryKind::Chat => self.check_chat(),
            DeliveryKind::Folder => self.check_folder(),
            DeliveryKind::Store => self.check_store(),
        }
    }

    /// A key that another kind has would be passed over in silence.
    fn check_keys(&self) -> Result<()> {
        use DeliveryKind::{Chat, Email, Folder, Store, Webhook};
        let keys: [(&str, bool, &[DeliveryKind]); 16] = [
            ("smtp", self.smtp.is_some(), &[Email]),
            ("from", self.from.is_some(), &[Email]),
            ("to", self.to.is_some(), &[Email]),
            ("tls", self.tls.is_some(), &[Email]),
            ("ca_file", self.ca_file.is_some(), &[Email]),
            ("login", self.login.is_some(), &[Email]),
            ("username_env", self.username_env.is_some(), &[Email]),
            ("password_env", self.password_env.is_some(), &[Email]),
            ("url", self.url.is_some(), &[Webhook, Chat, Store]),
            ("url_env", self.url_env.is_some(), &[Webhook, Chat]),
            ("secret_env", self.secret_env.is_some(), &[Webhook]),
            ("batch", self.batch.is_some(), &[Webhook]),
            ("style", self.style.is_some(), &[Chat]),
            ("allow_plain", self.allow_plain.is_some(), &[Email, Webhook, Chat]),
            ("path", self.path.is_some(), &[Folder]),
            ("options", !self.options.is_empty(), &[Store]),
        ];
        let identity = ("machine_identity", self.machine_identity.is_some(), &[Store][..]);
        for (key, is_set, kinds) in keys.into_iter().chain([identity]) {
            if is_set && !kinds.contains(&self.kind) {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
                return Err(self
                    .wrong(format!("`{key}` is no key of kind = {:?}", self.kind.word()))
                    .hint(format!("leave it out; it goes with {}", kinds.join(", "))));
            }
        }
        Ok(())
    }

    fn check_content(&self) -> Result<()> {
        if self.what.as_ref().is_some_and(Vec::is_empty) {
            return Err(self
                .wrong("what = [] sends nothing")
                .hint("write \"digest\", \"changes\" or both, or leave it out"));
        }
        let is_for_people = matches!(self.kind, DeliveryKind::Email | DeliveryKind::Chat);
        if is_for_people && self.carries(Content::Changes) {
            return Err(self
                .wrong(format!("kind = {:?} cannot carry changes", self.kind.word()))
                .hint("send changes by a webhook, or into a folder or a store"));
        }
        Ok(())
    }

    fn check_times(&self) -> Result<()> {
        const WEEK: u32 = 7 * 86_400;
        self.check_range("timeout_seconds", self.timeout_seconds, 1, 600)?;
        self.check_range("attempts", self.attempts, 1, 100)?;
        self.check_range("first_retry_seconds", self.first_retry_seconds, 1, WEEK)?;
        self.check_range("longest_retry_seconds", self.longest_retry_seconds, 1, WEEK)?;
        if self.first_retry_seconds > self.longest_retry_seconds {
            return Err(self
                .wrong("first_retry_seconds is longer than longest_retry_seconds")
                .hint("raise longest_retry_seconds, or lower first_retry_seconds"));
        }
        Ok(())
    }

    fn check_range(&self, key: &str, value: u32, least: u32, most: u32) -> Result<()> {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(self
            .wrong(format!("{key} = {value} is out of range"))
            .hint(format!("write a number from {least} to {most}")))
    }

    /// The name is not quoted: somebody may have written the secret in its place.
    fn check_variable(&self, key: &str, name: &str) -> Result<()> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if begins && name.chars().all(is_plain) {
            return Ok(());
        }
        Err(self.wrong(format!("`{key}` is not the name of a variable")).hint(
            "write the name of a variable of the environment, such as MICROSEG_SECRET, not its value",
        ))
    }

    fn check_email(&self) -> Result<()> {
        let address = self.smtp_address()?;
        let is_plain = self.tls == Some(TlsSetting::None);
        if is_plain && address.is_implicit_tls {
            return Err(self
                .wrong("tls = \"none\" contradicts smtps://")
                .hint("leave `tls` out, or write smtp://"));
        }
        if is_plain && !self.may_be_plain(&address.host) {
            return Err(self
                .wrong("tls = \"none\" lets anybody on the way read messages and passwords")
                .hint("leave `tls` out, or write allow_plain = true to put up with it"));
        }
        let names_login = self.username_env.is_some() || self.password_env.is_some();
        if !self.logs_in() && names_login {
            return Err(self
                .wrong("login = false has no use for username_env and password_env")
                .hint("leave them out, or leave out `login`"));
        }
        self.check_people()
    }

    fn check_people(&self) -> Result<()> {
        self.sender()?;
        let to = self.recipients()?;
        let again =
            to.iter().enumerate().find(|(n, one)| to[..*n].iter().any(|o| o.email == one.email));
        match again {
            Some((place, _)) => Err(self
                .wrong(format!("address {} of `to` stands there twice", place + 1))
                .hint("leave one out")),
            None => Ok(()),
        }
    }

    /// Whom messages come from.
    pub fn sender(&self) -> Result<Mailbox> {
        let parsed = self.from.as_deref().and_then(|text| text.parse().ok());
        parsed.filter(is_ascii).ok_or_else(|| {
            self.wrong("`from` is not an address of ASCII letters")
                .hint("write from = \"Reports <reports@example.com>\"")
        })
    }

    /// Whom messages go to, at least one.
    pub fn recipients(&self) -> Result<Vec<Mailbox>> {
        let hint = "write to = [\"name@example.com\"]";
        let to = self.to.as_deref().unwrap_or_default();
        if to.is_empty() {
            return Err(self.wrong("`to` names nobody").hint(hint));
        }
        let parsed = to.iter().enumerate().map(|(place, text)| {
            let place = place + 1;
            text.parse().ok().filter(is_ascii).ok_or_else(|| {
                let wrong = format!("address {place} of `to` is not one of ASCII letters");
                self.wrong(wrong).hint(hint)
            })
        });
        parsed.collect()
    }

    fn check_webhook(&self) -> Result<()> {
        self.check_url_or_variable()?;
        self.batch.map_or(Ok(()), |batch| self.check_range("batch", batch, 1, 10_000))
    }

    fn check_chat(&self) -> Result<()> {
        self.check_url_or_variable()?;
        match self.style {
            Some(ChatStyle::Slack | ChatStyle::Teams) => Ok(()),
            None => Err(self
                .wrong("`style` is missing")
                .hint("write style = \"slack\" or style = \"teams\"")),
        }
    }

    fn check_url_or_variable(&self) -> Result<()> {
        let hint =
            "write url = \"https://…\", or url_env with the name of a variable that holds it";
        match (&self.url, &self.url_env) {
            (Some(url), None) => self.post_address("url", url).map(drop),
            (None, Some(_)) => Ok(()),
            (Some(_), Some(_)) => Err(self.wrong("both url and url_env are given").hint(hint)),
            (None, None) => Err(self.wrong("there is no url").hint(hint)),
        }
    }

    fn check_folder(&self) -> Result<()> {
        match self.path.as_deref().unwrap_or_default().is_empty() {
            true => Err(self.wrong("`path` is missing").hint("write path = \"out\"")),
            false => Ok(()),
        }
    }

    fn check_store(&self) -> Result<()> {
        self.store_address()?;
        for key in self.options.keys() {
            if holds_secret(key) {
                return Err(self
                    .wrong(format!("the option `{key}` is a secret"))
                    .hint("leave it out, and set the variable of the environment instead"));
            }
            if matches!(key.as_str(), "timeout" | "connect_timeout") {
                return Err(self
                    .wrong(format!("the option `{key}` is set by timeout_seconds"))
                    .hint("leave it out, and write timeout_seconds"));
            }
        }
        Ok(())
    }
}

/// Servers that take others are few, and say so only when a message comes.
fn is_ascii(mailbox: &Mailbox) -> bool {
    AsRef::<str>::as_ref(&mailbox.email).is_ascii()
}

/// True for options that are credentials by the names that the services give them.
fn holds_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let has =
        ["secret", "password", "sas_", "access_key", "account_key", "customer_key", "master_key"];
    has.iter().any(|word| key.contains(word)) || key.ends_with("token")
}

/// Names go into messages, and into names of files.
fn check_name(name: &str) -> Result<()> {
    const LONGEST: usize = 64;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if !name.is_empty() && name.len() <= LONGEST && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::settings("that cannot be the name of a delivery")
        .with_value(name)
        .hint(format!("use letters, digits, _ and -, {LONGEST} at most")))
}
