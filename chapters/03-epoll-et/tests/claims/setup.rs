//! What the experiments share: connections, an epoll that speaks in words, and runs in a process of
//! their own.

use std::any::type_name;
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// A listener of the chapter's own.
pub fn listener() -> TcpListener {
    ch03_epoll_et::listen((Ipv4Addr::LOCALHOST, 0).into(), 64).unwrap()
}

/// Both ends of a connection: the client's and the server's, which is nonblocking.
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = listener();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    server.set_nonblocking(true).unwrap();
    (client, server)
}

/// Waits until `count` bytes can be read, and leaves them there.
pub fn until_unread(stream: &TcpStream, count: usize) {
    let mut bytes = vec![0; count];
    until(&format!("{count} bytes are there"), || {
        stream.peek(&mut bytes).is_ok_and(|there| there == count)
    });
}

/// Waits until it is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(4);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within 4 s: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// An epoll that reports `(number, "IN|RDHUP")`.
pub struct Watcher(pub Epoll);

impl Watcher {
    pub fn new() -> Self {
        Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap())
    }

    pub fn add(&self, socket: &impl AsFd, number: u64, interest: EpollFlags) {
        self.0
            .add(socket, EpollEvent::new(interest, number))
            .unwrap();
    }

    /// What is reported at once.
    pub fn now(&self) -> Vec<(u64, String)> {
        self.wait(EpollTimeout::ZERO)
    }

    /// What is reported as soon as there is something.
    pub fn next(&self) -> Vec<(u64, String)> {
        let reported = self.wait(3000_u16.into());
        assert!(!reported.is_empty(), "nothing was reported within 3 s");
        reported
    }

    fn wait(&self, timeout: EpollTimeout) -> Vec<(u64, String)> {
        let mut events = [EpollEvent::empty(); 64];
        let count = self.0.wait(&mut events, timeout).unwrap();
        let reported = events[..count].iter();
        reported
            .map(|event| (event.data(), level::names(event.events())))
            .collect()
    }
}

/// One report, as [`Watcher`] gives it.
pub fn report(number: u64, flags: &str) -> Vec<(u64, String)> {
    vec![(number, flags.to_owned())]
}

/// Set in a process that runs one experiment alone.
const ALONE: &str = "WORKBOOK_EXPERIMENT_ALONE";

/// Runs `experiment` in a process of its own, for what would disturb the other tests, while
/// `meanwhile` sees the process's id.
pub fn alone<F: FnOnce()>(experiment: F, meanwhile: impl FnOnce(u32)) {
    if std::env::var_os(ALONE).is_some() {
        experiment();
        return;
    }
    // The closure's type is called after the test it stands in: `claims::draining::c127_…::{{closure}}`.
    let test = type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, test) = test.split_once("::").unwrap_or(("", test));
    let mut started = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    meanwhile(started.id());
    until("it has ended", || started.try_wait().unwrap().is_some());
    let output = started.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "alone, {test} said:\n{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Waits until all threads of a process sleep: its experiment is in the call that it is about.
pub fn until_asleep(pid: u32) {
    let all_sleep = || {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        tasks.flatten().all(|task| {
            fs::read_to_string(task.path().join("stat")).is_ok_and(|stat| stat.contains(") S "))
        })
    };
    until("it sleeps", || {
        all_sleep() && {
            std::thread::sleep(Duration::from_millis(20)); // no mere pause on its way there
            all_sleep()
        }
    });
}
