//! A Python with the packages of `notebooks/requirements.txt` and `tests/python/requirements.txt`, in an
//! environment of its own that is made once; no tests.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Requirement files, below the package; one that is not there asks for nothing.
const REQUIREMENTS: [&str; 2] = ["notebooks/requirements.txt", "tests/python/requirements.txt"];

/// Commands that may start a Python that is new enough, the likeliest first.
const COMMANDS: [&str; 6] =
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/// Written last, so that an environment without it is known for half-made.
const READY: &str = "ready";

/// The interpreter of the environment. `None`, with a word on stderr, where there is no Python 3.11 or no
/// network to fetch packages from.
///
/// # Panics
/// In that case, if `MICROSEG_REQUIRE_PYTHON` is set: where the tests must run, nothing may skip them.
pub fn python() -> Option<PathBuf> {
    static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(make);
    match &*PYTHON {
        Ok(path) => Some(path.clone()),
        Err(why) if std::env::var_os("MICROSEG_REQUIRE_PYTHON").is_some() => panic!("{why}"),
        Err(why) => {
            eprintln!("skipped: {why}");
            None
        }
    }
}

/// The environment's interpreter; made if it is not there or was left half-made.
fn make() -> Result<PathBuf, String> {
    let files = requirement_files();
    let base =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{:016x}", hash(&files)?));
    let lock = File::create(base.with_extension("lock")).map_err(|e| e.to_string())?;
    // The system lets go of it if this process is killed; until then another one waits here.
    lock.lock().map_err(|e| format!("the lock of the Python environment: {e}"))?;
    let interpreter = base.join("bin/python");
    if base.join(READY).exists() && works(&interpreter) {
        return Ok(interpreter);
    }
    if base.exists() {
        fs::remove_dir_all(&base).map_err(|e| format!("{}: {e}", base.display()))?;
    }
    install(&base, &interpreter, &files)?;
    fs::write(base.join(READY), "").map_err(|e| e.to_string())?;
    Ok(interpreter)
}

fn requirement_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    REQUIREMENTS.iter().map(|name| root.join(name)).filter(|path| path.exists()).collect()
}

/// FNV-1a of the files, one after another: another set of packages is another environment.
fn hash(files: &[PathBuf]) -> Result<u64, String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let bytes = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        for byte in bytes.into_iter().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(hash)
}

fn works(interpreter: &Path) -> bool {
    run(Command::new(interpreter).args(["-c", ""])).is_ok()
}

fn install(base: &Path, interpreter: &Path, files: &[PathBuf]) -> Result<(), String> {
    let command = newest().ok_or("no Python 3.11 or later is on the path")?;
    run(Command::new(command).args(["-m", "venv"]).arg(base))
        .map_err(|why| format!("no Python environment could be made: {why}"))?;
    // One command, so that pins of two files which cannot stand together are refused.
    let mut pip = Command::new(interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip.args(["--only-binary", ":all:", "--retries", "1", "--timeout", "20"]);
    files.iter().for_each(|file| {
        pip.arg("-r").arg(file);
    });
    run(&mut pip).map_err(|why| format!("the Python packages cannot be installed: {why}"))
}

/// The first command that starts Python 3.11 or later.
fn newest() -> Option<&'static str> {
    let asks = "import sys, venv; sys.exit(sys.version_info < (3, 11))";
    COMMANDS.into_iter().find(|command| run(Command::new(command).args(["-c", asks])).is_ok())
}

/// Runs a command without a word; what went wrong is its last lines.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = text.lines().rev().take(5).collect();
    Err(last.into_iter().rev().collect::<Vec<_>>().join("\n"))
}
