//! The access log.

use std::fs;
use std::time::Instant;

use harness::{Directory, Signal};

use crate::browser::Browser;
use crate::{FAR, run};

#[test]
fn each_answer_is_a_line_without_secrets_and_sighup_opens_the_file_anew() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let (file, old) = (directory.join("access.log"), directory.join("access.log.1"));
    let options = ["--log", file.to_str().unwrap(), "--proxy", "127.0.0.1"];
    let server = run(&directory, &options);
    let mut browser = Browser::new(&server);
    browser.fields += "X-Forwarded-For: 192.0.2.7\r\n";
    let form = "user=ada&password=correct+horse";
    browser.post("/register", form);
    let token = browser.post("/login", form);
    let token = token.field("Set-Cookie").expect("a cookie").to_owned();
    browser.get("/welcome");
    fs::rename(&file, &old).unwrap();
    server.signal(Signal::SIGHUP);
    let deadline = Instant::now() + FAR;
    while !file.exists() {
        assert!(Instant::now() < deadline, "no new file");
        std::thread::yield_now(); // the signal is on its way
    }
    browser.get("/nothing?here");
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    let text = fs::read_to_string(&old).unwrap() + &fs::read_to_string(&file).unwrap();
    let mut lines = text.lines().map(|line| {
        let (before, rest) = line.split_once(" [").expect("a time");
        let (_, rest) = rest.split_once("] ").expect("its end");
        (
            before.to_owned(),
            rest.rsplit_once(' ').expect("bytes").0.to_owned(),
        )
    });
    let address = "192.0.2.7 - -".to_owned();
    for expected in [
        "\"POST /register HTTP/1.1\" 303",
        "\"POST /login HTTP/1.1\" 303",
        "\"GET /welcome HTTP/1.1\" 200",
        "\"GET /nothing?here HTTP/1.1\" 404",
    ] {
        assert_eq!(lines.next(), Some((address.clone(), expected.to_owned())));
    }
    let value = token.split(['=', ';']).nth(1).expect("a value");
    assert!(!text.contains("horse") && !text.contains(value));
}
