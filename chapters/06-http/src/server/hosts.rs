//! The names by which a server lets itself be called.
//!
//! A browser keeps the pages of one site from reading those of another, and tells sites apart by their
//! names. So a page of `evil.example` may read whatever answers under that name; and who owns the name
//! also decides which address it means, from one minute to the next. Once it means 127.0.0.1, the page
//! reads what a server on its reader's own machine answers: **DNS rebinding**. But the browser still says
//! which name it asks for, in the field `Host`.

use std::net::{IpAddr, Ipv4Addr};
use std::str;

use crate::Head;

/// By which names a server lets itself be called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hosts {
    /// By any.
    #[default]
    Any,
    /// By those of this machine, as only it can reach the server, and by these.
    LoopbackAnd(Vec<String>),
}

impl Hosts {
    /// Those of a server that listens at `address`, and is also called by `names`; `*` stands for any.
    ///
    /// A server that other machines can reach doesn't know its names. Its pages are for everybody to
    /// read, whatever it is called; so unless it is told some, it lets itself be called by any.
    #[must_use]
    pub fn of(address: IpAddr, names: &[String]) -> Self {
        let reachable = !address.is_loopback() && names.is_empty();
        if reachable || names.iter().any(|name| name == "*") {
            return Self::Any;
        }
        Self::LoopbackAnd(names.to_vec())
    }

    /// Whether this request calls the server by such a name. One without any name is older than
    /// browsers that know scripts.
    #[inline]
    #[must_use]
    pub fn allow(&self, head: &Head<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::LoopbackAnd(names) => head.host().is_none_or(|host| is_among(host, names)),
        }
    }
}

// ANCHOR: is_among
/// Whether `host`, a port aside, is a name of this machine or one of `names`.
fn is_among(host: &[u8], names: &[String]) -> bool {
    let Ok(host) = str::from_utf8(host) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    };
    let localhost = name.len() >= 9
        && name.as_bytes()[name.len() - 9..].eq_ignore_ascii_case(b"localhost")
        && (name.len() == 9 || name.as_bytes()[name.len() - 10] == b'.'); // RFC 6761 §6.3
    localhost
        || name == "[::1]"
        || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
// ANCHOR_END: is_among

#[cfg(test)]
mod tests {
    use super::{Hosts, is_among};

    #[test]
    fn the_names_of_this_machine_are_taken_with_and_without_a_port() {
        for name in [
            "localhost",
            "LocalHost",
            "my.localhost",
            "127.0.0.1",
            "127.1.2.3",
            "[::1]",
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
        }
    }

    #[test]
    fn a_server_may_be_told_more_names_or_all() {
        let names = vec!["workbook.test".to_owned()];
        assert!(is_among(b"Workbook.Test:7000", &names));
        assert!(!is_among(b"other.test", &names));
        let here = "127.0.0.1".parse().expect("an address");
        let reachable = "192.0.2.1".parse().expect("an address");
        assert_eq!(Hosts::of(here, &[]), Hosts::LoopbackAnd(Vec::new()));
        assert_eq!(Hosts::of(here, &["*".to_owned()]), Hosts::Any);
        assert_eq!(Hosts::of(reachable, &[]), Hosts::Any);
        assert_eq!(Hosts::of(reachable, &names), Hosts::LoopbackAnd(names));
    }
}
