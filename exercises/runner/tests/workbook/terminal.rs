//! A running `watch` and the terminal around it.

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

use crate::course::{Course, PAUSE};

const DEADLINE: Duration = Duration::from_secs(20);

pub struct Watch {
    child: Child,
    terminal: File,
    /// Kept open, so that the terminal's settings can be seen after the end.
    inside: File,
    shown: Receiver<String>,
    /// All that was shown, and how much of it was expected.
    screen: String,
    expected: usize,
}

impl Watch {
    /// Watches exercise 01-1.
    pub fn start(course: &Course) -> Self {
        Self::start_with(course, &[])
    }

    /// The same, with something set in its environment.
    pub fn start_with(course: &Course, environment: &[(&str, &str)]) -> Self {
        let pty = openpty(None, None).expect("a terminal can be had");
        let (terminal, inside) = (File::from(pty.master), File::from(pty.slave));
        let end = || inside.try_clone().expect("the terminal can be shared");
        let child = course
            .command(&["watch", "1-1"])
            .envs(environment.iter().copied())
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
            expected: 0,
        }
    }

    /// Waits until the screen has shown `words` since the last time.
    pub fn expect(&mut self, words: &str) {
        let deadline = Instant::now() + DEADLINE;
        let at = loop {
            if let Some(at) = self.rest().find(words) {
                break at;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.shown.recv_timeout(left) {
                Ok(text) => self.screen += &text,
                Err(error) => panic!(
                    "{error}: {words:?} did not appear behind {:?}, but\n{:?}",
                    &self.screen[..self.expected],
                    self.rest()
                ),
            }
        };
        self.expected += at + words.len();
    }

    /// What was shown behind the words that were expected last.
    pub fn rest(&self) -> &str {
        &self.screen[self.expected..]
    }

    /// All that was shown so far.
    pub fn screen(&self) -> &str {
        &self.screen
    }

    pub fn press(&mut self, key: &str) {
        self.terminal
            .write_all(key.as_bytes())
            .expect("a key can be pressed");
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("it runs");
    }

    /// Waits for the end, and sees that the terminal is as it was.
    pub fn expect_end(mut self) {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "watch goes on\n{}", self.screen);
            thread::sleep(PAUSE);
        };
        assert_eq!(status.code(), Some(0));
        assert!(self.is_cooked(), "the terminal was not restored");
    }

    /// Whether the terminal hands over lines, and shows what is typed.
    pub fn is_cooked(&self) -> bool {
        let settings = tcgetattr(self.inside.as_fd()).expect("it is a terminal");
        settings
            .local_flags
            .contains(LocalFlags::ICANON | LocalFlags::ECHO)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
