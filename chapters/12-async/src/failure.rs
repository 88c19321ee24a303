//! What a failed `accept` means.

use std::io;

use nix::errno::Errno;

/// Whether every later `accept` would fail as well (`accept(2)`, "Errors").
#[must_use]
pub fn is_unusable(error: &io::Error) -> bool {
    matches!(
        Errno::from_raw(error.raw_os_error().unwrap_or_default()),
        Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK | Errno::EOPNOTSUPP
    )
}
