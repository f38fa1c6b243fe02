//! What another server delivers to the API channel.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::api(body));
