//! The machine: what it is called, and who runs on which of its cores.

use std::fs;

use anyhow::{Context, Result};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::utsname::uname;
use nix::unistd::Pid;

/// Descriptors that a server or the load needs besides its connections.
const SPARE: u64 = 64;

/// What the report says of the machine, and the cores that are used.
pub struct Machine {
    pub model: String,
    pub kernel: String,
    pub cores: usize,
    pub server_core: usize,
    pub load_core: usize,
}

impl Machine {
    /// Looks at this machine; takes the first core for servers, and the last for the load.
    ///
    /// # Errors
    /// If the kernel doesn't tell.
    pub fn look() -> Result<Self> {
        let allowed = sched_getaffinity(Pid::this())?;
        let cores: Vec<usize> = (0..CpuSet::count())
            .filter(|&core| allowed.is_set(core).unwrap_or(false))
            .collect();
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(": "));
        Ok(Self {
            model: model.map_or_else(
                || "unnamed processor".to_owned(),
                |(_, name)| name.to_owned(),
            ),
            kernel: version(&uname()?.release().to_string_lossy()),
            cores: cores.len(),
            server_core: *cores.first().context("no core to run on")?,
            load_core: *cores.last().context("no core to run on")?,
        })
    }

    /// Has this process, and those it starts from now on, run on `core` only.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn pin(core: usize) -> Result<()> {
        let mut set = CpuSet::new();
        set.set(core)?;
        Ok(sched_setaffinity(Pid::this(), &set)?)
    }
}

/// Raises the limit on open files as far as it goes; how many connections that allows.
///
/// # Errors
/// If the limit can't be read.
pub fn most_connections() -> Result<usize> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard); // then the soft limit stays
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(usize::try_from(soft.saturating_sub(SPARE))?)
}

/// `6.18.44` of `6.18.44-cloud-1`: what follows names who has built it.
fn version(release: &str) -> String {
    release.split('-').next().unwrap_or(release).to_owned()
}
