//! What an event's 64 bits of data stand for.

use crate::ListenerId;
use crate::connection::ConnId;

/// The owner of a descriptor that epoll watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Connection(ConnId),
    Listener(ListenerId),
    Waker,
    Signals,
}

/// The slot that no connection has: descriptors, and so slots, stay below 2^31.
const NO_SLOT: u64 = u32::MAX as u64;
const WAKER: u64 = NO_SLOT;
const SIGNALS: u64 = 1 << 32 | NO_SLOT;
const FIRST_LISTENER: u32 = 2;

impl Token {
    pub fn pack(self) -> u64 {
        match self {
            Self::Connection(id) => id.pack(),
            Self::Waker => WAKER,
            Self::Signals => SIGNALS,
            Self::Listener(ListenerId(number)) => {
                u64::from(number + FIRST_LISTENER) << 32 | NO_SLOT
            }
        }
    }

    pub fn unpack(data: u64) -> Self {
        if data & NO_SLOT != NO_SLOT {
            return Self::Connection(ConnId::unpack(data));
        }
        match data {
            WAKER => Self::Waker,
            SIGNALS => Self::Signals,
            _ => Self::Listener(ListenerId((data >> 32) as u32 - FIRST_LISTENER)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_survives_the_kernel() {
        let tokens = [
            Token::Waker,
            Token::Signals,
            Token::Listener(ListenerId(0)),
            Token::Listener(ListenerId(7)),
            Token::Connection(ConnId::unpack(0)),
            Token::Connection(ConnId::unpack(u64::MAX - 1)),
        ];
        for token in tokens {
            assert_eq!(Token::unpack(token.pack()), token);
        }
    }
}
