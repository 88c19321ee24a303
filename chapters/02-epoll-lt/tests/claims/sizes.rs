//! Two sizes that the kernel is told: `epoll_create`'s, and how long a set for `select` is (claims C002,
//! C012, C015, C110, C234).
#![expect(
    unsafe_code,
    reason = "nix has no `epoll_create` with a size, and no set of more than 1,024 descriptors"
)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::null_mut;

use harness::experiment::alone;
use nix::errno::Errno;
use nix::libc;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::EventFd;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// An epoll that was made with this `size`, as the documents make theirs.
fn epoll_create(size: i32) -> nix::Result<Epoll> {
    // SAFETY: takes a number, and returns a new descriptor or -1.
    let fd = Errno::result(unsafe { libc::epoll_create(size) })?;
    // SAFETY: it is new, so nothing else owns it.
    Ok(Epoll(unsafe { OwnedFd::from_raw_fd(fd) }))
}

fn eventfd(value: u32) -> EventFd {
    EventFd::from_value(value).unwrap()
}

#[test]
fn c002_the_size_must_be_more_than_0() {
    for size in [0, -1] {
        assert_eq!(epoll_create(size).unwrap_err(), Errno::EINVAL);
    }
    assert!(epoll_create(1).is_ok());
}

/// 300 are watched, and reported at once, whatever was announced.
#[test]
fn c002_the_size_limits_neither_what_is_watched_nor_what_is_reported() {
    let ready: Vec<EventFd> = (0..300).map(|_| eventfd(1)).collect();
    for size in [1, 256, 100_000] {
        let epoll = epoll_create(size).unwrap();
        for descriptor in &ready {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, 0);
            epoll.add(descriptor, event).unwrap();
        }
        let mut events = vec![EpollEvent::empty(); 4096];
        assert_eq!(
            epoll.wait(&mut events, EpollTimeout::ZERO),
            Ok(300),
            "{size}"
        );
    }
}

#[test]
fn c012_maxevents_must_only_be_more_than_0() {
    let epoll = epoll_create(1).unwrap();
    let nothing = epoll.wait(&mut [], EpollTimeout::ZERO);
    assert_eq!(nothing, Err(Errno::EINVAL));
    for room in [1, 2, 4096] {
        let mut events = vec![EpollEvent::empty(); room];
        assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO), Ok(0), "{room}");
    }
}

/// What `select` says of these descriptors, asked with a set that is as long as their numbers need.
fn select(descriptors: &[i32]) -> (i32, Vec<bool>) {
    let most = descriptors.iter().max().unwrap() + 1;
    let mut set = vec![0_u64; usize::try_from(most).unwrap().div_ceil(64)];
    let place = |number: i32| {
        (
            usize::try_from(number / 64).unwrap(),
            1_u64 << (number % 64),
        )
    };
    for &number in descriptors {
        let (word, bit) = place(number);
        set[word] |= bit;
    }
    let mut now = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    // SAFETY: the kernel reads and writes `most` bits of the set, which has as many.
    let count = unsafe {
        libc::select(
            most,
            set.as_mut_ptr().cast(),
            null_mut(),
            null_mut(),
            &raw mut now,
        )
    };
    let is_set = |&number: &i32| {
        let (word, bit) = place(number);
        set[word] & bit != 0
    };
    (count, descriptors.iter().map(is_set).collect())
}

#[test]
fn c015_the_kernel_takes_a_set_of_more_than_1024_places() {
    alone(&[], || {
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
        let (ready, idle) = (eventfd(1), eventfd(0));
        let at = |descriptor: &EventFd, number: i32| {
            // SAFETY: a copy of a descriptor, at a number that is free.
            let copy =
                unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, number) };
            assert!(copy >= number, "{}", Errno::last());
            copy
        };
        let asked = [at(&ready, 3000), at(&idle, 2000), at(&ready, 1024)];
        assert_eq!(select(&asked), (2, vec![true, false, true]));
    });
}
