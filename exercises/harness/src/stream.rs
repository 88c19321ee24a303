//! Streams of bytes in any pieces, at any pace, and what has to come back: that it does come back is
//! liveness.
//!
//! A [`Stream`] is what one client sends, what it expects, and how it ends; a [`Pace`] is how it sends
//! and reads. [`converse`] plays the part of several such clients at once, in one thread:
//!
//! ```text
//!   steps of the paces, in turns ──► all that is left, both ways ──► the end ──► the server sleeps
//! ```
//!
//! A step waits for a state and never for time: until the server has read, until an answer has
//! arrived, until the server sleeps. Whether a conversation has come to a standstill is a state, too:
//! the server sleeps, its kernel has nothing left to send, ours nothing left to read, and something is
//! missing. So a failing one takes a fraction of a second, and can be made smaller. A kernel that
//! still has something to deliver may take its time.
//!
//! With the feature `made-up`, the module `made_up` has such streams made up by proptest.

mod expected;
#[cfg(feature = "made-up")]
pub mod made_up;
mod pace;
mod talk;

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

pub use expected::{Bytes, Expected};
pub use pace::{Pace, Step};

use crate::peer::Waiting;
use crate::stream::talk::Talk;
use crate::threads::sleep_for;
use crate::words::{count, duration};
use crate::{Server, sock_diag};

/// How long nothing at all may happen, on a machine with much else to do.
fn patience(server: &Server) -> Duration {
    10 * server.deadline()
}

/// How long to wait for a socket before looking whether everything stands still.
const LOOK: u8 = 20; // ms

/// How often everything has to stand still before that counts.
const LOOKS: u32 = 10;

/// What one client sends and expects.
#[derive(Debug, Clone)]
pub struct Stream<E> {
    /// All that it sends.
    pub sent: Vec<u8>,
    /// What comes back.
    pub expected: E,
    /// How it ends.
    pub end: End,
    /// How it sends and reads.
    pub pace: Pace,
    /// Where it connects to, if not to the server's first port.
    pub to: Option<SocketAddr>,
}

/// How a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client finishes sending; the server answers what it owes and closes.
    Ours,
    /// Something in the stream has the server close.
    Theirs,
    /// Not at all: both sides are open, and nothing more comes.
    Open,
}

/// Has one client converse with `server` for each of `streams`, all at once. At the end the server
/// sleeps.
///
/// # Errors
///
/// What has gone wrong, how far each side has come, and what the server does.
pub fn converse<E: Expected>(server: &Server, streams: Vec<Stream<E>>) -> Result<Vec<E>, String> {
    let connect = |stream| Talk::new(server, stream);
    let mut talks = streams
        .into_iter()
        .map(connect)
        .collect::<Result<Vec<_>, _>>()?;
    let outcome = take_steps(server, &mut talks)
        .and_then(|()| take_the_rest(server, &mut talks))
        .and_then(|()| expect_nothing_more(server, &mut talks));
    if let Err(Fault { number, what }) = outcome {
        return Err(explain(server, &talks, number, &what));
    }
    let expected = talks.into_iter().map(Talk::close).collect();
    until_asleep(server).map_err(|what| explain::<E>(server, &[], 0, &what))?;
    Ok(expected)
}

/// What has gone wrong, and with which of the clients.
struct Fault {
    number: usize,
    what: String,
}

/// Calls `each` for every talk; whether one of them has had something to do.
fn for_each<E>(
    talks: &mut [Talk<E>],
    mut each: impl FnMut(&mut Talk<E>) -> Result<bool, String>,
) -> Result<bool, Fault> {
    let mut progress = false;
    for (number, talk) in talks.iter_mut().enumerate() {
        progress |= each(talk).map_err(|what| Fault { number, what })?;
    }
    Ok(progress)
}

fn take_steps<E: Expected>(server: &Server, talks: &mut [Talk<E>]) -> Result<(), Fault> {
    for turn in 0.. {
        if !for_each(talks, |talk| talk.step(server, turn))? {
            break;
        }
    }
    Ok(())
}

fn take_the_rest<E: Expected>(server: &Server, talks: &mut [Talk<E>]) -> Result<(), Fault> {
    let patience = patience(server);
    let mut last = Instant::now();
    let mut still = 0;
    while let Some(number) = talks.iter().position(|talk| !talk.is_over()) {
        if for_each(talks, Talk::go_on)? {
            (last, still) = (Instant::now(), 0);
            continue;
        }
        wait(talks).map_err(|what| Fault { number, what })?;
        // Again and again: a thread that waits for a disk looks asleep, too.
        still = if stands_still(server, talks) {
            still + 1
        } else {
            0
        };
        let what = if still == LOOKS {
            "everything stands still".to_owned()
        } else if last.elapsed() > patience {
            format!("nothing has happened for {}", duration(patience))
        } else {
            continue;
        };
        return Err(Fault { number, what });
    }
    Ok(())
}

/// Waits a moment for a socket to become ready.
fn wait<E: Expected>(talks: &[Talk<E>]) -> Result<(), String> {
    let mut entries: Vec<_> = talks
        .iter()
        .filter(|talk| !talk.is_over())
        .map(|talk| {
            let room = if talk.wants_room() {
                PollFlags::POLLOUT
            } else {
                PollFlags::empty()
            };
            PollFd::new(talk.stream.as_fd(), room | PollFlags::POLLIN)
        })
        .collect();
    match poll(&mut entries, PollTimeout::from(LOOK)) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.to_string()),
    }
}

/// Whether nothing is going to happen any more, and something is missing.
fn stands_still<E: Expected>(server: &Server, talks: &[Talk<E>]) -> bool {
    let mut open = talks.iter().filter(|talk| !talk.is_over());
    open.all(Talk::stands_still) && is_asleep(server)
}

fn expect_nothing_more<E: Expected>(server: &Server, talks: &mut [Talk<E>]) -> Result<(), Fault> {
    until_asleep(server).map_err(|what| Fault { number: 0, what })?;
    for_each(talks, Talk::expect_nothing_more).map(|_| ())
}

fn until_asleep(server: &Server) -> Result<(), String> {
    let began = Instant::now();
    while !is_asleep(server) {
        if began.elapsed() > patience(server) {
            let patience = duration(patience(server));
            return Err(format!(
                "all is done, but the server still runs after {patience}"
            ));
        }
    }
    server.peer().expect_alive()
}

/// Whether the server has nothing left to do. The servers here don't sleep in the middle of something,
/// so a moment will do.
fn is_asleep(server: &Server) -> bool {
    sleep_for(server.pid(), Duration::from_millis(1))
}

/// What is known of a failure: how far the clients have come, the queues of both sides, and what the
/// server does.
fn explain<E: Expected>(server: &Server, talks: &[Talk<E>], number: usize, what: &str) -> String {
    let mut verdict = server.peer().verdict(Duration::ZERO);
    verdict.row("failed", what);
    for (index, talk) in talks.iter().enumerate() {
        let who = if talks.len() == 1 {
            "this client".to_owned()
        } else {
            format!("client {} of {}", index + 1, talks.len())
        };
        verdict.row("client", &format!("{who}: {}", talk.progress()));
        let queues = |local, remote| match sock_diag::look(local, remote) {
            Ok(Some(found)) => format!("Recv-Q {}, Send-Q {}", found.unread, found.unsent),
            Ok(None) => "gone".to_owned(),
            Err(error) => error.to_string(),
        };
        let (here, there) = (talk.address, talk.to);
        let (ours, theirs) = (queues(here, there), queues(there, here));
        verdict.row("", &format!("its socket: {ours}; the server's: {theirs}"));
    }
    let client = talks.get(number).map(|talk| talk.address);
    server.peer().complete(
        &mut verdict,
        Some(client.map_or(Waiting::at_large(), Waiting::of)),
    );
    verdict.text()
}

/// `12 of 34 bytes`
fn of(part: usize, whole: usize) -> String {
    format!(
        "{} of {}",
        crate::words::thousands(part),
        count(whole, "byte")
    )
}
