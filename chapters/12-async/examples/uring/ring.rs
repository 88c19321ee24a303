//! `io_uring` behind an interface that is safe: this module owns every byte that the kernel may touch.
//!
//! Two kinds of memory are the kernel's for a while: the buffers that it fills, and the bytes that it
//! sends. Both live here until the kernel says that it is done with them, or for as long as the
//! process does. So it doesn't matter what the caller forgets or drops.
#![expect(
    unsafe_code,
    reason = "memory that the kernel reads and writes between two calls"
)]

use std::alloc::{Layout, alloc_zeroed};
use std::io;
use std::mem;
use std::net::TcpStream;
use std::os::fd::{FromRawFd, RawFd};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU16, Ordering};

use io_uring::types::{BufRingEntry, Fd};
use io_uring::{IoUring, cqueue, opcode, squeue};
use slab::Slab;

/// How many buffers the kernel may fill before one comes back; a power of two.
const BUFFERS: u16 = 256;
const BUFFER_SIZE: u32 = 16 * 1024;
/// The group that our buffers form.
const GROUP: u16 = 0;
/// A page, as the ring of buffers must begin at one.
const PAGE: usize = 4096;
/// How many requests fit between two calls.
const REQUESTS: u32 = 1024;

/// What the caller gets back with each completion. The upper bits are the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    Accept,
    Receive(u32),
    Send(u32),
    Cancel,
}

/// What the kernel has done.
pub struct Completion<'a> {
    pub request: Request,
    /// The number of bytes, or an error.
    pub result: io::Result<u32>,
    /// What was accepted.
    pub stream: Option<TcpStream>,
    /// What was received.
    pub input: &'a [u8],
    /// The request goes on: more completions will come of it.
    pub more: bool,
}

/// A ring, with its buffers.
pub struct Ring {
    uring: IoUring,
    buffers: Buffers,
    /// What is being sent, until it is.
    sending: Slab<Vec<u8>>,
}

/// Buffers that the kernel takes from a ring of their own (`io_uring_setup_buf_ring(3)`).
struct Buffers {
    ring: NonNull<BufRingEntry>,
    memory: NonNull<u8>,
    tail: u16,
}

impl Ring {
    /// # Errors
    /// If the kernel has no `io_uring` or this process may not use it: `ENOSYS`, `EPERM`, `EINVAL`.
    pub fn new() -> io::Result<Self> {
        let uring = IoUring::builder()
            .setup_single_issuer() // one thread asks …
            .setup_defer_taskrun() // … and the kernel's part is done when that thread waits
            .setup_cqsize(4 * REQUESTS)
            .build(REQUESTS)?;
        let buffers = Buffers::new().ok_or(io::ErrorKind::OutOfMemory)?;
        let ring = buffers.ring.as_ptr() as u64;
        // SAFETY: `ring` is zeroed memory for BUFFERS entries, aligned to a page, never freed.
        unsafe {
            uring
                .submitter()
                .register_buf_ring_with_flags(ring, BUFFERS, GROUP, 0)?;
        }
        let mut ring = Self {
            uring,
            buffers,
            sending: Slab::new(),
        };
        for number in 0..BUFFERS {
            ring.buffers.give(number);
        }
        Ok(ring)
    }

    /// Accepts connections of `listener`, one completion each, until it says that no more come.
    pub fn accept(&mut self, listener: RawFd) -> io::Result<()> {
        let entry = opcode::AcceptMulti::new(Fd(listener)).build();
        self.push(entry, Request::Accept, 0)
    }

    /// Receives from `fd`, one completion for each arrival, until it says that no more come.
    pub fn receive(&mut self, fd: RawFd, key: u32) -> io::Result<()> {
        let entry = opcode::RecvMulti::new(Fd(fd), GROUP).build();
        self.push(entry, Request::Receive(key), 0)
    }

    /// Ends the receiving of `key`, which still has its last completion.
    pub fn cancel(&mut self, key: u32) -> io::Result<()> {
        let entry = opcode::AsyncCancel::new(pack(Request::Receive(key), 0)).build();
        self.push(entry, Request::Cancel, 0)
    }

    /// Sends all of `bytes`, and keeps them until that is done.
    pub fn send(&mut self, fd: RawFd, key: u32, bytes: Vec<u8>) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let slot = self.sending.insert(bytes);
        let bytes = self.sending[slot].as_ptr();
        let entry = opcode::Send::new(Fd(fd), bytes, length)
            .flags(nix::libc::MSG_WAITALL | nix::libc::MSG_NOSIGNAL)
            .build();
        self.push(entry, Request::Send(key), slot)
    }

    /// Hands in what was asked for, waits for the first completion, and calls `on` with each.
    pub fn turn(&mut self, mut on: impl FnMut(&mut Self, Completion<'_>)) -> io::Result<()> {
        match self.uring.submit_and_wait(1) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => _ = result?,
        }
        loop {
            let next = self.uring.completion().next();
            let Some(entry) = next else { return Ok(()) };
            let (request, slot) = unpack(entry.user_data());
            if matches!(request, Request::Send(_)) {
                self.sending.try_remove(slot); // the kernel is done with these bytes
            }
            let result = match u32::try_from(entry.result()) {
                Ok(value) => Ok(value),
                Err(_) => Err(io::Error::from_raw_os_error(-entry.result())),
            };
            let buffer = cqueue::buffer_select(entry.flags());
            let input: &[u8] = match (buffer, &result) {
                (Some(number), &Ok(length)) => {
                    // SAFETY: the kernel has given this buffer to us until we give it back, below.
                    unsafe { self.buffers.filled(number, length) }
                }
                _ => &[],
            };
            let more = cqueue::more(entry.flags());
            let stream = match (request, &result) {
                // SAFETY: a new descriptor, which has no other owner.
                (Request::Accept, Ok(_)) => Some(unsafe { TcpStream::from_raw_fd(entry.result()) }),
                _ => None,
            };
            let completion = Completion {
                request,
                result,
                stream,
                input,
                more,
            };
            on(self, completion);
            if let Some(number) = buffer {
                self.buffers.give(number);
            }
        }
    }

    fn push(&mut self, entry: squeue::Entry, request: Request, slot: usize) -> io::Result<()> {
        let entry = entry.user_data(pack(request, slot));
        // SAFETY: what the entry points to is in `sending` or `buffers`, and stays there until its
        // completion: see `turn` and `drop`.
        while unsafe { self.uring.submission().push(&entry) }.is_err() {
            self.uring.submit()?; // it is full
        }
        Ok(())
    }
}

impl Drop for Ring {
    /// The kernel may still be reading what is being sent: that memory is never freed.
    fn drop(&mut self) {
        mem::forget(mem::take(&mut self.sending));
    }
}

impl Buffers {
    /// Memory that lives as long as the process: the kernel may write to it at any time.
    fn new() -> Option<Self> {
        let zeroed = |size| {
            let layout = Layout::from_size_align(size, PAGE).ok()?;
            // SAFETY: `size` isn't 0.
            NonNull::new(unsafe { alloc_zeroed(layout) })
        };
        Some(Self {
            ring: zeroed(usize::from(BUFFERS) * size_of::<BufRingEntry>())?.cast(),
            memory: zeroed(usize::from(BUFFERS) * BUFFER_SIZE as usize)?,
            tail: 0,
        })
    }

    fn address(&self, number: u16) -> NonNull<u8> {
        // SAFETY: `number` is one that we gave, so below BUFFERS: it stays within `memory`.
        unsafe { self.memory.add(usize::from(number) * BUFFER_SIZE as usize) }
    }

    /// # Safety
    /// The kernel has filled the buffer `number` with `length` bytes, and it wasn't given back since.
    /// The slice ends before it is.
    unsafe fn filled<'a>(&self, number: u16, length: u32) -> &'a [u8] {
        let address = self.address(number % BUFFERS).as_ptr();
        let length = BUFFER_SIZE.min(length) as usize;
        // SAFETY: within `memory`, initialised, and ours for now, as the caller says.
        unsafe { slice::from_raw_parts(address, length) }
    }

    /// Lets the kernel fill the buffer `number`.
    fn give(&mut self, number: u16) {
        let address = self.address(number % BUFFERS).as_ptr() as u64;
        let at = usize::from(self.tail % BUFFERS);
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the entry `at` is within `ring`; the kernel doesn't read it before the tail has
        // passed it, and the tail is a u16 that both sides access atomically.
        unsafe {
            let entry = &mut *self.ring.as_ptr().add(at);
            entry.set_addr(address);
            entry.set_len(BUFFER_SIZE);
            entry.set_bid(number);
            let tail = BufRingEntry::tail(self.ring.as_ptr()).cast_mut();
            AtomicU16::from_ptr(tail).store(self.tail, Ordering::Release);
        }
    }
}

/// The kernel keeps 64 bits for us: 2 say what it was, 32 whose, and 30 where its bytes are.
fn pack(request: Request, slot: usize) -> u64 {
    let (kind, key) = match request {
        Request::Accept => (0, 0),
        Request::Receive(key) => (1, key),
        Request::Send(key) => (2, key),
        Request::Cancel => (3, 0),
    };
    kind | u64::from(key) << 2 | (slot as u64) << 34
}

fn unpack(data: u64) -> (Request, usize) {
    let key = u32::try_from(data >> 2 & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    let request = match data & 3 {
        0 => Request::Accept,
        1 => Request::Receive(key),
        2 => Request::Send(key),
        _ => Request::Cancel,
    };
    (request, (data >> 34) as usize)
}
