//! Descriptors that aren't connections.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{self, Receiver, Sender};

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, WatchId};
use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use nix::unistd::{pipe, read, write};

use crate::script::{Running, start_handler};

const IN: EpollFlags = EpollFlags::EPOLLIN;

/// Watches what it is given, reads that, and reports it.
struct Watcher {
    given: Receiver<(OwnedFd, EpollFlags)>,
    watches: Vec<WatchId>,
    report: Sender<String>,
}

impl Watcher {
    fn tell(&self, event: impl Into<String>) {
        let _ = self.report.send(event.into());
    }
}

impl Handler for Watcher {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok((descriptor, interest)) = self.given.try_recv() {
            match io.watch(descriptor, interest) {
                Ok(watch) => self.watches.push(watch),
                Err(error) => self.tell(format!(
                    "refused {:?}",
                    Errno::from_raw(error.raw_os_error().unwrap())
                )),
            }
        }
        self.tell("wake");
    }

    fn on_ready(&mut self, io: &mut Io, watch: WatchId, ready: EpollFlags) {
        let number = self.watches.iter().position(|&known| known == watch);
        let number = number.expect("one that it has been given");
        let mut bytes = [0; 100];
        let count = match io
            .watched(watch)
            .map(|descriptor| read(descriptor, &mut bytes))
        {
            Some(Ok(count)) => count,
            other => panic!("{other:?} of what is {ready:?}"),
        };
        let text = String::from_utf8_lossy(&bytes[..count]);
        self.tell(format!("{number}: {text}"));
        match &*text {
            "" => _ = io.unwatch(watch),
            "end the others" => {
                for &other in self.watches.iter().filter(|&&other| other != watch) {
                    io.unwatch(other);
                }
            }
            "rest" => io.change_watch(watch, EpollFlags::empty()).unwrap(),
            _ => {}
        }
    }
}

fn start() -> (Running, Sender<(OwnedFd, EpollFlags)>) {
    let (give, given) = mpsc::channel();
    let running = start_handler(Limits::default(), |report| Watcher {
        given,
        watches: Vec::new(),
        report,
    });
    (running, give)
}

fn give((running, give): &(Running, Sender<(OwnedFd, EpollFlags)>), descriptor: OwnedFd) {
    give.send((descriptor, IN)).unwrap();
    running.waker.wake();
    running.expect("wake");
}

#[test]
fn what_comes_through_a_pipe_is_told_and_its_end_too() {
    let watcher = start();
    let (reader, writer) = pipe().unwrap();
    give(&watcher, reader);
    watcher.0.expect_nothing();
    write(&writer, b"one").unwrap();
    watcher.0.expect("0: one");
    write(&writer, b"two").unwrap();
    watcher.0.expect("0: two");
    drop(writer);
    watcher.0.expect("0: ");
    watcher.0.expect_nothing();
}

#[test]
fn a_watch_for_nothing_is_told_of_nothing() {
    let watcher = start();
    let (reader, writer) = pipe().unwrap();
    give(&watcher, reader);
    write(&writer, b"rest").unwrap();
    watcher.0.expect("0: rest");
    write(&writer, b"unheard").unwrap();
    watcher.0.expect_nothing();
}

/// Both are ready in the same turn, so the second's event is in the batch when its watch ends.
#[test]
fn a_watch_that_ends_in_this_turn_is_not_called_any_more() {
    let watcher = start();
    let (first, one) = pipe().unwrap();
    let (second, other) = pipe().unwrap();
    write(&one, b"end the others").unwrap();
    write(&other, b"end the others").unwrap();
    watcher.1.send((first, IN)).unwrap();
    watcher.1.send((second, IN)).unwrap();
    watcher.0.waker.wake();
    watcher
        .0
        .expect_any(|event| event.ends_with("end the others"));
    watcher.0.expect_nothing();
}

#[test]
fn a_regular_file_is_refused() {
    let watcher = start();
    let file = File::open("/etc/passwd").unwrap();
    watcher.1.send((file.into(), IN)).unwrap();
    watcher.0.waker.wake();
    // It is always ready, so epoll has nothing to tell of it (epoll_ctl(2), EPERM).
    watcher.0.expect("refused EPERM");
}
