//! What a future allocates.

use std::future::poll_fn;
use std::pin::pin;

use allocation_counter::{AllocationInfo, measure};

/// Awaits it, and counts what its polls allocate. What it allocated before is not counted, nor what other tasks do.
pub(crate) async fn allocated<F: Future>(future: F) -> (AllocationInfo, F::Output) {
    let (mut future, mut all) = (pin!(future), AllocationInfo::default());
    let output = poll_fn(|context| {
        let mut polled = None;
        let counted = measure(|| polled = Some(future.as_mut().poll(context)));
        all.bytes_total += counted.bytes_total;
        all.count_total += counted.count_total;
        polled.unwrap()
    });
    let output = output.await;
    (all, output)
}
