//! Mutants and wrong answers that are declared wrongly: each is named, with what to do, before
//! anything is built.

use crate::course::{Course, MUTANTS, NO_LIMIT, TWICE, WRONG};

/// Verifies a course in which `path` holds `text`, and expects to be told `words`.
fn refused(name: &str, path: &str, text: &str, words: &[&str]) {
    let course = Course::new(name);
    course.write(path, text);
    refused_in(&course, words);
}

fn refused_in(course: &Course, words: &[&str]) {
    let said = course.run(&["verify"]);
    assert_eq!(said.code, Some(2), "{}{}", said.stdout, said.stderr);
    for words in words {
        assert!(said.stderr.contains(words), "`{words}` in\n{}", said.stderr);
    }
    assert!(!course.root.join("target").exists(), "something was built");
}

#[test]
fn a_text_that_is_not_there() {
    refused(
        "refused-gone",
        MUTANTS,
        &NO_LIMIT.replace(".min(9)", ".min(8)"),
        &[
            MUTANTS,
            "`no_limit`",
            "`.min(8)` is not in src/lib.rs; `find` what is there now",
        ],
    );
}

#[test]
fn a_text_that_is_there_several_times() {
    refused(
        "refused-twice",
        WRONG,
        &TWICE.replace("    a\\n", "u32"),
        &[
            WRONG,
            "`twice`",
            "`u32` is in shipped.rs 3 times, in lines 3, 3, 3",
        ],
    );
}

#[test]
fn edits_that_overlap() {
    let edits = "[[answer.edit]]\nfind = \"let _ = b;\"\nreplace = \"\"\n\
                 [[answer.edit]]\nfind = \"b;\\n    a\"\nreplace = \"b\"\n";
    let text = TWICE.split("find").next().unwrap_or_default().to_owned() + edits;
    refused(
        "refused-overlap",
        WRONG,
        &text,
        &["`twice`", "overlap in shipped.rs, line 4"],
    );
}

#[test]
fn an_edit_that_changes_nothing() {
    let text = NO_LIMIT.replace("replace = \"\"", "replace = \".min(9)\"");
    refused(
        "refused-same",
        MUTANTS,
        &text,
        &["`.min(9)` is replaced by itself"],
    );
}

#[test]
fn an_entry_without_edits() {
    let text = NO_LIMIT.split("find").next().unwrap_or_default();
    refused(
        "refused-none",
        MUTANTS,
        text,
        &["`no_limit`", "it changes nothing"],
    );
}

#[test]
fn half_an_edit() {
    let half = |key| {
        let is_other = |line: &&str| !line.starts_with(key);
        NO_LIMIT
            .lines()
            .filter(is_other)
            .collect::<Vec<_>>()
            .join("\n")
    };
    refused(
        "refused-find",
        MUTANTS,
        &half("replace"),
        &["`replace` is missing"],
    );
    refused(
        "refused-replace",
        MUTANTS,
        &half("find"),
        &["`find` is missing"],
    );
}

#[test]
fn an_edit_beside_that_of_the_entry() {
    let text = NO_LIMIT.to_owned() + "[[mutant.edit]]\nfind = \"n\"\nreplace = \"m\"\n";
    refused(
        "refused-beside",
        MUTANTS,
        &text,
        &["`find` and `replace` beside them"],
    );
}

#[test]
fn an_unknown_key() {
    let text = NO_LIMIT.replace("takes_out", "takes-out");
    refused(
        "refused-key",
        MUTANTS,
        &text,
        &["`no_limit`", "unknown field `takes-out`"],
    );
    let text = TWICE.replace("of =", "off =");
    refused(
        "refused-off",
        WRONG,
        &text,
        &["`twice`", "unknown field `off`"],
    );
}

#[test]
fn a_missing_key() {
    let text = NO_LIMIT.replace("takes_out = \"the limit.\"\n", "");
    refused(
        "refused-missing",
        MUTANTS,
        &text,
        &["`no_limit`", "missing field `takes_out`"],
    );
    let text = TWICE.replace("says = [\"left: 4\"]\n", "");
    refused(
        "refused-says",
        WRONG,
        &text,
        &["`twice`", "missing field `says`"],
    );
}

#[test]
fn a_name_that_is_missing() {
    let text = NO_LIMIT.replace("name = \"no_limit\"\n", "");
    refused(
        "refused-nameless",
        MUTANTS,
        &text,
        &["`[[mutant]] 1`", "it has no name"],
    );
}

#[test]
fn a_name_that_is_there_twice() {
    refused(
        "refused-names",
        WRONG,
        &format!("{TWICE}\n{TWICE}"),
        &["`twice`", "its name is taken"],
    );
}

#[test]
fn a_table_of_another_kind() {
    let text = TWICE.replace("[[answer]]", "[[mutant]]");
    refused(
        "refused-table",
        WRONG,
        &text,
        &["it may hold [[answer]] only"],
    );
}

#[test]
fn a_file_that_is_no_toml() {
    let text = NO_LIMIT.replace("[[mutant]]", "[[mutant]");
    refused("refused-toml", MUTANTS, &text, &[MUTANTS, "see line 1"]);
}

#[test]
fn a_test_without_its_target() {
    let text = NO_LIMIT.replace("limits::", "");
    refused(
        "refused-target",
        MUTANTS,
        &text,
        &["names no test of a target"],
    );
}

#[test]
fn a_file_outside_the_chapter() {
    let text = NO_LIMIT.replace("src/lib.rs", "../../Cargo.toml");
    refused(
        "refused-outside",
        MUTANTS,
        &text,
        &["is no file of the chapter"],
    );
    let text = NO_LIMIT.replace("src/lib.rs", "src/gone.rs");
    refused(
        "refused-file",
        MUTANTS,
        &text,
        &["in = \"src/gone.rs\" can't be read"],
    );
}

#[test]
fn an_answer_whose_failure_needs_to_say_nothing() {
    for (name, says) in [("refused-silent", "[]"), ("refused-blank", "[\" \"]")] {
        let text = TWICE.replace("[\"left: 4\"]", says);
        refused(name, WRONG, &text, &["`twice`", "`says` is empty"]);
    }
}

#[test]
fn a_whole_file_with_edits() {
    let text = TWICE.to_owned() + "file = \"wrong/twice.rs\"\n";
    refused(
        "refused-both",
        WRONG,
        &text,
        &["has neither `of` nor edits"],
    );
}

#[test]
fn a_whole_file_elsewhere_or_nowhere() {
    let whole = TWICE.split("of =").next().unwrap_or_default();
    let text = format!("{whole}file = \"shipped.rs\"\n");
    refused(
        "refused-elsewhere",
        WRONG,
        &text,
        &["must be a file in wrong/"],
    );
    let text = format!("{whole}file = \"wrong/twice.rs\"\n");
    refused(
        "refused-nowhere",
        WRONG,
        &text,
        &["wrong/twice.rs can't be read"],
    );
}

#[test]
fn a_file_that_no_entry_has() {
    refused(
        "refused-orphan",
        "solutions/01-first/1-add/wrong/thrice.rs",
        "",
        &["wrong/thrice.rs: no entry of wrong.toml has it"],
    );
}

#[test]
fn all_of_them_at_once() {
    let course = Course::new("refused-all");
    let two = NO_LIMIT
        .replace(".min(9)", ".min(8)")
        .replace("limits::", "")
        + &NO_LIMIT
            .replace("no_limit", "other")
            .replace("in =", "at =");
    course.write(MUTANTS, &two);
    course.write(WRONG, &TWICE.replace("left: 4", ""));
    refused_in(
        &course,
        &[
            "4 declarations are wrong, so nothing was built",
            "names no test of a target",
            "`.min(8)` is not in src/lib.rs",
            "unknown field `at`",
            "`says` is empty",
        ],
    );
}

#[test]
fn a_whole_file_is_an_answer() {
    let course = Course::new("whole-file");
    let whole = TWICE.split("of =").next().unwrap_or_default();
    course.write(WRONG, &format!("{whole}file = \"wrong/twice.rs\"\n"));
    let text = "pub fn add(a: u32, b: u32) -> u32 {\n    let _ = b;\n    a * 2\n}\n";
    course.write("solutions/01-first/1-add/wrong/twice.rs", text);
    let said = course.run(&["verify", "1-1"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert_eq!(
        course.run(&["break", "1-1", "twice", "--whole"]).stdout,
        text
    );
}

#[test]
fn several_edits_are_made_in_one_file() {
    let course = Course::new("several-edits");
    let edits = "[[answer.edit]]\nfind = \"    let _ = b;\\n\"\nreplace = \"\"\n\
                 [[answer.edit]]\nfind = \"    a\\n\"\nreplace = \"    a * 2 + b * 0\\n\"\n";
    let text = TWICE.split("find").next().unwrap_or_default().to_owned() + edits;
    course.write(WRONG, &text);
    let said = course.run(&["verify", "1-1"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
}
