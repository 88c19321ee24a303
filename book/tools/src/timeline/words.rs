//! An event in one plain sentence or two.

mod waits;

use workbench::trace::Record;

use super::state::State;
use super::{fd, http, task, websocket};
use crate::recording::{by_client, field};

/// What happens in `event`, given the state just before and after it.
pub fn say(event: &Record, before: &State, after: &State) -> String {
    let sentence = if by_client(event) {
        by_a_client(event, before, after)
    } else {
        by_the_server(event, before)
    };
    match sentence.strip_prefix("thread ") {
        Some(rest) => format!("Thread {rest}"),
        None => sentence,
    }
}

fn by_the_server(event: &Record, before: &State) -> String {
    let thread = &named(&event.thread);
    let on = event.fd.map(fd).unwrap_or_default();
    let peer = event
        .fd
        .and_then(|fd| before.on(fd))
        .map_or("the peer", |found| &found.client);
    let get = |name| field(event, name);
    match event.event.as_str() {
        "listen" => format!(
            "{thread} opens a listener at {}: {on}. From now on the kernel completes handshakes by itself.",
            get("address")
        ),
        "wait" => waits::say(event, before),
        "wake" => match get("ready").as_str() {
            "0" => format!("{} returns to {thread}: nothing is ready.", get("call")),
            "1" => format!(
                "{} returns to {thread}: one descriptor is ready.",
                get("call")
            ),
            count => format!(
                "{} returns to {thread}: {count} descriptors are ready.",
                get("call")
            ),
        },
        "ready" => reported(event, before),
        "register" => format!("{thread} asks epoll to watch {on} for {}.", get("interest")),
        "re-arm" => format!(
            "{thread} has epoll watch {on} for {} from now on.",
            flags(&get("interest"))
        ),
        "unregister" => format!("{thread} asks epoll to watch {on} no longer."),
        "accept" => format!(
            "accept gives {} to {thread}: its connection is {on} from now on.",
            before.client_at(&get("peer"))
        ),
        "discard" => format!(
            "read gives {} to {thread}, from {on}. They come too late, and are thrown away.",
            what(event)
        ),
        "read" => format!("read gives {} to {thread}, from {on}.", what(event)),
        "write" if get("call") == "sendfile" => format!(
            "sendfile has moved {} of the file to {on}{}.",
            what(event),
            short(event)
        ),
        "write" => format!(
            "{thread} has written {} to {on}{}.",
            what(event),
            short(event)
        ),
        "request" | "keep" | "response" => http::say(event, thread, &on, peer),
        "frame" => websocket::say(event, thread, &on, peer),
        "deflate" => websocket::deflate(event, thread),
        "eof" => format!("read on {on} returns 0 to {thread}: {peer} has finished sending."),
        "would-block" => match get("call").as_str() {
            "write" => format!("write on {on} would block: there is no room for more."),
            "lock" => format!("Another thread is at {on}, so {thread} sleeps until it lets go."),
            call => format!("{call} on {on} would block: there is nothing for it."),
        },
        "shutdown" => format!("{thread} closes its direction of {on}: {peer} will see the end."),
        "timer" => format!("A deadline passes: {}.", get("what")),
        "signal" => format!("{thread} takes the signal {}.", get("name")),
        "spawn" | "task-wake" | "poll" | "pending" | "task-end" => task::say(event, thread),
        "wakeup" => format!("{thread} reads its eventfd: somebody has woken it on purpose."),
        "error" => format!("{} fails for {thread}: {}.", get("call"), get("error")),
        "close" => closes(event, before),
        "stop" => format!("{thread} stops."),
        kind => format!("{thread}: {kind} {on}"),
    }
}

/// What each flag of an event means.
fn reported(event: &Record, before: &State) -> String {
    let flags = field(event, "ready");
    let is_listener = event
        .fd
        .is_some_and(|fd| before.listeners.contains_key(&fd));
    let meanings = flags.split('|').map(|flag| match flag {
        "IN" if is_listener => "a client can be accepted",
        "IN" => "there is something to read",
        "OUT" => "there is room for output",
        "RDHUP" => "the peer has finished sending",
        "HUP" => "both directions are closed",
        "ERR" => "the connection is broken",
        other => other,
    });
    let meanings: Vec<&str> = meanings.collect();
    let on = event.fd.map(fd).unwrap_or_default();
    format!("It is {on}: {flags}, {}.", meanings.join(", "))
}

fn closes(event: &Record, before: &State) -> String {
    let on = event.fd.map(fd).unwrap_or_default();
    let text = format!(
        "{} closes {on} ({}).",
        named(&event.thread),
        field(event, "why")
    );
    let unread = event
        .fd
        .and_then(|fd| before.on(fd))
        .map_or(0, |found| found.unread);
    if unread == 0 {
        return text;
    }
    format!("{text} {unread} bytes were unread, so the peer gets a reset.")
}

fn by_a_client(event: &Record, before: &State, after: &State) -> String {
    let client = capital(&event.thread);
    let woken = woken(before, after);
    let connection = before.of_client(&event.thread);
    let accepted = connection.is_some_and(|found| found.fd.is_some());
    match event.event.as_str() {
        "connect" => {
            let then = if woken.is_empty() {
                " There it stays until the server calls accept.".to_owned()
            } else {
                woken
            };
            format!(
                "{client} connects. The kernel completes the handshake and puts the connection into the accept queue.{then}"
            )
        }
        "send" if !accepted => format!(
            "{client} sends {}. Nobody has accepted its connection; the kernel keeps the bytes.",
            what(event)
        ),
        "send" => format!("{client} sends {}.{woken}", what(event)),
        "receive" => {
            let connection = after.of_client(&event.thread);
            let receives = match connection {
                Some(connection) if connection.received > connection.moved.1 => "begins to receive",
                _ => "receives",
            };
            let room = if woken.is_empty() {
                ""
            } else {
                " That makes room for more."
            };
            format!("{client} {receives} {}.{room}{woken}", what(event))
        }
        "finish" => format!("{client} finishes sending; it can still receive.{woken}"),
        "end" => format!("{client} sees the end of the stream."),
        "close" => format!("{client} closes its connection.{woken}"),
        "reset" => format!("{client} resets its connection.{woken}"),
        "hold" => "SIGSTOP holds the server: what comes now comes while it can't run.".into(),
        "resume" => "SIGCONT lets the server go on.".into(),
        "kill" => format!("{client} sends {} to the server.", field(event, "name")),
        kind => format!("{client}: {kind}"),
    }
}

/// Whom an event wakes, as a sentence.
fn woken(before: &State, after: &State) -> String {
    if after.held {
        return String::new();
    }
    let woken = &before.asleep() - &after.asleep();
    let names: Vec<String> = woken.iter().map(|thread| capital(&named(thread))).collect();
    match &names[..] {
        [] => String::new(),
        [name] => format!(" {name} wakes up."),
        names => format!(" {} wake up.", names.join(", ")),
    }
}

/// The bytes that an event moves.
fn what(event: &Record) -> String {
    let count = match event.bytes {
        Some(1) => "1 byte".into(),
        count => format!("{} bytes", count.unwrap_or(0)),
    };
    event
        .data
        .as_ref()
        .map_or_else(|| count.clone(), |data| format!("{count} (“{data}”)"))
}

/// A thread in a sentence: `main`, or `thread worker 1`.
fn named(thread: &str) -> String {
    if thread == "main" {
        thread.to_owned()
    } else {
        format!("thread {thread}")
    }
}

/// The flags of an interest, which may be none.
pub(super) fn flags(interest: &str) -> &str {
    if interest.is_empty() {
        "nothing"
    } else {
        interest
    }
}

/// What a short write left over.
fn short(event: &Record) -> String {
    let offered = field(event, "of");
    let taken = event.bytes.unwrap_or(0).to_string();
    if offered.is_empty() || offered == taken {
        String::new()
    } else {
        format!(" of the {offered} that it offered")
    }
}

fn capital(name: &str) -> String {
    if name == "main" {
        return name.to_owned(); // as the trace has it
    }
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
