//! Runs every server under the same load, round after round.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::calls;
use crate::load::{Load, Pattern};
use crate::machine::{Machine, most_connections};
use crate::server::{KINDS, Kind, Server};

/// Both patterns, in the order of the report.
pub const PATTERNS: [Pattern; 2] = [Pattern::OneAtATime, Pattern::AllBusy];

/// Of fewer connections, what one costs can't be told from what the server costs anyway.
const FEWEST_FOR_MEMORY: usize = 100;

/// How much is measured.
pub struct Plan {
    pub connections: &'static [usize],
    pub rounds: usize,
    /// How long each pattern runs before it is measured, is measured, and runs under strace.
    pub warm_up: Duration,
    pub stretch: Duration,
    pub traced: Duration,
    /// After so long nothing more is begun.
    pub limit: Duration,
}

pub const FULL: Plan = Plan {
    connections: &[1, 10, 100, 1_000, 4_000],
    rounds: 3,
    warm_up: Duration::from_millis(100),
    stretch: Duration::from_millis(400),
    traced: Duration::from_millis(150),
    limit: Duration::from_secs(330),
};

pub const QUICK: Plan = Plan {
    connections: &[1, 100, 1_000],
    rounds: 1,
    warm_up: Duration::from_millis(20),
    stretch: Duration::from_millis(100),
    traced: Duration::from_millis(50),
    limit: Duration::from_secs(24),
};

/// What all rounds gave for one server, number of connections and pattern; per message where it
/// says so.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub rate: Vec<f64>,
    /// In microseconds.
    pub p99: Vec<f64>,
    /// CPU time of the server per message, in microseconds.
    pub cpu: Vec<f64>,
    pub wakeups: Vec<f64>,
    pub calls: Vec<f64>,
}

/// Everything that was measured.
pub struct Results {
    pub connections: &'static [usize],
    /// Rounds that were begun.
    pub rounds: usize,
    cells: Vec<[Cell; 2]>,
    /// Bytes per connection, one vector for each server and number of connections.
    memory: Vec<Vec<f64>>,
    /// What could not be measured, and why.
    pub notes: Vec<String>,
}

impl Results {
    fn new(connections: &'static [usize]) -> Self {
        let places = KINDS.len() * connections.len();
        Self {
            connections,
            rounds: 0,
            cells: vec![<[Cell; 2]>::default(); places],
            memory: vec![Vec::new(); places],
            notes: Vec::new(),
        }
    }

    fn place(&self, kind: usize, column: usize) -> usize {
        kind * self.connections.len() + column
    }

    pub fn cell(&self, kind: usize, column: usize, pattern: usize) -> &Cell {
        &self.cells[self.place(kind, column)][pattern]
    }

    pub fn memory(&self, kind: usize, column: usize) -> &[f64] {
        &self.memory[self.place(kind, column)]
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Measures according to `plan`, with the servers in the folder `programs`.
///
/// # Errors
/// If not even a core can be chosen; what goes wrong with one server becomes a note.
pub fn measure(plan: &Plan, machine: &Machine, programs: &Path) -> Result<Results> {
    let began = Instant::now();
    let room = most_connections()?;
    let mut results = Results::new(plan.connections);
    for round in 0..plan.rounds {
        for (column, &connections) in plan.connections.iter().enumerate() {
            if connections > room {
                results.note(format!(
                    "{connections} connections were left out: the limit on open files (`ulimit -Hn`) \
                     allows {room}."
                ));
                continue;
            }
            // Servers take turns, so that a slow moment of the machine doesn't hit one alone.
            for (index, kind) in KINDS.iter().enumerate() {
                if connections > kind.limit {
                    continue;
                }
                if began.elapsed() > plan.limit {
                    results.note(format!(
                        "Time was up in round {} of {}, at {connections} connections.",
                        round + 1,
                        plan.rounds
                    ));
                    return Ok(results);
                }
                results.rounds = round + 1;
                if io::stderr().is_terminal() {
                    let (round, rounds, name) = (round + 1, plan.rounds, kind.name);
                    eprint!(
                        "\rround {round} of {rounds}, {connections:>5} connections, {name:<12}"
                    );
                }
                let mut run = Run {
                    plan,
                    kind,
                    place: results.place(index, column),
                    traced: round == 0,
                };
                if let Err(error) = run.measure(&mut results, machine, programs, connections) {
                    let name = kind.name;
                    results.note(format!("{name} with {connections} connections: {error:#}."));
                }
            }
        }
    }
    Ok(results)
}

/// One server under one number of connections.
struct Run<'a> {
    plan: &'a Plan,
    kind: &'a Kind,
    place: usize,
    traced: bool,
}

impl Run<'_> {
    fn measure(
        &mut self,
        results: &mut Results,
        machine: &Machine,
        programs: &Path,
        connections: usize,
    ) -> Result<()> {
        Machine::pin(machine.server_core)?; // the child inherits it
        let started = Server::start(self.kind, programs);
        Machine::pin(machine.load_core)?;
        let server = started?;
        let before = server.memory()?;
        let mut load = Load::open(server.address, connections)?;
        if connections >= FEWEST_FOR_MEMORY {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let each = (server.memory()? - before) / connections as f64;
            results.memory[self.place].push(each);
        }
        for (index, pattern) in PATTERNS.into_iter().enumerate() {
            let (cpu, wakeups) = (server.cpu()?, server.wakeups()?);
            let sample = load.run(pattern, self.plan.warm_up, self.plan.stretch)?;
            let (cpu, wakeups) = (
                server.cpu()?.saturating_sub(cpu),
                server.wakeups()? - wakeups,
            );
            let cell = &mut results.cells[self.place][index];
            cell.rate.push(sample.rate);
            cell.p99.push(micros(sample.p99));
            cell.cpu.push(micros(cpu) / sample.lines);
            cell.wakeups.push(wakeups / sample.lines);
        }
        if self.traced {
            self.count_calls(results, &server, &mut load)
                .context("counting its system calls")?;
        }
        Ok(())
    }

    fn count_calls(&self, results: &mut Results, server: &Server, load: &mut Load) -> Result<()> {
        for (index, pattern) in PATTERNS.into_iter().enumerate() {
            let counted = calls::during(server.pid(), || {
                load.run(pattern, Duration::ZERO, self.plan.traced)
            })?;
            let Some((calls, sample)) = counted else {
                results.note(
                    "System calls were not counted: strace is missing, or may not trace."
                        .to_owned(),
                );
                return Ok(());
            };
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let calls = calls as f64 / sample.lines;
            results.cells[self.place][index].calls.push(calls);
        }
        Ok(())
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// The middle one; the mean of the two in the middle of an even number. `None` of none.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (
        sorted.get(sorted.len().checked_sub(1)? / 2)?,
        sorted.get(sorted.len() / 2)?,
    );
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 3.0, 4.0]), Some(3.5));
    }
}
