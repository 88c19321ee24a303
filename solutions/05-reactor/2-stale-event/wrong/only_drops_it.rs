//! Wrong: gives each slot a generation, but only drops the socket and doesn't tell epoll.
//! Caught by: a_copy_elsewhere_is_not_listened_to
//! Says: as long as that lives

use std::io;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::Socket;

/// Names a registered socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

/// A table of sockets, and the epoll instance that watches them.
pub struct Reactor {
    epoll: Epoll,
    slots: Vec<(u32, Option<Socket>)>,
    /// Slots that may be used again.
    free: Vec<usize>,
}

impl Reactor {
    /// A reactor that watches nothing yet.
    ///
    /// # Errors
    ///
    /// As `epoll_create1(2)`.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            slots: Vec::new(),
            free: Vec::new(),
        })
    }

    /// Watches `socket` for input.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket) -> io::Result<Token> {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push((0, None));
            self.slots.len() - 1
        });
        let (generation, tenant) = &mut self.slots[slot];
        let token = Token(u64::from(*generation) << 32 | slot as u64);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.0);
        self.epoll.add(&socket, event)?;
        *tenant = Some(socket);
        Ok(token)
    }

    /// The socket that `token` names, if it is still there.
    #[must_use]
    pub fn socket(&self, token: Token) -> Option<&Socket> {
        let (generation, slot) = split(token);
        let (now, tenant) = self.slots.get(slot)?;
        tenant.as_ref().filter(|_| *now == generation)
    }

    /// Closes the socket that `token` names.
    pub fn close(&mut self, token: Token) {
        if self.socket(token).is_none() {
            return; // closed already; the slot may be somebody else's
        }
        let (_, slot) = split(token);
        let (generation, tenant) = &mut self.slots[slot];
        // After 2^32 tenants of one slot it begins anew; by then no old token is left.
        *generation = generation.wrapping_add(1);
        *tenant = None;
        self.free.push(slot);
    }

    /// How many slots the table has, taken and free.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Waits for events, and calls `on_ready` for each socket that is ready to be read. Returns how many
    /// events there were.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`.
    pub fn turn(
        &mut self,
        timeout: EpollTimeout,
        mut on_ready: impl FnMut(&mut Self, Token),
    ) -> io::Result<usize> {
        let mut events = [EpollEvent::empty(); 64];
        let count = match self.epoll.wait(&mut events, timeout) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            let token = Token(event.data());
            // An earlier call may have closed it.
            if self.socket(token).is_some() {
                on_ready(self, token);
            }
        }
        Ok(count)
    }
}

/// Generation and slot.
#[expect(clippy::cast_possible_truncation, reason = "each takes its half")]
fn split(Token(token): Token) -> (u32, usize) {
    ((token >> 32) as u32, token as u32 as usize)
}
