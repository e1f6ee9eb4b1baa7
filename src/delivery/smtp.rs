//! A conversation with a mail server (RFC 5321), step by step, so that a failure can say where.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as Cause;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use crate::workspace::SmtpAddress;

/// When a connection is encrypted.
#[derive(Clone)]
pub(super) enum Encryption {
    None,
    /// By a command, before anything is said. A server that does not offer it is refused.
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    Encrypt,
    LogIn,
    Sender,
    /// Number from 1, of all.
    Recipient(usize, usize),
    Text,
}

impl Step {
    /// What the server said no to.
    pub(super) fn words(self) -> String {
        match self {
            Step::Connect => "the connection".to_owned(),
            Step::Encrypt => "encryption".to_owned(),
            Step::LogIn => "the login".to_owned(),
            Step::Sender => "the sender in `from`".to_owned(),
            Step::Recipient(place, all) => format!("recipient {place} of {all} in `to`"),
            Step::Text => "the text".to_owned(),
        }
    }
}

/// Why a conversation ended early.
#[derive(Debug)]
pub(super) enum Stop {
    At(Step, Cause),
    /// The whole took longer than its steps may take together.
    TooLong,
}

/// All that is said to a server to hand over one letter.
pub(super) struct Conversation {
    pub(super) address: SmtpAddress,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
    pub(super) envelope: Envelope,
    pub(super) text: Vec<u8>,
    /// Of one step.
    pub(super) limit: Duration,
}

impl Conversation {
    /// Hands the letter over. Steps end at the limit; a server that answers drop by drop, and a
    /// look-up of the host's name, are bounded by a thread that is left behind.
    pub(super) fn run(self) -> Result<(), Stop> {
        const STEPS: u32 = 12;
        let recipients = u32::try_from(self.envelope.to().len()).unwrap_or(u32::MAX);
        let whole = self.limit.saturating_mul(STEPS.saturating_add(recipients));
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || match self.hand_over() {
            Ok(mut connection) => {
                // The letter is theirs by now; nobody waits for the farewell.
                drop(sender.send(Ok(())));
                drop(connection.quit());
            }
            Err(stop) => drop(sender.send(Err(stop))),
        });
        receiver.recv_timeout(whole).unwrap_or(Err(Stop::TooLong))
    }

    fn hand_over(&self) -> Result<SmtpConnection, Stop> {
        let mut connection = self.connect()?;
        let result = self.say(&mut connection);
        if result.is_err() {
            connection.abort();
        }
        result.map(|()| connection)
    }

    fn connect(&self) -> Result<SmtpConnection, Stop> {
        let implicit = match &self.encryption {
            Encryption::Implicit(parameters) => Some(parameters),
            Encryption::None | Encryption::StartTls(_) => None,
        };
        let server = (self.address.host.as_str(), self.address.port);
        let name = ClientId::default();
        SmtpConnection::connect(server, Some(self.limit), &name, implicit, None)
            .map_err(|cause| Stop::At(Step::Connect, cause))
    }

    fn say(&self, connection: &mut SmtpConnection) -> Result<(), Stop> {
        let at = |step: Step| move |cause: Cause| Stop::At(step, cause);
        if let Encryption::StartTls(parameters) = &self.encryption {
            connection.starttls(parameters, &ClientId::default()).map_err(at(Step::Encrypt))?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).map_err(at(Step::LogIn))?;
        }
        let from = self.envelope.from().cloned();
        connection.command(Mail::new(from, Vec::new())).map_err(at(Step::Sender))?;
        let all = self.envelope.to().len();
        for (place, to) in (1..).zip(self.envelope.to()) {
            let command = Rcpt::new(to.clone(), Vec::new());
            connection.command(command).map_err(at(Step::Recipient(place, all)))?;
        }
        connection.command(Data).map_err(at(Step::Text))?;
        connection.message(&self.text).map(drop).map_err(at(Step::Text))
    }
}
