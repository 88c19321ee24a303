//! `verify`: what is not as declared is found. `break`: a wrong answer fails as a reader would see
//! it.

use crate::course::{ANSWER, Course, SHIPPED, SOLUTION, TWICE};

const PATCH: &str = "Takes out: the limit.\nCaught by: limits::nine_is_the_limit\n\n\
--- a/chapters/01-first/src/lib.rs\n+++ b/chapters/01-first/src/lib.rs\n@@ -1,3 +1,3 @@\n \
pub fn limit(n: u32) -> u32 {\n-    n.min(9)\n+    n\n }\n";

const MUTANT: &str = "chapters/01-first/mutants/no_limit.patch";
const WRONG: &str = "solutions/01-first/1-add/wrong/twice.rs";

/// Verifies a course in which `path` holds `text`, and expects a miss that says `words`.
fn miss(name: &str, path: &str, text: &str, words: &str) {
    let course = Course::new(name);
    course.write(path, text);
    let said = course.run(&["verify"]);
    assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
    let flat = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(words), "`{words}` in\n{}", said.stdout);
    assert!(
        said.stdout.trim_end().ends_with("passed, 1 failed"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_course_as_declared_passes_whatever_the_reader_wrote() {
    let course = Course::new("verify");
    course.write(MUTANT, PATCH);
    course.write(ANSWER, "this does not even compile");
    let said = course.run(&["verify", "--times", "2"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(
        said.stdout.ends_with("\n7 passed, 0 failed\n"),
        "{}",
        said.stdout
    );
    assert_eq!(course.read(ANSWER), "this does not even compile");
}

#[test]
fn one_exercise_can_be_verified_alone() {
    let said = Course::new("verify-one").run(&["verify", "1-1"]);
    assert!(
        said.stdout.ends_with("\n3 passed, 0 failed\n"),
        "{}{}",
        said.stdout,
        said.stderr
    );
}

#[test]
fn a_wrong_answer_that_passes_is_a_miss() {
    let text = TWICE.replace("a * 2", "a + b");
    miss(
        "miss-passes",
        WRONG,
        &text,
        "zero_changes_nothing should have caught it, but passes",
    );
}

#[test]
fn a_wrong_answer_that_fails_without_the_words_is_a_miss() {
    miss(
        "miss-words",
        WRONG,
        &TWICE.replace("left: 4", "left: 5"),
        "does not say `left: 5`",
    );
}

#[test]
fn a_wrong_answer_that_fails_everything_is_a_miss() {
    miss(
        "miss-all",
        WRONG,
        &TWICE
            .replace("a * 2", "a * 2 + b")
            .replace("    let _ = b;\n", ""),
        "all tests fail",
    );
}

#[test]
fn a_wrong_answer_that_does_not_compile_is_a_miss() {
    miss(
        "miss-compile",
        WRONG,
        &TWICE.replace("a * 2", "c"),
        "twice.rs it does not compile",
    );
}

#[test]
fn a_wrong_answer_that_names_no_test_is_a_miss() {
    let text = TWICE.replace("zero_changes_nothing", "no_such_test");
    miss("miss-name", WRONG, &text, "has no test no_such_test");
}

#[test]
fn an_exercise_that_passes_as_shipped_is_a_miss() {
    miss(
        "miss-shipped",
        "solutions/01-first/1-add/shipped.rs",
        SOLUTION,
        "two_and_two_are_four is in `fails` but passes",
    );
}

#[test]
fn an_exercise_that_is_shipped_with_warnings_is_a_miss() {
    let text = SHIPPED.replace("let _ = b;", "");
    miss(
        "miss-warnings",
        "solutions/01-first/1-add/shipped.rs",
        &text,
        "it compiles with warnings",
    );
}

#[test]
fn a_solution_that_fails_is_a_miss() {
    miss(
        "miss-solution",
        "solutions/01-first/1-add/src/lib.rs",
        SHIPPED,
        "not all tests pass: two_and_two_are_four",
    );
}

#[test]
fn a_mutant_that_no_test_notices_is_a_miss() {
    miss(
        "miss-mutant",
        MUTANT,
        &PATCH.replace("+    n\n", "+    n.min(7 + 2)\n"),
        "nine_is_the_limit should have caught it",
    );
}

#[test]
fn a_mutant_that_no_longer_applies_says_how_to_refresh_it() {
    let course = Course::new("stale");
    course.write(MUTANT, &PATCH.replace("n.min(9)", "n.min(8)"));
    let said = course.run(&["verify"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.stderr.contains(MUTANT)
            && said
                .stderr
                .contains("git diff -- chapters/01-first/src/lib.rs"),
        "{}",
        said.stderr
    );
}

#[test]
fn files_that_are_not_as_handed_out_are_named() {
    let course = Course::new("shipped");
    assert_eq!(course.run(&["verify", "--shipped"]).code, Some(0));
    course.write(ANSWER, SOLUTION);
    let said = course.run(&["verify", "--shipped"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stdout.contains(ANSWER) && said.stdout.ends_with("1 passed, 1 failed\n"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_run_that_fails_is_not_made_good_by_one_that_passes() {
    let course = Course::new("now-and-then");
    // The first run fails at once; those beside it pass, and end later.
    let mark = course.root.join("mark");
    let text = format!(
        "pub fn add(a: u32, b: u32) -> u32 {{\n    static FIRST: std::sync::OnceLock<bool> = std::sync::OnceLock::new();\n    \
         let first = *FIRST.get_or_init(|| std::fs::create_dir({mark:?}).is_ok());\n    \
         if !first {{\n        std::thread::sleep(std::time::Duration::from_millis(500));\n    }}\n    \
         a + b + u32::from(first && b > 0)\n}}\n"
    );
    course.write("solutions/01-first/1-add/src/lib.rs", &text);
    let said = course.run(&["verify", "1-1", "--times", "4"]);
    assert_eq!(said.stdout.matches('✗').count(), 1, "{}", said.stdout);
    assert!(
        said.stdout.ends_with("\n2 passed, 1 failed\n"),
        "{}",
        said.stdout
    );
}

#[test]
fn the_first_build_of_wrong_answers_is_announced() {
    let course = Course::new("announced");
    let words = "Building the wrong answers; the first time this takes a minute.";
    let first = course.run(&["break", "1-1", "twice"]);
    assert!(first.stderr.contains(words), "{}", first.stderr);
    let second = course.run(&["break", "1-1", "twice"]);
    assert!(!second.stderr.contains(words), "{}", second.stderr);
}

#[test]
fn break_shows_a_wrong_answer_fail() {
    let course = Course::new("break");
    assert!(course.run(&["break", "1-1"]).stdout.contains("twice"));
    let said = course.run(&["break", "1-1", "twice"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(
        said.stdout.contains("✗ zero changes nothing") && said.stdout.contains("left: 4"),
        "{}",
        said.stdout
    );
    assert_eq!(course.read(ANSWER), SHIPPED);
    assert!(
        course
            .run(&["break", "1-1", "thrice"])
            .stderr
            .contains("twice")
    );
}
