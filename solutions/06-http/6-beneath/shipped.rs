//! # 06-6 A path that must not escape
//!
//! A server of files is given a directory, and the path of a request names a file in it. Clients send what
//! they like. Document 002's server puts its directory before the path and opens what comes out, and so does
//! the server of document 000 (bugs B51 and B06 in the book): `GET /../../../../etc/passwd` is all it takes.
//!
//! [`Site::open`] has learned from that, and looks for `..`. Find out how one gets out all the same, and mend
//! it:
//!
//! - Nothing outside the directory is ever opened, whatever the path: with dots or slashes as they are or
//!   encoded, or by a symbolic link in the directory that leads out of it.
//! - A file in the directory is found. In a path, any byte may stand as `%` and two digits: `/%69ndex.html` is
//!   `/index.html`. It is decoded once: in `/100%2525.txt`, the `%25` stands for a `%`, and `25` for itself.
//! - A symbolic link that leads to something inside works.
//! - `v1..v2.html` is a name like others.
//! - `%00` is a NUL. No file has one in its name, so there is no such file. (In C, a text ends there:
//!   `/notes.txt%00.html` ends in `.html` for the program, and in `.txt` for the kernel.)
//! - A directory is no file.
//!
//! Whether you keep to the text of the path, or ask the file system, or have the kernel do it, is up to you;
//! but between a look and an open, somebody may have changed a link. [`nix::fcntl::openat2`] looks and opens
//! in one call. Read: `openat2(2)` under `RESOLVE_BENEATH`, `path_resolution(7)`.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A directory whose files anybody may read.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
}

impl Site {
    /// The site in the directory `root`.
    ///
    /// # Errors
    ///
    /// If there is no such directory.
    pub fn new(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        Ok(Self { root })
    }

    /// The file that the `path` of a request names, opened to be read; `None` if there is none. The path
    /// begins with a slash.
    #[must_use]
    pub fn open(&self, path: &str) -> Option<File> {
        // Nobody climbs out of here.
        if path.contains("/../") {
            return None;
        }
        let name = decode(path)?;
        let place = [self.root.as_os_str().as_bytes(), &name].concat();
        let file = File::open(OsStr::from_bytes(&place)).ok()?;
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
