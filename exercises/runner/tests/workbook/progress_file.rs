//! The progress file: nothing that a reader has achieved is lost.

use crate::course::Course;

#[test]
fn what_this_checkout_does_not_know_stays() {
    let course = Course::new("unknown");
    course.write(
        "progress.toml",
        "theme = \"dark\"\n\n[exercises.of-another-branch]\nsolved = true\nhints = 2\nstars = 5\n\n[later]\nkey = 1\n",
    );
    course.run(&["hint", "1-1"]);
    let text = course.read("progress.toml");
    for kept in [
        "theme = \"dark\"",
        "[exercises.of-another-branch]",
        "stars = 5",
        "hints = 2",
        "[later]",
        "[exercises.add]",
    ] {
        assert!(text.contains(kept), "`{kept}` in\n{text}");
    }
}

#[test]
fn a_damaged_file_is_named_and_not_touched_by_looking() {
    let course = Course::new("damaged");
    let damaged = "[exercises.add]\nsolved = tru\n";
    course.write("progress.toml", damaged);
    let said = course.run(&["list"]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.stderr.contains("progress.toml is damaged") && said.stderr.contains("line 2"),
        "{}",
        said.stderr
    );
    assert_eq!(course.read("progress.toml"), damaged);
}

#[test]
fn a_damaged_file_is_kept_aside_before_a_new_one_is_written() {
    let course = Course::new("aside");
    for n in 1..=2 {
        let damaged = format!("<<<<<<< {n}\n");
        course.write("progress.toml", &damaged);
        let said = course.run(&["hint", "1-1"]);
        let aside = format!("progress.damaged-{n}.toml");
        assert!(said.stderr.contains(&aside), "{}", said.stderr);
        assert_eq!(course.read(&aside), damaged);
        assert!(course.read("progress.toml").contains("[exercises.add]"));
    }
}

#[test]
fn no_draft_is_left_behind() {
    let course = Course::new("draft");
    course.run(&["hint", "1-1"]);
    let left: Vec<_> = course
        .root
        .read_dir()
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("tmp")),
        "{left:?}"
    );
}
