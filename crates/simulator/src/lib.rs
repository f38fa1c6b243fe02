//! Plays the customers of every messenger, and the providers between those customers and us: it signs and posts webhooks,
//! answers sends like the provider's API and reports receipts. Written from the providers' documents alone; it shares no
//! code with the adapters, so that neither can hide the other's mistakes. Only the demo mounts it.

mod message;
mod play;
mod shelf;
mod simulator;
mod wire;

mod provider;
mod providers;

mod post;
mod receipts;
mod standin;

mod doors;
mod pages;

pub use providers::{
    Account, BUSINESS_ACCOUNT, Contents, Google, Hook, Inbox, Partner, Product, Sms, Spent, Telegram, WhatsApp, X,
};
pub use simulator::{Channel, Known, Settings, Simulator};
