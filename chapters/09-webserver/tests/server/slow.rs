//! Slow work: others are served meanwhile, and there is a limit to what waits.

use std::io::Read;
use std::net::{Shutdown, TcpStream};

use crate::browser::{Answer, Browser};
use crate::start;

/// A login with a wrong password, whose answer isn't waited for.
fn begin_login(browser: &Browser<'_>, name: &str) -> TcpStream {
    let form = format!("user={name}&password=wrong+horse");
    let fields = "Content-Type: application/x-www-form-urlencoded\r\n";
    browser.begin("POST", "/login", fields, &form)
}

fn rest(mut stream: TcpStream) -> Answer {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    Answer::read(&answer)
}

#[test]
fn pages_are_served_while_passwords_are_hashed() {
    let site = start(&["--workers", "1", "--attempts", "1000"]);
    let mut browser = site.browser();
    let logins: Vec<_> = (0..20)
        .map(|n| begin_login(&browser, &format!("user-{n}")))
        .collect();
    // Inline, this page would come after all of them, as the loop takes them in order.
    assert_eq!(browser.get("/").status, 200);
    let last = logins.last().expect("a login");
    last.set_nonblocking(true).expect("a socket");
    let peeked = last.peek(&mut [0]).map_err(|error| error.kind());
    assert_eq!(
        peeked,
        Err(std::io::ErrorKind::WouldBlock),
        "it isn't answered yet"
    );
    last.set_nonblocking(false).expect("a socket");
    for login in logins {
        assert_eq!(rest(login).status, 403);
    }
}

#[test]
fn what_does_not_fit_into_the_queue_is_503_at_once_and_says_when_to_come_back() {
    let site = start(&["--workers", "1", "--queue", "2", "--attempts", "1000"]);
    let browser = site.browser();
    let logins = site.server.while_stopped(|| -> Vec<_> {
        (0..30)
            .map(|number| begin_login(&browser, &format!("user-{number}")))
            .collect()
    });
    let answers: Vec<_> = logins.into_iter().map(rest).collect();
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 503)
        .collect();
    let done = answers.iter().filter(|answer| answer.status == 403).count();
    assert_eq!(refused.len() + done, 30);
    assert!(done >= 2 && !refused.is_empty(), "{done} were done");
    assert!(
        refused
            .iter()
            .all(|answer| answer.field("Retry-After") == Some("1"))
    );
}

#[test]
fn clients_that_leave_while_they_wait_leave_nothing_behind() {
    let site = start(&["--workers", "1", "--attempts", "1000"]);
    let mut browser = site.browser();
    for number in 0..20 {
        let login = begin_login(&browser, &format!("user-{number}"));
        if number % 2 == 0 {
            login.shutdown(Shutdown::Both).expect("a socket");
        }
    }
    // The queue is first in, first out: this comes after all of them.
    assert_eq!(
        browser
            .post("/login", "user=last&password=wrong+horse")
            .status,
        403
    );
    assert_eq!(browser.get("/").status, 200);
    site.server.wait_until_asleep();
}

#[test]
fn a_job_that_takes_too_long_is_503_and_its_late_result_answers_nothing_else() {
    let site = start(&["--workers", "1", "--answer-timeout", "1"]);
    let mut browser = site.member("ada");
    let database = rusqlite::Connection::open(site.directory.join("users.db")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap(); // holds the lock: the worker waits for it
    let late = browser.post("/login", "user=ada&password=correct+horse");
    assert_eq!(late.status, 503);
    database.execute_batch("ROLLBACK").unwrap();
    drop(database);
    assert_eq!(browser.get("/welcome").status, 200, "as before");
}

#[test]
fn a_locked_database_is_said_to_be_busy_and_nothing_is_lost() {
    let site = start(&["--workers", "1"]);
    let mut browser = site.browser();
    assert_eq!(
        browser.get("/").status,
        200,
        "so it has opened the database"
    );
    let database = rusqlite::Connection::open(site.directory.join("users.db")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let form = "user=ada&password=correct+horse";
    let answer = browser.post("/register", form);
    assert_eq!(answer.status, 503);
    assert!(
        answer.text().contains("busy, and nothing was changed"),
        "{}",
        answer.text()
    );
    database.execute_batch("ROLLBACK").unwrap();
    drop(database);
    assert_eq!(browser.post("/register", form).status, 303);
}

#[test]
fn a_crowd_that_logs_in_takes_the_memory_of_the_workers_only() {
    let site = start(&["--workers", "2", "--attempts", "1000"]);
    let mut browser = site.browser();
    assert_eq!(browser.get("/").status, 200);
    let before = most_memory(&site.server);
    for round in 0..3 {
        let logins: Vec<_> = (0..40)
            .map(|n| begin_login(&browser, &format!("user-{round}-{n}")))
            .collect();
        for login in logins {
            assert_eq!(rest(login).status, 403);
        }
    }
    let taken = most_memory(&site.server) - before;
    assert!(
        taken < 2 * 19 * 1024 + 8 * 1024,
        "{taken} KiB more than before"
    );
}

/// The most memory that the server has had at any time, in KiB (`proc_pid_status(5)`).
fn most_memory(server: &harness::Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most = most.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
    most.expect("a number of KiB")
}
