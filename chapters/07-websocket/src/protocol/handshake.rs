//! The opening handshake: a request that asks for WebSocket, and what becomes of it.
//!
//! ```text
//!   GET /chat HTTP/1.1                              HTTP/1.1 101 Switching Protocols
//!   Host: example.org                               Upgrade: websocket
//!   Upgrade: websocket                              Connection: Upgrade
//!   Connection: Upgrade                             Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzz…
//!   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==     Sec-WebSocket-Protocol: chat
//!   Sec-WebSocket-Version: 13
//!   Sec-WebSocket-Protocol: chat, superchat         frames, from here on
//!   Origin: http://example.org
//! ```
//!
//! A browser lets every page connect to every server, and sends that server's cookies along: the
//! rules that keep one site's pages from another's answers don't hold here. But it tells in
//! `Origin` whose page it is, and no page can change that. So it is the server that has to look
//! (RFC 6455 §10.2).

use std::str::FromStr;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use http::{Fields, Head, Method, OriginError, Response, Status, Version, WebOrigin};

use crate::accept_key;
use crate::deflate::{Agreement, extensions};

/// The version of the protocol (RFC 6455 §4.1).
const VERSION: &str = "13";

/// What a server agrees to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handshake {
    /// Whose pages may connect.
    pub origins: Origins,
    /// The sub-protocols that it speaks.
    pub protocols: Vec<String>,
}

/// Whose pages may connect. Programs that aren't browsers send no `Origin`, or any they like: they
/// are let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// Those of this server: the origin has the host and port that the request was sent to.
    #[default]
    Own,
    /// Those, and these.
    OwnAnd(Vec<WebOrigin>),
    /// All.
    Any,
}

/// What an option lets in: the pages of one origin, or, as `*`, all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// The pages of this origin.
    One(WebOrigin),
    /// All pages.
    All,
}

impl FromStr for Admitted {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        match text {
            "*" => Ok(Self::All),
            _ => text.parse().map(Self::One),
        }
    }
}

impl FromIterator<Admitted> for Origins {
    /// The server's own, and those that options have named.
    fn from_iter<I: IntoIterator<Item = Admitted>>(admitted: I) -> Self {
        let one = |admitted| match admitted {
            Admitted::One(origin) => Some(origin),
            Admitted::All => None,
        };
        let others: Option<Vec<_>> = admitted.into_iter().map(one).collect();
        match others {
            None => Self::Any,
            Some(others) if others.is_empty() => Self::Own,
            Some(others) => Self::OwnAnd(others),
        }
    }
}

/// A handshake that a server agrees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What `Sec-WebSocket-Accept` has to say.
    pub key: String,
    /// The sub-protocol that both speak, if they found one.
    pub protocol: Option<String>,
    /// What both have agreed on about compression: nothing, until the caller has asked
    /// [`Compression::agree`](crate::deflate::Compression::agree).
    pub compression: Option<Agreement>,
}

/// Why a server doesn't agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The method isn't GET.
    Method,
    /// HTTP/1.0 knows no upgrade.
    HttpVersion,
    /// It doesn't ask for an upgrade to `websocket`.
    NoUpgrade,
    /// It asks for another version, or for several.
    Version,
    /// The key isn't 16 bytes in base64, or isn't there, or there are two.
    Key,
    /// It has a body: what follows wouldn't be frames.
    Body,
    /// It comes from another site's page.
    Origin,
    /// What it says about extensions can't be understood.
    Extensions,
}

impl Handshake {
    /// Checks the request (RFC 6455 §4.2.1). That it is HTTP with one valid Host has been checked
    /// before, or there would be no [`Head`].
    ///
    /// # Errors
    /// The first of the rules that it breaks.
    // ANCHOR: check
    pub fn check(&self, head: &Head<'_>) -> Result<Accepted, Refusal> {
        let fields = head.fields;
        if head.method != Method::Get {
            return Err(Refusal::Method);
        }
        if head.version == Version::Http10 {
            return Err(Refusal::HttpVersion);
        }
        if !fields.has_token("Upgrade", "websocket") || !fields.has_token("Connection", "Upgrade") {
            return Err(Refusal::NoUpgrade);
        }
        if only(fields, "Sec-WebSocket-Version") != Some(VERSION.as_bytes()) {
            return Err(Refusal::Version);
        }
        if head.has_body() {
            return Err(Refusal::Body);
        }
        let Some(key) = only(fields, "Sec-WebSocket-Key").filter(|key| is_key(key)) else {
            return Err(Refusal::Key);
        };
        if !self.origins.allow(head) {
            return Err(Refusal::Origin);
        }
        let mut offers = fields.get_all("Sec-WebSocket-Extensions");
        if offers.any(|offers| extensions(offers).is_err()) {
            return Err(Refusal::Extensions); // RFC 6455 §9.1
        }
        Ok(Accepted {
            key: accept_key(key),
            protocol: self.protocol(head).map(str::to_owned),
            compression: None,
        })
    }
    // ANCHOR_END: check

    /// The first of the client's sub-protocols that this server speaks: the client has them in the
    /// order that it likes (RFC 6455 §4.1). Their names are compared byte by byte.
    fn protocol(&self, head: &Head<'_>) -> Option<&str> {
        let known = |name: &[u8]| self.protocols.iter().find(|known| known.as_bytes() == name);
        let mut offered = head.fields.list("Sec-WebSocket-Protocol");
        offered.find_map(known).map(String::as_str)
    }
}

impl Origins {
    /// Whether this request comes from a page that may send it, or from none.
    // ANCHOR: origins
    pub(crate) fn allow(&self, head: &Head<'_>) -> bool {
        let others = match self {
            Self::Any => return true,
            Self::Own => &[][..],
            Self::OwnAnd(others) => others,
        };
        let host = head.host().unwrap_or_default();
        let mut origins = head.fields.get_all("Origin").map(WebOrigin::parse);
        origins.all(|origin| {
            origin.is_some_and(|origin| origin.is_of(host) || others.contains(&origin))
        })
    }
    // ANCHOR_END: origins
}

/// The value of a field that must not be there twice (RFC 6455 §11.3.1, §11.3.5).
fn only<'a>(fields: Fields<'a>, name: &str) -> Option<&'a [u8]> {
    let mut values = fields.get_all(name);
    let value = values.next();
    value.filter(|_| values.next().is_none())
}

/// Whether this is the base64 of 16 bytes (RFC 6455 §4.2.1). They fill 21 characters and a third
/// of one; what the rest of that one says is nothing to us.
fn is_key(key: &[u8]) -> bool {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
    let mut bytes = [0; 18];
    key.len() == 24 && BASE64.decode_slice(key, &mut bytes) == Ok(16)
}

impl Accepted {
    /// The answer. Frames follow it.
    #[must_use]
    pub fn answer(&self) -> String {
        let mut answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\n\
             Upgrade: websocket\r\n\
             Connection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n",
            self.key
        );
        if let Some(protocol) = &self.protocol {
            answer.extend(["Sec-WebSocket-Protocol: ", protocol, "\r\n"]);
        }
        if let Some(agreement) = self.compression {
            answer.extend(["Sec-WebSocket-Extensions: ", &agreement.answer(), "\r\n"]);
        }
        answer + "\r\n"
    }
}

impl Refusal {
    /// The code to answer with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Method => Status::METHOD_NOT_ALLOWED,
            Self::HttpVersion | Self::Key | Self::Body | Self::Extensions => Status::BAD_REQUEST,
            Self::NoUpgrade | Self::Version => Status::UPGRADE_REQUIRED,
            Self::Origin => Status::FORBIDDEN,
        }
    }

    /// What was wrong, in a sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Method => "A WebSocket is asked for with GET.",
            Self::HttpVersion => "A WebSocket needs HTTP/1.1.",
            Self::NoUpgrade => {
                "Here is a WebSocket: it takes the fields Upgrade: websocket and Connection: Upgrade."
            }
            Self::Version => {
                "This server speaks version 13 of the protocol; the field Sec-WebSocket-Version says so."
            }
            Self::Key => "There has to be one Sec-WebSocket-Key, of 16 bytes in base64.",
            Self::Body => "A request for a WebSocket has no body.",
            Self::Origin => "This server's WebSocket is not for the pages of that site.",
            Self::Extensions => {
                "The field Sec-WebSocket-Extensions has to be a list, like: permessage-deflate; client_max_window_bits"
            }
        }
    }

    /// The answer, for the HTTP server to send.
    pub fn response(self) -> Response {
        let response = Response::error(self.status(), self.text());
        match self {
            Self::Method => response.field("Allow", "GET"),
            // RFC 9110 §15.5.22, RFC 6455 §4.4
            Self::NoUpgrade | Self::Version => response
                .field("Upgrade", "websocket")
                .field("Connection", "Upgrade")
                .field("Sec-WebSocket-Version", VERSION),
            _ => response,
        }
    }
}

#[cfg(test)]
mod tests;
