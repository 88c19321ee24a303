//! What is derived from a recording.

use serde_json::json;
use workbench::trace::Record;

use super::Timeline;
use crate::recording::Recording;

fn timeline(events: &[serde_json::Value]) -> Timeline {
    let complete = events.iter().map(|event| {
        let mut event = event.clone();
        event["t"] = json!(0);
        if event.get("thread").is_none() {
            event["thread"] = json!("main");
        }
        serde_json::from_value::<Record>(event).unwrap()
    });
    Timeline::new(&Recording {
        chapter: "01-blocking".into(),
        options: Vec::new(),
        mutant: None,
        machine: String::new(),
        events: complete.collect(),
    })
}

/// What a row says after each frame; `-` while it isn't there.
fn row(timeline: &Timeline, wanted: &str, id: &str) -> Vec<String> {
    let mut now = "-".to_owned();
    let story = timeline.frames.iter().map(|frame| {
        let side = if wanted == "kernel" {
            &frame.kernel
        } else {
            &frame.server
        };
        if let Some(change) = side.get(id) {
            now = change.clone().unwrap_or_else(|| "-".into());
        }
        now.clone()
    });
    story.collect()
}

fn listen() -> serde_json::Value {
    json!({"event": "listen", "fd": 3, "address": "127.0.0.1:7000", "backlog": 128})
}

fn client(who: &str, event: &str, bytes: u64) -> serde_json::Value {
    json!({"thread": format!("client {who}"), "event": event, "address": format!("127.0.0.1:{who}"), "bytes": bytes, "client": true})
}

fn accept(who: &str, fd: i64) -> serde_json::Value {
    json!({"event": "accept", "fd": fd, "listener": 3, "peer": format!("127.0.0.1:{who}")})
}

#[test]
fn a_connection_waits_in_the_queue_with_its_bytes_until_it_is_accepted() {
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        client("1", "send", 6),
        accept("1", 4),
    ]);
    assert_eq!(
        row(&timeline, "kernel", "fd 3"),
        [
            "accept queue: empty",
            "accept queue: client 1",
            "accept queue: client 1 with 6 bytes unread",
            "accept queue: empty"
        ]
    );
    assert_eq!(
        row(&timeline, "kernel", "fd 4")[3],
        "ESTABLISHED; 6 bytes unread"
    );
}

#[test]
fn a_thread_sleeps_in_a_call_until_there_is_something_for_it() {
    let wait = |call: &str, fd: i64| json!({"event": "wait", "call": call, "fd": fd});
    let timeline = timeline(&[
        listen(),
        wait("accept", 3),
        client("1", "connect", 0),
        accept("1", 4),
        wait("read", 4),
        client("1", "close", 0),
        json!({"event": "eof", "fd": 4}),
        wait("accept", 3),
    ]);
    let asleep = row(&timeline, "kernel", "main");
    assert_eq!(
        asleep,
        [
            "awake", "asleep", "awake", "awake", "asleep", "awake", "awake", "asleep"
        ]
    );
    assert_eq!(row(&timeline, "server", "main")[4], "in read, fd 4");
}

#[test]
fn time_wait_is_held_by_the_end_that_closed_first() {
    let close = json!({"event": "close", "fd": 4, "why": "served"});
    let opening = [listen(), client("1", "connect", 0), accept("1", 4)];
    let server_first =
        timeline(&[&opening[..], &[close.clone(), client("1", "close", 0)]].concat());
    assert_eq!(
        row(&server_first, "kernel", "to client 1")[3..],
        [
            "FIN_WAIT2; no descriptor any more",
            "TIME_WAIT; no descriptor any more"
        ]
    );
    assert_eq!(
        row(&server_first, "kernel", "client 1")[3..],
        ["CLOSE_WAIT", "-"]
    );
    let client_first = timeline(&[&opening[..], &[client("1", "close", 0), close]].concat());
    assert_eq!(
        row(&client_first, "kernel", "client 1")[3..],
        ["FIN_WAIT2", "TIME_WAIT"]
    );
    assert_eq!(
        row(&client_first, "kernel", "fd 4")[3..],
        ["CLOSE_WAIT; 0 bytes unread", "-"]
    );
}

#[test]
fn closing_with_unread_bytes_cuts_the_connection() {
    let close = json!({"event": "close", "fd": 4, "why": "served"});
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        client("1", "send", 9),
        close,
    ]);
    assert!(
        timeline.frames[4]
            .say
            .ends_with("9 bytes were unread, so the peer gets a reset.")
    );
    assert_eq!(row(&timeline, "kernel", "client 1")[4], "-");
}

/// What a forgotten drain means: both read 2 of 5 bytes, then wait again.
#[test]
fn unread_bytes_wake_a_level_triggered_wait_and_no_edge_triggered_one() {
    let story = |interest: &str| {
        let wait = json!({"event": "wait", "call": "epoll_wait", "fd": 5});
        let timeline = timeline(&[
            listen(),
            client("1", "connect", 0),
            accept("1", 4),
            json!({"event": "register", "fd": 4, "interest": interest}),
            wait.clone(),
            client("1", "send", 5),
            json!({"event": "wake", "call": "epoll_wait", "ready": 1}),
            json!({"event": "ready", "fd": 4, "ready": "IN"}),
            json!({"event": "read", "fd": 4, "bytes": 2, "data": "he"}),
            wait,
        ]);
        row(&timeline, "kernel", "main")[4..].join(", ")
    };
    assert_eq!(story("IN"), "asleep, awake, awake, awake, awake, awake");
    assert_eq!(story("IN|ET"), "asleep, awake, awake, awake, awake, asleep");
    assert_eq!(
        story("IN|ONESHOT"),
        "asleep, awake, awake, awake, awake, asleep"
    );
}

#[test]
fn a_thread_that_is_in_no_call_at_the_end_has_ended() {
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        json!({"event": "close", "fd": 4, "why": "served", "thread": "client 4"}),
        json!({"event": "wait", "call": "accept", "fd": 3}),
    ]);
    assert_eq!(
        row(&timeline, "server", "client 4"),
        ["-", "-", "-", "-", "-"]
    );
    assert_eq!(row(&timeline, "server", "main")[4], "in accept, fd 3");
}

#[test]
fn lanes_run_from_the_outside_to_the_inside() {
    let timeline = timeline(&[listen(), client("1", "connect", 0), accept("1", 4)]);
    let ids: Vec<&str> = timeline.lanes.iter().map(|lane| lane.id.as_str()).collect();
    assert_eq!(ids, ["client 1", "fd 3", "fd 4", "main"]);
}

#[test]
fn room_for_output_comes_back_with_the_read_after_which_the_server_writes_on() {
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        json!({"event": "register", "fd": 4, "interest": "IN|ET"}),
        json!({"event": "write", "fd": 4, "bytes": 5, "of": 9, "data": "xxxxx"}),
        json!({"event": "would-block", "fd": 4, "call": "write"}),
        json!({"event": "re-arm", "fd": 4, "interest": "OUT|ET"}),
        json!({"event": "wait", "call": "epoll_wait"}),
        client("1", "receive", 1),
        client("1", "receive", 4),
        json!({"event": "wake", "call": "epoll_wait", "ready": 1}),
        json!({"event": "ready", "fd": 4, "ready": "OUT"}),
        json!({"event": "write", "fd": 4, "bytes": 4, "of": 4, "data": "xxxx"}),
        json!({"event": "wait", "call": "epoll_wait"}),
    ]);
    assert_eq!(
        row(&timeline, "kernel", "main")[7..],
        [
            "asleep", "asleep", "awake", "awake", "awake", "awake", "asleep"
        ]
    );
    assert!(row(&timeline, "server", "fd 4")[5].ends_with("5 out, 4 to be sent"));
    assert!(row(&timeline, "server", "fd 4")[12].ends_with("9 out"));
    assert_eq!(
        row(&timeline, "kernel", "epoll")[8..11],
        [
            "nothing to report",
            "to report: fd 4 OUT",
            "nothing to report"
        ]
    );
}

/// A recording has the beginning of what a client does.
#[test]
fn a_client_that_waits_for_more_than_was_sent_begins_to_receive() {
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        json!({"event": "write", "fd": 4, "bytes": 5, "of": 9, "data": "xxxxx"}),
        client("1", "receive", 2),
        client("1", "receive", 7),
        json!({"event": "write", "fd": 4, "bytes": 4, "of": 4, "data": "xxxx"}),
    ]);
    let said: Vec<&str> = timeline.frames[4..6]
        .iter()
        .map(|frame| &*frame.say)
        .collect();
    assert_eq!(
        said,
        [
            "Client 1 receives 2 bytes.",
            "Client 1 begins to receive 7 bytes."
        ]
    );
}

/// One event wakes one thread; which one, its next event shows.
#[test]
fn of_several_threads_on_one_epoll_the_one_wakes_that_goes_on() {
    let wait = |worker: &str| json!({"event": "wait", "call": "epoll_wait", "thread": worker});
    let timeline = timeline(&[
        listen(),
        json!({"event": "register", "fd": 3, "interest": "IN|ET|ONESHOT"}),
        wait("worker 1"),
        wait("worker 2"),
        client("1", "connect", 0),
        json!({"event": "wake", "call": "epoll_wait", "ready": 1, "thread": "worker 2"}),
        json!({"event": "ready", "fd": 3, "ready": "IN", "thread": "worker 2"}),
        client("2", "connect", 0),
        json!({"event": "re-arm", "fd": 3, "interest": "IN|ET|ONESHOT", "thread": "worker 2"}),
        json!({"event": "wake", "call": "epoll_wait", "ready": 1, "thread": "worker 1"}),
        json!({"event": "ready", "fd": 3, "ready": "IN", "thread": "worker 1"}),
        wait("worker 1"),
        wait("worker 2"),
    ]);
    let worker_1 = row(&timeline, "kernel", "worker 1");
    let until_re_armed = ["asleep"; 5];
    assert_eq!(worker_1[3..8], until_re_armed);
    assert_eq!(worker_1[8], "awake");
    assert_eq!(row(&timeline, "kernel", "worker 2")[4], "awake");
    assert!(row(&timeline, "kernel", "fd 3")[7].ends_with("watched for IN|ET|ONESHOT, disarmed"));
}

#[test]
fn a_connection_waits_at_the_listener_and_the_epoll_of_who_accepts_it() {
    let own = |thread: &str, fd: i64| {
        [
            json!({"event": "listen", "fd": fd, "address": "127.0.0.1:7000", "backlog": 128, "thread": thread}),
            json!({"event": "register", "fd": fd, "interest": "IN", "thread": thread}),
            json!({"event": "wait", "fd": fd + 10, "call": "epoll_wait", "thread": thread}),
        ]
    };
    let accept = json!({"event": "accept", "fd": 5, "listener": 4, "peer": "127.0.0.1:1", "thread": "loop 2"});
    let timeline = timeline(
        &[
            &own("loop 1", 3)[..],
            &own("loop 2", 4),
            &[client("1", "connect", 0), accept],
        ]
        .concat(),
    );
    assert_eq!(
        row(&timeline, "kernel", "fd 3")[6],
        "accept queue: empty; watched by epoll 13 for IN"
    );
    assert_eq!(
        row(&timeline, "kernel", "epoll 14")[6],
        "to report: fd 4 IN"
    );
    assert_eq!(row(&timeline, "kernel", "loop 1")[6], "asleep");
    assert_eq!(row(&timeline, "kernel", "loop 2")[6], "awake");
}

#[test]
fn a_server_that_tells_of_its_answers_knows_what_is_still_to_be_sent() {
    let on = |event: &str, bytes: u64| json!({"event": event, "fd": 4, "bytes": bytes, "of": 300, "until": "head", "status": 200, "method": "GET", "target": "/a"});
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        client("1", "send", 30),
        on("read", 30),
        on("keep", 30),
        on("request", 0),
        on("response", 1000),
        on("write", 300),
        on("write", 100),
    ]);
    let known = row(&timeline, "server", "fd 4");
    assert_eq!(
        known[5..],
        [
            "peer 127.0.0.1:1: 30 bytes in, 0 out, 30 kept",
            "peer 127.0.0.1:1: 30 bytes in, 0 out",
            "peer 127.0.0.1:1: 30 bytes in, 0 out, 1000 to be sent",
            "peer 127.0.0.1:1: 30 bytes in, 300 out, 700 to be sent",
            "peer 127.0.0.1:1: 30 bytes in, 400 out, 600 to be sent",
        ]
    );
    let full = row(&timeline, "kernel", "fd 4");
    assert!(!full[8].contains("no room"), "{full:?}");
    assert!(full[9].contains("no room"), "{full:?}");
    let said: Vec<&str> = timeline.frames[5..8]
        .iter()
        .map(|frame| &*frame.say)
        .collect();
    assert_eq!(
        said,
        [
            "That is no whole head yet: main keeps the 30 bytes.",
            "The head of a request has come on fd 4: GET /a.",
            "main answers client 1 with 200, 1000 bytes in all.",
        ]
    );
}

#[test]
fn a_server_that_tells_of_its_frames_knows_how_far_the_talk_is() {
    let frame = |way: &str, opcode: &str, fin: bool, bytes: u64, here: u64, data: &str| json!({"event": "frame", "fd": 4, "way": way, "opcode": opcode, "fin": fin, "masked": way == "in", "bytes": bytes, "here": here, "data": data});
    let read = |bytes: u64| json!({"event": "read", "fd": 4, "bytes": bytes, "data": ""});
    let timeline = timeline(&[
        listen(),
        client("1", "connect", 0),
        accept("1", 4),
        json!({"event": "response", "fd": 4, "status": 101, "bytes": 129}),
        json!({"event": "write", "fd": 4, "bytes": 129, "of": 129}),
        client("1", "send", 20),
        read(8),
        frame("in", "text", false, 5, 2, "He"),
        read(3),
        read(9),
        frame("in", "continuation", true, 3, 3, "llo"),
        frame("out", "text", true, 200, 200, "Hello"),
        frame("out", "close", true, 2, 2, r"\x03\xe8"),
        frame("in", "close", true, 0, 0, ""),
        json!({"event": "deflate", "fd": 4, "way": "in", "bytes": 300, "compressed": 20}),
        json!({"event": "deflate", "fd": 4, "way": "in", "bytes": 90, "compressed": 0}),
        json!({"event": "deflate", "fd": 4, "way": "out", "bytes": 300, "compressed": 20}),
        json!({"event": "frame", "fd": 4, "way": "out", "opcode": "text", "fin": true, "rsv1": true, "masked": false, "bytes": 20, "data": "…"}),
    ]);
    let known = row(&timeline, "server", "fd 4");
    let known: Vec<&str> = known[7..]
        .iter()
        .map(|row| row.split_once(" out").unwrap().1)
        .collect();
    assert_eq!(
        known,
        [
            "; WebSocket open, 3 of a frame to come",
            "; WebSocket open, within a message",
            "; WebSocket open, within a message",
            "; WebSocket open",
            ", 204 to be sent; WebSocket open",
            ", 208 to be sent; WebSocket, Close sent",
            ", 208 to be sent; WebSocket, Close sent and received",
            ", 208 to be sent; WebSocket, Close sent and received",
            ", 208 to be sent; WebSocket, Close sent and received",
            ", 208 to be sent; WebSocket, Close sent and received",
            ", 230 to be sent; WebSocket, Close sent and received",
        ]
    );
    let said = |at: usize| &*timeline.frames[at].say;
    assert_eq!(
        [said(7), said(10), said(12), said(13)],
        [
            "A frame from client 1 has come on fd 4: text, masked, 5 bytes, of which 2 are here (“He”), and more of its message follows.",
            "A frame from client 1 has come on fd 4: a continuation, masked, 3 bytes (“llo”), the last of its message.",
            r"main sends a frame to client 1: a Close, 2 bytes (“\x03\xe8”).",
            "A frame from client 1 has come on fd 4: a Close, masked, without payload.",
        ]
    );
    assert_eq!(
        [said(14), said(15), said(16), said(17)],
        [
            "main inflates 20 bytes to 300.",
            "main inflates 90 bytes more.",
            "main compresses 300 bytes to 20.",
            "main sends a frame to client 1: text, compressed, 20 bytes (“…”).",
        ]
    );
}
