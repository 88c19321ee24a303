//! The client that behaves well: how long it waits beside the others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use socket2::SockRef;

/// From one question to the next.
const PAUSE: Duration = Duration::from_millis(10);

/// How long it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What it has met with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waits {
    pub median: Duration,
    pub late: Duration,
    pub failed: usize,
}

/// Asks the server of `chapter` for as long as `time`, over a new connection each time.
pub fn ask(address: SocketAddr, chapter: u8, time: Duration) -> Waits {
    let end = Instant::now() + time;
    let (mut times, mut failed) = (Vec::new(), 0);
    while Instant::now() < end {
        thread::sleep(PAUSE);
        let began = Instant::now();
        match once(address, chapter) {
            Ok(()) => {}
            Err(_) => failed += 1,
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    Waits {
        median: at(50),
        late: at(99),
        failed,
    }
}

fn once(address: SocketAddr, chapter: u8) -> Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let (question, answer): (&[u8], &[u8]) = match chapter {
        5 => (b"hello\n", b"hello\n"),
        6 => (
            b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"HTTP/1.1 200",
        ),
        _ => (
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"HTTP/1.1 200",
        ),
    };
    stream.write_all(question)?;
    let mut bytes = vec![0; answer.len()];
    stream.read_exact(&mut bytes)?;
    anyhow::ensure!(bytes == answer, "another answer");
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    Ok(())
}
