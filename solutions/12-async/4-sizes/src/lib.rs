//! A future holds what is needed after an await, and whatever was lent out before it until its block ends.
//! So a buffer that is only needed between two awaits belongs into a block of its own, or into a function
//! that isn't `async`.

/// How many KiB the future of [`used_after`] has, rounded down.
// It is needed after the await, so it has to be somewhere: in the future.
pub const USED_AFTER: Option<usize> = Some(1);

/// The same for [`borrowed_before`].
// `fill` was lent it, and might have kept the reference: it stays until the end of its block.
pub const BORROWED_BEFORE: Option<usize> = Some(1);

/// The same for [`block_before`].
// The block has ended, so nothing is needed of it. That is the way to keep a buffer out.
pub const BLOCK_BEFORE: Option<usize> = Some(0);

/// The same for [`one_after_the_other`].
// Two states, which are never there at the same time: they share their memory.
pub const ONE_AFTER_THE_OTHER: Option<usize> = Some(1);

/// The same for [`both_at_once`].
// One state needs both.
pub const BOTH_AT_ONCE: Option<usize> = Some(2);

/// The same for [`boxed`], without what it points to.
// In the future there is a pointer. The buffer is on the heap, for as long as this await lasts.
pub const BOXED: Option<usize> = Some(0);

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
