//! The small pieces every pane is made of.

mod avatar;
mod copy;
mod dynamic;
mod icon;
mod later;
mod letters;
mod menu;
mod modal;
mod moment;
mod nowhere;
mod resized;

pub use avatar::Avatar;
pub use copy::{CopyButton, copy};
pub use dynamic::{awaited, dynamic};
pub use icon::{Icon, channel_icon};
pub use later::later;
pub use letters::{bare, large, small, sort_people};
pub use menu::{Menu, MenuItem};
pub use modal::{Closing, Modal, is_modal_closing};
pub use moment::Moment;
pub use nowhere::{Empty, Nowhere};
pub use resized::when_resized;
