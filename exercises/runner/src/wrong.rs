//! `break`: shows a wrong answer fail as a reader would see it.

use std::fmt::Write;
use std::slice;

use anyhow::{Context, Result, bail};

use crate::cargo::build_tests;
use crate::catalog::{Catalog, Exercise};
use crate::declared::wrong_answers;
use crate::job::{self, Job};
use crate::round::{LIMIT, Round};
use crate::rounds::Packages;
use crate::run::{find_program, put_in_order, run_tests};
use crate::scratch::Scratch;
use crate::text::{STRONG, show, width, wrap};
use crate::verdict::{self, CALL, step};

/// Shows the wrong answer `name` to an exercise fail, as a reader would see it; without a name, what
/// there is. True if it is caught as declared.
///
/// # Errors
///
/// When there is no such answer, or it can't be built.
pub fn break_with(catalog: &Catalog, exercise: &Exercise, name: Option<&str>) -> Result<bool> {
    let answers = wrong_answers(&catalog.root, exercise)?;
    let number = exercise.number();
    let mut list = String::new();
    for answer in &answers {
        let _ = writeln!(list, "  {STRONG}{}{STRONG:#}", answer.name);
        list += &wrap("    ", &answer.wrong, width());
    }
    let Some(name) = name else {
        show(&format!(
            "\nWrong answers to {number} that are caught:\n\n{list}\n"
        ));
        show(&step("see one", &format!("{} break {number} NAME", *CALL)));
        return Ok(true);
    };
    let name = name
        .rsplit('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs");
    let Some(answer) = answers.iter().find(|answer| answer.name == name) else {
        bail!("there is no wrong answer `{name}` to {number}; these are there:\n{list}");
    };

    let scratch = Scratch::open(catalog)?;
    let jobs = job::all(catalog)?;
    let is_meant = |job: &Job| {
        job.exercise.as_ref() == Some(&number) && job.name == format!("wrong/{name}.rs")
    };
    let job = jobs
        .into_iter()
        .find(is_meant)
        .context("the wrong answer is gone")?;
    scratch.lay(&job.overlay.clone().into_iter().collect())?;
    let packages = Packages::read(&scratch.tree)?;
    let round = Round {
        scratch: &scratch,
        packages: &packages,
        times: 1,
    };
    let build = build_tests(&scratch.tree, round.arguments(slice::from_ref(&job))?)?;
    if !build.succeeded {
        show(&verdict::compile_errors(exercise, &build));
        return Ok(false);
    }
    let folder = scratch.tree.join(&job.folder);
    let program = find_program(&build, &folder)?;
    let mut run = run_tests(program, &[], LIMIT)?;
    put_in_order(&mut run.tests, &folder.join("tests/check/suite.rs"));
    show(&format!("\n{STRONG}{number}, a wrong answer{STRONG:#}\n"));
    show(&wrap("  ", &answer.wrong, width()));
    show(&format!("\n{}\n", verdict::outcome(&run)));
    let file = exercise.solution().join("wrong").join(format!("{name}.rs"));
    show(&step("its code", &file.display().to_string()));
    match job.judge(&run) {
        Ok(()) => show(&step("caught by", &answer.caught_by)),
        Err(miss) => show(&step("not as declared", &miss)),
    }
    Ok(job.judge(&run).is_ok())
}
