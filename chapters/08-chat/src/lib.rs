//! A chat room: the first server whose clients affect each other.
//!
//! # The room
//!
//! It has no socket and no reactor: what members do goes in, letters to members come out
//! ([`Room`]).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `room.rs` | who is here, who is called what, and who is told of what |
//! | `event.rs`, `letter.rs` | what members are told, and which of them |
//! | `command.rs`, `refusal.rs` | what members type, and what is refused |
//! | `nick.rs`, `text.rs` | names and lines that can be shown |
//!
//! # The server
//!
//! It stands on the reactor of chapter 05, the HTTP of chapter 06 and the WebSocket of chapter 07.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `server.rs`, `session.rs` | what all connections share, and what one remembers |
//! | `members.rs`, `door.rs` | what members do, and what they may |
//! | `broadcast.rs`, `draft.rs`, `seat.rs` | one connection writes to others |
//! | `lines.rs`, `json.rs` | the two protocols |
//! | `pace.rs`, `turn.rs`, `silence.rs` | nobody holds up the others |
//!
//! # The terminal client
//!
//! | file | what it holds |
//! | --- | --- |
//! | `terminal.rs`, `client.rs` | two processes or one, and the loop |
//! | `fork.rs`, `relay.rs`, `keyboard.rs` | where keys come from |
//! | `keys.rs`, `line.rs`, `editor.rs`, `plain.rs` | what becomes of them |
//! | `connection.rs`, `retry.rs` | the server, and waiting for it |
//! | `modes.rs`, `screen.rs`, `signals.rs` | the terminal, left as it was |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod broadcast;
mod command;
mod door;
mod draft;
mod event;
mod json;
mod letter;
mod lines;
mod members;
mod nick;
mod pace;
mod refusal;
mod room;
mod seat;
mod server;
mod session;
mod silence;
pub mod terminal;
mod text;
mod turn;

pub use broadcast::MAX_WAITING;
pub use command::{Command, MAX_LINE};
pub use door::{limits, listen};
pub use event::{Event, Here, News, Private, Public, Side, Welcome, Why};
pub use letter::{Letter, To};
pub use lines::LineReader;
pub use nick::{Folded, Nick, Unfit};
pub use pace::Pace;
pub use refusal::Refusal;
pub use room::{HISTORY, NAMED, Room};
pub use seat::{Farewell, Protocol, Seat};
pub use server::Server;
pub use session::{Page, Session, Talk};
pub use silence::{Silence, Step};
pub use text::Text;
