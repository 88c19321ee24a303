//! What follows from a look at a process, where one thing does: a plain sentence.

mod spinning;

use crate::events::{self, Watch};
use crate::peer::Awaited;
use crate::sockets::{State, TcpSocket};
use crate::syscalls::Purpose;
use crate::threads::{Call, Doing};
use crate::watchdog::{SPINNING, Snapshot};
use crate::words::count;

/// The first conclusion that can be drawn.
pub(crate) fn draw(seen: &Snapshot) -> Option<String> {
    let rules = [
        spinning::why,
        at_the_client,
        not_reported,
        still_open,
        kept_back,
        locked,
        left_open,
        alone,
    ];
    rules.iter().find_map(|rule| rule(seen))
}

/// Somebody sleeps in a call on the very connection whose client waits.
fn at_the_client(seen: &Snapshot) -> Option<String> {
    let (fd, socket) = client_connection(seen)?;
    let call = sleepers(seen).find(|call| {
        call.fds
            .iter()
            .any(|watch| watch.fd == fd && watch.events == 0)
    })?;
    match call.purpose {
        Purpose::Read if is_watched(seen, fd) => Some(format!(
            "fd {fd} is a blocking socket: after its last byte, {} sleeps where a nonblocking one \
             would say WouldBlock.",
            call.name
        )),
        Purpose::Read => Some(
            "the server has read all that this client sent, and waits for more of it instead of \
             answering or closing."
                .to_owned(),
        ),
        Purpose::Write if socket.unsent > 0 => Some(format!(
            "the server sleeps in {} until this client reads: {} wait unsent.",
            call.name,
            count(socket.unsent, "byte")
        )),
        _ => None,
    }
}

/// Something is ready, and nobody will say so to the threads that wait for events.
fn not_reported(seen: &Snapshot) -> Option<String> {
    let call = waiter(seen)?;
    if seen.client_is_queued {
        let (fd, ..) = seen
            .listeners()
            .into_iter()
            .find(|(_, _, waiting)| *waiting > 0)?;
        let reason = silence(seen, call, fd)?;
        return Some(format!(
            "a connection waits in the accept queue of fd {fd}, but {reason}"
        ));
    }
    let (fd, socket) = client_connection(seen)?;
    let state = match (socket.unread, socket.state) {
        (1.., _) => format!("still holds {}", count(socket.unread, "unread byte")),
        (0, State::CloseWait) => "is at end of file".to_owned(),
        _ => return None,
    };
    let reason = silence(seen, call, fd)?;
    Some(format!("fd {fd} {state}, but {reason}"))
}

/// Nothing is ready, and the client waits for something that is no answer to what it sent.
fn still_open(seen: &Snapshot) -> Option<String> {
    waiter(seen)?;
    let (fd, socket) = client_connection(seen)?;
    if (socket.unread, socket.unsent) != (0, 0) || socket.state != State::Established {
        return None;
    }
    match seen.awaited {
        Awaited::Answer => None,
        Awaited::Greeting => Some(format!(
            "fd {fd} is open, and both sides wait for the other to say something: this client has sent \
             nothing, and was to hear something all the same."
        )),
        Awaited::End => Some(format!(
            "fd {fd} is still open: the server has not closed this connection, and waits for more of it."
        )),
    }
}

/// Nothing is ready, and an answer would stay where it is.
fn kept_back(seen: &Snapshot) -> Option<String> {
    let call = waiter(seen)?;
    let (fd, socket) = client_connection(seen)?;
    let wants_output = watches(seen, call, fd).any(|watch| watch.events & events::OUT != 0);
    (socket.unread == 0 && !wants_output).then(|| {
        format!(
            "the server has read all that this client sent, and waits for more. If an answer is \
             still in its memory, nobody will say when it can be written: fd {fd} isn't watched \
             for OUT."
        )
    })
}

/// All threads wait for each other.
fn locked(seen: &Snapshot) -> Option<String> {
    let locked = sleepers(seen)
        .filter(|call| call.purpose == Purpose::Lock)
        .count();
    if locked == 0 || locked != seen.threads.len() {
        return None;
    }
    // Of several, one may only wait for the end of the others.
    let text = match locked {
        1 => {
            "the only thread sleeps in futex: it waits for a lock, for a condition, or for another thread, and \
             no other is there."
        }
        _ => {
            "every thread sleeps in futex: each waits for a lock, for a condition, or for the end of a thread, \
             and none is left that could bring it."
        }
    };
    Some(text.to_owned())
}

/// The client has finished sending, and nothing more happens.
fn left_open(seen: &Snapshot) -> Option<String> {
    let (fd, socket) = client_connection(seen)?;
    let is_over = socket.state == State::CloseWait && socket.unread == 0 && socket.unsent == 0;
    is_over.then(|| {
        format!(
            "fd {fd} is at end of file: this client has finished sending, and the server neither \
             answers nor closes."
        )
    })
}

/// The only thread that isn't waiting for others sleeps in a call on something else.
fn alone(seen: &Snapshot) -> Option<String> {
    let mut awake = sleepers(seen).filter(|call| call.purpose != Purpose::Lock);
    let (Some(call), None) = (awake.next(), awake.next()) else {
        return None;
    };
    let fd = call.fds.first().map(|watch| watch.fd);
    let meanwhile = meanwhile(seen);
    match call.purpose {
        Purpose::Read => Some(format!(
            "the server sleeps until something comes from fd {}{}.",
            fd?, meanwhile?
        )),
        Purpose::Write => Some(format!(
            "the server sleeps until fd {} takes more bytes{}.",
            fd?, meanwhile?
        )),
        Purpose::Pause => Some(format!("the server lets time pass{}.", meanwhile?)),
        Purpose::Accept => match client_connection(seen) {
            Some((_, socket)) if socket.unread == 0 => Some(
                "the server has read what this client sent, and waits for the next client: the \
                 answer was never written."
                    .to_owned(),
            ),
            _ => Some(format!(
                "the server sleeps until another client comes{}.",
                meanwhile?
            )),
        },
        _ => None,
    }
}

/// Why a ready descriptor isn't reported.
fn silence(seen: &Snapshot, call: &Call, fd: i32) -> Option<String> {
    let Some(watch) = watches(seen, call, fd).next() else {
        return Some("nobody watches it.".to_owned());
    };
    if watch.is_spent() {
        return Some(
            "it was registered with ONESHOT, which has fired: it stays silent until re-armed."
                .to_owned(),
        );
    }
    if watch.events & events::IN == 0 {
        return Some(format!(
            "it is watched for {}, not for IN.",
            events::names(watch.events)
        ));
    }
    let is_listener = seen
        .listeners()
        .iter()
        .any(|(listener, ..)| *listener == fd);
    (watch.events & events::EDGE != 0).then(|| {
        let remedy = if is_listener {
            // To drain it isn't always right: not where each worker takes one client.
            "Accept until WouldBlock, or have it reported again (EPOLL_CTL_MOD, level-triggered)."
        } else {
            "Go on until WouldBlock, or have epoll look anew (EPOLL_CTL_MOD)."
        };
        format!(
            "it is edge-triggered: it was reported once, and nobody will say so again. {remedy}"
        )
    })
}

/// How `fd` is watched by those who sleep.
fn watches<'a>(seen: &'a Snapshot, call: &'a Call, fd: i32) -> impl Iterator<Item = Watch> + 'a {
    let polled: &[Watch] = if call.purpose == Purpose::Epoll {
        &[]
    } else {
        &call.fds
    };
    let epolls = seen.epolls().into_iter().flat_map(|(_, watches)| watches);
    epolls
        .chain(polled)
        .copied()
        .filter(move |watch| watch.fd == fd)
}

/// What the waiting client is left with.
fn meanwhile(seen: &Snapshot) -> Option<String> {
    if seen.client_is_queued {
        return Some(", and meanwhile this client waits to be accepted".to_owned());
    }
    let (fd, socket) = client_connection(seen)?;
    (socket.unread > 0).then(|| {
        format!(
            ", and meanwhile nobody reads the {} of this client in fd {fd}",
            count(socket.unread, "byte")
        )
    })
}

/// A thread that waits for events of several descriptors.
fn waiter(seen: &Snapshot) -> Option<&Call> {
    sleepers(seen).find(|call| {
        matches!(
            call.purpose,
            Purpose::Epoll | Purpose::Poll | Purpose::Select
        )
    })
}

fn client_connection(seen: &Snapshot) -> Option<(i32, &TcpSocket)> {
    seen.connections()
        .into_iter()
        .find(|(_, socket)| Some(socket.remote) == seen.client)
}

fn is_watched(seen: &Snapshot, fd: i32) -> bool {
    seen.epolls()
        .iter()
        .any(|(_, watches)| watches.iter().any(|watch| watch.fd == fd))
}

fn sleepers(seen: &Snapshot) -> impl Iterator<Item = &Call> {
    seen.threads
        .iter()
        .filter_map(|thread| match &thread.doing {
            Doing::Sleeping(call) if thread.busy < SPINNING => Some(call),
            _ => None,
        })
}
