//! Servers as processes, on a real engine: Debian's `redis-server`, which each test starts for itself.

mod engine;
mod faults;
mod line;
mod outages;
mod page;
mod room;

use std::net::SocketAddr;
use std::time::Duration;

use harness::Server;

use engine::Engine;

/// Longer than any of these takes.
const DEADLINE: Duration = Duration::from_secs(30);

/// An engine and some servers on it.
struct Lab {
    engine: Engine,
    servers: Vec<Server>,
}

impl Lab {
    /// `None`, with a word, where the engine isn't installed.
    fn new(test: &str, servers: usize) -> Option<Self> {
        let engine = Engine::start(test)?;
        let servers = (0..servers).map(|_| start(&engine)).collect();
        Some(Self { engine, servers })
    }
}

/// A server on this engine.
fn start(engine: &Engine) -> Server {
    let url = engine.url();
    let options = ["--web-port", "0", "--host-name", "*", "--log", &url];
    Server::spawn(env!("CARGO_BIN_EXE_ch11-rooms"), &options).with_deadline(DEADLINE)
}

/// Where its page is.
fn web(server: &Server) -> SocketAddr {
    harness::experiment::until("the page's address is told", || {
        server.stdout().contains("page at http://")
    });
    let stdout = server.stdout();
    let line = stdout
        .lines()
        .find_map(|line| line.strip_prefix("page at http://"));
    let address = line.and_then(|line| line.strip_suffix('/')).expect("a URL");
    address.parse().expect("an address")
}
