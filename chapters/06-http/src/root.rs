//! The directory that is served, and the walls around it.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::stat::Mode;

/// A directory, opened once. Nothing outside of it is ever opened.
///
/// Nobody here looks for `..` to keep a client inside: such filters have been talked round since
/// there are servers. The kernel does it, on its way from name to name: `RESOLVE_BENEATH` has it
/// refuse every step that would leave, by `..`, by a symbolic link or by a rename at the wrong
/// moment (`openat2(2)`). A link to somewhere inside works if it is relative.
#[derive(Debug)]
pub(crate) struct Root(OwnedFd);

/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is none of this name; or it lies outside, which is nobody's business.
    Missing,
    /// It may not be read, or isn't a file: a FIFO, a device, a socket.
    Forbidden,
    /// The system couldn't.
    Failed(Errno),
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Found {
    File(Metadata),
    Directory,
}

/// Attempts to walk a path in which others rename, before it counts as failed.
const ATTEMPTS: usize = 16;

impl Root {
    /// Opens the directory `path`.
    ///
    /// # Errors
    /// As `open(2)`; `Unsupported` where the kernel is older than Linux 5.6, or a sandbox keeps
    /// `openat2` from us.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = Self(open(path, flags, Mode::empty())?);
        match root.resolve(b".", OFlag::O_PATH) {
            Err(Errno::ENOSYS | Errno::EPERM) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "openat2 isn't to be had: it takes Linux 5.6, and a sandbox that allows it",
            )),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(root),
        }
    }

    /// What `name` stands for, without opening it: opening a FIFO wakes whoever waits at its other
    /// end, and opening a device may do anything.
    ///
    /// # Errors
    /// A [`Refusal`] where it is neither file nor directory.
    pub fn look(&self, name: &[u8]) -> Result<Found, Refusal> {
        let place = File::from(self.resolve(name, OFlag::O_PATH)?);
        found(place.metadata()?)
    }

    /// Opens the file `name` to be read.
    ///
    /// # Errors
    /// A [`Refusal`] where it isn't a file any more since [`Self::look`] saw one.
    pub fn read(&self, name: &[u8]) -> Result<(File, Metadata), Refusal> {
        // Should it have become a FIFO, O_NONBLOCK has us not wait for a writer.
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let file = File::from(self.resolve(name, flags)?);
        match found(file.metadata()?)? {
            Found::File(metadata) => Ok((file, metadata)),
            Found::Directory => Err(Refusal::Missing),
        }
    }

    /// Walks to `name`. A magic link, as there are in `/proc`, jumps anywhere: `RESOLVE_BENEATH`
    /// refuses it too, but doesn't promise to.
    fn resolve(&self, name: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
        let how = OpenHow::new()
            .flags(flags | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        for _ in 0..ATTEMPTS {
            match openat2(&self.0, name, how) {
                // A rename crossed the way of a `..` in a link: whether it led outside, the kernel
                // can't tell, and asks to try again. Who renames without end shan't hold us here.
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                result => return result,
            }
        }
        Err(Errno::EAGAIN)
    }
}

fn found(metadata: Metadata) -> Result<Found, Refusal> {
    if metadata.is_file() {
        Ok(Found::File(metadata))
    } else if metadata.is_dir() {
        Ok(Found::Directory)
    } else {
        Err(Refusal::Forbidden)
    }
}

impl From<Errno> for Refusal {
    fn from(error: Errno) -> Self {
        match error {
            Errno::EACCES | Errno::EPERM => Self::Forbidden,
            // EXDEV: the way leads outside. EINVAL: a NUL in the name. ELOOP: links in a circle.
            Errno::ENOENT
            | Errno::ENOTDIR
            | Errno::ENAMETOOLONG
            | Errno::ELOOP
            | Errno::EXDEV
            | Errno::EINVAL => Self::Missing,
            error => Self::Failed(error),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        // An error of the system has a number. Others can't come from where this is used.
        Errno::from_raw(error.raw_os_error().unwrap_or(0)).into()
    }
}
