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
        let name = decode(path)?;
        if name.contains(&0) {
            return None;
        }
        let place = [self.root.as_os_str().as_bytes(), &name].concat();
        let place = Path::new(OsStr::from_bytes(&place)).canonicalize().ok()?;
        if !place.starts_with(&self.root) {
            return None;
        }
        let file = File::open(place).ok()?;
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
