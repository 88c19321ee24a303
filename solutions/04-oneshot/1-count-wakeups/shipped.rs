//! # 04-1 Count the wake-ups
//!
//! Nothing is to be programmed here. A small program watches one TCP connection, and you predict how often
//! it is woken. Replace each `None` by your number, `Some(1)` for example. Then the tests carry out the
//! run, on your kernel, and show step by step what it did.
//!
//! The program registers the connection with epoll, before its peer has sent anything. Then it goes round
//! and round:
//!
//! 1. `epoll_wait`: sleep until the connection is reported. This is what you count.
//! 2. `read`, **once, with a buffer of 4 bytes**. It never drains, however much there is.
//!
//! The run is over when `epoll_wait` sleeps and nothing more will come.
//!
//! Read: epoll(7), "Level-triggered and edge-triggered"; `epoll_ctl(2)` on `EPOLLONESHOT`.

/// An example, already right. Level-triggered (`EPOLLIN`); 3 bytes come.
///
/// `epoll_wait` reports them, `read` takes all 3, and the next `epoll_wait` sleeps: 1.
pub const EXAMPLE: Option<u32> = Some(1);

/// Level-triggered (`EPOLLIN`); 10 bytes come.
pub const LEVEL: Option<u32> = None;

/// Edge-triggered (`EPOLLIN | EPOLLET`); 10 bytes come.
pub const EDGE: Option<u32> = None;

/// Edge-triggered; 10 bytes come. After the program's first `read`, 1 byte more comes.
pub const EDGE_WITH_ONE_BYTE_MORE: Option<u32> = None;

/// Edge-triggered; 5 bytes come and then another 5, both before the program calls `epoll_wait`.
pub const EDGE_WITH_TWO_SENDS: Option<u32> = None;

/// Edge-triggered and oneshot (`EPOLLIN | EPOLLET | EPOLLONESHOT`); 10 bytes come. After the program's
/// first `read`, 1 byte more comes. The program never re-arms.
pub const ONESHOT: Option<u32> = None;

/// Edge-triggered and oneshot; 10 bytes come. After each `read`, the program re-arms the connection:
/// `EPOLL_CTL_MOD` with the same events.
pub const ONESHOT_RE_ARMED: Option<u32> = None;
