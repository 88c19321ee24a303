//! Web origins: whose page a request comes from.
//!
//! ```text
//!   https://example.org:8443
//!   scheme  └─ host ──┘ port, or that of the scheme
//! ```

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::authority::Authority;

/// Where a page comes from: a scheme, a host and a port (RFC 6454 §4).
///
/// Two are the same if all three are, however they are written: `http://example.org` and
/// `HTTP://Example.org:80` are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// `null`: a page that its browser trusts with nothing.
    Opaque,
    /// The scheme is in small letters, and the port is said if there is one for the scheme.
    Page {
        scheme: String,
        authority: Authority,
        port: Option<u16>,
    },
}

/// Why no page has the origin that an option names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginError {
    /// It isn't a scheme, a host and perhaps a port.
    Form,
    /// It has a star in it.
    Pattern,
    /// It is the address of a WebSocket.
    Socket,
    /// Browsers say `null` of such a page.
    Null,
    /// Browsers write it in this way.
    Other(String),
}

impl WebOrigin {
    /// Reads one value of an `Origin` field; `None` if it is no origin.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        if value == b"null" {
            return Some(Self(Kind::Opaque));
        }
        let text = str::from_utf8(value).ok()?;
        let (scheme, rest) = text.split_once("://")?;
        let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            || !scheme.bytes().all(is_scheme)
        {
            return None;
        }
        let authority = Authority::parse(rest.as_bytes())?;
        let scheme = scheme.to_ascii_lowercase();
        let port = authority.port_of(default_port(&scheme));
        Some(Self(Kind::Page {
            scheme,
            authority: authority.without_port(),
            port,
        }))
    }

    /// Whether it is that of this server's own pages, where `host` is the host that a request asks.
    ///
    /// A host without a port has the one of the origin's scheme: a proxy before this server may
    /// speak `https`, and doesn't always say so.
    #[must_use]
    pub fn is_of(&self, host: &[u8]) -> bool {
        let Kind::Page {
            scheme,
            authority,
            port,
        } = &self.0
        else {
            return false;
        };
        let (Some(default), Some(host)) = (default_port(scheme), Authority::parse(host)) else {
            return false;
        };
        *port == Some(host.port_or(default)) && *authority == host.without_port()
    }

    /// Whether its pages come over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        matches!(&self.0, Kind::Page { scheme, .. } if scheme == "https")
    }
}

/// The port of a scheme that has one (RFC 9110 §4.2).
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Reads an option. What no browser would ever send is refused here, where it can be mended.
impl FromStr for WebOrigin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "null" {
            return Ok(Self(Kind::Opaque));
        }
        let (scheme, rest) = text.split_once("://").ok_or(OriginError::Form)?;
        let scheme = scheme.to_ascii_lowercase();
        match &*scheme {
            "ws" | "wss" => return Err(OriginError::Socket),
            "file" => return Err(OriginError::Null),
            _ if rest.contains('*') => return Err(OriginError::Pattern),
            _ if rest.is_empty() || rest.contains(['/', '?', '#', '@', '\\']) => {
                return Err(OriginError::Form);
            }
            _ => {}
        }
        let url = Url::parse(text).map_err(|_| OriginError::Form)?;
        let read = Self::parse(text.as_bytes());
        if default_port(&scheme).is_none() {
            return read.ok_or(OriginError::Form);
        }
        let sent = url.origin().ascii_serialization();
        read.filter(|read| Self::parse(sent.as_bytes()).as_ref() == Some(read))
            .ok_or(OriginError::Other(sent))
    }
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("an origin is like https://example.org:8443, without a path"),
            Self::Pattern => f.write_str("an origin is that of one site; name each, or * for all"),
            Self::Socket => f.write_str(
                "an origin is where a page comes from, like https://example.org, not its WebSocket",
            ),
            Self::Null => f.write_str("the origin of a page from a file is the word null"),
            Self::Other(sent) => write!(f, "browsers call that origin {sent}"),
        }
    }
}

impl std::error::Error for OriginError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{OriginError, WebOrigin};

    fn of(text: &str) -> Option<WebOrigin> {
        WebOrigin::parse(text.as_bytes())
    }

    /// As reported to gorilla/websocket#592, fabro#417, BetterDB#458, ttyd#75 and socketcluster-server#35.
    #[test]
    fn an_origin_is_its_scheme_its_host_and_its_port() {
        for (one, other) in [
            ("http://a", "http://a:80"),
            ("HTTPS://A", "https://a:443"),
            ("http://a", "http://a:"),
            ("http://[::1]:80", "http://[0::1]"),
            ("app://x", "APP://X"),
        ] {
            assert!(of(one).is_some(), "{one}");
            assert_eq!(of(one), of(other), "{one} and {other}");
        }
        for (one, other) in [
            ("http://a", "https://a"),
            ("http://a", "http://a:443"),
            ("https://a:80", "http://a"),
            ("http://a", "http://b"),
            ("http://a", "null"),
        ] {
            assert_ne!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_is_no_origin_is_none() {
        for text in [
            "",
            "NULL",
            "a",
            "a:80",
            "http:/a",
            "http://",
            "://a",
            "1a://b",
            "http://a/",
            "http://u@a",
            "http://\u{e4}",
            "http://a b",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_host_may_say_the_port_of_the_scheme_or_not() {
        for (origin, host, own) in [
            ("http://a", "a", true),
            ("http://a", "A:80", true),
            ("https://a", "a:443", true),
            ("https://a", "a", true),
            ("http://a:8080", "a:8080", true),
            ("http://a", "a:443", false),
            ("https://a", "a:80", false),
            ("http://a:8080", "a", false),
            ("http://a", "b", false),
            ("ftp://a", "a", false),
            ("null", "null", false),
            ("http://[::1]:7", "[0::1]:7", true),
        ] {
            let origin = of(origin).expect(origin);
            assert_eq!(origin.is_of(host.as_bytes()), own, "{origin:?} {host}");
        }
    }

    #[test]
    fn an_option_that_can_never_match_is_refused_with_what_would() {
        let other = |sent: &str| OriginError::Other(sent.to_owned());
        for (option, error) in [
            (
                "https://m\u{fc}nchen.de",
                other("https://xn--mnchen-3ya.de"),
            ),
            ("http://127.1", other("http://127.0.0.1")),
            (
                "https://example\u{3002}org:443",
                other("https://example.org"),
            ),
            ("https://*.example.org", OriginError::Pattern),
            ("wss://example.org", OriginError::Socket),
            ("file:///a", OriginError::Null),
            ("https://example.org/", OriginError::Form),
            ("https://u@example.org", OriginError::Form),
            ("https://a:70000", OriginError::Form),
            ("https://", OriginError::Form),
            ("example.org", OriginError::Form),
        ] {
            assert_eq!(option.parse::<WebOrigin>(), Err(error), "{option}");
        }
        for option in [
            "null",
            "https://Example.org:443",
            "http://[::1]",
            "chrome-extension://abc",
            "http://a.:7",
        ] {
            assert_eq!(option.parse().ok(), of(&option.to_lowercase()), "{option}");
        }
    }

    proptest! {
        /// Written by a browser, which knows nothing of this code.
        #[test]
        fn an_option_that_is_taken_is_what_a_browser_sends(
            text in r"(http|HTTPS|app)://[a-zA-Z0-9.\[\]:%*-]{1,12}(:(80|443|0?[0-9]{1,5}))?",
        ) {
            if let Ok(origin) = text.parse::<WebOrigin>()
                && let Ok(url) = url::Url::parse(&text)
                && url.origin().is_tuple()
            {
                prop_assert_eq!(of(&url.origin().ascii_serialization()), Some(origin));
            }
        }
    }
}
