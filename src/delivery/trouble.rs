//! What goes wrong on a network, whichever crate says so.

use std::error::Error as Cause;
use std::io::{self, ErrorKind};

/// Kinds of trouble. The texts of the causes are not passed on: they hold addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    NoAnswer,
    Refused,
    CutOff,
    Unreachable,
    UnknownHost,
    Certificate,
    CertificateName,
    CertificateAge,
    /// A root in the place of a certificate that it should have signed.
    CertificateRoot,
    Encryption,
    Other,
}

impl Trouble {
    /// The kind of the first cause that tells.
    pub(super) fn of(error: &(dyn Cause + 'static)) -> Self {
        let by_kind =
            causes(error).find_map(|cause| of_kind(cause.downcast_ref::<io::Error>()?.kind()));
        let by_text = || causes(error).find_map(|cause| of_text(&cause.to_string().to_lowercase()));
        by_kind.or_else(by_text).unwrap_or(Trouble::Other)
    }

    /// What is wrong, and what to do.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Trouble::NoAnswer => ("no answer", "raise timeout_seconds if the host is slow"),
            Trouble::Refused => {
                ("the connection was refused", "check the host and the port, and that it runs")
            }
            Trouble::CutOff => ("the connection was cut off", "look into the log of the host"),
            Trouble::Unreachable => {
                ("the host cannot be reached", "check the network, and the host's name")
            }
            Trouble::UnknownHost => {
                ("the host's name is unknown", "check the spelling of the host")
            }
            Trouble::Certificate => (
                "the host's certificate is not trusted",
                "a mail server of your own needs the file of the root that signed it in `ca_file`",
            ),
            Trouble::CertificateName => (
                "the host's certificate is for another name",
                "write the name that the certificate is for",
            ),
            Trouble::CertificateAge => (
                "the host's certificate has expired, or is not valid yet",
                "have it renewed, and check this machine's clock",
            ),
            Trouble::CertificateRoot => (
                "the host shows a root certificate as its own",
                "let the root sign one for the host, or make one with basicConstraints=CA:FALSE",
            ),
            Trouble::Encryption => (
                "no encrypted connection could be made",
                "check that the port expects encryption from the first byte",
            ),
            Trouble::Other => ("the connection failed", "look into the log of the host"),
        }
    }
}

/// An error, what caused it, what caused that, and so on.
pub(super) fn causes<'a>(
    error: &'a (dyn Cause + 'static),
) -> impl Iterator<Item = &'a (dyn Cause + 'static)> {
    std::iter::successors(Some(error), |cause| (*cause).source())
}

fn of_kind(kind: ErrorKind) -> Option<Trouble> {
    match kind {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Some(Trouble::NoAnswer),
        ErrorKind::ConnectionRefused => Some(Trouble::Refused),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some(Trouble::CutOff),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some(Trouble::Unreachable),
        _ => None,
    }
}

fn of_text(text: &str) -> Option<Trouble> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["causedasendentity"]) {
        Some(Trouble::CertificateRoot)
    } else if has(&["not valid for name", "notvalidforname"]) {
        Some(Trouble::CertificateName)
    } else if has(&["certificate expired", "not valid yet", "notvalidyet"]) {
        Some(Trouble::CertificateAge)
    } else if has(&["certificate"]) {
        Some(Trouble::Certificate)
    } else if has(&["dns error", "failed to lookup", "could not resolve"]) {
        Some(Trouble::UnknownHost)
    } else if has(&["incomplete message", "incomplete response", "connection closed"]) {
        Some(Trouble::CutOff)
    } else if has(&["corrupt message", "invalidcontenttype", "tls", "handshake"]) {
        Some(Trouble::Encryption)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_comes_before_the_text() {
        let error = io::Error::new(ErrorKind::ConnectionRefused, "certificate");
        assert_eq!(Trouble::of(&error), Trouble::Refused);
        let error = io::Error::other("invalid peer certificate: UnknownIssuer");
        assert_eq!(Trouble::of(&error), Trouble::Certificate);
        assert_eq!(Trouble::of(&io::Error::other("?")), Trouble::Other);
    }

    /// The texts are those of rustls 0.23.
    #[test]
    fn what_is_wrong_with_a_certificate() {
        let cases = [
            ("UnknownIssuer", Trouble::Certificate),
            ("certificate not valid for name \"a\"; certificate is not", Trouble::CertificateName),
            ("certificate expired: verification time 2 (UNIX)", Trouble::CertificateAge),
            ("certificate not valid yet: verification time 2", Trouble::CertificateAge),
            ("Other(OtherError(CaUsedAsEndEntity))", Trouble::CertificateRoot),
        ];
        for (text, trouble) in cases {
            let error = io::Error::other(format!("invalid peer certificate: {text}"));
            assert_eq!(Trouble::of(&error), trouble, "{text}");
        }
    }
}
