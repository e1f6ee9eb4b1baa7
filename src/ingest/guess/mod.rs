//! What `init` can tell about export files: tables, columns, formats, words, experiments.
//!
//! The order of work: files of one header make a shape; a sample of its rows decides the table and
//! the columns; files are made to agree on contacts and currency; every source is tried out with
//! the rules of `ingest` itself; what remains open is listed and marked in the text.
//!
//! - [`guess`] does all of it.
//! - `sample`, `column`, `time_format`, `amount`: what values look like.
//! - `matching`, `candidate`, `reading`: which fields and which table.
//! - `clock`, `attribute`, `word`, `trial`, `draft`: the settings of one source.
//! - `agreement`, `shop`, `experiment`: what goes across sources.
//! - `document`, `source_text`, `toml_text`, `location`: the file.

mod agreement;
mod amount;
mod attribute;
mod candidate;
mod clock;
mod column;
mod document;
mod draft;
mod experiment;
mod location;
mod matching;
mod outcome;
mod reading;
mod sample;
mod shape;
mod shop;
mod source_text;
#[cfg(test)]
mod tests;
mod time_format;
mod toml_text;
mod trial;
mod word;

pub use outcome::{Guess, SourceGuess, guess};
