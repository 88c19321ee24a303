//! Level-triggered reports a state, edge-triggered a change. Oneshot reports one change, and then waits
//! to be asked for the state. Whoever doesn't drain can see it in the number of wake-ups.

/// An example, already right. Level-triggered (`EPOLLIN`); 3 bytes come.
///
/// `epoll_wait` reports them, `read` takes all 3, and the next `epoll_wait` sleeps: 1.
pub const EXAMPLE: Option<u32> = Some(1);

/// Level-triggered (`EPOLLIN`); 10 bytes come.
///
/// 4, 4 and 2 bytes: while some are left, each `epoll_wait` says so.
pub const LEVEL: Option<u32> = Some(3);

/// Edge-triggered (`EPOLLIN | EPOLLET`); 10 bytes come.
///
/// They came once. 6 of them are never read.
pub const EDGE: Option<u32> = Some(1);

/// Edge-triggered; 10 bytes come. After the program's first `read`, 1 byte more comes.
///
/// They came twice. Two reads of 4: 3 bytes are never read, the new one among them.
pub const EDGE_WITH_ONE_BYTE_MORE: Option<u32> = Some(2);

/// Edge-triggered; 5 bytes come and then another 5, both before the program calls `epoll_wait`.
///
/// They came twice before the program looked: one report, and no word of how much.
pub const EDGE_WITH_TWO_SENDS: Option<u32> = Some(1);

/// Edge-triggered and oneshot (`EPOLLIN | EPOLLET | EPOLLONESHOT`); 10 bytes come. After the program's
/// first `read`, 1 byte more comes. The program never re-arms.
///
/// The report switched it off. Nobody hears of the new byte.
pub const ONESHOT: Option<u32> = Some(1);

/// Edge-triggered and oneshot; 10 bytes come. After each `read`, the program re-arms the connection:
/// `EPOLL_CTL_MOD` with the same events.
///
/// Re-arming looks anew and finds 6 bytes, then 2, then none: as if level-triggered, but each
/// report waits until the program asks for it. That is what makes it safe for threads.
pub const ONESHOT_RE_ARMED: Option<u32> = Some(3);
