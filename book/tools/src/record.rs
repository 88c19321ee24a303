//! Runs a chapter's server with scripted clients, and writes down what both sides did.

mod acts;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use workbench::trace::Record;

use crate::merge::{Deed, merge};
use crate::recording::{CLIENT, Recording};
use crate::script::{self, Said, Script, Step};
use crate::{files, program};

/// How long any one step may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// The port that stands for the server's in every recording.
const SERVER_PORT: u16 = 7000;

/// The port that stands for that of its page, where it has one.
const PAGE_PORT: u16 = 7001;

/// Records every script whose name or chapter begins with `wanted`.
pub fn record_all(wanted: &str) -> Result<()> {
    let mut names = script::names()?;
    names.retain(|name| name.starts_with(wanted));
    ensure!(
        !names.is_empty(),
        "no script in book/traces/ begins with '{wanted}'"
    );
    for name in names {
        let script = Script::load(&name)?;
        let recording =
            record(&name, &script).with_context(|| format!("book/traces/{name}.toml"))?;
        println!("{name}: {} events", recording.events.len());
        recording.save(&name)?;
    }
    Ok(())
}

fn record(name: &str, script: &Script) -> Result<Recording> {
    let mut run = Run::start(name, script)?;
    for (number, step) in script.steps.iter().enumerate() {
        let done = match step {
            Step::Client(client, act) => run.act(*client, act),
            Step::Until(said) => run.until(said),
            Step::Signal(signal) => run.signal(signal),
            Step::Rest => run.rest(),
        };
        done.with_context(|| format!("step {} ({step:?})", number + 1))?;
    }
    Ok(Recording {
        chapter: script.chapter.clone(),
        options: shown_options(script),
        mutant: script.mutant.clone(),
        machine: machine()?,
        events: merge(events(&run.trace)?, &run.deeds, &run.fixed),
    })
}

/// The options, with a word for what they have on this machine.
fn shown_options(script: &Script) -> Vec<String> {
    let mut options = script.options.clone();
    if script.file.is_some() {
        options.extend(["--root", "DIRECTORY"].map(String::from));
    }
    options
}

/// A server with its clients.
struct Run {
    server: Server,
    address: SocketAddr,
    page: Option<SocketAddr>,
    trace: PathBuf,
    clients: BTreeMap<char, TcpStream>,
    /// The addresses as they were, and those that stand for them in the recording.
    fixed: BTreeMap<String, String>,
    deeds: Vec<Deed>,
    /// Up to which event each thread's story has been waited for, since the last deed.
    heard: BTreeMap<Option<String>, usize>,
}

/// Ends with its owner, whatever happens.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Run {
    fn start(name: &str, script: &Script) -> Result<Self> {
        let program = program::build(&script.chapter, script.mutant.as_deref())?;
        let trace = files::at("target/traces").join(format!("{name}.jsonl"));
        files::write(&trace, "")?;
        let server = Command::new(&program)
            .args(["--port", "0", "--trace-json"])
            .arg(&trace)
            .args(&script.options)
            .args(program::root(name, script.file)?)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let mut server = Server(server);
        let stdout = server.0.stdout.take();
        let stdout = stdout.context("the server has no standard output")?;
        let (mut line, mut stdout) = (String::new(), BufReader::new(stdout));
        stdout.read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ");
        let address: Option<SocketAddr> = address.and_then(|address| address.parse().ok());
        let address = address.with_context(|| format!("the server began with {line:?}"))?;
        let fixed = SocketAddr::new(address.ip(), SERVER_PORT).to_string();
        let asked = SocketAddr::new(address.ip(), 0).to_string();
        let mut fixed = BTreeMap::from([(address.to_string(), fixed.clone()), (asked, fixed)]);
        let page = if script.has_page() {
            Some(page_of(&mut stdout)?)
        } else {
            None
        };
        if let Some(page) = page {
            let shown = SocketAddr::new(page.ip(), PAGE_PORT).to_string();
            fixed.insert(page.to_string(), shown);
        }
        Ok(Self {
            server,
            address,
            page,
            fixed,
            trace,
            clients: BTreeMap::new(),
            deeds: Vec::new(),
            heard: BTreeMap::new(),
        })
    }

    fn until(&mut self, said: &Said) -> Result<()> {
        let last_deed = self.deeds.last().map_or(0, |deed| deed.after);
        let since = self.heard.entry(said.thread.clone()).or_insert(last_deed);
        let deadline = Instant::now() + DEADLINE;
        while Instant::now() < deadline {
            let events = events(&self.trace)?;
            if let Some(ahead) = events
                .iter()
                .skip(*since)
                .position(|event| matches(event, said))
            {
                *since += ahead + 1;
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!(
            "the server did not say so within {DEADLINE:?}; it said {:#?}",
            events(&self.trace)?
        )
    }

    fn rest(&self) -> Result<()> {
        let deadline = Instant::now() + DEADLINE;
        let tasks = format!("/proc/{}/task", self.server.0.id());
        while Instant::now() < deadline {
            let said = events(&self.trace)?.len();
            let mut asleep = true;
            for task in fs::read_dir(&tasks)? {
                let stat = fs::read_to_string(task?.path().join("stat"))?;
                asleep &= stat.contains(") S ");
            }
            if asleep && events(&self.trace)?.len() == said {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("the server had not come to rest within {DEADLINE:?}")
    }

    fn signal(&mut self, signal: &str) -> Result<()> {
        let event = match signal {
            "STOP" => "hold",
            "CONT" => "resume",
            _ => "kill",
        };
        let name = Value::from(format!("SIG{signal}"));
        let deed = Deed {
            after: events(&self.trace)?.len(),
            at: Instant::now(),
            record: Record {
                thread: "the shell".into(),
                event: event.into(),
                more: [(CLIENT.into(), true.into()), ("name".into(), name)].into(),
                ..Record::default()
            },
        };
        self.heard.clear();
        let pid = self.server.0.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status()?;
        ensure!(sent.success(), "can't send SIG{signal}");
        self.deeds.push(deed);
        Ok(())
    }
}

/// The address of the page, which a server with two ports says next.
fn page_of(stdout: &mut impl BufRead) -> Result<SocketAddr> {
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let address = line.trim_end().strip_prefix("page at http://");
    let address = address.and_then(|address| address.trim_end_matches('/').parse().ok());
    address.with_context(|| format!("the server went on with {line:?}"))
}

/// What the server has said so far.
fn events(trace: &Path) -> Result<Vec<Record>> {
    let text = fs::read_to_string(trace)?;
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    Ok(whole
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

fn matches(event: &Record, said: &Said) -> bool {
    let call = event.more.get("call").and_then(Value::as_str);
    event.event == said.event
        && said
            .thread
            .as_ref()
            .is_none_or(|thread| *thread == event.thread)
        && said
            .call
            .as_deref()
            .is_none_or(|wanted| call == Some(wanted))
}

/// What the recording was made on, as far as it matters.
fn machine() -> Result<String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let version: Vec<&str> = release.trim().split('.').take(2).collect();
    let cpus = std::thread::available_parallelism()?;
    Ok(format!(
        "Linux {}, {}, {cpus} CPUs",
        version.join("."),
        std::env::consts::ARCH
    ))
}
