//! Each prediction beside a real run.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::subject;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const BOOK: &str = "04-oneshot.html#read-the-code";

const LEVEL: EpollFlags = EpollFlags::EPOLLIN;
const EDGE: EpollFlags = LEVEL.union(EpollFlags::EPOLLET);
const ONESHOT: EpollFlags = EDGE.union(EpollFlags::EPOLLONESHOT);

#[test]
fn the_example_is_right() {
    Scene::new(LEVEL, &[3]).judge(
        "EXAMPLE",
        subject::EXAMPLE,
        "One report, and after it nothing is left to report.",
    );
}

#[test]
fn level_triggered_is_predicted() {
    Scene::new(LEVEL, &[10]).judge(
        "LEVEL",
        subject::LEVEL,
        "Level-triggered, epoll_wait reports a state: there are bytes. It does so at each call for as long as \
         that is true: after 4 of 10 bytes it is, after 8 it is, after 10 it isn't.",
    );
}

#[test]
fn edge_triggered_is_predicted() {
    Scene::new(EDGE, &[10]).judge(
        "EDGE",
        subject::EDGE,
        "Edge-triggered, epoll_wait reports a change: bytes have come. They came once. That 6 of them are \
         still there is no change, and so no report.",
    );
}

#[test]
fn edge_triggered_with_one_byte_more_is_predicted() {
    Scene {
        then: Some(1),
        ..Scene::new(EDGE, &[10])
    }
    .judge(
        "EDGE_WITH_ONE_BYTE_MORE",
        subject::EDGE_WITH_ONE_BYTE_MORE,
        "Bytes came twice: two changes, two reports, whether or not the first bytes had been read. But a \
         report brings one read here, and that took 4 old bytes. The new one is still there, behind 2 others.",
    );
}

#[test]
fn edge_triggered_with_two_sends_is_predicted() {
    Scene::new(EDGE, &[5, 5]).judge(
        "EDGE_WITH_TWO_SENDS",
        subject::EDGE_WITH_TWO_SENDS,
        "A change puts the descriptor on epoll's list of ready ones. The second change found it there \
         already. Reports don't count changes: one may stand for many.",
    );
}

#[test]
fn a_oneshot_that_is_not_re_armed_is_predicted() {
    Scene {
        then: Some(1),
        ..Scene::new(ONESHOT, &[10])
    }
    .judge(
        "ONESHOT",
        subject::ONESHOT,
        "The report switched the descriptor off. The byte that came afterwards is in the socket like the \
         others, but nobody is told before it is re-armed.",
    );
}

#[test]
fn a_oneshot_that_is_re_armed_is_predicted() {
    Scene {
        re_arms: true,
        ..Scene::new(ONESHOT, &[10])
    }
    .judge(
        "ONESHOT_RE_ARMED",
        subject::ONESHOT_RE_ARMED,
        "EPOLL_CTL_MOD switches the descriptor on and looks at the socket anew. What is there counts as a \
         change, even if it is old: so nothing is lost by re-arming with unread bytes.",
    );
}

/// What happens to the connection.
struct Scene {
    watched: EpollFlags,
    /// What comes before the program calls `epoll_wait`, in bytes.
    sends: &'static [usize],
    /// What comes after its first read.
    then: Option<usize>,
    re_arms: bool,
}

impl Scene {
    fn new(watched: EpollFlags, sends: &'static [usize]) -> Self {
        Self {
            watched,
            sends,
            then: None,
            re_arms: false,
        }
    }

    /// Fails unless a run has as many wake-ups as predicted.
    fn judge(&self, name: &str, predicted: Option<u32>, means: &str) {
        let Some(predicted) = predicted else {
            panic!(
                "predicted nothing yet\n\
                 it means  Put your number in: {name} = Some(…). Then a real run tells.\n\
                 read      book: {BOOK}"
            );
        };
        let (wake_ups, steps) = match self.run() {
            Ok(run) => run,
            Err(error) => panic!("the run failed: {error}"),
        };
        assert!(
            predicted == wake_ups,
            "predicted {predicted} for {name}\n\
             counted   {wake_ups}\n\
             \x20 {}\n\
             it means  {means}\n\
             read      book: {BOOK}",
            steps.join("\n  ")
        );
    }

    /// Counts the wake-ups, and tells each step.
    fn run(&self) -> io::Result<(u32, Vec<String>)> {
        let (mut peer, mut stream) = connection()?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&stream, EpollEvent::new(self.watched, 0))?;
        let mut steps = vec![format!("registered for {}", names(self.watched))];
        let mut left = 0;
        for &size in self.sends {
            left += size;
            send(&mut peer, &stream, size, left, &mut steps)?;
        }
        let mut events = [EpollEvent::empty()];
        let mut wake_ups = 0;
        // Where it would sleep it returns at once, so that this run has an end.
        while epoll.wait(&mut events, EpollTimeout::ZERO)? > 0 {
            wake_ups += 1;
            let taken = stream.read(&mut [0; 4])?;
            left -= taken;
            let report = names(events[0].events());
            steps.push(format!(
                "epoll_wait reports {report} ({wake_ups}); read takes {taken}, {left} left"
            ));
            if let (1, Some(size)) = (wake_ups, self.then) {
                left += size;
                send(&mut peer, &stream, size, left, &mut steps)?;
            }
            if self.re_arms {
                epoll.modify(&stream, &mut EpollEvent::new(self.watched, 0))?;
                steps.push("re-armed".to_owned());
            }
        }
        steps.push("epoll_wait sleeps".to_owned());
        Ok((wake_ups, steps))
    }
}

/// Both ends of a connection; the second is nonblocking.
fn connection() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let peer = TcpStream::connect(listener.local_addr()?)?;
    peer.set_nodelay(true)?;
    let (stream, _) = listener.accept()?;
    stream.set_nonblocking(true)?;
    Ok((peer, stream))
}

/// Sends `size` bytes, and waits until `unread` bytes are in the socket.
fn send(
    peer: &mut TcpStream,
    stream: &TcpStream,
    size: usize,
    unread: usize,
    steps: &mut Vec<String>,
) -> io::Result<()> {
    peer.write_all(&vec![b'x'; size])?;
    let deadline = Instant::now() + Duration::from_secs(3);
    while stream.peek(&mut [0; 64]).unwrap_or(0) < unread {
        if Instant::now() >= deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    let comes = if size == 1 {
        "byte comes"
    } else {
        "bytes come"
    };
    steps.push(format!("{size} {comes}, {unread} unread"));
    Ok(())
}

/// `IN|ET`
fn names(flags: EpollFlags) -> String {
    let names = flags
        .iter_names()
        .map(|(name, _)| name.trim_start_matches("EPOLL"));
    names.collect::<Vec<_>>().join("|")
}
