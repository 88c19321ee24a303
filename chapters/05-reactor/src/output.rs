//! What one connection has still to send: bytes and pieces of files, in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, IoSlice};
use std::net::TcpStream;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use nix::sys::sendfile::sendfile64;
use nix::sys::socket::MsgFlags;
use socket2::SockRef;
use tracing::trace;

use crate::Buffer;

/// “More follows”: the kernel holds a segment that isn't full, so that a head and the start of its
/// file share one (`send(2)`). nix has no name for it; the number is Linux's on every architecture.
const MSG_MORE: i32 = 0x8000;

/// A queue of bytes and file ranges.
///
/// ```text
///   head         behind[0]            behind[1]
///  ┌───────┐   ┌───────┬───────┐   ┌───────┬───────┐
///  │ bytes │ → │ file  │ bytes │ → │ file  │ bytes │
///  └───────┘   └───────┴───────┘   └───────┴───────┘
/// ```
///
/// Each file carries the bytes that follow it, so neighbouring bytes always merge.
#[derive(Debug, Default)]
pub(crate) struct Output {
    head: Buffer,
    behind: VecDeque<(FileRange, Buffer)>,
    /// Bytes in `behind`.
    pending_behind: u64,
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
                tail.extend(bytes);
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

    /// Appends the bytes `range` of `file`.
    pub fn push_file(&mut self, file: Arc<File>, range: Range<u64>) {
        let left = range.end.saturating_sub(range.start);
        if left == 0 {
            return;
        }
        // A file can't be longer than i64::MAX; beyond its end there is nothing to send either way.
        let offset = i64::try_from(range.start).unwrap_or(i64::MAX);
        self.pending_behind += left;
        self.behind
            .push_back((FileRange { file, offset, left }, Buffer::new()));
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
            let step = if self.head.is_empty() {
                self.send_file(stream, allowed)
            } else {
                self.send_head(stream, allowed)
            };
            match step {
                Ok((sent, offered)) => {
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

    // ANCHOR: send_head
    /// Sends from the head: how many bytes went, and how many were offered.
    fn send_head(&mut self, stream: &TcpStream, allowed: usize) -> io::Result<(usize, usize)> {
        let offered = self.head.len().min(allowed);
        let more = if self.behind.is_empty() { 0 } else { MSG_MORE };
        let sent = send(stream, &self.head[..offered], more)?;
        self.head.consume(sent);
        Ok((sent, offered))
    }
    // ANCHOR_END: send_head

    // ANCHOR: send_file
    /// Sends from the first file, within the kernel: its bytes never come here (`sendfile(2)`).
    fn send_file(&mut self, stream: &TcpStream, allowed: usize) -> io::Result<(usize, usize)> {
        let Some((range, _)) = self.behind.front_mut() else {
            return Ok((0, 0)); // not reached: without a head and files, nothing is pending
        };
        // sendfile has no flag against SIGPIPE, but Rust's start-up code has the process ignore it.
        let offered = usize::try_from(range.left).map_or(allowed, |left| left.min(allowed));
        let sent = sendfile64(stream, &*range.file, Some(&mut range.offset), offered)?;
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
        range.left -= sent as u64;
        self.pending_behind -= sent as u64;
        if range.left == 0
            && let Some((_, tail)) = self.behind.pop_front()
            && !tail.is_empty()
        {
            self.pending_behind -= tail.len() as u64;
            self.head = tail;
        }
        Ok((sent, offered))
    }
    // ANCHOR_END: send_file
}

/// Offers `bytes` to the socket; returns how many it took.
fn send(stream: &TcpStream, bytes: &[u8], more: i32) -> io::Result<usize> {
    // Without MSG_NOSIGNAL, writing to a peer that has gone would raise SIGPIPE.
    let flags = MsgFlags::MSG_NOSIGNAL.bits() | more;
    let sent = SockRef::from(stream).send_with_flags(bytes, flags)?;
    trace_write(stream, bytes, sent);
    Ok(sent)
}

/// Offers `pieces`, one behind the other, to the socket; returns how many bytes it took.
pub(crate) fn send_pieces(stream: &TcpStream, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    // As in `send`; `writev` has no such flag.
    SockRef::from(stream).send_vectored_with_flags(pieces, MsgFlags::MSG_NOSIGNAL.bits())
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
