//! Where a WebSocket is: `ws://host:port/path?query` (RFC 6455 §3).

use std::fmt;

/// Where a WebSocket is.
///
/// ```
/// use ch07_websocket::Address;
///
/// let address: Address = "ws://localhost:7000/ws?room=1".parse()?;
/// assert_eq!((address.host(), address.port()), ("localhost", 7000));
/// assert_eq!(address.authority, "localhost:7000");
/// assert_eq!(address.target, "/ws?room=1");
/// # Ok::<(), ch07_websocket::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Host, and port if it isn't 80: the value of a request's `Host`.
    pub authority: String,
    /// Path and query: the request target.
    pub target: String,
}

/// Why a text isn't the address of a WebSocket that can be reached from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressError {
    /// It begins with `wss://`: that needs TLS.
    Tls,
    /// It doesn't begin with `ws://`.
    Scheme,
    /// The host isn't there, or has characters that no host has; or the port is no number.
    Host,
    /// The path has characters that have to be percent-encoded, or there is a `#`.
    Target,
}

impl Address {
    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        let (host, _) = split_port(&self.authority);
        host.trim_matches(['[', ']'])
    }

    /// The port: 80 if none is said.
    #[must_use]
    pub fn port(&self) -> u16 {
        let (_, port) = split_port(&self.authority);
        port.and_then(|port| port.parse().ok()).unwrap_or(80)
    }
}

/// Host and port; the colons within brackets belong to an IPv6 address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

impl std::str::FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        match scheme.to_ascii_lowercase().as_str() {
            "ws" => {} // in whatever case (RFC 3986 §3.1)
            "wss" => return Err(AddressError::Tls),
            _ => return Err(AddressError::Scheme),
        }
        let (authority, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if http::Authority::parse(authority.as_bytes()).is_none() {
            return Err(AddressError::Host);
        }
        if !target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        {
            return Err(AddressError::Target);
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self {
            authority: authority.to_owned(),
            target: format!("{slash}{target}"),
        })
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls => "wss:// needs TLS, which this client doesn't speak; try ws://",
            Self::Scheme => "an address is like ws://localhost:7000/ws",
            Self::Host => {
                "behind ws:// comes a host and perhaps a port, as in ws://localhost:7000/ws"
            }
            Self::Target => "the path has a character that has to be percent-encoded, or a #",
        })
    }
}

impl std::error::Error for AddressError {}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError};

    #[test]
    fn a_path_may_be_left_out_and_a_query_too() {
        for (text, target) in [("ws://a", "/"), ("ws://a?b", "/?b"), ("ws://a/b?c", "/b?c")] {
            let address: Address = text.parse().expect("an address");
            assert_eq!(
                (&address.target[..], address.port()),
                (target, 80),
                "{text}"
            );
        }
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets() {
        let address: Address = "ws://[::1]:7000/".parse().expect("an address");
        assert_eq!((address.host(), address.port()), ("::1", 7000));
        let address: Address = "ws://[::1]/".parse().expect("an address");
        assert_eq!((address.host(), address.port()), ("::1", 80));
    }

    #[test]
    fn a_scheme_may_be_in_any_case() {
        assert!("WS://localhost:7000/ws".parse::<Address>().is_ok());
        assert_eq!("Wss://a/".parse::<Address>(), Err(AddressError::Tls));
    }

    #[test]
    fn what_is_no_address_is_told_why() {
        for (text, error) in [
            ("wss://a/", AddressError::Tls),
            ("http://a/", AddressError::Scheme),
            ("ws:///a", AddressError::Host),
            ("ws://a:b/", AddressError::Host),
            ("ws://a:70000/", AddressError::Host),
            ("ws://u@a/", AddressError::Host),
            ("ws://[::1/", AddressError::Host),
            ("ws://::1/", AddressError::Host),
            ("ws://a\r\nX: y/", AddressError::Host),
            ("ws://a/ b", AddressError::Target),
            ("ws://a/#b", AddressError::Target),
            ("ws://a/\r\nX: y", AddressError::Target),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text:?}");
        }
    }
}
