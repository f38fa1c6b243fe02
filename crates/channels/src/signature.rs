//! Keyed hashes over raw bytes, compared in constant time.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// Whether `signature` is the lowercase hex HMAC-SHA256 of `bytes` under `key`.
#[must_use]
pub fn is_hmac_sha256(key: &[u8], bytes: &[u8], signature: &str) -> bool {
    is_same(&hex::encode(hmac_sha256(key, bytes)), signature)
}

/// Whether two texts are equal, without telling by the time it takes where they differ.
#[must_use]
pub fn is_same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// HMAC-SHA256 of `bytes` under `key`.
pub(crate) fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA512 of `bytes` under `key`.
pub(crate) fn hmac_sha512(key: &[u8], bytes: &[u8]) -> [u8; 64] {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA1 of `bytes` under `key`; only for providers that sign with nothing better.
pub(crate) fn hmac_sha1(key: &[u8], bytes: &[u8]) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
