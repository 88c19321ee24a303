//! What outlives the process.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use harness::{Directory, Signal};

use crate::browser::Browser;
use crate::{FAR, run, start};

#[test]
fn users_and_sessions_are_there_after_a_restart() {
    let site = start(&[]);
    let browser = site.member("ada");
    let cookie = browser.cookie.clone();
    let mut gone = site.browser();
    gone.post("/login", "user=ada&password=correct+horse");
    let ended = gone.cookie.clone();
    gone.post("/logout", "");
    site.server.signal(Signal::SIGTERM);
    assert!(site.server.wait().success());
    let server = run(&site.directory, &[]);
    let mut browser = Browser::new(&server);
    browser.cookie = cookie;
    assert_eq!(browser.get("/welcome").status, 200);
    browser.cookie = ended;
    assert_eq!(browser.get("/welcome").status, 303, "that one was ended");
    assert_eq!(
        browser
            .post("/login", "user=ada&password=correct+horse")
            .status,
        303
    );
}

#[test]
fn a_user_who_was_told_so_is_registered_even_if_the_server_is_killed_at_once() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let mut registered = Vec::new();
    for round in 0..3 {
        let server = run(&directory, &["--attempts", "1000"]);
        let mut browser = Browser::new(&server);
        for number in 0..4 {
            let form = format!("user=user-{round}-{number}&password=correct+horse");
            assert_eq!(browser.post("/register", &form).status, 303);
            registered.push(form);
        }
        server.signal(Signal::SIGKILL);
        let _ = server.wait();
    }
    let server = run(&directory, &["--attempts", "1000"]);
    let mut browser = Browser::new(&server);
    for form in registered {
        assert_eq!(
            browser.post("/register", &form).status,
            409,
            "none twice: {form}"
        );
        assert_eq!(browser.post("/login", &form).status, 303, "{form}");
    }
}

#[test]
fn only_its_own_user_may_read_the_database() {
    let site = start(&[]);
    site.member("ada");
    for name in ["users.db", "users.db-wal"] {
        let metadata = std::fs::metadata(site.directory.join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_database_that_cannot_be_used_is_a_clear_error() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let program = env!("CARGO_BIN_EXE_ch09-webserver");
    let fails = |database: &std::path::Path| {
        let output = std::process::Command::new(program)
            .args(["--port", "0", "--database"])
            .arg(database)
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    };
    let text = directory.write(
        "text.db",
        "this is no database, but it is long enough to be looked at",
    );
    let error = fails(&text);
    assert!(
        error.contains("text.db can't be used") && error.contains("not a database"),
        "{error}"
    );
    let error = fails(&directory.join("nowhere/users.db"));
    assert!(error.contains("No such file"), "{error}");
    let later = directory.join("later.db");
    let connection = rusqlite::Connection::open(&later).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = fails(&later);
    assert!(
        error.contains("made by a later version (99; this one knows 1)"),
        "{error}"
    );
}

#[test]
fn where_users_are_is_said_at_the_start() {
    let site = start(&[]);
    let file = site.directory.join("users.db");
    let expected = format!("users are in {}", file.display());
    let deadline = Instant::now() + FAR;
    while site.server.stdout().lines().nth(1) != Some(&expected) {
        assert!(Instant::now() < deadline, "{}", site.server.stdout());
        thread::yield_now(); // what it prints comes through a pipe
    }
}

#[test]
fn a_login_that_is_being_worked_on_is_answered_before_the_server_ends() {
    let site = start(&["--workers", "1"]);
    let browser = site.browser();
    let form = "user=ada&password=correct+horse";
    let fields = "Content-Type: application/x-www-form-urlencoded\r\n";
    let mut stream = browser.begin("POST", "/register", fields, form);
    assert_eq!(site.browser().get("/").status, 200); // so it has read what came before
    site.server.signal(Signal::SIGTERM);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 303 "));
    assert!(site.server.wait().success());
}

/// How many registrations the test below is about: `WORKBOOK_CASES`, or few.
fn registrations() -> usize {
    let cases = std::env::var("WORKBOOK_CASES").ok();
    cases.and_then(|text| text.parse().ok()).unwrap_or(80)
}

#[test]
fn of_those_who_register_while_the_server_is_killed_all_who_were_told_are_there() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let (all, told) = (registrations(), Mutex::new(Vec::new()));
    let server = run(&directory, &["--attempts", "100000"]);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let name = format!("user-{}", next.fetch_add(1, Ordering::Relaxed));
                    let form = format!("user={name}&password=correct+horse");
                    let Ok(mut stream) = TcpStream::connect(server.address()) else {
                        return; // it is gone
                    };
                    let _ = write!(
                        stream,
                        "POST /register HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                        form.len()
                    );
                    let mut answer = [0; 12];
                    if stream.read_exact(&mut answer).is_err() {
                        return; // killed before it has said anything
                    }
                    assert_eq!(&answer, b"HTTP/1.1 303");
                    let mut told = told.lock().unwrap();
                    told.push(name);
                    if told.len() == all / 2 {
                        server.signal(Signal::SIGKILL); // in the middle of the others' jobs
                    }
                }
            });
        }
    });
    let _ = server.wait();
    let again = run(&directory, &["--attempts", "100000"]);
    assert_eq!(Browser::new(&again).get("/").status, 200, "it starts");
    let database = rusqlite::Connection::open(directory.join("users.db")).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.len() >= all / 2);
    for name in &told {
        let sql = "SELECT count(*) FROM users WHERE name = ?1";
        let count: i64 = database.query_row(sql, [name], |row| row.get(0)).unwrap();
        assert_eq!(count, 1, "{name}");
    }
}
