//! Email.

use std::time::{Duration, Instant};

use super::server::Server;
use super::*;

type Script = &'static [(&'static str, &'static str)];

const WITH_LOGIN: (&str, &str) = ("EHLO", "250-me\r\n250 AUTH PLAIN");

fn keys(port: u16, rest: &str) -> String {
    format!(
        "kind = \"email\"\nsmtp = \"smtp://127.0.0.1:{port}\"\n\
         from = \"Reports <reports@shop.example>\"\n\
         to = [\"ann@example.com\", \"bob@example.com\"]\n{rest}\n"
    )
}

fn attempt(script: Script, rest: &str) -> (Result<(), Failure>, Vec<String>) {
    let server = Server::smtp(script);
    let result = send(&keys(server.port, rest), &report());
    (result, server.received())
}

#[test]
fn a_letter_is_handed_over() {
    let script: Script = &[WITH_LOGIN, ("AUTH", "235 welcome")];
    let (result, lines) = attempt(script, "tls = \"none\"");
    result.unwrap();
    let has = |line: &str| lines.iter().any(|said| said == line);
    // "\0robot\0pass-word" in Base64.
    assert!(has("AUTH PLAIN AHJvYm90AHBhc3Mtd29yZA=="), "{lines:?}");
    assert!(has("MAIL FROM:<reports@shop.example>"));
    assert!(has("RCPT TO:<ann@example.com>") && has("RCPT TO:<bob@example.com>"));
    assert!(has("Message-ID: <digest-2026-06-29-9f2c@shop.example>"));
}

#[test]
fn a_refused_password_waits_for_the_operator() {
    let script: Script = &[WITH_LOGIN, ("AUTH", "535 5.7.8 robot@example.com: wrong")];
    let failure = attempt(script, "tls = \"none\"").0.unwrap_err();
    assert!(!failure.is_permanent, "the fix is the operator's");
    assert!(failure.to_string().contains("535"), "{failure}");
    let hint = failure.error.hint_text().unwrap();
    assert!(hint.contains("MICROSEG_SMTP_PASSWORD"), "{hint}");
    assert_private(&failure);
}

#[test]
fn refusals_say_where_and_whether_they_are_final() {
    let plain = "tls = \"none\"\nlogin = false";
    let cases: [(Script, &str, bool); 6] = [
        (&[("MAIL", "550 5.7.1 reports@shop.example unknown")], "sender in `from`", true),
        (&[("RCPT TO:<bob", "550 5.1.1 <bob@example.com>: no")], "recipient 2 of 2 in `to`", true),
        (&[("RCPT TO:<ann", "450 4.2.1 <ann@example.com>: later")], "recipient 1 of 2", false),
        (&[(".", "552 too long")], "the text was refused (552)", true),
        (&[("EHLO", "421 busy")], "the connection was refused (421)", false),
        (&[("MAIL", "530 5.7.0 log in first")], "asks for a login (530)", false),
    ];
    for (script, words, is_permanent) in cases {
        let failure = attempt(script, plain).0.unwrap_err();
        assert!(failure.to_string().contains(words), "{failure}");
        assert_eq!(failure.is_permanent, is_permanent, "{failure}");
        assert_private(&failure);
    }
}

#[test]
fn without_encryption_nothing_is_said() {
    let (result, lines) = attempt(&[WITH_LOGIN], "");
    let failure = result.unwrap_err();
    assert!(failure.to_string().contains("no encryption (STARTTLS)"), "{failure}");
    assert!(!lines.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
    assert_private(&failure);
    let failure = attempt(&[], "tls = \"none\"").0.unwrap_err();
    assert!(failure.to_string().contains("no way to log in"), "{failure}");
}

#[test]
fn servers_that_go_silent_end_at_the_limit() {
    let silent = |port: u16, rest: &str| {
        let start = Instant::now();
        let failure = send(&keys(port, rest), &report()).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(8));
        assert!(failure.to_string().ends_with("no answer within 1 second"), "{failure}");
        assert!(!failure.is_permanent);
        assert_private(&failure);
    };
    let server = Server::that_hangs();
    silent(server.port, "");
    silent(Server::smtp(&[("RCPT TO:<bob", "")]).port, "tls = \"none\"\nlogin = false");
    let implicit = keys(server.port, "").replace("smtp://", "smtps://");
    let failure = send(&implicit, &report()).unwrap_err();
    assert!(failure.to_string().ends_with("no answer within 1 second"), "{failure}");
}

#[test]
fn the_farewell_is_not_waited_for() {
    let server = Server::smtp(&[("QUIT", "")]);
    let start = Instant::now();
    send(&keys(server.port, "tls = \"none\"\nlogin = false"), &report()).unwrap();
    assert!(start.elapsed() < Duration::from_millis(900));
}

#[test]
fn a_plain_port_is_no_encrypted_one() {
    let server = Server::smtp(&[]);
    let implicit = keys(server.port, "").replace("smtp://", "smtps://");
    let failure = send(&implicit, &report()).unwrap_err();
    assert!(failure.to_string().ends_with("no encrypted connection could be made"), "{failure}");
    assert_private(&failure);
}
