//! What X delivers to an account.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::x(body));
