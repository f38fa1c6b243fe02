//! The product's words and rules. Pure: no clock, no randomness, no I/O; `now` and ids come in as arguments.

pub mod id;
pub mod timestamp;

pub mod account;
pub mod channel;
pub mod person;
pub mod policy;
pub mod team;

pub mod customer;
pub mod delivery;
pub mod draft;
pub mod link;
pub mod media;
pub mod mention;
pub mod message;
pub mod quick_reply;
pub mod template;

pub mod episode;
pub mod feedback;
pub mod flow;
pub mod room;

pub mod permission;
pub mod refused;
pub mod seen;

pub mod audit;
pub mod bulk;
pub mod change;
pub mod desk;
pub mod export;
pub mod live;
pub mod transcript;
pub mod trouble;
pub mod visitor;
