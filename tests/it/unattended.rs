//! What goes wrong while nobody looks: it is told in plain words, nothing is lost, and once the cause is gone the
//! same command ends as if nothing had been.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::python::python;
use crate::receivers::{
    CHAT_PATH, FEED, LATE_MONDAY, PASSWORD, Receiver, SECRET, TO_MONDAY, USER, WAITING, bodies,
    deliver_to, deliver_until_fine, email, is_as_undisturbed, is_discreet, late_monday, messages,
    run_on, run_with, status, webhook,
};
use crate::support::{Dir, PROGRAM, no_panic, refused};

const JOURNAL: &str = "registry/journal.sqlite";
const REGISTRY: &str = "registry/segments.sqlite";

type Spoil = (&'static str, fn(&Path));

/// What can become of a SQLite file, and how that is called.
const SPOILT: [Spoil; 4] = [
    ("is damaged", |path| fs::write(path, "no database at all, but long enough to be one").unwrap()),
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

fn last_run(dir: &Dir) -> Value {
    status(dir).1["runs"][0].clone()
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

#[test]
fn a_wrong_password_is_told_and_the_right_one_sends_what_waits() {
    let Some(python) = python() else { return };
    let server = Receiver::start(&python, "smtp", &["--user", USER, "--password", PASSWORD]);
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, &email(server.port));
    let wrong = "wrong-password-1f";
    let output = run_with(&dir, "deliver -v", &[("TEST_PASSWORD", wrong)]);
    assert_eq!((output.code, messages(&dir)), (Some(1), [1, 0, 0]));
    no_panic(&output);
    let why = "delivery out: 127.0.0.1: the user name or the password was refused (535) \
               (correct the variables TEST_USER and TEST_PASSWORD)";
    assert_eq!(status(&dir).1["undelivered"][0]["last_error"], why);
    assert!(output.stderr.contains(why), "{}", output.stderr);
    for (path, bytes) in dir.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(wrong), "{}", path.display());
    }
    deliver_until_fine(&dir, &[]).fine();
    assert_eq!((messages(&dir), server.kept("eml").len()), ([0, 1, 0], 1));
}

#[test]
fn a_receiver_that_never_answers_holds_up_nothing_else() {
    let Some(python) = python() else { return };
    let hung = Receiver::start(&python, "http", &["--hang"]);
    let url = format!("http://127.0.0.1:{}{CHAT_PATH}", hung.port);
    let variables =
        [("CHAT_URL", &*url), ("AWS_ACCESS_KEY_ID", USER), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    let store = format!(
        "kind = \"store\"\nurl = \"s3://reports/x\"\noptions = {{ allow_http = \"true\", \
         endpoint = \"http://127.0.0.1:{}\", region = \"eu-west-1\" }}",
        hung.port
    );
    let chat = "kind = \"chat\"\nstyle = \"teams\"\nurl_env = \"CHAT_URL\"";
    let other = "[[delivery]]\nname = \"also\"\nkind = \"folder\"\npath = \"also\"";
    for keys in [webhook(hung.port), email(hung.port), store, chat.to_owned()] {
        let dir = Dir::copy_of(&WAITING);
        deliver_to(&dir, &format!("{keys}\ntimeout_seconds = 1\n{other}"));
        let began = Instant::now();
        let output = run_with(&dir, "deliver -v", &variables);
        assert!(began.elapsed() < Duration::from_secs(15));
        no_panic(&output);
        let why = ": no answer within 1 second (raise timeout_seconds if the host is slow)";
        assert!(output.stderr.contains(why), "{}", output.stderr);
        assert_eq!((output.code, messages(&dir)), (Some(1), [1, 1, 0]), "{}", output.stderr);
        assert!(dir.path().join("also/digest-2026-04-06-also/digest.html").exists());
    }
}

#[test]
fn what_a_receiver_did_not_answer_to_goes_out_to_one_that_does() {
    let Some(python) = python() else { return };
    let hung = Receiver::start(&python, "http", &["--hang"]);
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, &format!("{}\ntimeout_seconds = 1\nbatch = 9", webhook(hung.port)));
    assert_eq!(run_on(&dir, "deliver -q").code, Some(1));
    let works = Receiver::start(&python, "http", &[]);
    deliver_to(&dir, &format!("{}\nbatch = 9", webhook(works.port)));
    deliver_until_fine(&dir, &[]).fine();
    assert!(bodies(&works.requests()) == dir.read(FEED));
}

#[test]
fn a_missing_variable_is_named_and_what_waits_goes_out_once_it_is_set() {
    let chat = "kind = \"chat\"\nstyle = \"slack\"\nurl_env = \"TEST_UNSET\"";
    let mail = email(25).replace("TEST_PASSWORD", "TEST_UNSET");
    let hook = webhook(9).replace("TEST_SECRET", "TEST_UNSET");
    let store = "kind = \"store\"\nurl = \"s3://reports/x\"";
    let cases = [(chat, "url_env"), (&mail, "password_env"), (&hook, "secret_env"), (store, "AWS_SECRET")];
    for (keys, hint) in cases {
        let dir = Dir::copy_of(&WAITING);
        deliver_to(&dir, keys);
        let variables = [("AWS_ACCESS_KEY_ID", USER), ("TEST_UNSET", " ")];
        let output = run_with(&dir, "deliver", &variables);
        assert_eq!((output.code, messages(&dir)), (Some(1), [1, 0, 0]), "{}", output.stderr);
        no_panic(&output);
        let name = if keys == store { "AWS_SECRET_ACCESS_KEY" } else { "TEST_UNSET" };
        let (_, told) = status(&dir);
        let why = told["undelivered"][0]["last_error"].as_str().unwrap();
        assert!(why.contains(&format!("the variable {name} is not set")), "{why}");
        assert!(why.contains(hint), "{why}");
    }
    let Some(python) = python() else { return };
    let works = Receiver::start(&python, "http", &[]);
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, &format!("{chat}\nfirst_retry_seconds = 1"));
    let nonsense = format!("chat.example{CHAT_PATH}");
    for wrong in ["", CHAT_PATH, &nonsense, &format!("https://{USER}:{PASSWORD}@chat.example{CHAT_PATH}")] {
        let output = run_with(&dir, "deliver", &[("TEST_UNSET", wrong)]);
        no_panic(&output);
        std::thread::sleep(Duration::from_millis(if wrong.is_empty() { 0 } else { 1100 }));
    }
    let (_, told) = status(&dir);
    let why = told["undelivered"][0]["last_error"].as_str().unwrap();
    assert!(why.contains("variable TEST_UNSET"), "{why}");
    let url = format!("http://127.0.0.1:{}{CHAT_PATH}", works.port);
    deliver_until_fine(&dir, &[("TEST_UNSET", &url)]).fine();
    assert_eq!((messages(&dir), works.requests().len()), ([0, 1, 0], 1));
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let job = "[[schedule]]\nname = \"second\"\njob = \"refresh\"\ncron = \"0 6 * * *\"";
    let hook = webhook(9);
    let delivery = |keys: &str| format!("[[delivery]]\nname = \"second\"\n{keys}");
    let folder = "kind = \"folder\"\npath = \"out\"";
    let cases = [
        (job.replace("cron =", "corn ="), &["corn"][..]),
        (format!("{job}\nretry_hours = 1"), &["retry_hours"]),
        (job.replace("second", "monday"), &["two [[schedule]] are called `monday`"]),
        (job.replace("0 6 * * *", "0 6 30 2 *"), &["never", "30 2"]),
        (job.replace("0 6 * * *", "0 6 * *"), &["0 6 * *"]),
        (job.replace("refresh", "sleep"), &["sleep"]),
        (format!("{job}\ntime_limit_minutes = 0"), &["time_limit_minutes"]),
        (format!("{job}\ntimezone = \"Europe/Atlantis\""), &["time zone", "Atlantis"]),
        (delivery(&format!("{folder}\nfolder = \"x\"")), &["folder"]),
        (delivery(folder).replace("second", "out"), &["delivery out", "another one of this name"]),
        (delivery(&format!("{folder}\nurl = \"s3://x\"")), &["delivery second", "`url`"]),
        (delivery(&hook.replace("TEST_SECRET", SECRET)), &["delivery second", "`secret_env`"]),
        (delivery(&hook.replace("127.0.0.1", &format!("{USER}:{SECRET}@127.0.0.1"))), &["second"]),
        (delivery(&hook.replace("127.0.0.1:9/changes", &format!("host.example{CHAT_PATH}"))), &["second"]),
        (delivery(&email(25).replace("to = [\"", "to = [\"x ")), &["delivery second", "address 1"]),
    ];
    let dir = Dir::copy_of(&WAITING);
    deliver_to(&dir, folder);
    let good = dir.read("microseg.toml");
    for (block, words) in cases {
        dir.write("microseg.toml", format!("{good}\n{block}\n"));
        for line in ["schedule status", "schedule rehearse --from 2026-04-07 --until 2026-04-08"] {
            let output = run_on(&dir, line);
            no_panic(&output);
            refused(&output, 2, &[words, &["microseg.toml"]].concat());
        }
    }
    dir.write("microseg.toml", good);
    run_on(&dir, "deliver -q").fine();
    assert_eq!(messages(&dir), [0, 1, 0]);
}

/// A library that lets time run faster for whoever loads it: a minute is a fifth of a second.
const FAST_CLOCK: &str = r"
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *at) {
    static struct timespec first;
    int result = syscall(SYS_clock_gettime, clock, at);
    if (result != 0 || clock != CLOCK_MONOTONIC) return result;
    if (first.tv_sec == 0) first = *at;
    long long ns = (at->tv_sec - first.tv_sec) * 1000000000LL + (at->tv_nsec - first.tv_nsec);
    at->tv_sec = first.tv_sec + ns * 300 / 1000000000LL;
    at->tv_nsec = ns * 300 % 1000000000LL;
    return result;
}
";

/// `None`, with a word on stderr, where there is no C compiler or no Linux.
fn fast_clock(dir: &Dir) -> Option<PathBuf> {
    let (source, library) = (dir.write("clock.c", FAST_CLOCK), dir.path().join("clock.so"));
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source);
    let is_made = compiler.output().is_ok_and(|output| output.status.success());
    if is_made && cfg!(target_os = "linux") {
        return Some(library);
    }
    eprintln!("skipped: no clock can be made that runs faster");
    None
}

#[test]
fn a_job_beyond_its_time_limit_is_stopped_and_leaves_nothing_half_done() {
    let work = Dir::new();
    let Some(library) = fast_clock(&work) else { return };
    let preload = [("LD_PRELOAD", library.to_str().unwrap())];
    let dir = late_monday();
    dir.edit("microseg.toml", |settings| {
        settings.replace("missed = \"all\"", "missed = \"all\"\ntime_limit_minutes = 1")
    });
    let kept = |dir: &Dir| {
        let mut files = dir.files();
        files.retain(|path, _| path.starts_with("refreshes") || path.starts_with("digests"));
        (files, fs::read(dir.path().join(REGISTRY)).unwrap())
    };
    let before = kept(&dir);
    let output = run_with(&dir, TO_MONDAY, &preload).fine();
    no_panic(&output);
    let run = last_run(&dir);
    assert_eq!((&run["outcome"], &run["attempts"]), (&"timed_out".into(), &1.into()));
    let why = run["message"].as_str().unwrap();
    assert!(why.contains("time_limit_minutes"), "{why}");
    assert!(output.stderr.contains(why), "{}", output.stderr);
    assert!(kept(&dir) == before);
    run_on(&dir, LATE_MONDAY).fine();
    assert_eq!(last_run(&dir)["outcome"], "done");
    is_as_undisturbed(&dir);
    dir.has_no_leftovers();

    let output = run_with(&dir, "schedule once monday -q", &preload);
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.contains("error: the job monday failed: it was stopped"), "{}", output.stderr);
    assert_eq!(status(&dir).0, Some(1));
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

/// A disk with so many KiB left: runs the jobs, makes room, and goes on.
const FULL: &str = r#"
mount -t tmpfs -o size=96m tmpfs "$1"
cp -r "$3"/. "$1"
left=$(df -k --output=avail "$1" | tail -n 1)
head -c $(((left - $5) * 1024)) /dev/zero > "$1/filler"
"$2" $6 --workspace "$1" > "$4/out" 2> "$4/err" && echo 0 > "$4/code" || echo $? > "$4/code"
rm "$1/filler"
"$2" schedule status --format json --workspace "$1" > "$4/status" || true
"$2" $7 --workspace "$1"
cp -r "$1" "$4/after"
"#;

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let dir = late_monday();
    let mut failed = 0;
    for left in ["0", "40", "500", "2000", "5000"] {
        let found = Dir::new();
        let arguments = [dir.path(), found.path()].map(|path| path.to_str().unwrap());
        let arguments = [&arguments[..], &[left, TO_MONDAY, LATE_MONDAY]].concat();
        if with_disks(FULL, &arguments).is_none() {
            return;
        }
        let (code, said) = (found.read("code"), found.read("err"));
        assert!(!said.contains("panicked") && !said.contains("defect"), "{said}");
        is_discreet("stderr", said.as_bytes());
        let is_told = |text: &str| text.contains("make room on the disk");
        match code.trim() {
            "3" => {
                let hint = said.lines().last().unwrap_or_default();
                assert_eq!(hint, "hint: make room on the disk", "{left} KiB: {said}");
            }
            code => assert_eq!(code, "0", "{left} KiB: {said}"),
        }
        failed += usize::from(is_told(&said));
        let after = Dir::copy_of(&found.path().join("after"));
        is_as_undisturbed(&after);
    }
    assert!(failed > 2, "{failed}");
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
