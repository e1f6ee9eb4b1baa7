//! The page over all digests.

use maud::{DOCTYPE, PreEscaped, html};

use super::super::style;

/// One digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    pub as_of: String,
    /// Its first sentence.
    pub answer: String,
    /// Path of its page, relative to the index.
    pub href: String,
}

/// A page with a line a digest, the newest first.
pub fn index(shop: &str, entries: &[IndexEntry]) -> String {
    let title = format!("{shop}: digests");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(super::super::html::POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (title) }
                style { (PreEscaped(style::sheet())) }
            }
            body {
                main {
                    header { h1 { (title) } }
                    section {
                        table {
                            caption { (entries.len()) " digests, the newest first" }
                            thead { tr { th scope="col" class="text" { "As of" } th scope="col" class="text" { "What changed" } } }
                            tbody {
                                @for entry in entries {
                                    tr {
                                        th scope="row" class="text" { a href=(entry.href) { (entry.as_of) } }
                                        td class="text" { (entry.answer) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    page.into_string() + "\n"
}
