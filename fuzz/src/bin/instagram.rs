//! What Meta delivers to an account on Instagram.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::instagram(body));
