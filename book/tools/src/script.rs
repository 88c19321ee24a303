//! What the clients of a recording do, one line a step.
//!
//! ```toml
//! chapter = "01-blocking"
//! title = "Two clients, one of them idle"
//! options = ["--threads"]
//! steps = [
//!   'server waits in accept',   # until a thread of the server has begun such a call
//!   'A connects',
//!   'main waits in read',       # … until this thread has
//!   'A sends hello\n',
//!   'A receives hello\n',       # exactly these bytes
//!   'server reaches close',     # until it has said so
//! ]
//! ```
//!
//! A client also `finishes` (closes its sending direction), `sees the end`, `closes` and `resets`.
//! `A sends 3 lines of 20000 bytes` and `A receives 3 lines of 20000 bytes` spare the text,
//! `A receives 30000 bytes` takes any, `A receives 2 answers` two of HTTP, and `A connects with small buffers` keeps the kernel's buffers
//! so small that few bytes fill them. `A connects to the page` takes
//! the second of two ports, where the options have `--web-port`. `server reaches would-block in write` names the call, too.
//!
//! `server rests` waits until it has nothing more to do.
//!
//! `server is held` and `server goes on` (SIGSTOP, SIGCONT) let several things happen before it sees
//! any; `server gets SIGTERM` asks it to stop. `mutant = "drain-read"` records the chapter with a
//! guarding line taken out (`chapters/NN/mutants.toml` declares it). `file = 1000000` has the server
//! serve a directory of its own (`--root DIRECTORY`), with so many bytes in `file.bin`.
//!
//! Each step is one that can be waited for, so a recording never depends on a pause being long
//! enough. Let the server come to rest before the next client moves: the order is then certain.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::files;
use crate::timeline::Fold;

/// One line of a script.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// A client does something.
    Client(char, Act),
    /// Until the server has said so, since the last client moved.
    Until(Said),
    /// The server's process gets a signal: STOP, CONT or TERM.
    Signal(&'static str),
    /// Until all of the server's threads sleep.
    Rest,
}

/// What a client does.
#[derive(Debug, PartialEq, Eq)]
pub enum Act {
    /// Connects, and waits until the handshake is done.
    Connect(Buffers),
    /// The same with the port of the page, where the server has two.
    ConnectToPage,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Reads until exactly these bytes have come.
    Receive(Vec<u8>),
    /// Reads so many bytes, whatever they are.
    Take(usize),
    /// Reads so many answers of HTTP, whose heads say how long they are.
    TakeAnswers(usize),
    /// Closes its sending direction.
    Finish,
    /// Reads the end of the stream.
    SeeEnd,
    /// Closes the connection.
    Close,
    /// Cuts the connection with an RST.
    Reset,
}

/// How much the kernel keeps for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    /// As much as it likes.
    Usual,
    /// As little as a client can bring about.
    Small,
}

/// An event that the server's trace is to show.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// The thread; any if absent.
    pub thread: Option<String>,
    /// The kind of event.
    pub event: String,
    /// Its `call`; any if absent.
    pub call: Option<String>,
}

/// A script as it lies in `book/traces/NAME.toml`.
#[derive(Debug)]
pub struct Script {
    /// The chapter whose server runs.
    pub chapter: String,
    /// What the timeline shows.
    pub title: String,
    /// The server's options.
    pub options: Vec<String>,
    /// The mutant of the chapter that runs instead of it.
    pub mutant: Option<String>,
    /// How many bytes `file.bin` has, in the directory that is served.
    pub file: Option<usize>,
    /// Steps of the timeline that are shown as one.
    pub folds: Vec<Fold>,
    /// Words of the last step that the timeline shows.
    pub until: Option<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    chapter: String,
    title: String,
    #[serde(default)]
    options: Vec<String>,
    mutant: Option<String>,
    file: Option<usize>,
    steps: Vec<String>,
    #[serde(default)]
    fold: Vec<Fold>,
    until: Option<String>,
}

/// The names of all scripts, sorted.
pub fn names() -> Result<Vec<String>> {
    let scripts = files::below(&files::at("book/traces"), "toml")?;
    Ok(scripts.iter().map(|path| files::stem(path)).collect())
}

impl Script {
    /// The script called `name`.
    pub fn load(name: &str) -> Result<Self> {
        let path = files::at("book/traces").join(format!("{name}.toml"));
        Self::parse(&files::read(&path)?).with_context(|| files::shown(&path))
    }

    /// Whether the server has a page at a port of its own.
    pub fn has_page(&self) -> bool {
        self.options.iter().any(|option| option == "--web-port")
    }

    fn parse(text: &str) -> Result<Self> {
        let written: Written = toml::from_str(text)?;
        let steps = written
            .steps
            .iter()
            .map(|line| step(line))
            .collect::<Result<_>>()?;
        Ok(Self {
            chapter: written.chapter,
            title: written.title,
            options: written.options,
            mutant: written.mutant,
            file: written.file,
            folds: written.fold,
            until: written.until,
            steps,
        })
    }
}

fn step(line: &str) -> Result<Step> {
    let (who, what) = line.split_once(' ').unwrap_or((line, ""));
    if let [client @ b'A'..=b'Z'] = who.as_bytes() {
        return Ok(Step::Client(char::from(*client), act(line, what)?));
    }
    if line == "server rests" {
        return Ok(Step::Rest);
    }
    if let Some(signal) = match line {
        "server is held" => Some("STOP"),
        "server goes on" => Some("CONT"),
        "server gets SIGTERM" => Some("TERM"),
        _ => None,
    } {
        return Ok(Step::Signal(signal));
    }
    // A thread's name may hold spaces: `client 5 waits in read`.
    for (verb, is_wait) in [(" waits in ", true), (" reaches ", false)] {
        if let Some((thread, what)) = line.split_once(verb) {
            let thread = (thread != "server").then(|| thread.to_owned());
            let (event, call) = if is_wait {
                ("wait", Some(what))
            } else {
                what.split_once(" in ")
                    .map_or((what, None), |(event, call)| (event, Some(call)))
            };
            return Ok(Step::Until(Said {
                thread,
                event: event.to_owned(),
                call: call.map(str::to_owned),
            }));
        }
    }
    bail!(
        "`{line}`: a step begins with a client (A, B, …), or is `server waits in CALL` or `server reaches EVENT`"
    )
}

fn act(line: &str, what: &str) -> Result<Act> {
    Ok(match what.split_once(' ').unwrap_or((what, "")) {
        ("connects", "") => Act::Connect(Buffers::Usual),
        ("connects", "with small buffers") => Act::Connect(Buffers::Small),
        ("connects", "to the page") => Act::ConnectToPage,
        ("sends", text) => Act::Send(lines(line, text).map_or_else(|| bytes(text), Ok)?),
        ("receives", text) => match (count(text, "bytes"), answers(text)) {
            (Some(count), _) => Act::Take(count),
            (_, Some(count)) => Act::TakeAnswers(count),
            _ => Act::Receive(lines(line, text).map_or_else(|| bytes(text), Ok)?),
        },
        ("finishes", "") => Act::Finish,
        ("sees", "the end") => Act::SeeEnd,
        ("closes", "") => Act::Close,
        ("resets", "") => Act::Reset,
        _ => bail!(
            "`{line}`: a client connects, sends TEXT, receives TEXT, finishes, sees the end, closes or resets"
        ),
    })
}

/// `30000 bytes`.
fn count(text: &str, what: &str) -> Option<usize> {
    text.strip_suffix(what)?.strip_suffix(' ')?.parse().ok()
}

/// `1 answer`, `2 answers`.
fn answers(text: &str) -> Option<usize> {
    count(text, "answer").or_else(|| count(text, "answers"))
}

/// `3 lines of 20000 bytes`, each the client's letter over and over, and a line feed.
fn lines(line: &str, text: &str) -> Option<Vec<u8>> {
    let (lines, length) = text
        .split_once(" lines of ")
        .or_else(|| text.split_once(" line of "))?;
    let letter = line.bytes().next()?.to_ascii_lowercase();
    let mut one = vec![letter; count(length, "bytes")?.checked_sub(1)?];
    one.push(b'\n');
    Some(one.repeat(lines.parse().ok()?))
}

/// Text with `\n`, `\r`, `\\` and `\xHH`.
fn bytes(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.to_string().bytes());
            continue;
        }
        match rest.next() {
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('\\') => bytes.push(b'\\'),
            Some('x') => {
                let digits: String = rest.by_ref().take(2).collect();
                let byte = u8::from_str_radix(&digits, 16);
                bytes.push(byte.with_context(|| format!("`\\x{digits}` is not a byte"))?);
            }
            other => bail!(
                "unknown escape `\\{}`",
                other.map_or_else(String::new, String::from)
            ),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
