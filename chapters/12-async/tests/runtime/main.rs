//! The runtime by itself: tasks, wake-ups, sockets, time.

mod combining;
mod fairness;
mod myths;
mod sockets;
mod tasks;
mod time;
mod wake_ups;

use std::net;
use std::sync::mpsc;
use std::thread;

use ch12_async::runtime::{Runtime, TcpStream};

/// Runs the future that `make` makes, in a thread of its own; it mustn't hang.
#[track_caller]
fn run<F, T>(make: impl FnOnce() -> F + Send + 'static) -> T
where
    F: Future<Output = T>,
    T: Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    let running = thread::spawn(move || {
        let output = Runtime::new().unwrap().block_on(async { make().await });
        let _ = sender.send(output.unwrap());
    });
    match receiver.recv_timeout(harness::DEADLINE) {
        Ok(output) => {
            running.join().unwrap();
            output
        }
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the future never ended"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{:?}", running.join()),
    }
}

/// A connection: our end for the runtime, and the peer's, which blocks.
fn connection() -> (TcpStream, net::TcpStream) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    (TcpStream::from_std(stream).unwrap(), peer)
}
