//! A recorded run: what the server's trace said, and what the clients did, in one order.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use workbench::trace::Record;

use crate::files;

/// A recording as it lies in `book/traces/NAME.json`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The chapter whose server ran.
    pub chapter: String,
    /// The server's options.
    pub options: Vec<String>,
    /// The mutant of the chapter that ran instead of it.
    #[serde(default)]
    pub mutant: Option<String>,
    /// What it ran on.
    pub machine: String,
    /// What happened. A client's deeds carry `"client": true`, and its name instead of a thread's.
    pub events: Vec<Record>,
}

/// Marks an event as a client's.
pub const CLIENT: &str = "client";

impl Recording {
    fn path(name: &str) -> PathBuf {
        files::at("book/traces").join(format!("{name}.json"))
    }

    /// Whether the script called `name` has been recorded.
    pub fn exists(name: &str) -> bool {
        Self::path(name).exists()
    }

    /// The recording called `name`.
    pub fn load(name: &str) -> Result<Self> {
        let path = Self::path(name);
        let text = files::read(&path)?;
        serde_json::from_str(&text).with_context(|| files::shown(&path))
    }

    /// Stores the recording under `name`: one event a line, so that a diff can be read.
    pub fn save(&self, name: &str) -> Result<()> {
        let events: Vec<String> = self
            .events
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<_, _>>()?;
        let mutant = match &self.mutant {
            Some(mutant) => format!("\"mutant\": {},\n", serde_json::to_string(mutant)?),
            None => String::new(),
        };
        let text = format!(
            "{{\n\"chapter\": {},\n\"options\": {},\n{mutant}\"machine\": {},\n\"events\": [\n{}\n]\n}}\n",
            serde_json::to_string(&self.chapter)?,
            serde_json::to_string(&self.options)?,
            serde_json::to_string(&self.machine)?,
            events.join(",\n"),
        );
        files::write(&Self::path(name), &text)
    }
}

/// Whether a client did it, and not the server.
pub fn by_client(event: &Record) -> bool {
    event.more.contains_key(CLIENT)
}

/// A field of an event as text; empty if it has none.
pub fn field(event: &Record, name: &str) -> String {
    match event.more.get(name) {
        None => String::new(),
        Some(value) => value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    }
}
