//! Polls all of them each time.

use std::future::poll_fn;
use std::task::Poll;

/// Waits for all `futures`, and returns their outputs in the same order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    poll_fn(|context| {
        let mut outputs = Vec::new();
        let mut pending = false;
        for future in &mut futures {
            match future.as_mut().poll(context) {
                Poll::Ready(output) => outputs.push(output),
                Poll::Pending => pending = true,
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(outputs)
        }
    })
    .await
}
