//! The reader's own server: stages that share one crate, and whose solutions are chapters.

use std::fmt::Write;
use std::fs;

use crate::course::Course;

const SHIPPED: &str = "fn main() {\n    println!(\"0\");\n}\n";
const DONE: &str = "fn main() {\n    println!(\"1\");\n}\n";
const MAIN: &str = "exercises/your-server/src/main.rs";

/// A course with two stages: the program is to print 1, then 2.
fn course(test: &str) -> Course {
    let course = Course::new(test);
    let manifest = course.read("Cargo.toml");
    course.write(
        "Cargo.toml",
        &manifest.replace(
            "[\"chapters/*\"",
            "[\"exercises/your-server\", \"chapters/*\"",
        ),
    );
    let lock = course.read("Cargo.lock");
    let package = "\n[[package]]\nname = \"your-server\"\nversion = \"0.1.0\"\n";
    course.write("Cargo.lock", &(lock + package));
    course.write(
        "exercises/your-server/Cargo.toml",
        "[package]\nname = \"your-server\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    course.write(MAIN, SHIPPED);
    course.write("exercises/stages/shipped.rs", SHIPPED);
    let mut stages = String::new();
    for (number, chapter) in [(1, "01-first"), (2, "02-second")] {
        let _ = write!(
            stages,
            "[[stage]]\nchapter = \"{chapter}\"\nid = \"mine-{number}\"\ntitle = \"Print {number}\"\nstars = 1\n\
             minutes = 120\nsection = \"01-first.html#read\"\nsuites = []\n\
             hints = [\"One.\", \"Two.\", \"Three.\"]\n"
        );
        let test = format!(
            "#[test]\nfn it_prints_{number}() {{\n    \
             let out = std::process::Command::new(env!(\"CARGO_BIN_EXE_your-server\")).output().unwrap();\n    \
             assert_eq!(out.stdout, b\"{number}\\n\");\n}}\n"
        );
        course.write(
            &format!("exercises/your-server/tests/mine-0{number}.rs"),
            &test,
        );
    }
    course.write("exercises/stages/stages.toml", &stages);
    course
}

#[test]
fn a_stage_is_checked_and_counted_like_an_exercise() {
    let course = course("stage-checked");
    let said = course.run(&["check", "mine-01"]);
    assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
    course.write(MAIN, DONE);
    let said = course.run(&["check", "mine-1"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("chapters/01-first"), "{}", said.stdout);
    let said = course.run(&["list"]);
    assert!(
        said.stdout.contains("of your own server, 1 of 2 stages"),
        "{}",
        said.stdout
    );
}

#[test]
fn the_track_means_the_stage_that_is_next() {
    let course = course("stage-next");
    for name in ["mine", "your-server", "exercises/your-server", MAIN] {
        let said = course.run(&["hint", name]);
        assert!(
            said.stdout.contains("mine-01, hint"),
            "{name}: {}",
            said.stderr
        );
    }
    course.write("progress.toml", "[exercises.mine-1]\nsolved = true\n");
    assert!(
        course
            .run(&["hint", "mine"])
            .stdout
            .contains("mine-02, hint 1")
    );
    assert!(
        course
            .run(&["next", "mine"])
            .stdout
            .contains("about 2 hours")
    );
}

#[test]
fn the_next_exercise_is_none_of_the_stages_but_names_them() {
    let said = course("stage-beside").run(&["next"]);
    assert!(said.stdout.contains("01-1") && said.stdout.contains("next mine"));
}

#[test]
fn a_stage_that_there_is_not_lists_those_that_there_are() {
    let course = course("stage-wrong");
    for name in ["mine-9", "mine-x", "mine9"] {
        let said = course.run(&["check", name]);
        assert_eq!(said.code, Some(2));
        assert!(said.stderr.contains("mine-02"), "{name}: {}", said.stderr);
    }
    let said = course.run(&["check", "0"]);
    assert!(said.stderr.contains("no exercise `0`"), "{}", said.stderr);
}

#[test]
fn a_stage_has_no_solution_but_its_chapter() {
    let said = course("stage-solution").run(&["solution", "mine-02"]);
    assert!(
        said.stdout.contains("chapters/02-second"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_reset_keeps_the_whole_server_and_opens_its_stages() {
    let course = course("stage-reset");
    course.write(MAIN, DONE);
    course.write("exercises/your-server/src/parts/more.rs", "// more\n");
    course.write("progress.toml", "[exercises.mine-1]\nsolved = true\n");
    let said = course.run(&["reset", "mine"]);
    assert_eq!(said.code, Some(1), "it asks first: {}", said.stdout);
    assert_eq!(course.read(MAIN), DONE);
    let said = course.run(&["reset", "mine", "--yes"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(course.read(MAIN), SHIPPED);
    assert_eq!(course.read("exercises/your-server/kept-1/main.rs"), DONE);
    assert_eq!(
        course.read("exercises/your-server/kept-1/parts/more.rs"),
        "// more\n"
    );
    assert!(!course.root.join("exercises/your-server/src/parts").exists());
    assert!(
        course
            .run(&["hint", "mine"])
            .stdout
            .contains("mine-01, hint 1")
    );
    let said = course.run(&["reset", "mine", "--yes"]);
    assert!(said.stdout.contains("nothing to do"), "{}", said.stdout);
}

#[test]
fn one_stage_alone_can_not_be_reset() {
    let course = course("stage-reset-one");
    course.write(MAIN, DONE);
    let said = course.run(&["reset", "mine-01", "--yes"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("reset mine`"), "{}", said.stderr);
    assert_eq!(course.read(MAIN), DONE);
}

#[test]
fn a_main_file_that_was_deleted_is_put_back() {
    let course = course("stage-missing");
    fs::remove_dir_all(course.root.join("exercises/your-server/src")).expect("it is there");
    let said = course.run(&["check", "mine-01"]);
    assert!(said.stderr.contains(MAIN), "{}", said.stderr);
    assert_eq!(course.read(MAIN), SHIPPED);
}
