//! Signals as events: one more descriptor to watch (`signalfd(2)`).

use std::io;
use std::os::fd::AsFd;

use nix::sys::epoll::EpollFlags;
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;
use reactor::Io;

/// To end (first three), to stop, to have gone on, and the window has another size.
const OURS: [Signal; 6] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGTSTP,
    Signal::SIGCONT,
    Signal::SIGWINCH,
];

/// The signals that wait to be taken. The reactor's own stop it; these do more than that.
pub struct Signals(SignalFd);

impl Signals {
    /// Blocks them, for this process and those that it forks from now on, and for its threads.
    ///
    /// # Errors
    /// As `signalfd(2)`: no descriptor or no memory is left.
    pub fn block() -> io::Result<Self> {
        let mask = SigSet::from_iter(OURS);
        mask.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Ok(Self(SignalFd::with_flags(&mask, flags)?))
    }

    /// Watches for them.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn watch(&self, io: &mut Io) -> io::Result<()> {
        io.watch(self.0.as_fd().try_clone_to_owned()?, EpollFlags::EPOLLIN)?;
        Ok(())
    }

    /// Takes one that has arrived.
    pub fn take(&self) -> Option<Signal> {
        let info = self.0.read_signal().ok().flatten()?;
        Signal::try_from(i32::try_from(info.ssi_signo).ok()?).ok()
    }
}

/// Lets this process be stopped, as a child has to be whose parent stops it with itself.
pub fn obey_stop() {
    let _ = SigSet::from(Signal::SIGTSTP).thread_unblock();
}

/// Stops this process and the others of its group (a child, `just`), as Ctrl-Z does, until the
/// shell's `fg` lets them go on. Without a shell that could, the kernel ignores it.
///
/// Either way SIGCONT is to be taken afterwards, and a signal that ends us comes before it
/// (`signalfd` gives the lowest number first): a stopped job can be killed in the background.
pub fn stop() {
    let _ = kill(Pid::from_raw(0), Signal::SIGTSTP);
    let stop = SigSet::from(Signal::SIGTSTP);
    let _ = stop.thread_unblock(); // it stops here
    let _ = stop.thread_block();
    // Not `raise`: what is sent to a thread alone would come before all else.
    let _ = kill(Pid::this(), Signal::SIGCONT);
}

/// Ends this process by `signal`, so that the process that waits for it learns what ended it.
pub fn die_of(signal: Signal) {
    let _ = SigSet::from(signal).thread_unblock();
    let _ = raise(signal);
}
