//! An echo server made of callbacks, and callbacks that are ready at the same time.

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::rc::Rc;

use crate::subject::{Callback, Reactor, Token};
use harness::Server;
use nix::sys::epoll::EpollTimeout;
use socket2::{Domain, Socket, Type};

const BOOK: &str = "05-reactor.html#read-the-code";

#[test]
fn nobody_is_called_without_an_event() {
    let server = Server::answer(|listener| {
        let test = Rc::new(accept(&listener));
        let mut reactor = reactor();
        let (silent, _other_end) = pair();
        let says = Rc::clone(&test);
        let callback = Box::new(move |_: &mut Reactor, _, _: &Socket| tell(&says, "called\n"));
        register(&mut reactor, silent, callback);
        turn(&mut reactor, EpollTimeout::ZERO);
        tell(&test, "the turn is over\n");
    });
    server.teach("The only socket in the table is silent.", BOOK);
    server.client().expect_last(b"the turn is over\n");
}

#[test]
fn a_callback_is_called_again_and_again() {
    let server = Server::answer(|listener| {
        let mut reactor = reactor();
        register(&mut reactor, accept(&listener), echo());
        run(&mut reactor);
    });
    server.teach(
        "A callback that was taken out of the table while it ran has to be put back, or its next event \
         finds nobody.",
        BOOK,
    );
    let mut client = server.client();
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        client.send(line);
        client.expect(line);
    }
}

#[test]
fn a_callback_may_register_another() {
    let server = Server::answer(echo_server);
    server.teach(
        "The listener's callback registered a connection while it was running itself. Afterwards both \
         should be in the table, each under its own token.",
        BOOK,
    );
    let (mut one, mut two) = (server.client(), server.client());
    two.exchange(b"two\n", b"two\n");
    one.exchange(b"one\n", b"one\n");
    server.client().exchange(b"three\n", b"three\n");
    two.exchange(b"still two\n", b"still two\n");
}

#[test]
fn a_callback_may_remove_itself() {
    let server = Server::answer(echo_server);
    server.teach(
        "At end of file the callback removed itself while it was running. Once it has returned, it must \
         not be put back: its socket is to be closed.",
        BOOK,
    );
    for line in [&b"one\n"[..], b"two\n"] {
        let mut client = server.client();
        client.exchange(line, line);
        client.finish_sending();
        client.expect_end();
    }
}

#[test]
fn a_callback_may_remove_another() {
    let server = Server::answer(|listener| {
        let test = Rc::new(accept(&listener));
        let mut reactor = reactor();
        let tokens = Rc::default();
        let mut other_ends = Vec::new();
        for _ in 0..2 {
            let (socket, other_end) = pair();
            tell(&other_end, "!"); // so that both are ready
            other_ends.push(other_end);
            let callback = last_man_standing(Rc::clone(&tokens), Rc::clone(&test));
            let token = register(&mut reactor, socket, callback);
            tokens.borrow_mut().push(token);
        }
        turn(&mut reactor, EpollTimeout::ZERO);
        let closed = other_ends.iter().filter(|end| is_closed(end)).count();
        tell(&test, &format!("{closed} closed\n"));
    });
    server.teach(
        "Two callbacks were ready in one batch, and the first removed the second. The batch still held \
         an event for the second, but its socket was to be closed and nobody to be called.",
        BOOK,
    );
    server.client().expect_last(b"called\n1 closed\n");
}

#[test]
fn removing_twice_does_no_harm() {
    let server = Server::answer(|listener| {
        let mut reactor = reactor();
        let removes_itself = |reactor: &mut Reactor, token, _: &Socket| {
            reactor.remove(token);
            reactor.remove(token);
        };
        let token = register(&mut reactor, accept(&listener), Box::new(removes_itself));
        register(&mut reactor, accept(&listener), echo());
        turn(&mut reactor, EpollTimeout::NONE);
        reactor.remove(token);
        run(&mut reactor);
    });
    server.teach(
        "The first client's callback removed itself twice, and was removed once more later. That should \
         end its own connection, and nothing else.",
        BOOK,
    );
    let (mut one, mut two) = (server.client(), server.client());
    one.finish_sending();
    one.expect_end();
    two.exchange(b"two\n", b"two\n");
}

/// A server whose listener has a callback, as each of its connections has.
fn echo_server(listener: TcpListener) {
    let mut reactor = reactor();
    let accepts = |reactor: &mut Reactor, _, listener: &Socket| {
        let (socket, _) = listener.accept().expect("a connection");
        register(reactor, socket, echo());
    };
    register(&mut reactor, Socket::from(listener), Box::new(accepts));
    run(&mut reactor);
}

/// Sends back what comes, and removes itself at the end.
fn echo() -> Callback {
    Box::new(|reactor, token, mut socket| {
        let mut buffer = [0; 1024];
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => reactor.remove(token),
            Ok(count) => socket.write_all(&buffer[..count]).expect("a client"),
        }
    })
}

/// Removes all but itself.
fn last_man_standing(tokens: Rc<RefCell<Vec<Token>>>, test: Rc<Socket>) -> Callback {
    Box::new(move |reactor, token, _| {
        tell(&test, "called\n");
        for &other in tokens.borrow().iter().filter(|&&other| other != token) {
            reactor.remove(other);
        }
    })
}

fn reactor() -> Reactor {
    Reactor::new().expect("an epoll instance")
}

fn register(reactor: &mut Reactor, socket: Socket, callback: Callback) -> Token {
    reactor.register(socket, callback).expect("room in epoll")
}

fn turn(reactor: &mut Reactor, timeout: EpollTimeout) {
    reactor.turn(timeout).expect("a turn");
}

fn run(reactor: &mut Reactor) -> ! {
    loop {
        turn(reactor, EpollTimeout::NONE);
    }
}

fn accept(listener: &TcpListener) -> Socket {
    listener.accept().expect("the test connects").0.into()
}

/// Two connected sockets; the second one doesn't block.
fn pair() -> (Socket, Socket) {
    let (one, two) = Socket::pair(Domain::UNIX, Type::STREAM, None).expect("a pair of sockets");
    two.set_nonblocking(true).expect("O_NONBLOCK");
    (one, two)
}

fn is_closed(mut other_end: &Socket) -> bool {
    // Closed with a byte unread, a Unix socket resets the other end.
    !matches!(other_end.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

fn tell(mut to: &Socket, what: &str) {
    to.write_all(what.as_bytes()).expect("a listener");
}
