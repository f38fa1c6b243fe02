//! The browser's desk: `domain`'s fold in one signal, the live socket that feeds it, and what people do to rooms.

pub mod api;
mod attached;
mod commands;
mod live;
mod news;
mod outbox;
mod store;
mod take;
mod toast;
mod unsent;

pub use attached::{Attached, Chosen, Going, upload, words_of};
pub use live::keep_live;
pub use news::taken_words;
pub use outbox::Sent;
pub use store::{Link, Opening, Store, Typing, Undoable, leave_for, leave_to_sign_in};
pub use toast::{Offer, Toast};
pub use unsent::{Place, Unsent, UnsentWords};
