//! What the chapter's pages ask for besides the echo. A reader who is after WebSocket alone may pass
//! this room by.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `news.rs` | four ways to learn of news |
//! | `login.rs`, `logins.rs` | a page that a phone lets in: what arrives on one connection is sent on another |

pub(crate) mod login;
mod logins;
pub(crate) mod news;

pub(crate) use self::logins::Logins;
