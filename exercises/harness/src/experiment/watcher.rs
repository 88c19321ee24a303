//! An epoll that says what it reports in words.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::PATIENCE;

/// What one wait reports: of each event the number and the flags, as `(7, "IN|RDHUP")`.
pub type Report = Vec<(u64, String)>;

/// A report of one event.
#[must_use]
pub fn report(number: u64, flags: &str) -> Report {
    vec![(number, flags.to_owned())]
}

/// An epoll that reports in words.
#[derive(Debug)]
pub struct Watcher(pub Epoll);

impl Default for Watcher {
    fn default() -> Self {
        Self::new()
    }
}

impl Watcher {
    /// Watches nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap())
    }

    /// `EPOLL_CTL_ADD`, which succeeds.
    pub fn add(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        let event = EpollEvent::new(interest, number);
        self.0.add(socket, event).unwrap();
    }

    /// `EPOLL_CTL_MOD`, which succeeds.
    pub fn modify(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        let mut event = EpollEvent::new(interest, number);
        self.0.modify(socket, &mut event).unwrap();
    }

    /// What is reported at once.
    #[must_use]
    pub fn now(&self) -> Report {
        self.reported(Duration::ZERO)
    }

    /// What is reported as soon as there is something.
    #[must_use]
    #[track_caller]
    pub fn next(&self) -> Report {
        let reported = self.reported(PATIENCE);
        let nothing = reported.is_empty();
        assert!(!nothing, "nothing was reported within {PATIENCE:?}");
        reported
    }

    /// `epoll_wait`, as often as it fails with EINTR, each time with what is left of the time.
    ///
    /// # Errors
    ///
    /// Those of `epoll_wait(2)`, but EINTR.
    pub fn wait(&self, events: &mut [EpollEvent], limit: Duration) -> nix::Result<usize> {
        let began = Instant::now();
        loop {
            let left = limit.saturating_sub(began.elapsed());
            let whole = left.saturating_add(Duration::from_nanos(999_999)); // in milliseconds, rounded up
            let timeout = EpollTimeout::try_from(whole).unwrap_or(EpollTimeout::MAX);
            match self.0.wait(events, timeout) {
                Err(Errno::EINTR) => {}
                result => return result,
            }
        }
    }

    fn reported(&self, limit: Duration) -> Report {
        let mut events = [EpollEvent::empty(); 64];
        let count = self.wait(&mut events, limit).unwrap();
        let reported = events[..count].iter();
        reported
            .map(|event| (event.data(), names(event.events())))
            .collect()
    }
}

/// `IN|RDHUP`, in the order of the bits.
fn names(flags: EpollFlags) -> String {
    let names = flags.iter_names();
    let names = names.map(|(name, _)| name.trim_start_matches("EPOLL"));
    names.collect::<Vec<_>>().join("|")
}
