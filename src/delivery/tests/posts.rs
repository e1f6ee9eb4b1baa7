//! Webhooks and chats.

use std::time::{Duration, Instant};

use super::super::verify;
use super::server::Server;
use super::*;

fn hook(port: u16) -> String {
    format!("kind = \"webhook\"\nurl = \"http://127.0.0.1:{port}/hook?token=1\"\n")
}

fn chat(port: u16, style: &str) -> String {
    format!("kind = \"chat\"\nurl = \"http://127.0.0.1:{port}/services\"\nstyle = \"{style}\"\n")
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = request.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn changes_arrive_signed_with_their_id() {
    let server = Server::http(&["204 No Content"]);
    send(&hook(server.port), &changes(3)).unwrap();
    let requests = server.received();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert!(request.starts_with("POST /hook?token=1 HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(request, "Content-Type"), Some("application/x-ndjson"));
    assert_eq!(header(request, "Idempotency-Key"), Some("changes-7"));
    assert_eq!(body(request).lines().count(), 3);
    let signature = header(request, "X-Microseg-Signature").unwrap();
    let at = now().as_second();
    assert!(verify(b"hush-hush", signature, body(request).as_bytes(), at, 0), "{signature}");
}

#[test]
fn many_changes_are_several_requests_whose_ids_stay() {
    let server = Server::http(&["200 OK", "503 Busy", "200 OK"]);
    let keys = format!("{}batch = 2\n", hook(server.port));
    let failure = send(&keys, &changes(5)).unwrap_err();
    assert!(!failure.is_permanent);
    send(&keys, &changes(5)).unwrap();
    let requests = server.received();
    let ids: Vec<&str> = requests.iter().filter_map(|r| header(r, "Idempotency-Key")).collect();
    let part = |n: usize| format!("changes-7.{n}-of-3");
    assert_eq!(ids, [part(1), part(2), part(1), part(2), part(3)]);
    assert_eq!(body(&requests[0]), body(&requests[2]));
}

#[test]
fn a_digest_is_json() {
    let server = Server::http(&["200 OK"]);
    send(&format!("{}what = [\"digest\"]\n", hook(server.port)), &report()).unwrap();
    let requests = server.received();
    let json: serde_json::Value = serde_json::from_str(body(&requests[0])).unwrap();
    assert_eq!(header(&requests[0], "Content-Type"), Some("application/json"));
    assert_eq!(json["id"], "digest-2026-06-29-9f2c");
    assert_eq!(json["lines"], serde_json::json!(["One.", "Two."]));
    assert_eq!(json["link"], "https://example.com/r");
}

#[test]
fn a_server_that_never_answers_ends_at_the_limit() {
    let server = Server::that_hangs();
    let start = Instant::now();
    let failure = send(&hook(server.port), &changes(1)).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(failure.to_string().ends_with("no answer within 1 second"), "{failure}");
    assert!(!failure.is_permanent);
    assert_private(&failure);
}

#[test]
fn a_server_that_fails_twice_is_tried_again() {
    let server = Server::http(&["503 Busy\nRetry-After: 17", "500 Oh", "200 OK"]);
    let channel = open(&hook(server.port)).unwrap();
    let first = channel.send(&changes(1), now()).unwrap_err();
    assert_eq!((first.is_permanent, first.retry_after_seconds), (false, Some(17)));
    let second = channel.send(&changes(1), now()).unwrap_err();
    assert_eq!((second.is_permanent, second.retry_after_seconds), (false, None));
    channel.send(&changes(1), now()).unwrap();
    assert_private(&first);
}

#[test]
fn which_answers_are_final() {
    let answers = [
        ("404 Not Found", true),
        ("401 Unauthorized", true),
        ("429 Slow\nRetry-After: 3", false),
        ("408 Late", false),
        ("425 Early", false),
        ("302 Found\nLocation: http://127.0.0.1:1/", true),
    ];
    for (answer, is_permanent) in answers {
        let server = Server::http(&[answer]);
        let failure = send(&hook(server.port), &changes(1)).unwrap_err();
        assert_eq!(failure.is_permanent, is_permanent, "{failure}");
        assert!(failure.to_string().contains(&answer[..3]), "{failure}");
        assert_private(&failure);
    }
}

#[test]
fn nobody_there_can_pass() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = send(&hook(port), &changes(1)).unwrap_err();
    assert!(failure.to_string().ends_with("the connection was refused"), "{failure}");
    assert_private(&failure);
    let server = Server::that_hangs_up();
    let failure = send(&hook(server.port), &changes(1)).unwrap_err();
    assert!(failure.to_string().ends_with("the connection was cut off"), "{failure}");
    assert!(!failure.is_permanent);
    assert_private(&failure);
}

#[test]
fn chats_get_their_format_and_say_why_not() {
    let server =
        Server::http(&["200 OK\n\nok", "404 Not Found\n\nno_service", "400 Bad\n\n<hush>"]);
    let keys = chat(server.port, "slack");
    send(&keys, &report()).unwrap();
    let failure = send(&keys, &report()).unwrap_err();
    assert!(failure.to_string().ends_with("the answer was 404 (no_service)"), "{failure}");
    assert_private(&failure);
    let failure = send(&keys, &report()).unwrap_err();
    assert!(failure.to_string().ends_with("the answer was 400"), "{failure}");
    let requests = server.received();
    assert!(body(&requests[0]).contains("\"blocks\":["), "{}", requests[0]);
    assert_eq!(header(&requests[0], "Idempotency-Key"), Some("digest-2026-06-29-9f2c"));

    let server = Server::http(&["202 Accepted"]);
    send(&chat(server.port, "teams"), &report()).unwrap();
    assert!(body(&server.received()[0]).contains("application/vnd.microsoft.card.adaptive"));
    let failure = send(&chat(server.port, "teams"), &changes(1)).unwrap_err();
    assert!(failure.is_permanent);
}
