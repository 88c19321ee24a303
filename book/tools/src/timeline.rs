//! A recording as the page shows it: a table for all, and the frames that the player steps through.
//!
//! Each event becomes a frame: a sentence, the lanes it runs between, and what changed on both
//! sides. What the *server knows* comes from its own trace. What the *kernel must hold* is derived
//! from what clients and server did, and the page says so.

mod connection;
mod epoll;
mod events;
mod fold;
mod foresight;
mod http;
mod page;
mod rows;
mod state;
mod task;
mod websocket;
mod words;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;
use workbench::trace::Record;

use crate::recording::{Recording, by_client, field};
use crate::script::Script;
use foresight::Foresight;
use rows::Fill;
use state::State;
use task::Task;

pub use fold::Fold;
pub use page::html;

/// What happened to each row since the frame before: its new text, or nothing if it went.
type Changes<T> = BTreeMap<String, Option<T>>;

/// One event, as the player shows it.
#[derive(Debug, Serialize)]
pub struct Frame {
    /// Microseconds since the trace began.
    t: u64,
    /// The event's kind.
    kind: String,
    /// The event in words.
    say: String,
    /// The lane whose deed it is.
    from: String,
    /// The lane that it touches.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// What the server knows.
    server: Changes<String>,
    /// What the kernel must hold.
    kernel: Changes<String>,
    /// How each lane is drawn.
    fill: Changes<Fill>,
}

impl Frame {
    /// What the kernel holds that it didn't hold before.
    fn holds(&self) -> String {
        let holds = self.kernel.iter();
        let holds = holds.filter_map(|(row, text)| Some(format!("{row}: {}", text.as_ref()?)));
        holds.collect::<Vec<_>>().join("; ")
    }
}

/// A row of the picture: a client, a descriptor, a task or a thread.
#[derive(Debug, Serialize)]
pub struct Lane {
    /// Its name in the frames.
    id: String,
    /// `client`, `fd`, `task` or `thread`.
    kind: &'static str,
    /// What else there is to say of it.
    note: &'static str,
}

/// The whole picture.
#[derive(Debug, Serialize)]
pub struct Timeline {
    lanes: Vec<Lane>,
    frames: Vec<Frame>,
}

/// From this chapter on, readers know that a wait leads to a read, and an answer to a wait.
const JOINED_FROM: &str = "05";

impl Timeline {
    /// The timeline called `name`, as its script wants it shown.
    ///
    /// # Errors
    ///
    /// If there is no such recording or script, or the script quotes words that no step says.
    pub fn load(name: &str) -> Result<Self> {
        let script = Script::load(name)?;
        let mut timeline = Self::new(&Recording::load(name)?);
        let joined = name >= JOINED_FROM;
        let until = script.until.as_deref();
        timeline.frames = fold::folded(timeline.frames, &script.folds, until, joined)
            .with_context(|| format!("book/traces/{name}.toml"))?;
        Ok(timeline)
    }

    /// Derives the frames from what was recorded.
    pub fn new(recording: &Recording) -> Self {
        let foresight = Foresight::new(&recording.events);
        let mut state = State::new(&foresight);
        let mut before = state.rows();
        let mut lanes = Lanes::default();
        let mut frames = Vec::new();
        for (index, event) in recording.events.iter().enumerate() {
            let (from, to) = ends(event, &state);
            let earlier = state.clone();
            state.apply(index, event);
            let say = words::say(event, &earlier, &state);
            // A recording ends when all is at rest: who is not in a call by then has ended.
            let is_last = !recording.events[index + 1..]
                .iter()
                .any(|later| later.thread == from);
            if is_last && event.event != "wait" {
                state.end_thread(&from);
            }
            let after = state.rows();
            lanes.add(&from, lane_kind(event));
            let task = Task::of(event);
            if let Some(task) = &task {
                lanes.add(task, "task");
            }
            for id in to.iter().chain(&event.fd.map(fd)) {
                if task.as_ref() != Some(id) {
                    lanes.add(id, "fd");
                }
            }
            frames.push(Frame {
                t: event.t,
                kind: kind(event),
                say,
                from,
                to,
                server: changes(&before.server, &after.server),
                kernel: changes(&before.kernel, &after.kernel),
                fill: changes(&before.fill, &after.fill),
            });
            before = after;
        }
        let mut lanes = lanes.in_order();
        for lane in &mut lanes {
            let is_listener = |event: &&Record| {
                event.event == "listen" && event.fd.map(fd).as_ref() == Some(&lane.id)
            };
            match lane.kind {
                "thread" => lane.note = "thread",
                "fd" if recording.events.iter().any(|event| is_listener(&event)) => {
                    lane.note = "listener";
                }
                _ => {}
            }
        }
        Self { lanes, frames }
    }

    /// What the page's table says of each step: what happens, and what the kernel must hold.
    pub fn texts(&self) -> Vec<String> {
        let frames = self.frames.iter();
        frames
            .map(|frame| format!("{} {}", frame.say, frame.holds()))
            .collect()
    }
}

/// The lanes in the order of their first events.
#[derive(Default)]
struct Lanes(Vec<(String, &'static str)>);

impl Lanes {
    fn add(&mut self, id: &str, kind: &'static str) {
        if !self.0.iter().any(|(known, _)| known == id) {
            self.0.push((id.to_owned(), kind));
        }
    }

    /// From the outside to the inside: clients, descriptors, tasks, threads.
    fn in_order(self) -> Vec<Lane> {
        ["client", "fd", "task", "thread"]
            .iter()
            .flat_map(|wanted| self.0.iter().filter(move |(_, kind)| kind == wanted))
            .map(|(id, kind)| Lane {
                id: id.clone(),
                kind,
                note: "",
            })
            .collect()
    }
}

fn lane_kind(event: &Record) -> &'static str {
    if by_client(event) { "client" } else { "thread" }
}

/// The lanes that an event runs between: a client and the descriptor its bytes come to, or a
/// thread and the descriptor it is about.
fn ends(event: &Record, state: &State) -> (String, Option<String>) {
    let from = event.thread.clone();
    if let Some(task) = Task::of(event) {
        return (from, Some(task));
    }
    let to = if by_client(event) {
        let address = field(event, "address");
        match event.event.as_str() {
            "connect" => state.listener_for(&address),
            _ => state.reached_by(&event.thread),
        }
    } else if event.event == "accept" {
        field(event, "listener").parse().ok()
    } else {
        event.fd
    };
    (from, to.map(fd))
}

/// An event's kind, as the player knows it: of frames it has two.
fn kind(event: &Record) -> String {
    match field(event, "way").as_str() {
        "" => event.event.clone(),
        way => format!("{} {way}", event.event),
    }
}

/// A descriptor's name in the picture.
fn fd(number: i64) -> String {
    format!("fd {number}")
}

/// An epoll's name in the picture.
fn epoll_name(number: i64) -> String {
    match number {
        0 => "epoll".into(),
        number => format!("epoll {number}"),
    }
}

fn changes<T: Clone + PartialEq>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
) -> Changes<T> {
    let gone = before
        .keys()
        .filter(|key| !after.contains_key(*key))
        .map(|key| (key.clone(), None));
    let new = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value));
    gone.chain(new.map(|(key, value)| (key.clone(), Some(value.clone()))))
        .collect()
}

#[cfg(test)]
mod tests;
