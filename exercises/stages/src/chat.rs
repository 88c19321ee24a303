//! Stage 08: a chat room, for lines at the port that it says first, and for WebSocket at another
//! (`--web-port 0`, which it says as `page at http://ADDRESS/`).

pub mod crowd;
pub mod endings;
pub mod lines;
mod member;
mod page;
pub mod pages;
pub mod talk;

use harness::Server;

use crate::Subject;

#[track_caller]
fn start(subject: &Subject, means: &str) -> Server {
    let server = subject.start(&["--web-port", "0"]);
    server.teach(means, "08-chat.html#read-the-code");
    server
}
