//! What Twilio delivers to a number.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::sms(body));
