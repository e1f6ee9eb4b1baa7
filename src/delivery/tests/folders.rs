//! Folders.

use std::fs;
use std::path::PathBuf;

use super::*;

fn folder(root: &Path) -> Channel {
    Channel::open(&settings("kind = \"folder\"\npath = \"out\"\n"), root, &secret).unwrap()
}

fn entries(dir: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|e| name(e.unwrap())).collect();
    names.sort();
    names
}

fn page(root: &Path) -> PathBuf {
    root.join("out/digest-2026-06-29-9f2c/digest.html")
}

#[test]
fn the_same_again_changes_nothing_and_other_content_replaces() {
    let root = tempfile::tempdir().unwrap();
    let channel = folder(root.path());
    channel.send(&report(), now()).unwrap();
    let dir = root.path().join("out/digest-2026-06-29-9f2c");
    assert_eq!(entries(&dir), ["digest.html", "figures"]);
    let before = fs::metadata(page(root.path())).unwrap().modified().unwrap();
    channel.send(&report(), now()).unwrap();
    assert_eq!(fs::metadata(page(root.path())).unwrap().modified().unwrap(), before);

    // Half of it, or more than it, is made good.
    fs::remove_file(dir.join("figures/sizes.png")).unwrap();
    fs::write(dir.join("stray.txt"), "?").unwrap();
    channel.send(&report(), now()).unwrap();
    assert_eq!(entries(&dir), ["digest.html", "figures"]);
    assert_eq!(entries(&dir.join("figures")), ["sizes.png"]);
    assert_eq!(entries(&root.path().join("out")), ["digest-2026-06-29-9f2c"], "no leftovers");
}

#[test]
fn changes_are_one_file() {
    let root = tempfile::tempdir().unwrap();
    let channel = folder(root.path());
    for _ in 0..2 {
        channel.send(&changes(2), now()).unwrap();
    }
    assert_eq!(entries(&root.path().join("out/changes")), ["changes-7.ndjson"]);
    let written = fs::read_to_string(root.path().join("out/changes/changes-7.ndjson")).unwrap();
    assert_eq!(written, "{\"contact\":\"c0\"}\n{\"contact\":\"c1\"}\n");
}

#[test]
fn a_file_in_the_way_can_be_moved() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("out"), "a file").unwrap();
    let failure = folder(root.path()).send(&report(), now()).unwrap_err();
    assert!(!failure.is_permanent && failure.error.hint_text().is_some(), "{failure}");
}

#[test]
fn an_id_that_leads_elsewhere_is_a_defect() {
    let root = tempfile::tempdir().unwrap();
    let Message::Report(mut report) = report() else { unreachable!() };
    report.id = "../elsewhere".to_owned();
    let failure = folder(root.path()).send(&Message::Report(report), now()).unwrap_err();
    assert!(failure.is_permanent, "{failure}");
    assert!(fs::read_dir(root.path()).unwrap().next().is_none());
}
