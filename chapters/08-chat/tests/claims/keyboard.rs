//! What a client waits for: somebody who types, and a server (claim C237).

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;

use harness::experiment::{Watcher, pair, report};
use nix::errno::Errno;
use nix::pty::openpty;
use nix::sys::epoll::{EpollEvent, EpollFlags};

const KEYBOARD: u64 = 0;
const SERVER: u64 = 1;

#[test]
fn c237_one_epoll_waits_for_keyboard_and_server() {
    let terminal = openpty(None, None).unwrap();
    let (mut keys, mut keyboard) = (File::from(terminal.master), File::from(terminal.slave));
    let (client, mut server) = pair();
    let watcher = Watcher::new();
    watcher.add(&keyboard, KEYBOARD, EpollFlags::EPOLLIN);
    watcher.add(&client, SERVER, EpollFlags::EPOLLIN);
    assert_eq!(watcher.now(), []);

    keys.write_all(b"hel").unwrap();
    assert_eq!(watcher.now(), [], "a terminal gives lines, not keys");
    keys.write_all(b"lo\n").unwrap();
    assert_eq!(watcher.next(), report(KEYBOARD, "IN"));
    let mut line = [0; 100];
    let count = keyboard.read(&mut line).unwrap();
    assert_eq!(&line[..count], b"hello\n");

    server.write_all(b"welcome\n").unwrap();
    assert_eq!(watcher.next(), report(SERVER, "IN"));
}

#[test]
fn c237_a_file_can_not_be_watched_and_never_blocks() {
    let file = File::open("/proc/self/exe").unwrap();
    let null = File::open("/dev/null").unwrap();
    for standard_input in [&file, &null] {
        let watcher = Watcher::new();
        let event = EpollEvent::new(EpollFlags::EPOLLIN, KEYBOARD);
        assert_eq!(
            watcher.0.add(standard_input.as_fd(), event),
            Err(Errno::EPERM)
        );
    }
}
