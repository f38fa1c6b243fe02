//! What people see: the console's components, and the server functions that are their doors.

#![recursion_limit = "256"]

pub mod error;
mod place;

mod api;
mod clock;
mod storage;

mod routes;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod sprite;

pub mod account;
mod actions;
pub mod admin;
pub mod chat;
mod console;
pub mod desk;
mod dialogs;
mod list;
mod panel;
mod parts;
mod rail;

pub use routes::{App, load};
#[cfg(feature = "ssr")]
pub use shell::{Manifest, shell};
