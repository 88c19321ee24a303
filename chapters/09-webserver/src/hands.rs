//! Who does the jobs: threads beside the loop, or, to see what that is good for, the loop itself.

use crate::app::Tag;
use crate::{Accounts, Done, Full, Job, Lost, Pool};

/// Who does the jobs.
#[derive(Debug)]
pub(crate) enum Hands {
    /// Threads. The loop goes on, and is woken.
    Pool(Pool<Tag, Job, Done>),
    /// The loop. Meanwhile it does nothing else.
    Loop(Box<Accounts>),
}

impl Hands {
    /// Has a job done. What the loop did itself is here at once.
    ///
    /// # Errors
    /// [`Full`]: too many wait.
    pub fn submit(&mut self, tag: Tag, job: Job) -> Result<Option<Done>, Full<Job>> {
        match self {
            Self::Pool(pool) => pool.try_submit(tag, job).map(|()| None),
            Self::Loop(accounts) => Ok(Some(accounts.work(job))),
        }
    }

    /// What threads have done by now.
    pub fn results(&self) -> Vec<(Tag, Result<Done, Lost>)> {
        match self {
            Self::Pool(pool) => pool.results().collect(),
            Self::Loop(_) => Vec::new(),
        }
    }
}
