//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 §9.1): a list of extensions, each with
//! parameters.
//!
//! ```text
//!   permessage-deflate; client_max_window_bits; server_max_window_bits="10", x-other
//!   └── name ────────┘  └── a parameter ──────┘ └── one with a value ─────┘  └ the next extension
//! ```
//!
//! The order is the client's order of preference, and a value in quotes means the same as one
//! without. A comma or a semicolon within quotes would be part of the value: so it is read byte
//! by byte, and not split.

/// One extension with its parameters, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its parameters in their order: their names, and the values of those that have one.
    pub parameters: Vec<(String, Option<String>)>,
}

/// The value isn't a list of extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Reads the value of one header field. Empty elements mean nothing (RFC 9110 §5.6.1.2).
///
/// ```
/// use ch07_websocket::deflate::extensions;
///
/// let list = extensions(b"permessage-deflate; server_max_window_bits=\"10\", x-other")?;
/// let [deflate, other] = &list[..] else { panic!("two") };
/// assert_eq!(deflate.parameters, [("server_max_window_bits".into(), Some("10".into()))]);
/// assert_eq!(other.name, "x-other");
/// # Ok::<(), ch07_websocket::deflate::Malformed>(())
/// ```
///
/// # Errors
/// If it breaks the grammar: then the handshake fails as a whole (RFC 6455 §9.1).
pub fn extensions(value: &[u8]) -> Result<Vec<Extension>, Malformed> {
    let (mut reader, mut list) = (Reader { rest: value }, Vec::new());
    loop {
        reader.skip_space();
        if reader.rest.is_empty() {
            return Ok(list);
        }
        if reader.take(b',') {
            continue;
        }
        list.push(reader.extension()?);
        if !reader.rest.is_empty() && !reader.take(b',') {
            return Err(Malformed);
        }
    }
}

/// What hasn't been read yet.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// Spaces and tabs may stand around every sign.
    fn skip_space(&mut self) {
        let count = self
            .rest
            .iter()
            .take_while(|&&byte| byte == b' ' || byte == b'\t')
            .count();
        self.rest = &self.rest[count..];
    }

    fn take(&mut self, sign: u8) -> bool {
        let found = self.rest.first() == Some(&sign);
        if found {
            self.rest = &self.rest[1..];
            self.skip_space();
        }
        found
    }

    fn extension(&mut self) -> Result<Extension, Malformed> {
        let (name, mut parameters) = (self.token()?, Vec::new());
        while self.take(b';') {
            let parameter = self.token()?;
            let value = if self.take(b'=') {
                Some(self.value()?)
            } else {
                None
            };
            parameters.push((parameter, value));
        }
        Ok(Extension { name, parameters })
    }

    fn token(&mut self) -> Result<String, Malformed> {
        let count = self.rest.iter().take_while(|byte| is_token(**byte)).count();
        let (token, rest) = self.rest.split_at(count);
        self.rest = rest;
        self.skip_space();
        match str::from_utf8(token) {
            Ok(token) if !token.is_empty() => Ok(token.to_owned()),
            _ => Err(Malformed),
        }
    }

    /// A token, or one in quotes, in which any byte may stand behind a backslash.
    fn value(&mut self) -> Result<String, Malformed> {
        if self.rest.first() != Some(&b'"') {
            return self.token();
        }
        let (mut value, mut bytes) = (String::new(), self.rest[1..].iter());
        loop {
            match bytes.next().ok_or(Malformed)? {
                b'"' => break,
                b'\\' => value.push(quoted(bytes.next())?),
                byte => value.push(quoted(Some(byte))?),
            }
        }
        self.rest = bytes.as_slice();
        self.skip_space();
        if value.is_empty() {
            Err(Malformed)
        } else {
            Ok(value)
        }
    }
}

/// What is quoted has to be a token, too (RFC 6455 §9.1).
fn quoted(byte: Option<&u8>) -> Result<char, Malformed> {
    byte.filter(|byte| is_token(**byte))
        .map(|&byte| char::from(byte))
        .ok_or(Malformed)
}

/// Whether a token may have this byte (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
