//! Files that are spoilt, disks that are full or can only be read: it is told in plain words, nothing is lost, and
//! once the cause is gone the same command ends as if nothing had been.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::receivers::{
    LATE_MONDAY, REGISTRY, TO_MONDAY, WAITING, deliver_to, is_as_undisturbed, is_discreet,
    last_run, late_monday, messages, run_on,
};
use crate::support::{Dir, PROGRAM, no_panic, refused};

const JOURNAL: &str = "registry/journal.sqlite";

type Spoil = (&'static str, fn(&Path));

/// What can become of a SQLite file, and how that is called.
const SPOILT: [Spoil; 4] = [
    ("is damaged", |path| {
        fs::write(path, "no database at all, but long enough to be one").unwrap()
    }),
    ("is damaged", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("the file is not a", |path| {
        fs::remove_file(path).unwrap();
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1);").unwrap();
    }),
    // The journal in the place of the registry, and the other way round.
    ("the file is not a", |path| {
        let is_journal = path.ends_with("journal.sqlite");
        let other = if is_journal { "segments.sqlite" } else { "journal.sqlite" };
        fs::copy(path.with_file_name(other), path).map(drop).unwrap();
    }),
];

/// Spoils a file, sees these commands refused, and puts the file back.
fn refuses_while_spoilt(dir: &Dir, name: &str, (words, spoil): Spoil, lines: &[&str]) {
    let path = dir.path().join(name);
    let whole = fs::read(&path).unwrap();
    spoil(&path);
    let spoilt = fs::read(&path).unwrap();
    for line in lines {
        let output = run_on(dir, line);
        no_panic(&output);
        refused(&output, 3, &[words, name]);
        assert!(fs::read(&path).unwrap() == spoilt, "{line} wrote into a file that is not its own");
    }
    fs::write(&path, whole).unwrap();
}

#[test]
fn a_spoilt_journal_is_refused_and_nothing_is_lost() {
    let dir = late_monday();
    let lines = ["schedule status", "deliver -q", TO_MONDAY, "schedule once monday -q"];
    for spoil in SPOILT {
        refuses_while_spoilt(&dir, JOURNAL, spoil, &lines);
    }
    run_on(&dir, LATE_MONDAY).fine();
    is_as_undisturbed(&dir);
}

#[test]
fn a_spoilt_registry_is_refused_and_nothing_is_lost() {
    let dir = late_monday();
    let lines = ["segments list", "refresh -q --as-of 2026-04-13", "digest -q --as-of 2026-04-13"];
    for spoil in SPOILT {
        refuses_while_spoilt(&dir, REGISTRY, spoil, &lines);
    }
    let whole = fs::read(dir.path().join(REGISTRY)).unwrap();
    SPOILT[0].1(&dir.path().join(REGISTRY));
    run_on(&dir, TO_MONDAY).fine();
    let run = last_run(&dir);
    assert_eq!((&run["outcome"], &run["attempts"]), (&"failed".into(), &1.into()));
    let why = run["message"].as_str().unwrap();
    assert!(why.contains("segments is damaged") && why.contains("(put back a copy"), "{why}");
    dir.write(REGISTRY, whole);
    run_on(&dir, LATE_MONDAY).fine();
    is_as_undisturbed(&dir);
}

/// A machine that lost its power may leave a file of no bytes, which SQLite takes for a new one.
#[test]
fn a_file_that_was_emptied_is_not_taken_for_a_new_one() {
    let empty = |path: &Path| fs::write(path, "").unwrap();
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, "kind = \"folder\"\npath = \"out\"");
    let lines = ["segments accept --all --as-of 2026-04-06", "segments list --as-of 2026-04-06"];
    refuses_while_spoilt(&dir, REGISTRY, ("is damaged", empty), &lines);
    refuses_while_spoilt(&dir, JOURNAL, ("is damaged", empty), &["schedule status", "deliver -q"]);
    run_on(&dir, "deliver -q").fine();
    assert_eq!(messages(&dir), [0, 1, 0]);
}

/// Runs a script as root of a namespace of its own, where disks can be mounted. `None`, with a word on stderr,
/// where that is not permitted.
fn with_disks(script: &str, arguments: &[&str]) -> Option<()> {
    let place = Dir::new();
    let unshare = |script: &str, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-euc", script, "sh", place.path().to_str().unwrap(), PROGRAM]);
        command.args(arguments).output()
    };
    let is_permitted = unshare("mount -t tmpfs tmpfs \"$1\" && umount \"$1\"", &[]);
    if !is_permitted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no disk can be mounted here");
        return None;
    }
    let output = unshare(script, arguments).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    is_discreet("what was said", said.as_bytes());
    Some(())
}

/// A disk with so many KiB left: runs two commands, makes room, and goes on.
const FULL: &str = r#"
mount -t tmpfs -o size=96m tmpfs "$1"
shop=$1 program=$2 out=$4 last=$6
cp -r "$3"/. "$shop"
left=$(df -k --output=avail "$shop" | tail -n 1)
head -c $(((left - $5) * 1024)) /dev/zero > "$shop/filler"
shift 6
for line in "$@"; do
    code=0
    "$program" $line --workspace "$shop" > "$out/out" 2> "$out/err" || code=$?
    printf '%s|%s\n' "$code" "$(tr '\n' '|' < "$out/err")" >> "$out/answers"
done
rm "$shop/filler"
"$program" $last --workspace "$shop"
cp -r "$shop" "$out/after"
"#;

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let dir = late_monday();
    let (mut failed, mut wrong) = (0, Vec::new());
    for left in ["0", "16", "40", "500", "1500"] {
        let found = Dir::new();
        let shops = [dir.path(), found.path()].map(|path| path.to_str().unwrap());
        let lines = ["digest -q --as-of 2026-04-13", TO_MONDAY];
        let arguments = [&shops[..], &[left, LATE_MONDAY], &lines].concat();
        if with_disks(FULL, &arguments).is_none() {
            return;
        }
        let answers = found.read("answers");
        is_discreet("stderr", answers.as_bytes());
        for answer in answers.lines() {
            let mut parts: Vec<&str> = answer.split_terminator('|').collect();
            let hint = (parts.len() > 2).then(|| parts.pop()).flatten();
            let is_told = hint == Some("hint: make room on the disk");
            let is_error = parts.last().is_some_and(|what| what.starts_with("error: "));
            // A job or a delivery that fails is written down, and tried again.
            let is_fine = match parts[0] {
                "0" => {
                    parts[1..].iter().chain(&hint).all(|l| l.contains("(make room on the disk)"))
                }
                code => code == "3" && is_told && is_error,
            };
            wrong.extend((!is_fine).then(|| format!("{left} KiB: {answer}")));
            failed += usize::from(parts[0] == "3");
        }
        is_as_undisturbed(&Dir::copy_of(&found.path().join("after")));
    }
    assert!(failed > 2, "{failed}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A workspace that can only be read: what each command says to that.
const READ_ONLY: &str = r#"
mount --bind "$3" "$1"
mount -o remount,ro,bind "$1"
shop=$1 program=$2 out=$4
shift 4
for line in "$@"; do
    code=0
    "$program" $line --workspace "$shop" > "$out/out" 2> "$out/err" || code=$?
    printf '%s: %s\n' "$code" "$(tr '\n' '|' < "$out/err")" >> "$out/answers"
done
"#;

#[test]
fn a_workspace_that_can_only_be_read_is_refused_and_stays_as_it_is() {
    let (dir, found) = (late_monday(), Dir::new());
    let before = dir.files();
    let lines = [
        "schedule status", "schedule -q", "schedule once monday -q", TO_MONDAY, "deliver -q",
        "deliver -q --again", "digest -q --as-of 2026-04-13", "refresh -q --as-of 2026-04-13",
    ];
    let arguments = [dir.path(), found.path()].map(|path| path.to_str().unwrap());
    if with_disks(READ_ONLY, &[&arguments[..], &lines].concat()).is_none() {
        return;
    }
    let answers = found.read("answers");
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), lines.len());
    assert_eq!(answers[0], "0: ", "what is only read can be read");
    for (line, answer) in lines.iter().zip(&answers).skip(1) {
        let parts: Vec<&str> = answer.split('|').collect();
        assert!(parts[0].starts_with("3: error: "), "{line}: {answer}");
        assert!(parts[0].contains("Read-only file system"), "{line}: {answer}");
        assert_eq!(parts[1..], ["hint: choose a place that you may write to", ""], "{line}");
    }
    assert!(dir.files() == before);
    run_on(&dir, LATE_MONDAY).fine();
    is_as_undisturbed(&dir);
}
