//! The notebooks: as they are committed, run on a small shop, and run where something is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::python::python;
use crate::support::{Dir, SMALL};

const NOTEBOOKS: [&str; 3] =
    ["explore_proposal.ipynb", "read_experiment.ipynb", "churn_and_value.ipynb"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks")
}

/// A notebook's cells.
struct Notebook {
    name: &'static str,
    cells: Vec<Value>,
}

impl Notebook {
    fn read(folder: &Path, name: &'static str) -> Self {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let notebook: Value = serde_json::from_str(&text).unwrap();
        Notebook { name, cells: notebook["cells"].as_array().unwrap().clone() }
    }

    fn outputs(&self) -> impl Iterator<Item = &Value> {
        self.cells.iter().flat_map(|cell| cell["outputs"].as_array().into_iter().flatten())
    }

    /// All that the cells said in words.
    fn said(&self) -> String {
        let words = self.outputs().map(|output| match &output["data"]["text/markdown"] {
            Value::Null => text(&output["data"]["text/plain"]) + &text(&output["text"]),
            markdown => text(markdown),
        });
        words.collect::<Vec<_>>().join("\n")
    }

    /// Asserts that every cell of code has said or drawn something, and that none failed.
    fn is_whole(&self) {
        for (place, cell) in self.cells.iter().enumerate() {
            let Some(outputs) = cell["outputs"].as_array() else { continue };
            assert!(!outputs.is_empty(), "{}: cell {place} has no output", self.name);
        }
        for output in self.outputs() {
            assert_ne!(output["output_type"], "error", "{}: {output}", self.name);
            assert_ne!(output["name"], "stderr", "{}: {output}", self.name);
        }
    }

    fn says(&self, words: &str) {
        assert!(
            self.said().contains(words),
            "{} does not say {words}:\n{}",
            self.name,
            self.said()
        );
    }
}

/// Text of a notebook, which is one string or one a line.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().map(text).collect(),
        _ => String::new(),
    }
}

/// Everything in a notebook but its pictures, whose code may spell anything.
fn without_pictures(value: &Value, found: &mut String) {
    match value {
        Value::String(text) => *found += text,
        Value::Array(values) => values.iter().for_each(|value| without_pictures(value, found)),
        Value::Object(fields) => {
            let words = fields.iter().filter(|(key, _)| *key != "image/png");
            words.for_each(|(_, value)| without_pictures(value, found));
        }
        _ => {}
    }
    found.push('\n');
}

/// Kernels that start at once may be given the same port.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs all notebooks on a workspace. `None` without a Python to do so.
fn executed(workspace: &Path) -> Option<Vec<Notebook>> {
    let python = python()?;
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let into = Dir::new();
    let output = Command::new(python)
        .arg(folder().join("execute.py"))
        .args(["--workspace", workspace.to_str().unwrap(), "--into", &into.at("")])
        .env_remove("MICROSEG_WORKSPACE")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MPLCONFIGDIR", into.at("matplotlib"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let notebooks = NOTEBOOKS.map(|name| Notebook::read(into.path(), name));
    notebooks.iter().for_each(Notebook::is_whole);
    Some(notebooks.into())
}

/// A whole number with commas between thousands.
fn grouped(value: &Value) -> String {
    let digits = value.as_u64().unwrap().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn json(dir: &Dir, name: &str) -> Value {
    serde_json::from_str(&dir.read(name)).unwrap()
}

#[test]
fn the_committed_notebooks_have_their_outputs_and_no_trace_of_a_machine() {
    for name in NOTEBOOKS {
        let path = folder().join(name);
        assert!(fs::metadata(&path).unwrap().len() < 600_000, "{name} is too large");
        let notebook = Notebook::read(&folder(), name);
        notebook.is_whole();
        assert!(
            notebook.cells.iter().any(|cell| cell["cell_type"] == "code"),
            "{name} has no code"
        );
        let mut words = String::new();
        notebook.cells.iter().for_each(|cell| without_pictures(cell, &mut words));
        for trace in ["/home", "/root", "/tmp", "/work", "/Users", "C:\\", "@", "Traceback"] {
            assert!(!words.contains(trace), "{name} holds {trace}");
        }
        let metadata = notebook.cells.iter().map(|cell| &cell["metadata"]);
        assert!(metadata.into_iter().all(|m| m.as_object().unwrap().is_empty()), "{name}");
    }
}

#[test]
fn every_notebook_is_tested_and_listed() {
    let list = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut found = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".ipynb") {
            assert!(NOTEBOOKS.contains(&name.as_str()), "{name} is not tested");
            assert!(list.contains(&format!("({name})")), "{name} is not in the README");
            found += 1;
        }
    }
    assert_eq!(found, NOTEBOOKS.len());
}

#[test]
fn all_python_packages_are_pinned() {
    let text = fs::read_to_string(folder().join("requirements.txt")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.iter().all(|line| line.split("==").count() == 2), "{text}");
    for package in ["polars==", "matplotlib==", "ipykernel==", "nbclient==", "nbformat=="] {
        assert!(lines.iter().any(|line| line.starts_with(package)), "{package} is missing");
    }
}

#[test]
fn the_notebooks_say_what_the_files_say() {
    let shop = SMALL.copy();
    let Some(notebooks) = executed(shop.path()) else { return };
    let [proposal, experiment, churn] = &notebooks[..] else { panic!("three notebooks") };

    let file = json(&shop, "segments/proposal.json");
    let segments = file["segments"].as_array().unwrap();
    let s = if segments.len() == 1 { "" } else { "s" };
    let contacts = grouped(&file["contacts"]);
    proposal.says(&format!("**{} segment{s} of {contacts} contacts**", segments.len()));
    for segment in segments {
        proposal.says(segment["name"].as_str().unwrap());
        proposal.says(&grouped(&segment["contacts"]));
    }

    lists_hold_ids(&shop, segments);

    for id in ["subject-line", "broken-split", "send-time"] {
        let file = json(&shop, &format!("readouts/{id}.json"));
        experiment.says(file["readout"]["recommendation"].as_str().unwrap());
        experiment.says(file["readout"]["answer"].as_str().unwrap());
        experiment.says(&format!("{} contacts were assigned", grouped(&file["units"]["assigned"])));
        let failed = file["readout"]["trust"].as_array().unwrap().iter();
        let failed = failed.filter(|check| check["outcome"] == "failed").count();
        if id != "send-time" {
            experiment.says(&format!("**{failed} of "));
        }
    }

    let file = json(&shop, "predict/outlook.json");
    let totals = &file["outlook"]["totals"];
    churn.says(&format!("**{} buyers**", grouped(&totals["buyers"])));
    churn.says(&format!("**{} of them are at high risk**", grouped(&totals["bands"][2])));
    churn.says(file["outlook"]["risk"]["why"].as_str().unwrap());
}

/// Lists hold the ids of contacts and nothing else of them.
fn lists_hold_ids(shop: &Dir, segments: &[Value]) {
    let first = segments.iter().find(|segment| segment["rank"] == 1).unwrap();
    let list = shop.read(&format!("lists/segment-{}.csv", first["id"].as_str().unwrap()));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len() as u64 - 1, first["contacts"].as_u64().unwrap());
    let whom = shop.read("lists/look-after.csv");
    for line in lines.into_iter().chain(whom.lines()) {
        assert!(line == "contact_id" || !line.contains([',', '@', ' ']), "{line} is no id");
    }
}

#[test]
fn what_is_missing_is_said_with_the_reason() {
    let shop = SMALL.copy();
    let why = "a purchase model needs 30 buyers, and there are 17";
    let mut outlook = json(&shop, "predict/outlook.json");
    (outlook["outlook"], outlook["no_outlook"]) = (Value::Null, why.into());
    shop.write("predict/outlook.json", outlook.to_string());
    fs::remove_file(shop.path().join("predict/contacts.parquet")).unwrap();
    fs::remove_file(shop.path().join("readouts/subject-line.json")).unwrap();
    let early = "Nobody was assigned before the as-of date.";
    let mut result = json(&shop, "readouts/send-time.json");
    (result["readout"], result["maturing"]) = (Value::Null, Value::Null);
    result["not_yet"] = early.into();
    shop.write("readouts/send-time.json", result.to_string());

    let Some(notebooks) = executed(shop.path()) else { return };
    let [proposal, experiment, churn] = &notebooks[..] else { panic!("three notebooks") };
    proposal.says(why);
    churn.says(why);
    experiment.says(
        "no experiment `subject-line` in this workspace; there are `aa-test`, `broken-split`",
    );
    experiment.says(early);
}

#[test]
fn without_a_workspace_the_notebooks_say_what_to_run() {
    let nothing = Dir::new();
    let Some(notebooks) = executed(nothing.path()) else { return };
    for notebook in &notebooks {
        notebook.says("microseg run --workspace");
    }
    assert!(nothing.files().is_empty(), "nothing is written where nothing is read");
}
