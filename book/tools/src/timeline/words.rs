//! An event in one plain sentence or two.

use workbench::trace::Record;

use super::fd;
use super::state::State;
use crate::recording::{by_client, field};

/// What happens in `event`, given the state just before it.
pub fn say(event: &Record, before: &State) -> String {
    let sentence = if by_client(event) {
        by_a_client(event, before)
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
        "wait" => waits(event, before),
        "wake" => match get("ready").as_str() {
            "0" => format!("{} returns to {thread}: the time is up.", get("call")),
            "1" => format!(
                "{} returns to {thread}: one descriptor is ready.",
                get("call")
            ),
            count => format!(
                "{} returns to {thread}: {count} descriptors are ready.",
                get("call")
            ),
        },
        "ready" => format!("The kernel reports of {on}: {}.", get("ready")),
        "register" => format!(
            "{thread} asks the kernel to watch {on} for {}.",
            get("interest")
        ),
        "re-arm" => format!("{thread} renews the interest in {on}: {}.", get("interest")),
        "unregister" => format!("{thread} asks the kernel to watch {on} no longer."),
        "accept" => format!(
            "accept gives {} to {thread}: its connection is {on} from now on.",
            before.client_at(&get("peer"))
        ),
        "read" => format!("read gives {} to {thread}, from {on}.", what(event)),
        "write" => format!(
            "{thread} has written {} to {on}{}.",
            what(event),
            short(event)
        ),
        "eof" => format!("read on {on} returns 0 to {thread}: {peer} has finished sending."),
        "would-block" => format!(
            "{} on {on} would block: there is nothing for it.",
            get("call")
        ),
        "shutdown" => format!("{thread} closes its direction of {on}: {peer} will see the end."),
        "timer" => format!("A deadline passes: {}.", get("what")),
        "signal" => format!("{thread} takes the signal {}.", get("name")),
        "wakeup" => format!("Another thread asks {thread} for attention."),
        "error" => format!("{} fails for {thread}: {}.", get("call"), get("error")),
        "close" => closes(event, before),
        "stop" => "The server goes down.".into(),
        kind => format!("{thread}: {kind} {on}"),
    }
}

fn waits(event: &Record, before: &State) -> String {
    let (thread, call) = (named(&event.thread), field(event, "call"));
    let on = event
        .fd
        .map(|number| format!(" on {}", fd(number)))
        .unwrap_or_default();
    let calls = format!("{thread} calls {call}{on}");
    match (call.as_str(), event.fd) {
        ("accept", _) => match before.queue().first() {
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
        ("write", _) => {
            format!("{calls}. The kernel takes the bytes as long as its buffer has room.")
        }
        _ => match &before.reportable()[..] {
            [] => format!("{calls}. Nothing that it watches has news, so it sleeps."),
            ready => {
                let names: Vec<String> = ready.iter().map(|number| fd(*number)).collect();
                format!("{calls}. There is news of {}.", names.join(", "))
            }
        },
    }
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

fn by_a_client(event: &Record, before: &State) -> String {
    let client = capital(&event.thread);
    let on = before.reached_by(&event.thread);
    let sleepers = on.map(|fd| before.sleepers(fd)).unwrap_or_default();
    let wakes = sleepers
        .first()
        .map(|thread| format!(" {} wakes up.", capital(&named(thread))));
    let accepted = before
        .of_client(&event.thread)
        .is_some_and(|found| found.fd.is_some());
    match event.event.as_str() {
        "connect" => {
            let sleepers = before
                .any_listener()
                .map(|fd| before.sleepers(fd))
                .unwrap_or_default();
            let then = sleepers.first().map_or_else(
                || " No thread is in accept, so there it stays.".to_owned(),
                |thread| format!(" {} wakes up.", capital(&named(thread))),
            );
            format!(
                "{client} connects. The kernel completes the handshake and puts the connection into the accept queue.{then}"
            )
        }
        "send" if !accepted => format!(
            "{client} sends {}. Nobody has accepted its connection; the kernel keeps the bytes.",
            what(event)
        ),
        "send" => format!(
            "{client} sends {}.{}",
            what(event),
            wakes.unwrap_or_default()
        ),
        "receive" => format!("{client} receives {}.", what(event)),
        "finish" => format!(
            "{client} finishes sending; it can still receive.{}",
            wakes.unwrap_or_default()
        ),
        "end" => format!("{client} sees the end of the stream."),
        "close" => format!(
            "{client} closes its connection.{}",
            wakes.unwrap_or_default()
        ),
        "reset" => format!(
            "{client} resets its connection.{}",
            wakes.unwrap_or_default()
        ),
        kind => format!("{client}: {kind}"),
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

/// What a short write left over.
fn short(event: &Record) -> String {
    let offered = field(event, "of");
    if offered.is_empty() {
        offered
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
