//! What one connection has still to send: bytes and pieces of files, in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, IoSlice};
use std::iter;
use std::net::TcpStream;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use nix::sys::sendfile::sendfile64;
use nix::sys::socket::MsgFlags;
use socket2::SockRef;
use tracing::{Level, enabled, trace};

use crate::Buffer;

/// “More follows”: the kernel holds a segment that isn't full, so that a head and the start of its
/// file share one (`send(2)`). nix has no name for it; the number is Linux's on every architecture.
const MSG_MORE: i32 = 0x8000;

/// From this many bytes on, to share costs less than to copy.
const SHARED: usize = 512;

/// Pieces of bytes that one system call sends.
const PIECES: usize = 16;

/// A queue of bytes, shared bytes and file ranges.
///
/// ```text
///   head         behind[0]             behind[1]
///  ┌───────┐   ┌────────┬───────┐   ┌────────┬───────┐
///  │ bytes │ → │ file   │ bytes │ → │ shared │ bytes │
///  └───────┘   └────────┴───────┘   └────────┴───────┘
/// ```
///
/// Each foreign piece carries the bytes that follow it, so neighbouring bytes always merge.
#[derive(Debug, Default)]
pub(crate) struct Output {
    head: Buffer,
    behind: VecDeque<(Foreign, Buffer)>,
    /// Bytes in `behind`.
    pending_behind: u64,
    /// Bytes of memory of the tails in `behind`.
    tails: usize,
    /// File ranges in `behind`. Each may hold a descriptor, however short it is.
    files: usize,
}

/// What is sent from where it lies.
#[derive(Debug)]
enum Foreign {
    Shared(Bytes),
    File(FileRange),
}

#[derive(Debug)]
struct FileRange {
    file: Arc<File>,
    offset: i64,
    left: u64,
}

/// Why [`Output::send`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Nothing is left.
    All,
    /// The socket's buffer is full; epoll tells when there is room.
    UntilFull,
    /// The limit is reached, and the socket would take more.
    UntilLimit,
}

impl Output {
    /// Bytes that are queued, those of files included.
    #[inline]
    pub fn pending(&self) -> u64 {
        self.head.len() as u64 + self.pending_behind
    }

    /// File ranges that are queued.
    #[inline]
    pub fn files(&self) -> usize {
        self.files
    }

    /// Bytes of memory that the queue holds. What it shares is not among them: it is there for others
    /// too, and may be for all.
    pub fn held(&self) -> usize {
        self.head.capacity() + self.tails + self.behind.len() * size_of::<(Foreign, Buffer)>()
    }

    /// Bytes of memory that the queue keeps when it is empty.
    pub fn capacity(&self) -> usize {
        self.head.capacity()
    }

    /// Appends a copy of `bytes`.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        match self.behind.back_mut() {
            None => self.head.extend(bytes),
            Some((_, tail)) => {
                let before = tail.capacity();
                tail.extend(bytes);
                self.tails += tail.capacity() - before;
                self.pending_behind += bytes.len() as u64;
            }
        }
    }

    /// Appends the content of `bytes`, and its memory where that is of use.
    pub fn push_buffer(&mut self, bytes: Buffer) {
        if self.pending() == 0 {
            self.head = bytes;
        } else {
            self.push(&bytes);
        }
    }

    /// Appends `bytes`, which others may send too. Short ones are copied.
    pub fn push_shared(&mut self, bytes: Bytes) {
        if bytes.len() < SHARED {
            return self.push(&bytes);
        }
        self.pending_behind += bytes.len() as u64;
        let shared = Foreign::Shared(bytes);
        self.behind.push_back((shared, Buffer::new()));
    }

    /// Appends the bytes `range` of `file`.
    pub fn push_file(&mut self, file: Arc<File>, range: Range<u64>) {
        let left = range.end.saturating_sub(range.start);
        if left == 0 {
            return;
        }
        // A file can't be longer than i64::MAX; beyond its end there is nothing to send either way.
        let offset = i64::try_from(range.start).unwrap_or(i64::MAX);
        self.pending_behind += left;
        self.files += 1;
        let file = Foreign::File(FileRange { file, offset, left });
        self.behind.push_back((file, Buffer::new()));
    }

    /// Sends until nothing is left, the socket is full, or `limit` bytes have gone.
    ///
    /// A short write says that the buffer is full: there is no second call to hear `EAGAIN`.
    ///
    /// # Errors
    /// As `send(2)` and `sendfile(2)`; `UnexpectedEof` if a file ends before its range does.
    pub fn send(&mut self, stream: &TcpStream, limit: usize) -> io::Result<Sent> {
        let mut allowed = limit;
        while self.pending() > 0 {
            if allowed == 0 {
                return Ok(Sent::UntilLimit);
            }
            let step = match self.behind.front_mut() {
                Some((Foreign::File(range), _)) if self.head.is_empty() => {
                    range.send(stream, allowed)
                }
                _ => self.send_bytes(stream, allowed),
            };
            match step {
                Ok((sent, offered)) => {
                    self.sent(sent);
                    allowed -= sent;
                    if sent < offered {
                        return Ok(Sent::UntilFull);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace!(fd = stream.as_raw_fd(), call = "write", "would-block");
                    return Ok(Sent::UntilFull);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Sent::All)
    }

    // ANCHOR: send_bytes
    /// Sends bytes from the front, up to the first file: how many went, and how many were offered.
    fn send_bytes(&self, stream: &TcpStream, allowed: usize) -> io::Result<(usize, usize)> {
        let mut pieces = [IoSlice::new(&[]); PIECES];
        let mut offered = 0;
        for (piece, bytes) in pieces.iter_mut().zip(self.front_bytes()) {
            let bytes = &bytes[..bytes.len().min(allowed - offered)];
            *piece = IoSlice::new(bytes);
            offered += bytes.len();
        }
        let all = self.pending() == offered as u64;
        let more = if all { 0 } else { MSG_MORE };
        let sent = send_pieces(stream, &pieces, more)?;
        if enabled!(Level::TRACE) {
            let bytes = pieces.iter().flat_map(|piece| piece.iter().copied());
            trace_write(stream, &bytes.collect::<Vec<_>>(), sent);
        }
        Ok((sent, offered))
    }
    // ANCHOR_END: send_bytes

    /// The bytes before the first file, piece by piece.
    fn front_bytes(&self) -> impl Iterator<Item = &[u8]> {
        let behind = self
            .behind
            .iter()
            .map_while(|(foreign, tail)| match foreign {
                Foreign::Shared(bytes) => Some([&bytes[..], &tail[..]]),
                Foreign::File(_) => None,
            });
        iter::once(&self.head[..])
            .chain(behind.flatten())
            .filter(|bytes| !bytes.is_empty())
    }

    /// Takes `count` bytes, which have gone, from the front.
    fn sent(&mut self, mut count: usize) {
        loop {
            let own = count.min(self.head.len());
            self.head.consume(own);
            count -= own;
            if count == 0 {
                return;
            }
            let Some((foreign, _)) = self.behind.front_mut() else {
                return; // not reached: no more goes than there is
            };
            let (step, left) = foreign.consume(count);
            count -= step;
            self.pending_behind -= step as u64;
            if left == 0
                && let Some((foreign, tail)) = self.behind.pop_front()
            {
                self.files -= usize::from(matches!(foreign, Foreign::File(_)));
                self.tails -= tail.capacity();
                if !tail.is_empty() {
                    self.pending_behind -= tail.len() as u64;
                    self.head = tail;
                }
            }
        }
    }
}

impl Foreign {
    /// Takes up to `count` bytes from the front: how many, and how many are left.
    fn consume(&mut self, count: usize) -> (usize, u64) {
        match self {
            Self::Shared(bytes) => {
                let count = count.min(bytes.len());
                bytes.advance(count);
                (count, bytes.len() as u64)
            }
            Self::File(range) => {
                range.left -= count as u64; // all of it is the file's: it is sent by itself
                (count, range.left)
            }
        }
    }
}

impl FileRange {
    // ANCHOR: send_file
    /// Sends from the file, within the kernel: its bytes never come here (`sendfile(2)`).
    fn send(&mut self, stream: &TcpStream, allowed: usize) -> io::Result<(usize, usize)> {
        // sendfile has no flag against SIGPIPE, but Rust's start-up code has the process ignore it.
        let offered = usize::try_from(self.left).map_or(allowed, |left| left.min(allowed));
        let sent = sendfile64(stream, &*self.file, Some(&mut self.offset), offered)?;
        if sent == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        trace!(
            fd = stream.as_raw_fd(),
            bytes = sent,
            of = offered,
            call = "sendfile",
            "write"
        );
        Ok((sent, offered))
    }
    // ANCHOR_END: send_file
}

/// Offers `pieces`, one behind the other, to the socket; returns how many bytes it took.
pub(crate) fn send_pieces(
    stream: &TcpStream,
    pieces: &[IoSlice<'_>],
    more: i32,
) -> io::Result<usize> {
    // Without MSG_NOSIGNAL, writing to a peer that has gone would raise SIGPIPE.
    let flags = MsgFlags::MSG_NOSIGNAL.bits() | more;
    SockRef::from(stream).send_vectored_with_flags(pieces, flags)
}

/// Out of the way of those who don't trace: what `trace!` needs to format an event would cost the
/// fast path its registers.
#[cold]
#[inline(never)]
pub(crate) fn trace_write(stream: &TcpStream, bytes: &[u8], sent: usize) {
    let fd = stream.as_raw_fd();
    trace!(
        fd,
        bytes = sent,
        data = &bytes[..sent],
        of = bytes.len(),
        "write"
    );
}

#[cfg(test)]
mod tests;
