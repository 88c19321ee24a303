#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/protocol/checks.rs"]
#[expect(dead_code, reason = "each target needs one of the checks")]
mod checks;

fuzz_target!(|input: &[u8]| {
    // The last byte says where to cut.
    if let Some((cut, input)) = input.split_last() {
        checks::deflate(input, usize::from(*cut));
    }
});
