//! # 07-6 The closing handshake
//!
//! A TCP connection that ends says nothing of why, and who closes it may destroy what is still on its way. So a
//! WebSocket says good-bye first (RFC 6455 §5.5.1, §7.1): each side sends one Close frame, and no frame behind
//! it. A side that has sent its Close goes on reading until the other's comes. When both have been sent, the
//! server closes the TCP connection.
//!
//! A Close has a payload: nothing, or a code of two bytes, the higher first, and then a reason. Three codes are
//! for applications only, and never sent: 1005 tells that there was no code, 1006 that there was no Close at all,
//! and 1015 that TLS has failed.
//!
//! Document 003's server sends a Close back as a text, and stays connected; a browser then waits in CLOSING
//! (bug B91). And two sides that answered each Close with a Close would never end.
//!
//! Write [`Closing::on`], for a server. It gets what happens, and returns what is to be done about it, in this
//! order:
//!
//! - [`Event::Message`]: [`Action::Deliver`], until *their* Close has come. What comes behind ours they may have sent
//!   before they had it.
//! - [`Event::Send`]: [`Action::Transmit`], until we have sent a Close.
//! - [`Event::Close`]: [`Action::SendClose`] with this code, if we have sent none.
//! - [`Event::TheirClose`]: [`Action::SendClose`] with the same code and no reason, if we have sent none; without a
//!   payload, if theirs has none. Then [`Action::Disconnect`], and [`Action::Report`] of their code, or of 1005.
//! - [`Event::End`]: [`Action::Disconnect`], and [`Action::Report`] of 1006.
//!
//! And in all of these:
//!
//! - After `Disconnect` it is over. Whatever happens then, nothing is to be done: an application is told once.
//! - A Close whose payload has one byte, or a code that can't be sent (see `may_be_sent`), breaks the protocol. It
//!   is treated as if its code were 1002.
//!
//! `may_be_sent` and `payload` are finished; use them. What `Closing` has in it is up to you. The tests try each
//! event in each state.

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// A message has come.
    Message,
    /// The application wants to send a message.
    Send,
    /// The application wants to close, with this code.
    Close(u16),
    /// A Close has come, with this payload.
    TheirClose(Vec<u8>),
    /// The TCP connection has ended.
    End,
}

/// Something that is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Give the message to the application.
    Deliver,
    /// Send the application's message.
    Transmit,
    /// Send a Close with this payload.
    SendClose(Vec<u8>),
    /// Close the TCP connection.
    Disconnect,
    /// Tell the application that it is over, and this code.
    Report(u16),
}

/// How far a connection is with closing.
#[derive(Clone, Copy, Debug, Default)]
pub enum Closing {
    /// It is not.
    #[default]
    Open,
    // yours to go on
}

impl Closing {
    /// What is to be done about `event`.
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        let _ = (may_be_sent, payload); // soon
        match (*self, event) {
            (Self::Open, Event::Message) => vec![Action::Deliver],
            (Self::Open, Event::Send) => vec![Action::Transmit],
            (Self::Open, other) => todo!("{other:?}, and the other states"),
        }
    }
}

/// Whether a Close may have this code (RFC 6455 §7.4, and what has been registered since).
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// The payload of a Close with this code and no reason.
fn payload(code: u16) -> Vec<u8> {
    code.to_be_bytes().to_vec()
}
