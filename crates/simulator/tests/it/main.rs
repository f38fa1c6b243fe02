//! The simulator from outside.

mod world;

mod kept;
mod page_templates;
mod providers;
mod twilio;
mod walks;
