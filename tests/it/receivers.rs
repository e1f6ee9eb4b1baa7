//! A shop whose segments are kept current, and receivers of what it delivers; no tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Dir, Output, PROGRAM, run};

/// Credentials that must not be seen anywhere.
pub const USER: &str = "user-7c1e";
pub const PASSWORD: &str = "password-94d2";
pub const SECRET: &str = "secret-5b0f";
pub const CHAT_PATH: &str = "/services/T0/B0/chat-e83a";
/// A recipient of reports.
pub const RECIPIENT: &str = "ann@recipients.example";
/// Where the addresses are that some contacts of the shop are known by.
const CUSTOMERS: &str = "@customers.example";

/// A job every Monday, and a rule by which contacts come and go.
const RULE_AND_JOB: &str = r#"
[segments.rules.comeback]
name = "Ordered within a week"
feature = "recency_days"
at_most = 7
missing = "fails"

[[schedule]]
name = "monday"
job = "digest"
cron = "0 6 * * MON"
missed = "all"
"#;

/// A shop that was refreshed as of 30 March and has no delivery; to be copied, never written.
pub static KEPT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = folder();
    let exports = root.join("exports");
    let size = ["--contacts", "500", "--days", "400", "--turns", "0.02", "--seed", "5"];
    let end = ["--end", "2026-05-01", "-q"];
    run(&[&["simulate", exports.to_str().unwrap()], &size[..], &end].concat()).fine();
    for entry in fs::read_dir(&exports).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            let text = fs::read_to_string(entry.path()).unwrap();
            fs::write(entry.path(), with_addresses(&text)).unwrap();
        }
    }
    let settings = include_str!("../../src/cli/demo.toml").replace("SEED", "7");
    let settings = settings.replace("as_of = \"2026-07-01\"\n", "") + RULE_AND_JOB;
    fs::write(root.join("microseg.toml"), settings).unwrap();
    let at = ["--as-of", "2026-03-30", "-q", "--workspace", root.to_str().unwrap()];
    for command in [&["run"][..], &["segments", "accept", "--all"], &["refresh"]] {
        run(&[command, &at].concat()).fine();
    }
    root
});

/// The same with a refresh and a digest as of 6 April, which wait for whatever deliveries are called `out` and `also`.
pub static WAITING: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = folder();
    let kept = Dir::copy_of(&KEPT);
    let folder = "kind = \"folder\"\npath = \"out\"\nwhat = [\"digest\", \"changes\"]";
    deliver_to(&kept, &format!("{folder}\n[[delivery]]\nname = \"also\"\n{folder}"));
    kept.run("deliver -q").fine();
    kept.run("digest -q --as-of 2026-04-06").fine();
    for (path, bytes) in kept.files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    root
});

/// The decisions on segments.
pub const REGISTRY: &str = "registry/segments.sqlite";

/// What waits in [`WAITING`]: a digest, and a feed of changes.
pub const DIGEST: &str = "digests/2026-04-06";
pub const FEED: &str = "refreshes/2026-04-06/changes.ndjson";

/// Outlives the tests that share it, and goes with the shops of earlier runs.
fn folder() -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tempfile::Builder::new().prefix("shop-").tempdir_in(parent).unwrap().keep()
}

/// The exports with an address in the place of the first hundred ids.
fn with_addresses(text: &str) -> String {
    let mut parts = text.split("c00000");
    let mut written = parts.next().unwrap().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        written.push_str(&format!("Person{digits}{CUSTOMERS}{rest}"));
    }
    written
}

/// Makes this the only delivery of a workspace; its name is `out`.
pub fn deliver_to(dir: &Dir, keys: &str) {
    dir.edit("microseg.toml", |settings| {
        let others = settings.split("\n[[delivery]]").next().unwrap().to_owned();
        format!("{others}\n[[delivery]]\nname = \"out\"\n{keys}\n")
    });
}

/// Keys of a delivery by email to a server at this port.
pub fn email(port: u16) -> String {
    format!(
        "kind = \"email\"\nsmtp = \"smtp://127.0.0.1:{port}\"\ntls = \"none\"\n\
         from = \"Reports <reports@shop.example>\"\nto = [\"{RECIPIENT}\"]\n\
         username_env = \"TEST_USER\"\npassword_env = \"TEST_PASSWORD\"\n\
         first_retry_seconds = 1"
    )
}

/// Keys of a delivery by webhook to a server at this port.
pub fn webhook(port: u16) -> String {
    format!(
        "kind = \"webhook\"\nurl = \"http://127.0.0.1:{port}/changes\"\nsecret_env = \"TEST_SECRET\"\n\
         first_retry_seconds = 1"
    )
}

/// What the deliveries of these tests need.
pub const VARIABLES: [(&str, &str); 3] =
    [("TEST_USER", USER), ("TEST_PASSWORD", PASSWORD), ("TEST_SECRET", SECRET)];

/// Runs a command on a workspace with these variables beside [`VARIABLES`]; what it says and leaves holds no
/// secret and no address.
pub fn run_with(dir: &Dir, line: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(line.split_whitespace()).arg("--workspace").arg(dir.path());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    command.envs(VARIABLES).envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let output = Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    is_discreet("stdout", output.stdout.as_bytes());
    is_discreet("stderr", output.stderr.as_bytes());
    for (path, bytes) in dir.files() {
        // The exports hold customers' addresses, and the settings name the recipients.
        let is_given = path.starts_with("exports") || path == Path::new("microseg.toml");
        if !is_given {
            is_discreet(&path.display().to_string(), &bytes);
        }
    }
    output
}

/// As [`run_with`], with nothing beside [`VARIABLES`].
pub fn run_on(dir: &Dir, line: &str) -> Output {
    run_with(dir, line, &[])
}

/// Asserts that nothing in it is private.
pub fn is_discreet(name: &str, bytes: &[u8]) {
    let private = [USER, PASSWORD, SECRET, CHAT_PATH, RECIPIENT, CUSTOMERS];
    for private in private {
        let is_there = memchr::memmem::find(bytes, private.as_bytes()).is_some();
        assert!(!is_there, "{name} holds {private}");
    }
}

/// The answer of `schedule status` and its exit code.
pub fn status(dir: &Dir) -> (Option<i32>, Value) {
    let output = run_on(dir, "schedule status --format json");
    (output.code, output.json())
}

/// The newest occurrence of a job.
pub fn last_run(dir: &Dir) -> Value {
    status(dir).1["runs"][0].clone()
}

/// Messages that wait, were sent, were given up.
pub fn messages(dir: &Dir) -> [u64; 3] {
    let (_, status) = status(dir);
    ["waiting", "sent", "dead"].map(|state| status["messages"][state].as_u64().unwrap())
}

/// A receiver of `receivers.py`; stopped when it is dropped.
pub struct Receiver {
    process: Child,
    pub port: u16,
    kept: Dir,
}

impl Receiver {
    /// Starts a receiver of this kind and waits until it listens.
    pub fn start(python: &Path, kind: &str, options: &[&str]) -> Self {
        let kept = Dir::new();
        let mut command = Command::new(python);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/receivers.py"));
        command.args([kind, "0"]);
        if kind != "s3" {
            command.arg(kept.path());
        }
        command.args(options).current_dir(kept.path());
        let said = fs::File::create(kept.path().join("said")).unwrap();
        let mut process = command.stdout(Stdio::piped()).stderr(said).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("not ready: {}", kept.read("said")));
        Receiver { process, port, kept }
    }

    /// The folder of what was received.
    pub fn folder(&self) -> &Path {
        self.kept.path()
    }

    /// What was received with this ending, in order.
    pub fn kept(&self, ending: &str) -> Vec<Vec<u8>> {
        let path = |n: usize| self.kept.path().join(format!("{n}.{ending}"));
        (1..).map(path).map_while(|path| fs::read(path).ok()).collect()
    }

    /// Requests in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        let request = |bytes: Vec<u8>| Request(serde_json::from_slice(&bytes).unwrap());
        self.kept("json").into_iter().map(request).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A request as it was received.
#[derive(Debug, PartialEq)]
pub struct Request(Value);

impl Request {
    pub fn path(&self) -> &str {
        self.0["path"].as_str().unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.0["headers"][name].as_str().unwrap_or_default()
    }

    pub fn body(&self) -> &str {
        self.0["body"].as_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap()
    }
}

/// The bodies of all requests, one after another.
pub fn bodies(requests: &[Request]) -> String {
    requests.iter().map(Request::body).collect()
}

/// Runs a Python script with arguments; its answer in JSON.
pub fn ask(python: &Path, script: &str, arguments: &[&str]) -> Value {
    let output = Command::new(python).args(["-c", script]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs `deliver` until it has nothing more to try again, for twenty seconds at most; the last answer.
pub fn deliver_until_fine(dir: &Dir, variables: &[(&str, &str)]) -> Output {
    let began = Instant::now();
    loop {
        let output = run_with(dir, "deliver -q", variables);
        if messages(dir)[0] == 0 || began.elapsed() > Duration::from_secs(20) {
            return output;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Rehearses a Monday whose job is due shortly before midnight; what fails then is tried again on Tuesday.
pub const TO_MONDAY: &str = "schedule rehearse -q --from 2026-04-13 --until 2026-04-14";
/// Goes on to the end of the week.
pub const LATE_MONDAY: &str = "schedule rehearse -q --from 2026-04-13 --until 2026-04-20";

/// [`WAITING`] with a job late on Mondays, and with a folder for digests and changes that has days to come back.
pub fn late_monday() -> Dir {
    let dir = Dir::copy_of(&WAITING);
    let late = "cron = \"58 23 * * MON\"\nretry_minutes = 30";
    dir.edit("microseg.toml", |settings| settings.replace("cron = \"0 6 * * MON\"", late));
    let patience = "attempts = 50\nfirst_retry_seconds = 40000\nlongest_retry_seconds = 40000";
    let folder = "kind = \"folder\"\npath = \"out\"\nwhat = [\"digest\", \"changes\"]";
    deliver_to(&dir, &format!("{folder}\n{patience}"));
    dir
}

/// What becomes of [`late_monday`] in a week in which nothing goes wrong.
static UNDISTURBED: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| {
    let dir = late_monday();
    run_on(&dir, LATE_MONDAY).fine();
    artefacts(&dir)
});

/// All files but for settings, locks and the journal, which tells what happened.
fn artefacts(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    let others = [".microseg-schedule.lock", "microseg.toml", "registry/journal.sqlite"];
    files.retain(|path, _| !others.iter().any(|other| path == Path::new(other)));
    files
}

/// Asserts that everything was made and delivered as in [`late_monday`] undisturbed.
pub fn is_as_undisturbed(dir: &Dir) {
    let files = artefacts(dir);
    let paths: BTreeSet<&PathBuf> = files.keys().chain(UNDISTURBED.keys()).collect();
    let differ: Vec<_> =
        paths.into_iter().filter(|path| files.get(*path) != UNDISTURBED.get(*path)).collect();
    assert!(differ.is_empty(), "others than undisturbed: {differ:?}");
    assert_eq!((status(dir).0, messages(dir)), (Some(0), [0, 4, 0]));
}

/// Asserts that every refresh and every digest that is there is the one of [`late_monday`] undisturbed.
pub fn is_nothing_half_done(dir: &Dir) {
    for parent in ["refreshes", "digests"] {
        let folders = fs::read_dir(dir.path().join(parent)).unwrap().map(|e| e.unwrap().path());
        let is_made = |path: &PathBuf| {
            path.is_dir() && !path.file_name().unwrap().to_str().unwrap().starts_with('.')
        };
        for folder in folders.filter(is_made) {
            let below = folder.strip_prefix(dir.path()).unwrap();
            let of_it = |files: &BTreeMap<PathBuf, Vec<u8>>| {
                let mut files = files.clone();
                files.retain(|path, _| path.starts_with(below));
                files
            };
            assert!(of_it(&dir.files()) == of_it(&UNDISTURBED), "{} is half done", below.display());
        }
    }
}
