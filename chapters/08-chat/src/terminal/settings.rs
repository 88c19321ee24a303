//! What the command line says.

/// Which process reads the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processes {
    /// The process that also watches the socket.
    One,
    /// A child, which writes to a pipe.
    Two,
}

/// What the command line says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server.
    pub server: Address,
    /// A name to ask for after each connect.
    pub nick: Option<String>,
    /// Which process reads the keyboard.
    pub processes: Processes,
}

/// Where a server is. The host is looked up for each connect, since a name's addresses may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As the user wrote it.
    pub text: String,
    /// A name, or an IP address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl Address {
    /// Reads `HOST:PORT` or `HOST`; the brackets of an IPv6 address may be left out if no port
    /// follows it.
    ///
    /// # Errors
    /// Says what is wrong, if the host is missing or the port is none.
    pub fn new(text: &str, default_port: u16) -> Result<Self, String> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                let number = port.parse();
                (host, number.map_err(|_| format!("{port:?} is no port"))?)
            }
            _ => (text, default_port),
        };
        let bracketed = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let host = bracketed.unwrap_or(host);
        if host.is_empty() {
            return Err("it has no host; try 127.0.0.1:7000".to_owned());
        }
        Ok(Self {
            text: text.to_owned(),
            host: host.to_owned(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_port_may_be_left_out_and_so_may_brackets() {
        for (text, host, port) in [
            ("example.org", "example.org", 7000),
            ("example.org:80", "example.org", 80),
            ("127.0.0.1", "127.0.0.1", 7000),
            ("::1", "::1", 7000),
            ("[::1]", "::1", 7000),
            ("[::1]:80", "::1", 80),
        ] {
            let address = Address::new(text, 7000).expect(text);
            assert_eq!(
                (address.host.as_str(), address.port),
                (host, port),
                "{text}"
            );
        }
        for wrong in ["", ":80", "[]", "a:", "a:x", "a:70000", "[::1]:x"] {
            assert!(Address::new(wrong, 7000).is_err(), "{wrong}");
        }
    }
}
