//! A thread that runs all the time.

use crate::events;
use crate::sampled::Sampled;
use crate::sockets::{State, TcpSocket};
use crate::syscalls::Purpose::{Epoll, Lock, Poll, Select};
use crate::watchdog::{SPINNING, Snapshot};
use crate::words::{count, thousands};

/// So many page faults in one look are no accident of a loop of system calls.
const FAULTS: usize = 500;

/// A thread runs all the time: what makes its loop go round?
pub(super) fn why(seen: &Snapshot) -> Option<String> {
    let thread = seen.threads.iter().find(|thread| thread.busy >= SPINNING)?;
    if thread.kernel < 10 {
        return Some("it computes and makes no system call: a loop that doesn't end?".to_owned());
    }
    let connections = seen.connections();
    let at_end =
        |(_, socket): &&(i32, &TcpSocket)| socket.state == State::CloseWait && socket.unread == 0;
    if let Some((fd, _)) = connections.iter().find(at_end) {
        return Some(format!(
            "fd {fd} is at end of file: it stays readable for ever, and each read returns 0 bytes. \
             Close it, or stop watching it."
        ));
    }
    if thread.faults >= FAULTS {
        return Some(format!(
            "it touches new memory again and again: {} page faults in a tenth of a second. Does it \
             allocate in a loop that doesn't end?",
            thousands(thread.faults)
        ));
    }
    if let Some(call) = instead_of_waiting(&thread.calls) {
        let name = &call.name;
        let fd = call.fd.map_or(String::new(), |fd| format!(" on fd {fd}"));
        return Some(format!(
            "it calls {name}{fd} again and again, and that returns at once: in this loop, nothing sleeps \
             until something happens."
        ));
    }
    // Only what is watched level-triggered is reported again.
    let is_repeated = |fd: i32, event: u32| {
        let mut watches = seen.epolls().into_iter().flat_map(|(_, watches)| watches);
        watches.any(|watch| watch.fd == fd && watch.events & (event | events::EDGE) == event)
    };
    if let Some((fd, socket)) = connections
        .iter()
        .find(|(fd, socket)| socket.unread > 0 && is_repeated(*fd, events::IN))
    {
        return Some(format!(
            "fd {fd} holds {} that nobody reads, so it is reported as ready again and again.",
            count(socket.unread, "unread byte")
        ));
    }
    if let Some((fd, ..)) = seen
        .listeners()
        .iter()
        .find(|(fd, _, waiting)| *waiting > 0 && is_repeated(*fd, events::IN))
    {
        return Some(format!(
            "a connection that nobody accepts waits in the accept queue of fd {fd}, so that is \
             reported as ready again and again."
        ));
    }
    // While much waits unsent there is no room, and OUT isn't reported.
    if let Some((fd, _)) = connections
        .iter()
        .find(|(fd, socket)| socket.unsent == 0 && is_repeated(*fd, events::OUT))
    {
        return Some(format!(
            "fd {fd} is watched for OUT, and a socket with room is always ready for that. Watch for \
             OUT only while there is something left to send."
        ));
    }
    Some(
        "it makes system calls that return at once, again and again, instead of one that sleeps \
         until something happens."
            .to_owned(),
    )
}

/// The call that a thread makes most of the time, where it never waits for events: then nothing that is
/// reported can be what makes its loop go round.
fn instead_of_waiting(calls: &[Sampled]) -> Option<&Sampled> {
    let waits = |call: &Sampled| matches!(call.purpose, Epoll | Poll | Select);
    let first = calls.first()?;
    (!calls.iter().any(waits) && first.purpose != Lock).then_some(first)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::peer::Awaited;
    use crate::syscalls::Purpose;
    use crate::threads::{Doing, Thread};

    /// What is said of a thread that runs all the time, by its time in the kernel and its page faults.
    fn said(kernel: u64, faults: usize) -> String {
        let thread = Thread {
            name: "answer".to_owned(),
            doing: Doing::Running,
            busy: 100,
            kernel,
            faults,
            calls: Vec::new(),
        };
        let seen = Snapshot {
            threads: vec![thread],
            descriptors: BTreeMap::new(),
            client: None,
            awaited: Awaited::Answer,
            client_is_queued: false,
        };
        why(&seen).unwrap_or_default()
    }

    #[test]
    fn time_in_the_kernel_tells_system_calls_from_a_mere_loop() {
        assert!(said(0, 0).starts_with("it computes and makes no system call"));
        assert!(said(60, 3).starts_with("it makes system calls that return at once"));
    }

    #[test]
    fn page_faults_are_not_taken_for_system_calls() {
        assert!(said(60, 20_000).starts_with("it touches new memory again and again: 20,000 page"));
    }
    #[test]
    fn a_loop_that_never_waits_is_not_told_of_what_is_reported() {
        let call = |name: &str, purpose, fd| Sampled {
            name: name.to_owned(),
            purpose,
            fd: Some(fd),
        };
        let reads = call("read", Purpose::Read, 6);
        let waits = call("epoll_wait", Purpose::Epoll, 5);
        assert_eq!(
            instead_of_waiting(std::slice::from_ref(&reads)),
            Some(&reads)
        );
        assert_eq!(instead_of_waiting(&[reads, waits]), None);
    }
}
