//! Looking up a name's addresses, in a thread: `getaddrinfo(3)` blocks, and can't be called off.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use reactor::Waker;

/// A lookup that goes on in a thread of its own. Dropped, it is abandoned: the thread ends when the
/// resolver answers, and nobody hears it.
#[derive(Debug)]
pub struct Lookup(Receiver<io::Result<Vec<SocketAddr>>>);

impl Lookup {
    /// Begins to look up `host`, a name or an IP address, and wakes the reactor when that is done.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(host: &str, port: u16, waker: Waker) -> io::Result<Self> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let host = host.to_owned();
        thread::Builder::new()
            .name("lookup".to_owned())
            .spawn(move || {
                let addresses = (host.as_str(), port).to_socket_addrs();
                let _ = sender.send(addresses.map(Iterator::collect)); // fails if abandoned
                waker.wake();
            })?;
        Ok(Self(receiver))
    }

    /// The addresses in the order in which to try them, or why there are none, once that is known.
    /// To be asked in [`Handler::on_wake`](reactor::Handler::on_wake).
    #[must_use]
    pub fn take(&self) -> Option<io::Result<Vec<SocketAddr>>> {
        self.0.try_recv().ok()
    }
}
