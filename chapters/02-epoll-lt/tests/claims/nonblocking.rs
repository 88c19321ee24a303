//! What nonblocking means, and whom it concerns (claims C108, C109, C125, C230, bugs B31, B90).

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use harness::Directory;
use harness::experiment::{Watcher, listener, nonblocking_pair, report, until};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::epoll::EpollFlags;
use socket2::{Domain, SockRef, Socket, Type};

#[test]
fn c108_a_nonblocking_connect_is_finished_when_there_is_room_and_no_error() {
    let listener = listener(64);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let begun = socket.connect(&listener.local_addr().unwrap().into());
    let errno = begun.unwrap_err().raw_os_error();
    assert_eq!(errno, Some(Errno::EINPROGRESS as i32));
    let watcher = Watcher::new();
    watcher.add(&socket, 1, EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(1, "OUT"));
    assert!(socket.take_error().unwrap().is_none());
}

#[test]
fn c108_a_refused_connect_has_its_error_collected() {
    let nobody = listener(64).local_addr().unwrap(); // closed again
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let _in_progress = socket.connect(&nobody.into());
    let watcher = Watcher::new();
    watcher.add(&socket, 1, EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(1, "OUT|ERR|HUP"));
    let error = socket.take_error().unwrap().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

/// Two readers of one socket: what was ready for both is there for one.
#[test]
fn c109_what_was_reported_may_be_gone_when_it_is_read() {
    let (mut client, mut server) = nonblocking_pair();
    let mut other = server.try_clone().unwrap();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(other.read(&mut [0]).unwrap(), 1);
    let error = server.read(&mut [0]).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::WouldBlock,
        "blocking, it would sleep"
    );
}

#[test]
fn c125_all_descriptors_of_one_socket_are_nonblocking_or_none() {
    let (_client, server) = nonblocking_pair();
    let other: TcpStream = server.try_clone().unwrap(); // dup
    server.set_nonblocking(false).unwrap();
    assert!(!SockRef::from(&other).nonblocking().unwrap());
    other.set_nonblocking(true).unwrap();
    assert!(SockRef::from(&server).nonblocking().unwrap());
}

#[test]
fn c125_a_child_process_shares_the_flag_with_its_parent() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut cat = Command::new("cat")
        .stdin(reader.try_clone().unwrap())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let flags = || {
        let info = fs::read_to_string(format!("/proc/{}/fdinfo/0", cat.id())).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        i32::from_str_radix(flags.unwrap().trim(), 8).unwrap()
    };
    assert_eq!(flags() & OFlag::O_NONBLOCK.bits(), 0);
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    assert_ne!(
        flags() & OFlag::O_NONBLOCK.bits(),
        0,
        "the child's own descriptor 0"
    );
    drop(writer);
    until("cat has seen the end", || cat.try_wait().unwrap().is_some());
}

/// A file that is open for appending, and gone with its descriptor.
fn appending() -> File {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(directory.join("file"));
    file.unwrap()
}

fn appends(file: &File) -> bool {
    let flags = fcntl(file, FcntlArg::F_GETFL).unwrap();
    OFlag::from_bits_retain(flags).contains(OFlag::O_APPEND)
}

#[test]
fn c230_f_getfd_reads_other_flags_and_the_status_flags_are_lost() {
    let file = appending();
    let wrong = fcntl(&file, FcntlArg::F_GETFD).unwrap(); // FD_CLOEXEC is 1
    let wrong = OFlag::from_bits_retain(wrong) | OFlag::O_NONBLOCK;
    fcntl(&file, FcntlArg::F_SETFL(wrong)).unwrap();
    assert!(!appends(&file));
}

#[test]
fn c230_f_getfl_keeps_what_was_set() {
    let file = appending();
    let flags = OFlag::from_bits_retain(fcntl(&file, FcntlArg::F_GETFL).unwrap());
    fcntl(&file, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).unwrap();
    assert!(appends(&file));
}

#[test]
fn b31_setting_one_flag_alone_clears_the_others() {
    let file = appending();
    fcntl(&file, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    assert!(!appends(&file));
}
