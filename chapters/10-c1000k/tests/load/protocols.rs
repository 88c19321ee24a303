//! The protocols, and how many connections.

use harness::Server;

use crate::{failure, number, summary};

fn server(protocol: &str) -> Server {
    let options = ["--loops", "2", "--protocol", protocol];
    Server::spawn(env!("CARGO_BIN_EXE_ch10-c1000k"), &options)
}

#[test]
fn all_protocols_are_spoken_one_at_a_time_and_pipelined() {
    for (protocol, before, after) in [
        ("echo", "", ""),
        ("http", "http://", "/"),
        ("websocket", "ws://", "/ws"),
    ] {
        let server = server(protocol);
        let target = format!("{before}{}{after}", server.address());
        for more in [&[][..], &["-p", "16"], &["--at-once", "2"], &["-r", "500"]] {
            let found = summary(&[&[&target[..], "-d", "0.3", "-t", "2"][..], more].concat());
            assert!(
                number(&found, "answers") > 0.0,
                "{protocol}, {more:?}: {found}"
            );
        }
    }
}

#[test]
fn messages_of_all_sizes_come_back() {
    let echo = server("echo");
    let websocket = server("websocket");
    let websocket = format!("ws://{}/ws", websocket.address());
    for size in ["1", "125", "126", "65535", "65536"] {
        for target in [&echo.address().to_string(), &websocket] {
            let options = [target, "-d", "0.1", "-c", "3", "-s", size, "-p", "3"];
            assert!(
                number(&summary(&options), "answers") > 0.0,
                "{target} {size}"
            );
        }
    }
}

#[test]
fn a_heartbeat_is_answered() {
    let options = ["--protocol", "websocket", "--heartbeat", "1"];
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch10-c1000k"), &options);
    let target = format!("ws://{}/ws", server.address());
    // Without its Pong, a connection is cut after two seconds.
    let found = summary(&[&target, "-d", "0.1", "--hold", "3.5"]);
    assert!(number(&found, "answers") > 0.0);
}

#[test]
fn connections_are_opened_at_a_rate_from_many_addresses() {
    let server = server("echo");
    let address = server.address().to_string();
    let options = [
        &address,
        "-c",
        "200",
        "--opening",
        "400",
        "--sources",
        "300",
        "-d",
        "0.1",
    ];
    let found = summary(&options);
    // The first is due at once, the last 199 intervals later.
    assert!(number(&found, "opened_s") >= 199.0 / 400.0, "{found}");
}

#[test]
fn what_fails_is_told_in_a_line() {
    let http = server("http");
    let cases = [
        (format!("http://{}/no-such-page", http.address()), "404"),
        (format!("ws://{}/", http.address()), "no WebSocket"),
    ];
    for (target, word) in cases {
        let said = failure(&[&target]);
        assert!(said.contains(word) && said.lines().count() == 1, "{said}");
    }
    for (options, word) in [
        (&["https://localhost/"][..], "TLS"),
        (&["localhost"], "HOST:PORT"),
        (&["localhost:1", "-r", "0"], "rate"),
        (&["localhost:1", "-d", "-1"], "-1"),
        (&["localhost:1", "-d", "NaN"], "seconds"),
    ] {
        let output = crate::load(options);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(word) && said.lines().count() == 1, "{said}");
    }
}
