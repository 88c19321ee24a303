//! A line echo that isn't as it should be.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Reactor, Waker, listen};

/// What is wrong with it. Lines are counted from 1, those of all connections together.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// The answer to each hundredth line comes so much later, and that one alone.
    Late(Duration),
    /// It sleeps before it answers each hundredth, and all others wait.
    Sleeps(Duration),
    /// One byte of the answer to this line is another.
    WrongByte(usize),
    /// This line isn't answered, and none after it.
    Silent(usize),
    /// It closes the connection instead of answering this line.
    Closes(usize),
    /// It answers this line twice.
    Twice(usize),
}

pub struct OddServer {
    pub address: String,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

struct Odd {
    fault: Fault,
    lines: usize,
}

impl OddServer {
    pub fn start(fault: Fault) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 1024).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut reactor = Reactor::new(Limits::default()).unwrap();
        reactor.add_listener(listener).unwrap();
        let waker = reactor.waker();
        let thread = thread::spawn(move || {
            reactor.run(&mut Odd { fault, lines: 0 }).unwrap();
        });
        Self {
            address,
            waker,
            thread: Some(thread),
        }
    }
}

impl Drop for OddServer {
    fn drop(&mut self) {
        self.waker.stop();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Handler for Odd {
    /// The line whose answer is late.
    type Session = Vec<u8>;

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) -> Vec<u8> {
        Vec::new()
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, late: &mut Vec<u8>, input: &mut Buffer) {
        while let Some(end) = input.iter().position(|&byte| byte == b'\n') {
            let mut line = input[..=end].to_vec();
            input.consume(end + 1);
            self.lines += 1;
            let hundredth = self.lines.is_multiple_of(100);
            match self.fault {
                Fault::Late(time) if hundredth => {
                    *late = line;
                    io.set_timer(id, 0, time);
                    continue;
                }
                Fault::Sleeps(time) if hundredth => thread::sleep(time),
                Fault::WrongByte(at) if self.lines == at => line[3] ^= 1,
                Fault::Silent(at) if self.lines >= at => continue,
                Fault::Closes(at) if self.lines == at => return io.close(id),
                Fault::Twice(at) if self.lines == at => io.send(id, &line),
                _ => {}
            }
            io.send(id, &line);
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, late: &mut Vec<u8>, _: u8) {
        io.send(id, late);
    }
}
