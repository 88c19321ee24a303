//! Calls that may sleep, and whether they do.

use workbench::trace::Record;

use super::super::fd;
use super::super::state::State;
use super::{capital, named};
use crate::recording::field;

pub(super) fn say(event: &Record, before: &State) -> String {
    let (thread, call) = (named(&event.thread), field(event, "call"));
    let on = match event.fd {
        Some(number) if call != "epoll_wait" => format!(" on {}", fd(number)),
        _ => String::new(),
    };
    let calls = format!("{thread} calls {call}{on}");
    match (call.as_str(), event.fd) {
        ("accept", Some(number)) => match before.queue(number).first() {
            None => format!("{calls}. The accept queue is empty, so it sleeps."),
            Some(first) => format!(
                "{calls}. {} already waits in the accept queue.",
                capital(&first.client)
            ),
        },
        ("read", Some(number)) => match before.on(number) {
            Some(found) if found.unread > 0 => {
                format!("{calls}. {} bytes already wait there.", found.unread)
            }
            Some(found) if found.end_waits() => {
                format!("{calls}. The end of the stream waits there.")
            }
            Some(found) => format!(
                "{calls}. No byte is there, so it sleeps until {} acts.",
                found.client
            ),
            None => format!("{calls}."),
        },
        ("poll", Some(number)) => {
            let client = before.on(number).map_or("the peer", |found| &found.client);
            format!(
                "{calls} alone, for room. It sleeps until {client} reads, whatever else happens."
            )
        }
        ("write", _) => {
            format!("{calls}. The kernel takes the bytes as long as its buffer has room.")
        }
        _ => waits_for_many(event, before, &calls),
    }
}

fn waits_for_many(event: &Record, before: &State, calls: &str) -> String {
    let call = field(event, "call");
    let calls = match (call.as_str(), before.sockets().len()) {
        ("epoll_wait", _) => format!("{calls}."),
        (_, 1) => format!("{calls} with one descriptor."),
        (_, count) => format!("{calls} with all {count} descriptors."),
    };
    let names = |numbers: &[i64]| {
        let names: Vec<String> = numbers.iter().map(|number| fd(*number)).collect();
        names.join(", ")
    };
    let ready = before.reportable(&event.thread, &call);
    if !ready.is_empty() {
        return format!("{calls} There is news of {}.", names(&ready));
    }
    let rest = if field(event, "timeout_ms") == "0" {
        "it only looks, as work is left over"
    } else {
        "it sleeps"
    };
    let watched = before.epolls.get(&before.epoll_of(&event.thread));
    let spent = watched.into_iter().flatten().filter(|(number, watch)| {
        call == "epoll_wait"
            && watch.interest.contains("IN")
            && watch.is_spent(&before.ready(**number))
    });
    let spent: Vec<i64> = spent.map(|(number, _)| *number).collect();
    if spent.is_empty() {
        return format!("{calls} Nothing is ready: {rest}.");
    }
    format!(
        "{calls} Something waits at {}, but that has been reported: {rest}.",
        names(&spent)
    )
}
