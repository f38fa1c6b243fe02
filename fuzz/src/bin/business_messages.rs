//! What a gateway of Business Messages delivers.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::business_messages(body));
