//! Wrong: answers with 1000, whatever the code was.
//! Caught by: their_close_is_answered_with_its_code
//! Says: their close 1001 → close 1000
//! Says: It has the code of theirs

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
    /// We have sent a Close, and theirs hasn't come.
    Sent,
    /// It is over.
    Done,
}

impl Closing {
    /// What is to be done about `event`.
    pub fn on(&mut self, event: Event) -> Vec<Action> {
        match (*self, event) {
            // They may have sent it before our Close was there.
            (Self::Open | Self::Sent, Event::Message) => vec![Action::Deliver],
            (Self::Open, Event::Send) => vec![Action::Transmit],
            (Self::Open, Event::Close(code)) => {
                *self = Self::Sent;
                vec![Action::SendClose(payload(code))]
            }
            (before @ (Self::Open | Self::Sent), Event::TheirClose(theirs)) => {
                *self = Self::Done;
                let code = code_of(&theirs);
                let mut actions = Vec::new();
                // One Close from each side: in `Sent`, theirs is the answer to ours, or has crossed it.
                if matches!(before, Self::Open) {
                    actions.push(Action::SendClose(payload(1000)));
                }
                actions.push(Action::Disconnect);
                actions.push(Action::Report(code.unwrap_or(1005)));
                actions
            }
            (Self::Open | Self::Sent, Event::End) => {
                *self = Self::Done;
                vec![Action::Disconnect, Action::Report(1006)]
            }
            (Self::Sent, Event::Send | Event::Close(_)) | (Self::Done, _) => Vec::new(),
        }
    }
}

/// The code that a Close with this payload has, if it has one.
fn code_of(payload: &[u8]) -> Option<u16> {
    match payload {
        [] => None,
        [high, low, ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            Some(if may_be_sent(code) { code } else { 1002 })
        }
        [_] => Some(1002),
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
