//! select, poll and epoll with many descriptors (claims C015 to C020, C025, C029, C031).

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::panic;
use std::process::Command;
use std::time::Duration;

use harness::experiment::alone;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::select::{FD_SETSIZE, FdSet, select};
use nix::time::{ClockId, clock_gettime};

fn eventfd(value: u32) -> EventFd {
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    EventFd::from_value_and_flags(value, flags).unwrap()
}

/// Lets this process have as many descriptors as it may ask for.
fn raise_limit() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
}

#[test]
fn c015_descriptor_1024_has_no_place_in_a_set_and_is_nothing_special_to_poll() {
    let experiment = || {
        raise_limit();
        let _files: Vec<File> = (0..FD_SETSIZE)
            .map(|_| File::open("/dev/null").unwrap())
            .collect();
        let ready = eventfd(1);
        assert!(usize::try_from(ready.as_raw_fd()).unwrap() >= FD_SETSIZE);
        panic::set_hook(Box::new(|_| {})); // the next panic is expected
        let inserted = panic::catch_unwind(|| FdSet::new().insert(ready.as_fd()));
        let _ = panic::take_hook();
        assert!(inserted.is_err(), "it would be written past the set's end");

        let mut entry = [PollFd::new(ready.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut entry, PollTimeout::ZERO), Ok(1));
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
        epoll
            .add(&ready, EpollEvent::new(EpollFlags::EPOLLIN, 1))
            .unwrap();
        let mut events = [EpollEvent::empty()];
        assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(1));
    };
    alone(&[], experiment);
}

#[test]
fn c018_a_limit_is_inherited_by_children_and_stays_with_them() {
    let script = "ulimit -n 40; sh -c 'ulimit -n'";
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    assert_eq!(output.stdout, b"40\n");
    let output = Command::new("sh").args(["-c", "ulimit -n"]).output();
    assert_ne!(output.unwrap().stdout, b"40\n", "another child of ours");
}

#[test]
fn c019_select_writes_its_answer_over_the_question() {
    let (idle, ready) = (eventfd(0), eventfd(1));
    let mut set = FdSet::new();
    set.insert(idle.as_fd());
    set.insert(ready.as_fd());
    assert_eq!(select(None, &mut set, None, None, None), Ok(1));
    assert!(set.contains(ready.as_fd()));
    assert!(!set.contains(idle.as_fd()), "to be put in again");
}

#[test]
fn c025_poll_marks_the_entries_that_are_ready() {
    let (idle, ready) = (eventfd(0), eventfd(1));
    let mut entries = [&idle, &ready].map(|one| PollFd::new(one.as_fd(), PollFlags::POLLIN));
    assert_eq!(poll(&mut entries, PollTimeout::ZERO), Ok(1));
    let marks = entries.map(|entry| entry.any().unwrap());
    assert_eq!(marks, [false, true]);
}

/// 2,000 descriptors of which these are ready, and an epoll that watches them.
fn watched(is_ready: impl Fn(usize) -> bool) -> (Vec<EventFd>, Epoll) {
    raise_limit();
    let all: Vec<EventFd> = (0..2000)
        .map(|number| eventfd(is_ready(number).into()))
        .collect();
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    for (descriptor, number) in all.iter().zip(0..) {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, number);
        epoll.add(descriptor, event).unwrap();
    }
    (all, epoll)
}

/// The processor time of `turn`.
fn cost(turn: impl FnOnce()) -> Duration {
    let clock = || Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap());
    let began = clock();
    turn();
    clock().saturating_sub(began)
}

/// The middle one of many turns: the clock of a virtual machine may err both ways.
fn middle(mut costs: Vec<Duration>) -> Duration {
    costs.sort_unstable();
    costs[costs.len() / 2]
}

#[test]
fn c031_with_one_of_2000_active_epoll_costs_a_fraction_of_poll() {
    let experiment = || {
        let (all, epoll) = watched(|number| number == 1000);
        let fds: Vec<BorrowedFd> = all.iter().map(AsFd::as_fd).collect();
        let mut events = vec![EpollEvent::empty(); all.len()];
        let (mut with_poll, mut waits) = (Vec::new(), Vec::new());
        for _ in 0..301 {
            with_poll.push(cost(|| {
                let entries = fds.iter().map(|fd| PollFd::new(*fd, PollFlags::POLLIN));
                let mut entries: Vec<PollFd> = entries.collect();
                assert_eq!(poll(&mut entries, PollTimeout::ZERO), Ok(1));
                let ready = entries.iter().position(|entry| entry.any() == Some(true));
                assert_eq!(ready, Some(1000));
            }));
            waits.push(cost(|| {
                assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(1));
                assert_eq!(events[0].data(), 1000);
            }));
        }
        let (poll, epoll) = (middle(with_poll), middle(waits));
        assert!(poll > 10 * epoll, "poll {poll:?}, epoll {epoll:?}");
    };
    alone(&[], experiment);
}

#[test]
fn c029_with_all_of_2000_active_epoll_has_to_ask_and_report_all_as_well() {
    let experiment = || {
        let (all, epoll) = watched(|_| true);
        let mut events = vec![EpollEvent::empty(); all.len()];
        for _ in 0..3 {
            assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(2000));
        }
    };
    alone(&[], experiment);
}
