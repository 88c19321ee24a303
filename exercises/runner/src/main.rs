//! `workbook`: runs the exercises and puts the exercises themselves to the test.
//!
//! Exit codes: 0 passed or done, 1 not solved or not as declared, 2 wrong use or no way to go on.

mod answer;
mod broken;
mod cargo;
mod catalog;
mod check;
mod child;
mod copy;
mod diff;
mod exercise;
mod failure;
mod job;
mod keys;
mod lanes;
mod libtest;
mod missing;
mod packages;
mod picker;
mod progress;
mod round;
mod run;
mod scratch;
mod screen;
mod share;
mod show;
mod stage;
mod suite;
mod text;
mod track;
mod unknown;
mod verdict;
mod verify;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use answer::Ask;
use broken::Part;
use catalog::Catalog;
use progress::Progress;
use unknown::Unknown;
use verdict::Caller;

/// The exercises of the Epoll Workbook.
///
/// EXERCISE is a number (1-1, 01-1), a name (accept-loop), a part of one (accept), a path, or a stage of your
/// own server (mine-01; mine is the stage that you are at).
#[derive(Parser)]
#[command(
    name = "workbook",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Options {
    #[command(subcommand)]
    command: Action,
}

#[derive(Args)]
struct Limit {
    /// Seconds that all its tests together may take
    #[arg(long = "limit", default_value_t = 30, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

#[derive(Subcommand)]
enum Action {
    /// List the exercises and what is solved
    List {
        /// Only those of this chapter
        chapter: Option<String>,
    },
    /// Check an answer (the next unsolved one if none is named)
    Check {
        exercise: Option<String>,
        #[command(flatten)]
        limit: Limit,
        /// By `watch`: the verdict names its keys
        #[arg(long, hide = true)]
        watched: bool,
    },
    /// Check an answer at every save; keys: h hint, l list to pick from, n next, r again, q quit
    Watch {
        exercise: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Give a hint; each call gives the next of three
    Hint { exercise: Option<String> },
    /// Show the solution beside your answer (asks first)
    Solution {
        exercise: Option<String>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Start an exercise anew, or your own server (mine); your answer is kept beside it
    Reset {
        exercise: Option<String>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Show the next exercise and how to begin
    Next {
        /// The next of this chapter
        chapter: Option<String>,
    },
    /// Show how far you are
    Progress {
        /// Only in this chapter
        chapter: Option<String>,
    },
    /// Show a well-known wrong answer fail, or a chapter without what a test of it guards
    Break {
        /// An exercise, or a chapter
        exercise: Option<String>,
        /// Its name; without one, all are listed
        wrong: Option<String>,
        /// Only print its whole file
        #[arg(long, requires = "wrong")]
        whole: bool,
    },
    /// Put the exercises, their wrong answers and the chapters' mutants to the test
    Verify {
        /// An exercise or a chapter; everything if none is named
        name: Option<String>,
        /// Run each test program so many times, to find tests that fail now and then
        #[arg(long, default_value_t = 1, value_name = "N")]
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        times: u32,
        /// Only see whether the exercises' files are as handed out
        #[arg(long, conflicts_with_all = ["name", "times"])]
        shipped: bool,
    },
}

fn main() -> ExitCode {
    let options = Options::parse();
    match act(options.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let unknown = error.chain().find_map(|cause| cause.downcast_ref());
            if let Some(Unknown { list, .. }) = unknown {
                text::show_on_stderr(list);
            }
            text::show_error(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Carries out a command; true if it came out well.
fn act(action: Action) -> Result<bool> {
    let catalog = Catalog::find()?;
    let progress = || Progress::load(&catalog.root);
    let get = |name: &str| match progress()?.stage_at(&catalog) {
        Some(stage) if catalog.is_track(name) => Ok(stage),
        _ => catalog.get(name),
    };
    let next_or = |name: Option<String>| match said(name.as_ref()) {
        Some(name) => get(name),
        None => check::next(&catalog),
    };
    let chosen = |chapter: Option<String>| catalog.chosen(said(chapter.as_ref()));
    match action {
        Action::List { chapter } => show::list(&chosen(chapter)?, &progress()?),
        Action::Next { chapter } => show::next(&chosen(chapter)?, &progress()?),
        Action::Progress { chapter } => show::progress(&chosen(chapter)?, &progress()?),
        Action::Hint { exercise } => show::hint(&catalog, next_or(exercise)?)?,
        Action::Watch { exercise, limit } => {
            watch::watch(&catalog, next_or(exercise)?, limit.seconds)?;
        }
        Action::Solution { exercise, yes } => {
            return answer::solution(&catalog, next_or(exercise)?, ask(yes));
        }
        Action::Reset { exercise, yes } => {
            let name = said(exercise.as_ref()).unwrap_or_default();
            if catalog.is_track(name) {
                return track::reset(&catalog, ask(yes));
            }
            return answer::reset(&catalog, catalog.get(name)?, ask(yes));
        }
        Action::Check {
            exercise,
            limit,
            watched,
        } => {
            child::end_all_on_signals();
            let limit = Duration::from_secs(limit.seconds);
            let caller = if watched {
                Caller::Watch
            } else {
                Caller::Shell
            };
            return match said(exercise.as_ref()) {
                Some(name) => check::check(&catalog, get(name)?, limit, caller),
                None => check::check_next(&catalog, limit),
            };
        }
        Action::Break {
            exercise,
            wrong,
            whole,
        } => {
            child::end_all_on_signals();
            let part = if whole {
                Part::WholeFile
            } else {
                Part::Failure
            };
            let name = said(exercise.as_ref()).unwrap_or_default();
            return broken::break_with(&catalog, name, said(wrong.as_ref()), part);
        }
        Action::Verify { shipped: true, .. } => return verify::verify_shipped(&catalog),
        Action::Verify { name, times, .. } => {
            child::end_all_on_signals();
            return verify::verify(&catalog, said(name.as_ref()), times);
        }
    }
    Ok(true)
}

fn ask(yes: bool) -> Ask {
    if yes { Ask::Never } else { Ask::First }
}

/// `just check` without a name hands on an empty one.
fn said(name: Option<&String>) -> Option<&str> {
    name.map(String::as_str).filter(|name| !name.is_empty())
}
