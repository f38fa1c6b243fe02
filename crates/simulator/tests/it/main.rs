//! The simulator from outside.

mod world;

mod kept;
mod providers;
mod walks;
