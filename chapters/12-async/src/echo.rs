// Included by `on_ours.rs` and `on_tokio.rs`: after their imports, all of it is the same.

/// How long a peer may take to close its direction after we have closed ours.
const LINGER: Duration = Duration::from_secs(10);

/// How long to wait with the next `accept` when no descriptor or no memory is left.
const PAUSE: Duration = Duration::from_millis(50);

// ANCHOR: serve
/// Echoes lines to all clients of `listener` until `stop`, and then gives them `grace` to end.
///
/// # Errors
/// If the listener is unusable.
pub async fn serve(listener: TcpListener, stop: Stop, grace: Duration) -> io::Result<()> {
    let mut clients = JoinSet::new();
    let mut stopped = pin!(stop.wait());
    loop {
        match select(stopped.as_mut(), pin!(listener.accept())).await {
            Either::First(()) => break,
            Either::Second(Ok((mut stream, peer))) => {
                trace!(fd = stream.as_raw_fd(), listener = listener.as_raw_fd(), %peer, "accept");
                let stop = stop.clone();
                clients.spawn(async move {
                    let ended = echo_lines(&mut stream, &stop).await;
                    trace!(fd = stream.as_raw_fd(), why = ended_by(&ended), "close");
                });
            }
            Either::Second(Err(error)) if is_unusable(&error) => return Err(error),
            Either::Second(Err(error)) => {
                trace!(fd = listener.as_raw_fd(), call = "accept", %error, "error");
                sleep(PAUSE).await; // this task waits, and no other
            }
        }
        while clients.try_join_next().is_some() {} // what has ended is forgotten
    }
    trace!(fd = listener.as_raw_fd(), why = "signal", "stop");
    drop(listener);
    let all_ended = async { while clients.join_next().await.is_some() {} };
    let _ = timeout(grace, all_ended).await;
    Ok(()) // `clients` is dropped here, and with it what has not ended
}
// ANCHOR_END: serve

fn ended_by(ended: &io::Result<()>) -> String {
    match ended {
        Ok(()) => "served".to_owned(),
        Err(error) => error.to_string(), // what goes wrong with one client ends that client
    }
}

// ANCHOR: client
async fn echo_lines(stream: &mut TcpStream, stop: &Stop) -> io::Result<()> {
    let fd = stream.as_raw_fd();
    let mut lines = Lines::default();
    let mut stopped = pin!(stop.wait());
    loop {
        let input = select(stopped.as_mut(), pin!(stream.readable())).await;
        if matches!(input, Either::First(())) {
            break; // what was read is answered, so nothing is lost
        }
        let (answer, next) = match receive(stream, &mut lines) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            result => result?,
        };
        if !answer.is_empty() {
            stream.write_all(&answer).await?; // waits while the peer doesn't read
            trace!(fd, bytes = answer.len(), data = &answer[..], "write");
        }
        match next {
            Next::Continue => {}
            Next::Close => break,
            Next::End => return Ok(()),
        }
    }
    stream.shutdown().await?;
    trace!(fd, how = "write", "shutdown");
    // Boxed: else the future of each client were larger by this for its whole life.
    match Box::pin(timeout(LINGER, read_to_end(stream))).await {
        Ok(ended) => ended,
        Err(_) => Ok(()), // it had its time
    }
}
// ANCHOR_END: client

/// One read, without waiting: the answer to what it has brought.
fn receive(stream: &TcpStream, lines: &mut Lines) -> io::Result<(Vec<u8>, Next)> {
    let fd = stream.as_raw_fd();
    with_buffer(|buffer| {
        let input = match stream.try_read(buffer)? {
            0 => {
                trace!(fd, "eof");
                &[]
            }
            count => {
                trace!(fd, bytes = count, data = &buffer[..count], "read");
                &buffer[..count]
            }
        };
        Ok(lines.feed(input))
    })
}

/// Reads what still comes, for nothing: unread input would turn the close into a reset, and that
/// might destroy our last words (chapter 01, `linger`).
async fn read_to_end(stream: &mut TcpStream) -> io::Result<()> {
    loop {
        stream.readable().await?;
        match with_buffer(|buffer| stream.try_read(buffer)) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
