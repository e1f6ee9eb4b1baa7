//! The signature of a webhook's requests.
//!
//! A request has the header
//!
//! ```text
//! X-Microseg-Signature: t=1782691200,v1=5257a869…
//! ```
//!
//! To verify it, in any language:
//!
//! 1. Take `t` (seconds since 1970 in UTC) and `v1` (64 hexadecimal digits) from the header.
//! 2. Compute HMAC-SHA256 (RFC 2104) with the shared secret's bytes as the key over: the digits of
//!    `t`, a full stop, and the request's body as it came, byte by byte, before any parsing.
//! 3. Compare it with `v1` in constant time (`hmac.compare_digest` of Python,
//!    `crypto.timingSafeEqual` of Node.js).
//! 4. Refuse a `t` that is more than five minutes from now: such a request was recorded and sent
//!    again.
//!
//! An attempt is signed with its own time; the header `Idempotency-Key` is the same in all
//! attempts.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The header's value for a request with this body, sent `at` (seconds since 1970 in UTC).
pub fn sign(secret: &[u8], at: i64, body: &[u8]) -> String {
    let code = code(secret, at, body).finalize().into_bytes();
    format!("t={at},v1={}", hex(&code))
}

/// True if `header` is the signature of `body` with `secret`, made within `tolerance` seconds of
/// `now`.
pub fn verify(secret: &[u8], header: &str, body: &[u8], now: i64, tolerance: u64) -> bool {
    let field = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name));
    let Some(at) = field("t=").and_then(|text| text.parse::<i64>().ok()) else { return false };
    let Some(given) = field("v1=").and_then(bytes_of_hex) else { return false };
    // Compares in constant time.
    let is_ours = code(secret, at, body).verify_slice(&given).is_ok();
    is_ours && at.abs_diff(now) <= tolerance
}

fn code(secret: &[u8], at: i64, body: &[u8]) -> Hmac<Sha256> {
    keyed(secret).chain_update(at.to_string()).chain_update(b".").chain_update(body)
}

/// HMAC takes keys of any length: short ones are filled up, long ones are hashed (RFC 2104, section
/// 2).
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).unwrap_or_else(|_| unreachable!("any length is a key"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(key: &[u8], data: &[u8]) -> String {
        hex(&keyed(key).chain_update(data).finalize().into_bytes())
    }

    /// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
    #[test]
    fn published_codes() {
        assert_eq!(
            mac(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            mac(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            mac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_signature_holds_for_its_body_secret_and_time() {
        let header = sign(b"secret", 1_782_691_200, b"body");
        assert!(header.starts_with("t=1782691200,v1="), "{header}");
        assert_eq!(header.len(), "t=1782691200,v1=".len() + 64);
        let is_good = |secret: &[u8], body: &[u8], now| verify(secret, &header, body, now, 300);
        assert!(is_good(b"secret", b"body", 1_782_691_200));
        assert!(is_good(b"secret", b"body", 1_782_691_500));
        assert!(!is_good(b"secret", b"body", 1_782_691_501));
        assert!(!is_good(b"secret", b"bodi", 1_782_691_200));
        assert!(!is_good(b"secreT", b"body", 1_782_691_200));
        let moved = header.replace("t=1782691200", "t=1782691201");
        assert!(!verify(b"secret", &moved, b"body", 1_782_691_200, 300));
    }

    #[test]
    fn nonsense_is_no_signature() {
        for header in ["", "t=,v1=", "t=1", "v1=00", "t=1,v1=zz", "t=1,v1=0", "t=1,v1=é", "t=1,v1="]
        {
            assert!(!verify(b"secret", header, b"body", 1, 300), "{header}");
        }
    }
}
