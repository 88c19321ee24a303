//! A handler that does what its clients' messages say, and what it knows of its connections.

use std::fs::{self, File};
use std::process;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Origin};

use crate::case::{Action, Message};

/// All output of a connection is the same endless sequence, from its start. Nothing in it repeats
/// for so many bytes.
const PERIOD: u64 = 65_521;

/// The byte of that sequence at `offset`.
pub fn byte_at(offset: u64) -> u8 {
    let number = offset % PERIOD;
    let mixed = number ^ (number >> 8).wrapping_mul(151);
    mixed.to_le_bytes()[0]
}

fn bytes_at(offset: u64, count: usize) -> Vec<u8> {
    (offset..).take(count).map(byte_at).collect()
}

/// A file with as much of the sequence as a range may need.
pub fn file() -> Arc<File> {
    static FILE: LazyLock<Arc<File>> = LazyLock::new(|| {
        let path = format!("{}/liveness.{}", env!("CARGO_TARGET_TMPDIR"), process::id());
        fs::write(&path, bytes_at(0, 300_000)).unwrap();
        let file = File::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        Arc::new(file)
    });
    Arc::clone(&FILE)
}

/// What a connection waits for before it goes on with its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    No,
    UntilResume,
    /// A timer, which then has so many bytes sent.
    UntilTimer(usize),
}

/// How far a connection has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    /// The peer has finished sending.
    Ended,
    /// The handler has closed it.
    Closing,
    Gone(Closed),
}

/// One connection, as its handler sees it.
#[derive(Debug, Clone)]
pub struct Connection {
    pub id: ConnId,
    pub state: State,
    pub hold: Hold,
    /// Bytes of its input that were consumed.
    pub consumed: u64,
    /// Bytes of its input that were left, the last time that it was asked.
    pub left: usize,
    /// Whether they begin with a whole message.
    pub left_whole: bool,
    /// Bytes that were sent to it.
    pub owed: u64,
    /// What the reactor says.
    pub pending: u64,
    pub full: bool,
}

impl Connection {
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Ended)
    }
}

/// What the next wake-up is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Say how all connections are.
    Look,
    /// Let all that are held go on.
    Release,
    /// Wait in this callback until told to go on.
    Wait,
}

pub struct Obedient {
    pub greedy: bool,
    pub file: Arc<File>,
    pub errands: Arc<Mutex<Vec<Errand>>>,
    pub seen: Sender<Vec<Connection>>,
    pub gate: Receiver<()>,
    pub connections: Vec<Connection>,
}

impl Obedient {
    fn owe(&mut self, number: usize, count: usize) -> (ConnId, u64) {
        let connection = &mut self.connections[number];
        let offset = connection.owed;
        if connection.is_open() {
            connection.owed += count as u64;
        }
        (connection.id, offset)
    }

    fn send(&mut self, io: &mut Io, number: usize, count: usize) {
        let (id, offset) = self.owe(number, count);
        io.send(id, &bytes_at(offset, count));
    }

    fn obey(&mut self, io: &mut Io, number: usize, message: Message) {
        let target = message.target % self.connections.len();
        match message.action {
            Action::Ignore => {}
            Action::Send => self.send(io, number, message.size),
            Action::SendShared => {
                let (id, offset) = self.owe(number, message.size);
                io.send_shared(id, bytes_at(offset, message.size).into());
            }
            Action::SendFile => {
                let (id, offset) = self.owe(number, message.size);
                let start = offset % PERIOD;
                let range = start..start + message.size as u64;
                io.send_file(id, Arc::clone(&self.file), range);
            }
            Action::Tell => self.send(io, target, message.size),
            Action::Hold => self.connections[number].hold = Hold::UntilResume,
            Action::Late => {
                self.connections[number].hold = Hold::UntilTimer(message.size);
                let delay = Duration::from_millis(message.size as u64 % 3);
                io.set_timer(self.connections[number].id, 0, delay);
            }
            Action::Resume => self.release(io, target),
            Action::Close => self.close(io, target),
            Action::Abort => {
                io.abort(self.connections[target].id);
                self.close(io, target);
            }
        }
    }

    fn close(&mut self, io: &mut Io, number: usize) {
        let connection = &mut self.connections[number];
        if connection.is_open() {
            connection.state = State::Closing;
        }
        io.close(connection.id);
    }

    fn release(&mut self, io: &mut Io, number: usize) {
        let connection = &mut self.connections[number];
        if connection.hold == Hold::UntilResume {
            connection.hold = Hold::No;
        }
        io.resume(connection.id);
    }

    fn is_held(&self, number: usize) -> bool {
        self.connections[number].hold != Hold::No
    }

    /// Does as many messages as may be done now.
    fn go_on(&mut self, io: &mut Io, id: ConnId, number: usize, input: &mut Buffer) {
        while !self.is_held(number)
            && self.connections[number].is_open()
            && (self.greedy || !io.is_full(id))
            && let Some(message) = Message::decode(input)
        {
            input.consume(message.length);
            self.connections[number].consumed += message.length as u64;
            self.obey(io, number, message);
        }
        let connection = &mut self.connections[number];
        connection.left = input.len();
        connection.left_whole = Message::decode(input).is_some();
        if connection.hold != Hold::No {
            io.pause(id); // again, if it was resumed for something else
        }
        // What is held, or left while the output is full, is still to be answered.
        let owes = connection.hold != Hold::No || connection.left_whole;
        if connection.state == State::Ended && !owes {
            self.close(io, number);
        }
    }
}

impl Handler for Obedient {
    type Session = usize;

    fn on_open(&mut self, _: &mut Io, id: ConnId, _: Origin) -> usize {
        self.connections.push(Connection {
            id,
            state: State::Open,
            hold: Hold::No,
            consumed: 0,
            left: 0,
            left_whole: false,
            owed: 0,
            pending: 0,
            full: false,
        });
        self.connections.len() - 1
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, number: &mut usize, input: &mut Buffer) {
        assert!(!io.is_full(id), "on_data while the output is full");
        self.go_on(io, id, *number, input);
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, number: &mut usize, input: &mut Buffer) {
        self.connections[*number].state = State::Ended;
        assert!(!io.is_full(id), "on_end while the output is full");
        self.go_on(io, id, *number, input);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, number: &mut usize, _: u8) {
        if let Hold::UntilTimer(size) = self.connections[*number].hold {
            self.connections[*number].hold = Hold::No;
            self.send(io, *number, size);
            io.resume(id);
        }
    }

    fn on_stop(&mut self, io: &mut Io, _: ConnId, number: &mut usize) {
        self.close(io, *number);
    }

    fn on_wake(&mut self, io: &mut Io) {
        let errands = std::mem::take(&mut *self.errands.lock().unwrap());
        for errand in errands {
            match errand {
                Errand::Look => {
                    for connection in &mut self.connections {
                        connection.pending = io.pending_output(connection.id);
                        connection.full = io.is_full(connection.id);
                    }
                    let _ = self.seen.send(self.connections.clone());
                }
                Errand::Release => {
                    for number in 0..self.connections.len() {
                        if self.connections[number].hold == Hold::UntilResume {
                            self.release(io, number);
                        }
                    }
                }
                Errand::Wait => {
                    let _ = self.seen.send(Vec::new());
                    let _ = self.gate.recv();
                }
            }
        }
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, number: usize, why: Closed) {
        self.connections[number].state = State::Gone(why);
    }
}
