//! Hosts and ports, to be compared: by what they mean, and not as text.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::host::is_host;

/// A host and perhaps a port: the value of a Host field, or the authority of a target or an origin.
///
/// Two are equal if they mean the same (RFC 3986 §6.2.2): letters of a name in whatever case,
/// percent-encoded or not, and an IPv6 address however it is written.
///
/// ```
/// use ch06_http::Authority;
///
/// let of = |text: &[u8]| Authority::parse(text);
/// assert_eq!(of(b"Example.org:080"), of(b"example.org:80"));
/// assert_eq!(of(b"[2001:DB8::0:1]"), of(b"[2001:db8::1]"));
/// assert_ne!(of(b"example.org:80"), of(b"example.org"));
/// assert_eq!(of(b"example.org").unwrap().port_or(80), 80);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// A name or an IPv4 address, in small letters and decoded; also an address in brackets of a later
    /// version than 6.
    Name(Vec<u8>),
    V6(Ipv6Addr),
}

impl Authority {
    /// Reads what a Host field may say; `None` if it may not.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if !is_host(text) {
            return None;
        }
        let colon = text.iter().rposition(|&byte| byte == b':');
        let (host, port) = match colon {
            Some(colon) if !text[colon..].contains(&b']') => (&text[..colon], &text[colon + 1..]),
            _ => (text, &[][..]),
        };
        let port = str::from_utf8(port).ok()?;
        Some(Self {
            host: Host::parse(host),
            port: port.parse().ok(), // nothing, where the colon has no digits
        })
    }

    /// The port, or `default` if none is said.
    #[must_use]
    pub fn port_or(&self, default: u16) -> u16 {
        self.port.unwrap_or(default)
    }

    /// The port, or `default`, where there is one.
    pub(super) fn port_of(&self, default: Option<u16>) -> Option<u16> {
        self.port.or(default)
    }

    /// The host alone.
    #[must_use]
    pub fn without_port(self) -> Self {
        Self { port: None, ..self }
    }

    /// Whether it is a name or an address of the machine that asks: `localhost` and what ends in
    /// `.localhost` (RFC 6761 §6.3), 127.0.0.0/8, and `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::V6(address) => address.to_canonical().is_loopback(),
            Host::Name(name) => {
                let address = str::from_utf8(name).ok().and_then(|name| name.parse().ok());
                name == b"localhost"
                    || name.ends_with(b".localhost")
                    || address.is_some_and(|address: Ipv4Addr| address.is_loopback())
            }
        }
    }
}

impl Host {
    /// `text` keeps to the grammar.
    fn parse(text: &[u8]) -> Self {
        let address = text
            .strip_prefix(b"[")
            .and_then(|rest| rest.strip_suffix(b"]"));
        let address = address.and_then(|address| str::from_utf8(address).ok());
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Self::V6(address),
            None => Self::Name(decoded(text).to_ascii_lowercase()),
        }
    }
}

/// `name` without its percent-encodings.
fn decoded(mut name: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(name.len());
    while let [first, rest @ ..] = name {
        let encoded = rest.first_chunk().filter(|_| *first == b'%');
        if let Some(byte) = encoded.and_then(|[high, low]| byte(*high, *low)) {
            decoded.push(byte);
            name = &rest[2..];
        } else {
            decoded.push(*first);
            name = rest;
        }
    }
    decoded
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Authority;

    fn of(text: &str) -> Option<Authority> {
        Authority::parse(text.as_bytes())
    }

    #[test]
    fn what_means_the_same_is_equal() {
        for (one, other) in [
            ("Example.ORG", "example.org"),
            ("ex%61mple.org", "example.org"),
            ("%C3%A4.org", "%c3%a4.org"),
            ("a:", "a"),
            ("a:0080", "a:80"),
            ("[::1]:80", "[0:0:0:0:0:0:0:1]:80"),
            ("[::FFFF:7f00:1]", "[::ffff:127.0.0.1]"),
            ("[V1.A]", "[v1.a]"),
        ] {
            assert!(of(one).is_some(), "{one}");
            assert_eq!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_means_another_is_not_equal() {
        for (one, other) in [
            ("a", "a."),
            ("a", "a:80"),
            ("a:80", "a:81"),
            ("127.0.0.1", "[::ffff:127.0.0.1]"),
            ("a%2fb", "a"),
        ] {
            assert_ne!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_port_that_is_not_said_is_the_default_one() {
        for (text, port) in [
            ("a", 80),
            ("a:", 80),
            ("a:80", 80),
            ("a:0443", 443),
            ("[::1]", 80),
        ] {
            assert_eq!(of(text).map(|read| read.port_or(80)), Some(port), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_the_grammar_has_is_read_and_nothing_else(
            text in r"\[?[a-fA-F0-9v.:%A-Z!~@/ ]{0,12}\]?(:[0-9]{0,6})?",
        ) {
            let read = of(&text);
            prop_assert_eq!(read.is_some(), super::is_host(text.as_bytes()));
            prop_assert_eq!(of(&text.to_lowercase()), read);
        }
    }
}
