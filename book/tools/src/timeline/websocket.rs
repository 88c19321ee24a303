//! What a server says of WebSocket: what follows from it, and in words.

use std::fmt::Write;

use workbench::trace::Record;

use crate::recording::field;

/// How far a connection behind its opening handshake is, as far as the server knows.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// Of the frame that came last, what is still to come.
    left: u64,
    /// A message of the client's has begun, and its last frame hasn't come.
    within: bool,
    /// A Close came in, or went out.
    closes: (bool, bool),
}

impl Talk {
    /// Takes in a frame.
    pub fn frame(&mut self, event: &Record) {
        let opcode = field(event, "opcode");
        let comes = field(event, "way") == "in";
        match (opcode.as_str(), comes) {
            ("close", true) => self.closes.0 = true,
            ("close", false) => self.closes.1 = true,
            ("text" | "binary" | "continuation", true) => {
                self.within = field(event, "fin") == "false";
                let here: u64 = field(event, "here").parse().unwrap_or(0);
                self.left = event.bytes.unwrap_or(0).saturating_sub(here);
            }
            _ => {}
        }
    }

    /// Takes in a read of so many bytes.
    pub fn read(&mut self, bytes: u64) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// What the server knows, for the end of a row.
    pub fn row(&self) -> String {
        let mut row = "; WebSocket".to_owned();
        row += match self.closes {
            (false, false) => " open",
            (true, false) => ", Close received",
            (false, true) => ", Close sent",
            (true, true) => ", Close sent and received",
        };
        if self.left > 0 {
            let _ = write!(row, ", {} of a frame to come", self.left);
        } else if self.within {
            row += ", within a message";
        }
        row
    }
}

/// How many bytes a frame without a mask takes, its header included (RFC 6455 §5.2).
pub fn size(payload: u64) -> u64 {
    let header = match payload {
        0..126 => 2,
        126..0x1_0000 => 4,
        _ => 10,
    };
    header + payload
}

/// A frame in words.
pub fn say(event: &Record, thread: &str, on: &str, peer: &str) -> String {
    let get = |name| field(event, name);
    let opcode = get("opcode");
    let name = match opcode.as_str() {
        "close" => "a Close",
        "ping" => "a Ping",
        "pong" => "a Pong",
        "continuation" => "a continuation",
        "binary" => "binary",
        "text" => "text",
        other => other,
    };
    let more = match (get("fin").as_str(), opcode.as_str()) {
        ("false", _) => ", and more of its message follows",
        (_, "continuation") => ", the last of its message",
        _ => "",
    };
    let mask = if get("masked") == "true" {
        ", masked"
    } else {
        ""
    };
    let compressed = if get("rsv1") == "true" {
        ", compressed"
    } else {
        ""
    };
    let frame = format!("{name}{mask}{compressed}, {}{more}", payload(event));
    if get("way") == "in" {
        format!("A frame from {peer} has come on {on}: {frame}.")
    } else {
        format!("{thread} sends a frame to {peer}: {frame}.")
    }
}

/// What compression makes of a message, in words.
pub fn deflate(event: &Record, thread: &str) -> String {
    let (bytes, compressed) = (event.bytes.unwrap_or(0), field(event, "compressed"));
    if field(event, "way") == "in" && compressed == "0" {
        format!("{thread} inflates {bytes} bytes more.")
    } else if field(event, "way") == "in" {
        format!("{thread} inflates {compressed} bytes to {bytes}.")
    } else {
        format!("{thread} compresses {bytes} bytes to {compressed}.")
    }
}

/// The payload, as far as it is here.
fn payload(event: &Record) -> String {
    let data = event.data.as_deref().unwrap_or_default();
    let here: Option<u64> = field(event, "here").parse().ok();
    match (event.bytes.unwrap_or(0), here) {
        (0, _) => "without payload".to_owned(),
        (bytes, Some(0)) if bytes > 0 => format!("{bytes} bytes, none of them here yet"),
        (bytes, Some(here)) if here < bytes => {
            format!("{bytes} bytes, of which {here} are here (“{data}”)")
        }
        (1, _) => format!("1 byte (“{data}”)"),
        (bytes, _) => format!("{bytes} bytes (“{data}”)"),
    }
}
