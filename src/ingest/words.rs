//! Interned text: contact ids, and words that repeat.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// Code of a missing word.
pub const NONE: u32 = u32::MAX;

/// Text ↔ code in order of first appearance.
#[derive(Debug, Default)]
pub struct Interner {
    codes: FxHashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Interner {
    pub fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        code
    }

    pub fn text(&self, code: u32) -> &str {
        &self.texts[code as usize]
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The rank of every code when the texts are sorted: what is written never depends on the order
    /// in which rows arrived.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.text(*a).cmp(self.text(*b)));
        let mut ranks = vec![0; order.len()];
        for (rank, code) in order.into_iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        ranks
    }

    /// The texts, sorted.
    pub fn sorted(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.texts.iter().map(AsRef::as_ref).collect();
        texts.sort_unstable();
        texts
    }
}

/// The contacts met so far. An id that is an email address is replaced by a code made from it, so
/// that no address reaches the lake, a report or a log.
#[derive(Debug, Default)]
pub struct ContactIds {
    ids: Interner,
    pub addresses_replaced: u64,
}

impl ContactIds {
    pub fn code(&mut self, id: &str) -> u32 {
        if id.contains('@') {
            self.addresses_replaced += 1;
            return self.ids.code(&address_code(id));
        }
        self.ids.code(id)
    }

    pub fn ids(&self) -> &Interner {
        &self.ids
    }
}

/// `addr-` and 16 hexadecimal digits of the SHA-256 of the address in lower case.
pub fn address_code(address: &str) -> String {
    let digest = Sha256::digest(address.trim().to_lowercase().as_bytes());
    let hex: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("addr-{hex}")
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
