//! A terminal: a pseudo-terminal whose other end is a test, and a screen that understands escapes.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::stat::Mode;
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};

use crate::CHAT;
use crate::process::{PATIENCE, child_of, end_session, until, until_alone};

/// A terminal with a shell in it, which has started the program.
pub struct Tty {
    master: File,
    slave: OwnedFd,
    path: PathBuf,
    before: Termios,
    screen: vt100::Parser,
    /// All that was written to it.
    written: Vec<u8>,
    shell: Child,
}

impl Tty {
    /// A terminal of 80 columns in which the program runs with `options`, and after it the shell
    /// prints `exit N`.
    pub fn chat(server: SocketAddr, options: &[&str]) -> Self {
        let script = r#""$@"; echo "exit $?"; read -r end"#;
        let server = server.to_string();
        let mut arguments = vec!["-c", script, "sh", CHAT, server.as_str()];
        arguments.extend_from_slice(options);
        Self::shell("sh", &arguments, &[])
    }

    /// A terminal in which this shell runs, and leads the session: it survives the program.
    pub fn shell(shell: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        // Not openpty(3): what other tests start at this moment would inherit its descriptors.
        let both = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(both).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = PathBuf::from(ptsname_r(&master).unwrap());
        let slave = open(&path, both, Mode::empty()).unwrap();
        set_size(&path, 80);
        let before = tcgetattr(&slave).unwrap();
        let standard = || Stdio::from(slave.try_clone().unwrap());
        let mut command = Command::new("setsid"); // of util-linux: the terminal becomes its own
        command.args(["-c", shell]).args(arguments);
        command.env("TERM", "xterm").envs(variables.iter().copied());
        command
            .stdin(standard())
            .stdout(standard())
            .stderr(standard());
        let shell = command.spawn().expect("setsid(1) of util-linux");
        let screen = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        Self {
            master: File::from(OwnedFd::from(master)),
            slave,
            path,
            before,
            screen,
            written: Vec::new(),
            shell,
        }
    }

    /// The shell's process id, which is the session's too.
    pub fn session(&self) -> i32 {
        self.shell.id().cast_signed()
    }

    /// The program's process id.
    #[track_caller]
    pub fn chat_pid(&self) -> i32 {
        child_of(self.session(), "chat")
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Makes the window so wide.
    pub fn resize(&mut self, columns: u16) {
        let size = NonZeroU16::new(columns).unwrap();
        self.screen
            .screen_mut()
            .set_size(24.try_into().unwrap(), size);
        set_size(&self.path, columns);
    }

    /// What the screen shows now, without the empty rows below.
    pub fn text(&self) -> String {
        self.screen.screen().contents().trim_end().to_owned()
    }

    /// The row of the cursor.
    pub fn line(&self) -> String {
        let (row, _) = self.screen.screen().cursor_position();
        let columns = self.screen.screen().size().1.get();
        let mut rows = self.screen.screen().rows(0, columns);
        rows.nth(row.into())
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    }

    /// All that was written to it so far.
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// The cursor's column.
    pub fn column(&self) -> u16 {
        self.screen.screen().cursor_position().1
    }

    /// Whether what is pasted comes between marks.
    pub fn marks_pastes(&self) -> bool {
        self.screen.screen().bracketed_paste()
    }

    /// Reads what is shown until it is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{what}: not within {PATIENCE:?}; the screen:\n{}",
                self.text()
            );
            self.read_within(left);
        }
    }

    /// Shows what the program has written so far.
    pub fn read_what_is_there(&mut self) {
        self.read_within(Duration::ZERO);
    }

    fn read_within(&mut self, limit: Duration) {
        let timeout = PollTimeout::try_from(limit).unwrap();
        let mut ready = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, timeout).is_ok_and(|count| count > 0) {
            self.read();
        }
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        match self.master.read(&mut bytes) {
            Ok(count) => {
                self.screen.process(&bytes[..count]);
                self.written.extend_from_slice(&bytes[..count]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => panic!(
                "the terminal has gone ({error}); its screen:\n{}",
                self.text()
            ),
        }
    }

    /// Waits until the screen shows `text` somewhere.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        self.until(&format!("{text:?} on the screen"), |tty| {
            tty.text().contains(text)
        });
    }

    /// Waits until the row of the cursor is this one.
    #[track_caller]
    pub fn expect_line(&mut self, line: &str) {
        self.until(&format!("{line:?} as the line being typed"), |tty| {
            tty.line() == line
        });
    }

    /// Waits until the terminal's modes are what they were before the program came.
    #[track_caller]
    pub fn expect_as_before(&mut self) {
        until("the terminal's modes are as before", || {
            self.modes() == self.before
        });
        self.until("pastes without marks", |tty| !tty.marks_pastes());
    }

    /// Waits for the program's exit code, the terminal as it was before, and no process left.
    #[track_caller]
    pub fn expect_exit(&mut self, code: i32) {
        self.expect(&format!("exit {code}"));
        self.expect_as_before();
        self.expect_no_process();
    }

    /// Waits until nobody but the shell is left.
    #[track_caller]
    pub fn expect_no_process(&self) {
        until_alone(self.session());
    }

    /// How the terminal treats keys now.
    pub fn modes(&self) -> Termios {
        tcgetattr(&self.slave).unwrap()
    }

    /// Whether keys arrive one by one.
    pub fn is_set(&self) -> bool {
        !self.modes().local_flags.contains(LocalFlags::ICANON)
    }
}

/// What still runs ends, and the terminal hangs up.
impl Drop for Tty {
    fn drop(&mut self) {
        end_session(self.session());
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn set_size(terminal: &std::path::Path, columns: u16) {
    let status = Command::new("stty")
        .arg("-F")
        .arg(terminal)
        .args(["rows", "24", "cols", &columns.to_string()])
        .status();
    assert!(
        status.unwrap().success(),
        "stty(1) can't set the terminal's size"
    );
}
