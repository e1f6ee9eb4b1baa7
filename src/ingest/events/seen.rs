//! The contacts that one thread has met.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::error::{Error, Result};
use crate::lake::contact_key;

/// Contacts by key, with their ids and the time of their first event.
#[derive(Debug, Default)]
pub struct SeenContacts {
    known: HashTable<Known>,
    buffer: String,
    ends: Vec<usize>,
}

/// What is looked at for every row lies together: one place in memory, not four.
#[derive(Debug)]
struct Known {
    key: u64,
    check: u64,
    first_us: i64,
    place: u32,
}

impl SeenContacts {
    /// The key of a contact that did something at `us`.
    ///
    /// # Errors
    /// Two ids that share a key.
    pub fn key(&mut self, id: &str, us: i64) -> Result<u64> {
        let (key, check) = contact_key(id);
        match self.known.entry(key, |known| known.key == key, |known| known.key) {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                if known.check != check {
                    let place = known.place as usize;
                    return Err(shared(id, text(&self.buffer, &self.ends, place)));
                }
                known.first_us = known.first_us.min(us);
            }
            Entry::Vacant(free) => {
                let place = self.ends.len() as u32;
                free.insert(Known { key, check, first_us: us, place });
                self.buffer.push_str(id);
                self.ends.push(self.buffer.len());
            }
        }
        Ok(key)
    }

    /// Id and first time of every contact.
    pub fn all(&self) -> impl Iterator<Item = (&str, i64)> {
        let id = |known: &Known| text(&self.buffer, &self.ends, known.place as usize);
        self.known.iter().map(move |known| (id(known), known.first_us))
    }
}

fn text<'a>(buffer: &'a str, ends: &[usize], place: usize) -> &'a str {
    let start = if place == 0 { 0 } else { ends[place - 1] };
    &buffer[start..ends[place]]
}

/// The refusal of two ids that share a key.
pub fn shared(one: &str, other: &str) -> Error {
    Error::data(format!("the ids {one} and {other} cannot be told apart by their keys"))
        .hint("export one of these two contacts under another id")
}
