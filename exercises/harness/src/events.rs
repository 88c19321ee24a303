//! Which events a descriptor is watched for, as epoll and poll count them.

pub(crate) const IN: u32 = 0x1;
pub(crate) const OUT: u32 = 0x4;
/// ERR and HUP, which nobody has to ask for.
const ALWAYS: u32 = 0x8 | 0x10;
pub(crate) const ONESHOT: u32 = 1 << 30;
pub(crate) const EDGE: u32 = 1 << 31;

/// The names of `epoll_ctl(2)`, without [`ALWAYS`].
const NAMES: [(u32, &str); 8] = [
    (IN, "IN"),
    (0x2, "PRI"),
    (OUT, "OUT"),
    (0x2000, "RDHUP"),
    (1 << 28, "EXCLUSIVE"),
    (1 << 29, "WAKEUP"),
    (ONESHOT, "ONESHOT"),
    (EDGE, "ET"),
];

/// A descriptor and the events somebody waits for on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    pub(crate) fd: i32,
    /// 0 where the call itself says what it waits for.
    pub(crate) events: u32,
}

impl Watch {
    /// The descriptor in a system call's argument.
    pub(crate) fn of(argument: u64) -> Self {
        // The upper half of the register is not part of an int.
        let [a, b, c, d, ..] = argument.to_le_bytes();
        Self {
            fd: i32::from_le_bytes([a, b, c, d]),
            events: 0,
        }
    }

    /// Whether it is registered with ONESHOT and has been reported: it stays silent until re-armed.
    pub(crate) fn is_spent(self) -> bool {
        // The kernel then takes away all events and keeps the flags.
        self.events & ONESHOT != 0 && self.events & ALWAYS == 0
    }
}

/// `IN|ET`
pub(crate) fn names(events: u32) -> String {
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| events & bit != 0)
        .map(|(_, name)| *name)
        .collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join("|")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_named_without_what_is_always_watched() {
        assert_eq!(names(0x8000_201d), "IN|OUT|RDHUP|ET");
        assert_eq!(names(0x18), "nothing");
    }

    #[test]
    fn a_oneshot_that_has_fired_is_spent() {
        let armed = Watch {
            fd: 4,
            events: ONESHOT | IN | 0x18,
        };
        assert!(!armed.is_spent());
        assert!(
            Watch {
                events: ONESHOT,
                ..armed
            }
            .is_spent()
        );
    }

    #[test]
    fn only_the_lower_half_of_an_argument_is_a_descriptor() {
        assert_eq!(Watch::of(0xffff_ffff_0000_0003).fd, 3);
        assert_eq!(Watch::of(0xffff_ffff).fd, -1);
    }
}
