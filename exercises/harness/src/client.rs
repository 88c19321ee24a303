//! A client whose every wait has a deadline, and whose every failure explains itself.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use crate::DEADLINE;
use crate::diff::{Stop, compare};
use crate::peer::{Peer, Waiting};
use crate::sockets;
use crate::verdict::Verdict;
use crate::words::{count, duration, excerpt};

/// No single expectation takes longer than this, however slowly its bytes trickle.
const LONGEST: Duration = Duration::from_secs(10);
/// Once an answer has gone wrong, how long to wait for its rest.
const REST: Duration = Duration::from_millis(50);
/// How soon a process ends after its connections have.
const END: Duration = Duration::from_millis(200);
/// A server that takes no byte for so long has stopped reading.
const STALL: Duration = Duration::from_millis(100);

/// A connection to a server under test.
///
/// No call waits for more than [`DEADLINE`] without a sign of life, and a failing one ends the test
/// with a verdict.
pub struct Client {
    stream: TcpStream,
    peer: Arc<Peer>,
    address: SocketAddr,
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
        match open(peer.address, receive_buffer) {
            Ok((stream, address)) => Self {
                stream,
                peer: Arc::clone(peer),
                address,
                sent: Sent::default(),
            },
            Err(error) => {
                let mut verdict = peer.verdict(END);
                verdict.row("expected", &format!("a connection to {}", peer.address));
                verdict.row("received", &error.to_string());
                peer.fail(verdict, Some(Waiting { client: None }))
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
    /// With a verdict, if the server takes no more bytes for [`DEADLINE`] or the connection is gone.
    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        self.sent.bytes.extend_from_slice(bytes);
        self.sent.pieces += 1;
        let (taken, result) = write_for(&self.stream, bytes, DEADLINE);
        if let Err(error) = result {
            self.fail_to_send(taken, bytes.len(), &error);
        }
    }

    /// Sends `bytes` in pieces that begin at each of `cuts`; before each further piece, waits until the
    /// server has read the one before, so that it sees just these pieces.
    ///
    /// # Panics
    ///
    /// With a verdict, if the server doesn't read a piece within [`DEADLINE`].
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
    /// With a verdict, if the server doesn't read a byte within [`DEADLINE`].
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
    /// With a verdict, if bytes still wait unread after [`DEADLINE`].
    #[track_caller]
    pub fn wait_until_read(&mut self) {
        let deadline = Instant::now() + DEADLINE;
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
                    &format!("{left} wait unread after {}", duration(DEADLINE)),
                );
                self.fail(verdict, Stop::Silence);
            }
            thread::yield_now();
        }
    }

    /// Sends as much of `bytes` as the server takes, and returns how much that was: all of them, or
    /// less if it closes the connection or stops reading. Never fails.
    pub fn flood(&mut self, bytes: &[u8]) -> usize {
        let (taken, _) = write_for(&self.stream, bytes, STALL);
        self.sent.bytes.extend_from_slice(&bytes[..taken]);
        self.sent.pieces += 1;
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
        self.sent.bytes.extend_from_slice(bytes);
        self.sent.pieces += 1;
        let stream = &self.stream;
        let (received, stop) = thread::scope(|scope| {
            // What can't be sent shows as what isn't received.
            scope.spawn(|| write_for(stream, bytes, DEADLINE));
            let outcome = receive(stream, expected.len(), Some(expected));
            if outcome.1 != Stop::Enough || outcome.0 != expected {
                // The verdict is certain: don't wait for a writer that is stuck.
                let _ = stream.set_write_timeout(Some(Duration::from_millis(1)));
            }
            outcome
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

    /// Expects just `expected` as the next bytes.
    ///
    /// # Panics
    ///
    /// With a verdict, if other bytes come, or too few within [`DEADLINE`].
    #[track_caller]
    pub fn expect(&mut self, expected: &[u8]) {
        let (received, stop) = receive(&self.stream, expected.len(), Some(expected));
        self.judge(expected, &received, stop);
    }

    /// Expects `expected` and then the orderly end of the connection.
    ///
    /// # Panics
    ///
    /// With a verdict, if other bytes come, or too few, or more, or no end within [`DEADLINE`].
    #[track_caller]
    pub fn expect_last(&mut self, expected: &[u8]) {
        self.expect(expected);
        self.expect_end();
    }

    /// Expects the orderly end of the connection (end of file), and nothing before it.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes come, or a reset, or nothing within [`DEADLINE`].
    #[track_caller]
    pub fn expect_end(&mut self) {
        let (received, stop) = receive(&self.stream, 1, None);
        if stop != Stop::End {
            self.fail_expecting("the end of the connection", received, stop);
        }
    }

    /// Expects a reset, and nothing before it.
    ///
    /// # Panics
    ///
    /// With a verdict, if bytes come, or an orderly end, or nothing within [`DEADLINE`].
    #[track_caller]
    pub fn expect_reset(&mut self) {
        let (received, stop) = receive(&self.stream, 1, None);
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
    /// With a verdict, if the connection is reset, or silent for [`DEADLINE`].
    #[track_caller]
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let (received, stop) = receive(&self.stream, usize::MAX, None);
        if stop != Stop::End {
            self.fail_expecting("bytes, then the end of the connection", received, stop);
        }
        self.sent = Sent::default();
        received
    }

    /// Fails unless `received` is `expected`; otherwise begins a new account of what is sent.
    #[track_caller]
    fn judge(&mut self, expected: &[u8], received: &[u8], stop: Stop) {
        let Some(lines) = compare(expected, received, stop) else {
            self.sent = Sent::default();
            return;
        };
        let mut verdict = self.verdict(patience(stop));
        if received.is_empty() {
            verdict.row("expected", &excerpt(expected, 40));
            verdict.row("received", &format!("nothing{}", how_it_stopped(stop)));
        } else {
            verdict.lines(lines);
        }
        self.fail(verdict, stop);
    }

    #[track_caller]
    fn fail_expecting(&self, expected: &str, mut received: Vec<u8>, stop: Stop) -> ! {
        let mut stop = stop;
        if stop == Stop::Enough {
            let (rest, then) = receive_for(&self.stream, REST, 4096);
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
        let fate = if received.is_empty() || stop != Stop::Silence {
            how_it_stopped(stop)
        } else {
            ""
        };
        verdict.row("received", &format!("{bytes}{fate}"));
        self.fail(verdict, stop)
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
        let (taken, of) = (count(taken, "byte"), count(of, "byte"));
        let why = match stop {
            Stop::Silence => format!("no further byte taken within {}", duration(DEADLINE)),
            _ => error.to_string(),
        };
        verdict.row("received", &format!("it took {taken} of {of}; {why}"));
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
        verdict.row("sent", &sent);
        verdict
    }

    #[track_caller]
    fn fail(&self, verdict: Verdict, stop: Stop) -> ! {
        let waiting = (stop == Stop::Silence).then_some(Waiting {
            client: Some(self.address),
        });
        self.peer.fail(verdict, waiting)
    }
}

fn open(to: SocketAddr, receive_buffer: Option<usize>) -> io::Result<(TcpStream, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    if let Some(size) = receive_buffer {
        // Before connecting: the window is agreed upon in the handshake (tcp(7)).
        socket.set_recv_buffer_size(size)?;
    }
    socket.connect_timeout(&to.into(), DEADLINE)?;
    // Each piece goes out at once, as its own segment.
    socket.set_tcp_nodelay(true)?;
    let stream = TcpStream::from(socket);
    let address = stream.local_addr()?;
    Ok((stream, address))
}

/// How long to wait for the process to end, given how the connection stopped.
fn patience(stop: Stop) -> Duration {
    match stop {
        Stop::End | Stop::Reset => END,
        Stop::Enough | Stop::Silence => Duration::ZERO,
    }
}

fn how_it_stopped(stop: Stop) -> &'static str {
    match stop {
        Stop::Enough => "",
        Stop::Silence => " within 3 s",
        Stop::End => ", then the connection ended",
        Stop::Reset => ", then the connection was reset",
    }
}

/// Reads up to `size` bytes, stopping early (and a little later) where they aren't `expected`.
fn receive(stream: &TcpStream, size: usize, expected: Option<&[u8]>) -> (Vec<u8>, Stop) {
    let deadline = Instant::now() + LONGEST;
    let mut received = Vec::new();
    let mut chunk = [0; 16 * 1024];
    while received.len() < size {
        let limit = DEADLINE.min(deadline.saturating_duration_since(Instant::now()));
        let room = chunk.len().min(size - received.len());
        let new = match read_within(stream, &mut chunk[..room], limit) {
            Ok(0) => return (received, Stop::End),
            Ok(new) => new,
            Err(error) if is_timeout(&error) => return (received, Stop::Silence),
            Err(_) => return (received, Stop::Reset),
        };
        let from = received.len();
        received.extend_from_slice(&chunk[..new]);
        if expected.is_some_and(|expected| expected[from..from + new] != chunk[..new]) {
            let (rest, _) = receive_for(stream, REST, size - received.len());
            received.extend(rest);
            return (received, Stop::Enough);
        }
    }
    (received, Stop::Enough)
}

/// Reads up to `size` bytes for as long as they come at intervals below `pause`.
fn receive_for(stream: &TcpStream, pause: Duration, size: usize) -> (Vec<u8>, Stop) {
    let deadline = Instant::now() + DEADLINE;
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    while received.len() < size && Instant::now() < deadline {
        let room = chunk.len().min(size - received.len());
        match read_within(stream, &mut chunk[..room], pause) {
            Ok(0) => return (received, Stop::End),
            Ok(new) => received.extend_from_slice(&chunk[..new]),
            Err(error) if is_timeout(&error) => return (received, Stop::Silence),
            Err(_) => return (received, Stop::Reset),
        }
    }
    (received, Stop::Enough)
}

fn read_within(mut stream: &TcpStream, buffer: &mut [u8], limit: Duration) -> io::Result<usize> {
    // A timeout of zero would be none at all.
    stream.set_read_timeout(Some(limit.max(Duration::from_millis(1))))?;
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Writes `bytes`; gives up when none is taken for `pause`. Returns how many were taken.
fn write_for(mut stream: &TcpStream, bytes: &[u8], pause: Duration) -> (usize, io::Result<()>) {
    if let Err(error) = stream.set_write_timeout(Some(pause)) {
        return (0, Err(error));
    }
    let mut taken = 0;
    while taken < bytes.len() {
        match stream.write(&bytes[taken..]) {
            Ok(size) => taken += size,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (taken, Err(error)),
        }
    }
    (taken, Ok(()))
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
