//! Which tree does what next: tests of one kind stay in one tree as long as can be.
//!
//! The first build of a test target in a tree takes seconds, the next ones only what has changed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use crate::job::Job;
use crate::packages::Packages;

/// The rounds of each chapter and test target, and which trees are at them.
pub struct Lanes {
    lanes: Vec<VecDeque<Vec<Job>>>,
    /// By the tree's number, the lane it took its last round from.
    at: BTreeMap<usize, usize>,
}

impl Lanes {
    pub fn new(packages: &Packages, jobs: Vec<Job>) -> Self {
        let mut lanes: BTreeMap<_, Vec<Job>> = BTreeMap::new();
        for job in jobs {
            let lane = (job.chapter.clone(), job.target.clone());
            lanes.entry(lane).or_default().push(job);
        }
        let rounds = |jobs| packages.rounds(jobs).into();
        Self {
            lanes: lanes.into_values().map(rounds).collect(),
            at: BTreeMap::new(),
        }
    }

    /// How many rounds are left.
    pub fn rounds(&self) -> usize {
        self.lanes.iter().map(VecDeque::len).sum()
    }

    /// The next round for a tree: of the lane it is in, else of the longest that no tree is in, else
    /// of the longest.
    pub fn next(&mut self, tree: usize) -> Option<Vec<Job>> {
        let here = self.at.get(&tree).copied();
        let here = here.filter(|&lane| !self.lanes[lane].is_empty());
        let lane = here.or_else(|| {
            let left = (0..self.lanes.len()).filter(|&lane| !self.lanes[lane].is_empty());
            left.min_by_key(|lane| {
                let is_taken = self.at.values().any(|taken| taken == lane);
                (is_taken, Reverse(self.lanes[*lane].len()))
            })
        })?;
        self.at.insert(tree, lane);
        self.lanes[lane].pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::job::{Expect, Kind};

    fn job(name: &str) -> Job {
        Job {
            chapter: String::new(),
            exercise: None,
            kind: Kind::Mutant,
            name: name.to_owned(),
            folder: PathBuf::new(),
            target: String::new(),
            only: None,
            overlay: None,
            expect: Expect::AllPass,
        }
    }

    fn lanes(names: &[&[&str]]) -> Lanes {
        let lane = |names: &&[&str]| names.iter().map(|name| vec![job(name)]).collect();
        Lanes {
            lanes: names.iter().map(lane).collect(),
            at: BTreeMap::new(),
        }
    }

    fn takes(lanes: &mut Lanes, tree: usize) -> String {
        let round = lanes.next(tree).expect("a round is left");
        round[0].name.clone()
    }

    #[test]
    fn a_tree_stays_in_its_lane_to_the_end_then_takes_the_longest_free_one() {
        let mut lanes = lanes(&[
            &["a1", "a2"],
            &["b1", "b2", "b3"],
            &["c1", "c2", "c3", "c4"],
        ]);
        assert_eq!(takes(&mut lanes, 1), "c1");
        assert_eq!(takes(&mut lanes, 2), "b1");
        assert_eq!(takes(&mut lanes, 2), "b2");
        assert_eq!(takes(&mut lanes, 2), "b3");
        assert_eq!(
            takes(&mut lanes, 2),
            "a1",
            "lane c is longer, but tree 1 is in it"
        );
        assert_eq!(takes(&mut lanes, 1), "c2");
    }

    #[test]
    fn a_tree_helps_where_another_is_at_work_and_every_round_is_taken_once() {
        let mut lanes = lanes(&[&["a1", "a2", "a3"]]);
        assert_eq!(lanes.rounds(), 3);
        assert_eq!(takes(&mut lanes, 1), "a1");
        assert_eq!(takes(&mut lanes, 2), "a2");
        assert_eq!(takes(&mut lanes, 1), "a3");
        assert_eq!(lanes.rounds(), 0);
        assert!(lanes.next(2).is_none());
    }
}
