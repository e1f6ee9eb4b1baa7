//! The contacts that one thread has met.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::error::{Error, Result};
use crate::lake::contact_key;

/// Contacts by key, with their ids and the time of their first event.
#[derive(Debug, Default)]
pub struct SeenContacts {
    places: HashTable<u32>,
    keys: Vec<u64>,
    checks: Vec<u64>,
    first_us: Vec<i64>,
    buffer: String,
    ends: Vec<usize>,
}

impl SeenContacts {
    /// The key of a contact that did something at `us`.
    ///
    /// # Errors
    /// Two ids that share a key.
    pub fn key(&mut self, id: &str, us: i64) -> Result<u64> {
        let (key, check) = contact_key(id);
        let keys = &self.keys;
        let known = self.places.entry(
            key,
            |&place| keys[place as usize] == key,
            |&place| keys[place as usize],
        );
        match known {
            Entry::Occupied(place) => {
                let place = *place.get() as usize;
                if self.checks[place] != check {
                    return Err(shared(id, self.id(place)));
                }
                self.first_us[place] = self.first_us[place].min(us);
            }
            Entry::Vacant(free) => {
                free.insert(self.keys.len() as u32);
                self.keys.push(key);
                self.checks.push(check);
                self.first_us.push(us);
                self.buffer.push_str(id);
                self.ends.push(self.buffer.len());
            }
        }
        Ok(key)
    }

    fn id(&self, place: usize) -> &str {
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.buffer[start..self.ends[place]]
    }

    /// Id and first time of every contact.
    pub fn all(&self) -> impl Iterator<Item = (&str, i64)> {
        (0..self.keys.len()).map(|place| (self.id(place), self.first_us[place]))
    }
}

/// The refusal of two ids that share a key.
pub fn shared(one: &str, other: &str) -> Error {
    Error::data(format!("the ids {one} and {other} cannot be told apart by their keys"))
        .hint("export one of these two contacts under another id")
}
