//! Whom to load.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use websocket::Address;

/// A server, and what to speak with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Lines that come back: `HOST:PORT`.
    Echo(SocketAddr),
    /// An address of the web, as `http://HOST:PORT/PATH`.
    Http(SocketAddr, Address),
    /// A WebSocket whose messages come back: `ws://HOST:PORT/PATH`.
    WebSocket(SocketAddr, Address),
}

impl Target {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        match self {
            Self::Echo(address) | Self::Http(address, _) | Self::WebSocket(address, _) => *address,
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("https:") || text.starts_with("wss:") {
            return Err("TLS is not spoken here: http://, ws:// or HOST:PORT".to_owned());
        }
        let url = |text: &str| {
            let url: Address = text.parse().map_err(|error| format!("{error}"))?;
            Ok::<_, String>((resolve(&(url.host(), url.port()))?, url))
        };
        if let Some(rest) = text.strip_prefix("http://") {
            // Either has the same parts; only the default port differs in nothing.
            let (address, url) = url(&format!("ws://{rest}"))?;
            Ok(Self::Http(address, url))
        } else if text.starts_with("ws://") {
            let (address, url) = url(text)?;
            Ok(Self::WebSocket(address, url))
        } else {
            resolve(&text).map(Self::Echo)
        }
    }
}

/// The first address of `place`.
fn resolve(place: &impl ToSocketAddrs) -> Result<SocketAddr, String> {
    let mut found = place.to_socket_addrs().map_err(|error| {
        format!(
            "{error}; a server is HOST:PORT (echo), http://HOST:PORT/PATH or ws://HOST:PORT/PATH"
        )
    })?;
    found
        .next()
        .ok_or_else(|| "this name has no address".to_owned())
}
