//! A small workbook in a folder of its own: one chapter, two exercises that need no other crate.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::thread;
use std::time::{Duration, Instant};

const WORKSPACE: &str = r#"[workspace]
resolver = "3"
members = ["chapters/*", "exercises/[0-9]*/*", "solutions/*/*"]

# Each course is built anew, and only once or twice.
[profile.dev]
debug = false
incremental = false
"#;

const SUITE: &str = r"use crate::subject::add;

#[test]
fn zero_changes_nothing() {
    assert_eq!(add(2, 0), 2);
}

#[test]
fn two_and_two_are_four() {
    assert_eq!(add(2, 2), 4);
}
";

pub const SHIPPED: &str =
    "//! Add.\n\npub fn add(a: u32, b: u32) -> u32 {\n    let _ = b;\n    a\n}\n";
pub const SOLUTION: &str =
    "//! Plus does it.\n\npub fn add(a: u32, b: u32) -> u32 {\n    a + b\n}\n";
/// Declares an answer that doubles.
pub const TWICE: &str = "[[answer]]\nname = \"twice\"\nwrong = \"doubles.\"\n\
                         caught_by = \"zero_changes_nothing\"\nsays = [\"left: 4\"]\n\
                         of = \"shipped\"\nfind = \"    a\\n\"\nreplace = \"    a * 2\\n\"\n";
/// Declares a chapter without its limit.
pub const NO_LIMIT: &str = "[[mutant]]\nname = \"no_limit\"\ntakes_out = \"the limit.\"\n\
                            caught_by = \"limits::nine_is_the_limit\"\nin = \"src/lib.rs\"\n\
                            find = \".min(9)\"\nreplace = \"\"\n";

/// The file that the reader edits.
pub const ANSWER: &str = "exercises/01-first/1-add/src/lib.rs";
pub const WRONG: &str = "solutions/01-first/1-add/wrong.toml";
pub const MUTANTS: &str = "chapters/01-first/mutants.toml";

/// What the reader's environment may hold that changes where cargo builds, or what is coloured.
const OF_THE_READER: [&str; 7] = [
    "CARGO_TARGET_DIR",
    "CARGO_MANIFEST_DIR",
    "CARGO_TERM_COLOR",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "CI",
];

/// Between two looks at what tells nobody that it has changed.
pub const PAUSE: Duration = Duration::from_millis(5);

pub struct Course {
    pub root: PathBuf,
}

impl Drop for Course {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root); // what a test has left running may still write there
    }
}

pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// Whether the reason is the last thing that a reader sees.
    pub fn ends_with_reason(&self) -> bool {
        let last = self.stderr.lines().last();
        last.is_some_and(|line| line.starts_with("error: "))
    }
}

impl Course {
    /// Sets one up; `test` keeps those of different tests apart, the process those of other runs.
    pub fn new(test: &str) -> Self {
        let name = format!("{test}-{}", process::id());
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root); // of a run that was killed and had the same number
        let course = Self { root };
        course.write("Cargo.toml", WORKSPACE);
        let mut lock = String::from("version = 4\n");
        course.exercise("1-add", "ex01-1-add", "add");
        course.exercise("2-more", "ex01-2-more", "more");
        for package in [
            "ch01-first",
            "ex01-1-add",
            "ex01-2-more",
            "sol01-1-add",
            "sol01-2-more",
        ] {
            let _ = write!(
                lock,
                "\n[[package]]\nname = \"{package}\"\nversion = \"0.1.0\"\n"
            );
        }
        course.write("Cargo.lock", &lock);
        course.write("chapters/01-first/Cargo.toml", &manifest("ch01-first"));
        course.write(
            "chapters/01-first/src/lib.rs",
            "pub fn limit(n: u32) -> u32 {\n    n.min(9)\n}\n",
        );
        course.write(
            "chapters/01-first/tests/limits.rs",
            "#[test]\nfn nine_is_the_limit() {\n    assert_eq!(ch01_first::limit(10), 9);\n}\n",
        );
        course
    }

    /// One with a second chapter of one exercise, 02-1.
    pub fn of_two_chapters(test: &str) -> Self {
        let course = Self::new(test);
        let more = course.read("exercises/01-first/2-more/Cargo.toml");
        course.write(
            "exercises/02-second/1-other/Cargo.toml",
            &more
                .replace("\"more\"", "\"other\"")
                .replace("ex01-2-more", "ex02-1-other"),
        );
        course
    }

    /// Adds an exercise in chapter 01, with its solution.
    pub fn exercise(&self, folder: &str, package: &str, id: &str) {
        let exercise = format!("exercises/01-first/{folder}");
        let card = format!(
            "\n[package.metadata.workbook]\nid = \"{id}\"\ntitle = \"The {id} exercise\"\nkind = \"write\"\nstars = 1\n\
             minutes = 5\nsection = \"01-first.html#read\"\nhints = [\"First hint.\", \"Second hint.\", \"Third hint.\"]\n\
             fails = [\"two_and_two_are_four\"]\n"
        );
        self.write(
            &format!("{exercise}/Cargo.toml"),
            &(manifest(package) + &card),
        );
        self.write(&format!("{exercise}/src/lib.rs"), SHIPPED);
        self.write(&format!("{exercise}/tests/check/suite.rs"), SUITE);
        self.write(
            &format!("{exercise}/tests/check/main.rs"),
            &bound(package, "mod suite;"),
        );

        let solution = format!("solutions/01-first/{folder}");
        let solved = package.replace("ex", "sol");
        let shared =
            format!("#[path = \"../../../../../{exercise}/tests/check/suite.rs\"]\nmod suite;");
        self.write(&format!("{solution}/Cargo.toml"), &manifest(&solved));
        self.write(&format!("{solution}/src/lib.rs"), SOLUTION);
        self.write(
            &format!("{solution}/tests/check/main.rs"),
            &bound(&solved, &shared),
        );
        self.write(&format!("{solution}/shipped.rs"), SHIPPED);
        self.write(&format!("{solution}/wrong.toml"), TWICE);
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file in a folder"))
            .expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("the file can be read")
    }

    /// The command, to be run in the course's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("TERM", "xterm");
        for name in OF_THE_READER {
            command.env_remove(name);
        }
        command
    }

    /// Waits until a test program of this course runs, or until none does.
    pub fn expect_test_program(&self, runs: bool) {
        let folder = self.root.join("target");
        let folder = folder.to_str().expect("a plain path");
        let began = Instant::now();
        while is_running(|words| words[0].starts_with(folder)) != runs {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "a test program runs: {}",
                !runs
            );
            thread::sleep(PAUSE);
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(
            &self
                .command(arguments)
                .output()
                .expect("workbook can be run"),
        )
    }
}

pub fn said(output: &Output) -> Said {
    Said {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn manifest(package: &str) -> String {
    format!(
        "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ndoctest = false\ntest = false\n"
    )
}

fn bound(package: &str, suite: &str) -> String {
    format!("use {} as subject;\n{suite}\n", package.replace('-', "_"))
}

/// Whether there is a process with such a command line.
pub fn is_running(is_meant: impl Fn(&[&str]) -> bool) -> bool {
    let processes = fs::read_dir("/proc").expect("/proc can be read");
    processes.flatten().any(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        is_meant(&line.split('\0').collect::<Vec<_>>())
    })
}
