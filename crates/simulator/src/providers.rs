//! The providers that are played, one module each. A new one is a module, a variant of [`Account`] and a line in each list
//! below.

mod api;
mod google;
mod meta;
mod sms;
mod telegram;
mod whatsapp;
mod x;

pub use self::{
    api::Partner,
    google::Google,
    meta::{Inbox, Product},
    sms::{Contents, Sms},
    telegram::{Hook, Telegram},
    whatsapp::{BUSINESS_ACCOUNT, WhatsApp},
    x::{Spent, X},
};
use crate::provider::Provider;

/// An account at one of them.
pub enum Account {
    WhatsApp(WhatsApp),
    Meta(Inbox),
    Telegram(Telegram),
    X(X),
    Sms(Sms),
    Google(Google),
    Api(Partner),
}

/// Where their APIs are, below the simulator's own address.
pub const DOORS: [&str; 8] = ["graph", "messenger", "instagram", "telegram", "x", "twilio", "google", "partner"];

impl Account {
    pub(crate) fn provider(&self) -> &dyn Provider {
        match self {
            Self::WhatsApp(account) => account,
            Self::Meta(account) => account,
            Self::Telegram(account) => account,
            Self::X(account) => account,
            Self::Sms(account) => account,
            Self::Google(account) => account,
            Self::Api(account) => account,
        }
    }
}
