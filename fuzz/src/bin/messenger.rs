//! What Meta delivers to a page.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::messenger(body));
