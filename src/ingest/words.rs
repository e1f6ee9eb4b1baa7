//! Interned text: contact ids, and words that repeat.

use std::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};

/// Code of a missing word.
pub const NONE: u32 = u32::MAX;

/// Text ↔ code in order of first appearance.
///
/// Texts lie end to end in one buffer: a million ids are two allocations, not two million.
#[derive(Debug, Default)]
pub struct Interner {
    codes: HashTable<u32>,
    texts: Texts,
}

#[derive(Debug, Default)]
struct Texts {
    buffer: String,
    /// Where each text ends.
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.buffer[start..self.ends[code]]
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Interner {
    pub fn code(&mut self, text: &str) -> u32 {
        let texts = &mut self.texts;
        let known = self.codes.entry(
            hash(text),
            |&code| texts.get(code) == text,
            |&code| hash(texts.get(code)),
        );
        match known {
            Entry::Occupied(code) => *code.get(),
            Entry::Vacant(place) => {
                let code = texts.ends.len() as u32;
                place.insert(code);
                texts.buffer.push_str(text);
                texts.ends.push(texts.buffer.len());
                code
            }
        }
    }

    pub fn text(&self, code: u32) -> &str {
        self.texts.get(code)
    }

    pub fn len(&self) -> usize {
        self.texts.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.ends.is_empty()
    }

    /// The rank of every code when the texts are sorted: what is written never depends on the order
    /// in which rows arrived.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.par_sort_unstable_by(|a, b| self.text(*a).cmp(self.text(*b)));
        let mut ranks = vec![0; order.len()];
        for (rank, code) in order.into_iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        ranks
    }

    /// The texts, sorted.
    pub fn sorted(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = (0..self.len() as u32).map(|code| self.text(code)).collect();
        texts.sort_unstable();
        texts
    }
}

/// The contacts met so far. Addresses arrive as codes already; a code is a pseudonym, not a secret:
/// who has the address can make it again.
#[derive(Debug, Default)]
pub struct ContactIds {
    ids: Interner,
}

impl ContactIds {
    pub fn code(&mut self, id: &str) -> u32 {
        self.ids.code(id)
    }

    pub fn ids(&self) -> &Interner {
        &self.ids
    }
}

/// What the code of an address begins with.
pub const ADDRESS_CODE: &str = "addr-";

/// True for what stands for an address.
pub fn is_address_code(text: &str) -> bool {
    text.starts_with(ADDRESS_CODE)
}

/// `addr-` and 16 hexadecimal digits of the SHA-256 of the address in lower case.
pub fn address_code(address: &str) -> String {
    let digest = Sha256::digest(address.trim().to_lowercase().as_bytes());
    let hex: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("{ADDRESS_CODE}{hex}")
}

/// A column of words, coded as rows arrive.
#[derive(Debug, Default)]
pub struct WordColumn {
    pub codes: Vec<u32>,
    pub words: Interner,
}

impl WordColumn {
    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(NONE, |t| self.words.code(t));
        self.codes.push(code);
    }

    /// Replaces codes by their rank in sorted order, and returns the sorted words.
    pub fn settle(&mut self) -> Vec<String> {
        let ranks = self.words.ranks();
        for code in &mut self.codes {
            if *code != NONE {
                *code = ranks[*code as usize];
            }
        }
        self.words.sorted().into_iter().map(str::to_owned).collect()
    }
}
