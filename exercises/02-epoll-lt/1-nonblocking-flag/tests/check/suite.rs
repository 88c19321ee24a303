//! The flag itself, and all those beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::subject::{set_blocking, set_nonblocking};
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};

const BOOK: &str = "02-epoll-lt.html#read-the-code";

#[test]
fn a_nonblocking_read_answers_at_once() {
    // In a process of its own: a socket that still blocks would hang this one.
    let answer: Result<usize, String> = harness::call(|| {
        let (mut socket, _peer) = UnixStream::pair().expect("a pair of sockets");
        set_nonblocking(&socket).expect("an open socket has flags");
        let answer = socket.read(&mut [0; 16]);
        answer.map_err(|error| format!("{:?}", error.kind()))
    });
    if answer != Err("WouldBlock".to_owned()) {
        fail(
            &format!("expected  Err(\"WouldBlock\")\nreceived  {answer:?}"),
            "Nothing has been sent, so a read from a nonblocking socket has nothing to return but that.",
        );
    }
}

#[test]
fn a_blocking_read_may_sleep_again() {
    let (socket, _peer) = UnixStream::pair().expect("a pair of sockets");
    socket
        .set_nonblocking(true)
        .expect("a socket can be nonblocking");
    set_blocking(&socket).expect("an open socket has flags");
    if status_flags(&socket).contains(OFlag::O_NONBLOCK) {
        fail(
            "expected  no O_NONBLOCK after set_blocking\nreceived  O_NONBLOCK is still set",
            "Once O_NONBLOCK is off, a read sleeps until bytes come.",
        );
    }
}

#[test]
fn a_log_still_appends_once_it_is_nonblocking() {
    let path = Scratch::new("nonblocking");
    let (mut ours, mut theirs) = (path.log(), path.log());
    set_nonblocking(&ours).expect("an open file has flags");
    write_in_turn(&mut theirs, &mut ours);
    check_log(&path, "set_nonblocking");
}

#[test]
fn a_log_still_appends_once_it_is_blocking_again() {
    let path = Scratch::new("blocking");
    let (mut ours, mut theirs) = (path.log(), path.log());
    set_blocking(&ours).expect("an open file has flags");
    write_in_turn(&mut theirs, &mut ours);
    check_log(&path, "set_blocking");
}

#[test]
fn no_other_flag_changes() {
    let path = Scratch::new("flags");
    let _log = path.log();
    for (append, more) in [(false, OFlag::empty()), (true, OFlag::O_NOATIME)] {
        let file = OpenOptions::new()
            .read(true)
            .write(!append)
            .append(append)
            .custom_flags(more.bits())
            .open(&path.0)
            .expect("a log has just been created there");
        let before = status_flags(&file);
        set_nonblocking(&file).expect("an open file has flags");
        check_flags(
            "after set_nonblocking",
            before | OFlag::O_NONBLOCK,
            status_flags(&file),
        );
        set_blocking(&file).expect("an open file has flags");
        check_flags("after set_blocking", before, status_flags(&file));
    }
}

#[test]
fn flags_of_sockets_and_pipes_stay() {
    let (socket, _peer) = UnixStream::pair().expect("a pair of sockets");
    let (_reader, pipe) = io::pipe().expect("a pipe");
    keep_flag(&socket, OFlag::O_ASYNC);
    keep_flag(&pipe, OFlag::O_DIRECT);
}

/// Sets `flag`, and checks that it stays.
#[track_caller]
fn keep_flag(fd: &impl AsFd, flag: OFlag) {
    let before = status_flags(fd) | flag;
    fcntl(fd, FcntlArg::F_SETFL(before)).expect("a flag that may be set");
    set_nonblocking(fd).expect("an open descriptor has flags");
    check_flags(
        "after set_nonblocking",
        before | OFlag::O_NONBLOCK,
        status_flags(fd),
    );
    set_blocking(fd).expect("an open descriptor has flags");
    check_flags("after set_blocking", before, status_flags(fd));
}

#[test]
fn twice_is_the_same_as_once() {
    let (socket, _peer) = UnixStream::pair().expect("a pair of sockets");
    let before = status_flags(&socket);
    for _ in 0..2 {
        set_nonblocking(&socket).expect("an open socket has flags");
    }
    check_flags(
        "after set_nonblocking, twice",
        before | OFlag::O_NONBLOCK,
        status_flags(&socket),
    );
    for _ in 0..2 {
        set_blocking(&socket).expect("an open socket has flags");
    }
    check_flags("after set_blocking, twice", before, status_flags(&socket));
}

type Setter = fn(&UnixStream) -> io::Result<()>;

#[test]
fn close_on_exec_stays() {
    let (socket, _peer) = UnixStream::pair().expect("a pair of sockets");
    let setters: [(&str, Setter); 2] = [
        ("set_nonblocking", |socket| set_nonblocking(socket)),
        ("set_blocking", |socket| set_blocking(socket)),
    ];
    for (name, set) in setters {
        set(&socket).expect("an open socket has flags");
        let flags = fcntl(&socket, FcntlArg::F_GETFD).expect("an open socket has flags");
        if !FdFlag::from_bits_retain(flags).contains(FdFlag::FD_CLOEXEC) {
            fail(
                &format!("after {name}\nexpected  FD_CLOEXEC\nreceived  no descriptor flag"),
                "FD_CLOEXEC is a flag of the descriptor; O_NONBLOCK is none. Leave F_SETFD alone.",
            );
        }
    }
}

#[test]
fn an_error_is_passed_on() {
    let only_a_path = OpenOptions::new()
        .read(true)
        .custom_flags(OFlag::O_PATH.bits())
        .open("/")
        .expect("everybody may name the root");
    if set_nonblocking(&only_a_path).is_ok() || set_blocking(&only_a_path).is_ok() {
        fail(
            "expected  EBADF\nreceived  Ok(())",
            "A descriptor opened with O_PATH has no status flags to set (open(2)), and the kernel says \
             so. Who ignores that goes on with a descriptor that blocks.",
        );
    }
}

/// Two owners of one log write to it in turn.
fn write_in_turn(theirs: &mut File, ours: &mut File) {
    theirs
        .write_all(b"they: started\n")
        .expect("there is room for a line");
    ours.write_all(b"we: started\n")
        .expect("there is room for a line");
    theirs
        .write_all(b"they: ended\n")
        .expect("there is room for a line");
}

#[track_caller]
fn check_log(path: &Scratch, call: &str) {
    let expected = "they: started\nwe: started\nthey: ended\n";
    let received = fs::read(&path.0).expect("the log can be read");
    if let Some(lines) = harness::diff(expected.as_bytes(), &received) {
        fail(
            &format!(
                "the log, after {call} in one of its writers\n{}",
                lines.join("\n")
            ),
            "Both writers have opened the log with O_APPEND, so that each line goes to its end. \
             F_SETFL has switched that off for one of them: it writes where it stands, over the \
             other's lines.",
        );
    }
}

#[track_caller]
fn check_flags(when: &str, expected: OFlag, received: OFlag) {
    if expected != received {
        fail(
            &format!(
                "{when}\nexpected  {}\nreceived  {}",
                names(expected),
                names(received)
            ),
            "Only O_NONBLOCK may change. Begin with the status flags as they are (F_GETFL), and write \
             them back with that one bit switched.",
        );
    }
}

fn status_flags(fd: &impl AsFd) -> OFlag {
    OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL).expect("an open file has flags"))
}

/// `O_APPEND, O_NOATIME`
fn names(flags: OFlag) -> String {
    let known = [
        (OFlag::O_APPEND, "O_APPEND"),
        (OFlag::O_ASYNC, "O_ASYNC"),
        (OFlag::O_DIRECT, "O_DIRECT"),
        (OFlag::O_NOATIME, "O_NOATIME"),
        (OFlag::O_NONBLOCK, "O_NONBLOCK"),
    ];
    let names: Vec<&str> = known
        .iter()
        .filter(|(flag, _)| flags.contains(*flag))
        .map(|(_, name)| *name)
        .collect();
    if names.is_empty() {
        "no flag".to_owned()
    } else {
        names.join(", ")
    }
}

/// A file that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("nonblocking-flag-{name}-{}", std::process::id());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    /// The file, opened to append to it.
    fn log(&self) -> File {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.0)
            .expect("the target folder can be written to")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Where this fails, there is nothing to remove.
        let _ = fs::remove_file(&self.0);
    }
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(facts: &str, means: &str) -> ! {
    panic!("{facts}\nit means  {means}\nread      book: {BOOK}");
}
