//! What an event's 64 bits of data stand for.

use crate::connector::ConnectorId;
use crate::slots::Key;
use crate::watch::WatchId;
use crate::{ConnId, ListenerId};

/// The owner of a descriptor that epoll watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Connection(ConnId),
    Connector(ConnectorId),
    Watch(WatchId),
    Listener(ListenerId),
    Waker,
    Signals,
}

/// The two bits of a slot that no slot has set tell the kinds apart.
const KIND: u64 = 0b11 << 30;
const CONNECTION: u64 = 0b00 << 30;
const CONNECTOR: u64 = 0b01 << 30;
const WATCH: u64 = 0b10 << 30;
/// Owners without a slot: the waker, the signals, and listeners with their number in the upper half.
const OTHER: u64 = 0b11 << 30;
const WAKER: u64 = OTHER;
const SIGNALS: u64 = OTHER | 1;
const LISTENER: u64 = OTHER | 2;

impl Token {
    pub fn pack(self) -> u64 {
        match self {
            Self::Connection(ConnId(key)) => key.pack(),
            Self::Connector(ConnectorId(key)) => key.pack() | CONNECTOR,
            Self::Watch(WatchId(key)) => key.pack() | WATCH,
            Self::Listener(ListenerId(number)) => u64::from(number) << 32 | LISTENER,
            Self::Waker => WAKER,
            Self::Signals => SIGNALS,
        }
    }

    #[inline]
    pub fn unpack(data: u64) -> Self {
        let key = Key::unpack(data & !KIND);
        match data & KIND {
            CONNECTION => Self::Connection(ConnId(key)),
            CONNECTOR => Self::Connector(ConnectorId(key)),
            WATCH => Self::Watch(WatchId(key)),
            _ if data == WAKER => Self::Waker,
            _ if data == SIGNALS => Self::Signals,
            _ => Self::Listener(ListenerId((data >> 32 & 0xFFFF) as u16)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_survives_the_kernel() {
        let first = Key::unpack(0);
        let last = Key::unpack(!KIND);
        let tokens = [
            Token::Waker,
            Token::Signals,
            Token::Listener(ListenerId(0)),
            Token::Listener(ListenerId(u16::MAX)),
            Token::Connection(ConnId(first)),
            Token::Connection(ConnId(last)),
            Token::Connector(ConnectorId(first)),
            Token::Connector(ConnectorId(last)),
            Token::Watch(WatchId(first)),
            Token::Watch(WatchId(last)),
        ];
        for token in tokens {
            assert_eq!(Token::unpack(token.pack()), token);
        }
    }
}
