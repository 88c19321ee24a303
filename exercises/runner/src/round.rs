//! A round of `verify`: lays the jobs' files over the tree, builds once, runs each job's tests.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::cargo::{Build, build_tests};
use crate::job::{Job, Kind};
use crate::packages::Packages;
use crate::run::run_tests;
use crate::scratch::{Files, Tree};
use crate::share::{Turns, share};
use crate::text::{BAD, FAINT, STRONG, show, width, wrap};

/// A test program that runs for longer is ended: no declared answer needs nearly as long, even on a
/// machine that is busy with twenty others.
pub const LIMIT: Duration = Duration::from_mins(3);

/// Test programs that run at once, whatever the machine: most of them sleep until a deadline.
const PROGRAMS: usize = 16;

/// How often a wrong answer or a mutant may run until it is caught.
const FAULT_RUNS: u32 = 3;

/// A job that was carried out.
pub struct Done {
    pub job: Job,
    pub is_as_declared: bool,
}

/// A job whose tests run, several times maybe, and at the same time.
struct Try {
    job: Job,
    /// Set by the first run that is not as declared; a later one that is can't take it back.
    miss: OnceLock<()>,
}

impl Try {
    fn new(job: Job) -> Self {
        let miss = OnceLock::new();
        Self { job, miss }
    }

    fn done(self) -> Done {
        Done {
            is_as_declared: self.miss.get().is_none(),
            job: self.job,
        }
    }
}

/// What all rounds share. Builds need the machine, so there are as many at once as it has cores;
/// test programs mostly sleep.
pub struct Machine {
    builds: Turns,
    programs: Turns,
}

impl Machine {
    pub fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            builds: Turns::new(cores),
            programs: Turns::new(PROGRAMS),
        }
    }
}

/// One build for many jobs.
pub struct Round<'a> {
    pub machine: &'a Machine,
    pub tree: &'a Tree<'a>,
    pub packages: &'a Packages,
    /// How often each test program runs.
    pub times: u32,
}

impl Round<'_> {
    /// Builds one test target for each chapter and its exercises, with nothing laid over it: then
    /// all they stand on is built, for the tree's copies too. True if a dependency was built, which
    /// old copies can't have.
    pub fn prepare(&self, jobs: &[Job]) -> Result<bool> {
        let mut first = BTreeMap::new();
        for job in jobs {
            first
                .entry((&job.chapter, job.exercise.is_some()))
                .or_insert(job);
        }
        // What doesn't compile is reported by its round.
        let build = self.build_tests(first.into_values())?;
        let is_ours = |package: &PathBuf| package.starts_with(&self.tree.root);
        Ok(!build.compiled.iter().all(is_ours))
    }

    /// Builds the jobs' packages together, and runs their tests, several programs at a time: most of
    /// them sleep until a deadline.
    pub fn carry_out(&self, jobs: Vec<Job>) -> Result<Vec<Done>> {
        let overlay: Files = jobs.iter().filter_map(|job| job.overlay.clone()).collect();
        let (build, mut done, jobs) = self.machine.builds.take(|| {
            self.tree.lay(&overlay)?;
            self.build(jobs)
        })?;
        let tries: Vec<_> = jobs.into_iter().map(Try::new).collect();
        let turns = (1..=self.times).flat_map(|turn| tries.iter().map(move |one| (turn, one)));
        share(0..PROGRAMS, turns, |_, (turn, one)| {
            if one.miss.get().is_some() {
                return Ok(()); // one miss is enough
            }
            if let Some(miss) = self
                .machine
                .programs
                .take(|| self.run(&build, &one.job, turn))?
                && one.miss.set(()).is_ok()
            {
                report(&one.job, &miss);
            }
            Ok(())
        })?;
        done.extend(tries.into_iter().map(Try::done));
        Ok(done)
    }

    /// Builds; what doesn't compile is a miss, and the rest is built without it.
    fn build(&self, mut jobs: Vec<Job>) -> Result<(Build, Vec<Done>, Vec<Job>)> {
        let mut done = Vec::new();
        loop {
            let build = self.build_tests(&jobs)?;
            if build.succeeded {
                return Ok((build, done, jobs));
            }
            let tree = &self.tree.root;
            let (broken, rest): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| {
                build
                    .of(&tree.join(&job.folder))
                    .any(|found| found.is_error)
            });
            if broken.is_empty() {
                let errors: String = build
                    .diagnostics
                    .iter()
                    .map(|found| found.rendered.as_str())
                    .collect();
                bail!("what the exercises stand on does not compile:\n{errors}");
            }
            for job in broken {
                let errors: String = build
                    .of(&tree.join(&job.folder))
                    .map(|found| found.rendered.as_str())
                    .collect();
                report(&job, &format!("it does not compile\n{errors}"));
                done.push(Done {
                    job,
                    is_as_declared: false,
                });
            }
            jobs = rest;
        }
    }

    /// Builds the tests of these jobs.
    pub fn build_tests<'j>(&self, jobs: impl IntoIterator<Item = &'j Job>) -> Result<Build> {
        let place = [
            "--target-dir".to_owned(),
            self.tree.target.display().to_string(),
        ];
        // Nobody debugs these: without that, programs are half as large, and sooner linked.
        let profile = ["--config", "profile.dev.debug=false"].map(str::to_owned);
        let arguments = place.into_iter().chain(profile);
        build_tests(
            &self.tree.root,
            arguments.chain(self.packages.selection(jobs)?),
        )
    }

    /// Runs a job's tests for the `turn`th time; what is not as declared, in full.
    fn run(&self, build: &Build, job: &Job, turn: u32) -> Result<Option<String>> {
        let folder = self.tree.root.join(&job.folder);
        let warnings: String = build
            .of(&folder)
            .map(|found| found.rendered.as_str())
            .collect();
        if matches!(job.kind, Kind::Shipped | Kind::Solution) && !warnings.is_empty() {
            return Ok(Some(format!("it compiles with warnings\n{warnings}")));
        }
        let Some(program) = build.program(&folder, &job.target) else {
            return Ok(Some(format!(
                "{} has no test target `{}`",
                job.folder.display(),
                job.target
            )));
        };
        let mut run = run_tests(program, &job.arguments(), LIMIT)?;
        let mut judged = job.judge(&run);
        // What is right is right in every run. A fault may need a certain moment to show, such as a
        // signal while a thread sleeps: it is caught if one run of a few shows it.
        if matches!(job.kind, Kind::Wrong | Kind::Mutant) {
            for _ in 1..FAULT_RUNS {
                if judged.is_ok() {
                    break;
                }
                run = run_tests(program, &job.arguments(), LIMIT)?;
                judged = job.judge(&run);
            }
        }
        let which = if self.times > 1 {
            format!("run {turn} of {}: ", self.times)
        } else {
            String::new()
        };
        Ok(judged
            .err()
            .map(|miss| format!("{which}{miss}\n{}", run.output)))
    }
}

/// Shows a miss as soon as it is known: what is different, and below it all the output.
fn report(job: &Job, miss: &str) {
    let (what, output) = miss.split_once('\n').unwrap_or((miss, ""));
    let mut out = format!(
        "\n{BAD}✗{BAD:#} {STRONG}{} {}{STRONG:#}\n",
        job.row(),
        job.name
    );
    out += &wrap("  ", what, width());
    for line in output.lines() {
        let _ = writeln!(out, "  {FAINT}│{FAINT:#} {line}");
    }
    show(&out);
}
