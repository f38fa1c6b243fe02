//! What Google delivers to an RCS agent.
#![no_main]

libfuzzer_sys::fuzz_target!(|said: &[u8]| fuzz::deliveries::google(said));
