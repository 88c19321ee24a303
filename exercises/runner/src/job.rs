//! What `verify` has to show, one thing at a time: lay a file over the tree, build, run the tests,
//! compare with what was declared.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use declared::{Mutant, Problems, WrongAnswer, chapters_with_mutants, mutants, wrong_answers};

use crate::catalog::Catalog;
use crate::exercise::{Exercise, is_called};
use crate::libtest::{Outcome, Test};
use crate::run::Run;
use crate::stage::CHAPTERS_TARGET;

#[derive(Debug)]
pub struct Job {
    /// The chapter's folder, and the exercise's number where it is about one.
    pub chapter: String,
    pub exercise: Option<String>,
    pub kind: Kind,
    pub name: String,
    /// The package to test: its folder below the root, the test target, and the one test if not
    /// all.
    pub folder: PathBuf,
    pub target: String,
    pub only: Option<String>,
    /// The file to lay over the tree.
    pub overlay: Option<(PathBuf, Vec<u8>)>,
    pub expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Shipped,
    Solution,
    Wrong,
    Mutant,
}

#[derive(Debug)]
pub enum Expect {
    AllPass,
    /// All fail: nothing is written yet.
    NonePasses,
    /// Just these fail.
    Fail(BTreeSet<String>),
    /// This one fails, with these words, and not all others do.
    Caught {
        by: String,
        says: Vec<String>,
    },
    /// This one fails.
    Fails(String),
}

/// Everything that has been declared, in the order of the book.
///
/// # Errors
///
/// When declarations are wrong; the error names all of them.
pub fn all(catalog: &Catalog) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    let mut problems = Problems::default();
    for exercise in &catalog.exercises {
        jobs.extend(of_exercise(catalog, exercise, &mut problems));
    }
    for chapter in chapters_with_mutants(&catalog.root).context("chapters/ can't be read")? {
        let mutants = mutants(&catalog.root, &chapter, &mut problems);
        jobs.extend(mutants.into_iter().map(|one| mutant(&chapter, one)));
    }
    problems.into_result()?;
    Ok(jobs)
}

fn of_exercise(catalog: &Catalog, exercise: &Exercise, problems: &mut Problems) -> Vec<Job> {
    let fails = match &exercise.stage {
        Some(_) => Expect::NonePasses,
        None => Expect::Fail(exercise.card.fails.iter().cloned().collect()),
    };
    let shipped = of_suite(exercise, Kind::Shipped, "as shipped".to_owned(), fails);
    let target = match &exercise.stage {
        Some(_) => CHAPTERS_TARGET.to_owned(),
        None => exercise.target(),
    };
    let solution = Job {
        folder: exercise.solution(),
        target,
        ..of_suite(
            exercise,
            Kind::Solution,
            "solution".to_owned(),
            Expect::AllPass,
        )
    };
    let mut jobs = vec![shipped, solution];
    let answers = wrong_answers(&catalog.root, &exercise.declarations(), problems);
    for answer in &answers {
        if let Some(file) = &answer.chapters_file
            && !(exercise.stage.is_some() && file.starts_with(exercise.solution()))
        {
            let chapter = exercise.solution().display().to_string();
            let what = format!("`in` has to be a file of the stage's chapter, {chapter}");
            problems.note(&answer.declared_in, &answer.name, what);
        }
    }
    jobs.extend(answers.into_iter().map(|answer| wrong(exercise, answer)));
    jobs
}

/// Shows that a mutant of `chapter` is caught.
pub fn mutant(chapter: &str, mutant: Mutant) -> Job {
    Job {
        chapter: chapter.to_owned(),
        exercise: None,
        kind: Kind::Mutant,
        name: format!("mutant {}", mutant.name),
        folder: PathBuf::from("chapters").join(chapter),
        target: mutant.target,
        only: Some(mutant.test.clone()),
        overlay: Some((mutant.file, mutant.text.into_bytes())),
        expect: Expect::Fails(mutant.test),
    }
}

/// Shows that a wrong answer is caught; to a stage, that may be its chapter with something changed.
pub fn wrong(exercise: &Exercise, answer: WrongAnswer) -> Job {
    let text = answer.text.into_bytes();
    let (folder, target, file) = match answer.chapters_file {
        Some(file) => (exercise.solution(), CHAPTERS_TARGET.to_owned(), file),
        None => (exercise.home(), exercise.target(), exercise.file()),
    };
    Job {
        folder,
        target,
        overlay: Some((file, text)),
        ..of_suite(
            exercise,
            Kind::Wrong,
            format!("wrong answer {}", answer.name),
            Expect::Caught {
                by: answer.caught_by,
                says: answer.says,
            },
        )
    }
}

/// Runs an exercise's whole suite.
fn of_suite(exercise: &Exercise, kind: Kind, name: String, expect: Expect) -> Job {
    Job {
        chapter: exercise.chapter.clone(),
        exercise: Some(exercise.number()),
        kind,
        name,
        folder: exercise.home(),
        target: exercise.target(),
        only: None,
        overlay: None,
        expect,
    }
}

impl Job {
    /// The row of the summary that it belongs to: `01-1` or `01-blocking`.
    pub fn row(&self) -> &str {
        self.exercise.as_deref().unwrap_or(&self.chapter)
    }

    /// The arguments after the test program's name.
    pub fn arguments(&self) -> Vec<&str> {
        self.only
            .iter()
            .flat_map(|test| ["--exact", test])
            .collect()
    }

    /// Compares a run with what was declared; the error says what is different.
    pub fn judge(&self, run: &Run) -> Result<(), String> {
        if let Some(why) = &run.abnormal {
            return Err(why.clone());
        }
        match &self.expect {
            Expect::AllPass if run.passed() => Ok(()),
            Expect::AllPass => Err(format!("not all tests pass: {}", list(&run.failed()))),
            Expect::NonePasses => match run.tests.iter().find(|test| test.passed()) {
                Some(test) => Err(format!("{} passes, and nothing is written yet", test.name)),
                None => Ok(()),
            },
            Expect::Fail(declared) => compare(run, declared),
            Expect::Caught { by, says } => {
                let words = self.failure(run, by)?;
                if !run.tests.iter().any(Test::passed) {
                    return Err("all tests fail: it is too far from a right answer".to_owned());
                }
                let words = one_line(words);
                match says.iter().find(|says| !words.contains(&one_line(says))) {
                    Some(says) => Err(format!("{by} fails, but does not say `{says}`")),
                    None => Ok(()),
                }
            }
            Expect::Fails(test) => self.failure(run, test).map(|_| ()),
        }
    }

    fn failure<'a>(&self, run: &'a Run, name: &str) -> Result<&'a str, String> {
        match run.test(name).map(|test| &test.outcome) {
            Some(Outcome::Failed(words)) => Ok(words),
            Some(_) => Err(format!("{name} should have caught it, but passes")),
            None => Err(format!(
                "the test target `{}` has no test {name}",
                self.target
            )),
        }
    }
}

fn compare(run: &Run, declared: &BTreeSet<String>) -> Result<(), String> {
    let failed: BTreeSet<String> = run.failed().into_iter().map(str::to_owned).collect();
    let mut difference = String::new();
    for test in failed.difference(declared) {
        let _ = write!(difference, "{test} fails but is not in `fails`; ");
    }
    for test in declared.difference(&failed) {
        let found = if run.test(test).is_some() {
            "passes"
        } else {
            "is no test of the suite"
        };
        let _ = write!(difference, "{test} is in `fails` but {found}; ");
    }
    if difference.is_empty() {
        Ok(())
    } else {
        Err(difference.trim_end_matches("; ").to_owned())
    }
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        "there are none".to_owned()
    } else {
        names.join(", ")
    }
}

/// Wherever lines were broken, words are compared.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The jobs that `name` means: those of an exercise or of a chapter.
///
/// # Errors
///
/// When it means neither.
pub fn of(catalog: &Catalog, jobs: Vec<Job>, name: &str) -> Result<Vec<Job>> {
    let is_chapter = |job: &Job| is_called(&job.chapter, name);
    if jobs.iter().any(is_chapter) {
        return Ok(jobs.into_iter().filter(is_chapter).collect());
    }
    let meant = catalog
        .get(name)
        .context("verify takes an exercise or a chapter")?
        .number();
    Ok(jobs
        .into_iter()
        .filter(|job| job.exercise.as_ref() == Some(&meant))
        .collect())
}
