//! What a test may ask of a server beside its answers.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use harness::{EpollFlags, Server, leave_descriptors};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollTimeout};

const IN: EpollFlags = EpollFlags::EPOLLIN;
const EDGE: EpollFlags = IN.union(EpollFlags::EPOLLET);
const ONESHOT: EpollFlags = IN.union(EpollFlags::EPOLLONESHOT);

/// The verdict with which `test` fails, its lines joined.
#[track_caller]
fn verdict(check: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(check)).expect_err("it should have failed");
    let said = panic.downcast::<String>();
    let said = said.map_or_else(|_| "no text".to_owned(), |said| *said);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_says(verdict: &str, parts: &[&str]) {
    for part in parts {
        assert!(verdict.contains(part), "no {part:?} in:\n{verdict}");
    }
}

/// Keeps all clients, watches them for `events`, and waits with `limit`.
fn watch(listener: &TcpListener, events: EpollFlags, limit: EpollTimeout) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::empty())?;
    epoll.add(listener, EpollEvent::new(EDGE, 0))?;
    let mut clients = Vec::new();
    loop {
        let ready = epoll.wait(&mut [EpollEvent::empty(); 1], limit);
        if ready == Ok(1) {
            let Ok((client, _)) = listener.accept() else {
                continue; // it was a client's event
            };
            epoll.add(&client, EpollEvent::new(events, 0))?;
            clients.push(client);
        }
    }
}

#[test]
fn who_waits_without_a_limit_has_no_wake_ups() {
    let server = Server::answer(|listener| watch(&listener, EDGE, EpollTimeout::NONE));
    let _client = server.client();
    server.expect_no_wake_ups();
}

#[test]
fn who_polls_is_found_however_slowly() {
    let server = Server::answer(|listener| watch(&listener, EDGE, EpollTimeout::from(20_u8)));
    let text = verdict(|| server.expect_no_wake_ups());
    assert_says(
        &text,
        &["received it wakes up by itself", "times in 300 ms"],
    );
    assert_says(&text, &["for 20 ms at most", "so nothing has happened"]);
}

#[test]
fn a_time_limit_is_found_that_has_not_passed_yet() {
    let server = Server::answer(|listener| watch(&listener, EDGE, EpollTimeout::from(60_000_u16)));
    let text = verdict(|| server.expect_no_wake_ups());
    assert_says(&text, &["it sleeps for 60 s at most, in epoll_wait"]);
}

#[test]
fn how_a_client_is_watched_is_seen() {
    let server = Server::answer(|listener| watch(&listener, ONESHOT, EpollTimeout::NONE))
        .with_deadline(Duration::from_secs(1));
    let client = server.client();
    server.expect_watched(&client, IN);
    server.expect_watched(&client, ONESHOT);
    server.expect_listener_watched(EDGE);
    let text = verdict(|| server.expect_watched(&client, EDGE));
    assert_says(
        &text,
        &[
            "expected this client's connection watched by an epoll for IN|ET",
            "received it is watched for IN|ONESHOT",
        ],
    );
}

#[test]
fn a_oneshot_that_has_fired_is_switched_off() {
    let server = Server::answer(|listener| watch(&listener, ONESHOT, EpollTimeout::NONE))
        .with_deadline(Duration::from_secs(2));
    let mut client = server.client();
    server.expect_watched(&client, ONESHOT);
    let text = verdict(|| server.expect_switched_off(&client));
    assert_says(&text, &["received it is watched for IN|ONESHOT (fd "]);
    client.send(b".");
    server.expect_switched_off(&client);
}

#[test]
fn who_uses_no_epoll_is_told_so() {
    let server = Server::answer(|listener| {
        for stream in listener.incoming() {
            let _ = stream.map(|mut stream| stream.read(&mut [0; 8]));
        }
    })
    .with_deadline(Duration::from_secs(2));
    let client = server.client();
    let text = verdict(|| server.expect_watched(&client, EDGE));
    assert_says(&text, &["received no epoll watches it (fd "]);
}

/// Sends one byte to each client; `keep` has what becomes of its stream.
fn greet(listener: &TcpListener, mut keep: impl FnMut(TcpStream)) {
    for mut stream in listener.incoming().flatten() {
        let _ = stream.write_all(b"x");
        keep(stream);
    }
}

#[test]
fn a_server_that_closes_leaks_nothing() {
    let server = Server::answer(|listener| greet(&listener, drop));
    server.expect_no_leak(|| server.client().expect_last(b"x"));
}

#[test]
fn a_descriptor_for_each_client_is_a_leak() {
    let server = Server::answer(|listener| {
        let mut all = Vec::new();
        greet(&listener, |stream| {
            let _ = stream.shutdown(Shutdown::Both);
            all.push(stream);
        });
    })
    .with_deadline(Duration::from_secs(1));
    let text = verdict(|| server.expect_no_leak(|| server.client().expect_last(b"x")));
    assert_says(&text, &["after 20 clients have left"]);
}

#[test]
fn just_so_many_descriptors_are_left() {
    let opened: Vec<String> = harness::call(|| {
        leave_descriptors(2).expect("a limit may be lowered");
        let mut open: Vec<OwnedFd> = Vec::new();
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            let outcome = io::stderr().as_fd().try_clone_to_owned();
            outcomes.push(format!(
                "{:?}",
                outcome.as_ref().map(drop).map_err(io::Error::raw_os_error)
            ));
            open.extend(outcome);
        }
        outcomes
    });
    assert_eq!(opened, ["Ok(())", "Ok(())", "Err(Some(24))"]);
}
