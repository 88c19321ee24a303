//! `break`: shows a wrong answer or a mutant fail, as a reader would see it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::slice;

use anyhow::{Context, Result};
use declared::{Mutant, Problems, WrongAnswer, chapters_with_mutants, mutants, wrong_answers};

use crate::catalog::Catalog;
use crate::diff::diff;
use crate::exercise::{Exercise, is_called};
use crate::job::{self, Job};
use crate::packages::Packages;
use crate::round::{LIMIT, Machine, Round};
use crate::run::{put_in_order, run_tests};
use crate::scratch::Scratch;
use crate::text::{FAINT, STRONG, paint, show, show_on_stderr, width, wrap};
use crate::unknown::Unknown;
use crate::verdict::{self, CALL, step};

/// Lines around each change.
const AROUND: usize = 3;

/// What to show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it changes, and how it fails.
    Failure,
    /// The file as it is then, and nothing else.
    WholeFile,
}

/// One that can be shown.
struct Case {
    name: String,
    /// What is wrong with it.
    wrong: String,
    caught_by: String,
    /// What it changes, for the screen.
    change: String,
    text: String,
    declared_in: PathBuf,
    /// The files with the tests, from simple to hard; none where the order is of no interest.
    suites: Vec<PathBuf>,
    job: Job,
}

/// Shows the wrong answer to the exercise, or the mutant of the chapter, that `name` means; without
/// `which`, what there is. True if it is caught as declared.
///
/// # Errors
///
/// When there is none of that name, it is declared wrongly, or it can't be built.
pub fn break_with(catalog: &Catalog, name: &str, which: Option<&str>, part: Part) -> Result<bool> {
    let chapters = chapters_with_mutants(&catalog.root).context("chapters/ can't be read")?;
    let chapter = chapters.iter().find(|chapter| is_called(chapter, name));
    let mut problems = Problems::default();
    let (kinds, of, cases): (_, _, Vec<_>) = if let Some(chapter) = chapter {
        let found = mutants(&catalog.root, chapter, &mut problems);
        let cases = found.into_iter().map(|one| Case::mutant(chapter, one));
        ("mutants of", chapter.clone(), cases.collect())
    } else {
        let exercise = catalog.get(name)?;
        let found = wrong_answers(&catalog.root, &exercise.declarations(), &mut problems);
        let cases = found.into_iter().map(|one| Case::answer(exercise, one));
        ("wrong answers to", exercise.number(), cases.collect())
    };
    problems.into_result()?;
    let mut list = format!("\nThe {kinds} {of} that are caught:\n\n");
    for case in &cases {
        let _ = writeln!(list, "  {STRONG}{}{STRONG:#}", case.name);
        list += &wrap("    ", &case.wrong, width());
    }
    let Some(which) = which else {
        show(&format!("{list}\n"));
        show(&step("see one", &format!("{} break {of} NAME", *CALL)));
        return Ok(true);
    };
    let Some(case) = cases.iter().find(|case| case.name == which) else {
        let reason = format!("there is no `{which}` among the {kinds} {of}; above are all of them");
        return Err(Unknown { list, reason }.into());
    };
    match part {
        Part::WholeFile => {
            show(&case.text);
            Ok(true)
        }
        Part::Failure => case.fail(catalog, &of),
    }
}

impl Case {
    fn answer(exercise: &Exercise, answer: WrongAnswer) -> Self {
        let change = match &answer.original {
            Some(original) => change(&original.file, &original.text, &answer.text),
            None => answer.text.clone(),
        };
        Self {
            name: answer.name.clone(),
            wrong: answer.wrong.clone(),
            caught_by: answer.caught_by.clone(),
            change,
            text: answer.text.clone(),
            declared_in: answer.declared_in.clone(),
            suites: exercise.suites(),
            job: job::wrong(exercise, answer),
        }
    }

    fn mutant(chapter: &str, mutant: Mutant) -> Self {
        Self {
            name: mutant.name.clone(),
            wrong: format!("takes out {}", mutant.takes_out),
            caught_by: format!("{}::{}", mutant.target, mutant.test),
            change: change(&mutant.file, &mutant.original, &mutant.text),
            text: mutant.text.clone(),
            declared_in: Path::new("chapters").join(chapter).join("mutants.toml"),
            suites: Vec::new(),
            job: job::mutant(chapter, mutant),
        }
    }

    /// Shows what is changed, builds it, and shows how it fails. True if that is as declared.
    fn fail(&self, catalog: &Catalog, of: &str) -> Result<bool> {
        let mut out = format!("\n{STRONG}{of}, {}{STRONG:#}\n", self.name);
        out += &wrap("  ", &self.wrong, width());
        show(&format!("{out}\n{}\n", self.change));

        show_on_stderr(&paint(FAINT, "building it and running its tests …\n"));
        let scratch = Scratch::open(catalog)?;
        let tree = scratch.tree(1);
        tree.lay(&self.job.overlay.clone().into_iter().collect())?;
        let packages = Packages::read(&tree.root)?;
        let round = Round {
            machine: &Machine::new(),
            tree: &tree,
            packages: &packages,
            times: 1,
        };
        let build = round.build_tests(slice::from_ref(&self.job))?;
        let folder = tree.root.join(&self.job.folder);
        if !build.succeeded {
            let errors = build.diagnostics.iter().filter(|found| found.is_error);
            show(
                &errors
                    .map(|error| error.rendered.as_str())
                    .collect::<String>(),
            );
            show(&step("but", "it does not compile"));
            return Ok(false);
        }
        let program = build
            .program(&folder, &self.job.target)
            .with_context(|| format!("there is no test target `{}`", self.job.target))?;
        let mut run = run_tests(program, &self.job.arguments(), LIMIT)?;
        put_in_order(&mut run.tests, &catalog.root, &self.suites);
        let judged = self.job.judge(&run);

        let mut out = verdict::outcome(&run);
        out.push('\n');
        out += &step("declared", &self.declared_in.display().to_string());
        out += &step(
            "whole",
            &format!("{} break {of} {} --whole", *CALL, self.name),
        );
        out += &match &judged {
            Ok(()) => step("caught by", &self.caught_by),
            Err(miss) => step("but", &format!("not as declared: {miss}")),
        };
        show(&out);
        Ok(judged.is_ok())
    }
}

/// What turns `original` into `text`, below the name of the file.
fn change(file: &Path, original: &str, text: &str) -> String {
    let name = paint(FAINT, &format!("  {}", file.display()));
    format!("{name}\n{}", diff(original, text, AROUND))
}
