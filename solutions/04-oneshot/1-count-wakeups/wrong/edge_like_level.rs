//! Wrong: expects an edge-triggered socket to be reported until it is empty.
//! Caught by: edge_triggered_is_predicted
//! Says: (1); read takes 4, 6 left

/// An example, already right. Level-triggered (`EPOLLIN`); 3 bytes come.
///
/// `epoll_wait` reports them, `read` takes all 3, and the next `epoll_wait` sleeps: 1.
pub const EXAMPLE: Option<u32> = Some(1);

/// Level-triggered (`EPOLLIN`); 10 bytes come.
pub const LEVEL: Option<u32> = Some(3);

/// Edge-triggered (`EPOLLIN | EPOLLET`); 10 bytes come.
pub const EDGE: Option<u32> = Some(3);

/// Edge-triggered; 10 bytes come. After the program's first `read`, 1 byte more comes.
pub const EDGE_WITH_ONE_BYTE_MORE: Option<u32> = Some(2);

/// Edge-triggered; 5 bytes come and then another 5, both before the program calls `epoll_wait`.
pub const EDGE_WITH_TWO_SENDS: Option<u32> = Some(1);

/// Edge-triggered and oneshot (`EPOLLIN | EPOLLET | EPOLLONESHOT`); 10 bytes come. After the program's
/// first `read`, 1 byte more comes. The program never re-arms.
pub const ONESHOT: Option<u32> = Some(1);

/// Edge-triggered and oneshot; 10 bytes come. After each `read`, the program re-arms the connection:
/// `EPOLL_CTL_MOD` with the same events.
pub const ONESHOT_RE_ARMED: Option<u32> = Some(3);
