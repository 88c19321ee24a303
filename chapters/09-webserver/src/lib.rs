//! A web server with users: register, log in, and see what is for members.
//!
//! Its one idea: whoever may block gets a thread and a queue, and the loop is told.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `pool.rs` | threads for work that blocks, and their queue |
//! | `hands.rs` | who does the jobs: the pool, or the loop |
//! | `desk.rs` | which connection waits for which result |
//! | `accounts.rs` | what a worker does |
//! | `store.rs` | where users and sessions are kept: SQLite |
//! | `name.rs`, `password.rs`, `token.rs`, `session.rs` | of what they consist |
//! | `sessions.rs` | the loop's copy of the sessions |
//! | `pacing.rs` | how often a password may be tried |
//! | `front.rs`, `form.rs` | what is believed of a request, and its form |
//! | `app.rs`, `routes.rs`, `pages.rs` | which page is where; `documented.rs`: as the documents have it |
//! | `log.rs` | the access log |
//! | `server.rs` | all of it on the reactor of chapter 05 |

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod accounts;
mod app;
mod desk;
mod documented;
mod form;
mod front;
mod hands;
mod log;
mod name;
mod pacing;
mod pages;
mod password;
mod pool;
mod routes;
mod server;
mod session;
mod sessions;
mod store;
mod token;

pub use accounts::{Accounts, Done, Job};
pub use app::App;
pub use desk::{Desk, Ticket};
pub use front::Front;
pub use log::Log;
pub use name::{Name, Unfit};
pub use pacing::Pacing;
pub use password::{Password, WrongLength};
pub use pool::{Full, Lost, Pool};
pub use server::{Server, Settings};
pub use session::{Seconds, Session, seconds_now};
pub use sessions::Sessions;
pub use store::{Added, Sqlite, Store, StoreError, User};
pub use token::{Key, Token};
