//! A network of one's own, for which no rights are needed.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Set in a process that has its own network.
const MARK: &str = "WORKBOOK_OWN_NETWORK";

/// What is done in it before the program starts again: loopback is down at first, and all local ports
/// from 1,024 on may be used.
const PREPARE: &str = "ip link set lo up && \
    echo 1024 65535 >/proc/sys/net/ipv4/ip_local_port_range && exec \"$@\"";

/// Whether this process runs in a network that it has made itself.
#[must_use]
pub fn is_own_network() -> bool {
    env::var_os(MARK).is_some()
}

/// Starts this program again, with the same options, in a network of its own that has nothing in it
/// but loopback (`user_namespaces(7)`, `network_namespaces(7)`). Its limits can be raised there without
/// any rights outside, and the host's stay as they are. Returns only if that fails, or if it has
/// happened already.
///
/// # Errors
/// If the programs `unshare` (util-linux) can't be started. That a user may not do this, or that `ip`
/// (iproute2) is missing, they say themselves, and the process ends.
pub fn in_own_network() -> io::Result<()> {
    if is_own_network() {
        return Ok(());
    }
    let program = env::current_exe()?;
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let error = Command::new("unshare")
        .args(["-Urn", "sh", "-c", PREPARE, "sh"])
        .arg(program)
        .args(arguments)
        .env(MARK, "1")
        .exec();
    Err(io::Error::new(
        error.kind(),
        format!("a network of its own needs the program unshare, of util-linux: {error}"),
    ))
}
