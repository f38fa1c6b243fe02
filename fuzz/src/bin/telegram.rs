//! What Telegram delivers to a bot.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| fuzz::deliveries::telegram(body));
