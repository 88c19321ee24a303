//! # 12-3 The read that a timeout throws away
//!
//! This server sends lines back, and a client that says nothing for some time is asked once whether it is
//! still there: it gets the line `?`. After its next bytes, the time begins anew, and so on.
//!
//! A tester has typed `hel`, has thought for a while, was asked, has typed `lo`, and got `lo`. Somewhere
//! between, three letters were lost. Find out where, and mend it:
//!
//! - No byte is lost, however a line is cut, and however long the client thinks within it.
//! - Any bytes begin the time anew, not whole lines only.
//! - A client that stays silent after it was asked isn't asked again, and costs nothing.
//!
//! It runs on the runtime of chapter 12; tokio would lose them in the same way. Tests choose `patience`.
//!
//! Read: the documentation of `tokio::time::timeout` and of `tokio::select`, "Cancellation safety".

use std::io::{self, ErrorKind};
use std::net;
use std::time::Duration;

use ch12_async::runtime::{JoinSet, Runtime, TcpListener, TcpStream, timeout};

/// Serves the clients of `listener`, for as long as it works; one that is silent for `patience` is asked.
///
/// # Errors
///
/// If the listener or epoll has failed; never because of a client.
pub fn serve(listener: net::TcpListener, patience: Duration) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    Runtime::new()?.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let mut clients = JoinSet::new();
        loop {
            let (mut stream, _) = match listener.accept().await {
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                accepted => accepted?,
            };
            clients.spawn(async move { drop(echo(&mut stream, patience).await) });
            while clients.try_join_next().is_some() {}
        }
    })?
}

async fn echo(stream: &mut TcpStream, patience: Duration) -> io::Result<()> {
    let mut asked = false;
    let mut input = Vec::new();
    loop {
        let line = if asked {
            read_line(stream, &mut input).await?
        } else if let Ok(line) = timeout(patience, read_line(stream, &mut input)).await {
            line?
        } else {
            asked = true;
            stream.write_all(b"?\n").await?;
            continue;
        };
        let Some(line) = line else {
            return Ok(());
        };
        asked = false;
        stream.write_all(&line).await?;
    }
}

/// Reads up to the end of a line; none if the client has left. What comes after the line stays in `input`.
async fn read_line(stream: &mut TcpStream, input: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let mut line = std::mem::take(input);
    let mut chunk = [0; 1024];
    loop {
        if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
            *input = line.split_off(end + 1);
            return Ok(Some(line));
        }
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            count => line.extend_from_slice(&chunk[..count]),
        }
    }
}
