//! What an epoll holds: the interest list, and which of it is due to be reported.

use std::collections::BTreeMap;

/// The interest in a descriptor, as epoll keeps it.
#[derive(Clone, Debug)]
pub struct Watch {
    /// As the trace has it: `IN|ET`.
    pub interest: String,
    /// Something has happened that edge triggering has not reported yet.
    edge: bool,
    /// Still armed: EPOLLONESHOT disarms with the first report.
    pub armed: bool,
}

impl Watch {
    /// Adding or changing a watch looks at the descriptor anew.
    pub fn new(interest: String) -> Self {
        Self {
            interest,
            edge: true,
            armed: true,
        }
    }

    fn has(&self, flag: &str) -> bool {
        self.interest.split('|').any(|name| name == flag)
    }

    /// What of `ready` would be reported: what was asked for, and errors unasked (`epoll_ctl(2)`).
    pub fn wanted(&self, ready: &[&'static str]) -> Vec<&'static str> {
        let asked = |flag: &&&str| self.has(flag) || matches!(**flag, "ERR" | "HUP");
        ready.iter().filter(asked).copied().collect()
    }

    /// Whether a wait would report it now.
    pub fn is_due(&self, ready: &[&'static str]) -> bool {
        self.armed && !self.wanted(ready).is_empty() && (self.edge || !self.has("ET"))
    }

    /// Whether it is ready, but has been reported and won't be again.
    pub fn is_spent(&self, ready: &[&'static str]) -> bool {
        !self.wanted(ready).is_empty() && !self.is_due(ready)
    }

    /// Something has happened: `flag`, or something about the whole connection.
    pub fn notice(&mut self, flag: Option<&str>) {
        self.edge |= self.armed && flag.is_none_or(|flag| self.has(flag));
    }

    /// A wait begins: it drops what is no longer ready.
    pub fn look(&mut self, ready: &[&'static str]) {
        self.edge &= !self.wanted(ready).is_empty();
    }

    /// It has been reported.
    pub fn take(&mut self) {
        self.edge = false;
        self.armed &= !self.has("ONESHOT");
    }
}

/// One epoll's interest list, by descriptor.
pub type Epoll = BTreeMap<i64, Watch>;
