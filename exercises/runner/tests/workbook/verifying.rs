//! `verify`: what is not as declared is found.

use crate::course::{ANSWER, Course, MUTANTS, NO_LIMIT, SHIPPED, SOLUTION, TWICE, WRONG};

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
    course.write(MUTANTS, NO_LIMIT);
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
        &TWICE.replace("a * 2", "a * 2 + b"),
        "all tests fail",
    );
}

#[test]
fn a_wrong_answer_that_does_not_compile_is_a_miss() {
    miss(
        "miss-compile",
        WRONG,
        &TWICE.replace("a * 2", "c"),
        "wrong answer twice it does not compile",
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
        &SHIPPED.replace("let _ = b;", "if b > 0 {\n        return a + b;\n    }"),
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
        MUTANTS,
        &NO_LIMIT.replace("replace = \"\"", "replace = \".min(7 + 2)\""),
        "nine_is_the_limit should have caught it",
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
