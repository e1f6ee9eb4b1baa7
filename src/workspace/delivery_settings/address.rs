//! Addresses of deliveries: which are understood, and which may be spoken to without encryption.
//!
//! Nothing here quotes an address: that of a chat is a secret, and those of people are private.

use reqwest::Url;

use super::DeliverySettings;
use crate::error::Result;

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpAddress {
    /// Without brackets.
    pub host: String,
    pub port: u16,
    /// Encrypted from the first byte, not by STARTTLS.
    pub is_implicit_tls: bool,
}

/// True for the names of this very machine.
pub(super) fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

impl DeliverySettings {
    /// The mail server of `smtp`.
    pub fn smtp_address(&self) -> Result<SmtpAddress> {
        const FORM: &str = "write smtps://HOST:465, or smtp://HOST:587 for STARTTLS";
        let wrong = |what: &str| self.wrong(what).hint(FORM);
        let text = self.smtp.as_deref().ok_or_else(|| wrong("`smtp` is missing"))?;
        let url = Url::parse(text).map_err(|_| wrong("`smtp` is not an address"))?;
        let is_implicit_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(wrong("`smtp` does not begin with smtp:// or smtps://")),
        };
        if has_login(&url) {
            return Err(self.login_in("smtp"));
        }
        let has_more = !matches!(url.path(), "" | "/") || url.query().is_some();
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() || has_more {
            return Err(wrong("`smtp` is not a host and a port"));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port().unwrap_or(if is_implicit_tls { 465 } else { 587 });
        Ok(SmtpAddress { host, port, is_implicit_tls })
    }

    /// The address `text` that `named` holds, to be posted to.
    pub fn post_address(&self, named: &str, text: &str) -> Result<Url> {
        let wrong = |what: &str| self.wrong(format!("{named} {what}"));
        let url = Url::parse(text.trim()).map_err(|_| {
            wrong("is not an address").hint("write it in full, such as https://example.com/hook")
        })?;
        if has_login(&url) {
            return Err(self.login_in(named));
        }
        let host = url.host_str().unwrap_or_default();
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.may_be_plain(host) => Ok(url),
            "http" => Err(wrong("begins with http://, which anybody on the way can read")
                .hint("use https://, or write allow_plain = true to put up with it")),
            _ => Err(wrong("does not begin with https://").hint("use an address with https://")),
        }
    }

    /// The bucket and prefix of a store.
    pub fn store_address(&self) -> Result<Url> {
        const FORM: &str = "write s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX";
        let wrong = |what: &str| self.wrong(what).hint(FORM);
        let text = self.url.as_deref().ok_or_else(|| wrong("`url` is missing"))?;
        let url = Url::parse(text).map_err(|_| wrong("`url` is not an address"))?;
        if !matches!(url.scheme(), "s3" | "gs" | "az") {
            return Err(wrong("`url` does not begin with s3://, gs:// or az://"));
        }
        if has_login(&url) {
            return Err(self.login_in("url"));
        }
        if url.host_str().unwrap_or_default().is_empty() || url.query().is_some() {
            return Err(wrong("`url` is not a bucket and a prefix"));
        }
        Ok(url)
    }

    fn login_in(&self, named: &str) -> crate::error::Error {
        self.wrong(format!("{named} holds a user name or a password"))
            .hint("leave them out; credentials come from the environment")
    }
}

fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
