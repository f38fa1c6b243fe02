//! What anybody at all sends to a webhook door.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::doors::knock(input));
