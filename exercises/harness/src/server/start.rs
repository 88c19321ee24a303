//! How a server comes to run in a child process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio, Termination};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::SigSet;
use socket2::{Domain, Socket, Type};

use super::Server;
use crate::answer::{self, Role};
use crate::child::Process;
use crate::limits;
use crate::peer::{END, Peer, Waiting};

/// How long a program may take to say that it listens.
const START: Duration = Duration::from_secs(10);
/// Connections that may wait before the answer accepts the first.
const BACKLOG: i32 = 1024;

impl Server {
    /// Starts `program` with `args` and `--port 0`, and waits until it prints
    /// `listening on ADDRESS`.
    ///
    /// # Panics
    ///
    /// With a verdict, if the program can't be started or doesn't print that line within 10 s.
    #[must_use]
    #[track_caller]
    pub fn spawn(program: &str, args: &[&str]) -> Self {
        // Whoever runs this test may have blocked signals, and a child inherits that. A server is to
        // meet them as it would in a terminal. This can't fail: the arguments are valid.
        let _ = SigSet::all().thread_unblock();
        assert!(
            answer::in_child().is_none(),
            "call `Server::answer` before `Server::spawn`"
        );
        limits::raise();
        let mut command = Command::new(program);
        command
            .args(args)
            .args(["--port", "0"])
            .stdin(Stdio::null());
        let process = match Process::start(&mut command) {
            Ok(process) => process,
            Err(error) => panic!("can't start {program}: {error}"),
        };
        let listening = |line: &str| line.strip_prefix("listening on ")?.trim().parse().ok();
        match process.find_line(START, listening) {
            Some(address) => Self {
                peer: Arc::new(Peer::new(address, Some(process))),
            },
            None => fail_to_listen(process, program, args),
        }
    }

    /// Runs `answer` in a child process, with a listener on a free port of 127.0.0.1.
    ///
    /// The child is this test binary, run again for the current test alone: all that the test does
    /// before this call happens in the child, too. So call it first in a test, once, on the test's own
    /// thread.
    ///
    /// # Panics
    ///
    /// If the child can't be started, or if this isn't the test's first call into a child.
    #[must_use]
    #[track_caller]
    pub fn answer<R: Termination>(answer: impl FnOnce(TcpListener) -> R) -> Self {
        match answer::role(&answer) {
            Role::Answer => {
                let listener = match answer::enter() {
                    Ok(stdin) => TcpListener::from(stdin),
                    Err(error) => panic!("the child can't take over the listener: {error}"),
                };
                answer::run_to_the_end(|| answer(listener))
            }
            Role::Parent(rerun) if rerun.is_first() => {
                limits::raise();
                let started = bind().and_then(|(listener, address)| {
                    Ok(Peer::new(address, Some(rerun.start(listener)?)))
                });
                match started {
                    Ok(peer) => Self {
                        peer: Arc::new(peer),
                    },
                    Err(error) => panic!("can't start the answer in a child process: {error}"),
                }
            }
            _ => panic!("`Server::answer` must be the test's only call into a child process"),
        }
    }
}

#[track_caller]
fn fail_to_listen(process: Process, program: &str, args: &[&str]) -> ! {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let peer = Peer::new(nowhere, Some(process));
    // Its stdout may be closed a moment before it has ended.
    let mut verdict = peer.verdict(END);
    verdict.row("started", &format!("{program} {} --port 0", args.join(" ")));
    verdict.row("expected", "a line `listening on ADDRESS` on its stdout");
    verdict.row("received", "no such line");
    peer.fail(verdict, Some(Waiting::at_large()))
}

/// A listener on a free port, and its address.
fn bind() -> io::Result<(OwnedFd, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from(socket);
    let address = listener.local_addr()?;
    Ok((listener.into(), address))
}

/// A listener on which each accept fails (EINVAL), because it is one end of a connection.
///
/// # Panics
///
/// If there is no free port.
#[must_use]
pub fn failed_listener() -> TcpListener {
    let stream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| TcpStream::connect(listener.local_addr()?));
    match stream {
        Ok(stream) => TcpListener::from(OwnedFd::from(stream)),
        Err(error) => panic!("no connection on loopback: {error}"),
    }
}
