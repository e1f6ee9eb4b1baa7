//! Deliveries to a mail server, web servers, a store and a folder, as the receivers see them.

use std::collections::BTreeMap;
use std::fs;

use crate::python::python;
use crate::receivers::{
    CHAT_PATH, DIGEST, FEED, PASSWORD, RECIPIENT, Receiver, SECRET, USER, WAITING, ask, bodies,
    deliver_to, email, messages, run_on, run_with, status, webhook,
};
use crate::support::Dir;

/// A Tuesday: no job is due, and waits between attempts take no time.
const TUESDAY: &str = "schedule rehearse --from 2026-04-07 --until 2026-04-08";

fn waiting(keys: &str) -> Dir {
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, keys);
    dir
}

/// The files of the digest, its page under the name that it is delivered by.
fn digest(dir: &Dir) -> BTreeMap<String, Vec<u8>> {
    let files = dir.files().into_iter().filter_map(|(path, bytes)| {
        let path = path.strip_prefix(DIGEST).ok()?.to_str().unwrap();
        // Elsewhere there are no pages beside it.
        (path != "report.html").then(|| (path.replace("alone.html", "digest.html"), bytes))
    });
    files.collect()
}

fn mail(dir: &Dir) -> serde_json::Value {
    serde_json::from_str(&dir.read(&format!("{DIGEST}/mail.json"))).unwrap()
}

fn sentences(dir: &Dir) -> Vec<String> {
    let state: serde_json::Value =
        serde_json::from_str(&dir.read(&format!("{DIGEST}/digest.json"))).unwrap();
    state["sentences"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

/// Delivers all that waits, once as it is and once as if the process had been killed before it wrote down that
/// it had.
fn deliver_twice(dir: &Dir, line: &str, variables: &[(&str, &str)]) {
    let journal = fs::read(dir.path().join("registry/journal.sqlite")).unwrap();
    for _ in 0..2 {
        dir.write("registry/journal.sqlite", &journal);
        run_with(dir, line, variables).fine();
    }
}

/// Nothing waits, nothing was given up, and a further delivery has nothing to do.
fn is_settled(dir: &Dir, sent: u64, variables: &[(&str, &str)]) {
    assert_eq!(messages(dir), [0, sent, 0]);
    let again = run_with(dir, "deliver -q --format json", variables).fine().json();
    assert_eq!(again.to_string(), r#"{"queued":0,"sent":0,"failed":0,"dead":0}"#);
    assert_eq!(status(dir).0, Some(0));
}

/// Reads letters: headers, texts, and every picture whose chunks and rows are whole.
const READ_LETTERS: &str = r"
import email, email.policy, json, struct, sys, zlib

def is_whole_png(data):
    assert data[:8] == b'\x89PNG\r\n\x1a\n'
    at, rows, ended = 8, b'', False
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        assert struct.unpack('>I', data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + chunk)
        if kind == b'IHDR':
            width, height, depth, colour = struct.unpack('>IIBB', chunk[:10])
        rows += chunk if kind == b'IDAT' else b''
        ended = kind == b'IEND'
        at += 12 + length
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] * width
    return ended and len(zlib.decompress(rows)) == height * (1 + (bits + 7) // 8) and height > 100

def read(path):
    with open(path, 'rb') as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    alternative, parts = letter, letter.get_payload()
    related = parts[1].get_payload()
    return {
        'headers': {name.lower(): str(value) for name, value in letter.items()},
        'kinds': [letter.get_content_type(), *(part.get_content_type() for part in [*parts, related[0]])],
        'text': parts[0].get_content(),
        'html': related[0].get_content(),
        'pictures': {
            part['Content-ID']: [part.get_content_type(), part.get_content_disposition(),
                                 is_whole_png(part.get_content())]
            for part in related[1:]
        },
        'body': letter.as_bytes().split(b'\n\n', 1)[1].decode('ascii').replace('\r', ''),
    }

json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
";

#[test]
fn a_digest_by_email_is_one_letter_with_its_pictures() {
    let Some(python) = python() else { return };
    let server = Receiver::start(&python, "smtp", &["--user", USER, "--password", PASSWORD]);
    let dir = waiting(&email(server.port));
    deliver_twice(&dir, "deliver -v", &[]);
    is_settled(&dir, 1, &[]);
    assert_eq!(server.kept("eml").len(), 2, "one letter an attempt");
    let paths = ["1.eml", "2.eml"].map(|name| server.folder().join(name));
    let letters = ask(&python, READ_LETTERS, &paths.each_ref().map(|path| path.to_str().unwrap()));
    let (letter, mail) = (&letters[0], mail(&dir));
    let headers = &letter["headers"];
    assert_eq!(headers["message-id"], "<digest-2026-04-06-out@shop.example>");
    assert_eq!(headers["subject"], mail["subject"]);
    assert_eq!(
        (&headers["to"], &headers["auto-submitted"]),
        (&RECIPIENT.into(), &"auto-generated".into())
    );
    let kinds = ["multipart/alternative", "text/plain", "multipart/related", "text/html"];
    assert_eq!(letter["kinds"], serde_json::json!(kinds));
    for key in ["message-id", "subject", "from", "to"] {
        assert_eq!(letters[1]["headers"][key], headers[key]);
    }
    assert_eq!(letters[1]["body"], letter["body"]);
    let (text, html) = (letter["text"].as_str().unwrap(), letter["html"].as_str().unwrap());
    let found = sentences(&dir);
    assert!(found.len() > 2 && found.iter().all(|sentence| text.contains(sentence)), "{text}");
    assert_eq!(text.replace('\r', "").trim(), mail["text"].as_str().unwrap().trim());
    assert_eq!(html.replace('\r', "").trim(), mail["html"].as_str().unwrap().trim());
    assert!(!text.contains('@') && !html.contains('@') && !html.contains("person"));
    let named = html.split("cid:").skip(1).map(|rest| rest.split('"').next().unwrap());
    let named: Vec<String> = named.map(|name| format!("<{name}>")).collect();
    let pictures = letter["pictures"].as_object().unwrap();
    assert!(pictures.len() > 2);
    assert_eq!(named.iter().collect::<Vec<_>>(), pictures.keys().collect::<Vec<_>>());
    for (name, facts) in pictures {
        assert_eq!(*facts, serde_json::json!(["image/png", "inline", true]), "{name}");
    }
}

/// Counts requests whose signature is that of their body with this secret.
const VERIFY: &str = r"
import hashlib, hmac, json, pathlib, sys
good = 0
for path in pathlib.Path(sys.argv[1]).glob('*.json'):
    request = json.loads(path.read_text())
    t, v1 = (part.split('=', 1)[1] for part in request['headers']['x-microseg-signature'].split(','))
    code = hmac.new(sys.argv[2].encode(), f'{t}.'.encode() + request['body'].encode(), hashlib.sha256)
    good += hmac.compare_digest(code.hexdigest(), v1)
json.dump(good, sys.stdout)
";

#[test]
fn changes_arrive_once_and_in_order_whatever_fails_before() {
    let Some(python) = python() else { return };
    let server = Receiver::start(&python, "http", &["--fail", "2"]);
    let dir = waiting(&format!("{}\nbatch = 7\nattempts = 3", webhook(server.port)));
    run_on(&dir, TUESDAY).fine();
    let feed = dir.read(FEED);
    let parts = feed.lines().count().div_ceil(7);
    assert!(parts > 5);
    let requests = server.requests();
    assert!(bodies(&requests) == feed);
    let name = |n: usize| format!("changes-2026-04-06-out-{n}-of-{parts}");
    for (n, request) in (1..).zip(&requests) {
        assert_eq!((request.path(), request.header("idempotency-key")), ("/changes", &*name(n)));
        assert_eq!(request.header("content-type"), "application/x-ndjson");
        assert!(request.body().lines().count() <= 7);
    }
    assert_eq!(requests.len(), parts);
    let folder = server.folder().to_str().unwrap();
    assert_eq!(ask(&python, VERIFY, &[folder, SECRET]), parts);
    assert_eq!(ask(&python, VERIFY, &[folder, "another"]), 0);
    is_settled(&dir, parts as u64, &[]);
    assert_eq!(server.requests().len(), parts, "nothing is sent twice");
}

#[test]
fn an_attempt_has_the_key_and_the_bytes_of_the_one_before() {
    let Some(python) = python() else { return };
    let server = Receiver::start(&python, "http", &[]);
    let keys = format!("{}\nbatch = 30\nwhat = [\"changes\", \"digest\"]", webhook(server.port));
    let dir = waiting(&keys);
    deliver_twice(&dir, "deliver -v", &[]);
    let requests = server.requests();
    let (first, second) = requests.split_at(requests.len() / 2);
    assert!(first.len() > 2);
    for (first, second) in first.iter().zip(second) {
        assert_eq!(first.body(), second.body());
        assert_eq!(first.header("idempotency-key"), second.header("idempotency-key"));
        assert_ne!(first.header("idempotency-key"), "");
    }
    let digests: Vec<_> =
        first.iter().filter(|r| r.header("content-type") == "application/json").collect();
    assert_eq!(digests.len(), 1);
    let said = digests[0].json();
    assert_eq!(
        (&said["id"], &said["title"]),
        (&"digest-2026-04-06-out".into(), &mail(&dir)["subject"])
    );
    assert_eq!(said["headline"], serde_json::json!(sentences(&dir)));
}

#[test]
fn what_is_new_stays_behind_what_waits_for_another_attempt() {
    let Some(python) = python() else { return };
    // The second attempt fails before Monday and the third is due after it.
    let server = Receiver::start(&python, "http", &["--fail", "2"]);
    let keys =
        webhook(server.port).replace("first_retry_seconds = 1", "first_retry_seconds = 604800");
    let dir = waiting(&format!("{keys}\nlongest_retry_seconds = 604800"));
    run_on(&dir, "schedule rehearse --from 2026-04-07 --until 2026-04-25").fine();
    let later =
        ["13", "20"].map(|day| dir.read(&format!("refreshes/2026-04-{day}/changes.ndjson")));
    let [second, third] = later;
    let requests = server.requests();
    let order: Vec<&str> =
        requests.iter().map(|request| request.header("idempotency-key")).collect();
    assert!(bodies(&requests) == dir.read(FEED) + &second + &third, "{order:?}");
}

/// With a bucket made and all requests noted; and afterwards the objects, and the order in which they were put.
const STORE: &str = r"
import boto3, json, sys, urllib.request
port, step = sys.argv[1:]
store = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='eu-west-1',
                     aws_access_key_id='a', aws_secret_access_key='b')
recorder = f'http://127.0.0.1:{port}/moto-api/recorder/'
if step == 'prepare':
    store.create_bucket(Bucket='reports', CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})
    urllib.request.urlopen(urllib.request.Request(recorder + 'start-recording', method='POST'))
    json.dump(None, sys.stdout)
else:
    recording = urllib.request.urlopen(recorder + 'download-recording').read().decode()
    noted = [json.loads(line) for line in recording.splitlines()]
    objects = store.list_objects_v2(Bucket='reports').get('Contents', [])
    bodies = {o['Key']: store.get_object(Bucket='reports', Key=o['Key']) for o in objects}
    json.dump({
        'puts': [n['url'].split('?')[0].split('/reports/', 1)[1] for n in noted if n['method'] == 'PUT'],
        'objects': {key: got['Body'].read().hex() for key, got in bodies.items()},
        'page': [got['ContentType'] for key, got in bodies.items() if key.endswith('/digest.html')],
    }, sys.stdout)
";

#[test]
fn a_store_has_the_folder_and_gets_the_page_last() {
    let Some(python) = python() else { return };
    let server = Receiver::start(&python, "s3", &[]);
    let port = server.port.to_string();
    ask(&python, STORE, &[&port, "prepare"]);
    let dir = waiting(&format!(
        "kind = \"store\"\nurl = \"s3://reports/weekly/all\"\nwhat = [\"digest\", \"changes\"]\n\
         options = {{ endpoint = \"http://127.0.0.1:{port}\", region = \"eu-west-1\", allow_http = \"true\" }}"
    ));
    let credentials = [("AWS_ACCESS_KEY_ID", USER), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    run_with(&dir, "deliver -v --log-format json", &credentials).fine();
    is_settled(&dir, 2, &credentials);
    let found = ask(&python, STORE, &[&port, "look"]);
    let prefix = "weekly/all/digest-2026-04-06-out/";
    let mut expected: BTreeMap<String, Vec<u8>> =
        digest(&dir).into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)).collect();
    let feed = "weekly/all/changes/changes-2026-04-06-out-1-of-1.ndjson";
    expected.insert(feed.to_owned(), dir.read(FEED).into_bytes());
    let objects = found["objects"].as_object().unwrap();
    assert_eq!(objects.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (path, bytes) in &expected {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(objects[path] == hex, "{path} is another one");
    }
    let puts: Vec<&str> =
        found["puts"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    let of_digest: Vec<&&str> = puts.iter().filter(|path| path.starts_with(prefix)).collect();
    assert_eq!(puts.len(), expected.len(), "every file is put once");
    assert_eq!(**of_digest.last().unwrap(), format!("{prefix}digest.html"));
    assert_eq!(found["page"], serde_json::json!(["text/html; charset=utf-8"]));
}

#[test]
fn chats_get_what_they_can_show() {
    let Some(python) = python() else { return };
    for style in ["slack", "teams"] {
        let server = Receiver::start(&python, "http", &[]);
        let dir = waiting(&format!("kind = \"chat\"\nstyle = \"{style}\"\nurl_env = \"CHAT_URL\""));
        let link = "\n[digest]\nlink = \"https://reports.example/shop\"\n";
        dir.edit("microseg.toml", |settings| settings + link);
        let url = format!("http://127.0.0.1:{}{CHAT_PATH}", server.port);
        run_with(&dir, "deliver -v", &[("CHAT_URL", &url)]).fine();
        is_settled(&dir, 1, &[("CHAT_URL", &url)]);
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].path(), CHAT_PATH);
        assert_eq!(requests[0].header("content-type"), "application/json");
        let (payload, title) = (requests[0].json(), mail(&dir)["subject"].clone());
        let page = format!("https://reports.example/shop/{DIGEST}/report.html");
        match style {
            "slack" => is_slack(&payload, &title, &sentences(&dir), &page),
            _ => is_teams(&payload, &title, &sentences(&dir), &page),
        }
    }
}

fn is_slack(
    payload: &serde_json::Value,
    title: &serde_json::Value,
    sentences: &[String],
    page: &str,
) {
    let blocks = payload["blocks"].as_array().unwrap();
    assert_eq!((&blocks[0]["type"], &blocks[0]["text"]["text"]), (&"header".into(), title));
    let text = |block: &serde_json::Value| block["text"]["text"].as_str().unwrap().to_owned();
    let sections: Vec<String> = blocks[1..].iter().map(text).collect();
    assert!(blocks[1..].iter().all(|block| block["type"] == "section"));
    let lines: Vec<String> = sentences.iter().map(|sentence| format!("• {sentence}")).collect();
    assert_eq!(sections, [lines.join("\n"), format!("<{page}|Open the report>")]);
    let shown = format!("{}\n{}", title.as_str().unwrap(), lines.join("\n"));
    assert_eq!(payload["text"], shown, "what notifications show");
}

fn is_teams(
    payload: &serde_json::Value,
    title: &serde_json::Value,
    sentences: &[String],
    page: &str,
) {
    let card = &payload["attachments"][0];
    assert_eq!(payload["type"], "message");
    assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(card["content"]["type"], "AdaptiveCard");
    let body = card["content"]["body"].as_array().unwrap();
    let runs: Vec<&str> =
        body.iter().map(|block| block["inlines"][0]["text"].as_str().unwrap()).collect();
    assert_eq!(runs[0], title.as_str().unwrap());
    assert_eq!(runs[1..], *sentences);
    assert_eq!(card["content"]["actions"][0]["url"], page);
}

#[test]
fn a_folder_gets_digest_and_changes_whole_and_once() {
    let dir = waiting("kind = \"folder\"\npath = \"out\"\nwhat = [\"digest\", \"changes\"]");
    deliver_twice(&dir, "deliver -q", &[]);
    is_settled(&dir, 2, &[]);
    let mut expected: BTreeMap<String, Vec<u8>> = digest(&dir)
        .into_iter()
        .map(|(path, bytes)| (format!("digest-2026-04-06-out/{path}"), bytes))
        .collect();
    let feed = "changes/changes-2026-04-06-out-1-of-1.ndjson";
    expected.insert(feed.to_owned(), dir.read(FEED).into_bytes());
    let out = Dir::copy_of(&dir.path().join("out"));
    let found =
        out.files().into_iter().map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes));
    assert!(found.collect::<BTreeMap<_, _>>() == expected);
}
