//! Each place in the list holds either a future or what it has returned. So none can be polled after its
//! end, and no flag can say something else than what is there.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

enum Place<F: Future> {
    Pending(Pin<Box<F>>),
    Ended(F::Output),
}

/// Waits for all `futures`, and returns their outputs in the same order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut places: Vec<Place<F>> = futures
        .into_iter()
        .map(|future| Place::Pending(Box::pin(future)))
        .collect();
    // No early return: each one has to be polled, or it has no waker.
    poll_fn(|context| {
        let mut pending = false;
        for place in &mut places {
            if let Place::Pending(future) = place {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *place = Place::Ended(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    let outputs = places.into_iter().filter_map(|place| match place {
        Place::Ended(output) => Some(output),
        Place::Pending(_) => None, // there is none left
    });
    outputs.collect()
}
