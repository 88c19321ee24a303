//! What was predicted beside what the compiler says.

use crate::subject::{
    BLOCK_BEFORE, BORROWED_BEFORE, BOTH_AT_ONCE, BOXED, ONE_AFTER_THE_OTHER, USED_AFTER,
    block_before, borrowed_before, both_at_once, boxed, one_after_the_other, used_after,
};

const BOOK: &str = "12-async.html#what-the-compiler-makes-of-it";

#[test]
fn all_of_them_return_what_was_filled_in() {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut last = std::pin::pin!(one_after_the_other());
    let polls = (1..10).find(|_| last.as_mut().poll(&mut context).is_ready());
    assert_eq!(polls, Some(3), "it waits twice");
}

#[test]
fn used_after_says_whether_it_is_kept() {
    judge(
        "USED_AFTER",
        USED_AFTER,
        size_of_val(&used_after()),
        "The buffer is needed after the await, and by then the function has returned to whoever polled it. \
         So it is in the future.",
    );
}

#[test]
fn borrowed_before_says_whether_it_is_kept() {
    judge(
        "BORROWED_BEFORE",
        BORROWED_BEFORE,
        size_of_val(&borrowed_before()),
        "The buffer isn't used any more, but it was lent to `fill`, and its block goes on: the compiler keeps \
         what was borrowed until its storage ends.",
    );
}

#[test]
fn block_before_says_whether_it_is_kept() {
    judge(
        "BLOCK_BEFORE",
        BLOCK_BEFORE,
        size_of_val(&block_before()),
        "The buffer's block has ended before the await, so no state holds it.",
    );
}

#[test]
fn one_after_the_other_says_whether_memory_is_shared() {
    judge(
        "ONE_AFTER_THE_OTHER",
        ONE_AFTER_THE_OTHER,
        size_of_val(&one_after_the_other()),
        "The first future has ended before the second one begins. They are in two states, and states share \
         their memory, as in an enum.",
    );
}

#[test]
fn both_at_once_says_whether_both_are_kept() {
    judge(
        "BOTH_AT_ONCE",
        BOTH_AT_ONCE,
        size_of_val(&both_at_once()),
        "Both buffers are needed across the same await, so one state holds both.",
    );
}

#[test]
fn boxed_says_where_it_is_kept() {
    judge(
        "BOXED",
        BOXED,
        size_of_val(&boxed()),
        "The inner future is on the heap. The outer one holds a pointer to it. That helps if few connections \
         are ever in this state.",
    );
}

/// Compares a prediction with the size. One that hasn't been made is not answered.
#[track_caller]
fn judge(name: &str, predicted: Option<usize>, size: usize, means: &str) {
    match predicted {
        None => panic!(
            "expected  {name} = Some(…)\n\
             received  {name} = None\n\
             it means  You have made no prediction yet. Make one, even if you are not sure: a wrong one \
             is explained.\n\
             read      book: {BOOK}"
        ),
        Some(predicted) if predicted == size / 1024 => {}
        Some(predicted) => panic!(
            "predicted {name} = {predicted:?}\n\
             happened  {size} bytes, {} KiB\n\
             it means  {means}\n\
             read      book: {BOOK}",
            size / 1024
        ),
    }
}
