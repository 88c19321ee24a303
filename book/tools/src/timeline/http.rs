//! What a server says of HTTP, in words.

use workbench::trace::Record;

use crate::recording::field;

/// A request, an answer, or what has come of either and has to wait.
pub fn say(event: &Record, thread: &str, on: &str, peer: &str) -> String {
    let get = |name| field(event, name);
    let count = match event.bytes {
        Some(1) => "1 byte".into(),
        count => format!("{} bytes", count.unwrap_or(0)),
    };
    match (event.event.as_str(), get("until").as_str()) {
        ("request", _) => format!(
            "The head of a request has come on {on}: {} {}.",
            get("method"),
            get("target")
        ),
        ("response", _) => format!(
            "{thread} answers {peer} with {}, {count} in all.",
            get("status")
        ),
        (_, "header") => {
            format!("That is no whole header of a frame yet: {thread} keeps the {count}.")
        }
        (_, "control") => {
            format!("That is no whole control frame yet: {thread} keeps the {count}.")
        }
        (_, "head") => format!("That is no whole head yet: {thread} keeps the {count}."),
        (_, "body") if event.bytes == Some(0) => "That is not all of the body yet.".into(),
        (_, "body") => format!("That is not all of the body yet: {thread} keeps {count}."),
        (_, "room") => format!("{thread} keeps {count} until earlier answers have been read."),
        _ => format!("{thread} keeps {count} until the answer before them is there."),
    }
}
