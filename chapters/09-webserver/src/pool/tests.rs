use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::{Full, Lost, Pool};

const LONG: Duration = Duration::from_mins(1);

/// A pool, and what is received from once for each wake-up.
fn pool<J: Send + 'static, R: Send + 'static, W>(
    (workers, queue): (usize, usize),
    make: impl Fn() -> io::Result<W> + Clone + Send + 'static,
) -> (Pool<usize, J, R>, Receiver<()>)
where
    W: FnMut(J) -> R + Send + 'static,
{
    let (waker, woken) = channel();
    let wake = move || {
        let _ = waker.send(()); // the test may be over
    };
    let pool = Pool::new(workers, queue, wake, make).expect("a pool");
    (pool, woken)
}

/// A gate that jobs wait at, and those who wait are told of.
#[derive(Clone)]
struct Gate {
    arrived: SyncSender<()>,
    open: Arc<Mutex<Receiver<()>>>,
}

impl Gate {
    fn new() -> (Self, Receiver<()>, SyncSender<()>) {
        let (arrived, arrivals) = sync_channel(100);
        let (opener, open) = sync_channel(100);
        let open = Arc::new(Mutex::new(open));
        (Self { arrived, open }, arrivals, opener)
    }

    fn pass(&self) {
        let _ = self.arrived.send(());
        let _ = self.open.lock().unwrap().recv();
    }
}

#[test]
fn each_result_has_the_tag_of_its_job_and_the_loop_is_woken_after_it() {
    let (pool, woken) = pool((2, 8), || Ok(|number: usize| number * 10));
    for tag in 0..8 {
        pool.try_submit(tag, tag).expect("room");
    }
    let mut results = Vec::new();
    for _ in 0..8 {
        woken.recv_timeout(LONG).expect("a wake-up");
        results.extend(pool.results()); // perhaps more than one, and none at the next wake-up
    }
    results.sort_by_key(|(tag, _)| *tag);
    let expected: Vec<_> = (0..8).map(|tag| (tag, Ok(tag * 10))).collect();
    assert_eq!(results, expected);
}

#[test]
fn a_full_queue_gives_the_job_back_and_waits_for_nobody() {
    let (gate, arrivals, opener) = Gate::new();
    let (pool, woken) = pool((1, 2), move || {
        let gate = gate.clone();
        Ok(move |_: char| gate.pass())
    });
    let opener = opener; // dropped before the pool, even if this test fails: the pool waits for its jobs
    pool.try_submit(0, 'a').expect("a worker is free");
    arrivals.recv_timeout(LONG).expect("its worker works");
    pool.try_submit(1, 'b').expect("there is room");
    pool.try_submit(2, 'c').expect("there is room");
    assert_eq!(pool.try_submit(3, 'd'), Err(Full('d')));
    drop(opener); // the gate is open
    woken.recv_timeout(LONG).expect("one is done");
    let results = pool.finish(LONG);
    assert_eq!(results.len(), 3);
}

#[test]
fn several_workers_work_at_the_same_time() {
    let (gate, arrivals, opener) = Gate::new();
    let (pool, _woken) = pool((3, 3), move || {
        let gate = gate.clone();
        Ok(move |()| gate.pass())
    });
    let opener = opener; // dropped before the pool, as above
    for tag in 0..3 {
        pool.try_submit(tag, ()).expect("room");
    }
    for _ in 0..3 {
        arrivals
            .recv_timeout(LONG)
            .expect("all three work, and none has done its job yet");
    }
    drop(opener);
    assert_eq!(pool.finish(LONG).len(), 3);
}

#[test]
fn after_a_panic_the_job_is_lost_and_the_worker_is_made_anew() {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let (pool, _woken) = pool((1, 4), move || {
        count.fetch_add(1, Ordering::SeqCst);
        let mut jobs = 0;
        Ok(move |wish: &'static str| {
            assert_ne!(wish, "panic", "as the job wishes");
            jobs += 1;
            jobs
        })
    });
    for (tag, wish) in ["work", "panic", "work", "work"].into_iter().enumerate() {
        pool.try_submit(tag, wish).expect("room");
    }
    let results = pool.finish(LONG);
    assert_eq!(
        results,
        [(0, Ok(1)), (1, Err(Lost)), (2, Ok(1)), (3, Ok(2))]
    );
    assert_eq!(made.load(Ordering::SeqCst), 2);
}

#[test]
fn a_worker_that_cannot_be_made_anew_loses_its_jobs_until_it_can() {
    let made = Arc::new(AtomicUsize::new(0));
    let (pool, _woken) = pool((1, 4), move || match made.fetch_add(1, Ordering::SeqCst) {
        1 => Err(io::Error::other("the database is away")),
        _ => Ok(|wish: &'static str| assert_ne!(wish, "panic", "as the job wishes")),
    });
    for (tag, wish) in ["panic", "work", "work"].into_iter().enumerate() {
        pool.try_submit(tag, wish).expect("room");
    }
    let results = pool.finish(LONG);
    assert_eq!(results, [(0, Err(Lost)), (1, Err(Lost)), (2, Ok(()))]);
}

#[test]
fn what_a_worker_needs_is_tried_at_the_start() {
    let make = || Err::<fn(()), _>(io::Error::other("no database"));
    let error = Pool::<(), (), ()>::new(2, 2, || {}, make).expect_err("no pool");
    assert_eq!(error.to_string(), "no database");
}

#[test]
fn a_pool_that_is_dropped_ends_the_job_at_hand_and_throws_away_the_rest() {
    let (gate, arrivals, opener) = Gate::new();
    let done = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&done);
    let (pool, _woken) = pool((1, 5), move || {
        let (gate, count) = (gate.clone(), Arc::clone(&count));
        Ok(move |()| {
            gate.pass();
            count.fetch_add(1, Ordering::SeqCst);
        })
    });
    for tag in 0..5 {
        pool.try_submit(tag, ()).expect("room");
    }
    arrivals.recv_timeout(LONG).expect("the first is at work");
    // Set before `drop` waits, so that the worker sees it however late this thread comes to wait.
    pool.cut.store(true, Ordering::SeqCst);
    drop(opener);
    drop(pool);
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[test]
fn a_pool_that_is_finished_waits_no_longer_than_it_is_told() {
    let (gate, arrivals, opener) = Gate::new();
    let (pool, _woken) = pool((1, 5), move || {
        let gate = gate.clone();
        Ok(move |number: usize| {
            if number == 1 {
                gate.pass();
            }
        })
    });
    for tag in 0..5 {
        pool.try_submit(tag, tag).expect("room");
    }
    arrivals.recv_timeout(LONG).expect("the second is at work");
    let opener = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100)); // far longer than `finish` waits
        drop(opener);
    });
    let results = pool.finish(Duration::ZERO);
    assert!(results.len() <= 1, "{results:?}");
    opener.join().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_job_that_is_taken_in_has_exactly_one_result(
        workers in 1..5_usize,
        queue in 1..6_usize,
        wishes in prop::collection::vec((0..3_u8, any::<bool>()), 0..40),
    ) {
        let (pool, _woken) = pool((workers, queue), || {
            Ok(|wish: u8| {
                // Silent, unlike a panic: 60 cases of it would fill the screen.
                if wish == 0 {
                    std::panic::resume_unwind(Box::new("as the job wishes"));
                }
                wish
            })
        });
        let mut expected = Vec::new();
        let mut results = Vec::new();
        for (tag, &(wish, look)) in wishes.iter().enumerate() {
            match pool.try_submit(tag, wish) {
                Ok(()) => expected.push((tag, if wish == 0 { Err(Lost) } else { Ok(wish) })),
                Err(Full(back)) => prop_assert_eq!(back, wish),
            }
            if look {
                results.extend(pool.results());
            }
        }
        results.extend(pool.finish(LONG));
        results.sort_by_key(|(tag, _)| *tag);
        prop_assert_eq!(results, expected);
    }
}
