//! Clients that others have written.

mod curl;
mod hyper;
mod ureq;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use harness::{Directory, Server, Signal};

use crate::answers::directory_with;
use crate::start;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// A server that writes down what it does.
struct Watched {
    server: Server,
    directory: Directory,
}

impl Watched {
    fn start(options: &[&str]) -> Self {
        let directory = directory_with("trace", b"");
        let trace = directory.join("trace");
        let trace = ["--trace-json", trace.to_str().unwrap()];
        let server = start(&[&trace, options].concat());
        Self { server, directory }
    }

    /// Stops it; how many connections it has accepted.
    fn connections(self) -> usize {
        self.server.signal(Signal::SIGTERM);
        assert!(self.server.wait().success());
        let trace = fs::read_to_string(self.directory.join("trace")).unwrap();
        let accept = |line: &&str| line.contains("\"event\":\"accept\"");
        trace.lines().filter(accept).count()
    }
}

/// Names of all files of the site, and what is in them.
fn site() -> Vec<(String, Vec<u8>)> {
    let mut directories = vec![PathBuf::from(SITE)];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(Path::new(SITE)).unwrap();
                files.push((name.to_str().unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    assert!(files.len() >= 6, "{files:?}");
    files
}

/// Lets `client` run, but not for ever: other people's code waits as long as it likes.
#[track_caller]
fn in_time<T: Send + 'static>(client: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        let _ = done.send(client()); // nobody waits for it any more
    });
    match result.recv_timeout(Duration::from_secs(30)) {
        Ok(result) => result,
        Err(error) => panic!("the client has not come to an end: {error}"),
    }
}
