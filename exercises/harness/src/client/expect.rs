//! What a client expects to receive.

use std::time::Duration;

use super::{Client, Sent, patience};
use crate::diff::{Stop, compare};
use crate::peer::Awaited;
use crate::wire::{is_timeout, read_within, receive, receive_rest};
use crate::words::{duration, excerpt};

/// What an orderly close brings.
const END: &str = "the end of the connection";

impl Client {
    /// Expects just `expected` as the next bytes.
    ///
    /// # Panics
    ///
    /// With a verdict, if other bytes come, or too few within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect(&mut self, expected: &[u8]) {
        let (received, stop) = self.receive(expected.len(), Some(expected));
        self.judge(expected, &received, stop);
    }

    /// Expects `expected` and then the orderly end of the connection.
    ///
    /// # Panics
    ///
    /// With a verdict, if other bytes come, or too few, or more, or no end within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_last(&mut self, expected: &[u8]) {
        self.expect(expected);
        self.expect_end();
    }

    /// Expects the orderly end of the connection (end of file), and nothing before it.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes come, or a reset, or nothing within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_end(&mut self) {
        let (received, stop) = self.receive(1, None);
        if stop != Stop::End {
            self.fail_expecting(END, received, stop);
        }
    }

    /// Expects a reset, and nothing before it.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes come, or an orderly end, or nothing within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_reset(&mut self) {
        let (received, stop) = self.receive(1, None);
        if stop != Stop::Reset {
            self.fail_expecting("a reset of the connection", received, stop);
        }
    }

    /// Expects that nothing comes for `stretch`, and that the connection stays open.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes come, or the connection ends.
    #[track_caller]
    pub fn expect_silence(&mut self, stretch: Duration) {
        let mut byte = [0];
        let (received, stop) = match read_within(&self.stream, &mut byte, stretch) {
            Ok(0) => (Vec::new(), Stop::End),
            Ok(_) => (byte.to_vec(), Stop::Enough),
            Err(error) if is_timeout(&error) => return,
            Err(_) => (Vec::new(), Stop::Reset),
        };
        self.fail_expecting(
            &format!("nothing for {}", duration(stretch)),
            received,
            stop,
        );
    }

    /// All bytes until the orderly end of the connection.
    ///
    /// # Panics
    ///
    /// With a verdict, if the connection is reset, or silent for [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let (received, stop) = self.receive(usize::MAX, None);
        if stop != Stop::End {
            self.fail_expecting("bytes, then the end of the connection", received, stop);
        }
        self.sent = Sent::default();
        received
    }

    /// Fails unless `received` is `expected`; otherwise begins a new account of what is sent.
    #[track_caller]
    pub(super) fn judge(&mut self, expected: &[u8], received: &[u8], stop: Stop) {
        let Some(lines) = compare(expected, received, stop) else {
            self.sent = Sent::default();
            return;
        };
        let mut verdict = self.verdict(patience(stop));
        if received.is_empty() {
            verdict.row("expected", &excerpt(expected, 40));
            verdict.row("received", &format!("nothing{}", self.how_it_stopped(stop)));
        } else {
            verdict.lines(lines);
        }
        self.fail(verdict, stop);
    }

    #[track_caller]
    fn fail_expecting(&self, expected: &str, mut received: Vec<u8>, stop: Stop) -> ! {
        let mut stop = stop;
        if stop == Stop::Enough {
            let (rest, then) = receive_rest(&self.stream);
            received.extend(rest);
            stop = then;
        }
        let mut verdict = self.verdict(patience(stop));
        verdict.row("expected", expected);
        let bytes = match received.len() {
            0 => "nothing".to_owned(),
            _ => excerpt(&received, 40),
        };
        // Silence after a few bytes is not what this expectation waited for.
        let fate = match stop {
            Stop::Silence if !received.is_empty() => String::new(),
            _ => self.how_it_stopped(stop),
        };
        verdict.row("received", &format!("{bytes}{fate}"));
        let awaited = match expected {
            END => Awaited::End,
            _ => Awaited::Answer,
        };
        self.fail_waiting(verdict, stop, awaited)
    }

    fn receive(&self, size: usize, expected: Option<&[u8]>) -> (Vec<u8>, Stop) {
        receive(&self.stream, size, expected, self.peer.deadline)
    }

    fn how_it_stopped(&self, stop: Stop) -> String {
        match stop {
            Stop::Enough => String::new(),
            Stop::Silence => format!(" within {}", duration(self.peer.deadline)),
            Stop::End => ", then the connection ended".to_owned(),
            Stop::Reset => ", then the connection was reset".to_owned(),
        }
    }
}
