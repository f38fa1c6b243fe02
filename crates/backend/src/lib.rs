//! Commands, queries, jobs and the live hub: everything between the doors and the database.

mod clock;
mod error;
mod store;

pub mod writer;

pub mod directory;
pub mod live;
mod log;
pub mod presence;

mod counters;
mod episodes;

pub mod desk;
pub mod jobs;
mod mentions;
pub mod messages;
pub mod rooms;

pub mod inbound;
pub mod sweeper;

mod background;
mod feedback;

pub mod invitations;
pub mod passwords;
pub mod people;
pub mod sessions;
pub mod setup;
pub mod teams;

pub mod channels;
pub mod flows;
pub mod settings;

pub mod contacts;
mod customers;
pub mod drafts;
pub mod media;
pub mod quick_replies;
pub mod templates;
pub mod visitors;

pub mod audit;
pub mod trouble;

mod seal;
mod tokens;

pub mod demo;
pub mod health;

mod backend;

#[cfg(feature = "test-desk")]
pub mod test_desk;

pub use backend::{Backend, Config};
pub use background::Background;
pub use clock::{Clock, ManualClock, SystemClock, new_id};
pub use error::{Error, Result};
pub use store::Engine;
