//! What exercises and chapters are called, and what is said of a name that means none.

use crate::course::{Course, said};

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
        assert!(said.ends_with_reason(), "{}", said.stderr);
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
    let course = Course::of_two_chapters("too-high");
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
fn an_unknown_chapter_lists_the_chapters() {
    let course = Course::of_two_chapters("no-chapter");
    for command in ["list", "next", "progress"] {
        let said = course.run(&[command, "7"]);
        assert_eq!(said.code, Some(2));
        assert!(
            said.stderr.contains("02-second") && said.ends_with_reason(),
            "{}",
            said.stderr
        );
    }
}

#[test]
fn an_exercise_is_no_chapter_and_that_is_said() {
    let said = Course::new("no-chapter-but").run(&["list", "01-1"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr
            .contains("`01-1` is one exercise, and this takes a chapter"),
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
