//! select, poll and epoll, with few descriptors and with many (claims C014 to C019, C024, C025, C029,
//! C031, C231).

use std::fs::{self, File};
use std::io::{Read, Write, pipe};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};
use std::panic;
use std::process::Command;
use std::time::Duration;

use harness::experiment::{
    FEW_DESCRIPTORS, Watcher, alone, fill, listener, nonblocking_pair, report, reset, until_state,
    until_unread,
};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::select::{FD_SETSIZE, FdSet, select};

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
fn c014_poll_is_told_at_each_call_and_epoll_remembers() {
    let ready = eventfd(1);
    let mut question = [PollFd::new(ready.as_fd(), PollFlags::POLLIN)];
    assert_eq!(poll(&mut question, PollTimeout::ZERO), Ok(1));
    assert_eq!(poll(&mut [], PollTimeout::ZERO), Ok(0), "not asked again");
    let watcher = Watcher::new();
    watcher.add(&ready, 7, EpollFlags::EPOLLIN);
    for _ in 0..2 {
        assert_eq!(watcher.now(), report(7, "IN"), "told once");
    }
}

/// `/proc/PID/fdinfo` walks through the tree. It is ordered by file, and for one file by number.
#[test]
fn c017_epoll_keeps_what_it_watches_in_order() {
    let (_client, one) = nonblocking_pair();
    let mut copies: Vec<_> = (0..20).map(|_| one.try_clone().unwrap()).collect();
    copies.sort_by_key(|copy| copy.as_raw_fd() % 7); // in any order but theirs
    let watcher = Watcher::new();
    for copy in &copies {
        watcher.add(copy, 7, EpollFlags::EPOLLIN);
    }
    let info = format!("/proc/self/fdinfo/{}", watcher.0.0.as_raw_fd());
    let info = fs::read_to_string(info).unwrap();
    let rows = info.lines().filter_map(|line| line.strip_prefix("tfd:"));
    let numbers: Vec<i32> = rows
        .map(|row| row.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert!(numbers.len() == 20 && numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn c017_more_may_be_watched_than_descriptors_are_allowed() {
    alone(&FEW_DESCRIPTORS, || {
        let ready: Vec<EventFd> = (0..20).map(|_| eventfd(1)).collect();
        let watchers: Vec<Watcher> = (0..5).map(|_| Watcher::new()).collect();
        for watcher in &watchers {
            for (descriptor, number) in ready.iter().zip(0..) {
                watcher.add(descriptor, number, EpollFlags::EPOLLIN);
            }
        }
        let reported: usize = watchers.iter().map(|watcher| watcher.now().len()).sum();
        assert_eq!(reported, 100, "with 40 descriptors at most");
    });
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

/// Nobody but this thread does anything here, and no device is involved.
#[test]
fn c024_a_pipe_is_on_the_list_when_the_call_that_wrote_to_it_returns() {
    let ((mut reader, mut writer), (idle, _open)) = (pipe().unwrap(), pipe().unwrap());
    let watcher = Watcher::new();
    watcher.add(&reader, 7, EpollFlags::EPOLLIN);
    watcher.add(&idle, 8, EpollFlags::EPOLLIN);
    for _ in 0..1000 {
        assert_eq!(watcher.now(), []);
        writer.write_all(b"x").unwrap();
        assert_eq!(
            watcher.now(),
            report(7, "IN"),
            "the idle one isn't looked at"
        );
        reader.read_exact(&mut [0]).unwrap();
    }
}

/// What `poll` says of a socket, and what epoll says of it, in bits.
fn both(socket: &impl AsFd) -> (i32, i32) {
    let all = PollFlags::POLLIN | PollFlags::POLLOUT | PollFlags::POLLPRI;
    let mut entry = [PollFd::new(socket.as_fd(), all)];
    poll(&mut entry, PollTimeout::ZERO).unwrap();
    let watcher = Watcher::new();
    let all = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLPRI;
    watcher.add(socket, 7, all);
    let mut events = [EpollEvent::empty()];
    watcher.wait(&mut events, Duration::ZERO).unwrap();
    let by_poll = entry[0].revents().unwrap().bits();
    (by_poll.into(), events[0].events().bits())
}

#[test]
fn c231_poll_and_level_triggered_epoll_say_the_same_of_every_socket() {
    let listener = listener(8);
    let (mut speaks, spoken) = nonblocking_pair();
    let (ends, ended) = nonblocking_pair();
    let (resets, cut) = nonblocking_pair();
    let (_idle, idle) = nonblocking_pair();
    let (_reads_nothing, full) = nonblocking_pair();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    speaks.write_all(b"x").unwrap();
    until_unread(&spoken, 1);
    drop(ends);
    let (here, there) = (ended.local_addr().unwrap(), ended.peer_addr().unwrap());
    until_state(here, there, "CLOSE_WAIT");
    let _written = fill(&full);
    let (here, there) = (cut.local_addr().unwrap(), cut.peer_addr().unwrap());
    reset(resets);
    until_state(here, there, "gone");
    let mut said = Vec::new();
    for socket in [spoken, ended, cut, idle, full] {
        said.push(both(&socket));
    }
    said.push(both(&listener));
    assert!(said.iter().all(|(poll, epoll)| poll == epoll), "{said:?}");
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), 5, "both spoken and ended are IN|OUT: {said:?}");
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

/// With `poll` the program passes 2,000 entries and searches them; an epoll returns one. (What that
/// costs is measured elsewhere, because a test asserts no speed.)
#[test]
fn c031_with_one_of_2000_active_poll_returns_2000_entries_to_search_and_epoll_one() {
    let experiment = || {
        let (all, epoll) = watched(|number| number == 1000);
        let mut entries: Vec<PollFd> = all
            .iter()
            .map(|descriptor| PollFd::new(descriptor.as_fd(), PollFlags::POLLIN))
            .collect();
        assert_eq!(poll(&mut entries, PollTimeout::ZERO), Ok(1));
        let looked_at = entries
            .iter()
            .take_while(|entry| entry.any() != Some(true))
            .count();
        assert_eq!(looked_at, 1000, "before the one that is ready");
        let mut events = vec![EpollEvent::empty(); all.len()];
        assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(1));
        assert_eq!(events[0].data(), 1000);
    };
    alone(&[], experiment);
}

/// Level-triggered, each wait asks every descriptor that was reported before whether it still is
/// ready. So of 2,000, an epoll saves nothing.
#[test]
fn c029_with_all_of_2000_active_epoll_has_to_ask_and_report_all_as_well() {
    let experiment = || {
        let (all, epoll) = watched(|_| true);
        let mut events = vec![EpollEvent::empty(); all.len()];
        assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(2000));
        for descriptor in all.iter().step_by(2) {
            descriptor.read().unwrap(); // no longer ready
        }
        let count = epoll.wait(&mut events, EpollTimeout::ZERO);
        assert_eq!(count, Ok(1000), "each was asked anew");
        let still = events[..1000].iter().all(|event| event.data() % 2 == 1);
        assert!(still, "and only those are reported that still are");
    };
    alone(&[], experiment);
}
