//! The JSON of chapter 08, and what is new: numbers, tokens and what was heard.

use std::borrow::Cow;

use chat::{MAX_LINE, Refusal};
use serde::{Deserialize, Serialize};
use websocket::{Message, Opcode, write_frame};

use crate::Token;

/// The longest message that is taken, in bytes, as in chapter 08.
pub(super) const MAX_MESSAGE: u64 = 16 * 1024;

/// What a member sends.
#[derive(Deserialize)]
struct Sent<'a> {
    /// What one would type.
    #[serde(borrow)]
    say: Cow<'a, str>,
    /// Of the lines of this member, which it is.
    number: Option<u64>,
}

/// What members are told beside what happens in the room.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Object {
    /// Who has this may come back as this member.
    Token { token: Token },
    /// The line with this number needn't be sent again.
    Heard { number: u64 },
}

/// What the sender of this message would have typed, and its number.
pub(super) fn read(message: Message<'_>) -> (Result<Cow<'_, str>, Refusal>, Option<u64>) {
    let text = message
        .text()
        .filter(|text| text.trim_start().starts_with('{'));
    let sent = text.map(serde_json::from_str::<Sent<'_>>);
    match sent {
        Some(Ok(Sent { say, number })) if say.len() <= MAX_LINE => (Ok(say), number),
        Some(Ok(Sent { number, .. })) => (Err(Refusal::TooLong), number),
        _ => (Err(Refusal::NotSaid), None),
    }
}

/// The frame of `object`.
pub(super) fn frame(object: &Object) -> Vec<u8> {
    let mut out = Vec::new();
    // Numbers and strings, into memory: there is nothing that could fail.
    let json = serde_json::to_vec(object).unwrap_or_default();
    write_frame(&mut out, Opcode::Text, None, &json);
    out
}
