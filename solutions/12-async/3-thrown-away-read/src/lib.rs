//! What has been read belongs to the connection, and not to the future that a timeout may drop. And the
//! timeout is put around one wait, which takes nothing: so there is nothing that it could throw away.

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
    let mut chunk = vec![0; 1024];
    loop {
        // `readable` takes nothing, so it may be dropped.
        if asked {
            stream.readable().await?;
        } else if timeout(patience, stream.readable()).await.is_err() {
            asked = true;
            stream.write_all(b"?\n").await?;
            continue;
        }
        let count = match stream.try_read(&mut chunk) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            result => result?,
        };
        asked = false;
        input.extend_from_slice(&chunk[..count]);
        if let Some(end) = input.iter().rposition(|&byte| byte == b'\n') {
            let rest = input.split_off(end + 1);
            stream.write_all(&input).await?;
            input = rest;
        }
    }
}
