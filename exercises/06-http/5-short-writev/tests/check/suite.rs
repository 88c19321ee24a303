//! Sockets that take just as much as a test says, and a real one.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::os::unix::net::UnixStream;

use crate::subject::{Progress, Response};
use serde::{Deserialize, Serialize};
use socket2::SockRef;

const BOOK: &str = "06-files.html#head-and-file-in-one-turn";

/// A head and a body in which each byte shows where it belongs.
const HEAD: &[u8; 20] = b"HEAD-ABCDEFGHIJKLMNO";
const BODY: &[u8; 30] = b"body-abcdefghijklmnopqrstuvwxy";
const ALL: usize = HEAD.len() + BODY.len();

/// In a [`Script`]: this write is interrupted by a signal.
const SIGNAL: usize = usize::MAX;
/// In a [`Script`]: this write finds that the client has gone.
const GONE: usize = usize::MAX - 1;

/// A socket that takes so many bytes with each write, and has no room where that is 0. At the end of the list
/// it has room for all.
#[derive(Default)]
struct Script {
    takes: Vec<usize>,
    run: Run,
}

/// What has happened.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Run {
    /// What the client got.
    received: Vec<u8>,
    /// How much each write was offered.
    offered: Vec<usize>,
    /// What `send` returned, call by call.
    said: Vec<String>,
}

#[test]
fn all_at_once() {
    check(
        &[],
        "The socket has room for all, so one write takes it all.",
    );
}

#[test]
fn a_short_write_in_the_head() {
    check(
        &[6],
        "The first write ended in the middle of the head. The list of pieces is as it was: to offer what is \
         left is up to you. What writev returns are bytes, not pieces.",
    );
}

#[test]
fn a_short_write_at_the_end_of_the_head() {
    check(
        &[HEAD.len()],
        "The first write took the head and not a byte more. What is left is the body, from its start.",
    );
}

#[test]
fn a_short_write_in_the_body() {
    check(
        &[HEAD.len() + 10, 7],
        "The first write took the head and 10 bytes of the body. It goes on behind these: the head doesn't \
         count for where in the body that is.",
    );
}

#[test]
fn two_short_writes_in_the_head() {
    check(
        &[6, 4],
        "The first write took 6 of the head's 20 bytes, the second 4: then 10 are sent and 10 are left of the \
         head. `sent` counts from its start; what is left of it has been getting shorter all the time.",
    );
}

#[test]
fn two_short_writes_may_end_anywhere() {
    let runs: Vec<([usize; 2], Run)> = harness::call(|| {
        let pairs = (1..ALL).flat_map(|one| (1..=ALL - one).map(move |two| [one, two]));
        pairs.map(|takes| (takes, run(&takes))).collect()
    });
    for (takes, run) in &runs {
        judge(
            takes,
            run,
            "Here two writes were short. Wherever they end, it goes on with the next byte.",
        );
    }
}

#[test]
fn one_byte_at_a_time() {
    check(
        &[1; ALL],
        "Each write took one byte, so each write but the last was short.",
    );
}

#[test]
fn a_full_socket_is_waited_for() {
    check(
        &[0, 6, 0, 0, 3, 4, 0, 20, 0],
        "Between the writes the socket was full. `send` returned Waiting, and was called again: it goes on \
         where it was. Nothing is sent twice, and nothing is lost.",
    );
}

#[test]
fn a_signal_is_no_answer() {
    check(
        &[SIGNAL, SIGNAL],
        "A signal came before the write had taken anything (EINTR). There may be room all the same: write again, \
         for no event may tell of it.",
    );
}

#[test]
fn an_error_is_handed_on() {
    let takes = [6, GONE];
    let run: Run = harness::call(|| run(&takes));
    if run.said != ["Err(BrokenPipe)"] {
        fail(
            &takes,
            &run,
            &HEAD[..6],
            "The client has gone. That is neither Done nor Waiting, for there never will be room again: the caller \
             has to hear of it.",
        );
    }
}

#[test]
fn an_empty_body_is_sent() {
    let run = harness::call(|| {
        let mut script = Script {
            takes: vec![6],
            ..Script::default()
        };
        drive(&mut Response::new(HEAD.to_vec(), Vec::new()), &mut script);
        script.run
    });
    if run.received != HEAD {
        fail(
            &[6],
            &run,
            HEAD,
            "A 304 has a head and nothing behind it, and so has the answer to HEAD.",
        );
    }
}

#[test]
fn head_and_body_are_offered_together() {
    let takes = [6, 0, 20];
    let run: Run = harness::call(|| run(&takes));
    let expected = [ALL, ALL - 6, ALL - 6, ALL - 26];
    assert!(
        run.offered == expected,
        "the socket takes 6 bytes, none, 20 bytes, and all the rest\n\
             expected  writes that are offered {expected:?} bytes\n\
             received  {:?}\n\
             it means  Each write is to be offered all that is left, head and body: one system call, and \
             one\n          packet if it fits.\n\
             read      book: {BOOK}",
        run.offered
    );
}

#[test]
fn after_the_end_there_is_no_write() {
    let offered: usize = harness::call(|| {
        let mut response = Response::new(HEAD.to_vec(), BODY.to_vec());
        let mut script = Script::default();
        drive(&mut response, &mut script);
        let before = script.run.offered.len();
        drive(&mut response, &mut script);
        script.run.offered.len() - before
    });
    assert!(
        offered == 0,
        "the response is sent, and `send` is called once more\n\
         expected  Done, and no write\n\
         received  {offered} writes\n\
         it means  Nothing is left. A write of nothing returns 0, and that says nothing.\n\
         read      book: {BOOK}"
    );
}

#[test]
fn a_real_socket_gets_it_all() {
    let (head, body) = (vec![b'h'; 200_000], vec![b'b'; 100_000]);
    let expected = [&head[..], &body].concat();
    let lines: Option<Vec<String>> = harness::call(|| {
        let (mut socket, mut peer) = UnixStream::pair().expect("a pair of sockets");
        socket.set_nonblocking(true).expect("O_NONBLOCK");
        // So that no write takes all of the head, on any machine.
        SockRef::from(&socket)
            .set_send_buffer_size(8 << 10)
            .expect("SO_SNDBUF");
        let mut response = Response::new(head.clone(), body.clone());
        let mut received = Vec::new();
        while matches!(response.send(&mut socket), Ok(Progress::Waiting)) {
            // It waits, so there is something to read.
            let mut some = [0; 4096];
            let count = peer.read(&mut some).unwrap_or(0);
            received.extend_from_slice(&some[..count]);
        }
        drop(socket);
        // What has been read is wanted even where the rest is an error.
        let _ = peer.read_to_end(&mut received);
        harness::diff(&expected, &received)
    });
    if let Some(lines) = lines {
        panic!(
            "the response is 200,000 bytes of head, and 100,000 of body\n\
             {}\n\
             it means  A client that reads slowly: the socket was full again and again.\n\
             read      book: {BOOK}",
            lines.join("\n")
        );
    }
}

/// Sends to a socket that takes what `takes` says, in a child process.
#[track_caller]
fn check(takes: &[usize], means: &str) {
    let run = harness::call(|| run(takes));
    judge(takes, &run, means);
}

fn run(takes: &[usize]) -> Run {
    let mut script = Script {
        takes: takes.to_vec(),
        ..Script::default()
    };
    drive(
        &mut Response::new(HEAD.to_vec(), BODY.to_vec()),
        &mut script,
    );
    script.run
}

/// Calls `send` until it no longer says that it waits.
fn drive(response: &mut Response, script: &mut Script) {
    loop {
        let said = response.send(script);
        let goes_on = matches!(said, Ok(Progress::Waiting));
        script.run.said.push(match said {
            Ok(progress) => format!("{progress:?}"),
            Err(error) => format!("Err({:?})", error.kind()),
        });
        if !goes_on || script.run.said.len() > 3 * ALL {
            return;
        }
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes: Vec<u8> = pieces
            .iter()
            .flat_map(|piece| piece.iter().copied())
            .collect();
        self.run.offered.push(bytes.len());
        assert!(
            self.run.offered.len() <= 4 * ALL,
            "more writes than there are bytes, and no end"
        );
        let room = if self.takes.is_empty() {
            ALL
        } else {
            self.takes.remove(0)
        };
        match room {
            SIGNAL => return Err(ErrorKind::Interrupted.into()),
            GONE => return Err(ErrorKind::BrokenPipe.into()),
            _ => {}
        }
        if room == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = room.min(bytes.len());
        self.run.received.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn judge(takes: &[usize], run: &Run, means: &str) {
    let all = [&HEAD[..], BODY].concat();
    let full = takes.iter().filter(|&&takes| takes == 0).count();
    let is_right = run.said.len() == full + 1
        && run.said.ends_with(&["Done".to_owned()])
        && run.said[..full].iter().all(|said| said == "Waiting");
    if run.received != all || !is_right {
        fail(takes, run, &all, means);
    }
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(takes: &[usize], run: &Run, expected: &[u8], means: &str) -> ! {
    let takes = match takes {
        [] => "the socket takes all that it is offered".to_owned(),
        [1, 1, 1, ..] => "the socket takes 1 byte with each write".to_owned(),
        _ => {
            let words = takes.iter().map(|&takes| match takes {
                0 => "none".to_owned(),
                SIGNAL => "none as a signal comes (EINTR)".to_owned(),
                GONE => "none as the client has gone (EPIPE)".to_owned(),
                _ => takes.to_string(),
            });
            format!(
                "the socket takes {}, then all the rest",
                words.collect::<Vec<_>>().join(", ")
            )
        }
    };
    let offered: Vec<_> = run.offered.iter().map(ToString::to_string).collect();
    let mut facts = vec![
        takes,
        format!("writes    were offered {} bytes", offered.join(", ")),
    ];
    match harness::diff(expected, &run.received) {
        Some(lines) => facts.extend(lines),
        None => facts.push("received  every byte, and in order".to_owned()),
    }
    panic!(
        "{}\n`send`    said {}\nit means  {means}\nread      book: {BOOK}",
        facts.join("\n"),
        run.said.join(", ")
    );
}
