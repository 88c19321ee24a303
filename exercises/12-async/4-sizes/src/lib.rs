//! # 12-4 How large is a future?
//!
//! An idle connection costs what its future holds, so it is worth knowing what that is. Below are six
//! functions that need a buffer of 1,024 bytes. How large are their futures?
//!
//! Replace each `None` by `Some` of your prediction, in KiB, rounded down: 0 means that the buffer isn't
//! in it. Then check. The tests ask the compiler (`size_of_val`), and tell you what it has said.
//!
//! Read: the functions below, and think of the state machine that each of them becomes.

/// How many KiB the future of [`used_after`] has, rounded down.
pub const USED_AFTER: Option<usize> = None;

/// The same for [`borrowed_before`].
pub const BORROWED_BEFORE: Option<usize> = None;

/// The same for [`block_before`].
pub const BLOCK_BEFORE: Option<usize> = None;

/// The same for [`one_after_the_other`].
pub const ONE_AFTER_THE_OTHER: Option<usize> = None;

/// The same for [`both_at_once`].
pub const BOTH_AT_ONCE: Option<usize> = None;

/// The same for [`boxed`], without what it points to.
pub const BOXED: Option<usize> = None;

/// Says Pending once.
pub async fn wait() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        if polled {
            return std::task::Poll::Ready(());
        }
        polled = true;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Writes into a buffer that it is lent.
pub fn fill(buffer: &mut [u8]) {
    buffer.fill(7);
}

/// The buffer is used after the await.
pub async fn used_after() -> u8 {
    let mut buffer = [0; 1024];
    fill(&mut buffer);
    wait().await;
    buffer[1023]
}

/// The last use of the buffer is before the await.
pub async fn borrowed_before() -> u8 {
    let mut buffer = [0; 1024];
    fill(&mut buffer);
    let last = buffer[1023];
    wait().await;
    last
}

/// The buffer's block ends before the await.
pub async fn block_before() -> u8 {
    let last = {
        let mut buffer = [0; 1024];
        fill(&mut buffer);
        buffer[1023]
    };
    wait().await;
    last
}

/// Two buffers, each of which is needed across an await of its own.
pub async fn one_after_the_other() -> u8 {
    let first = used_after().await;
    first + used_after().await
}

/// Two buffers that are needed across the same await.
pub async fn both_at_once() -> u8 {
    let (mut one, mut other) = ([0; 1024], [0; 1024]);
    fill(&mut one);
    fill(&mut other);
    wait().await;
    one[1023] + other[1023]
}

/// The future with the buffer is in a box.
pub async fn boxed() -> u8 {
    Box::pin(used_after()).await
}
