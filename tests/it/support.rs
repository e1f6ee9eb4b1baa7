//! Running the program, folders and files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_microseg");

/// What a process left behind.
#[derive(Debug)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Asserts that all went well; the result stays.
    pub fn fine(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

/// Runs the program with these arguments.
pub fn run(args: &[&str]) -> Output {
    let output = Command::new(PROGRAM).args(args).stdin(Stdio::null()).output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program with arguments that hold no spaces, written as one line.
pub fn run_line(line: &str) -> Output {
    run(&line.split_whitespace().collect::<Vec<_>>())
}

/// What is wrong with a refusal, which is: this exit code, one line of what, one of what to do,
/// these words in them, and nothing else anywhere.
pub fn refusal(output: &Output, code: i32, words: &[&str]) -> Result<(), String> {
    let lines: Vec<&str> = output.stderr.lines().collect();
    let missing: Vec<&&str> = words.iter().filter(|word| !output.stderr.contains(**word)).collect();
    let wrong = if output.code != Some(code) {
        format!("the exit code is not {code}")
    } else if !output.stdout.is_empty() {
        "stdout is not empty".to_owned()
    } else if !matches!(*lines, [what, hint] if what.starts_with("error: ") && hint.starts_with("hint: "))
    {
        "not one line of error and one of hint".to_owned()
    } else if !missing.is_empty() {
        format!("{missing:?} is not said")
    } else {
        return Ok(());
    };
    Err(format!("{wrong}: {output:?}"))
}

/// Asserts a refusal.
pub fn refused(output: &Output, code: i32, words: &[&str]) {
    refusal(output, code, words).unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// Asserts that all cases of a table are as they should be; shows all that are not.
pub fn all_right(cases: impl IntoIterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = cases.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Asserts that no part of a panic reached the user.
pub fn no_panic(output: &Output) {
    for word in ["panicked", "RUST_BACKTRACE", "defect of microseg", "src/"] {
        assert!(!output.stderr.contains(word), "{}", output.stderr);
    }
    assert_ne!(output.code, Some(70));
}

/// A folder that goes when it is dropped.
pub struct Dir(tempfile::TempDir);

impl Dir {
    pub fn new() -> Self {
        Dir(tempfile::tempdir().unwrap())
    }

    /// The folder's path; those made here hold no spaces.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A path in the folder, as an argument.
    pub fn at(&self, name: &str) -> String {
        self.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file, with the folders that it needs; returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.at(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Rewrites a file through a change of its text.
    pub fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        self.write(name, change(self.read(name)));
    }

    /// A copy of another folder.
    pub fn copy_of(from: &Path) -> Self {
        let dir = Dir::new();
        copy(from, dir.path());
        dir
    }

    /// Runs a command on the workspace in this folder.
    pub fn run(&self, line: &str) -> Output {
        run_line(&format!("{line} --workspace {}", self.path().display()))
    }

    /// Every file below the folder with its bytes, but for the lock's.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.path(), self.path(), &mut files);
        files.remove(Path::new(".microseg.lock"));
        files
    }

    /// Asserts that no unfinished folder or file of a writer is left.
    pub fn has_no_leftovers(&self) {
        for entry in std::fs::read_dir(self.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_left = [".microseg-new-", ".microseg-old-", ".report-", ".tmp"];
            assert!(!is_left.iter().any(|start| name.starts_with(start)), "{name} is left over");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(root: &Path, dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

/// Real data: `$MICROSEG_DATA`, or `../shared/data` beside the package. `None`, with a word on
/// stderr, where there is none.
pub fn real_data(name: &str) -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("MICROSEG_DATA").map_or(beside, PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path.to_str().unwrap().to_owned());
    }
    eprintln!("skipped: no data at {}", path.display());
    None
}

/// A simulated shop with everything run; built once, to be read or copied, never written.
pub struct Shop {
    pub root: PathBuf,
}

/// A small shop for tests that run the program many times.
pub static SMALL: LazyLock<Shop> = LazyLock::new(|| Shop::new(2_000));

/// A shop that is large enough for its planted effects to be found.
pub static LARGE: LazyLock<Shop> = LazyLock::new(|| Shop::new(20_000));

impl Shop {
    fn new(contacts: u32) -> Self {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        remove_old(parent);
        let dir = tempfile::Builder::new().prefix("shop-").tempdir_in(parent).unwrap();
        let root = dir.keep();
        let name = root.to_str().unwrap();
        let output = run(&["demo", name, "--contacts", &contacts.to_string(), "--seed", "7", "-q"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        Shop { root }
    }

    pub fn copy(&self) -> Dir {
        Dir::copy_of(&self.root)
    }

    /// A copy with settings and exports only.
    pub fn fresh(&self) -> Dir {
        let dir = Dir::new();
        copy(&self.root.join("exports"), &dir.path().join("exports"));
        dir.write("microseg.toml", fs::read(self.root.join("microseg.toml")).unwrap());
        dir
    }

    pub fn export(&self, name: &str) -> String {
        fs::read_to_string(self.root.join("exports").join(name)).unwrap()
    }
}

/// Shops outlive the tests that share them; those of earlier runs go here.
fn remove_old(parent: &Path) {
    let hour = Duration::from_secs(3600);
    for entry in fs::read_dir(parent).unwrap().flatten() {
        let is_shop = entry.file_name().to_string_lossy().starts_with("shop-");
        let modified = entry.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::now());
        if is_shop && modified.elapsed().is_ok_and(|age| age > hour) {
            // Another run may be removing it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The lines of a table in an order that has nothing to do with theirs; the header stays first.
pub fn shuffled(text: &str) -> String {
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let mut rows: Vec<&str> = lines.collect();
    rows.sort_by_key(|row| {
        row.bytes().fold(7u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
    });
    std::iter::once(header).chain(rows).map(|row| format!("{row}\n")).collect()
}

/// The text of a `.gz` file.
pub fn unpacked(path: &str) -> String {
    use std::io::Read;
    let file = fs::File::open(path).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}
