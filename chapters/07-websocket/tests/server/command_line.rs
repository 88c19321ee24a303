//! What the program says of its own options; those that all servers share are chapter 00's.

use std::process::Command;

fn complaint(options: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_ch07-websocket");
    let output = Command::new(program).args(options).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{options:?}: {text}");
    assert_eq!(text.lines().count(), 1, "not one line: {text}");
    text
}

#[test]
fn an_origin_has_a_scheme_and_no_path() {
    for origin in [
        "example.org",
        "https://example.org/",
        "https://",
        "http://a/b",
    ] {
        let text = complaint(&["--origin", origin]);
        assert!(text.contains("an origin is like"), "{text}");
    }
}

#[test]
fn a_sub_protocol_is_a_word() {
    for name in ["", "two words", "a,b", "sch\u{f6}n"] {
        let text = complaint(&["--protocol", name]);
        assert!(text.contains("a sub-protocol is a word"), "{text}");
    }
}
