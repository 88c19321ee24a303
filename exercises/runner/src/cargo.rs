//! Builds tests with cargo and reads its JSON: what went wrong, and where the test programs are.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::text::{FAINT, paint, show_on_stderr};

/// A build that takes longer than this tells the reader what it is doing.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct Build {
    pub programs: Vec<Program>,
    /// The folders of the packages that cargo had to compile.
    pub compiled: BTreeSet<PathBuf>,
    pub diagnostics: Vec<Diagnostic>,
    pub succeeded: bool,
}

/// A test program: the tests of one target of one package.
#[derive(Debug, Clone)]
pub struct Program {
    /// The package's folder.
    pub package: PathBuf,
    /// `check`, or `lib` for the tests inside a library.
    pub target: String,
    pub path: PathBuf,
}

#[derive(Debug)]
pub struct Diagnostic {
    /// The package's folder.
    pub package: PathBuf,
    pub is_error: bool,
    /// As rustc shows it, coloured.
    pub rendered: String,
}

impl Build {
    pub fn program(&self, package: &Path, target: &str) -> Option<&Program> {
        self.programs
            .iter()
            .find(|program| program.package == package && program.target == target)
    }

    pub fn of<'a>(&'a self, package: &'a Path) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics
            .iter()
            .filter(move |diagnostic| diagnostic.package == package)
    }
}

/// Builds the tests that `arguments` select (`-p`, `--test`, …) in the workspace at `root`.
///
/// # Errors
///
/// When cargo can't be run, or fails for another reason than code that doesn't compile.
pub fn build_tests<S: AsRef<std::ffi::OsStr>>(
    root: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Build> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(&cargo)
        .args([
            "test",
            "--no-run",
            "--message-format",
            "json-diagnostic-rendered-ansi",
        ])
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!(
                "{} can't be run: is Rust installed?",
                cargo.to_string_lossy()
            )
        })?;
    let log = child
        .stderr
        .take()
        .map(|stderr| thread::spawn(|| follow(stderr)));
    let mut build = Build::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            build.note(&line?);
        }
    }
    build.succeeded = child.wait()?.success();
    let log = log
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    if !build.succeeded
        && !build
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.is_error)
    {
        bail!("cargo failed:\n{}", log.trim_end());
    }
    Ok(build)
}

/// Reads cargo's own messages to their end, and shows the lines of a build that takes long. That it
/// waits for another cargo, an editor's maybe, is shown at once.
fn follow(stderr: impl Read) -> String {
    let began = Instant::now();
    let is_watched = std::io::stderr().is_terminal();
    let mut log = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let is_progress = ["Compiling", "Blocking", "Downloading", "Updating"]
            .iter()
            .any(|verb| line.trim_start().starts_with(verb));
        let is_held_up = line.contains("Blocking") && !line.contains("package cache");
        if is_held_up || (is_watched && is_progress && began.elapsed() > PATIENCE) {
            show_on_stderr(&paint(FAINT, &format!("{line}\n")));
        }
        log += &line;
        log.push('\n');
    }
    log
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Diagnostic {
        manifest_path: PathBuf,
        message: Rustc,
    },
    #[serde(rename = "compiler-artifact")]
    Artifact {
        manifest_path: PathBuf,
        target: Target,
        profile: Profile,
        executable: Option<PathBuf>,
        fresh: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Rustc {
    level: String,
    rendered: Option<String>,
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

impl Build {
    fn note(&mut self, line: &str) {
        match serde_json::from_str(line) {
            Ok(Message::Diagnostic {
                manifest_path,
                message,
            }) => {
                let Some(rendered) = message.rendered else {
                    return;
                };
                let is_error = message.level != "warning";
                self.diagnostics.push(Diagnostic {
                    package: folder(&manifest_path),
                    is_error,
                    rendered,
                });
            }
            Ok(Message::Artifact {
                manifest_path,
                target,
                profile,
                executable,
                fresh,
            }) => {
                let package = folder(&manifest_path);
                if !fresh {
                    self.compiled.insert(package.clone());
                }
                let Some(path) = executable.filter(|_| profile.test) else {
                    return;
                };
                let target = if target.kind.iter().any(|kind| kind == "lib") {
                    "lib".to_owned()
                } else {
                    target.name
                };
                self.programs.push(Program {
                    package,
                    target,
                    path,
                });
            }
            _ => {} // cargo prints more than we ask for, and may print more in times to come
        }
    }
}

fn folder(manifest: &Path) -> PathBuf {
    manifest.parent().unwrap_or(manifest).to_owned()
}
