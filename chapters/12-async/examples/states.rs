//! What the compiler makes of a function that waits: its size, and one poll after the other.
//!
//! `cargo run -p ch12-async --example states`

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// A number that is there at the second poll.
struct Later {
    number: u64,
    polled: bool,
}

impl Later {
    fn new(number: u64) -> Self {
        Self {
            number,
            polled: false,
        }
    }
}

impl Future for Later {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u64> {
        if self.polled {
            return Poll::Ready(self.number);
        }
        self.polled = true;
        context.waker().wake_by_ref(); // whoever says Pending sees to it that it is polled again
        Poll::Pending
    }
}

// ANCHOR: written
async fn sum(first: Later, second: Later) -> u64 {
    let one = first.await;
    let other = second.await;
    one + other
}
// ANCHOR_END: written

// ANCHOR: by_hand
enum Sum {
    /// Waits for the first number, and keeps what it will need then.
    First {
        first: Later,
        second: Later,
    },
    /// Waits for the second one, and keeps the first number.
    Second {
        one: u64,
        second: Later,
    },
    Ended,
}

impl Future for Sum {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u64> {
        loop {
            match std::mem::replace(&mut *self, Self::Ended) {
                Self::First { mut first, second } => match Pin::new(&mut first).poll(context) {
                    Poll::Ready(one) => *self = Self::Second { one, second },
                    Poll::Pending => {
                        *self = Self::First { first, second };
                        return Poll::Pending;
                    }
                },
                Self::Second { one, mut second } => match Pin::new(&mut second).poll(context) {
                    Poll::Ready(other) => return Poll::Ready(one + other),
                    Poll::Pending => {
                        *self = Self::Second { one, second };
                        return Poll::Pending;
                    }
                },
                Self::Ended => panic!("polled after its end"),
            }
        }
    }
}
// ANCHOR_END: by_hand

// ANCHOR: sizes
async fn buffer_before() -> u8 {
    let last = {
        let buffer = [7_u8; 1024];
        buffer[1023]
    };
    Later::new(1).await;
    last
}

async fn buffer_across() -> u8 {
    let buffer = [7_u8; 1024];
    Later::new(1).await;
    buffer[1023]
}
// ANCHOR_END: sizes

async fn buffer_boxed() -> u8 {
    let buffer = vec![7_u8; 1024];
    Later::new(1).await;
    buffer[1023]
}

/// Polls `future` to its end, and says what each poll returns.
fn watch(name: &str, future: impl Future<Output = u64>) {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for number in 1.. {
        let polled = future.as_mut().poll(&mut context);
        println!("{name}, poll {number}: {polled:?}");
        if polled.is_ready() {
            return;
        }
    }
}

fn main() {
    let by_hand = Sum::First {
        first: Later::new(1),
        second: Later::new(2),
    };
    watch("async fn", sum(Later::new(1), Later::new(2)));
    watch("by hand ", by_hand);
    println!("bytes of the future:");
    for (name, size) in [
        ("Later", size_of::<Later>()),
        ("sum, by hand", size_of::<Sum>()),
        (
            "sum, async fn",
            size_of_val(&sum(Later::new(1), Later::new(2))),
        ),
        ("buffer_before", size_of_val(&buffer_before())),
        ("buffer_across", size_of_val(&buffer_across())),
        ("buffer_boxed", size_of_val(&buffer_boxed())),
    ] {
        println!("{size:6}  {name}");
    }
}
