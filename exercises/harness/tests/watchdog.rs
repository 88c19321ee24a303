//! What the watchdog says of servers that hang, spin or lose a client.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Termination;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::experiment::until_asleep;
use harness::{Client, Server};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::select::{FdSet, select};

const LONG: Duration = Duration::from_mins(1);
/// Long enough for a server to have come to rest.
const SHORT: Duration = Duration::from_millis(300);

/// A server that hangs soon.
fn answer<R: Termination>(answer: impl FnOnce(TcpListener) -> R) -> Server {
    Server::answer(answer).with_deadline(SHORT)
}

/// The verdict with which `test` fails.
fn verdict<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(test()))).expect_err("it should have failed");
    panic
        .downcast::<String>()
        .map_or_else(|_| String::new(), |text| *text)
}

/// The verdict on a client that sends a line and waits for it in vain.
fn verdict_on(client: &mut Client) -> String {
    client.send(b"hello\n");
    let verdict = verdict(|| client.expect(b"hello\n"));
    assert!(
        verdict.contains("\nreceived  nothing within 300 ms\n"),
        "{verdict}"
    );
    assert!(verdict.lines().count() <= 16, "too long:\n{verdict}");
    verdict
}

/// Fails unless `verdict`, its lines joined, has all of `words`.
#[track_caller]
fn assert_says(verdict: &str, words: &[&str]) {
    let joined = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in words {
        assert!(
            joined.contains(words),
            "it doesn't say {words:?}:\n{verdict}"
        );
    }
}

fn accept(listener: &TcpListener) -> TcpStream {
    listener.accept().expect("a connection").0
}

fn wait(epoll: &Epoll) -> Vec<EpollEvent> {
    let mut events = [EpollEvent::empty(); 8];
    loop {
        match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => {} // no signal is needed: a machine that was frozen is enough
            ready => return events[..ready.expect("epoll_wait")].to_vec(),
        }
    }
}

fn new_epoll() -> Epoll {
    Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).expect("an epoll")
}

fn event(fd: u64, flags: EpollFlags) -> EpollEvent {
    EpollEvent::new(flags, fd)
}

#[test]
fn a_server_that_reads_for_ever_is_waiting_for_more() {
    let server = answer(|listener| {
        let mut stream = accept(&listener);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "thread answer sleeps in ",
            "this client's connection, nothing waits",
            "so the server has read all that this client sent, and waits for more of it",
        ],
    );
}

#[test]
fn a_silent_client_keeps_the_next_one_waiting() {
    let server = answer(|listener| {
        for stream in listener.incoming() {
            let _ = stream.expect("a connection").read(&mut [0; 1]);
        }
    });
    let silent = server.client();
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "sleeps in recvfrom(fd 4)",
            "1 connection waits in its accept queue",
            &format!("connection from {}, nothing waits", silent.address()),
            "so the server sleeps until something comes from fd 4, and meanwhile this client waits to be accepted",
        ],
    );
}

#[test]
fn a_server_that_only_accepts_leaves_bytes_unread() {
    let server = answer(|listener| {
        let mut streams = Vec::new();
        loop {
            streams.push(accept(&listener));
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "sleeps in accept4(fd 3)",
            "nobody waits in its accept queue",
            "fd 4 this client's connection, 6 bytes wait unread",
            "so the server sleeps until another client comes, and meanwhile nobody reads the 6 bytes",
        ],
    );
}

#[test]
fn a_server_that_swallows_lines_never_wrote_the_answer() {
    let server = answer(|listener| {
        let mut streams = Vec::new();
        loop {
            let mut stream = accept(&listener);
            let _ = stream.read(&mut [0; 100]);
            streams.push(stream);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &["waits for the next client: the answer was never written"],
    );
}

#[test]
fn a_server_that_never_accepts_is_told_by_its_queue() {
    let server = answer(|_listener| thread::sleep(LONG));
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "sleeps in clock_nanosleep: lets time pass",
            "so the server lets time pass, and meanwhile this client waits to be accepted",
        ],
    );
}

#[test]
fn a_loop_without_system_calls_spins() {
    let server = answer(|listener| {
        let _stream = accept(&listener);
        loop {
            std::hint::spin_loop();
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "thread answer spins: ",
            "so it computes and makes no system call",
        ],
    );
}

#[test]
fn an_edge_triggered_socket_with_unread_bytes_stays_silent() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN | EpollFlags::EPOLLET))
            .expect("add");
        loop {
            wait(&epoll);
            let _ = stream.read(&mut [0; 2]);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "thread answer sleeps in epoll_",
            "fd 4 epoll: watches fd 5 for IN|ET",
            "fd 5 this client's connection, 4 bytes wait unread",
            "so fd 5 still holds 4 unread bytes, but it is edge-triggered: it was reported once, and nobody will say so again",
        ],
    );
}

#[test]
fn a_oneshot_that_was_not_re_armed_stays_silent() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(
                &stream,
                event(0, EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT),
            )
            .expect("add");
        loop {
            wait(&epoll);
            let _ = stream.read(&mut [0; 2]);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "epoll: watches fd 5 no more (ONESHOT has fired)",
            "registered with ONESHOT, which has fired: it stays silent until re-armed",
        ],
    );
}

#[test]
fn a_connection_that_was_never_registered_stays_silent() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        epoll
            .add(&listener, event(0, EpollFlags::EPOLLIN))
            .expect("add");
        let mut streams = Vec::new();
        loop {
            wait(&epoll);
            streams.push(accept(&listener));
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &["so fd 5 still holds 6 unread bytes, but nobody watches it."],
    );
}

#[test]
fn a_blocking_socket_under_epoll_is_told() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN))
            .expect("add");
        loop {
            wait(&epoll);
            while !matches!(stream.read(&mut [0; 6]), Err(error) if error.kind() == ErrorKind::WouldBlock)
            {
            }
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &["so fd 5 is a blocking socket: after its last byte, recvfrom sleeps"],
    );
}

#[test]
fn an_end_of_file_that_is_not_acted_upon_makes_a_loop_spin() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN))
            .expect("add");
        loop {
            wait(&epoll);
            let _ = stream.read(&mut [0; 6]);
        }
    });
    let mut client = server.client();
    client.finish_sending();
    let verdict = verdict(|| client.expect_end());
    assert_says(
        &verdict,
        &[
            "expected the end of the connection received nothing within 300 ms",
            "spins: ",
            "this client's connection, nothing waits, at end of file",
            "so fd 5 is at end of file: it stays readable for ever",
        ],
    );
}

#[test]
fn a_deadlock_is_told() {
    let server = answer(|listener| {
        let _stream = accept(&listener);
        let lock = Mutex::new(());
        let _held = lock.lock();
        drop(lock.lock());
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "sleeps in futex: waits for a lock",
            "so the only thread sleeps in futex",
        ],
    );
}

#[test]
fn a_server_that_never_reads_is_told_while_sending() {
    let server = answer(|listener| {
        let _stream = accept(&listener);
        thread::sleep(LONG);
    });
    let mut client = server.client();
    let verdict = verdict(|| client.send(&vec![b'x'; 64 << 20]));
    assert_says(
        &verdict,
        &[
            "expected a server that takes them",
            "of 67,108,864 bytes taken, then none within 300 ms",
        ],
    );
}

#[test]
fn many_threads_and_connections_are_cut_short() {
    let server = answer(|listener| {
        for stream in listener.incoming() {
            thread::spawn(move || stream.expect("a connection").read_to_end(&mut Vec::new()));
        }
    });
    let _others = server.clients(100);
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "thread answer sleeps in recvfrom(fd 1",
            "… and 99 more threads",
            "… and 98 more connections",
            "waits for more of it",
        ],
    );
}

#[test]
fn a_write_to_a_client_that_does_not_read_is_told() {
    let server = answer(|listener| {
        let mut deaf = accept(&listener);
        while deaf.write_all(&[b'x'; 16 * 1024]).is_ok() {}
    });
    let _deaf = server.client();
    until_asleep(server.pid()); // its sockets hold megabytes
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "sleeps in sendto(fd 4)",
            "wait unsent",
            "until fd 4 takes more bytes, and meanwhile this client",
        ],
    );
}

#[test]
fn a_loop_over_calls_that_return_at_once_spins() {
    let server = answer(|listener| {
        let mut stream = accept(&listener);
        stream.set_nonblocking(true).expect("a nonblocking socket");
        loop {
            let _ = stream.read(&mut [0; 100]);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "spins: ",
            "so it calls recvfrom on fd 4 again and again, and that returns at once",
        ],
    );
}

#[test]
fn a_level_triggered_socket_that_nobody_reads_makes_a_loop_spin() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN))
            .expect("add");
        loop {
            wait(&epoll);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "spins: ",
            "so fd 5 holds 6 unread bytes that nobody reads, so it is reported",
        ],
    );
}

#[test]
fn idle_interest_in_output_makes_a_loop_spin() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(
                &stream,
                event(0, EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT),
            )
            .expect("add");
        loop {
            for ready in wait(&epoll) {
                if ready.events().contains(EpollFlags::EPOLLIN) {
                    let _ = stream.read(&mut [0; 100]);
                }
            }
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "watches fd 5 for IN|OUT",
            "so fd 5 is watched for OUT, and a socket with room",
        ],
    );
}

#[test]
fn an_edge_triggered_listener_keeps_its_second_client_waiting() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        epoll
            .add(
                &listener,
                event(0, EpollFlags::EPOLLIN | EpollFlags::EPOLLET),
            )
            .expect("add");
        let mut streams = Vec::new();
        loop {
            wait(&epoll);
            streams.push(accept(&listener));
        }
    });
    // While it stands still, both clients come: one edge stands for them.
    let (_first, mut second) = server.while_stopped(|| (server.client(), server.client()));
    let verdict = verdict_on(&mut second);
    assert_says(
        &verdict,
        &[
            "fd 3 listener",
            "1 connection waits in its accept queue",
            "a connection waits in the accept queue of fd 3, but it is edge-triggered",
        ],
    );
}

#[test]
fn an_answer_that_was_kept_back_is_told() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN))
            .expect("add");
        loop {
            wait(&epoll);
            let _ = stream.read(&mut [0; 100]);
        }
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &["so the server has read all", "fd 5 isn't watched for OUT"],
    );
}

#[test]
fn a_poll_that_leaves_a_connection_out_is_told() {
    let server = answer(|listener| {
        let _stream = accept(&listener);
        let mut fds = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut fds, PollTimeout::NONE);
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "poll(fd 3 for IN)",
            "so fd 4 still holds 6 unread bytes, but nobody watches it.",
        ],
    );
}

#[test]
fn a_select_that_leaves_a_connection_out_is_told() {
    let server = answer(|listener| {
        let _stream = accept(&listener);
        let mut writable = FdSet::new();
        writable.insert(listener.as_fd()); // a listener is never writable
        let _ = select(None, None, &mut writable, None, None);
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &[
            "select",
            "(fd 3 for OUT)",
            "so fd 4 still holds 6 unread bytes, but nobody watches it.",
        ],
    );
}

#[test]
fn a_connection_that_is_not_watched_for_input_is_told() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLRDHUP))
            .expect("add");
        wait(&epoll);
    });
    let verdict = verdict_on(&mut server.client());
    assert_says(
        &verdict,
        &["so fd 5 still holds 6 unread bytes, but it is watched for RDHUP, not for IN."],
    );
}

#[test]
fn a_server_that_was_stopped_is_told() {
    let server = answer(|listener| drop(accept(&listener)));
    let verdict = server.while_stopped(|| verdict_on(&mut server.client()));
    assert_says(&verdict, &["was stopped by a signal"]);
}

/// A machine that is frozen for a moment does the same to all of its processes.
#[test]
fn a_stop_does_not_hide_the_call_that_a_server_sleeps_in() {
    let server = answer(|listener| {
        let stream = accept(&listener);
        let mut fds = [PollFd::new(stream.as_fd(), PollFlags::POLLPRI)];
        let _ = poll(&mut fds, PollTimeout::from(60_000_u16));
    });
    let mut client = server.client();
    verdict_on(&mut client);
    server.while_stopped(|| {});
    assert_says(&verdict_on(&mut client), &["sleeps in poll(fd 4 for PRI)"]);
}

#[test]
fn an_edge_triggered_end_of_file_that_was_lost_is_told() {
    let server = answer(|listener| {
        let epoll = new_epoll();
        let mut stream = accept(&listener);
        epoll
            .add(&stream, event(0, EpollFlags::EPOLLIN | EpollFlags::EPOLLET))
            .expect("add");
        loop {
            wait(&epoll);
            let mut line = [0; 100];
            let size = stream.read(&mut line).expect("a line or the end");
            stream.write_all(&line[..size]).expect("room for a line");
        }
    });
    let mut client = server.client();
    client.send(b"hello\n");
    client.finish_sending();
    client.expect(b"hello\n");
    let verdict = verdict(|| client.expect_end());
    assert_says(
        &verdict,
        &[
            "nothing waits, at end of file",
            "so fd 5 is at end of file, but it is edge-triggered",
        ],
    );
}

#[test]
fn a_connection_that_is_left_open_is_told() {
    let server = answer(|listener| {
        let mut streams = Vec::new();
        loop {
            let mut stream = accept(&listener);
            let _ = stream.read_to_end(&mut Vec::new());
            streams.push(stream);
        }
    });
    let mut client = server.client();
    client.finish_sending();
    let verdict = verdict(|| client.expect_end());
    assert_says(
        &verdict,
        &["so fd 4 is at end of file", "neither answers nor closes"],
    );
}

#[test]
fn a_connection_that_should_have_ended_is_said_to_be_open() {
    let server = answer(|listener| {
        let stream = accept(&listener);
        let epoll = new_epoll();
        let event = EpollEvent::new(EpollFlags::EPOLLIN, 0);
        epoll.add(&stream, event).expect("a new descriptor");
        wait(&epoll);
    });
    let mut client = server.client();
    let verdict = verdict(|| client.expect_end());
    assert_says(&verdict, &["so fd 4 is still open"]);
}

#[test]
fn a_reset_is_explained() {
    let server = answer(|listener| {
        loop {
            let stream = accept(&listener);
            let _ = stream.peek(&mut [0]); // its bytes have come, and stay unread
        }
    });
    let mut client = server.client();
    client.send(b"hello\n");
    let verdict = verdict(|| client.expect(b"hello\n"));
    assert_says(
        &verdict,
        &[
            "the connection was reset",
            "so the server has closed this connection while bytes",
        ],
    );
}
