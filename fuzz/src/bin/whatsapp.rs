//! What Meta delivers to a number on WhatsApp.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::whatsapp(body));
