//! A listener that can't be used any more: all workers stop, and `serve` says why.

use std::io::ErrorKind;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;

use ch04_oneshot::{Arming, listen, serve};
use harness::DEADLINE;
use socket2::SockRef;

#[test]
fn all_workers_stop_when_the_listener_fails() {
    let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
    let same_listener = listener.try_clone().unwrap();
    let (stop, _never) = UnixStream::pair().unwrap();
    let (told, result) = mpsc::channel();
    thread::spawn(move || told.send(serve(listener, 4, Arming::Oneshot, &stop)));
    // From now on it doesn't listen, and accept fails with EINVAL (accept(2)).
    SockRef::from(&same_listener)
        .shutdown(Shutdown::Both)
        .unwrap();
    let result = result.recv_timeout(DEADLINE).expect("all workers stop");
    assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput);
}
