//! Hints, the list and the files of the reader: all that needs no build.

use std::fs;
use std::path::Path;

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION};

#[test]
fn each_call_gives_the_next_hint_and_then_all() {
    let course = Course::new("hints");
    for (level, words) in [(1, "First"), (2, "Second"), (3, "Third")] {
        let said = course.run(&["hint", "1-1"]);
        assert!(
            said.stdout.contains(&format!("hint {level} of 3")),
            "{}",
            said.stdout
        );
        assert!(said.stdout.contains(words), "{}", said.stdout);
    }
    let said = course.run(&["hint", "1-1"]);
    assert!(
        said.stdout.contains("First") && said.stdout.contains("Third"),
        "{}",
        said.stdout
    );
    assert!(
        course.run(&["hint", "1-2"]).stdout.contains("hint 1 of 3"),
        "each exercise has its own"
    );
}

#[test]
fn the_list_shows_what_is_solved() {
    let course = Course::new("list");
    course.write("progress.toml", "[exercises.add]\nsolved = true\n");
    let said = course.run(&["list"]);
    assert!(
        said.stdout.contains("✓ 01-1") && said.stdout.contains("· 01-2"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("1 of 2 solved"), "{}", said.stdout);
    assert!(course.run(&["next"]).stdout.contains("01-2"));
    assert!(course.run(&["progress"]).stdout.contains("1/2"));
}

#[test]
fn list_next_and_progress_take_a_chapter() {
    let course = Course::of_two_chapters("one-chapter");
    for name in ["2", "02", "second", "02-second"] {
        let list = course.run(&["list", name]).stdout;
        assert!(
            list.contains("02-1") && !list.contains("01-1") && list.contains("0 of 1 solved"),
            "{list}"
        );
        assert!(course.run(&["next", name]).stdout.contains("02-1"));
        let progress = course.run(&["progress", name]).stdout;
        assert!(
            progress.contains("0/1") && !progress.contains("01-first"),
            "{progress}"
        );
    }
    assert!(course.run(&["list", ""]).stdout.contains("0 of 3 solved"));
}

#[test]
fn the_next_of_a_chapter_that_is_solved_says_so() {
    let course = Course::of_two_chapters("chapter-solved");
    course.write("progress.toml", "[exercises.other]\nsolved = true\n");
    let said = course.run(&["next", "2"]);
    assert!(
        said.stdout
            .contains("Every exercise of 02-second is solved"),
        "{}",
        said.stdout
    );
    assert!(course.run(&["next"]).stdout.contains("01-1"));
}

#[test]
fn the_list_fits_into_sixty_columns() {
    let course = Course::new("narrow");
    let manifest = "exercises/01-first/2-more/Cargo.toml";
    let long = "The more exercise with a title that goes on and on";
    course.write(
        manifest,
        &course.read(manifest).replace("The more exercise", long),
    );
    let said = course.run(&["list"]);
    assert!(
        said.stdout.lines().all(|line| line.chars().count() <= 60),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("goes on and on"), "{}", said.stdout);
}

#[test]
fn reset_keeps_the_answer_beside_the_file() {
    let course = Course::new("reset");
    for n in 1..=2 {
        let mine = format!("// my try number {n}\n");
        course.write(ANSWER, &mine);
        let said = course.run(&["reset", "1-1", "--yes"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert_eq!(course.read(ANSWER), SHIPPED);
        let kept = format!("exercises/01-first/1-add/src/lib.kept-{n}.rs");
        assert_eq!(course.read(&kept), mine);
        assert!(
            said.stdout.contains(&format!("lib.kept-{n}.rs")),
            "{}",
            said.stdout
        );
    }
}

#[test]
fn reset_begins_the_hints_anew() {
    let course = Course::new("reset-hints");
    course.run(&["hint", "1-1"]);
    course.write(ANSWER, SOLUTION);
    course.run(&["reset", "1-1", "--yes"]);
    assert!(course.run(&["hint", "1-1"]).stdout.contains("hint 1 of 3"));
}

#[test]
fn reset_brings_back_a_file_that_was_deleted() {
    let course = Course::new("reset-deleted");
    course.write("progress.toml", "[exercises.add]\nsolved = true\n");
    fs::remove_file(course.root.join(ANSWER)).expect("it is there");
    let said = course.run(&["reset", "1-1", "--yes"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(course.read(ANSWER), SHIPPED);
    assert!(course.run(&["list"]).stdout.contains("· 01-1"));
}

#[test]
fn reset_forgets_a_success_even_if_the_file_is_as_handed_out() {
    let course = Course::new("reset-solved");
    course.write("progress.toml", "[exercises.add]\nsolved = true\n");
    course.run(&["reset", "1-1", "--yes"]);
    assert!(course.run(&["list"]).stdout.contains("· 01-1"));
}

#[test]
fn nothing_is_reset_or_shown_unless_the_reader_agrees() {
    let course = Course::new("asks");
    course.write(ANSWER, "// mine\n");
    let reset = course.run(&["reset", "1-1"]);
    assert_eq!(
        (reset.code, course.read(ANSWER).as_str()),
        (Some(1), "// mine\n")
    );
    let solution = course.run(&["solution", "1-1"]);
    assert_eq!(solution.code, Some(1));
    assert!(!solution.stdout.contains("a + b"), "{}", solution.stdout);
}

#[test]
fn the_solution_is_a_diff_with_its_reasons() {
    let said = Course::new("solution").run(&["solution", "1-1", "--yes"]);
    assert_eq!(said.code, Some(0));
    for line in ["  Plus does it.", "- ", "+     a + b", "  pub fn add"] {
        assert!(
            said.stdout.lines().any(|shown| shown.starts_with(line)),
            "`{line}` in\n{}",
            said.stdout
        );
    }
}

#[test]
fn a_wrong_manifest_is_named() {
    let course = Course::new("manifest");
    let manifest = "exercises/01-first/2-more/Cargo.toml";
    course.write(
        manifest,
        &course.read(manifest).replace(", \"Third hint.\"", ""),
    );
    let said = course.run(&["list"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains(manifest) && said.stderr.contains("hints"),
        "{}",
        said.stderr
    );
}

#[test]
fn a_folder_that_a_rename_left_behind_is_no_exercise() {
    let course = Course::new("left-behind");
    course.write("exercises/01-first/3-old/src/lib.kept-1.rs", "");
    let said = course.run(&["list"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        Path::new(&course.root)
            .join("exercises/01-first/3-old")
            .exists()
            && !said.stdout.contains("01-3")
    );
}

#[test]
fn colours_are_for_terminals() {
    let said = Course::new("colours").run(&["list"]);
    assert!(!said.stdout.contains('\u{1b}'), "{:?}", said.stdout);
}

#[test]
fn progress_that_can_not_be_read_is_an_error() {
    let course = Course::new("folder");
    fs::create_dir(course.root.join("progress.toml")).expect("it can be made");
    let said = course.run(&["hint", "1-1"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains("progress.toml can't be read"),
        "{}",
        said.stderr
    );
}
