//! What Meta's messengers share: how Meta proves itself, how it writes words and errors, and what is said to its API.

pub(crate) mod errors;
pub(crate) mod handshake;
pub(crate) mod words;
