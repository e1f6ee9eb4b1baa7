//! The journal's file by itself.

use super::*;
use crate::workspace::journal::{MessageKind, MessageState, NewMessage};

fn message(id: &str) -> NewMessage {
    NewMessage {
        id: id.to_owned(),
        delivery: "team".to_owned(),
        kind: MessageKind::Changes,
        source: "refreshes/2026-01-05".to_owned(),
        first: 17,
        count: 3,
    }
}

#[test]
fn a_message_is_queued_once_whoever_queues_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let now = moment("2026-01-05T06:00:00Z");
    assert_eq!(journal.enqueue(&[message("a"), message("b")], now).unwrap(), 2);
    assert_eq!(journal.enqueue(&[message("a"), message("c")], now).unwrap(), 1);
    assert!(journal.is_queued("team", "refreshes/2026-01-05").unwrap());
    assert!(!journal.is_queued("others", "refreshes/2026-01-05").unwrap());
    let waiting = journal.to_send(now).unwrap();
    assert_eq!(waiting.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!((waiting[0].first, waiting[0].count), (17, 3));
}

#[test]
fn what_failed_waits_and_what_was_given_up_can_be_revived() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let (now, later) = (moment("2026-01-05T06:00:00Z"), moment("2026-01-05T06:10:00Z"));
    journal.enqueue(&[message("a"), message("b"), message("c")], now).unwrap();
    journal.not_sent("a", now, "no answer", Some(later)).unwrap();
    assert!(journal.to_send(now).unwrap().is_empty());
    assert_eq!(journal.next_attempt().unwrap(), Some(later));
    assert_eq!(journal.to_send(later).unwrap().len(), 3);
    journal.not_sent("a", later, "refused", None).unwrap();
    journal.sent("b", later).unwrap();
    let counts = journal.counts().unwrap();
    assert_eq!((counts.waiting, counts.sent, counts.dead), (1, 1, 1));
    let dead = journal.messages(MessageState::Dead).unwrap();
    assert_eq!((dead[0].attempts, dead[0].last_error.as_deref()), (2, Some("refused")));
    assert_eq!(journal.revive(later).unwrap(), 1);
    assert_eq!(journal.messages(MessageState::Waiting).unwrap()[0].attempts, 0);
    journal.not_sent("c", later, "refused", None).unwrap();
    assert_eq!(journal.discard(later).unwrap(), 1);
    assert_eq!(journal.counts().unwrap().dead, 0);
}

#[test]
fn a_file_that_is_no_journal_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(Journal::FILE);
    for content in
        ["not a database at all, but long enough to look like one".repeat(40), "x".into()]
    {
        std::fs::write(&path, &content).unwrap();
        let error = Journal::open(dir.path()).unwrap_err();
        assert!(error.to_string().contains("journal of runs and deliveries"), "{error}");
        assert!(error.hint_text().is_some());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
    std::fs::remove_file(&path).unwrap();
    // The registry of segments is not taken for a journal.
    drop(crate::workspace::registry::Registry::open(dir.path()).unwrap());
    std::fs::rename(dir.path().join("segments.sqlite"), &path).unwrap();
    let error = Journal::open(dir.path()).unwrap_err();
    assert!(error.to_string().contains("not a journal"), "{error}");
}
