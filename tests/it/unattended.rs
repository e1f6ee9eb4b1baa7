//! Receivers, settings and jobs that go wrong while nobody looks: it is told in plain words, nothing is lost, and once
//! the cause is gone the same command ends as if nothing had been.

use std::fs::File;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::python::python;
use crate::receivers::{
    CHAT_PATH, FEED, LATE_MONDAY, PASSWORD, Receiver, SECRET, TO_MONDAY, USER, WAITING, bodies,
    deliver_to, deliver_until_fine, email, is_as_undisturbed, is_nothing_half_done, last_run,
    late_monday, messages, run_on, run_with, status, webhook,
};
use crate::support::{Dir, no_panic, refused};

const SCHEDULER_LOCK: &str = ".microseg-schedule.lock";

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
    // The system takes connections for it, and nobody looks after them.
    let hung = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = hung.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}{CHAT_PATH}");
    let variables =
        [("CHAT_URL", &*url), ("AWS_ACCESS_KEY_ID", USER), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    let store = format!(
        "kind = \"store\"\nurl = \"s3://reports/x\"\noptions = {{ allow_http = \"true\", \
         endpoint = \"http://127.0.0.1:{port}\", region = \"eu-west-1\" }}"
    );
    let chat = "kind = \"chat\"\nstyle = \"teams\"\nurl_env = \"CHAT_URL\"";
    let other = "[[delivery]]\nname = \"also\"\nkind = \"folder\"\npath = \"also\"";
    for keys in [webhook(port), email(port), store, chat.to_owned()] {
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
    let cases =
        [(chat, "url_env"), (&mail, "password_env"), (&hook, "secret_env"), (store, "AWS_SECRET")];
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
    for wrong in
        ["", CHAT_PATH, &nonsense, &format!("https://{USER}:{PASSWORD}@chat.example{CHAT_PATH}")]
    {
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
        (
            delivery(&hook.replace("127.0.0.1:9/changes", &format!("host.example{CHAT_PATH}"))),
            &["second"],
        ),
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

/// A library that lets time run so many times faster for whoever loads it.
const FAST_CLOCK: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *at) {
    static struct timespec first;
    int result = syscall(SYS_clock_gettime, clock, at);
    if (result != 0 || clock != CLOCK_MONOTONIC) return result;
    if (first.tv_sec == 0) first = *at;
    long long ns = (at->tv_sec - first.tv_sec) * 1000000000LL + (at->tv_nsec - first.tv_nsec);
    ns = first.tv_nsec + ns * atoi(getenv("TEST_SPEED"));
    at->tv_sec = first.tv_sec + ns / 1000000000LL;
    at->tv_nsec = ns % 1000000000LL;
    return result;
}
"#;

/// `None`, with a word on stderr, where there is no C compiler or no Linux.
fn fast_clock(dir: &Dir) -> Option<String> {
    let (source, library) = (dir.write("clock.c", FAST_CLOCK), dir.at("clock.so"));
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o", &library, &source]);
    let is_made = compiler.output().is_ok_and(|output| output.status.success());
    if is_made && cfg!(target_os = "linux") {
        return Some(library);
    }
    eprintln!("skipped: no clock can be made that runs faster");
    None
}

/// [`late_monday`] with a minute for each job.
fn in_a_minute() -> Dir {
    let dir = late_monday();
    dir.edit("microseg.toml", |settings| {
        settings.replace("missed = \"all\"", "missed = \"all\"\ntime_limit_minutes = 1")
    });
    dir
}

#[test]
fn a_job_that_waits_beyond_its_time_limit_changes_nothing() {
    let work = Dir::new();
    let Some(library) = fast_clock(&work) else { return };
    let faster = [("LD_PRELOAD", &*library), ("TEST_SPEED", "200")];
    let dir = in_a_minute();
    run_on(&dir, "schedule rehearse -q --from 2026-04-07 --until 2026-04-08").fine();
    let lock = File::create(dir.path().join(".microseg.lock")).unwrap();
    lock.lock().unwrap();
    let files = |dir: &Dir| {
        let mut files = dir.files();
        files
            .retain(|path, _| !path.ends_with("journal.sqlite") && !path.ends_with(SCHEDULER_LOCK));
        files
    };
    let before = files(&dir);
    let output = run_with(&dir, TO_MONDAY, &faster).fine();
    no_panic(&output);
    let run = last_run(&dir);
    assert_eq!((&run["outcome"], &run["attempts"]), (&"timed_out".into(), &1.into()));
    let why = run["message"].as_str().unwrap();
    assert!(why.contains("time_limit_minutes"), "{why}");
    assert!(output.stderr.contains(why), "{}", output.stderr);
    assert!(files(&dir) == before);
    let output = run_with(&dir, "schedule once monday -q", &faster);
    assert_eq!(output.code, Some(3));
    let said = &output.stderr;
    assert!(said.contains("error: the job monday failed: it was stopped after 1 minute"), "{said}");
    assert_eq!(status(&dir).0, Some(1));
}

#[test]
fn a_job_that_is_stopped_at_its_work_leaves_nothing_half_done() {
    let work = Dir::new();
    let Some(library) = fast_clock(&work) else { return };
    let mut stopped = 0;
    // A minute is 0.1, 0.3 and 0.8 seconds; the steps that were finished stay.
    for speed in ["600", "200", "75"] {
        let dir = in_a_minute();
        run_with(&dir, TO_MONDAY, &[("LD_PRELOAD", &library), ("TEST_SPEED", speed)]).fine();
        stopped += usize::from(last_run(&dir)["outcome"] == "timed_out");
        is_nothing_half_done(&dir);
        run_on(&dir, LATE_MONDAY).fine();
        assert_eq!(last_run(&dir)["outcome"], "done");
        is_as_undisturbed(&dir);
        dir.has_no_leftovers();
    }
    assert!(stopped > 0);
}
