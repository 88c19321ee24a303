//! Servers as child processes: how they start, what they say, and that they never stay behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::{Server, Signal};

/// A server of one line of shell.
fn shell(script: &str) -> Server {
    Server::spawn("/bin/sh", &["-c", script])
}

fn verdict<T>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(test()))).expect_err("it should have failed");
    panic
        .downcast::<String>()
        .map_or_else(|_| String::new(), |text| *text)
}

/// Whether a process is there, and hasn't ended (one that its parent hasn't waited for yet has).
fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

#[test]
fn the_address_is_read_from_the_first_output() {
    let server = shell("echo starting; echo listening on 127.0.0.1:7; exec sleep 60");
    assert_eq!(server.address(), "127.0.0.1:7".parse().expect("an address"));
    assert_eq!(server.stdout(), "starting\nlistening on 127.0.0.1:7\n");
}

#[test]
fn a_program_that_ends_instead_of_listening_has_last_words() {
    let verdict = verdict(|| shell("echo 'the port is taken' >&2; exit 2"));
    assert!(
        verdict.starts_with(
            "the server has ended (exit code 2); its last words:\n  the port is taken"
        ),
        "{verdict}"
    );
    assert!(
        verdict.contains("expected  a line `listening on ADDRESS` on its stdout"),
        "{verdict}"
    );
}

#[test]
fn a_program_that_does_not_exist_is_named() {
    let verdict = verdict(|| Server::spawn("/no/such/program", &[]));
    assert!(
        verdict.starts_with("can't start /no/such/program: "),
        "{verdict}"
    );
}

#[test]
fn a_server_may_print_more_than_a_pipe_holds() {
    let server = shell("echo listening on 127.0.0.1:7; head -c 3000000 /dev/zero >&2");
    assert_eq!(server.wait().code(), Some(0), "it never blocks in a write");
}

#[test]
fn a_signal_ends_a_server_and_is_named() {
    let server = shell("echo listening on 127.0.0.1:7; exec sleep 60");
    server.signal(Signal::SIGTERM);
    assert!(!server.wait().success());
    let verdict = verdict(|| server.expect_alive());
    assert!(
        verdict.starts_with("the server has ended (killed by SIGTERM), without a word"),
        "{verdict}"
    );
}

#[test]
fn a_server_that_does_not_end_is_reported() {
    let server = shell("echo listening on 127.0.0.1:7; exec sleep 60")
        .with_deadline(Duration::from_millis(100));
    let verdict = verdict(|| server.wait());
    assert!(
        verdict.contains("expected  the end of the server\nreceived  it still runs after 100 ms\n"),
        "{verdict}"
    );
    assert!(
        verdict.contains("sleeps in clock_nanosleep: lets time pass"),
        "{verdict}"
    );
}

#[test]
fn a_sleeping_server_uses_no_cpu_time_and_a_spinning_one_does() {
    let sleeping = shell("echo listening on 127.0.0.1:7; exec sleep 60");
    sleeping.expect_sleep(Duration::from_millis(200));
    let spinning = shell("echo listening on 127.0.0.1:7; while :; do :; done");
    let verdict = verdict(|| spinning.expect_sleep(Duration::from_millis(200)));
    assert!(
        verdict.contains("expected  next to no CPU time over 200 ms"),
        "{verdict}"
    );
    assert!(spinning.cpu_time() > Duration::from_millis(10));
}

#[test]
fn of_a_long_panic_the_beginning_is_shown() {
    let server = shell(
        "echo listening on 127.0.0.1:7; echo thread answer panicked at lib.rs:7:1: >&2; \
         for n in 1 2 3 4 5 6 7 8 9; do echo line $n >&2; done; exit 101",
    );
    let _ = server.wait();
    let verdict = verdict(|| server.expect_alive());
    for part in ["panicked at lib.rs:7:1:", "line 1", "…", "line 9"] {
        assert!(verdict.contains(part), "no {part:?} in:\n{verdict}");
    }
    assert!(!verdict.contains("line 5"), "too long:\n{verdict}");
}

#[test]
fn a_server_is_killed_when_its_test_fails() {
    let mut pid = 0;
    verdict(|| {
        let server = Server::answer(|_listener| thread::sleep(Duration::from_mins(1)));
        pid = server.pid();
        server.fail_with("nothing", "nothing");
    });
    assert!(!is_running(pid));
}

/// Not a test by itself: the next one runs it in a process of its own, and kills that.
#[test]
#[ignore = "run by an_answer_dies_with_a_killed_test"]
fn start_an_answer_and_wait() {
    let server = Server::answer(|_listener| thread::sleep(Duration::from_mins(1)));
    println!("\nanswer {}", server.pid());
    thread::sleep(Duration::from_mins(1));
}

#[test]
fn an_answer_dies_with_a_killed_test() {
    let mut test = Command::new(std::env::current_exe().expect("this binary"))
        .args([
            "start_an_answer_and_wait",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("this binary runs");
    let output = BufReader::new(test.stdout.take().expect("stdout is piped"));
    let pid: Option<u32> = output
        .lines()
        .find_map(|line| line.ok()?.strip_prefix("answer ")?.parse().ok());
    test.kill().expect("it runs");
    test.wait().expect("it was started here");
    let pid = pid.expect("the pid of the answer");
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_running(pid) {
        assert!(
            Instant::now() < deadline,
            "the answer (pid {pid}) outlives its test"
        );
        thread::yield_now();
    }
}
