//! Plays the WhatsApp customer, and Meta's servers between that customer and us: it signs and posts webhooks, answers
//! sends like the Graph API and reports receipts. Written from Meta's documents alone; it shares no code with the
//! adapters, so that neither can hide the other's mistakes. Only the demo mounts it.

mod play;
mod simulator;

mod graph;
mod post;
mod receipts;
mod webhook;

mod doors;
mod pages;

pub use simulator::{Settings, Simulator, WhatsAppPlay};
