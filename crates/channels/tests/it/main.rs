//! The adapters as the product uses them: through the door, with fixtures in and snapshots out.

mod account;
mod albums;
mod api;
mod arbitrary;
mod blank;
mod desk;
mod elsewhere;
mod files;
mod google;
mod google_sending;
mod holds;
mod inbound;
mod instagram;
mod messenger;
mod messenger_templates;
mod planning;
mod proof;
mod sending;
mod sms;
mod sms_choices;
mod sms_sending;
mod stand_in;
mod storable;
mod telegram;
mod unhappy;
mod x;
