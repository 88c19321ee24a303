//! `break`: a wrong answer, or a mutant, fails as a reader would see it.

use crate::course::{ANSWER, Course, MUTANTS, NO_LIMIT, SHIPPED, WRONG};

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
fn a_wrong_answer_is_shown_with_its_change_before_it_fails() {
    let course = Course::new("break");
    assert!(course.run(&["break", "1-1"]).stdout.contains("twice"));
    let said = course.run(&["break", "1-1", "twice"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let order = [
        "doubles.",
        "solutions/01-first/1-add/shipped.rs",
        "-     a\n+     a * 2\n",
        "✗ zero changes nothing",
        "left: 4",
        WRONG,
    ];
    let places = order.map(|words| said.stdout.find(words));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?} in\n{}",
        said.stdout
    );
    assert_eq!(course.read(ANSWER), SHIPPED);
}

#[test]
fn the_whole_file_is_printed_as_it_is_and_nothing_is_built() {
    let course = Course::new("break-whole");
    let said = course.run(&["break", "1-1", "twice", "--whole"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(said.stdout, SHIPPED.replace("    a\n", "    a * 2\n"));
    assert!(!course.root.join("target").exists());
}

#[test]
fn a_chapters_mutant_is_shown_in_the_same_way() {
    let course = Course::new("break-mutant");
    course.write(MUTANTS, NO_LIMIT);
    assert!(course.run(&["break", "1"]).stdout.contains("no_limit"));
    let said = course.run(&["break", "01", "no_limit"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    for words in [
        "takes out the limit.",
        "-     n.min(9)\n+     n\n",
        "✗ nine is the limit",
        "limits::nine_is_the_limit",
    ] {
        assert!(said.stdout.contains(words), "`{words}` in\n{}", said.stdout);
    }
}

#[test]
fn an_unknown_one_is_named_below_those_that_are_there() {
    let said = Course::new("break-unknown").run(&["break", "1-1", "thrice"]);
    assert_eq!(said.code, Some(2));
    let places = ["twice", "no `thrice`"].map(|words| said.stderr.find(words));
    assert!(
        places[0].is_some() && places[0] < places[1],
        "{}",
        said.stderr
    );
}
