//! What is asked of every parser of what comes from outside, whatever it is given: it answers, and what must hold holds.
//! Each program in `bin/` asks one of these questions of as many inputs as its time allows.

#[path = "../../crates/channels/tests/it/desk.rs"]
#[expect(dead_code, reason = "the tests of the adapters use more of it")]
mod desk;
#[path = "../../crates/channels/tests/it/holds.rs"]
mod holds;

pub mod deliveries;
pub mod doors;
pub mod flows;
