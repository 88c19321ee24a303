//! One reactor per thread.

use std::io;
use std::net::TcpListener;
use std::thread;

use crate::{Handler, Limits, Reactor, Signals, Waker};

/// Serves each of `listeners` with a reactor and a handler of its own: the first in this thread,
/// the others in threads that it starts.
///
/// They share what [`Limits::memory`] allows.
///
/// `handler` is called once for each, in this thread, with what wakes that reactor. The loops share
/// nothing, so nothing is locked; a handler whose connections are to meet (a chat
/// room) belongs in a single loop. When one loop stops, by signal, [`Io::stop`](crate::Io::stop)
/// or error, all of them do, and this returns once the last has ended.
///
/// # Errors
/// The first error of `handler`, or that a loop ended with; see [`Reactor::run`].
pub fn serve<H>(
    listeners: Vec<TcpListener>,
    signals: Signals,
    limits: &Limits,
    mut handler: impl FnMut(Waker) -> io::Result<H>,
) -> io::Result<()>
where
    H: Handler + Send,
{
    let mut loops = Vec::new();
    let limits = Limits {
        memory: limits.memory.div_ceil(listeners.len().max(1)),
        ..limits.clone()
    };
    for listener in listeners {
        let mut reactor = Reactor::new(limits.clone())?;
        reactor.add_listener(listener)?;
        let handler = handler(reactor.waker())?;
        loops.push((reactor, handler));
    }
    let wakers: Vec<Waker> = loops.iter().map(|(reactor, _)| reactor.waker()).collect();
    for (reactor, _) in &mut loops {
        reactor.stop_together_with(&wakers);
    }
    let mut loops = loops.into_iter();
    let Some(mut first) = loops.next() else {
        return Ok(());
    };
    first.0.stop_on(signals)?;
    let run = |(reactor, mut handler): (Reactor, H)| {
        let _stop_the_others = StopOnDrop(&wakers);
        reactor.run(&mut handler)
    };
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (number, one) in (1..).zip(loops) {
            let thread = thread::Builder::new().name(format!("loop-{number}"));
            match thread.spawn_scoped(scope, || run(one)) {
                Ok(handle) => threads.push(handle),
                Err(error) => {
                    drop(StopOnDrop(&wakers));
                    return Err(error);
                }
            }
        }
        let mut result = run(first);
        for thread in threads {
            match thread.join() {
                Ok(ended) => result = result.and(ended),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        result
    })
}

/// Stops all loops when one ends, however it does: a panic too unwinds through here.
struct StopOnDrop<'a>(&'a [Waker]);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(Waker::stop);
    }
}
