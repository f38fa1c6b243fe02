//! What Meta's messengers share: how Meta proves itself, how it writes errors and templates, and the messages of Messenger
//! and Instagram, which are of one format. WhatsApp's are of another.

pub(crate) mod errors;
pub(crate) mod graph;
pub(crate) mod handshake;
pub(crate) mod messaging;
pub(crate) mod templates;
