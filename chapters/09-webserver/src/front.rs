//! What is in front of the server: a browser, and perhaps a proxy that speaks HTTPS with it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use cookie::{Cookie, SameSite, time};
use http::{Fields, Head};

use crate::{Key, Session, Token};

/// Where requests come from, and what they may be believed.
#[derive(Debug, Clone, Default)]
pub struct Front {
    /// The proxy whose `X-Forwarded-For` is believed. A client could send that field, too.
    pub proxy: Option<IpAddr>,
    /// What browsers call this server, such as `https://example.org`, if that isn't what they ask for
    /// it here. With `https`, cookies are sent over that only.
    pub public_origin: Option<String>,
}

impl Front {
    /// The address of the client. A proxy adds the one that it sees at the end of the list; all before
    /// that may be the client's invention.
    #[must_use]
    pub fn address(&self, peer: Option<SocketAddr>, fields: Fields<'_>) -> IpAddr {
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| {
            peer.ip().to_canonical()
        });
        if self.proxy.map(|proxy| proxy.to_canonical()) != Some(peer) {
            return peer;
        }
        let last = fields.list("X-Forwarded-For").last();
        let last = last.and_then(|text| str::from_utf8(text).ok());
        last.and_then(|text| text.parse().ok()).unwrap_or(peer)
    }

    // ANCHOR: may_change
    /// Whether this request may change something: it comes from one of our pages, or from no page. A
    /// browser says in `Origin` whose page sends a POST, and no page can change that.
    #[must_use]
    pub fn may_change(&self, head: &Head<'_>) -> bool {
        let own = match &self.public_origin {
            Some(origin) => origin.clone().into_bytes(),
            None => [b"http://", head.host().unwrap_or_default()].concat(),
        };
        let mut origins = head.fields.get_all("Origin");
        let mut sites = head.fields.get_all("Sec-Fetch-Site");
        origins.all(|origin| origin.eq_ignore_ascii_case(&own))
            && sites.all(|site| matches!(site, b"same-origin" | b"none"))
    }
    // ANCHOR_END: may_change

    /// The name of the cookie. A browser takes one that begins with `__Host-` only from the host itself
    /// and over HTTPS, so nothing else can set it (RFC 6265bis §4.1.3).
    fn cookie(&self) -> &'static str {
        if self.is_secure() {
            "__Host-session"
        } else {
            "session"
        }
    }

    fn is_secure(&self) -> bool {
        let origin = self.public_origin.as_deref().unwrap_or_default();
        origin.starts_with("https://")
    }

    /// The value of `Set-Cookie` that gives the browser `token`, or takes away what it has.
    #[must_use]
    pub fn set_cookie(&self, token: Option<&Token>) -> String {
        let (value, life) = match token {
            Some(token) => (token.to_string(), Session::LIFE),
            None => (String::new(), 0),
        };
        // No script reads it, and no other site's POST sends it.
        let cookie = Cookie::build((self.cookie(), value))
            .path("/")
            .http_only(true);
        let cookie = cookie.same_site(SameSite::Lax).secure(self.is_secure());
        cookie
            .max_age(time::Duration::seconds(life))
            .build()
            .to_string()
    }

    /// The key of the session that the request's cookie names. Of several, another host may have set
    /// one: none of them counts.
    #[must_use]
    pub fn key(&self, fields: Fields<'_>) -> Option<Key> {
        let mut tokens = fields
            .get_all("Cookie")
            .filter_map(|text| str::from_utf8(text).ok())
            .flat_map(Cookie::split_parse)
            .filter_map(|cookie| cookie.ok().filter(|cookie| cookie.name() == self.cookie()));
        let (token, others) = (tokens.next()?, tokens.next());
        if others.is_some() {
            return None;
        }
        Token::parse(token.value()).map(|token| token.key())
    }
}

#[cfg(test)]
mod tests;
