//! What a test may ask of a server beside its answers: how it sleeps, watches, and cleans up.

use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::epoll::EpollFlags;

use super::Server;
use crate::client::Client;
use crate::peer::Waiting;
use crate::words::duration;
use crate::{cpu, descriptors, events, wake_ups};

/// How many visits show whether each of them leaves something behind.
const VISITS: usize = 20;

/// Clients that come before the descriptors are counted.
const FIRST_VISITS: usize = 5;

impl Server {
    /// Checks that the server sleeps: uses less than 5 % of a processor over the next `stretch`.
    ///
    /// A server that polls, asleep for some milliseconds at a time, passes: see
    /// [`Server::expect_no_wake_ups`].
    ///
    /// # Panics
    ///
    /// With a verdict, if it uses more, or has ended.
    #[track_caller]
    pub fn expect_sleep(&self, stretch: Duration) {
        let used = cpu::over(self.pid(), stretch);
        self.expect_alive();
        if used > stretch / 20 {
            let stretch = duration(stretch);
            self.fail_with(
                &format!("next to no CPU time over {stretch}"),
                &format!("{} ms of CPU time in {stretch}", used.as_millis()),
            );
        }
    }

    /// Checks that the server sleeps until something happens: no thread of it wakes up by itself, and
    /// none sleeps in a call with a time limit. (It may still be on its way to sleep.)
    ///
    /// # Panics
    ///
    /// With a verdict, if it spins or polls, or has ended.
    #[track_caller]
    pub fn expect_no_wake_ups(&self) {
        self.expect_undisturbed_sleep();
        let planned = wake_ups::planned(self.pid());
        self.expect_alive();
        if let Some(how) = planned {
            self.fail_polling(&how);
        }
    }

    /// The same of a server that may sleep with a time limit, because it has a deadline far from now.
    ///
    /// # Panics
    ///
    /// With a verdict, if it spins or polls, or has ended.
    #[track_caller]
    pub fn expect_undisturbed_sleep(&self) {
        let woken = wake_ups::of(self.pid(), self.deadline());
        self.expect_alive();
        if let Some(how) = woken {
            self.fail_polling(&how);
        }
    }

    #[track_caller]
    fn fail_polling(&self, how: &str) -> ! {
        let mut verdict = self.peer.verdict(Duration::ZERO);
        verdict.row("expected", "a server that sleeps until something happens");
        verdict.row("received", how);
        verdict.prose(
            "so",
            "nothing has happened, and the server looks all the same: it polls. What no event has told, such a \
             look finds late, and it hides why no event has told it. Wait without a time limit.",
        );
        self.peer.fail(verdict, Some(Waiting::at_large()))
    }

    /// Checks that an epoll of the server watches the connection of `client` for `events`, and maybe
    /// for more; waits until that is so.
    ///
    /// # Panics
    ///
    /// With a verdict, if it isn't so within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_watched(&self, client: &Client, events: EpollFlags) {
        self.expect_watch(Some(client.address()), "this client's connection", events);
    }

    /// Whether an epoll of the server watches the connection of `client` for `events`, and maybe for more.
    #[must_use]
    pub fn is_watched(&self, client: &Client, events: EpollFlags) -> bool {
        let wanted = events.bits().cast_unsigned();
        let seen = descriptors::watched(self.pid(), self.address(), Some(client.address()));
        let mut watches = seen.iter().flat_map(|(_, watches)| watches);
        watches.any(|watch| watch.events & wanted == wanted && !watch.is_spent())
    }

    /// Checks that no epoll of the server would report input of `client` now: it isn't watched, or was with
    /// `EPOLLONESHOT`, which has fired. Waits until that is so.
    ///
    /// # Panics
    ///
    /// With a verdict, if it isn't so within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_switched_off(&self, client: &Client) {
        let deadline = Instant::now() + self.deadline();
        loop {
            let seen = descriptors::watched(self.pid(), self.address(), Some(client.address()));
            let watches = seen.iter().flat_map(|(_, watches)| watches);
            let Some(watch) = watches
                .into_iter()
                .find(|watch| watch.events & events::IN != 0)
            else {
                return;
            };
            if Instant::now() >= deadline {
                let received = format!(
                    "it is watched for {} (fd {})",
                    events::names(watch.events),
                    watch.fd
                );
                self.fail_with("this client's connection switched off", &received);
            }
            thread::yield_now();
        }
    }

    /// The same as [`Server::expect_watched`] for the listener.
    ///
    /// # Panics
    ///
    /// With a verdict, if it isn't so within [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_listener_watched(&self, events: EpollFlags) {
        self.expect_watch(None, "the listener", events);
    }

    #[track_caller]
    fn expect_watch(&self, client: Option<SocketAddr>, what: &str, events: EpollFlags) {
        let wanted = events.bits().cast_unsigned();
        let deadline = Instant::now() + self.deadline();
        loop {
            let seen = descriptors::watched(self.pid(), self.address(), client);
            let watches = seen.iter().flat_map(|(_, watches)| watches);
            let is_so = watches
                .clone()
                .any(|watch| watch.events & wanted == wanted && !watch.is_spent());
            if is_so {
                return;
            }
            if Instant::now() >= deadline {
                let names: Vec<String> = watches.map(|watch| events::names(watch.events)).collect();
                let wanted = events::names(wanted);
                let received = match (&seen, names.is_empty()) {
                    (None, _) => format!("{what} isn't there"),
                    (Some((fd, _)), true) => format!("no epoll watches it (fd {fd})"),
                    (Some((fd, _)), false) => {
                        format!("it is watched for {} (fd {fd})", names.join(", and for "))
                    }
                };
                let expected = format!("{what} watched by an epoll for {wanted}");
                self.fail_with(&expected, &received);
            }
            thread::yield_now();
        }
    }

    /// Checks that clients leave nothing behind: makes some of them `visit` the server, one after the other,
    /// and waits until it has no more descriptors than after the first few. By then each of its loops has
    /// opened what it keeps.
    ///
    /// # Panics
    ///
    /// With a verdict, if it has more after [`DEADLINE`](crate::DEADLINE).
    #[track_caller]
    pub fn expect_no_leak(&self, mut visit: impl FnMut()) {
        (0..FIRST_VISITS).for_each(|_| visit());
        let before = self.descriptors();
        (0..VISITS).for_each(|_| visit());
        if let Err(now) = self.wait_for_descriptors(before) {
            self.fail_with(
                "no more descriptors than before",
                &format!("{now} after {VISITS} clients have left, {before} before"),
            );
        }
    }

    /// Waits until the server has no more descriptors than `most`: it may close a little later than its client
    /// sees the end, and a reset may take a moment on its way.
    ///
    /// # Errors
    ///
    /// How many it still has after [`DEADLINE`](crate::DEADLINE).
    pub fn wait_for_descriptors(&self, most: usize) -> Result<(), usize> {
        let deadline = Instant::now() + self.deadline();
        loop {
            let now = self.descriptors();
            if now <= most {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(now);
            }
            thread::yield_now();
        }
    }

    /// How many descriptors the server has open.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }
}
