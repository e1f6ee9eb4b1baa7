//! The salted hash that everything is drawn with.

use sha2::{Digest, Sha256};

/// Between the parts that are hashed, so that no two triples make one text.
const SEPARATOR: u8 = 0x1f;

/// What a fraction is drawn for. Each has its own, so that one says nothing of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Whether the contact is in no arm.
    Holdout,
    /// The arm.
    Arm,
    /// The contact's place among those that are drawn together.
    Order,
    /// Where the arms begin among those that are drawn together.
    Start,
}

impl Purpose {
    fn word(self) -> &'static [u8] {
        match self {
            Purpose::Holdout => b"holdout",
            Purpose::Arm => b"arm",
            Purpose::Order => b"order",
            Purpose::Start => b"start",
        }
    }
}

/// A fraction from 0 to below 1: the first 64 bits of SHA-256(salt ‖ 0x1f ‖ purpose ‖ 0x1f ‖ contact), over
/// 2⁶⁴, cut to the 53 bits of a float. For ids that are not chosen with the hash in mind, fractions of
/// different contacts, salts and purposes are independent and uniform for all that can be told.
pub fn fraction(salt: &str, purpose: Purpose, contact: &str) -> f64 {
    /// 2⁻⁵³.
    const UNIT: f64 = f64::EPSILON / 2.0;
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update([SEPARATOR]);
    hash.update(purpose.word());
    hash.update([SEPARATOR]);
    hash.update(contact.as_bytes());
    let digest = hash.finalize();
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (bits >> 11) as f64 * UNIT
}
