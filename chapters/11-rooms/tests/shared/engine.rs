//! The engine: a `redis-server` in a folder of its own, at a socket that only this test has.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

use harness::experiment::until;

/// A running engine, which keeps all that it has acknowledged.
pub struct Engine {
    directory: PathBuf,
    process: Child,
}

impl Engine {
    /// `None`, with a word, where there is no `redis-server`.
    pub fn start(test: &str) -> Option<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "rooms-{}-{}",
            process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        // A socket's address has 107 bytes at most (unix(7)), so this isn't below the build's folder.
        let directory = env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&directory); // of a process that was killed and had the same id
        fs::create_dir(&directory).expect("a folder");
        match spawn(&directory) {
            Ok(process) => {
                let engine = Self { directory, process };
                engine.wait();
                Some(engine)
            }
            Err(error) => {
                let _ = fs::remove_dir_all(&directory);
                eprintln!(
                    "SKIPPED {test}: redis-server can't be started ({error}): apt install redis-server"
                );
                None
            }
        }
    }

    /// What `--log` says.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A connection for looking at it.
    pub fn look(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).expect("a URL");
        client.get_connection().expect("a connection")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill().expect("a process");
        self.process.wait().expect("its end");
    }

    /// Starts it again after [`Self::kill`], with what it has kept.
    pub fn restart(&mut self) {
        self.process = spawn(&self.directory).expect("redis-server");
        self.wait();
    }

    /// The same, but it has lost everything.
    pub fn restart_empty(&mut self) {
        let kept = self.directory.join("appendonlydir");
        fs::remove_dir_all(kept).expect("the log's files");
        self.restart();
    }

    fn socket(&self) -> PathBuf {
        self.directory.join("engine.sock")
    }

    fn wait(&self) {
        until("the engine answers", || {
            UnixStream::connect(self.socket()).is_ok()
                && redis::Client::open(self.url())
                    .and_then(|client| redis::cmd("PING").exec(&mut client.get_connection()?))
                    .is_ok()
        });
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn spawn(directory: &Path) -> std::io::Result<Child> {
    Command::new("redis-server")
        .current_dir(directory)
        .args(["--port", "0", "--unixsocket"])
        .arg(directory.join("engine.sock"))
        .args(["--dir", "."])
        .args(["--appendonly", "yes", "--appendfsync", "always"])
        .args(["--save", "", "--daemonize", "no"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
