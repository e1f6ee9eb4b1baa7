//! A message as files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::message::{Figure, Message, Report};
use crate::error::{Error, Result};

/// Files under one folder, in the order in which they are to appear.
#[derive(Debug)]
pub(super) struct Bundle<'a> {
    /// Path below the destination, and content.
    pub(super) files: Vec<(String, Cow<'a, [u8]>)>,
    /// Folder that is this message's alone, if there is one.
    pub(super) folder: Option<&'a str>,
}

impl<'a> Bundle<'a> {
    pub(super) fn of(message: &'a Message) -> Result<Self> {
        match message {
            Message::Changes(changes) => {
                let file =
                    (format!("changes/{}.ndjson", changes.id), changes.ndjson.as_slice().into());
                Ok(Bundle { files: vec![file], folder: None })
            }
            Message::Report(report) => {
                let path = |(path, content)| (format!("{}/{path}", report.id), content);
                let files = files_of(report)?.into_iter().map(path).collect();
                Ok(Bundle { files, folder: Some(&report.id) })
            }
        }
    }
}

/// The page that leads to the others. Where it is, the rest is as well.
fn is_entrance(path: &str) -> bool {
    matches!(path, "digest.html" | "index.html")
}

fn files_of(report: &Report) -> Result<Vec<(String, Cow<'_, [u8]>)>> {
    let mut files: BTreeMap<String, Cow<'_, [u8]>> = BTreeMap::new();
    for (path, content) in &report.files {
        if files.insert(path.clone(), content.into()).is_some() {
            return Err(Error::internal("a report has two files of one name").with_value(path));
        }
    }
    if !files.keys().any(|path| is_entrance(path)) {
        add_page(report, &mut files);
    }
    let (entrance, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(path, _)| is_entrance(path));
    Ok(others.into_iter().chain(entrance).collect())
}

/// The email's parts as a page with its pictures beside it.
fn add_page<'a>(report: &'a Report, files: &mut BTreeMap<String, Cow<'a, [u8]>>) {
    let mut html = report.html.clone();
    for Figure { name, png, .. } in &report.figures {
        let file = format!("{name}.png");
        html = html.replace(&format!("cid:{name}\""), &format!("{file}\""));
        files.insert(file, png.into());
    }
    files.insert("digest.txt".to_owned(), report.text.as_bytes().into());
    files.insert("digest.html".to_owned(), html.into_bytes().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(report: Report) -> Vec<String> {
        let message = Message::Report(report);
        let bundle = Bundle::of(&message).unwrap();
        bundle.files.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn the_entrance_is_last() {
        let file = |path: &str| (path.to_owned(), vec![1]);
        let files = vec![file("digest.html"), file("figures/b.png"), file("z.csv"), file("a.csv")];
        let report = Report { id: "d".to_owned(), files, ..Report::default() };
        assert_eq!(paths(report), ["d/a.csv", "d/figures/b.png", "d/z.csv", "d/digest.html"]);
    }

    #[test]
    fn without_files_there_is_a_page() {
        let figure =
            |name: &str| Figure { name: name.to_owned(), alt: String::new(), png: vec![7] };
        let html = "<img src=\"cid:f1\"><img src=\"cid:f10\">".to_owned();
        let figures = vec![figure("f1"), figure("f10")];
        let report = Report { id: "d".to_owned(), html, figures, ..Report::default() };
        let message = Message::Report(report);
        let files = Bundle::of(&message).unwrap().files;
        let last = files.last().unwrap();
        assert_eq!(last.0, "d/digest.html");
        assert_eq!(last.1.as_ref(), b"<img src=\"f1.png\"><img src=\"f10.png\">");
        assert_eq!(files.len(), 4);
    }

    #[test]
    fn two_files_of_one_name_are_a_defect() {
        let files = vec![("a".to_owned(), vec![1]), ("a".to_owned(), vec![2])];
        let report = Report { id: "d".to_owned(), files, ..Report::default() };
        assert!(Bundle::of(&Message::Report(report)).is_err());
    }
}
