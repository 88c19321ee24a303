//! `watch`, on a terminal of its own.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION};
use crate::terminal::Watch;

const HANGS: &str =
    "pub fn add(_: u32, _: u32) -> u32 {\n    loop {\n        std::thread::park();\n    }\n}\n";

#[test]
fn a_save_is_checked_and_the_terminal_is_given_back() {
    let course = Course::new("watch");
    let mut watch = Watch::start(&course);
    watch.expect("1 of 2 tests pass");
    watch.expect("press h (1 of 3)");
    watch.expect("q quit");
    assert!(!watch.is_cooked(), "keys come one by one");
    course.write(ANSWER, SOLUTION);
    watch.expect("Solved.");
    watch.expect("press n");
    watch.expect("q quit");
    watch.press("h");
    watch.expect("First hint.");
    watch.press("n");
    watch.expect("01-2  The more exercise");
    watch.expect("1 of 2 tests pass");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn an_answer_that_hangs_does_not_hold_up_the_next_save() {
    let course = Course::new("watch-hang");
    course.write(ANSWER, HANGS);
    let mut watch = Watch::start(&course);
    watch.expect("checking");
    course.expect_test_program(true);
    watch.press("h"); // answered while the check hangs
    watch.expect("First hint.");
    let began = Instant::now();
    course.write(ANSWER, SHIPPED);
    watch.expect("1 of 2 tests pass");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "the first check had 30 s"
    );
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_chapter_that_changes_is_a_save_and_other_exercises_are_not() {
    let course = Course::new("watch-chapter");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    course.write("exercises/01-first/2-more/src/lib.rs", SOLUTION);
    course.write(
        "chapters/01-first/src/lib.rs",
        "pub fn limit(n: u32) -> u32 {\n    n\n}\n",
    );
    watch.expect("checking");
    watch.expect("q quit");
    assert!(!watch.rest().contains("checking"), "{}", watch.screen());
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_signal_ends_watch_and_a_check_that_hangs() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let course = Course::new(&format!("watch-{signal}"));
        course.write(ANSWER, HANGS);
        let mut watch = Watch::start(&course);
        watch.expect("checking");
        course.expect_test_program(true);
        watch.signal(signal);
        watch.expect_end();
        course.expect_test_program(false);
    }
}

#[test]
fn an_exercise_is_picked_from_the_list() {
    let course = Course::new("watch-list");
    course.write("progress.toml", "[exercises.more]\nsolved = true\n");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("1 of 2 solved");
    for down in ["j", "\x1b[B"] {
        watch.press("k");
        watch.expect("1 of 2 solved");
        watch.press(down);
        watch.expect("1 of 2 solved");
    }
    watch.press("\n");
    watch.expect("checking 01-2");
    watch.expect("01-2  The more exercise");
    watch.expect("q quit");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn the_list_is_left_without_picking_from_it() {
    let course = Course::new("watch-list-left");
    let mut watch = Watch::start(&course);
    for key in ["\x1b", "l", "q"] {
        watch.expect("q quit");
        watch.press("l");
        watch.expect("0 of 2 solved");
        watch.press(key);
        watch.expect("\x1b[?1049l"); // back on the first screen, where the verdict still is
        watch.press("h");
    }
    watch.expect("q quit");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn without_colours_the_list_still_has_a_screen_of_its_own() {
    let course = Course::new("watch-list-plain");
    let mut watch = Watch::start_with(&course, &[("NO_COLOR", "1")]);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("\x1b[?1049h");
    watch.expect("0 of 2 solved");
    watch.press("l");
    watch.expect("\x1b[?1049l");
    watch.press("q");
    assert!(!watch.screen().contains("\x1b[1m"), "{:?}", watch.screen());
    watch.expect_end();
}

#[test]
fn a_terminal_that_knows_no_sequences_gets_only_text() {
    let course = Course::new("watch-list-dumb");
    let mut watch = Watch::start_with(&course, &[("TERM", "dumb")]);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("0 of 2 solved");
    watch.press("l");
    watch.expect("q quit"); // the menu, as the list is still there
    assert!(!watch.screen().contains('\x1b'), "{:?}", watch.screen());
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_check_that_the_list_has_ended_begins_again() {
    let course = Course::new("watch-list-cut");
    course.write(ANSWER, HANGS);
    let mut watch = Watch::start(&course);
    watch.expect("checking");
    course.expect_test_program(true);
    watch.press("l");
    watch.expect("0 of 2 solved");
    course.expect_test_program(false);
    watch.press("l");
    watch.expect("checking");
    watch.press("q");
    watch.expect_end();
}

#[test]
fn a_save_closes_the_list() {
    let course = Course::new("watch-list-save");
    let mut watch = Watch::start(&course);
    watch.expect("q quit");
    watch.press("l");
    watch.expect("0 of 2 solved");
    course.write(ANSWER, SOLUTION);
    watch.expect("Solved.");
    watch.press("q");
    watch.expect_end();
}
