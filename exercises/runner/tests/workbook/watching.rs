//! `watch`, on a terminal of its own.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION};

const DEADLINE: Duration = Duration::from_secs(20);
const HANGS: &str = "pub fn add(_: u32, _: u32) -> u32 {\n    loop {}\n}\n";

/// A running `watch` and the terminal around it.
struct Watch {
    child: Child,
    terminal: File,
    /// Kept open, so that the terminal's settings can be seen after the end.
    inside: File,
    shown: Receiver<String>,
    screen: String,
}

impl Watch {
    fn start(course: &Course) -> Self {
        let pty = openpty(None, None).expect("a terminal can be had");
        let (terminal, inside) = (File::from(pty.master), File::from(pty.slave));
        let end = || inside.try_clone().expect("the terminal can be shared");
        let child = course
            .command(&["watch", "1-1"])
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("it starts");
        let (sender, shown) = mpsc::channel();
        let mut output = terminal.try_clone().expect("the terminal can be read");
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if sender
                    .send(String::from_utf8_lossy(&bytes[..count]).into_owned())
                    .is_err()
                {
                    return;
                }
            }
        });
        Self {
            child,
            terminal,
            inside,
            shown,
            screen: String::new(),
        }
    }

    /// Waits until the screen has shown `words` since the last time.
    fn expect(&mut self, words: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !self.screen.contains(words) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.shown.recv_timeout(left) {
                Ok(text) => self.screen += &text,
                Err(error) => panic!("{error}: `{words}` did not appear in\n{}", self.screen),
            }
        }
        let end = self.screen.find(words).unwrap_or_default() + words.len();
        self.screen.drain(..end);
    }

    fn press(&mut self, key: &str) {
        self.terminal
            .write_all(key.as_bytes())
            .expect("a key can be pressed");
    }

    /// Waits for the end, and sees that the terminal is as it was.
    fn expect_end(mut self) {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "watch goes on\n{}", self.screen);
            thread::yield_now();
        };
        assert_eq!(status.code(), Some(0));
        assert!(is_cooked(&self.inside), "the terminal was not restored");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_cooked(terminal: impl AsFd) -> bool {
    let flags = tcgetattr(terminal).expect("it is a terminal").local_flags;
    flags.contains(LocalFlags::ICANON | LocalFlags::ECHO)
}

#[test]
fn a_save_is_checked_and_the_terminal_is_given_back() {
    let course = Course::new("watch");
    let mut watch = Watch::start(&course);
    watch.expect("1 of 2 tests pass");
    watch.expect("press h (1 of 3)");
    watch.expect("q quit");
    assert!(!is_cooked(&watch.inside), "keys come one by one");
    course.write(ANSWER, SOLUTION);
    watch.expect("Solved.");
    watch.expect("press n");
    watch.expect("q quit");
    watch.press("h");
    watch.expect("First hint.");
    watch.press("n");
    watch.expect("01-2  The more exercise");
    watch.expect("1 of 2 tests pass");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn an_answer_that_hangs_does_not_hold_up_the_next_save() {
    let course = Course::new("watch-hang");
    course.write(ANSWER, HANGS);
    let mut watch = Watch::start(&course);
    watch.expect("checking");
    course.expect_test_program(true);
    watch.press("h"); // answered while the check hangs
    watch.expect("First hint.");
    let began = Instant::now();
    course.write(ANSWER, SHIPPED);
    watch.expect("1 of 2 tests pass");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "the first check had 30 s"
    );
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_chapter_that_changes_is_a_save_and_other_exercises_are_not() {
    let course = Course::new("watch-chapter");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    course.write("exercises/01-first/2-more/src/lib.rs", SOLUTION);
    course.write(
        "chapters/01-first/src/lib.rs",
        "pub fn limit(n: u32) -> u32 {\n    n\n}\n",
    );
    watch.expect("checking");
    watch.expect("q quit");
    assert!(!watch.screen.contains("checking"), "{}", watch.screen);
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_signal_ends_watch_and_a_check_that_hangs() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let course = Course::new(&format!("watch-{signal}"));
        course.write(ANSWER, HANGS);
        let mut watch = Watch::start(&course);
        watch.expect("checking");
        course.expect_test_program(true);
        kill(Pid::from_raw(watch.child.id().cast_signed()), signal).expect("it runs");
        watch.expect_end();
        course.expect_test_program(false);
    }
}

#[test]
fn an_exercise_is_picked_from_the_list() {
    let course = Course::new("watch-list");
    course.write("progress.toml", "[exercises.more]\nsolved = true\n");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("1 of 2 solved");
    for down in ["j", "\x1b[B"] {
        watch.press("k");
        watch.expect("1 of 2 solved");
        watch.press(down);
        watch.expect("1 of 2 solved");
    }
    watch.press("\n");
    watch.expect("checking 01-2");
    watch.expect("01-2  The more exercise");
    watch.expect("q quit");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn the_list_is_left_without_picking_from_it() {
    let course = Course::new("watch-list-left");
    let mut watch = Watch::start(&course);
    for key in ["\x1b", "l", "q"] {
        watch.expect("q quit");
        watch.press("l");
        watch.expect("0 of 2 solved");
        watch.press(key);
        watch.expect("\x1b[?1049l"); // back on the first screen, where the verdict still is
        watch.press("h");
    }
    watch.expect("q quit");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_check_that_the_list_has_ended_begins_again() {
    let course = Course::new("watch-list-cut");
    course.write(ANSWER, HANGS);
    let mut watch = Watch::start(&course);
    watch.expect("checking");
    course.expect_test_program(true);
    watch.press("l");
    watch.expect("0 of 2 solved");
    course.expect_test_program(false);
    watch.press("l");
    watch.expect("checking");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_save_closes_the_list() {
    let course = Course::new("watch-list-save");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("0 of 2 solved");
    course.write(ANSWER, SOLUTION);
    watch.expect("Solved.");
    watch.press("q");
    watch.expect_end();
}
