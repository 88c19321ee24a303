//! The JSON protocol, for pages: one text message of a WebSocket is one object.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use websocket::deflate::{Deflation, Window};
use websocket::{Header, Message, Opcode, write_fragment, write_frame};

use crate::{Event, Here, MAX_LINE, News, Nick, Private, Public, Refusal, Welcome};

/// The longest message that is taken, in bytes. A line of [`MAX_LINE`] has six times as many if
/// each is written as `\u0000`; there may be other fields, which are ignored.
pub const MAX_MESSAGE: u64 = 16 * 1024;

/// What a member sends.
#[derive(Deserialize)]
struct Sent<'a> {
    /// What one would type.
    #[serde(borrow)]
    say: Cow<'a, str>,
}

/// What members are told.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Object<'a> {
    Welcome {
        nick: &'a str,
        room: &'a str,
        last: u64,
        here: usize,
        members: Vec<&'a str>,
    },
    Said {
        id: u64,
        nick: &'a str,
        text: &'a str,
    },
    Action {
        id: u64,
        nick: &'a str,
        text: &'a str,
    },
    Joined {
        id: u64,
        nick: &'a str,
    },
    Left {
        id: u64,
        nick: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<&'a str>,
    },
    Crowd {
        id: u64,
        joined: usize,
        left: usize,
    },
    Renamed {
        id: u64,
        from: &'a str,
        to: &'a str,
    },
    Private {
        from: &'a str,
        to: &'a str,
        text: &'a str,
    },
    Members {
        here: usize,
        nicks: Vec<&'a str>,
    },
    Notice {
        text: &'a str,
    },
    Refused {
        text: &'a str,
    },
}

/// What the sender of this message would have typed.
///
/// # Errors
/// [`Refusal::NotSaid`] or [`Refusal::TooLong`].
pub fn read(message: Message<'_>) -> Result<Cow<'_, str>, Refusal> {
    let text = message.text().ok_or(Refusal::NotSaid)?;
    if !text.trim_start().starts_with('{') {
        return Err(Refusal::NotSaid); // serde reads `["hello"]` as a struct, too
    }
    let sent: Sent<'_> = serde_json::from_str(text).map_err(|_| Refusal::NotSaid)?;
    if sent.say.len() > MAX_LINE {
        return Err(Refusal::TooLong);
    }
    Ok(sent.say)
}

/// Appends the frames that tell of `event`.
pub fn write(event: &Event, out: &mut Vec<u8>) {
    tell(event, &mut |json| {
        write_frame(out, Opcode::Text, None, json);
    });
}

/// The same, compressed for all whose window isn't smaller: without takeover, each message on its own.
/// A message that doesn't get shorter by that stays as it is.
pub fn write_compressed(
    event: &Event,
    window: Window,
    deflation: &mut Deflation,
    out: &mut Vec<u8>,
) {
    tell(event, &mut |json| {
        let Some(compressed) = deflation.alone(window, json) else {
            return write_frame(out, Opcode::Text, None, json);
        };
        let header = Header {
            opcode: Opcode::Text,
            last: true,
            compressed: true,
            mask: None,
            length: compressed.len() as u64,
        };
        write_fragment(out, header, compressed);
    });
}

/// Calls `out` with each message that tells of `event`.
fn tell(event: &Event, out: &mut impl FnMut(&[u8])) {
    match event {
        Event::Welcome(welcome) => tell_welcome(welcome, out),
        Event::Public(public) => tell_public(public, out),
        Event::Private(Private { from, to, text, .. }) => {
            let (from, to, text) = (from.as_str(), to.as_str(), text.as_str());
            tell_object(&Object::Private { from, to, text }, out);
        }
        Event::Here(here) => {
            let (here, nicks) = (here.count, names(here));
            tell_object(&Object::Members { here, nicks }, out);
        }
        Event::Notice(text) => tell_object(&Object::Notice { text }, out),
        Event::Refused(refusal) => {
            let text = &refusal.to_string();
            tell_object(&Object::Refused { text }, out);
        }
    }
}

fn tell_welcome(welcome: &Welcome, out: &mut impl FnMut(&[u8])) {
    let object = Object::Welcome {
        nick: welcome.nick.as_str(),
        room: &welcome.room,
        last: welcome.last,
        here: welcome.here.count,
        members: names(&welcome.here),
    };
    tell_object(&object, out);
    for public in &welcome.history {
        tell_public(public, out);
    }
}

fn tell_public(public: &Public, out: &mut impl FnMut(&[u8])) {
    let id = public.id;
    let object = match &public.news {
        News::Said { nick, text } => Object::Said {
            id,
            nick: nick.as_str(),
            text: text.as_str(),
        },
        News::Action { nick, text } => Object::Action {
            id,
            nick: nick.as_str(),
            text: text.as_str(),
        },
        News::Joined { nick } => Object::Joined {
            id,
            nick: nick.as_str(),
        },
        News::Left { nick, why } => Object::Left {
            id,
            nick: nick.as_str(),
            why: why.text(),
        },
        &News::Crowd { joined, left } => Object::Crowd { id, joined, left },
        News::Renamed { from, to } => Object::Renamed {
            id,
            from: from.as_str(),
            to: to.as_str(),
        },
    };
    tell_object(&object, out);
}

fn names(here: &Here) -> Vec<&str> {
    here.nicks.iter().map(Nick::as_str).collect()
}

fn tell_object(object: &Object<'_>, out: &mut impl FnMut(&[u8])) {
    // Strings and numbers, into memory: there is nothing that could fail.
    let json = serde_json::to_vec(object).unwrap_or_default();
    out(&json);
}

#[cfg(test)]
mod tests;
