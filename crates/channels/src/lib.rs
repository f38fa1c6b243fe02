//! Every provider: bytes in, bytes out. Pure codecs, thin senders; a provider's wire format never leaves this crate.

pub mod files;
pub mod identity;
pub mod settings;

pub mod codec;
pub mod inbound;
pub mod missed;
pub mod signature;
mod wire;
mod words;

pub mod outbound;
pub mod plan;

pub mod adapter;
pub mod error;
pub mod http;
mod moment;

pub mod api;
pub mod google;
pub mod instagram;
pub mod messenger;
mod meta;
pub mod sms;
pub mod telegram;
pub mod whatsapp;
pub mod x;
