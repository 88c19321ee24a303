//! `cargo run --release -p book-compare -- --help`
//!
//! The same bounded load against the servers of chapters 01 to 05: [`load`] sends lines and takes the
//! time, [`measure`] gives every server its turns, [`report`] and [`plot`] write down what came of it.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

mod calls;
mod load;
mod machine;
mod measure;
mod plot;
mod report;
mod server;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use clap::Parser;

use machine::Machine;
use measure::{FULL, QUICK, measure};
use server::KINDS;

/// Compare the servers of chapters 01 to 05 under the same load
#[derive(Parser)]
#[command(
    name = "compare",
    after_help = "Takes about five minutes. Close what else keeps the machine busy: it distorts the figures."
)]
struct Options {
    /// Less of everything, in less than half a minute
    #[arg(long)]
    quick: bool,

    /// Folder for compare.md and compare.svg
    #[arg(long, value_name = "FOLDER", default_value = "book/src/generated")]
    into: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    ensure!(
        !cfg!(debug_assertions),
        "this measures speed: call it as cargo run --release -p book-compare"
    );
    let into = &options.into;
    ensure!(
        into.is_dir(),
        "{} is no folder; call this in the workbook's own, or say --into FOLDER",
        into.display()
    );
    build_servers()?;
    let program = env::current_exe()?;
    let programs = program.parent().context("a program lies in a folder")?;
    let machine = Machine::look()?;
    let plan = if options.quick { &QUICK } else { &FULL };
    let results = measure(plan, &machine, programs)?;
    write(
        &into.join("compare.md"),
        &report::markdown(&results, &machine),
    )?;
    write(&into.join("compare.svg"), &plot::svg(&results))
}

/// Builds the servers as this program was built, beside it.
fn build_servers() -> Result<()> {
    let packages: BTreeSet<_> = KINDS.iter().map(|kind| kind.package).collect();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--bins"]);
    for package in packages {
        cargo.args(["-p", package]);
    }
    ensure!(cargo.status()?.success(), "the servers could not be built");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
