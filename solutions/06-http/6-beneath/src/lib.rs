//! The question is not what a path looks like, but where it leads. Only the kernel knows that: it walks from
//! name to name, and follows each link as it is at that moment. `RESOLVE_BENEATH` has it stop at the first
//! step that would leave the directory.
//!
//! So nothing here looks for dots. Whoever compares texts has to know all the ways to write one, and whoever
//! asks the file system first (`canonicalize`) gets an answer that may be out of date when the file is opened.
//! `RESOLVE_IN_ROOT` would do as well: there, `..` and absolute links lead back to the directory itself.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::Mode;

/// A directory whose files anybody may read.
#[derive(Debug)]
pub struct Site {
    /// The directory itself, not its name: that may belong to another one tomorrow.
    root: OwnedFd,
}

impl Site {
    /// The site in the directory `root`.
    ///
    /// # Errors
    ///
    /// If there is no such directory.
    pub fn new(root: &Path) -> io::Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = open(root, flags, Mode::empty())?;
        Ok(Self { root })
    }

    /// The file that the `path` of a request names, opened to be read; `None` if there is none. The path
    /// begins with a slash.
    #[must_use]
    pub fn open(&self, path: &str) -> Option<File> {
        // Decoded once, before anybody makes anything of it.
        let name = decode(path)?;
        // A path from the slash on starts at the machine's root, and that is outside.
        let name = name.strip_prefix(b"/")?;
        // O_NONBLOCK: to open a FIFO would mean to wait for its writer. A NUL is refused by nix (EINVAL).
        let how = OpenHow::new()
            .flags(OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_BENEATH);
        let file = loop {
            match openat2(&self.root, name, how) {
                // EAGAIN: somebody renamed something during a step to `..`, so the kernel can't tell whether it
                // leads out.
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                result => break File::from(result.ok()?),
            }
        };
        file.metadata().ok()?.is_file().then_some(file)
    }
}

/// The bytes that a path means: `%41` is `A` (RFC 3986 §2.1). `None` if there are no two digits behind a `%`.
fn decode(path: &str) -> Option<Vec<u8>> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => 16 * digit(bytes.next()?)? + digit(bytes.next()?)?,
            _ => byte,
        });
    }
    Some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}
