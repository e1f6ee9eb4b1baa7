//! Buckets, at a server that speaks as much of S3 as a put needs.

use super::server::Server;
use super::*;

fn keys(port: u16) -> String {
    format!(
        "kind = \"store\"\nurl = \"s3://bucket/some/prefix\"\n\
         options = {{ endpoint = \"http://127.0.0.1:{port}\", allow_http = \"true\" }}\n"
    )
}

fn puts(server: &Server) -> Vec<String> {
    let path = |request: String| request.split(' ').nth(1).unwrap_or_default().to_owned();
    server.received().into_iter().map(path).collect()
}

#[test]
fn the_entrance_is_put_last() {
    let server = Server::http(&["200 OK\nETag: \"1\""]);
    send(&keys(server.port), &report()).unwrap();
    let folder = "/bucket/some/prefix/digest-2026-06-29-9f2c";
    assert_eq!(
        puts(&server),
        [format!("{folder}/figures/sizes.png"), format!("{folder}/digest.html"),]
    );
    send(&keys(server.port), &changes(1)).unwrap();
    assert_eq!(puts(&server), ["/bucket/some/prefix/changes/changes-7.ndjson"]);
}

#[test]
fn which_answers_are_final() {
    let answers = [
        ("403 Forbidden\n\n<Error><Code>InvalidAccessKeyId</Code></Error>", "credentials", false),
        ("404 Not Found\n\n<Error><Code>NoSuchBucket</Code></Error>", "no such bucket", true),
        ("400 Bad Request\n\n<Error>hush</Error>", "the answer was 400", true),
        ("503 Slow Down\n\n<Error>hush</Error>", "the answer was 503", false),
    ];
    for (answer, words, is_permanent) in answers {
        let server = Server::http(&[answer]);
        let failure = send(&keys(server.port), &report()).unwrap_err();
        assert!(failure.to_string().contains(words), "{failure}");
        assert_eq!(failure.is_permanent, is_permanent, "{failure}");
        assert_eq!(puts(&server).len(), 1, "attempts are the caller's");
        assert!(!told(&failure).contains("hush"), "{failure}");
        assert!(failure.to_string().contains("delivery team: bucket: "), "{failure}");
    }
}

#[test]
fn silence_and_nobody_can_pass() {
    let server = Server::that_hangs();
    let failure = send(&keys(server.port), &report()).unwrap_err();
    assert!(failure.to_string().ends_with("no answer within 1 second"), "{failure}");
    assert!(!failure.is_permanent);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = send(&keys(port), &report()).unwrap_err();
    assert!(failure.to_string().ends_with("the connection was refused"), "{failure}");
}
