//! libFuzzer's way into `parsers::token`.
#![no_main]

#[path = "../../parsers.rs"]
#[expect(dead_code, reason = "each target is one of the parsers")]
mod parsers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| parsers::token(data));
