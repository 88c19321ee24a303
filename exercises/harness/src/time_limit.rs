//! After how long a system call returns by itself, though nothing has happened.

use std::time::Duration;

/// Where the time limit of a call is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In this argument, in milliseconds; a negative number is none (`epoll_wait(2)`, `poll(2)`).
    Milliseconds(usize),
    /// Where this argument points: seconds, then nanoseconds; NULL is none (`ppoll(2)`).
    Seconds(usize),
    /// The same with microseconds (`select(2)`).
    Microseconds(usize),
}

/// The time limit of the call `name`, given its `arguments` and a way to read 16 bytes of the
/// process's memory.
pub(crate) fn of(
    name: &str,
    arguments: &[u64],
    memory: impl Fn(u64) -> Vec<u8>,
) -> Option<Duration> {
    let argument = |at: usize| arguments.get(at).copied();
    let pointed = |at: usize| {
        let address = argument(at).filter(|address| *address != 0)?;
        let bytes = memory(address);
        let number = |from: usize| {
            let bytes = bytes.get(from..from + 8)?.try_into().ok()?;
            u64::try_from(i64::from_ne_bytes(bytes)).ok()
        };
        Some((number(0)?, number(8)?))
    };
    match place(name)? {
        Place::Milliseconds(at) => {
            // The upper half of the register is not part of an int.
            let [a, b, c, d, ..] = argument(at)?.to_le_bytes();
            let limit = i32::from_le_bytes([a, b, c, d]);
            u64::try_from(limit).ok().map(Duration::from_millis)
        }
        Place::Seconds(at) => {
            pointed(at).map(|(whole, part)| Duration::from_secs(whole) + Duration::from_nanos(part))
        }
        Place::Microseconds(at) => pointed(at)
            .map(|(whole, part)| Duration::from_secs(whole) + Duration::from_micros(part)),
    }
}

fn place(name: &str) -> Option<Place> {
    Some(match name {
        "epoll_wait" | "epoll_pwait" => Place::Milliseconds(3),
        "poll" => Place::Milliseconds(2),
        "ppoll" => Place::Seconds(2),
        "epoll_pwait2" => Place::Seconds(3),
        "pselect6" => Place::Seconds(4),
        "select" => Place::Microseconds(4),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit of a call whose memory holds 2 and 500.
    fn limit(name: &str, arguments: [u64; 6]) -> Option<Duration> {
        let memory = |_| [2_i64.to_ne_bytes(), 500_i64.to_ne_bytes()].concat();
        of(name, &arguments, memory)
    }

    #[test]
    fn minus_one_and_null_are_no_limit() {
        assert_eq!(limit("epoll_wait", [5, 0, 8, 0xffff_ffff, 0, 0]), None);
        assert_eq!(limit("ppoll", [0, 1, 0, 0, 0, 0]), None);
        assert_eq!(limit("read", [3, 0, 8, 50, 50, 50]), None);
    }

    #[test]
    fn a_limit_is_told_in_the_unit_of_its_call() {
        let [milliseconds, seconds] = [Duration::from_millis(50), Duration::from_secs(2)];
        assert_eq!(limit("epoll_wait", [5, 0, 8, 50, 0, 0]), Some(milliseconds));
        let nanoseconds = Duration::from_nanos(500);
        assert_eq!(
            limit("epoll_pwait2", [5, 0, 8, 1, 0, 0]),
            Some(seconds + nanoseconds)
        );
        let microseconds = Duration::from_micros(500);
        assert_eq!(
            limit("select", [5, 0, 0, 0, 1, 0]),
            Some(seconds + microseconds)
        );
    }
}
