//! A chat room: the first server whose clients affect each other.
//!
//! | room | what it holds |
//! | --- | --- |
//! | `room.rs` | what members do goes in, letters to members come out ([`Room`]): no socket and no reactor |
//! | `wording.rs` | the two protocols: lines for `nc`, JSON for the page |
//! | `server.rs` | connections on the reactor of chapter 05, the HTTP of chapter 06 and the WebSocket of chapter 07 |
//! | `terminal.rs` | the client: to be passed by, if you are after servers alone |
//!
//! Each room opens with a table of its own, and needs only those above it; the terminal needs just
//! the room's names and lines.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod room;
mod server;
pub mod terminal;
mod wording;

pub use room::{
    Command, Event, HISTORY, Here, Letter, MAX_LINE, NAMED, News, Nick, Private, Public, Refusal,
    Room, Side, Text, To, Unfit, Welcome, Why,
};
pub use server::{
    MAX_WAITING, Pace, Page, ROOM_PACE, Server, Session, Silence, Step, Talk, limits, listen,
};
pub use wording::{Farewell, LineReader, Protocol, Seat};
