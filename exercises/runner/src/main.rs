//! `workbook`: runs the exercises and puts the exercises themselves to the test.
//!
//! Exit codes: 0 passed or done, 1 not solved or not as declared, 2 wrong use or no way to go on.

mod cargo;
mod catalog;
mod check;
mod child;
mod libtest;
mod progress;
mod run;
mod show;
mod text;
mod verdict;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use catalog::Catalog;
use check::meant;
use progress::Progress;

/// The exercises of the Epoll Workbook.
///
/// EXERCISE is a number (1-1, 01-1), a name (01-1-accept-loop, accept-loop) or a path.
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

#[derive(Subcommand)]
enum Action {
    /// List all exercises and what is solved
    List,
    /// Check an answer (the next unsolved one if none is named)
    Check {
        exercise: Option<String>,
        /// Seconds that all its tests together may take
        #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
        limit: u64,
    },
    /// Give a hint; each call gives the next of three
    Hint { exercise: Option<String> },
    /// Show the next exercise and how to begin
    Next,
    /// Show how far you are
    Progress,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match act(options.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(
                anstream::stderr(),
                "{}{error:#}",
                text::paint(text::BAD, "error: ")
            );
            ExitCode::from(2)
        }
    }
}

/// Carries out a command; true if it came out well.
fn act(action: Action) -> Result<bool> {
    let catalog = Catalog::find()?;
    match action {
        Action::List => show::list(&catalog, &Progress::load(&catalog.root)?),
        Action::Next => show::next(&catalog, &Progress::load(&catalog.root)?),
        Action::Progress => show::progress(&catalog, &Progress::load(&catalog.root)?),
        Action::Hint { exercise } => {
            show::hint(&catalog, meant(&catalog, said(exercise.as_ref()))?)?
        }
        Action::Check { exercise, limit } => {
            child::end_all_on_signals();
            return check::check(
                &catalog,
                meant(&catalog, said(exercise.as_ref()))?,
                Duration::from_secs(limit),
            );
        }
    }
    Ok(true)
}

/// `just check` without a name hands on an empty one.
fn said(name: Option<&String>) -> Option<&str> {
    name.map(String::as_str).filter(|name| !name.is_empty())
}
