//! What all connections hold together, and who is given up for it.

use std::sync::mpsc::Sender;

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin, Reactor, listen};

use crate::script::start_handler;

/// Answers lines with an empty one, after `fill BYTES` with so many bytes before that, and after `hold BYTES`
/// holds so many besides. One that is given up may say why.
struct Holds {
    report: Sender<String>,
    last_word: &'static str,
}

impl Handler for Holds {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        while let Some(end) = input.iter().position(|&byte| byte == b'\n')
            && !io.is_full(id)
        {
            let line = String::from_utf8_lossy(&input[..end]).into_owned();
            input.consume(end + 1);
            match line.split_once(' ') {
                Some(("hold", bytes)) => io.hold(id, bytes.parse().unwrap()),
                Some(("fill", bytes)) => io.send(id, &vec![b'x'; bytes.parse().unwrap()]),
                _ => {}
            }
            io.send(id, b"\n");
        }
    }

    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, (): &mut ()) {
        io.hold(id, 0);
        if !self.last_word.is_empty() {
            io.send(id, self.last_word.as_bytes());
            io.close(id);
        }
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, (): (), why: Closed) {
        let _ = self.report.send(format!("close {why:?}"));
    }
}

fn limits() -> Limits {
    Limits {
        memory: 100_000,
        ..Limits::default()
    }
}

#[test]
fn of_what_is_kept_the_oldest_is_given_up_and_told_why() {
    let last_word = "too much\n";
    let server = start_handler(limits(), |report| Holds { report, last_word });
    let mut clients: Vec<_> = (0..4).map(|_| server.client()).collect();
    for client in &mut clients {
        client.send(&vec![b'x'; 26_000]);
        client.wait_until_read();
    }
    clients[0].expect(b"too much\n");
    for client in &mut clients[1..] {
        client.exchange(b"\n", b"\n");
    }
}

#[test]
fn what_a_handler_holds_counts() {
    let server = start_handler(limits(), |report| Holds {
        report,
        last_word: "",
    });
    let (mut first, mut second) = (server.client(), server.client());
    first.exchange(b"hold 60000\n", b"\n");
    first.exchange(b"hold 40000\n", b"\n");
    second.exchange(b"hold 50000\n", b"\n");
    second.send(b"hold 70000\n");
    server.expect("close OverLimit"); // the first, which has no word
    second.expect(b"\n");
    second.exchange(b"hold 0\n", b"\n");
}

#[test]
fn what_is_not_read_counts() {
    let server = start_handler(limits(), |report| Holds {
        report,
        last_word: "",
    });
    let (mut deaf, mut good) = (server.client(), server.client());
    deaf.flood(&b"fill 10000\n".repeat(1000));
    server.expect("close OverLimit");
    good.exchange(b"\n", b"\n");
}

#[test]
fn a_door_that_is_full_leaves_the_others_open() {
    let doors = [0; 2].map(|_| listen("127.0.0.1:0".parse().unwrap(), 64).unwrap());
    let [narrow, wide] = [0, 1].map(|door: usize| doors[door].local_addr().unwrap());
    let (report, _reports) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let mut reactor = Reactor::new(Limits::default()).unwrap();
        let [first, second] = doors;
        reactor.add_listener_for(first, 2).unwrap();
        reactor.add_listener(second).unwrap();
        let mut handler = Holds {
            report,
            last_word: "",
        };
        reactor.run(&mut handler).unwrap();
    });
    let answered = |stream: &mut std::net::TcpStream| {
        use std::io::{Read, Write};
        stream.write_all(b"\n").unwrap();
        stream.read(&mut [0; 8]).is_ok()
    };
    let connect = |address| {
        let stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        stream
    };
    let (mut one, mut two, mut three) = (connect(narrow), connect(narrow), connect(narrow));
    assert!(answered(&mut one) && answered(&mut two));
    for _ in 0..5 {
        assert!(answered(&mut connect(wide)), "the other door is open");
    }
    three
        .set_read_timeout(Some(crate::script::A_WHILE))
        .unwrap();
    assert!(!answered(&mut three), "two are there already");
    three.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    drop(one);
    assert!(answered(&mut three), "there is room again");
    drop(thread); // it ends with the test
}
