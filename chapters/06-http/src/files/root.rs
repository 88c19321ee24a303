//! The directory that is served, and the walls around it.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::Mode;

/// A directory, and where it was found. Nothing outside of it is ever opened.
///
/// No code here looks for `..` to keep a client inside: such filters have been bypassed for as long
/// as there have been servers. The kernel does it, on its way from name to name: `RESOLVE_BENEATH` makes it
/// refuse every step that would leave, by `..`, by a symbolic link or by a rename at the wrong
/// moment (`openat2(2)`). A link to somewhere inside works if it is relative.
#[derive(Debug)]
pub(super) struct Root {
    path: PathBuf,
    directory: OwnedFd,
    /// Device and inode of the directory.
    id: (u64, u64),
    way: Way,
}

/// How names are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By the kernel, in one call.
    Beneath,
    /// Step by step, and no link is followed: where there is no `openat2`, before Linux 5.6 and in
    /// some sandboxes.
    Stepwise,
}

/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is none of this name; or it lies outside, which a client isn't told.
    Missing,
    /// It may not be read, or isn't a file: a FIFO, a device, a socket.
    Forbidden,
    /// The system couldn't.
    Failed(Errno),
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Named {
    File(Metadata),
    Directory,
}

/// Attempts to walk a path in which others rename, before it counts as failed.
const ATTEMPTS: usize = 16;

impl Root {
    /// Opens the directory `path`.
    ///
    /// # Errors
    /// As `open(2)`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let directory = open(path, flags, Mode::empty())?;
        let way = match beneath(&directory, b".", OFlag::O_PATH) {
            Err(Errno::ENOSYS | Errno::EPERM) => Way::Stepwise,
            Err(error) => return Err(error.into()),
            Ok(_) => Way::Beneath,
        };
        let directory = File::from(directory);
        let id = id(&directory.metadata()?);
        Ok(Self {
            path: path.to_owned(),
            directory: directory.into(),
            id,
            way,
        })
    }

    /// Becomes the directory that is at the root's path now, if that is another. If there is none, or
    /// it can't be opened, this stays the root.
    pub fn follow(&mut self) {
        if let Ok(metadata) = fs::metadata(&self.path)
            && id(&metadata) != self.id
            && let Ok(root) = Self::open(&self.path)
        {
            *self = root;
        }
    }

    /// What `name` stands for, without opening it: opening a FIFO wakes the process that waits at its other
    /// end, and opening a device may do anything.
    ///
    /// # Errors
    /// A [`Refusal`] where it is neither file nor directory.
    pub fn look(&self, name: &[u8]) -> Result<Named, Refusal> {
        let place = File::from(self.resolve(name, OFlag::O_PATH)?);
        found(place.metadata()?)
    }

    /// Opens the file `name` to be read.
    ///
    /// # Errors
    /// A [`Refusal`] where it isn't a file any more since [`Self::look`] saw one.
    pub fn read(&self, name: &[u8]) -> Result<(File, Metadata), Refusal> {
        // Should it have become a FIFO, O_NONBLOCK keeps us from waiting for a writer.
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let file = File::from(self.resolve(name, flags)?);
        match found(file.metadata()?)? {
            Named::File(metadata) => Ok((file, metadata)),
            Named::Directory => Err(Refusal::Missing),
        }
    }

    fn resolve(&self, name: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
        match self.way {
            Way::Beneath => beneath(&self.directory, name, flags),
            Way::Stepwise => stepwise(&self.directory, name, flags),
        }
    }
}

/// What tells one directory from another.
fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

// ANCHOR: beneath
/// Opens `name` and leaves the walls to the kernel.
///
/// A magic link, as there are in `/proc`, jumps anywhere: `RESOLVE_BENEATH` refuses it too, but
/// doesn't promise to.
fn beneath(directory: &OwnedFd, name: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
    let how = OpenHow::new()
        .flags(flags | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    for _ in 0..ATTEMPTS {
        match openat2(directory, name, how) {
            // A rename crossed the way of a `..` in a link: whether it led outside, the kernel
            // can't tell, and asks to try again. That is bounded, so endless renaming can't hold us here.
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            result => return result,
        }
    }
    Err(Errno::EAGAIN)
}
// ANCHOR_END: beneath

/// Opens directory after directory, each from the one before, and never by a link.
fn stepwise(directory: &OwnedFd, name: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
    let (parents, last) = match name.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&name[..slash], &name[slash + 1..]),
        None => (&b""[..], name),
    };
    let step = |from: BorrowedFd<'_>, name: &[u8], flags: OFlag| match name {
        b"" | b"." | b".." => Err(Errno::ENOENT),
        _ => openat(
            from,
            name,
            flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC,
            Mode::empty(),
        ),
    };
    let mut place = None;
    for parent in parents
        .split(|byte| *byte == b'/')
        .filter(|_| !parents.is_empty())
    {
        let from = place.as_ref().unwrap_or(directory);
        place = Some(step(
            from.as_fd(),
            parent,
            OFlag::O_PATH | OFlag::O_DIRECTORY,
        )?);
    }
    step(place.as_ref().unwrap_or(directory).as_fd(), last, flags)
}

fn found(metadata: Metadata) -> Result<Named, Refusal> {
    if metadata.is_file() {
        Ok(Named::File(metadata))
    } else if metadata.is_dir() {
        Ok(Named::Directory)
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

#[cfg(test)]
mod tests;
