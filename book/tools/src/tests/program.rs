//! A program that runs tests: a test target as cargo has built it, or cargo itself.

use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::files;

/// What is to be run, and what its tests are called by.
#[derive(Debug)]
pub struct Program {
    package: String,
    target: String,
    how: How,
}

#[derive(Debug)]
enum How {
    /// A test target: run in its package's folder, as `cargo test` does.
    Built {
        executable: PathBuf,
        manifest: PathBuf,
    },
    /// The documentation's tests, which cargo builds and runs itself.
    Documentation,
}

impl Program {
    /// Runs it to its end: whether all went well, and what it said.
    pub fn run(&self) -> Result<(bool, String)> {
        let (mut reader, writer) = io::pipe()?;
        let mut command = self.command();
        command
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let mut child = command
            .spawn()
            .with_context(|| format!("can't run {self}"))?;
        drop(command); // and with it our ends of the pipe
        let mut output = Vec::new();
        reader.read_to_end(&mut output)?;
        let status = child.wait()?;
        let output = String::from_utf8_lossy(&output).into_owned();
        Ok((status.success(), output))
    }

    fn command(&self) -> Command {
        match &self.how {
            How::Documentation => {
                let mut command = cargo();
                command.args(["test", "-q", "--doc", "--no-fail-fast"]);
                command
            }
            How::Built {
                executable,
                manifest,
            } => {
                let folder = manifest.parent().unwrap_or(Path::new(""));
                let mut command = Command::new(executable);
                command
                    .current_dir(folder)
                    .env("CARGO_MANIFEST_DIR", folder)
                    .env("CARGO_MANIFEST_PATH", manifest)
                    .env("CARGO_PKG_NAME", &self.package);
                command
            }
        }
    }

    /// What takes longest begins first: cargo, the runner and the harness; of the chapters the later
    /// ones; last the solutions.
    fn rank(&self) -> (bool, bool, Reverse<&str>) {
        let is_built = matches!(self.how, How::Built { .. });
        let is_solution = self.package.starts_with("sol");
        (is_built, is_solution, Reverse(&self.package))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.package, self.target)
    }
}

/// Builds all test targets. The first program is cargo, with the documentation's tests.
pub fn build() -> Result<Vec<Program>> {
    let output = cargo()
        .args(["test", "-q", "--no-run"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .context("can't run cargo")?;
    ensure!(output.status.success(), "the tests don't compile");
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut programs: Vec<_> = messages.lines().filter_map(built).collect();
    programs.push(Program {
        package: "documentation".to_owned(),
        target: "of all packages".to_owned(),
        how: How::Documentation,
    });
    programs.sort_by(|one, two| one.rank().cmp(&two.rank()));
    Ok(programs)
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(files::at(""));
    cargo
}

/// The test program that a message of cargo tells of.
fn built(message: &str) -> Option<Program> {
    let artifact: Artifact = serde_json::from_str(message).ok()?;
    if artifact.reason != "compiler-artifact" || !artifact.profile.test {
        return None;
    }
    let folder = artifact.manifest_path.parent()?;
    let kind = artifact.target.kind.first().map_or("", String::as_str);
    Some(Program {
        package: package(&artifact.package_id, folder),
        target: match kind {
            "test" => artifact.target.name,
            _ => format!("{} ({kind})", artifact.target.name),
        },
        how: How::Built {
            executable: artifact.executable?,
            manifest: artifact.manifest_path,
        },
    })
}

/// A package's name out of its id: `path+file:///a/01-blocking#ch01-blocking@0.1.0`, or, where the
/// folder is called like it, `path+file:///a/harness#0.1.0`.
fn package(id: &str, folder: &Path) -> String {
    let named = id.rsplit_once('#').and_then(|(_, end)| end.split_once('@'));
    named.map_or_else(|| files::stem(folder), |(name, _)| name.to_owned())
}

/// What we need of cargo's message on something that it has built.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    package_id: String,
    manifest_path: PathBuf,
    target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(test: bool, kind: &str) -> String {
        format!(
            r#"{{"reason": "compiler-artifact", "package_id": "path+file:///w/01-x#ch01-x@0.1.0",
            "manifest_path": "/w/01-x/Cargo.toml", "target": {{"name": "echo", "kind": ["{kind}"]}},
            "profile": {{"test": {test}}}, "executable": "/w/target/echo-1"}}"#
        )
    }

    #[test]
    fn a_test_target_is_a_program_and_another_target_is_none() {
        let program = built(&message(true, "test")).expect("a program");
        assert_eq!(program.to_string(), "ch01-x echo");
        let program = built(&message(true, "lib")).expect("a program");
        assert_eq!(program.to_string(), "ch01-x echo (lib)");
        assert!(built(&message(false, "bin")).is_none());
        assert!(built(r#"{"reason": "build-finished", "success": true}"#).is_none());
    }

    #[test]
    fn a_package_may_be_called_like_its_folder() {
        let id = "path+file:///w/exercises/harness#0.1.0";
        assert_eq!(package(id, Path::new("/w/exercises/harness")), "harness");
    }

    #[test]
    fn a_program_is_run_to_its_end_and_all_that_it_says_is_kept() {
        let program = Program {
            package: "x".to_owned(),
            target: "y".to_owned(),
            how: How::Built {
                executable: "/bin/ls".into(),
                manifest: "/no/such/folder/Cargo.toml".into(),
            },
        };
        assert!(program.run().is_err(), "its folder is missing");
        let at = files::at("book/tools/Cargo.toml");
        let how = How::Built {
            executable: "/bin/ls".into(),
            manifest: at,
        };
        let (succeeded, output) = Program { how, ..program }.run().expect("it runs");
        assert!(succeeded && output.contains("Cargo.toml\n"), "{output}");
    }

    #[test]
    fn what_takes_longest_begins() {
        let built = |package: &str| Program {
            package: package.to_owned(),
            target: String::new(),
            how: How::Built {
                executable: PathBuf::new(),
                manifest: PathBuf::new(),
            },
        };
        let mut programs = ["sol01-x", "ch01-x", "book-tools", "workbook", "ch08-y"].map(built);
        programs.sort_by(|one, two| one.rank().cmp(&two.rank()));
        let order: Vec<_> = programs.iter().map(|one| one.package.as_str()).collect();
        let expected = ["workbook", "ch08-y", "ch01-x", "book-tools", "sol01-x"];
        assert_eq!(order, expected);
    }
}
