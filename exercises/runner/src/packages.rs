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

struct Package {
    name: String,
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
                    stands_on: stands_on.collect(),
                },
            )
        });
        Ok(Self {
            packages: packages.collect(),
        })
    }

    /// The name of the package in a folder.
    ///
    /// # Errors
    ///
    /// When there is no package.
    pub fn name(&self, folder: &Path) -> Result<&str> {
        let package = self.packages.get(folder);
        package
            .map(|package| package.name.as_str())
            .with_context(|| format!("{} is no package", folder.display()))
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
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
}
