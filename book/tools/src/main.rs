//! Makes and checks what the book is built from. `cargo run -p book-tools` lists the commands.

mod check;
mod claims;
mod clients;
mod exercises;
mod experiments;
mod files;
mod generate;
mod include;
mod listings;
mod merge;
mod page;
mod program;
mod record;
mod recording;
mod script;
mod steps;
mod tags;
mod tests;
mod timeline;
mod times;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo run -p book-tools -- COMMAND

  traces [NAME]   Record the timelines anew: all, those of a chapter (01-blocking), or one
  generate        Write src/generated/ from recordings, claims, exercises and chapters
  check           Look through the book's sources for everything mdBook lets pass
  build [MDBOOK]  Build the book, and check what has become of it
  test            Run all tests, several programs at once; where CI is `true`, skipped tests
                  must be listed in .ci/skips";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["traces"] => record::record_all("").and_then(|()| generate::write()),
        ["traces", name] => record::record_all(name).and_then(|()| generate::write()),
        ["generate"] => generate::write(),
        ["check"] => check::run(),
        ["build"] => check::build("mdbook"),
        ["build", mdbook] => check::build(mdbook),
        ["test"] => tests::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
