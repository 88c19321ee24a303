//! What the chapter's pages ask for besides the echo. A reader who is after WebSocket alone may pass
//! this room by.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `news.rs` | four ways to learn of news |
//! | `login.rs`, `logins.rs`, `phone.rs` | a page that a phone lets in: what arrives on one connection is sent on another |
//! | `drawings.rs` | the images of codes, one after another |
//! | `shared.rs` | what their routes share |

mod drawings;
mod login;
mod logins;
mod news;
pub(crate) mod phone;
mod shared;

pub use self::login::Login;
pub(crate) use self::logins::Logins;
pub use self::news::Listener;
pub(crate) use self::news::{long_poll, poll};
pub(crate) use self::shared::Shared;
