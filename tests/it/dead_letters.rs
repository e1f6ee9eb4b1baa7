//! Messages that are given up: how that is told, and how they go out after all.

use std::fs;

use serde_json::Value;

use crate::python::python;
use crate::receivers::{
    DIGEST, FEED, Receiver, WAITING, bodies, deliver_to, deliver_until_fine, messages, run_on,
    status, webhook,
};
use crate::support::{Dir, no_panic};

/// Digests and changes to a server that takes nothing, given up after two attempts.
fn in_vain(server: &Receiver) -> Dir {
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, &keys(server));
    dir
}

fn keys(server: &Receiver) -> String {
    format!("{}\nwhat = [\"digest\", \"changes\"]\nattempts = 2", webhook(server.port))
}

/// Rehearses from the Tuesday after the digest up to a day.
fn rehearse(dir: &Dir, until: &str) {
    run_on(dir, &format!("schedule rehearse -q --from 2026-04-07 --until {until}")).fine();
}

/// The text of a digest.
fn text(dir: &Dir, day: &str) -> String {
    let mail: Value = serde_json::from_str(&dir.read(&format!("digests/{day}/mail.json"))).unwrap();
    mail["text"].as_str().unwrap().to_owned()
}

const DEAD: [&str; 2] = ["digest-2026-04-06-out", "changes-2026-04-06-out-1-of-1"];

#[test]
fn what_was_given_up_is_told_and_goes_out_once_the_receiver_is_back() {
    let Some(python) = python() else { return };
    let broken = Receiver::start(&python, "http", &["--fail", "1000000"]);
    let dir = in_vain(&broken);
    rehearse(&dir, "2026-04-08");
    let (code, told) = status(&dir);
    assert_eq!((code, messages(&dir)), (Some(1), [0, 0, 2]));
    let why = "delivery out: 127.0.0.1: the answer was 503";
    for (id, message) in DEAD.iter().zip(told["undelivered"].as_array().unwrap()) {
        assert_eq!((&message["id"], &message["state"]), (&Value::from(*id), &Value::from("dead")));
        assert_eq!(message["attempts"], 2);
        assert!(message["last_error"].as_str().unwrap().starts_with(why), "{message}");
        let letter: Value =
            serde_json::from_str(&dir.read(&format!("dead-letters/{id}.json"))).unwrap();
        assert_eq!((&letter["id"], &letter["attempts"]), (&Value::from(*id), &Value::from(2)));
        assert_eq!(letter["why"], message["last_error"]);
    }
    assert!(dir.read(&format!("dead-letters/{}.ndjson", DEAD[1])) == dir.read(FEED));
    let shown = run_on(&dir, "schedule status");
    assert_eq!(shown.code, Some(1));
    assert!(DEAD.iter().all(|id| shown.stdout.contains(id)), "{}", shown.stdout);

    rehearse(&dir, "2026-04-14");
    let digest = text(&dir, "2026-04-13");
    for words in ["A digest of digests/2026-04-06", "Changes of refreshes/2026-04-06"] {
        assert!(digest.contains(&format!("{words} did not reach out: {why}")), "{digest}");
    }
    assert_eq!(messages(&dir), [0, 0, 4]);

    let works = Receiver::start(&python, "http", &[]);
    deliver_to(&dir, &keys(&works));
    assert_eq!(run_on(&dir, "deliver -q").fine().stdout.lines().count(), 1);
    assert_eq!(works.requests().len(), 0, "what was given up waits for somebody who asks for it");
    run_on(&dir, "deliver -q --again").fine();
    let requests = works.requests();
    let keys: Vec<&str> =
        requests.iter().map(|request| request.header("idempotency-key")).collect();
    let later = ["digest-2026-04-13-out", "changes-2026-04-13-out-1-of-1"];
    assert_eq!(keys, [DEAD, later].concat());
    let feeds = dir.read(FEED) + &dir.read("refreshes/2026-04-13/changes.ndjson");
    let (changes, _) = requests
        .into_iter()
        .partition::<Vec<_>, _>(|request| request.header("content-type") == "application/x-ndjson");
    assert!(bodies(&changes) == feeds);
    assert_eq!((status(&dir).0, messages(&dir)), (Some(0), [0, 4, 0]));
    run_on(&dir, "deliver -q --again").fine();
    assert_eq!(works.requests().len(), 4, "nothing is sent twice");
}

#[test]
fn what_was_given_up_is_told_in_one_digest() {
    let Some(python) = python() else { return };
    let broken = Receiver::start(&python, "http", &["--fail", "1000000"]);
    let dir = in_vain(&broken);
    rehearse(&dir, "2026-04-28");
    let sentence = format!("A digest of {DIGEST} did not reach out");
    let days = ["2026-04-13", "2026-04-20", "2026-04-27"];
    let told = days.map(|day| text(&dir, day).contains(&sentence));
    assert_eq!(told, [true, false, false]);
}

#[test]
fn a_message_whose_digest_is_gone_holds_up_no_other() {
    let Some(python) = python() else { return };
    let broken = Receiver::start(&python, "http", &["--fail", "1000000"]);
    let dir = in_vain(&broken);
    // The digest that was given up is outdated by the next one, and stays as long as it may be wanted.
    dir.edit("microseg.toml", |settings| format!("{settings}\n[digest]\nkeep = 1\n"));
    rehearse(&dir, "2026-04-14");
    assert!(dir.path().join(DIGEST).exists());
    fs::remove_dir_all(dir.path().join(DIGEST)).unwrap();
    let works = Receiver::start(&python, "http", &[]);
    let settings = dir.read("microseg.toml");
    let (old, new) = (format!(":{}/", broken.port), format!(":{}/", works.port));
    fs::write(dir.path().join("microseg.toml"), settings.replace(&old, &new)).unwrap();
    let output = run_on(&dir, "deliver -q --again");
    no_panic(&output);
    deliver_until_fine(&dir, &[]);
    let requests = works.requests();
    let keys: Vec<&str> =
        requests.iter().map(|request| request.header("idempotency-key")).collect();
    let others = [DEAD[1], "digest-2026-04-13-out", "changes-2026-04-13-out-1-of-1"];
    assert_eq!(keys, others, "{output:?}");
    assert_eq!(status(&dir).0, Some(1), "the one that cannot be made any more is told");
    run_on(&dir, "deliver -q --discard").fine();
    assert_eq!(status(&dir).0, Some(0), "it was put away");
}
