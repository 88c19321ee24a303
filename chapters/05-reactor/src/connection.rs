//! One connection: its socket, its input and output, and how it ends.

use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use nix::sys::epoll::EpollFlags;
use socket2::SockRef;
use tracing::{Level, enabled, trace};

use crate::fast::armed::{Armed, short_read_is_all};
use crate::fast::spare::Spare;
use crate::ledger::Account;
use crate::output::{Output, Sent};
use crate::phase::{PeerSends, Phase};
use crate::received::{Left, Received};
use crate::slots::Key;
use crate::{Buffer, Closed, Limits};

/// Names one connection for as long as it lives. Once that is gone, it names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub(crate) Key);

/// Unconsumed input up to this size is put before the bytes of the next read; longer input has
/// those bytes appended. Either way the smaller part is copied.
pub(crate) const HEADROOM: usize = 4 * 1024;

/// How far a flush has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Nothing is left.
    All,
    /// Nothing is left, and our direction is closed from now on.
    Lingers,
    /// Output is left, and the socket has taken none now.
    Stuck,
    /// Output is left, and the socket has taken some.
    Some,
    /// The limit of one turn is reached; the rest goes in the next.
    Limit,
}

/// Whether a connection's handler wants input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    On,
    /// Not until it is resumed.
    Paused,
    /// It is listed to be offered its input again.
    Resumed,
}

/// Whether a full connection is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhenFull {
    /// No: its peer causes the output.
    Rests,
    /// Yes: its peer may wait for us as we wait for it.
    Reads,
}

/// Whether more may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    On,
    /// No more follows what is queued.
    Ends,
    /// The peer has been told so.
    Ended,
}

#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    phase: Phase,
    /// What epoll watches for, so that it is told of changes only.
    armed: Armed,
    /// Input that was left unconsumed. None on an idle connection.
    input: Option<Box<Buffer>>,
    /// Output that was not sent yet. None on an idle connection.
    output: Option<Box<Output>>,
    reading: Reading,
    /// Output has reached the high-water mark, and not fallen below the low one since.
    full: bool,
    when_full: WhenFull,
    sending: Sending,
    /// Listed to be flushed at the end of the turn.
    flush_queued: bool,
    /// Its handler has been told that the server is going down.
    told_of_stop: bool,
    /// The door that it came in by, if it came in.
    door: Option<u16>,
    /// What it holds.
    account: Account,
}

impl Connection {
    /// `stream` must not block.
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            phase: Phase::Open,
            armed: Armed::Edge,
            input: None,
            output: None,
            reading: Reading::On,
            full: false,
            when_full: WhenFull::Rests,
            sending: Sending::On,
            flush_queued: false,
            told_of_stop: false,
            door: None,
            account: Account::default(),
        }
    }

    #[inline]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub fn fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether callbacks other than `on_close` may still come.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ended)
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Whether it has no output that waits, so that an answer may be written at once.
    pub fn may_answer_at_once(&self) -> bool {
        self.output.is_none()
    }

    /// Bytes of output that the socket has not taken yet.
    pub fn pending(&self) -> u64 {
        self.output.as_ref().map_or(0, |output| output.pending())
    }

    /// Bytes of this program's memory that it holds.
    pub fn held(&self) -> usize {
        let input = self.input.as_ref().map_or(0, |input| input.capacity());
        let output = self.output.as_ref().map_or(0, |output| output.held());
        input + output + self.account.of_handler()
    }

    /// What it holds.
    pub fn account(&self) -> Account {
        self.account
    }

    /// What it holds, to be changed.
    pub fn account_mut(&mut self) -> &mut Account {
        &mut self.account
    }

    /// The door that it came in by, if it came in.
    pub fn door(&self) -> Option<u16> {
        self.door
    }

    /// It came in by this door.
    pub fn came_in_by(&mut self, door: u16) {
        self.door = Some(door);
    }

    /// Whether its input rests because its output is full.
    #[inline]
    fn rests(&self) -> bool {
        self.full && self.when_full == WhenFull::Rests
    }

    /// Reads even while the output is full.
    pub fn keep_reading(&mut self) {
        self.when_full = WhenFull::Reads;
    }

    /// Takes no more output, and tells the peer so once what is queued has been sent.
    pub fn finish(&mut self) {
        if self.sending == Sending::On {
            self.sending = Sending::Ends;
        }
    }

    /// How many bytes to read now; 0 while no input is wanted.
    #[inline]
    fn room(&self, limits: &Limits) -> usize {
        if self.phase != Phase::Open || self.rests() || self.reading != Reading::On {
            return 0;
        }
        let kept = self.input.as_ref().map_or(0, |input| input.len());
        limits.read.min(limits.input.saturating_sub(kept))
    }

    // ANCHOR: receive
    /// Reads once into `scratch`, after epoll's `report`.
    ///
    /// There is no second `recv` to hear `EAGAIN`: if one doesn't bring as much as it may, no more
    /// is there, unless something has cut it short.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub fn receive(
        &mut self,
        report: EpollFlags,
        limits: &Limits,
        scratch: &mut Buffer,
    ) -> Received {
        let room = self.room(limits);
        if room == 0 {
            return self.discard(limits, scratch);
        }
        let result = (&self.stream).read(scratch.space(HEADROOM, room));
        let Ok(count @ 1..) = result else {
            return self.received_nothing(result);
        };
        scratch.filled(HEADROOM, count);
        if enabled!(Level::TRACE) {
            self.trace_read(scratch);
        }
        let left = if count < room && short_read_is_all(report) {
            Left::Nothing
        } else {
            Left::Perhaps
        };
        match (&self.input, &self.output) {
            (None, None) => Received::All(left),
            _ => Received::More(left),
        }
    }
    // ANCHOR_END: receive

    #[cold]
    fn received_nothing(&mut self, result: io::Result<usize>) -> Received {
        match result {
            Ok(_) => {
                trace!(fd = self.fd(), "eof");
                self.phase = Phase::Ended;
                Received::End
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd = self.fd(), call = "read", "would-block");
                Received::Nothing
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Received::Unwanted,
            Err(error) => Received::Failed(self.failed("read", &error)),
        }
    }

    /// Input has come to a connection that doesn't read. If it lingers, that is thrown away, until
    /// the peer has closed its direction too or has sent too much.
    #[cold]
    fn discard(&mut self, limits: &Limits, scratch: &mut Buffer) -> Received {
        let Phase::Lingering { dropped } = self.phase else {
            return Received::Unwanted;
        };
        let count = match (&self.stream).read(scratch.all()) {
            Ok(0) => return Received::Failed(Closed::Finished),
            Ok(count) => count as u64,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Received::Discarded,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Received::Discarded,
            Err(error) => return Received::Failed(self.failed("read", &error)),
        };
        trace!(fd = self.fd(), bytes = count, "discard");
        let dropped = dropped.saturating_add(count);
        self.phase = Phase::Lingering { dropped };
        if dropped > limits.linger_bytes {
            return Received::Failed(Closed::Finished);
        }
        Received::Discarded
    }

    /// Lends the input to a callback: the kept buffer with what is in `scratch` behind it, or
    /// `None` if `scratch` holds it all.
    pub fn lend_input(&mut self, scratch: &mut Buffer) -> Option<Box<Buffer>> {
        let mut kept = self.input.take()?;
        if scratch.prepend(&kept) {
            return None;
        }
        kept.extend(scratch);
        Some(kept)
    }

    /// Keeps what a callback has left unconsumed; without such bytes, no memory is kept.
    ///
    /// # Errors
    /// [`Closed::InputFull`] if that leaves no room for more, and nothing will make room.
    #[inline(never)]
    pub fn keep_input(
        &mut self,
        lent: Option<Box<Buffer>>,
        scratch: &mut Buffer,
        limits: &Limits,
    ) -> Result<(), Closed> {
        let length = lent.as_deref().unwrap_or(scratch).len();
        if length > 0 && self.is_open() {
            self.input = match lent {
                // A buffer far larger than its content is exchanged for one that fits.
                Some(kept) if kept.capacity() <= 4 * length => Some(kept),
                Some(kept) => Some(Box::new(Buffer::from(&kept[..]))),
                None => Some(Box::new(Buffer::from(&scratch[..]))),
            };
        }
        scratch.clear();
        let waits = self.phase == Phase::Open && !self.rests() && self.reading == Reading::On;
        if waits && length >= limits.input {
            trace!(fd = self.fd(), bytes = length, "input-full");
            return Err(Closed::InputFull);
        }
        Ok(())
    }

    /// Whether its handler may be offered input now.
    pub fn may_be_offered(&self) -> bool {
        self.is_open() && !self.rests() && self.reading != Reading::Paused
    }

    /// Whether an offer is owed: of input that was left, or because the handler asked for it.
    pub fn is_owed_an_offer(&self) -> bool {
        self.input.is_some() || self.reading == Reading::Resumed
    }

    /// Its handler wants no more input.
    pub fn pause(&mut self) {
        self.reading = Reading::Paused;
    }

    /// Its handler wants to be offered its input again. Tells whether that is news.
    pub fn resume(&mut self) -> bool {
        let news = self.is_open() && self.reading != Reading::Resumed;
        if news {
            self.reading = Reading::Resumed;
        }
        news
    }

    /// The offer that was asked for is made now.
    pub fn offered(&mut self) {
        if self.reading == Reading::Resumed {
            self.reading = Reading::On;
        }
    }

    /// Whether its handler is to be told now that the server goes down. It is told once, and not
    /// while the output is full, so that input which was left for that reason comes first.
    pub fn tell_of_stop(&mut self) -> bool {
        let tell = self.is_open() && !self.rests() && !self.told_of_stop;
        self.told_of_stop |= tell;
        tell
    }

    /// Adds to the output, unless the connection is being closed.
    pub fn push(&mut self, limits: &Limits, spare: &mut Spare, add: impl FnOnce(&mut Output)) {
        if !self.is_open() || self.sending != Sending::On {
            return;
        }
        let output = self.output.get_or_insert_with(|| spare.take());
        add(output);
        self.full |= output.pending() >= limits.high_water || output.files() >= limits.files;
    }

    /// Takes no more input until its output, if there is some, has drained.
    pub fn fill(&mut self) {
        self.full |= self.pending() > 0;
    }

    /// Is offered its input in the next turn instead.
    pub fn postpone(&mut self) {
        self.reading = Reading::Resumed;
    }

    /// Notes that a flush is to come. Tells whether that is news.
    pub fn queue_flush(&mut self) -> bool {
        !mem::replace(&mut self.flush_queued, true)
    }

    /// Sends what is queued as far as the socket and the limit allow, and goes on with closing.
    ///
    /// # Errors
    /// Why the connection has ended, if it has.
    pub fn flush(&mut self, limits: &Limits, spare: &mut Spare) -> Result<Flushed, Closed> {
        self.flush_queued = false;
        if let Some(output) = &mut self.output {
            let before = output.pending();
            let result = output.send(&self.stream, limits.write);
            let moved = output.pending() < before;
            match result {
                Ok(Sent::All) => spare.put(self.output.take()),
                Ok(Sent::UntilFull) if moved => return Ok(Flushed::Some),
                Ok(Sent::UntilFull) => return Ok(Flushed::Stuck),
                Ok(Sent::UntilLimit) => return Ok(Flushed::Limit),
                Err(error) => return Err(self.failed("write", &error)),
            }
        }
        match self.phase {
            Phase::Closing { peer, .. } => return self.shut_down(peer),
            _ if self.sending == Sending::Ends => {
                trace!(fd = self.fd(), how = "write", "shutdown");
                let _ = self.stream.shutdown(Shutdown::Write); // fails if the peer has gone: a read tells
                self.sending = Sending::Ended;
            }
            _ => {}
        }
        Ok(Flushed::All)
    }

    /// All output of a closing connection is sent: lingers if the peer may still be sending.
    fn shut_down(&mut self, peer: PeerSends) -> Result<Flushed, Closed> {
        if peer == PeerSends::No || self.stream.shutdown(Shutdown::Write).is_err() {
            return Err(Closed::Finished);
        }
        trace!(fd = self.fd(), how = "write", "shutdown");
        self.phase = Phase::Lingering { dropped: 0 };
        Ok(Flushed::Lingers)
    }

    /// Whether output that was full has fallen below the low-water mark; true once.
    pub fn has_drained(&mut self, limits: &Limits) -> bool {
        let files = self.output.as_ref().map_or(0, |output| output.files());
        let drained = self.full && self.pending() < limits.low_water && files <= limits.files / 2;
        self.full &= !drained;
        drained
    }

    // ANCHOR: settle
    /// What epoll has to be told to watch for, unless it has been told: input while that is wanted,
    /// and room to write only while output waits for it. A spent edge is armed anew.
    pub fn to_arm(&self, limits: &Limits) -> Option<Armed> {
        let reads = self.room(limits) > 0 || matches!(self.phase, Phase::Lingering { .. });
        let writes = self.output.is_some() && !self.flush_queued;
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, reads);
        interest.set(EpollFlags::EPOLLOUT, writes);
        let needed = if interest == EpollFlags::EPOLLIN && self.phase == Phase::Open {
            Armed::Edge
        } else {
            Armed::Level(interest)
        };
        (self.armed != needed).then_some(needed)
    }
    // ANCHOR_END: settle

    /// Epoll has been told.
    pub fn arm(&mut self, armed: Armed) {
        self.armed = armed;
    }

    /// A report has been taken, and there may be more.
    pub fn spend_edge(&mut self) {
        self.armed.spend();
    }

    /// Takes no more output and no more input. At `by` it is cut, if it hasn't sent all by then.
    pub fn close(&mut self, by: u64) {
        let (peer, by) = match self.phase {
            Phase::Open => (PeerSends::Yes, by),
            Phase::Ended => (PeerSends::No, by),
            Phase::Closing { peer, by: earlier } => (peer, by.min(earlier)),
            Phase::Lingering { .. } | Phase::Dead(_) => return,
        };
        self.phase = Phase::Closing { peer, by };
        self.input = None;
    }

    /// Marks it dead. Tells whether it wasn't before.
    pub fn kill(&mut self, why: Closed) -> bool {
        let alive = !matches!(self.phase, Phase::Dead(_));
        if alive {
            self.phase = Phase::Dead(why);
        }
        alive
    }

    /// Closes the descriptor; returns why the connection has died.
    pub fn bury(self) -> Closed {
        let Phase::Dead(why) = self.phase else {
            return Closed::Aborted; // not reached: only the dead are buried
        };
        if why != Closed::Finished {
            // With a linger time of zero, close sends RST and frees the kernel's send buffer;
            // otherwise it would go on offering that to a peer which may never read (socket(7)).
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
        trace!(fd = self.fd(), why = ?why, "close");
        why
    }

    /// A system call has failed for good: why the connection has ended.
    pub fn failed(&self, call: &str, error: &io::Error) -> Closed {
        trace!(fd = self.fd(), call, %error, "error");
        match (self.phase, error.kind()) {
            (Phase::Lingering { .. }, _) => Closed::Finished,
            (_, ErrorKind::UnexpectedEof) => Closed::FileEnded,
            (_, kind) => Closed::Failed(kind),
        }
    }

    /// As [`crate::output`] does: out of the way of those who don't trace.
    #[cold]
    #[inline(never)]
    fn trace_read(&self, bytes: &[u8]) {
        trace!(fd = self.fd(), bytes = bytes.len(), data = bytes, "read");
    }
}

#[cfg(test)]
mod tests;
