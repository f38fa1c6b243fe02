//! A whole Switchboard process to knock at from outside: for the tests in `it` and for the benchmark.

pub mod http;
pub mod port;
pub mod process;
pub mod socket;

pub mod console;
pub mod visitor;
pub mod whatsapp;

pub mod rows;

pub mod kill;
