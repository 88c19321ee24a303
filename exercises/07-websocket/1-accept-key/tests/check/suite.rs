//! Keys whose digests are like texts, and keys whose digests aren't.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::subject::accept;

const BOOK: &str = "07-websocket.html#the-accept-key";

#[test]
fn two_keys_have_two_answers() {
    let keys = ["dGhlIHNhbXBsZSBub25jZQ==", "K+bzsNYd9ceG5ja+mDqDIw=="];
    let [one, other] = harness::call(|| keys.map(accept));
    assert!(
        one != other,
        "the keys  {} and {}\nreceived  {one:?} for both\nit means  Who has not understood the key can't know \
         the answer: so it is made from the key.\nread      book: {BOOK}",
        keys[0],
        keys[1]
    );
}

#[test]
fn the_example_of_the_rfc_is_answered_as_there() {
    check(
        "dGhlIHNhbXBsZSBub25jZQ==",
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "This is the example of RFC 6455 §1.3. The text of the key as it came, the GUID behind it, SHA-1 of both, \
         and base64 of its 20 bytes.",
    );
}

#[test]
fn the_answer_has_the_usual_alphabet() {
    check(
        "K+bzsNYd9ceG5ja+mDqDIw==",
        "zHvIvfZhRPElD/lHGA+sNuVAMqg=",
        "Base64 has several alphabets. This is the one with + and /, and = fills up the last four \
         (RFC 4648 §4).",
    );
}

#[test]
fn a_zero_may_be_within_a_digest() {
    check(
        "kxISb6XwGcBo3w/lJZFQmw==",
        "4Q6Xkw8wziFVACjPo6aXrkef6uA=",
        "The digest is 20 bytes, and its 10th is 0. It belongs to the digest like any other byte, and so do the \
         ten behind it.",
    );
}

#[test]
fn a_digest_may_begin_with_a_zero() {
    check(
        "sa8TyvxYQxg6S0aI+RWWOQ==",
        "ABEjQdV+NM9oZPeTFUm/MsKS3Uo=",
        "The first byte of the digest is 0. For `strlen` nothing is there at all (bug B65: the document's server \
         then writes before the beginning of its array).",
    );
}

#[test]
fn a_digest_may_end_with_a_zero() {
    check(
        "FVJrEHlBXGwCW54vKvcW6Q==",
        "59PoYbSCLGItszQ+tZ7lHbyd2gA=",
        "The last byte of the digest is 0. It is a byte of the digest, and nothing that fills it up: a digest of \
         SHA-1 has 20 bytes, always.",
    );
}

#[test]
fn a_thousand_keys_are_answered() {
    // A client takes 16 bytes by chance. Here they are digests of numbers, so that all runs are alike.
    let keys: Vec<String> = (0..1000_u32)
        .map(|number| STANDARD.encode(&Sha1::digest(number.to_be_bytes())[..16]))
        .collect();
    let answers: Vec<String> = harness::call(|| keys.iter().map(|key| accept(key)).collect());
    let expected = keys.iter().map(|key| {
        let digest = Sha1::new()
            .chain_update(key)
            .chain_update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
            .finalize();
        STANDARD.encode(digest)
    });
    let wrong: Vec<_> = expected
        .zip(&keys)
        .zip(&answers)
        .filter(|((expected, _), answer)| expected != *answer)
        .collect();
    if let Some(((expected, key), answer)) = wrong.first() {
        panic!(
            "the keys  1000\nreceived  {} wrong answers, the first of them for {key}\nexpected  \
             {expected:?}\nreceived  {answer:?}\nit means  Each of these is a client that doesn't get \
             through.\nread      book: {BOOK}",
            wrong.len()
        );
    }
}

#[track_caller]
fn check(key: &str, expected: &str, means: &str) {
    let answer = harness::call(|| accept(key));
    assert!(
        answer == expected,
        "the key   {key}\nexpected  {expected:?}\nreceived  {answer:?}\nit means  {means}\nread      book: {BOOK}"
    );
}
