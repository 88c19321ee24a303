//! Checks an exercise again at every save.
//!
//! One thread sleeps in `recv`; keys, saves, signals and the end of a check come in as [`Event`]s.
//! The check is a process of its own, so that a save can end it at any time: an answer that hangs,
//! or a build that takes long, holds up nothing.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::catalog::Catalog;
use crate::child::{on_signals, pid, wait_for_end};
use crate::exercise::Exercise;
use crate::keys::{Key, Keys};
use crate::picker::{Picked, Picker};
use crate::progress::Progress;
use crate::screen;
use crate::show;
use crate::stage::FOLDER;
use crate::text::{FAINT, paint, show, warn};

/// Editors save in several steps; the check starts once they have paused for so long.
const SETTLE: Duration = Duration::from_millis(40);
/// How long a check that was asked to end may take before it is killed.
const PATIENCE: Duration = Duration::from_secs(1);

enum Event {
    Key(Key),
    Saved(PathBuf),
    /// The check with this number has ended.
    Ended(u32),
    Stop,
}

/// Checks `exercise` now and at every save, until the reader quits.
///
/// # Errors
///
/// When a check can't be started.
pub fn watch(catalog: &Catalog, exercise: &Exercise, limit: u64) -> Result<()> {
    let (sender, events) = mpsc::channel();
    let stop = sender.clone();
    on_signals(move |_| drop(stop.send(Event::Stop)));
    let pressed = sender.clone();
    let _keys = Keys::read(move |key| pressed.send(Event::Key(key)).is_ok());
    let _watcher = watch_files(catalog, &sender).inspect_err(|error| {
        warn(&format!(
            "saves can't be seen ({error}): press r to check again"
        ));
    });

    let mut session = Session {
        catalog,
        exercise,
        limit,
        sender,
        check: None,
        count: 0,
        picker: None,
        was_cut: false,
    };
    session.check()?;
    session.listen(&events)
    // Dropping the session ends its check, dropping `_keys` gives the terminal back.
}

struct Session<'a> {
    catalog: &'a Catalog,
    exercise: &'a Exercise,
    limit: u64,
    sender: Sender<Event>,
    check: Option<Check>,
    /// How many checks were started.
    count: u32,
    /// The list, while it is open. A check that is running then is ended: it would write over it.
    picker: Option<Picker<'a>>,
    /// Whether opening it has ended a check.
    was_cut: bool,
}

impl Session<'_> {
    fn listen(&mut self, events: &Receiver<Event>) -> Result<()> {
        let mut saved = false;
        loop {
            let event = if saved {
                match events.recv_timeout(SETTLE) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => {
                        saved = false;
                        self.check()?;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            } else {
                let Ok(event) = events.recv() else {
                    return Ok(());
                };
                event
            };
            match event {
                Event::Saved(path) => saved |= self.concerns(&path),
                Event::Ended(number) => self.ended(number),
                Event::Key(key) if self.picker.is_some() => self.pick(key)?,
                Event::Key(Key::Char('q')) | Event::Stop => return Ok(()),
                Event::Key(Key::Char('r')) => self.check()?,
                Event::Key(Key::Char('n')) => self.go_on()?,
                Event::Key(Key::Char('h')) => {
                    show::hint(self.catalog, self.exercise)?;
                    show(&menu());
                }
                Event::Key(Key::Char('l')) => {
                    let progress = Progress::load(&self.catalog.root)?;
                    self.was_cut = self.check.take().is_some();
                    self.picker = Some(Picker::open(self.catalog, progress, self.exercise));
                }
                Event::Key(_) => {}
            }
        }
    }

    /// A key while the list is open.
    fn pick(&mut self, key: Key) -> Result<()> {
        let Some(picker) = &mut self.picker else {
            return Ok(());
        };
        match picker.press(key) {
            Picked::Open => return Ok(()),
            Picked::Taken(exercise) => self.exercise = exercise,
            Picked::Closed if self.was_cut => {}
            Picked::Closed => {
                self.picker = None; // the verdict is back on the screen …
                if !screen::is_controlled() {
                    show(&menu()); // … or far above
                }
                return Ok(());
            }
        }
        self.check()
    }

    /// Starts a check, and ends the one before it. It closes the list.
    fn check(&mut self) -> Result<()> {
        self.check = None;
        self.picker = None;
        screen::clear();
        self.count += 1;
        self.check = Some(Check::start(
            self.catalog,
            self.exercise,
            self.limit,
            self.count,
            &self.sender,
        )?);
        Ok(())
    }

    fn ended(&mut self, number: u32) {
        if self
            .check
            .as_ref()
            .is_some_and(|check| check.number == number)
        {
            self.check = None;
            show(&menu());
        }
    }

    /// Goes to the next unsolved exercise behind this one, else to the first.
    fn go_on(&mut self) -> Result<()> {
        let progress = Progress::load(&self.catalog.root)?;
        let next = progress.next_behind(self.catalog, self.exercise);
        let Some(next) = next else {
            show("No other exercise is left to solve.\n");
            return Ok(());
        };
        self.exercise = next;
        self.check()
    }

    /// Whether a file has to do with the exercise: its own, the harness's, or a chapter's.
    fn concerns(&self, path: &Path) -> bool {
        let root = &self.catalog.root;
        let kept = root.join(FOLDER).join("kept-");
        let is_kept = [".kept-", &*kept.to_string_lossy()]
            .iter()
            .any(|part| path.to_string_lossy().contains(part));
        let is_source = path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "toml");
        let folders = [
            self.exercise.home(),
            "exercises/harness".into(),
            "exercises/stages".into(),
            "chapters".into(),
        ];
        is_source
            && !is_kept
            && folders
                .iter()
                .any(|folder| path.starts_with(root.join(folder)))
    }
}

fn menu() -> String {
    paint(FAINT, "\nh hint · l list · n next · r run again · q quit\n")
}

/// A running check. Dropping it ends it and all that it started.
struct Check {
    child: Child,
    number: u32,
    ended: Receiver<()>,
}

impl Check {
    fn start(
        catalog: &Catalog,
        exercise: &Exercise,
        limit: u64,
        number: u32,
        sender: &Sender<Event>,
    ) -> Result<Self> {
        let program =
            env::current_exe().context("this program has no file any more: start watch anew")?;
        let child = Command::new(program)
            .args(["check", &exercise.number(), "--watched"])
            .args(["--limit", &limit.to_string()])
            .current_dir(&catalog.root)
            .stdin(Stdio::null())
            .process_group(0) // cargo and rustc are in it, too
            .spawn()
            .context("the check can't be started: start watch anew")?;
        let (pid, sender) = (pid(&child), sender.clone());
        let (done, ended) = mpsc::channel();
        thread::spawn(move || {
            wait_for_end(pid);
            // Nobody listens to the one if the check was ended, to the other if watch was.
            let _ = done.send(());
            let _ = sender.send(Event::Ended(number));
        });
        Ok(Self {
            child,
            number,
            ended,
        })
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        // Not yet waited for, its number is still its own.
        let group = pid(&self.child);
        let _ = killpg(group, Signal::SIGTERM);
        if self.ended.recv_timeout(PATIENCE).is_err() {
            let _ = killpg(group, Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

fn watch_files(catalog: &Catalog, sender: &Sender<Event>) -> notify::Result<RecommendedWatcher> {
    let sender = sender.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        ) {
            for path in event.paths {
                let _ = sender.send(Event::Saved(path)); // fails only when watch has ended
            }
        }
    })?;
    for folder in ["exercises", "chapters"] {
        let folder = catalog.root.join(folder);
        if folder.exists() {
            watcher.watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    Ok(watcher)
}
