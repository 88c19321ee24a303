//! Which jobs can be done at once: one build serves a whole round.
//!
//! Two jobs disturb each other if both change one package, or if one changes a package that the
//! other's stands on.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::job::Job;

/// The packages of the workspace, by their folders below the root.
pub struct Packages {
    packages: BTreeMap<PathBuf, Package>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    /// What can be tested: `lib`, and the files and folders of `tests/`.
    targets: BTreeSet<String>,
    /// The folders of the workspace's packages that it depends on, directly.
    stands_on: Vec<PathBuf>,
}

impl Packages {
    /// Asks cargo for the packages of the workspace and what they depend on.
    ///
    /// # Errors
    ///
    /// When cargo can't be run or finds the workspace broken.
    pub fn read(root: &Path) -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(root)
            .output()
            .context("cargo can't be run")?;
        ensure!(
            output.status.success(),
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
        let below = |path: &Path| {
            path.strip_prefix(&metadata.workspace_root)
                .unwrap_or(path)
                .to_owned()
        };
        let packages = metadata.packages.iter().map(|package| {
            let folder = below(
                package
                    .manifest_path
                    .parent()
                    .unwrap_or(&package.manifest_path),
            );
            let stands_on = package
                .dependencies
                .iter()
                .filter_map(|dependency| dependency.path.as_deref().map(below));
            (
                folder,
                Package {
                    name: package.name.clone(),
                    targets: package.targets.iter().filter_map(Target::tested).collect(),
                    stands_on: stands_on.collect(),
                },
            )
        });
        Ok(Self {
            packages: packages.collect(),
        })
    }

    /// What to tell cargo, so that it builds the tests of these jobs.
    ///
    /// It is told of all packages that have no such test, too. That builds none of them, but cargo
    /// unites the features of whatever is selected: so each build finds what others have left,
    /// instead of building nix, and all that stands on it, once more for each set of features.
    ///
    /// # Errors
    ///
    /// When a job's folder holds no package.
    pub fn selection<'a>(&self, jobs: impl IntoIterator<Item = &'a Job>) -> Result<Vec<String>> {
        let mut targets = BTreeSet::new();
        let mut selected = BTreeSet::new();
        for job in jobs {
            targets.insert(&job.target);
            let package = self.packages.get(&job.folder);
            selected.insert(package.with_context(|| {
                let folder = job.folder.display();
                format!("{folder} is no package")
            })?);
        }
        let others = self.packages.values();
        selected.extend(
            others.filter(|other| !targets.iter().any(|&name| other.targets.contains(name))),
        );
        let packages = selected
            .into_iter()
            .flat_map(|package| ["-p".to_owned(), package.name.clone()]);
        let targets = targets
            .into_iter()
            .flat_map(|target| match target.as_str() {
                "lib" => vec!["--lib".to_owned()],
                target => vec!["--test".to_owned(), target.to_owned()],
            });
        Ok(packages.chain(targets).collect())
    }

    /// Puts each job into the first round in which it disturbs none.
    pub fn rounds(&self, jobs: Vec<Job>) -> Vec<Vec<Job>> {
        let mut rounds: Vec<Vec<Job>> = Vec::new();
        for job in jobs {
            match rounds
                .iter()
                .position(|round| round.iter().all(|other| !self.disturb(&job, other)))
            {
                Some(round) => rounds[round].push(job),
                None => rounds.push(vec![job]),
            }
        }
        rounds
    }

    fn disturb(&self, a: &Job, b: &Job) -> bool {
        let changes =
            |a: &Job, b: &Job| a.overlay.is_some() && self.below(&b.folder).contains(&a.folder);
        a.folder == b.folder || changes(a, b) || changes(b, a)
    }

    /// All packages that `folder` stands on, at any depth.
    fn below(&self, folder: &Path) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            for next in self
                .packages
                .get(&folder)
                .into_iter()
                .flat_map(|package| &package.stands_on)
            {
                if found.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        found
    }
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Target {
    fn tested(&self) -> Option<String> {
        match self.kind.first()?.as_str() {
            "lib" => Some("lib".to_owned()),
            "test" => Some(self.name.clone()),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Expect, Kind};

    fn job(folder: &str, target: &str) -> Job {
        Job {
            chapter: String::new(),
            exercise: None,
            kind: Kind::Mutant,
            name: String::new(),
            folder: folder.into(),
            target: target.to_owned(),
            only: None,
            overlay: None,
            expect: Expect::AllPass,
        }
    }

    fn packages() -> Packages {
        let package = |name: &str, targets: &[&str]| {
            let targets = targets.iter().map(|&target| target.to_owned()).collect();
            let package = Package {
                name: name.to_owned(),
                targets,
                stands_on: Vec::new(),
            };
            (PathBuf::from(name), package)
        };
        Packages {
            packages: [
                package("one", &["lib", "server"]),
                package("other", &["lib", "server"]),
                package("tool", &["claims"]),
            ]
            .into(),
        }
    }

    #[test]
    fn what_has_no_such_test_is_selected_too_so_that_features_are_the_same() {
        let selection = packages()
            .selection(&[job("one", "server")])
            .expect("it is there");
        assert_eq!(selection, ["-p", "one", "-p", "tool", "--test", "server"]);
    }

    #[test]
    fn no_other_packages_library_is_tested() {
        let selection = packages()
            .selection(&[job("other", "lib")])
            .expect("it is there");
        assert_eq!(selection, ["-p", "other", "-p", "tool", "--lib"]);
    }

    #[test]
    fn a_folder_without_a_package_is_named() {
        let error = packages()
            .selection(&[job("none", "lib")])
            .expect_err("there is none");
        assert_eq!(error.to_string(), "none is no package");
    }
}
