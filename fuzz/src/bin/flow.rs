//! What somebody imports as a flow.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| fuzz::flows::import(file));
