//! Runs all tests of the workspace, several programs at once: most of them wait most of the time.

mod count;
mod program;
mod skip;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use self::count::Count;
use self::program::Program;
use self::skip::Skip;

/// Builds and runs the tests, and ends with what was skipped and a line that counts.
pub fn run() -> Result<()> {
    let began = Instant::now();
    let programs = program::build()?;
    println!(
        "{} programs built in {} s",
        programs.len() - 1, // the first is cargo, with the documentation's tests
        began.elapsed().as_secs()
    );
    let outcome = run_all(programs)?;
    let skips = skip::allowed()?;
    let is_strict = std::env::var_os("CI").is_some_and(|value| value == "true");
    let unlisted = outcome.skips.iter();
    let unlisted = unlisted.filter(|skip| is_strict && !skips.contains(&skip.name));
    if !outcome.skips.is_empty() {
        println!("\nskipped, because this machine can't run them:");
        for skip in &outcome.skips {
            println!("  {}: {}", skip.name, skip.reason);
        }
    }
    if !outcome.failed.is_empty() {
        println!("\nfailed: {}", outcome.failed.join(", "));
    }
    println!("{}", outcome.count);
    if !outcome.failed.is_empty() {
        bail!("tests failed");
    }
    let unlisted = unlisted.count();
    ensure!(
        unlisted == 0,
        "{unlisted} of the skipped tests are not listed in {}",
        skip::ALLOWED
    );
    Ok(())
}

/// What all programs together had to say.
#[derive(Default)]
struct Outcome {
    count: Count,
    skips: Vec<Skip>,
    /// The programs in which a test failed.
    failed: Vec<String>,
}

impl Outcome {
    /// Takes in how a program ended, and prints a line, or all that it said if it failed.
    fn add(&mut self, program: &Program, succeeded: bool, output: &str, seconds: f64) {
        let skips = skip::find(output);
        let count = Count::of(output, succeeded, skips.len());
        if succeeded && count == Count::default() {
            // It has no tests.
        } else if succeeded {
            println!("{program}: {count} in {seconds:.1} s");
        } else {
            println!("\n{program}: failed\n{}\n", output.trim());
            self.failed.push(program.to_string());
        }
        self.count += count;
        self.skips.extend(skips);
    }
}

/// Two programs for each core, and one more: while most of them wait, the cores have something to do.
fn run_all(programs: Vec<Program>) -> Result<Outcome> {
    let at_once = thread::available_parallelism().map_or(3, |cores| 2 * cores.get() + 1);
    let outcome = Mutex::new(Outcome::default());
    let left = Mutex::new(VecDeque::from(programs));
    thread::scope(|scope| {
        let work = || {
            while let Some(program) = next(&left) {
                let began = Instant::now();
                let (succeeded, output) = program.run()?;
                let seconds = began.elapsed().as_secs_f64();
                lock(&outcome).add(&program, succeeded, &output, seconds);
            }
            anyhow::Ok(())
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker doesn't panic"))
    })?;
    Ok(outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn next(left: &Mutex<VecDeque<Program>>) -> Option<Program> {
    lock(left).pop_front()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
