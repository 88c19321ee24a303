//! What TCP's keepalive tells the program (claim C225).

use std::io::{ErrorKind, Read};
use std::process::Command;
use std::time::Duration;

use harness::experiment::{OWN_NETWORK, alone};
use nix::sys::epoll::EpollFlags;
use socket2::{SockRef, TcpKeepalive};

use harness::experiment::{Watcher, nonblocking_pair, report};

#[test]
fn c225_keepalive_is_off_unless_it_is_asked_for() {
    let (_client, server) = nonblocking_pair();
    assert!(!SockRef::from(&server).keepalive().unwrap());
}

#[test]
fn c225_keepalive_reports_a_dead_peer_and_the_descriptor_stays() {
    alone(&OWN_NETWORK, || {
        let (_client, mut server) = nonblocking_pair();
        let second = Duration::from_secs(1);
        let often = TcpKeepalive::new()
            .with_time(second)
            .with_interval(second)
            .with_retries(2);
        SockRef::from(&server).set_tcp_keepalive(&often).unwrap();
        let watcher = Watcher::new();
        watcher.add(&server, 7, EpollFlags::EPOLLIN);
        let cut = ["link", "set", "lo", "down"];
        assert!(Command::new("ip").args(cut).status().unwrap().success());
        let cut = ["route", "flush", "table", "local"];
        assert!(Command::new("ip").args(cut).status().unwrap().success());
        assert_eq!(watcher.next(), report(7, "IN|ERR|HUP"));
        let error = server.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        // It is still ours: it reads as ended, and is closed by whoever drops it.
        assert_eq!(server.read(&mut [0]).unwrap(), 0);
    });
}
