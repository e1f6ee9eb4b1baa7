//! Reports by email.

use std::path::Path;

use jiff::Timestamp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};

use super::channel::required;
use super::destination::Destination;
use super::failure::Failure;
use super::letter::Correspondents;
use super::message::Message;
use super::smtp::{Conversation, Encryption, Step, Stop};
use super::trouble::Trouble;
use crate::error::{Error, Result};
use crate::workspace::{DeliverySettings, SmtpAddress, TlsSetting};

/// A mail server, and whom to write to.
pub(super) struct Mail {
    destination: Destination,
    address: SmtpAddress,
    encryption: Encryption,
    credentials: Option<Credentials>,
    people: Correspondents,
    /// For hints: the variables that hold the credentials.
    variables: [String; 2],
}

impl Mail {
    pub(super) fn open(
        settings: &DeliverySettings,
        root: &Path,
        secrets: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let address = settings.smtp_address()?;
        let variables = [settings.username_env().to_owned(), settings.password_env().to_owned()];
        let credentials = match settings.logs_in() {
            true => Some(Credentials::new(
                required(settings, secrets, "username_env", &variables[0])
                    .map_err(with_hint_on_login)?,
                required(settings, secrets, "password_env", &variables[1])
                    .map_err(with_hint_on_login)?,
            )),
            false => None,
        };
        Ok(Mail {
            destination: Destination::new(settings, &address.host),
            encryption: encryption(settings, &address, root)?,
            address,
            credentials,
            people: Correspondents { from: settings.sender()?, to: settings.recipients()? },
            variables,
        })
    }

    /// One letter to all recipients: either the server takes it for all of them, or for none.
    pub(super) fn send(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        let Message::Report(report) = message else {
            let error = self.destination.error("an email cannot carry changes");
            return Err(Failure::permanent(error.hint("send changes by a webhook")));
        };
        let letter = self.people.letter(report, now).map_err(Failure::permanent)?;
        let conversation = Conversation {
            address: self.address.clone(),
            encryption: self.encryption.clone(),
            credentials: self.credentials.clone(),
            envelope: letter.envelope().clone(),
            text: letter.formatted(),
            limit: self.destination.limit(),
        };
        conversation.run().map_err(|stop| self.failure(&stop))
    }

    fn failure(&self, stop: &Stop) -> Failure {
        let Stop::At(step, cause) = stop else { return self.slow() };
        match cause.status().map(u16::from) {
            Some(code) if is_about_login(*step, code) => self.login_failure(code),
            Some(code) => {
                let error =
                    self.destination.error(format!("{} was refused ({code})", step.words()));
                let error = error.hint("look into the log of the mail server");
                match cause.is_permanent() {
                    true => Failure::permanent(error),
                    false => Failure::transient(error),
                }
            }
            None if cause.is_client() => self.offer_failure(*step),
            None => self.destination.trouble(Trouble::of(cause)),
        }
    }

    /// Can pass: the operator corrects the password, and what waits goes out.
    fn login_failure(&self, code: u16) -> Failure {
        let [username, password] = &self.variables;
        let error = match self.credentials.is_some() {
            true => self
                .destination
                .error(format!("the user name or the password was refused ({code})"))
                .hint(format!("correct the variables {username} and {password}")),
            false => self
                .destination
                .error(format!("the server asks for a login ({code})"))
                .hint(format!("leave out login = false, and set {username} and {password}")),
        };
        Failure::transient(error)
    }

    fn slow(&self) -> Failure {
        let error = self.destination.error("the server answers, but too slowly to ever end");
        Failure::transient(error.hint("look into the log of the mail server"))
    }

    /// The server does not offer what the settings ask for.
    fn offer_failure(&self, step: Step) -> Failure {
        let error = match step {
            Step::Encrypt => self
                .destination
                .error("the server offers no encryption (STARTTLS)")
                .hint("use smtps://, or another port"),
            Step::LogIn => self
                .destination
                .error("the server offers no way to log in")
                .hint("write login = false if it asks for none, or use an encrypted connection"),
            _ => self
                .destination
                .error("the server does not speak as expected")
                .hint("check the port"),
        };
        Failure::transient(error)
    }
}

fn with_hint_on_login(error: Error) -> Error {
    let hint = error.hint_text().unwrap_or_default().to_owned();
    error.hint(format!("{hint}; a server without a login needs login = false"))
}

/// 530, 534, 535 and 538 are about logging in wherever they come (RFC 4954, section 6).
fn is_about_login(step: Step, code: u16) -> bool {
    step == Step::LogIn || matches!(code, 530 | 534 | 535 | 538)
}

fn encryption(
    settings: &DeliverySettings,
    address: &SmtpAddress,
    root: &Path,
) -> Result<Encryption> {
    if settings.tls == Some(TlsSetting::None) {
        return Ok(Encryption::None);
    }
    let mut parameters = TlsParameters::builder(address.host.clone());
    if let Some(file) = &settings.ca_file {
        parameters = parameters.add_root_certificate(certificate(settings, &root.join(file))?);
    }
    let parameters = parameters.build().map_err(|_| {
        settings.wrong("no encryption can be set up").hint("check the certificates in `ca_file`")
    })?;
    Ok(match address.is_implicit_tls {
        true => Encryption::Implicit(parameters),
        false => Encryption::StartTls(parameters),
    })
}

fn certificate(settings: &DeliverySettings, file: &Path) -> Result<Certificate> {
    let pem = std::fs::read(file).map_err(|cause| Error::io("read `ca_file`", file, cause))?;
    let has_one = String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----");
    Certificate::from_pem(&pem).ok().filter(|_| has_one).ok_or_else(|| {
        let error = settings.wrong("`ca_file` holds no certificate").at_file(file);
        error.hint("give a file in PEM form, which begins with -----BEGIN CERTIFICATE-----")
    })
}
