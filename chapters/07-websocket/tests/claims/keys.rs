//! The accept key (claims C142 to C144; bugs B64, B65, B82).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ch07_websocket::{Misunderstanding, Opening, accept_key};

use crate::documents::{self, GUID, digest, sha1, strlen};

/// Keys, as many as there are numbers.
fn keys() -> impl Iterator<Item = String> {
    (0_u128..).map(|number| STANDARD.encode(number.to_be_bytes()))
}

/// What this chapter's client says of an answer with this accept key to a handshake whose key is
/// that of sixteen zero bytes.
fn judged(accept: &str) -> Result<bool, Misunderstanding> {
    let opening = Opening::new([0; 16], Vec::new());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    opening
        .answer(answer.as_bytes())
        .map(|found| found.is_some())
}

#[test]
fn c143_both_samples_are_right_and_their_quotation_marks_are_no_part_of_it() {
    for (key, accept) in [
        ("xqBt3ImNzJbYqRINxEFlkg==", "K7DJLdLooIwIG/MOpvWFB3y3FE8="),
        ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ] {
        assert_eq!(accept_key(key.as_bytes()), accept);
        assert_eq!(STANDARD.encode(digest(key)), accept);
        let quoted = ["”", GUID, "″"].concat();
        assert_ne!(STANDARD.encode(sha1(&[key, &quoted])), accept);
    }
}

#[test]
fn c142_anybody_can_compute_the_answer() {
    let key = STANDARD.encode([0; 16]);
    assert_eq!(judged(&accept_key(key.as_bytes())), Ok(true));
    assert_eq!(judged(&key), Err(Misunderstanding::Key), "an echo won't do");
}

#[test]
fn c144_a_detour_over_hexadecimal_digits_leads_back_to_the_same_twenty_bytes() {
    let digest = digest("dGhlIHNhbXBsZSBub25jZQ==");
    let hex = digest.map(|byte| format!("{byte:02x}")).concat();
    let pairs = hex.as_bytes().chunks(2);
    let back: Vec<u8> = pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(back, digest);
    // Who stops half-way has twice as many bytes, and no accept key.
    assert_eq!(STANDARD.encode(digest).len(), 28);
    assert_eq!(STANDARD.encode(hex).len(), 56);
}

#[test]
fn b64_a_digest_ends_at_its_zero_byte_if_it_is_taken_for_a_string() {
    let key = "kxISb6XwGcBo3w/lJZFQmw==";
    assert_eq!(accept_key(key.as_bytes()), "4Q6Xkw8wziFVACjPo6aXrkef6uA=");
    assert_eq!(documents::accept_key(key), "4Q6Xkw8wziFV");
}

/// 1 - (255/256)^20 = 7.5 % of all digests have a zero byte.
#[test]
fn b64_one_handshake_in_thirteen_fails() {
    const TRIED: usize = 13_000;
    let wrong = keys()
        .take(TRIED)
        .filter(|key| documents::accept_key(key) != accept_key(key.as_bytes()))
        .count();
    assert!((900..1100).contains(&wrong), "{wrong} of {TRIED}");
}

/// C then writes its closing zero at `length - 1`, in front of the array.
#[test]
fn b65_of_a_digest_that_begins_with_zero_nothing_is_left() {
    let key = keys().find(|key| digest(key)[0] == 0).expect("one in 256");
    assert_eq!(strlen(&digest(&key)), 0);
    assert_eq!(documents::accept_key(&key), "");
    assert_eq!(judged(""), Err(Misunderstanding::Key));
}
