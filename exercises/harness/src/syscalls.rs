//! Names for the system calls that servers sleep in.

/// What a system call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Bytes from the descriptor in its first argument.
    Read,
    /// Room for bytes in the descriptor in its first argument.
    Write,
    /// A connection on the descriptor in its first argument.
    Accept,
    /// Events of the epoll in its first argument.
    Epoll,
    /// One of an array of descriptors.
    Poll,
    /// One of three sets of descriptors.
    Select,
    /// A lock, or the end of a thread.
    Lock,
    /// The passing of time.
    Pause,
    /// Something else, about the descriptor in its first argument.
    Descriptor,
    /// Something else.
    Other,
}

/// The name and purpose of a system call, by its number on this machine.
pub(crate) fn describe(number: u64) -> Option<(&'static str, Purpose)> {
    let (_, name) = NUMBERS.iter().find(|(known, _)| *known == number)?;
    let purpose = match *name {
        "read" | "pread64" | "readv" | "recvfrom" | "recvmsg" => Purpose::Read,
        "write" | "writev" | "sendto" | "sendmsg" | "sendfile" => Purpose::Write,
        "accept" | "accept4" => Purpose::Accept,
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => Purpose::Epoll,
        "poll" | "ppoll" => Purpose::Poll,
        "select" | "pselect6" => Purpose::Select,
        "futex" => Purpose::Lock,
        "nanosleep" | "clock_nanosleep" => Purpose::Pause,
        "close" | "connect" | "shutdown" | "flock" | "fsync" => Purpose::Descriptor,
        _ => Purpose::Other,
    };
    Some((name, purpose))
}

/// `restart_syscall(2)`: a call with a time limit that goes on after the process was stopped.
pub(crate) const RESTART: u64 = if cfg!(target_arch = "x86_64") {
    219
} else {
    128
};

/// What a restarted call is, by the kernel function that it sleeps in (`/proc/PID/wchan`).
pub(crate) fn restarted(function: &str) -> (&'static str, Purpose) {
    if function.contains("poll") {
        ("poll", Purpose::Poll)
    } else if function.contains("futex") {
        ("futex", Purpose::Lock)
    } else {
        // The kernel skips the functions that put a thread to sleep: only their caller is left.
        ("clock_nanosleep", Purpose::Pause)
    }
}

/// From the kernel's `arch/x86/entry/syscalls/syscall_64.tbl`.
#[cfg(target_arch = "x86_64")]
const NUMBERS: &[(u64, &str)] = &[
    (0, "read"),
    (1, "write"),
    (3, "close"),
    (7, "poll"),
    (17, "pread64"),
    (19, "readv"),
    (20, "writev"),
    (23, "select"),
    (34, "pause"),
    (35, "nanosleep"),
    (40, "sendfile"),
    (42, "connect"),
    (43, "accept"),
    (44, "sendto"),
    (45, "recvfrom"),
    (46, "sendmsg"),
    (47, "recvmsg"),
    (48, "shutdown"),
    (61, "wait4"),
    (73, "flock"),
    (74, "fsync"),
    (128, "rt_sigtimedwait"),
    (130, "rt_sigsuspend"),
    (202, "futex"),
    (230, "clock_nanosleep"),
    (232, "epoll_wait"),
    (247, "waitid"),
    (270, "pselect6"),
    (271, "ppoll"),
    (281, "epoll_pwait"),
    (288, "accept4"),
    (441, "epoll_pwait2"),
];

/// From the kernel's `include/uapi/asm-generic/unistd.h`.
#[cfg(not(target_arch = "x86_64"))]
const NUMBERS: &[(u64, &str)] = &[
    (22, "epoll_pwait"),
    (32, "flock"),
    (57, "close"),
    (63, "read"),
    (64, "write"),
    (65, "readv"),
    (66, "writev"),
    (67, "pread64"),
    (71, "sendfile"),
    (72, "pselect6"),
    (73, "ppoll"),
    (82, "fsync"),
    (95, "waitid"),
    (98, "futex"),
    (101, "nanosleep"),
    (115, "clock_nanosleep"),
    (133, "rt_sigsuspend"),
    (137, "rt_sigtimedwait"),
    (202, "accept"),
    (203, "connect"),
    (206, "sendto"),
    (207, "recvfrom"),
    (210, "shutdown"),
    (211, "sendmsg"),
    (212, "recvmsg"),
    (242, "accept4"),
    (260, "wait4"),
    (441, "epoll_pwait2"),
];
