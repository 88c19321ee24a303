//! Names, hints, the list and the files of the reader: all that needs no build.

use std::fs;
use std::path::Path;

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION, said};

/// What an exercise is called, as seen by the hint that comes.
fn names(course: &Course, name: &str) -> bool {
    course.run(&["hint", name]).stdout.contains("01-2, hint ")
}

#[test]
fn an_exercise_has_many_names() {
    let course = Course::new("names");
    let path = course.root.join("exercises/01-first/2-more");
    let absolute = path.to_str().expect("a plain path");
    for name in [
        "1-2",
        "01-2",
        "1-2-more",
        "01-2-more",
        "more",
        "ex01-2-more",
        "012",
        "12",
        "mor",
        "2-Mo",
        "exercises/01-first/2-more",
        "exercises/01-first/2-more/",
        "exercises/01-first/2-more/src/lib.rs",
        absolute,
    ] {
        assert!(names(&course, name), "{name}");
    }
}

#[test]
fn a_path_counts_from_the_current_folder() {
    let course = Course::new("path");
    let mut command = course.command(&["hint", "2-more/src"]);
    let said = said(
        &command
            .current_dir(course.root.join("exercises/01-first"))
            .output()
            .expect("it runs"),
    );
    assert!(
        said.stdout.contains("01-2, hint 1 of 3"),
        "{}{}",
        said.stdout,
        said.stderr
    );
}

#[test]
fn a_wrong_name_lists_the_right_ones() {
    let course = Course::new("wrong-name");
    for name in ["09-9", "addd", "", "../..", "\u{1f980}"] {
        let said = course.run(&["reset", name]);
        assert_eq!(said.code, Some(2), "{name}");
        for right in ["01-1", "add", "01-2", "more"] {
            assert!(said.stderr.contains(right), "{name}: {}", said.stderr);
        }
        assert!(ends_with_reason(&said.stderr), "{}", said.stderr);
    }
}

#[test]
fn a_part_of_several_names_lists_those() {
    let course = Course::new("alike");
    course.exercise("3-moreover", "ex01-3-moreover", "moreover");
    let said = course.run(&["check", "mor"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains("`mor` may be one of several")
            && said.stderr.contains("01-3")
            && !said.stderr.contains("01-1"),
        "{}",
        said.stderr
    );
}

#[test]
fn a_number_too_high_lists_its_chapter_only() {
    let course = two_chapters("too-high");
    let said = course.run(&["check", "01-9"]);
    assert!(
        said.stderr.contains("01-2") && !said.stderr.contains("02-1"),
        "{}",
        said.stderr
    );
}

#[test]
fn a_chapter_lists_its_exercises() {
    let said = Course::new("chapter").run(&["check", "01"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains("`01` is a chapter") && said.stderr.contains("01-2"),
        "{}",
        said.stderr
    );
}

#[test]
fn the_workbook_is_found_from_anywhere_through_cargo() {
    let course = Course::new("anywhere");
    let mut command = course.command(&["list"]);
    let elsewhere = command
        .current_dir("/")
        .env("CARGO_MANIFEST_DIR", course.root.join("chapters/01-first"));
    let said = said(&elsewhere.output().expect("it runs"));
    assert!(said.stdout.contains("The more exercise"), "{}", said.stderr);
}

#[test]
fn outside_a_workbook_it_says_where_to_go() {
    let said = said(
        &Course::new("outside")
            .command(&["list"])
            .current_dir("/")
            .output()
            .expect("it runs"),
    );
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("not the workbook"), "{}", said.stderr);
}

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

/// A course with a second chapter of one exercise, 02-1.
fn two_chapters(name: &str) -> Course {
    let course = Course::new(name);
    let more = course.read("exercises/01-first/2-more/Cargo.toml");
    course.write(
        "exercises/02-second/1-other/Cargo.toml",
        &more
            .replace("\"more\"", "\"other\"")
            .replace("ex01-2-more", "ex02-1-other"),
    );
    course
}

#[test]
fn list_next_and_progress_take_a_chapter() {
    let course = two_chapters("one-chapter");
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
    let course = two_chapters("chapter-solved");
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
fn an_unknown_chapter_lists_the_chapters() {
    let course = two_chapters("no-chapter");
    for command in ["list", "next", "progress"] {
        let said = course.run(&[command, "7"]);
        assert_eq!(said.code, Some(2));
        assert!(
            said.stderr.contains("02-second") && ends_with_reason(&said.stderr),
            "{}",
            said.stderr
        );
    }
}

/// Whether the reason is the last thing that a reader sees.
fn ends_with_reason(stderr: &str) -> bool {
    let last = stderr.lines().last();
    last.is_some_and(|line| line.starts_with("error: "))
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
fn two_exercises_can_not_share_an_id() {
    let course = Course::new("twins");
    let manifest = "exercises/01-first/2-more/Cargo.toml";
    course.write(
        manifest,
        &course
            .read(manifest)
            .replace("id = \"more\"", "id = \"add\""),
    );
    assert!(course.run(&["list"]).stderr.contains("same id `add`"));
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
