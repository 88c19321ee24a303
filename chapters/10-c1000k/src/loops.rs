//! A loop in each of several descriptor tables, all on one port.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use reactor::{Handler, Limits, Reactor, Signals, Waker};

use crate::port;
use crate::tables::apart;

/// Makes the handler of one loop, in that loop's thread: what it opens is in that thread's table.
type Make<H> = dyn Fn(usize) -> io::Result<H> + Send + Sync;

/// Loops that wait to be told where to listen. The first is the caller's own thread; each of the
/// others has a descriptor table of its own.
pub struct Loops<H> {
    limits: Limits,
    make: Arc<Make<H>>,
    /// Those of all loops. They are made before the threads part, so each table has them, under the
    /// same numbers.
    wakers: Vec<Waker>,
    others: Vec<Other>,
    /// Each of the others tells once whether it listens.
    listening: Receiver<io::Result<()>>,
}

/// The thread of one loop, and how it is told where to listen.
struct Other {
    thread: JoinHandle<io::Result<()>>,
    listen: Sender<(SocketAddr, i32)>,
}

impl<H: Handler + 'static> Loops<H> {
    /// Starts a thread for the loop of each of `wakers` but the first. `make` is called once for each
    /// loop, with its number.
    ///
    /// # Errors
    /// As `clone(2)` and `unshare(2)`. Without a waker there is no loop.
    pub fn start(
        wakers: Vec<Waker>,
        limits: Limits,
        make: impl Fn(usize) -> io::Result<H> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (tell, listening) = mpsc::channel();
        let mut loops = Self {
            limits,
            make: Arc::new(make),
            wakers,
            others: Vec::new(),
            listening,
        };
        for number in 1..loops.wakers.len() {
            let other = loops.spawn(number, tell.clone())?;
            loops.others.push(other);
        }
        Ok(loops)
    }

    fn spawn(&self, number: usize, tell: Sender<io::Result<()>>) -> io::Result<Other> {
        let (listen, place) = mpsc::channel();
        let (limits, make) = (self.limits.clone(), Arc::clone(&self.make));
        let wakers = self.wakers.clone();
        let work = move || {
            let Ok((address, backlog)) = place.recv() else {
                return Ok(()); // the server has not come to be
            };
            let _stop_the_others = StopOnDrop(&wakers);
            let ready = port::join(address, backlog).and_then(|listener| {
                let reactor = reactor(limits, listener, number, &wakers)?;
                Ok((reactor, make(number)?))
            });
            match ready {
                Ok((reactor, mut handler)) => {
                    let _ = tell.send(Ok(()));
                    reactor.run(&mut handler)
                }
                Err(error) => {
                    let _ = tell.send(Err(error));
                    Ok(())
                }
            }
        };
        let thread = apart(format!("loop-{number}"), work)?;
        Ok(Other { thread, listen })
    }

    /// Opens a listener on `address` in each table, and returns the first, for [`Self::serve`]. With
    /// port 0 they share a port that is free.
    ///
    /// # Errors
    /// As `bind(2)` and `listen(2)`.
    pub fn listen(&self, address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
        let listener = port::open(address, backlog)?;
        let address = listener.local_addr()?;
        for other in &self.others {
            let _ = other.listen.send((address, backlog)); // one that has ended tells by its silence
        }
        for _ in &self.others {
            let ended = |_| io::Error::other("a loop has ended before it listened");
            self.listening.recv().map_err(ended)??;
        }
        Ok(listener)
    }

    /// Serves until a signal comes or a handler stops its loop, and the last connection is gone.
    ///
    /// # Errors
    /// The first that a loop ended with; see [`Reactor::run`].
    pub fn serve(self, listener: TcpListener, signals: Signals) -> io::Result<()> {
        let stop_the_others = StopOnDrop(&self.wakers);
        if self.wakers.is_empty() {
            return Err(io::Error::other("there is no loop to serve with"));
        }
        let mut result = reactor(self.limits, listener, 0, &self.wakers).and_then(|mut first| {
            first.stop_on(signals)?;
            first.run(&mut (self.make)(0)?)
        });
        drop(stop_the_others);
        for Other { thread, listen } in self.others {
            drop(listen);
            match thread.join() {
                Ok(ended) => result = result.and(ended),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        result
    }
}

/// The reactor of loop `number`, in the table of the thread that calls this.
fn reactor(
    limits: Limits,
    listener: TcpListener,
    number: usize,
    wakers: &[Waker],
) -> io::Result<Reactor> {
    let mut reactor = Reactor::with_waker(limits, wakers[number].clone())?;
    reactor.add_listener(listener)?;
    reactor.stop_together_with(wakers);
    Ok(reactor)
}

/// Stops all loops when one ends, however it does.
struct StopOnDrop<'a>(&'a [Waker]);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(Waker::stop);
    }
}
