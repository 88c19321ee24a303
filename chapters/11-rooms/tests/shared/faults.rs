//! Faults in random order, while everybody talks: no acknowledged line is lost or doubled, and all have
//! one order.
//!
//! `WORKBOOK_FAULTS=200 cargo test -p ch11-rooms --test shared faults` tries more of them, and
//! `WORKBOOK_SEED` the same ones again.

use std::collections::BTreeSet;
use std::env;
use std::time::{Duration, Instant};

use harness::Signal;

use crate::page::Page;
use crate::{DEADLINE, Lab, start, web};

/// Numbers from a seed: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("small")
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

/// Has all pages read for so long, and come back to some server if they were cut off.
fn let_them_talk(lab: &Lab, pages: &mut [Page], dice: &mut Dice, time: Duration) {
    let share = time / u32::try_from(pages.len()).expect("few");
    for page in pages {
        if !page.is_connected() {
            let server = dice.below(lab.servers.len());
            page.try_connect(web(&lab.servers[server]));
        }
        page.read_for(share);
    }
}

#[test]
fn no_acknowledged_line_is_lost_or_doubled_by_faults_in_any_order() {
    let seed = setting("WORKBOOK_SEED", u64::from(std::process::id()));
    let faults = setting("WORKBOOK_FAULTS", 6);
    eprintln!("WORKBOOK_SEED={seed}");
    let Some(mut lab) = Lab::new("faults", 3) else {
        return;
    };
    let mut dice = Dice(seed);
    let mut pages: Vec<_> = (0..12)
        .map(|number| Page::new(web(&lab.servers[number % 3])))
        .collect();
    let mut lines = 0;
    for fault in 0..faults {
        for (number, page) in pages.iter_mut().enumerate() {
            page.say(&format!("{fault} of {number}"));
            lines += 1;
        }
        let which = dice.below(lab.servers.len());
        match dice.below(4) {
            0 => {
                lab.servers[which] = start(&lab.engine); // the one before it is killed
            }
            1 => {
                lab.engine.kill();
                let_them_talk(&lab, &mut pages, &mut dice, Duration::from_millis(60));
                lab.engine.restart();
            }
            2 => {
                // Long enough to be declared gone, sometimes.
                lab.servers[which].signal(Signal::SIGSTOP);
                let still = Duration::from_millis(200 + 400 * dice.below(6) as u64);
                std::thread::sleep(still);
                lab.servers[which].signal(Signal::SIGCONT);
            }
            _ => {
                let cut = dice.below(pages.len());
                pages[cut].lose();
            }
        }
        let_them_talk(&lab, &mut pages, &mut dice, Duration::from_millis(120));
    }
    let end = Instant::now() + 3 * DEADLINE;
    let is_done = |page: &Page| page.is_heard() && page.said.len() >= lines;
    while !pages.iter().all(is_done) {
        let lacking = pages.iter().map(|page| page.said.len());
        let lacking: Vec<_> = lacking.collect();
        assert!(
            Instant::now() < end,
            "of {lines} lines came {lacking:?}, seed {seed}"
        );
        let_them_talk(&lab, &mut pages, &mut dice, Duration::from_millis(120));
    }
    let texts = |page: &Page| -> Vec<_> {
        let texts = page.said.iter().map(|(_, text)| text.split_once(": "));
        texts
            .map(|text| text.expect("a name").1.to_owned())
            .collect()
    };
    for page in &pages {
        assert_eq!(page.said, pages[0].said, "one order for all, seed {seed}");
        let once: BTreeSet<_> = texts(page).into_iter().collect();
        assert_eq!(once.len(), lines, "each line once, seed {seed}");
    }
}
