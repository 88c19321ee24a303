//! Negotiation (RFC 7692 §5, §7.1): what a client offers, and what a server makes of it.
//!
//! ```text
//!   client  permessage-deflate; client_max_window_bits, permessage-deflate; server_max_window_bits=8
//!           └── what it likes best ──────────────────┘  └── or else this ──────────────────────────┘
//!   server  permessage-deflate; server_no_context_takeover; client_no_context_takeover
//!           └── one of them, and what holds for it ───────────────────────────────────┘
//! ```
//!
//! | parameter | asked for by a client | said by a server |
//! | --- | --- | --- |
//! | `server_no_context_takeover` | compress each message on its own: the server has to | it will |
//! | `client_no_context_takeover` | it will, whatever the server says | it has to |
//! | `server_max_window_bits=n` | point back no further: the server has to | it will |
//! | `client_max_window_bits[=n]` | it can be told so; with `n`, it will not point back further | it has to |
//!
//! An offer that has an unknown parameter, one twice, or a value that isn't allowed, is declined, and
//! the next one is looked at. Without any that will do, the connection isn't compressed.

use super::grammar::{Extension, Malformed, extensions};
use super::window::Window;

/// The extension's name.
pub const NAME: &str = "permessage-deflate";

const SERVER_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_WINDOW: &str = "server_max_window_bits";
const CLIENT_WINDOW: &str = "client_max_window_bits";

/// Whether a message may refer to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Takeover {
    /// It may: the window goes on from one message to the next, and both sides have to keep it.
    Kept,
    /// Each message begins with an empty window.
    Reset,
}

/// What holds for the messages of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Direction {
    /// How far back its messages may point.
    pub window: Window,
    /// Whether they may refer to earlier ones.
    pub takeover: Takeover,
}

/// What both sides have agreed on. A connection without it isn't compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Agreement {
    /// For what the server sends.
    pub server: Direction,
    /// For what the client sends.
    pub client: Direction,
}

/// What one side is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The largest window for what the server sends.
    pub server: Window,
    /// The largest window for what the client sends.
    pub client: Window,
    /// Whether this side keeps windows from one message to the next.
    pub takeover: Takeover,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            server: Window::LARGEST,
            client: Window::LARGEST,
            takeover: Takeover::Kept,
        }
    }
}

/// The parameters of one offer or answer, each given once at most and with a value that may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parameters {
    server_reset: bool,
    client_reset: bool,
    server_bits: Option<u8>,
    client_bits: ClientBits,
}

/// What is said about the client's window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum ClientBits {
    /// Nothing.
    #[default]
    Unsaid,
    /// The parameter without a value.
    Any,
    /// This window, or a smaller one.
    AtMost(u8),
}

impl Parameters {
    /// `None` if there is one that isn't known, that is there twice, or whose value isn't allowed.
    fn of(extension: &Extension) -> Option<Self> {
        let mut all = Self::default();
        for (name, value) in &extension.parameters {
            let value = value.as_deref();
            let is_first = match (name.as_str(), value) {
                (SERVER_TAKEOVER, None) => !std::mem::replace(&mut all.server_reset, true),
                (CLIENT_TAKEOVER, None) => !std::mem::replace(&mut all.client_reset, true),
                (SERVER_WINDOW, Some(value)) => all.server_bits.replace(bits(value)?).is_none(),
                (CLIENT_WINDOW, value) => {
                    let said = match value {
                        None => ClientBits::Any,
                        Some(value) => ClientBits::AtMost(bits(value)?),
                    };
                    std::mem::replace(&mut all.client_bits, said) == ClientBits::Unsaid
                }
                _ => return None,
            };
            if !is_first {
                return None;
            }
        }
        Some(all)
    }
}

/// A number from 8 to 15, without a zero before it (RFC 7692 §7.1.2).
fn bits(value: &str) -> Option<u8> {
    match value {
        "8" => Some(8),
        "9" => Some(9),
        "10" => Some(10),
        "11" => Some(11),
        "12" => Some(12),
        "13" => Some(13),
        "14" => Some(14),
        "15" => Some(15),
        _ => None,
    }
}

/// The server's part: the agreement for the first offer in `fields` that will do, if there is one.
/// `fields` are the values of all `Sec-WebSocket-Extensions` of the request.
///
/// ```
/// use ch07_websocket::deflate::{Policy, agree};
///
/// let browser = [&b"permessage-deflate; client_max_window_bits"[..]];
/// let agreement = agree(browser, Policy::default())?.expect("an offer");
/// assert_eq!(agreement.answer(), "permessage-deflate");
/// # Ok::<(), ch07_websocket::deflate::Malformed>(())
/// ```
///
/// # Errors
/// If a field breaks the grammar.
pub fn agree<'a>(
    fields: impl IntoIterator<Item = &'a [u8]>,
    policy: Policy,
) -> Result<Option<Agreement>, Malformed> {
    let mut chosen = None;
    for field in fields {
        for extension in extensions(field)? {
            if chosen.is_none() && extension.name == NAME {
                chosen = Parameters::of(&extension).and_then(|offer| accept(offer, policy));
            }
        }
    }
    Ok(chosen)
}

// ANCHOR: accept
/// The agreement for one offer; `None` if this side can't do what it asks for.
fn accept(offer: Parameters, policy: Policy) -> Option<Agreement> {
    let asked = match offer.server_bits {
        Some(bits) => Window::of(bits)?, // zlib can't compress with 8
        None => Window::LARGEST,
    };
    // A client that doesn't name its window can't be told to have a smaller one.
    let theirs = match offer.client_bits {
        ClientBits::AtMost(bits) => {
            Window::of(bits).map_or(policy.client, |window| window.min(policy.client))
        }
        ClientBits::Any => policy.client,
        ClientBits::Unsaid => Window::LARGEST,
    };
    let takeover = |reset| {
        if reset {
            Takeover::Reset
        } else {
            policy.takeover
        }
    };
    Some(Agreement {
        server: Direction {
            window: asked.min(policy.server),
            takeover: takeover(offer.server_reset),
        },
        client: Direction {
            window: theirs,
            takeover: takeover(offer.client_reset),
        },
    })
}
// ANCHOR_END: accept

impl Agreement {
    /// What the server answers.
    #[must_use]
    pub fn answer(&self) -> String {
        let mut answer = NAME.to_owned();
        if self.server.takeover == Takeover::Reset {
            answer.extend(["; ", SERVER_TAKEOVER]);
        }
        if self.client.takeover == Takeover::Reset {
            answer.extend(["; ", CLIENT_TAKEOVER]);
        }
        for (name, window) in [
            (SERVER_WINDOW, self.server.window),
            (CLIENT_WINDOW, self.client.window),
        ] {
            if window != Window::LARGEST {
                answer.extend(["; ", name, "=", &window.to_string()]);
            }
        }
        answer
    }
}

/// The client's part: what it offers. It lets the server choose the window of its messages.
#[must_use]
pub fn offer(policy: Policy) -> String {
    let mut offer = format!("{NAME}; {CLIENT_WINDOW}");
    if policy.client != Window::LARGEST {
        offer.extend(["=", &policy.client.to_string()]);
    }
    if policy.server != Window::LARGEST {
        offer.extend(["; ", SERVER_WINDOW, "=", &policy.server.to_string()]);
    }
    if policy.takeover == Takeover::Reset {
        offer.extend(["; ", SERVER_TAKEOVER, "; ", CLIENT_TAKEOVER]);
    }
    offer
}

/// Checks a server's answer to [`offer`]: the agreement, or `None` if the server has chosen no
/// extension.
///
/// # Errors
/// If the answer isn't one to this offer: then the client fails the connection (RFC 7692 §5.2).
pub fn agreed<'a>(
    fields: impl IntoIterator<Item = &'a [u8]>,
    policy: Policy,
) -> Result<Option<Agreement>, Malformed> {
    let mut answers = Vec::new();
    for field in fields {
        answers.extend(extensions(field)?);
    }
    let answer = match &answers[..] {
        [] => return Ok(None),
        [one] if one.name == NAME => Parameters::of(one).ok_or(Malformed)?,
        _ => return Err(Malformed),
    };
    let server = match answer.server_bits {
        Some(bits) if bits > policy.server.bits() => return Err(Malformed),
        Some(bits) => Window::of(bits).unwrap_or(Window::SMALLEST), // 9 inflates what 8 can say
        None if policy.server != Window::LARGEST => return Err(Malformed),
        None => Window::LARGEST,
    };
    let client = match answer.client_bits {
        ClientBits::AtMost(bits) => Window::of(bits).ok_or(Malformed)?, // zlib can't compress with 8
        ClientBits::Any => return Err(Malformed),                       // it has to name one
        ClientBits::Unsaid => Window::LARGEST,
    };
    let asked = policy.takeover == Takeover::Reset;
    if asked && !answer.server_reset {
        return Err(Malformed);
    }
    let takeover = |reset| {
        if reset {
            Takeover::Reset
        } else {
            Takeover::Kept
        }
    };
    Ok(Some(Agreement {
        server: Direction {
            window: server,
            takeover: takeover(answer.server_reset),
        },
        client: Direction {
            window: client.min(policy.client),
            takeover: takeover(answer.client_reset || asked),
        },
    }))
}

#[cfg(test)]
mod tests;
