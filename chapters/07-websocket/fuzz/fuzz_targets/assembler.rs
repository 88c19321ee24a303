#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/protocol/checks.rs"]
#[expect(dead_code, reason = "each target needs one of the checks")]
mod checks;

fuzz_target!(|plan: &[u8]| checks::round_trip(plan));
