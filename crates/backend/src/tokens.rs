//! Tokens: what somebody holds to prove that they were here before. Only their hashes are kept.

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

/// A fresh token: 256 random bits, in hex.
pub(crate) fn new_token() -> String {
    hex::encode(random_bytes::<32>())
}

/// What is stored of a token: its SHA-256, in hex. A token has too many bits to be guessed, so it needs no salt.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Bytes from the operating system's generator.
pub(crate) fn random_bytes<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    OsRng.try_fill_bytes(&mut bytes).expect("an operating system without randomness cannot keep secrets");
    bytes
}
