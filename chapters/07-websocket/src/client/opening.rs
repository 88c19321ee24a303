//! The opening handshake from the client's side: what it asks, and whether the answer will do.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::address::Address;
use crate::accept_key;

/// Longest answer that is read, in bytes.
pub const MAX_ANSWER: usize = 16 * 1024;

/// What an answer begins with.
const VERSION: &[u8] = b"HTTP/1.1 ";

/// What an answer ends with.
const END: &[u8] = b"\r\n\r\n";

/// A request for a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The value of `Sec-WebSocket-Key`: it is another one each time.
    key: String,
    /// The sub-protocols that the client speaks, the one that it likes best first.
    protocols: Vec<String>,
}

/// Why an answer won't do. All of them end the connection (RFC 6455 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misunderstanding {
    /// It isn't HTTP/1.1, or it never ends.
    NotHttp,
    /// It is another answer than 101: its status line.
    Refused(String),
    /// It doesn't change the protocol to WebSocket.
    NoUpgrade,
    /// Its key isn't the one that belongs to ours: the other side didn't understand it.
    Key,
    /// It has chosen a sub-protocol that wasn't offered.
    Protocol,
    /// It uses an extension, and none was offered.
    Extension,
}

impl Opening {
    /// A request with a key made of `random` bytes, which shouldn't be foreseeable.
    #[must_use]
    pub fn new(random: [u8; 16], protocols: Vec<String>) -> Self {
        Self {
            key: STANDARD.encode(random),
            protocols,
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self, address: &Address) -> String {
        let (target, host, key) = (&address.target, &address.authority, &self.key);
        let mut request = format!(
            "GET {target} HTTP/1.1\r\n\
             Host: {host}\r\n\
             Upgrade: websocket\r\n\
             Connection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\n\
             Sec-WebSocket-Version: 13\r\n"
        );
        if !self.protocols.is_empty() {
            let offered = self.protocols.join(", ");
            request.extend(["Sec-WebSocket-Protocol: ", &offered, "\r\n"]);
        }
        request + "\r\n"
    }

    /// Reads the answer at the front of `input`: the sub-protocol, if one was chosen, and how many
    /// bytes the answer takes, or `None` if more bytes are needed. Answers that precede the final
    /// one (100 Continue, 103 Early Hints) are passed over (RFC 9110 §15.2).
    ///
    /// # Errors
    /// Why it won't do.
    pub fn answer(&self, input: &[u8]) -> Result<Option<(Option<&str>, usize)>, Misunderstanding> {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            let compared = rest.len().min(VERSION.len());
            if rest[..compared] != VERSION[..compared] {
                return Err(Misunderstanding::NotHttp); // it needn't end: mail servers wait here
            }
            let Some(end) = rest.windows(END.len()).position(|bytes| bytes == END) else {
                let too_long = input.len() >= MAX_ANSWER;
                return too_long
                    .then_some(Err(Misunderstanding::NotHttp))
                    .transpose();
            };
            let mut lines = rest[..end]
                .split(|&byte| byte == b'\n')
                .map(<[u8]>::trim_ascii);
            let status = lines.next().unwrap_or_default();
            used += end + END.len();
            match code(status) {
                Some(b"101") => {
                    let fields: Vec<_> = lines.collect();
                    return self.check(&fields).map(|protocol| Some((protocol, used)));
                }
                Some([b'1', ..]) => {}
                Some(_) => {
                    let status = String::from_utf8_lossy(status).into_owned();
                    return Err(Misunderstanding::Refused(status));
                }
                None => return Err(Misunderstanding::NotHttp),
            }
        }
    }

    /// Checks the fields of a 101 (RFC 6455 §4.1). Their values are bytes: those above 0x7f mean
    /// nothing to us (RFC 9110 §5.5).
    fn check(&self, fields: &[&[u8]]) -> Result<Option<&str>, Misunderstanding> {
        let upgrades =
            values(fields, "Upgrade").any(|value| value.eq_ignore_ascii_case(b"websocket"));
        let options =
            values(fields, "Connection").flat_map(|value| value.split(|&byte| byte == b','));
        let mut options = options.map(<[u8]>::trim_ascii);
        if !upgrades || !options.any(|option| option.eq_ignore_ascii_case(b"Upgrade")) {
            return Err(Misunderstanding::NoUpgrade);
        }
        let mut keys = values(fields, "Sec-WebSocket-Accept");
        let expected = accept_key(self.key.as_bytes());
        if keys.next() != Some(expected.as_bytes()) || keys.next().is_some() {
            return Err(Misunderstanding::Key);
        }
        if values(fields, "Sec-WebSocket-Extensions").any(|value| !value.is_empty()) {
            return Err(Misunderstanding::Extension);
        }
        let mut chosen = values(fields, "Sec-WebSocket-Protocol");
        match (chosen.next(), chosen.next()) {
            (None, _) => Ok(None),
            (Some(chosen), None) => {
                let mut offered = self.protocols.iter();
                let offered = offered.find(|offered| offered.as_bytes() == chosen);
                let offered = offered.ok_or(Misunderstanding::Protocol)?;
                Ok(Some(offered))
            }
            _ => Err(Misunderstanding::Protocol),
        }
    }
}

/// The three digits of a status line (RFC 9112 §4).
fn code(status: &[u8]) -> Option<&[u8; 3]> {
    let (code, rest) = status.strip_prefix(VERSION)?.split_first_chunk()?;
    let ends = matches!(rest, [] | [b' ', ..]);
    (ends && code.iter().all(u8::is_ascii_digit)).then_some(code)
}

/// The values of all fields with this name, in whatever case.
fn values<'a>(fields: &[&'a [u8]], name: &str) -> impl Iterator<Item = &'a [u8]> {
    let split = |line: &&'a [u8]| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        Some((&line[..colon], &line[colon + 1..]))
    };
    let fields = fields.iter().filter_map(split);
    let with_name = fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
    with_name.map(|(_, value)| value.trim_ascii())
}

impl fmt::Display for Misunderstanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => "what answers isn't an HTTP/1.1 server",
            Self::Refused(status) => {
                return write!(
                    f,
                    "the server doesn't open a WebSocket: {}",
                    status.escape_debug()
                );
            }
            Self::NoUpgrade => "the server's answer changes to no WebSocket",
            Self::Key => "the server's answer has the wrong Sec-WebSocket-Accept",
            Self::Protocol => "the server has chosen a sub-protocol that wasn't offered",
            Self::Extension => "the server uses an extension that wasn't offered",
        })
    }
}

impl std::error::Error for Misunderstanding {}

#[cfg(test)]
mod tests;
