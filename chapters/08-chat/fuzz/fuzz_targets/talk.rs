#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/room/checks.rs"]
mod checks;

fuzz_target!(|input: &[u8]| {
    // The last byte says where to cut.
    if let Some((cut, input)) = input.split_last() {
        checks::reading(input, &[usize::from(*cut) * 8]);
        checks::talking(input);
    }
});
