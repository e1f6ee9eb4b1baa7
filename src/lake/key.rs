//! The key of a contact.

/// A contact's key: the lower half of the 128-bit XXH3 of its id; the upper half tells two ids apart
/// that share a key.
///
/// Because a key follows from the id alone, no contact that comes later renumbers the others: files
/// written before stay as they are. Two of a million contacts share a key once in forty million lakes;
/// `ingest` refuses such a pair.
pub fn contact_key(id: &str) -> (u64, u64) {
    let hash = xxhash_rust::xxh3::xxh3_128(id.as_bytes());
    (hash as u64, (hash >> 64) as u64)
}
