//! `break`: shows a wrong answer fail as a reader would see it.

use std::fmt::Write;
use std::slice;

use anyhow::{Result, bail};

use crate::catalog::Catalog;
use crate::declared::wrong_answers;
use crate::exercise::Exercise;
use crate::job;
use crate::packages::Packages;
use crate::round::{LIMIT, Machine, Round};
use crate::run::{find_program, put_in_order, run_tests};
use crate::scratch::Scratch;
use crate::text::{STRONG, show, width, wrap};
use crate::verdict::{self, CALL, step};

/// Shows the wrong answer `name` to an exercise fail, as a reader would see it; without a name,
/// what there is. True if it is caught as declared.
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
    let Some(answer) = answers.into_iter().find(|answer| answer.name == name) else {
        bail!("there is no wrong answer `{name}` to {number}; these are there:\n{list}");
    };
    let (wrong, caught_by) = (answer.wrong.clone(), answer.caught_by.clone());
    let job = job::wrong(exercise, answer);

    let scratch = Scratch::open(catalog)?;
    let tree = scratch.tree(1);
    tree.lay(&job.overlay.clone().into_iter().collect())?;
    let packages = Packages::read(&tree.root)?;
    let round = Round {
        machine: &Machine::new(),
        tree: &tree,
        packages: &packages,
        times: 1,
    };
    let build = round.build_tests(slice::from_ref(&job))?;
    if !build.succeeded {
        show(&verdict::compile_errors(exercise, &build));
        return Ok(false);
    }
    let folder = tree.root.join(&job.folder);
    let mut run = run_tests(find_program(&build, &folder)?, &[], LIMIT)?;
    put_in_order(&mut run.tests, &folder.join("tests/check/suite.rs"));
    let judged = job.judge(&run);

    let mut out = format!("\n{STRONG}{number}, a wrong answer{STRONG:#}\n");
    out += &wrap("  ", &wrong, width());
    let _ = writeln!(out, "\n{}", verdict::outcome(&run));
    let file = exercise.solution().join("wrong").join(format!("{name}.rs"));
    out += &step("its code", &file.display().to_string());
    out += &match &judged {
        Ok(()) => step("caught by", &caught_by),
        Err(miss) => step("but", &format!("not as declared: {miss}")),
    };
    show(&out);
    Ok(judged.is_ok())
}
