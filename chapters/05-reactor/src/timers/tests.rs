use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[test]
fn a_deadline_that_is_pushed_back_makes_no_heap_entry() {
    let mut timers = Timers::default();
    for deadline in 100..10_000 {
        timers.set(3, deadline);
    }
    assert_eq!(timers.heap.len(), 1);
    assert_eq!(timers.expired(9_998), None, "the last setting counts");
    assert_eq!(timers.expired(9_999), Some(3));
    assert_eq!(timers.expired(u64::MAX - 1), None, "it fires once");
}

#[test]
fn an_earlier_deadline_replaces_a_later_one() {
    let mut timers = Timers::default();
    timers.set(0, 500);
    timers.set(0, 20);
    assert_eq!(timers.next(), Some(20));
    assert_eq!(timers.expired(20), Some(0));
    assert_eq!(timers.expired(500), None);
}

#[test]
fn deadlines_that_come_nearer_and_nearer_do_not_grow_the_heap() {
    let mut timers = Timers::default();
    for step in 0..100_000 {
        timers.set(step % 4, u64::from(1_000_000 - step));
    }
    assert!(
        timers.heap.len() <= 2 * 4 + SLACK + 1,
        "{}",
        timers.heap.len()
    );
}

#[test]
fn a_slot_that_never_had_a_timer_needs_no_memory() {
    let mut timers = Timers::default();
    timers.clear(1_000_000);
    assert_eq!(timers.timers.capacity(), 0);
}

#[derive(Debug, Clone)]
enum Step {
    Set(u32, u64),
    Clear(u32),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..8u32, 1..60u64).prop_map(|(slot, delay)| Step::Set(slot, delay)),
        1 => (0..8u32).prop_map(Step::Clear),
        3 => (0..20u64).prop_map(Step::Pass),
    ]
}

proptest! {
    /// The model is a map from slot to deadline, searched from end to end.
    #[test]
    fn timers_fire_as_a_plain_map_says(steps in vec(step(), 1..200)) {
        let mut timers = Timers::default();
        let mut model: BTreeMap<u32, u64> = BTreeMap::new();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Set(slot, delay) => {
                    timers.set(slot, now + delay);
                    model.insert(slot, now + delay);
                }
                Step::Clear(slot) => {
                    timers.clear(slot);
                    model.remove(&slot);
                }
                Step::Pass(time) => {
                    now += time;
                    let mut fired: Vec<_> = std::iter::from_fn(|| timers.expired(now)).collect();
                    fired.sort_unstable();
                    let due = model.extract_if(.., |_, deadline| *deadline <= now);
                    let due: Vec<_> = due.map(|(slot, _)| slot).collect();
                    prop_assert_eq!(fired, due);
                }
            }
            for slot in 0..8 {
                prop_assert_eq!(timers.is_set(slot), model.contains_key(&slot));
            }
            let nearest = model.values().min();
            prop_assert!(nearest.is_none_or(|nearest| timers.next().is_some_and(|n| n <= *nearest)));
        }
    }
}
