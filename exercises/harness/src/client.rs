//! A client whose every wait has a deadline, and whose every failure explains itself.

mod expect;

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::diff::Stop;
use crate::peer::{Awaited, END, Peer, Waiting};
use crate::sockets;
use crate::verdict::Verdict;
use crate::wire::{is_timeout, open, receive, write_for};
use crate::words::{count, duration, excerpt, thousands};

/// A server that takes no byte for so long, and sleeps, has stopped reading.
const STALL: Duration = Duration::from_millis(100);

/// A connection to a server under test.
///
/// No call waits for more than [`DEADLINE`](crate::DEADLINE) without a sign of life, and a failing one ends the test
/// with a verdict.
pub struct Client {
    stream: TcpStream,
    peer: Arc<Peer>,
    address: SocketAddr,
    /// The how many-th client of its server this is, from 1 on.
    number: usize,
    /// Whether it has ever sent a byte.
    has_spoken: bool,
    sent: Sent,
}

/// What has been sent since the last fulfilled expectation.
#[derive(Default)]
struct Sent {
    bytes: Vec<u8>,
    pieces: usize,
    finished: bool,
}

impl Client {
    /// Connects to a server that is no child of this test; its verdicts can't look into it.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server can't be reached.
    #[must_use]
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        Self::to(&Arc::new(Peer::new(address, None)), None)
    }

    #[track_caller]
    pub(crate) fn to(peer: &Arc<Peer>, receive_buffer: Option<usize>) -> Self {
        match open(peer.address, receive_buffer, peer.deadline) {
            Ok((stream, address)) => Self {
                stream,
                peer: Arc::clone(peer),
                address,
                number: peer.next_client(),
                has_spoken: false,
                sent: Sent::default(),
            },
            Err(error) => {
                let mut verdict = peer.verdict(END);
                verdict.row("expected", &format!("a connection to {}", peer.address));
                verdict.row("received", &error.to_string());
                peer.fail(verdict, Some(Waiting::at_large()))
            }
        }
    }

    /// This side's own address: the server sees it as its peer.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The socket itself, for what this type doesn't offer.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends `bytes` in one go.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server takes no more bytes for [`DEADLINE`](crate::DEADLINE) or the connection is gone.
    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        self.note(bytes);
        let (taken, result) = write_for(&self.stream, bytes, self.peer.deadline);
        if let Err(error) = result {
            self.fail_to_send(taken, bytes.len(), &error);
        }
    }

    /// Sends `bytes` in pieces that begin at each of `cuts`; before each further piece, waits until the
    /// server has read the one before, so that it sees just these pieces.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server doesn't read a piece within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn send_in_pieces(&mut self, bytes: &[u8], cuts: &[usize]) {
        let mut from = 0;
        for &cut in cuts.iter().chain([&bytes.len()]) {
            let cut = cut.clamp(from, bytes.len());
            if from > 0 {
                self.wait_until_read();
            }
            self.send(&bytes[from..cut]);
            from = cut;
        }
    }

    /// Sends `bytes` one at a time; the server has read each before the next is sent.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server doesn't read a byte within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn send_byte_by_byte(&mut self, bytes: &[u8]) {
        let cuts: Vec<usize> = (1..bytes.len()).collect();
        self.send_in_pieces(bytes, &cuts);
    }

    /// Waits until the server has read all that was sent (its socket's receive queue is empty), or has
    /// closed the connection.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes still wait unread after [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn wait_until_read(&mut self) {
        let deadline = Instant::now() + self.peer.deadline;
        loop {
            let unread = sockets::unread_by_server(self.address, self.peer.address);
            if unread == 0 {
                return;
            }
            if Instant::now() >= deadline {
                let mut verdict = self.verdict(Duration::ZERO);
                verdict.row("expected", "a server that reads them");
                let left = count(unread, "byte");
                verdict.row(
                    "received",
                    &format!("{left} wait unread after {}", duration(self.peer.deadline)),
                );
                self.fail(verdict, Stop::Silence);
            }
            thread::yield_now();
        }
    }

    /// Sends as much of `bytes` as the server takes, and returns how much that was: all of them, or
    /// less if it closes the connection or stops reading: sleeps, or takes no byte for
    /// [`DEADLINE`](crate::DEADLINE). Never fails. Of what was taken, some may still wait in the sockets.
    pub fn flood(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        let mut progress = Instant::now();
        while progress.elapsed() < self.peer.deadline {
            let (more, result) = write_for(&self.stream, &bytes[taken..], STALL);
            taken += more;
            match result {
                Err(error) if is_timeout(&error) && more > 0 => progress = Instant::now(),
                // On a busy machine, it may not have had its turn yet.
                Err(error) if is_timeout(&error) && !self.peer.is_asleep() => {}
                _ => break,
            }
        }
        self.note(&bytes[..taken]);
        taken
    }

    /// Sends `bytes` and at the same time reads and expects `expected`, so that neither side's buffers
    /// can fill up.
    ///
    /// # Panics
    ///
    /// With a verdict, as [`Client::expect`].
    #[track_caller]
    pub fn exchange(&mut self, bytes: &[u8], expected: &[u8]) {
        self.note(bytes);
        let (stream, silence) = (&self.stream, self.peer.deadline);
        let (received, stop) = thread::scope(|scope| {
            // What can't be sent shows as what isn't received.
            scope.spawn(|| write_for(stream, bytes, silence));
            let (received, stop) = receive(stream, expected.len(), Some(expected), silence);
            if stop == Stop::Enough && received != expected {
                // The verdict is certain: wake a writer that is stuck.
                let _ = stream.shutdown(Shutdown::Write);
            }
            (received, stop)
        });
        self.judge(expected, &received, stop);
    }

    /// Sends end of file and goes on receiving (half-close).
    pub fn finish_sending(&mut self) {
        // Fails only on a connection that is gone, which the next expectation tells better.
        let _ = self.stream.shutdown(Shutdown::Write);
        self.sent.finished = true;
    }

    /// Vanishes with a reset (RST) instead of an orderly close (`SO_LINGER` of 0 seconds, `socket(7)`).
    pub fn reset(self) {
        // A socket that refuses the option is closed the usual way.
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }

    /// Adds to the account of what was sent.
    fn note(&mut self, bytes: &[u8]) {
        self.has_spoken |= !bytes.is_empty();
        self.sent.bytes.extend_from_slice(bytes);
        self.sent.pieces += 1;
    }

    #[track_caller]
    fn fail_to_send(&self, taken: usize, of: usize, error: &io::Error) -> ! {
        let stop = if is_timeout(error) {
            Stop::Silence
        } else {
            Stop::Reset
        };
        let mut verdict = self.verdict(patience(stop));
        verdict.row("expected", "a server that takes them");
        let taken = format!("{} of {} taken", thousands(taken), count(of, "byte"));
        let why = match stop {
            Stop::Silence => format!("none within {}", duration(self.peer.deadline)),
            _ => error.to_string(),
        };
        verdict.prose("received", &format!("{taken}, then {why}"));
        self.fail(verdict, stop)
    }

    /// A verdict that says what was sent.
    fn verdict(&self, patience: Duration) -> Verdict {
        let mut verdict = self.peer.verdict(patience);
        let Sent {
            bytes,
            pieces,
            finished,
        } = &self.sent;
        let mut sent = match (bytes.len(), pieces) {
            (0, _) => "nothing".to_owned(),
            (_, 0 | 1) => excerpt(bytes, 36),
            _ => format!("{} in {pieces} pieces", excerpt(bytes, 30)),
        };
        if *finished {
            sent.push_str(", then end of file");
        }
        let all = self.peer.clients();
        if all > 1 {
            let (number, all) = (thousands(self.number), thousands(all));
            sent.extend([", by client ", &number, " of ", &all]);
        }
        verdict.row("sent", &sent);
        verdict
    }

    #[track_caller]
    fn fail(&self, verdict: Verdict, stop: Stop) -> ! {
        self.fail_waiting(verdict, stop, Awaited::Answer)
    }

    #[track_caller]
    fn fail_waiting(&self, mut verdict: Verdict, stop: Stop, awaited: Awaited) -> ! {
        if stop == Stop::Reset && self.peer.is_alive() {
            verdict.prose("so", self.why_reset());
        }
        let awaited = match awaited {
            Awaited::Answer if !self.has_spoken && !self.sent.finished => Awaited::Greeting,
            awaited => awaited,
        };
        let waiting = (stop == Stop::Silence).then_some(Waiting {
            client: Some(self.address),
            awaited,
        });
        self.peer.fail(verdict, waiting)
    }

    /// What a living server has done to a connection that was reset (`tcp(7)`, RFC 1122 §4.2.2.13).
    fn why_reset(&self) -> &'static str {
        if self.has_spoken {
            "the server has closed this connection while bytes of this client were unread: that sends a \
             reset (RST). A socket closes, too, when the value that holds it is dropped."
        } else {
            "the server has not closed this connection in the orderly way: it has asked for a reset \
             (SO_LINGER), or its listener is gone."
        }
    }
}

/// How long to wait for the process to end, given how the connection stopped.
fn patience(stop: Stop) -> Duration {
    match stop {
        Stop::End | Stop::Reset => END,
        Stop::Enough | Stop::Silence => Duration::ZERO,
    }
}
