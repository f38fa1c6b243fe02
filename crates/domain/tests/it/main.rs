//! The product's law, tested from outside: the life of a room, who may do what, the Desk fold, and flows.

mod alterations;
mod asking;
mod blocking;
mod cast;
mod closing;
mod desk;
mod desk_model;
mod desk_random;
mod flow_file;
mod flow_run;
mod holding;
mod looking_back;
mod mentions;
mod news;
mod parting;
mod permission;
mod policy;
mod restoring;
mod sequences;
mod speaking;
mod status;
mod staying;
mod sticking;
mod transcripts;
mod unread;
mod waiting;
