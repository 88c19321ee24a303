//! Output queues without a connection: an idle connection has none, and a busy one needs no
//! allocation.

use crate::output::Output;

/// Queues that are kept for reuse, and the memory that each may bring along.
const OUTPUTS: usize = 256;
pub(crate) const CAPACITY: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Spare {
    #[expect(
        clippy::vec_box,
        reason = "a box goes to a connection and back as it is"
    )]
    outputs: Vec<Box<Output>>,
}

impl Spare {
    #[expect(clippy::unnecessary_box_returns, reason = "as above")]
    pub fn take(&mut self) -> Box<Output> {
        self.outputs.pop().unwrap_or_default()
    }

    /// Takes back an output that is empty.
    pub fn put(&mut self, output: Option<Box<Output>>) {
        let few = self.outputs.len() < OUTPUTS;
        self.outputs
            .extend(output.filter(|output| few && output.capacity() <= CAPACITY));
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.outputs.len()
    }
}
