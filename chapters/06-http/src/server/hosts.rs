//! The names by which a server lets itself be called.
//!
//! A browser keeps the pages of one site from reading those of another, and tells sites apart by their
//! names. So a page of `evil.example` may read whatever answers under that name; and who owns the name
//! also decides which address it means, from one minute to the next. Once it means 127.0.0.1, the page
//! reads what a server on its reader's own machine answers: **DNS rebinding**. But the browser still says
//! which name it asks for, in the field `Host`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::{Authority, Head, OriginError, WebOrigin};

/// By which names a server lets itself be called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hosts {
    /// By any.
    #[default]
    Any,
    /// By those of this machine, as only it can reach the server, and by these.
    LoopbackAnd(Vec<Authority>),
}

/// What an option says: a name, or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostName {
    /// `*`
    Any,
    /// A name or an address, without a port: every port of it is meant.
    One(Authority),
}

/// Why no request can ask for the host that an option names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostNameError {
    /// It isn't a host alone.
    Form,
    /// It has a star in it.
    Pattern,
    /// Browsers ask for it by this name.
    Other(String),
}

impl Hosts {
    /// Those of a server that listens at `address`, and is also called by `names`.
    ///
    /// A server that other machines can reach doesn't know its names. Its pages are for everybody to
    /// read, whatever it is called; so unless it is told some, it lets itself be called by any.
    #[must_use]
    pub fn of(address: IpAddr, names: &[HostName]) -> Self {
        let one = |name: &HostName| match name {
            HostName::Any => None,
            HostName::One(name) => Some(name.clone()),
        };
        if !address.to_canonical().is_loopback() && names.is_empty() {
            return Self::Any;
        }
        let names: Option<Vec<_>> = names.iter().map(one).collect();
        names.map_or(Self::Any, Self::LoopbackAnd)
    }

    /// Whether this request calls the server by such a name. One without any name is older than
    /// browsers that know scripts.
    #[inline]
    #[must_use]
    pub fn allow(&self, head: &Head<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::LoopbackAnd(names) => head
                .host()
                .is_none_or(|host| is_usual(host) || is_among(host, names)),
        }
    }
}

/// Whether `host` is written as nearly every request to this machine has it: the quick way, for there is
/// one in each request.
#[inline]
fn is_usual(host: &[u8]) -> bool {
    let rest = host
        .strip_prefix(b"localhost")
        .or_else(|| host.strip_prefix(b"127.0.0.1"));
    matches!(rest, Some([] | [b':', ..])) // a port: the head's parser has looked
}

// ANCHOR: is_among
/// Whether `host`, a port aside, is a name of this machine or one of `names`.
#[cold]
fn is_among(host: &[u8], names: &[Authority]) -> bool {
    Authority::parse(host).is_some_and(|host| {
        let host = host.without_port();
        host.is_loopback() || names.contains(&host)
    })
}
// ANCHOR_END: is_among

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let bare = text.parse().is_ok_and(|ip: IpAddr| ip.is_ipv6());
        let host = if bare {
            format!("[{text}]")
        } else {
            text.to_owned()
        };
        // As a browser reads the host of a page, which is what it asks for then.
        if let Err(error) = format!("http://{host}").parse::<WebOrigin>() {
            return Err(match error {
                OriginError::Other(sent) => HostNameError::Other(sent.replacen("http://", "", 1)),
                OriginError::Pattern => HostNameError::Pattern,
                _ => HostNameError::Form,
            });
        }
        match Authority::parse(host.as_bytes()) {
            Some(host) if host == host.clone().without_port() => Ok(Self::One(host)),
            _ => Err(HostNameError::Form),
        }
    }
}

impl fmt::Display for HostNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("a host is a name or an address alone, like example.org"),
            Self::Pattern => f.write_str("a host is one name; name each, or * for all"),
            Self::Other(sent) => write!(f, "browsers call that host {sent}"),
        }
    }
}

impl std::error::Error for HostNameError {}

#[cfg(test)]
mod tests {
    use super::{HostName, HostNameError, Hosts, is_among, is_usual};

    #[test]
    fn the_names_of_this_machine_are_taken_with_and_without_a_port() {
        for name in [
            "localhost",
            "LocalHost",
            "my.localhost",
            "127.0.0.1",
            "127.1.2.3",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "local%68ost",
        ] {
            assert!(is_among(name.as_bytes(), &[]), "{name}");
            assert!(is_among(format!("{name}:7000").as_bytes(), &[]), "{name}");
        }
    }

    #[test]
    fn a_name_that_only_looks_like_one_of_this_machine_is_not_taken() {
        for name in [
            "evil.example",
            "notlocalhost",
            "localhost.evil.example",
            "localhost.",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
            "[::2]",
            "[::1",
            "0x7f.1",
            "2130706433",
            "\u{ff4c}ocalhost",
            "élocalhost",
            "",
            ":7000",
        ] {
            assert!(!is_among(name.as_bytes(), &[]), "{name}");
            assert!(!is_usual(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_server_may_be_told_more_names_or_all() {
        let of = |text: &str| text.parse::<HostName>().expect(text);
        let names = [of("workbook.test"), of("2001:db8::1")];
        let here = "127.0.0.1".parse().expect("an address");
        let reachable = "192.0.2.1".parse().expect("an address");
        for address in [here, reachable] {
            let Hosts::LoopbackAnd(names) = Hosts::of(address, &names) else {
                panic!("any at {address}");
            };
            assert!(is_among(b"Workbook.Test:7000", &names));
            assert!(is_among(b"[2001:DB8:0::1]", &names));
            assert!(!is_among(b"other.test", &names));
        }
        assert_eq!(Hosts::of(here, &[]), Hosts::LoopbackAnd(Vec::new()));
        assert_eq!(Hosts::of(here, &[of("a"), of("*")]), Hosts::Any);
        assert_eq!(Hosts::of(reachable, &[]), Hosts::Any);
    }

    #[test]
    fn a_name_that_no_request_can_ask_for_is_refused() {
        let other = |sent: &str| HostNameError::Other(sent.to_owned());
        for (text, error) in [
            ("m\u{fc}nchen.de", other("xn--mnchen-3ya.de")),
            ("127.1", other("127.0.0.1")),
            ("*.example.org", HostNameError::Pattern),
            ("example.org:80", HostNameError::Form),
            ("http://example.org", HostNameError::Form),
            ("example.org/", HostNameError::Form),
            ("", HostNameError::Form),
        ] {
            assert_eq!(text.parse::<HostName>(), Err(error), "{text}");
        }
    }
}
