//! SIGINT and SIGTERM as the word to stop.

use std::io;
use std::thread;

use nix::sys::signal::{SigSet, Signal};
use tracing::trace;

use crate::Stop;

/// Says `stop` at the first signal. A second one ends the process, as it would without this.
///
/// Call it before the first other thread starts: the signals are blocked in this thread and in all
/// that it starts, and taken by a thread of their own. So the word comes from outside of the runtime,
/// and needs nothing of it but a waker.
///
/// # Errors
/// If the thread can't be started.
pub fn stop_on_signals(stop: &Stop) -> io::Result<()> {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
    signals.thread_block()?;
    let stop = stop.clone();
    let waiting = move || {
        if let Ok(signal) = signals.wait() {
            trace!(name = signal.as_str(), "signal");
            stop.say();
        }
        // The process has a thread that takes the next one in the usual way.
        let _ = signals.thread_unblock();
        loop {
            thread::park();
        }
    };
    thread::Builder::new()
        .name("signals".into())
        .spawn(waiting)?;
    Ok(())
}
