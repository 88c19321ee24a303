//! The opening handshake from the client's side: what it asks, and whether the answer will do.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::address::Address;
use crate::accept_key;

/// Longest answer that is read, in bytes.
pub const MAX_ANSWER: usize = 16 * 1024;

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
    /// bytes the answer takes, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// Why it won't do.
    pub fn answer(&self, input: &[u8]) -> Result<Option<(Option<&str>, usize)>, Misunderstanding> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = input.windows(END.len()).position(|bytes| bytes == END) else {
            let too_long = input.len() >= MAX_ANSWER;
            return if too_long {
                Err(Misunderstanding::NotHttp)
            } else {
                Ok(None)
            };
        };
        let head = str::from_utf8(&input[..end]).map_err(|_| Misunderstanding::NotHttp)?;
        let (status, fields) = head.split_once("\r\n").unwrap_or((head, ""));
        let code = status
            .strip_prefix("HTTP/1.1 ")
            .ok_or(Misunderstanding::NotHttp)?;
        if !code.starts_with("101") {
            return Err(Misunderstanding::Refused(status.to_owned()));
        }
        self.check(fields)
            .map(|protocol| Some((protocol, end + END.len())))
    }

    fn check(&self, fields: &str) -> Result<Option<&str>, Misunderstanding> {
        let upgrades =
            values(fields, "Upgrade").any(|value| value.eq_ignore_ascii_case("websocket"));
        let options = values(fields, "Connection").flat_map(|value| value.split(','));
        let mut options = options.map(str::trim);
        if !upgrades || !options.any(|option| option.eq_ignore_ascii_case("Upgrade")) {
            return Err(Misunderstanding::NoUpgrade);
        }
        let mut keys = values(fields, "Sec-WebSocket-Accept");
        let expected = accept_key(self.key.as_bytes());
        if keys.next() != Some(&expected) || keys.next().is_some() {
            return Err(Misunderstanding::Key);
        }
        if values(fields, "Sec-WebSocket-Extensions").any(|value| !value.is_empty()) {
            return Err(Misunderstanding::Extension);
        }
        let mut chosen = values(fields, "Sec-WebSocket-Protocol");
        match (chosen.next(), chosen.next()) {
            (None, _) => Ok(None),
            (Some(chosen), None) => {
                let offered = self.protocols.iter().find(|offered| *offered == chosen);
                let offered = offered.ok_or(Misunderstanding::Protocol)?;
                Ok(Some(offered))
            }
            _ => Err(Misunderstanding::Protocol),
        }
    }
}

/// The values of all fields with this name, in whatever case.
fn values<'a>(fields: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let fields = fields.split("\r\n").filter_map(|line| line.split_once(':'));
    let with_name = fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name));
    with_name.map(|(_, value)| value.trim_matches([' ', '\t']))
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
