//! What is lost with a future that is dropped: a line that comes in two pieces, and a timeout between
//! them.
//!
//! `cargo run -p ch12-async --example cancelled`

use std::io::{self, Write};
use std::net;
use std::time::Duration;

use ch12_async::runtime::{Runtime, TcpStream, timeout};

// ANCHOR: read_line
/// Reads a line. Its beginning is in this future, so it is dropped with it.
async fn read_line(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    continue_line(stream, &mut line).await?;
    Ok(line)
}

/// Reads what is missing of a line. Its beginning is the caller's.
async fn continue_line(stream: &mut TcpStream, line: &mut Vec<u8>) -> io::Result<()> {
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(());
        }
        line.push(byte[0]);
    }
    Ok(())
}
// ANCHOR_END: read_line

/// Long enough for what has been sent to be read.
const PATIENCE: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    Runtime::new()?.block_on(async {
        // ANCHOR: experiment
        let (mut stream, mut peer) = connection()?;
        peer.write_all(b"hel")?;
        let first = timeout(PATIENCE, read_line(&mut stream)).await;
        peer.write_all(b"lo\n")?;
        let second = read_line(&mut stream).await?;
        println!("in the future: {}, then {}", say(&first), text(&second));

        let (mut stream, mut peer) = connection()?;
        let mut line = Vec::new();
        peer.write_all(b"hel")?;
        let first = timeout(PATIENCE, continue_line(&mut stream, &mut line)).await;
        peer.write_all(b"lo\n")?;
        continue_line(&mut stream, &mut line).await?;
        println!("in its caller: {}, then {}", say(&first), text(&line));
        // ANCHOR_END: experiment
        Ok(())
    })?
}

fn connection() -> io::Result<(TcpStream, net::TcpStream)> {
    let listener = net::TcpListener::bind("127.0.0.1:0")?;
    let peer = net::TcpStream::connect(listener.local_addr()?)?;
    let (stream, _) = listener.accept()?;
    stream.set_nonblocking(true)?;
    Ok((TcpStream::from_std(stream)?, peer))
}

fn say<T, E: std::fmt::Display>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "a line".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn text(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(bytes))
}
