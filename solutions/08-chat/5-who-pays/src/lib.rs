//! # 08-5 The state that nobody pays for
//!
//! A server collects messages, has each answered by something that takes its time, and sends the answer as fast
//! as the client reads. What it holds meanwhile is written into a [`Ledger`], for all connections together. Above
//! its limit, nothing more is taken: a part that comes then is refused, and its connection is told so.
//!
//! ```text
//!            a part           the last part           answer                all is sent
//!   Idle ────────────► Collecting ────────► Waiting ────────► Sending ──────────────────► Idle
//! ```
//!
//! And yet a thousand clients make the server hold a gigabyte, while its ledger says that it holds next to
//! nothing. There is a state in which bytes are held that nobody pays for. Find it, and see to it that
//! whatever happens:
//!
//! - the ledger says exactly what all connections hold ([`Connection::holds`], in all states);
//! - a connection that ends, in whatever state, gives back what it holds, and no more;
//! - a part that would bring the ledger above its limit is refused, and changes nothing; one that just fits is
//!   taken. An answer is always taken: it is the server's own.
//!
//! The states stay as they are. The tests look at the ledger and at `holds`.

/// What all connections hold.
#[derive(Debug)]
pub struct Ledger {
    limit: usize,
    held: usize,
}

/// The server holds too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Ledger {
    /// Nothing is held yet, and `limit` bytes may be.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, held: 0 }
    }

    /// How many bytes are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        self.held + bytes <= self.limit
    }

    fn charge(&mut self, bytes: usize) {
        self.held += bytes;
    }

    fn refund(&mut self, bytes: usize) {
        self.held -= bytes;
    }
}

/// A connection, and what it holds.
#[derive(Debug, Default)]
pub enum Connection {
    /// Nothing.
    #[default]
    Idle,
    /// The parts of a message that have come.
    Collecting(Vec<u8>),
    /// A message, until its answer is there.
    Waiting(Vec<u8>),
    /// What of an answer hasn't been sent.
    Sending(Vec<u8>),
}

impl Connection {
    /// How many bytes it holds.
    #[must_use]
    pub fn holds(&self) -> usize {
        match self {
            Self::Idle => 0,
            Self::Collecting(bytes) | Self::Waiting(bytes) | Self::Sending(bytes) => bytes.len(),
        }
    }

    /// A part of a message has come, and it may be the last one. While a message waits or its answer is sent,
    /// nothing is read, so this isn't called.
    ///
    /// # Errors
    ///
    /// If the server holds too much: then nothing has changed.
    pub fn receive(&mut self, part: &[u8], is_last: bool, ledger: &mut Ledger) -> Result<(), Full> {
        if !ledger.has_room_for(part.len()) {
            return Err(Full);
        }
        let mut message = match std::mem::take(self) {
            Self::Collecting(message) => message,
            _ => Vec::new(),
        };
        ledger.charge(part.len());
        message.extend_from_slice(part);
        *self = if is_last {
            Self::Waiting(message) // it is still held, and still paid for
        } else {
            Self::Collecting(message)
        };
        Ok(())
    }

    /// The answer to the message is there. If none waits, nothing happens.
    pub fn answer(&mut self, answer: &[u8], ledger: &mut Ledger) {
        if let Self::Waiting(message) = self {
            ledger.refund(message.len()); // now it is dropped
            ledger.charge(answer.len());
            *self = Self::Sending(answer.to_vec());
        }
    }

    /// The client has read `count` more bytes of the answer.
    pub fn sent(&mut self, count: usize, ledger: &mut Ledger) {
        if let Self::Sending(rest) = self {
            let count = count.min(rest.len());
            rest.drain(..count);
            ledger.refund(count);
            if rest.is_empty() {
                *self = Self::Idle;
            }
        }
    }

    /// The connection has ended.
    pub fn close(self, ledger: &mut Ledger) {
        ledger.refund(self.holds());
    }
}
